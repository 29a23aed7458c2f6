"""Leads positions in a paper's text to the run's text of the same document.

Exact where the one is the other or a part of it but for line breaks, control characters and white space; else by
passages that occur once in both (as ``patience diff`` does), in time linear in the texts but for a sort.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.qda.counting import plain
from pipeline.qda.folding import STAND_IN, Folded, fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Span = tuple[int, int]
_GRAM = 12
SKETCH = 256
_BASE = 1_000_003


@dataclass(frozen=True, slots=True)
class _Run:
    """A passage of both folded texts: where it begins in each, how long it is."""

    here: int
    there: int
    size: int


class Alignment:
    """The way from a paper's text to the raw text. ``exact``: every span has one place, and no quote need be looked at.

    ``folded`` is the raw text as it is compared.
    """

    def __init__(self, text: str, raw: str) -> None:
        """Compare the texts. An empty ``text`` stands for one that isn't known: positions are into ``raw``."""
        self.raw = raw
        self.known = bool(text)
        self._same = _sources(raw) if text and _like(text, plain(raw)) else None
        self._folded: Folded | None = None
        self._text: Folded | None = None
        self._runs: list[_Run] = []
        self._shift = 0
        self.exact = self._same is not None
        if text and not self.exact:
            self._text = fold(text)
            whole, part = self.folded.text, self._text.text
            at = whole.find(part) if part else -1
            self.exact = at >= 0 and whole.find(part, at + 1) < 0
            if self.exact:
                self._shift = at
            else:
                self._runs = _chain(_passages(self._text.text, self.folded.text))

    @property
    def folded(self) -> Folded:
        """The raw text as it is compared."""
        if self._folded is None:
            self._folded = fold(self.raw)
        return self._folded

    @property
    def likeness(self) -> float:
        """The share of the shorter text that both have in order, 0 to 1."""
        if self.exact or self._text is None:
            return 1.0
        shorter = min(len(self._text.text), len(self.folded.text))
        return min(1.0, sum(run.size for run in self._runs) / shorter) if shorter else 0.0

    def place(self, start: int, end: int) -> Span | None:
        """Return the raw span of a span of an exact text; None when nothing visible is in it."""
        if self._same is not None:
            size = len(self._same) - 1
            if not 0 <= start < end <= size:
                return None
            return int(self._same[start]), int(self._same[end - 1]) + self._width(end - 1)
        if self._text is None:
            return (start, end) if 0 <= start < end <= len(self.raw) else None
        first, last = self._text.inside(start, end)
        return self.folded.outside(first + self._shift, last + self._shift) if first < last else None

    @property
    def cover(self) -> Span:
        """The part of the raw text that the text is, all of it unless it's exactly a part."""
        if self._text is None or not self.exact:
            return 0, len(self.raw)
        first, last = self._shift, self._shift + len(self._text.text)
        return (0 if first == 0 else self.folded.outside(first, last)[0]), (
            len(self.raw) if last == len(self.folded.text) else self.folded.outside(first, last)[1]
        )

    def standard(self, start: int, end: int) -> Span:
        """Return a raw span as ``place`` would give it, so that equal spans are equal whatever the way they came."""
        if self._same is not None:
            import numpy as np

            # the last character not after the position: within a line break its first
            first, last = (int(at) for at in np.searchsorted(self._same, (start, end)))
            inner = start < len(self.raw) and start > 0 and self.raw[start - 1 : start + 1] == "\r\n"
            return self.place(first - 1 if inner else first, last) or (start, end)
        if self._text is None:
            return start, end
        first, last = self.folded.inside(start, end)
        return self.folded.outside(first, last) if first < last else (start, end)

    def guess(self, start: int, end: int) -> Span:
        """Return about where a span of the paper's text stands in the folded raw text."""
        if self._text is None:
            first, last = self.folded.inside(max(start, 0), max(end, 0))
        else:
            first, last = (self._there(at) for at in self._text.inside(start, end))
        return first, max(first, last)

    def _width(self, place: int) -> int:
        """Return how many raw characters the plain character ``place`` takes: two for CRLF."""
        assert self._same is not None
        at = int(self._same[place])
        return 2 if self.raw.startswith("\r\n", at) else 1

    def _there(self, at: int) -> int:
        """Return about where a position of the folded paper is in the folded raw text."""
        index = bisect_right(self._runs, at, key=lambda run: run.here) - 1
        if index < 0:
            return min(at, self._runs[0].there) if self._runs else min(at, len(self.folded.text))
        run = self._runs[index]
        reached = run.there + at - run.here
        if at > run.here + run.size and index + 1 < len(self._runs):
            reached = min(reached, self._runs[index + 1].there)
        return min(reached, len(self.folded.text))


def _like(text: str, raw: str) -> bool:
    """Tell whether a text is ``raw`` but for single characters the file couldn't hold."""
    if text == raw:
        return True
    return len(text) == len(raw) and all(a == b or _odd(a, b) for a, b in zip(text, raw, strict=True))


def _odd(kept: str, char: str) -> bool:
    """Tell whether ``kept`` may stand for ``char`` of the raw text."""
    if char > "\uffff":
        return kept in (STAND_IN, "\ufffd")
    return (char < " " or char in "\x7f\ufffe\uffff") and (kept in " \ufffd" or "\u2400" <= kept <= "\u2426")


def _sources(raw: str) -> NDArray[np.int64]:
    """Return the raw index of each character of the plain text, and of its end."""
    import numpy as np

    points = np.frombuffer(raw.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    kept = np.ones(len(points) + 1, dtype=bool)
    kept[1:-1] = ~((points[:-1] == 13) & (points[1:] == 10))
    return np.flatnonzero(kept)


def _hashes(text: str, size: int = _GRAM) -> NDArray[np.uint64]:
    """Return a number for each passage of ``size`` characters, equal for equal ones."""
    import numpy as np

    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    count = len(points) - size + 1
    if count < 1:
        return np.zeros(0, dtype=np.uint64)
    total = np.zeros(count, dtype=np.uint64)
    for place in range(size):
        total = total * np.uint64(_BASE) + (points[place : place + count] + np.uint64(1))
    total ^= total >> np.uint64(31)
    return total * np.uint64(0x9E3779B97F4A7C15)


def _passages(here: str, there: str) -> list[_Run]:
    """Return the passages made of grams that occur once in each text, by place in ``here``."""
    import numpy as np

    found = []
    for text in (here, there):
        values, places, counts = np.unique(_hashes(text), return_index=True, return_counts=True)
        found.append((values[counts == 1], places[counts == 1]))
    (ours, our_places), (theirs, their_places) = found
    _, left, right = np.intersect1d(ours, theirs, assume_unique=True, return_indices=True)
    pairs = np.stack((our_places[left], their_places[right]), axis=1)
    pairs = pairs[np.argsort(pairs[:, 0])]
    runs: list[_Run] = []
    if len(pairs):
        steps = np.flatnonzero((np.diff(pairs[:, 1] - pairs[:, 0]) != 0) | (np.diff(pairs[:, 0]) > _GRAM)) + 1
        for part in np.split(pairs, steps):
            runs.append(_Run(int(part[0, 0]), int(part[0, 1]), int(part[-1, 0] - part[0, 0]) + _GRAM))
    return runs


def _chain(runs: list[_Run]) -> list[_Run]:
    """Return the longest chain of runs that are in order in both texts; runs come by their place here."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, run in enumerate(runs):
        at = bisect_left(tails, run.there)
        before.append(ends[at - 1] if at else -1)
        if at == len(tails):
            tails.append(run.there)
            ends.append(index)
        else:
            tails[at], ends[at] = run.there, index
    chain: list[_Run] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chain.append(runs[index])
        index = before[index]
    return chain[::-1]


def passage_numbers(text: str) -> NDArray[np.uint64]:
    """Return the numbers of a text's passages, ascending, each once; the first ``SKETCH`` are its sketch.

    Equal texts have equal sketches, similar texts similar ones.
    """
    import numpy as np

    return np.unique(_hashes(text, 8))


def resemblance(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    """Return about how much of two texts' passages are common (Jaccard), from their sketches."""
    import numpy as np

    both = np.union1d(one, other)[: max(1, min(SKETCH, max(len(one), len(other))))]
    common = np.intersect1d(np.intersect1d(one, other, assume_unique=True), both, assume_unique=True)
    return len(common) / len(both) if len(both) else 0.0
