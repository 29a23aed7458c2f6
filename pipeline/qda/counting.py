"""How programs count positions in a text file, and which way a file was counted.

NVivo for Windows counts UTF-16 units and a line break of two characters as two; the standard says code points;
ATLAS.ti and MAXQDA count such a line break once (measured on real files where there are any).
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from pipeline.qda.folding import squeeze

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BREAKS = "\n\r 　\t。；：，、！？;:,!?（）()《》“”"
_LEAST = 3  # so many more clean borders speak against what a program is known to do


@dataclass(frozen=True, slots=True)
class Counting:
    """``wide``: UTF-16 units; ``crlf``: what a line break of two characters counts; ``mark``: the BOM counts too."""

    wide: bool = False
    crlf: int = 2
    mark: bool = False


POINTS = Counting()
_KNOWN = (
    ("nvivo", Counting(wide=True)),
    ("qualcoder", Counting(crlf=1)),
    ("atlas", Counting(crlf=1)),
    ("maxqda", Counting(crlf=1)),
)
_ALL = tuple(Counting(wide, crlf, mark) for mark, crlf, wide in product((False, True), (2, 1), (False, True)))


def expected(origin: str) -> Counting:
    """Return how the program named in ``origin`` counts; ours names its dialect there."""
    words = origin.casefold()
    return next((counting for name, counting in _KNOWN if name in words), POINTS)


def decode(content: bytes) -> tuple[str, bool]:
    """Return the text of a file without its byte-order mark, and whether it had one.

    Raises UnicodeDecodeError when it's neither UTF-8 nor marked as UTF-16 or UTF-32.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding), True
    return content.decode("utf-8"), False


def plain(text: str) -> str:
    """Return ``text`` with ``\\n`` for every line break of one or two characters."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, slots=True)
class Spot:
    """A selection as the file has it: positions as counted by its program, and what it says the text is."""

    start: int
    end: int
    name: str


class Ruler:
    """One text and its positions under each counting."""

    def __init__(self, text: str, marked: bool = False) -> None:
        """Keep the text as it is in the file; ``marked`` when a byte-order mark stood before it."""
        import numpy as np

        self.text = plain(text)
        self.marked = marked
        self._points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        doubled = np.zeros(len(self._points), dtype=bool)
        doubled[:-1] = (self._points[:-1] == 13) & (self._points[1:] == 10)
        self._doubled = doubled
        self._plain = _sums(np.where(doubled, 0, 1))
        self._counted: dict[Counting, NDArray[np.int64]] = {}

    def spans(self, spots: Sequence[Spot], counting: Counting) -> list[tuple[int, int] | None]:
        """Return each spot's span in ``text``; None for one outside of it or turned round."""
        import numpy as np

        counts = self._counts(counting)
        shift = int(counting.mark and self.marked)
        # a position may be any number: what is outside must not wrap round
        bounds = [(min(max(s.start - shift, -1), 2**62), min(max(s.end - shift, -1), 2**62)) for s in spots]
        wanted = np.array(bounds, dtype=np.int64).reshape(-1, 2)
        found = np.searchsorted(counts, wanted)
        total = int(counts[-1])
        return [
            (int(self._plain[first]), int(self._plain[last])) if 0 <= start <= end <= total else None
            for (start, end), (first, last) in zip(wanted.tolist(), found.tolist(), strict=True)
        ]

    def _counts(self, counting: Counting) -> NDArray[np.int64]:
        """Return the program's position of each character of the file, and of its end."""
        import numpy as np

        key = Counting(counting.wide, counting.crlf)
        if key not in self._counted:
            sizes = np.where(self._points > 0xFFFF, 2, 1) if key.wide else np.ones(len(self._points), dtype=np.int64)
            self._counted[key] = _sums(np.where(self._doubled, 0, sizes) if key.crlf == 1 else sizes)
        return self._counted[key]


def _sums(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the sums of all beginnings of ``sizes``, the empty one first."""
    import numpy as np

    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(sizes, dtype=np.int64)))


def fits(name: str, text: str) -> bool:
    """Tell whether ``name`` is the beginning of ``text`` or all of it, white space and width aside."""
    if name and not name.isspace() and text.startswith(name):
        return True
    wanted = squeeze(name.rstrip("…. "))
    return bool(wanted) and squeeze(text[: 4 * len(name) + 40]).startswith(wanted)


def infer(measured: Iterable[tuple[Ruler, Sequence[Spot]]], likely: Counting) -> Counting:
    """Return the counting under which most names are what stands at their place; ``likely`` unless another is better.

    Where no name is a quote, the counting under which clearly more spans begin and end between words or clauses.
    """
    kept = [(ruler, spots) for ruler, spots in measured if spots]
    named = sum(bool(spot.name) for _, spots in kept for spot in spots)
    best, most = likely, _evidence(kept, likely)
    if not kept or (named and most[0] == named):
        return likely
    scores = {counting: _evidence(kept, counting) for counting in _ALL if counting != likely}
    for counting, score in scores.items():
        if score[0] > most[0]:
            best, most = counting, score
    if most[0] == 0:
        counting, score = max(scores.items(), key=lambda one: one[1][1])
        if score[1] >= most[1] + max(_LEAST, most[1] // 5):
            return counting
    return best


def _evidence(kept: Sequence[tuple[Ruler, Sequence[Spot]]], counting: Counting) -> tuple[int, int]:
    """Return how many names fit, and how many borders of spans are clean (less those outside the text)."""
    names = borders = 0
    for ruler, spots in kept:
        text = ruler.text
        for spot, span in zip(spots, ruler.spans(spots, counting), strict=True):
            if span is None:
                borders -= 2
                continue
            start, end = span
            names += bool(spot.name) and fits(spot.name, text[start:end])
            borders += start == 0 or (text[start - 1] in _BREAKS and text[start : start + 1] not in ("\n", " "))
            borders += end == len(text) or text[end - 1 : end] in _BREAKS or text[end] in "\n "
    return names, borders
