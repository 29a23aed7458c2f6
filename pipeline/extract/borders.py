"""The word borders of a page as arrays, and the numbers of the words around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from pipeline.extract.page import Page

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# a span has at most so many characters, and begins and ends with a letter, a digit or one of these
LONGEST = 30
OPENING, CLOSING = frozenset("“《"), frozenset("”》）)")


def _among(codes: npt.NDArray[np.uint32], characters: Iterable[str]) -> Bools:
    """Tell which of ``codes`` stand for one of ``characters``."""
    return np.isin(codes, [ord(character) for character in characters])


def _bounds(codes: npt.NDArray[np.uint32], marks: frozenset[str]) -> Bools:
    """Tell which of ``codes`` stand for a letter, a digit or one of ``marks``."""
    kinds, kind = np.unique(codes, return_inverse=True)
    characters = [chr(code) for code in kinds]
    return np.array([character.isalnum() or character in marks for character in characters], dtype=np.bool_)[kind]


def ranges(begins: Ints, counts: Ints) -> Ints:
    """Return ``counts[i]`` numbers from ``begins[i]`` on, for each i one after the other."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(begins - (ends - counts), counts) + np.arange(total)


class Borders:
    """What there is to know of the borders of a page whatever is asked, as arrays over them.

    ``at`` are their offsets; ``marks``, ``segments`` and ``openers`` how many of each stand before them; ``edge`` and
    ``stop``: a clause begins or ends here; a span that begins here may end at the borders up to ``last`` at which
    spans may end at all (``ends``).
    """

    def __init__(self, page: Page, marks: frozenset[str]) -> None:
        """Look at every border of ``page``, where clauses end with one of ``marks``."""
        text, at = page.text, np.array(page.borders)
        # a mark beyond each end, so that every border has a character on both sides
        codes = np.frombuffer(f"\n{text}\n".encode("utf-32-le", "surrogatepass"), dtype="<u4")
        before, behind = codes[at], codes[at + 1]
        self.at = at
        self.marks = np.searchsorted(page.marks, at)
        self.segments = np.array(page.segments)[self.marks]
        self.openers = np.searchsorted(page.openers, at)
        self.edge, self.stop = _among(before, marks), _among(behind, marks) & (at < len(text))
        self.last = np.searchsorted(at, np.minimum(page.limits, at + LONGEST), "right") - 1
        self.last[~_bounds(behind, OPENING)] = -1
        self.ends = _bounds(before, CLOSING)


class Words:
    """The numbers of words and characters around the borders of a page, looked up once where they're asked for."""

    def __init__(self, page: Page, vocabulary: Mapping[str, int], unknown: int) -> None:
        """Start with nothing looked up; words that ``vocabulary`` doesn't hold are ``unknown``."""
        self._text, self._at = page.text, page.borders
        self._get, self._unknown = vocabulary.get, unknown
        self._numbers = np.full((7, len(page.borders)), -1)

    def around(self, rows: Ints) -> Ints:
        """Return seven numbers for each of ``rows``.

        They stand for the word before the border, the last two words, the word behind it, the next two words, the
        character before it, the last two characters, and the character behind it.
        """
        missing = rows[self._numbers[0, rows] < 0]
        if len(missing):
            missing = np.unique(missing)
            for run in np.split(missing, np.flatnonzero(np.diff(missing) > 1) + 1):
                self._look_up(int(run[0]), int(run[-1]) + 1)
        return self._numbers[:, rows]

    def _look_up(self, low: int, high: int) -> None:
        """Look up the borders from row ``low`` to ``high``, half-open."""
        text, get, unknown = self._text, self._get, self._unknown
        size, final = high - low, len(self._at) - 1
        # two words more on each side; empty ones beyond the text
        at = [self._at[min(max(row, 0), final)] for row in range(low - 2, high + 2)]
        one = [get(text[a:b], unknown) for a, b in pairwise(at)]
        two = [get(text[a:b], unknown) for a, b in zip(at, at[2:], strict=False)]
        own = at[2 : size + 2]
        self._numbers[:, low:high] = (
            one[1 : size + 1],
            two[:size],
            one[2 : size + 2],
            two[2 : size + 2],
            [get(text[max(0, here - 1) : here], unknown) for here in own],
            [get(text[max(0, here - 2) : here], unknown) for here in own],
            [get(text[here : here + 1], unknown) for here in own],
        )
