"""Puts a file's selections where their names stand when the positions are off: a text that shifted on its way.

A single selection whose name doesn't fit was moved by a person in a program that keeps names: its positions count.
Only where the selections of a text are off together, the names count.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.qda.counting import Counting, Ruler, Spot, fits
from pipeline.qda.folding import Folded, fold, squeeze

_LONG = 5  # a shorter name stands in too many places to be searched for
_WHOLE = 80  # a name as long as this may be cut: its selection is as long as its positions say
_QUOTES = 0.5  # from this share on, names of a file are held to be quotes
_SOUND = 0.9  # from this share on, the positions of a file are held to be right
_RUN = 3  # so many neighbours, all off by about as much, have shifted


@dataclass(frozen=True, slots=True)
class _Off:
    """A selection that doesn't stand at its name: which one, its span, and where its name begins, folded."""

    place: int
    span: tuple[int, int]
    at: int
    shift: int


class Settler:
    """Decides for one file whether its selections' names are quotes, and moves those that have shifted."""

    def __init__(self, counting: Counting, measured: Sequence[tuple[Ruler, Sequence[Spot]]]) -> None:
        """See how many names fit under ``counting``, as they stand or anywhere in their text."""
        self.repaired = 0
        self._counting = counting
        named = fitting = elsewhere = 0
        for ruler, spots in measured:
            folded = ""
            for spot, span in zip(spots, ruler.spans(spots, counting), strict=True):
                if not _telling(spot):
                    continue
                named += 1
                if _fits(spot, span, ruler.text):
                    fitting += 1
                    continue
                folded = folded or squeeze(ruler.text)
                elsewhere += squeeze(spot.name) in folded
        self._trusted = named > 0 and fitting + elsewhere >= _QUOTES * named
        self._sound = fitting >= _SOUND * named

    def spans(self, ruler: Ruler, spots: Sequence[Spot]) -> list[tuple[int, int] | None]:
        """Return the span of each spot in ``ruler.text``; None when neither its positions nor its name tell one."""
        found = ruler.spans(spots, self._counting)
        telling = [place for place, spot in enumerate(spots) if _telling(spot)]
        wrong = [place for place in telling if not _fits(spots[place], found[place], ruler.text)]
        if not self._trusted or not wrong:
            return found
        folded = fold(ruler.text)
        if not self._sound and len(wrong) > len(telling) / 2:
            return self._shifted(folded, spots, found)
        off: dict[int, _Off] = {}
        for place in wrong:
            spot, span = spots[place], found[place]
            start = span[0] if span else min(max(spot.start, 0), len(ruler.text))
            near, last = folded.inside(*(span or (start, start)))
            at = nearest(folded.text, _name(spot), near)
            if at is not None:
                off[place] = _Off(place, span or (start, start), at, at - near)
                if span is None:
                    found[place] = self._moved(spot, folded, at, last - near)
        for one in _runs(off, sorted(telling, key=lambda place: found[place] or (0, 0))):
            first, last = folded.inside(*one.span)
            found[one.place] = self._moved(spots[one.place], folded, one.at, last - first)
        return found

    def _shifted(
        self, folded: Folded, spots: Sequence[Spot], spans: Sequence[tuple[int, int] | None]
    ) -> list[tuple[int, int] | None]:
        """Return the spans of a text that has shifted: each as far as the nearest name that stands in it once."""
        size = len(folded.sources)
        inside = []
        for spot, span in zip(spots, spans, strict=True):
            start = min(max(spot.start, 0), 2**62)
            inside.append(folded.inside(*(span or (start, start))))
        steps = sorted(_steps(folded.text, spots, inside))
        moved: list[tuple[int, int] | None] = []
        for spot, span, (first, last) in zip(spots, spans, inside, strict=True):
            near = min(max(first + _step(steps, first), 0), size)
            at = nearest(folded.text, _name(spot), near) if _telling(spot) else None
            if at is not None:
                moved.append(self._moved(spot, folded, at, last - first))
            elif span is not None and near < min(near + last - first, size):
                moved.append(folded.outside(near, min(near + last - first, size)))
            else:
                moved.append(span)
        return moved

    def _moved(self, spot: Spot, folded: Folded, at: int, size: int) -> tuple[int, int]:
        """Return the span of a spot's name at ``at``; ``size`` is how long the spot is by its positions, folded."""
        self.repaired += 1
        length = len(_name(spot))
        if len(spot.name) >= _WHOLE:
            length = max(length, size)
        return folded.outside(at, min(at + length, len(folded.text)))


def _steps(text: str, spots: Sequence[Spot], inside: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield where a spot stands whose name is in the text once, and how far from there that is; all folded."""
    for spot, (first, _) in zip(spots, inside, strict=True):
        name = _name(spot)
        at = text.find(name) if _telling(spot) else -1
        if at >= 0 and text.find(name, at + 1) < 0:
            yield first, at - first


def _step(steps: Sequence[tuple[int, int]], at: int) -> int:
    """Return how far the nearest of the ``steps`` has shifted; 0 without any."""
    index = bisect_left(steps, (at, 0))
    near = steps[max(index - 1, 0) : index + 1]
    return min(near, key=lambda step: abs(step[0] - at))[1] if near else 0


def _runs(off: dict[int, _Off], order: Sequence[int]) -> list[_Off]:
    """Return those of ``off`` that stand together in ``order``, at least so many spans, shifted about as far."""
    kept: list[_Off] = []
    run: list[_Off] = []
    for place in [*order, -1]:
        one = off.get(place)
        if one is not None and (not run or abs(one.shift - run[-1].shift) <= _RUN):
            run.append(one)
            continue
        if len({found.span for found in run}) >= _RUN:
            kept += run
        run = [one] if one is not None else []
    return kept


def _name(spot: Spot) -> str:
    """Return a spot's name as it is searched for."""
    return squeeze(spot.name.rstrip("…. "))


def _telling(spot: Spot) -> bool:
    """Tell whether a spot's name is long enough to be searched for."""
    return len(spot.name) >= _LONG and len(_name(spot)) >= _LONG


def _fits(spot: Spot, span: tuple[int, int] | None, text: str) -> bool:
    """Tell whether a spot stands at its name."""
    return span is not None and fits(spot.name, text[slice(*span)])


def nearest(text: str, wanted: str, near: int) -> int | None:
    """Return the occurrence of ``wanted`` that begins nearest to ``near``, the earlier of two; None without any."""
    before, after = text.rfind(wanted, 0, near + len(wanted)), text.find(wanted, near)
    found = [at for at in (before, after) if at >= 0]
    return min(found, key=lambda at: (abs(at - near), at)) if found else None
