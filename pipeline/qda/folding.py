"""Texts as they are compared: without white space and what can't be seen, width and compatible forms alike.

What programs do to a text on its way (line breaks, control characters, a stand-in for rare characters) vanishes here.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STAND_IN = "〓"  # what an export may put for each character beyond the basic plane
_DROPPED = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp", "Cs"))


class _Folds(dict[int, str]):
    """Code point → what is compared in its place; filled as characters come."""

    def __missing__(self, code: int) -> str:
        """Return and keep the form of a character not met before."""
        self[code] = form = _form(chr(code))
        return form


def _form(char: str) -> str:
    """Return what is compared instead of ``char``."""
    if ord(char) > 0xFFFF:
        return STAND_IN
    # replacement character and the pictures of control characters stand for what the file couldn't hold
    if unicodedata.category(char) in _DROPPED or char == "\ufffd" or "\u2400" <= char <= "\u2426":
        return ""
    return "".join(c for c in unicodedata.normalize("NFKD", char).casefold() if not c.isspace())


_FOLDS = _Folds()


def squeeze(text: str) -> str:
    """Return ``text`` as it is compared. Linear."""
    return text.translate(_FOLDS)


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as it is compared; ``sources[i]`` is the index of the character that ``text[i]`` comes from."""

    text: str
    sources: NDArray[np.int64]

    def inside(self, start: int, end: int) -> tuple[int, int]:
        """Return the span here of the span ``[start, end)`` of the source."""
        import numpy as np

        first, last = np.searchsorted(self.sources, (start, end))
        return int(first), int(last)

    def outside(self, first: int, last: int) -> tuple[int, int]:
        """Return the span of the source, white space at its ends left out. ``first`` must be below ``last``."""
        return int(self.sources[first]), int(self.sources[last - 1]) + 1


def fold(text: str) -> Folded:
    """Return ``text`` as it is compared, with the way back. Linear."""
    import numpy as np

    lengths = np.fromiter((len(_FOLDS[ord(char)]) for char in text), dtype=np.int64, count=len(text))
    return Folded(text.translate(_FOLDS), np.repeat(np.arange(len(text), dtype=np.int64), lengths))
