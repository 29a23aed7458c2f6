"""Which units of a text a coder has coded. Spans are half-open; intervals throughout, never character by character.

The rule for sentences and clauses: a unit is coded when a code's codings cover at least half of it, or when at least
half of one coding lies in it (of the coding, what lies in units counts). So a phrase codes its clause; a coding that
runs a few characters into the next clause doesn't code that one; and no coding that touches a unit is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

Span = tuple[int, int]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


def as_places(spans: Iterable[Span]) -> Places:
    """Return spans as an n × 2 array, in order."""
    return np.array(sorted(spans), dtype=np.int64).reshape(-1, 2)


def merged(spans: Places) -> Places:
    """Return the stretches that sorted ``spans`` cover together, without overlap, empty ones left out."""
    spans = spans[spans[:, 1] > spans[:, 0]]
    if not len(spans):
        return spans
    reach = np.maximum.accumulate(spans[:, 1])
    first = np.concatenate([[True], spans[1:, 0] > reach[:-1]])
    last = np.concatenate([first[1:], [True]])
    return np.stack([spans[first, 0], reach[last]], 1)


def covered(units: Places, spans: Places) -> Places:
    """Return how many characters of each unit the sorted ``spans`` cover."""
    whole = merged(spans)
    if not len(whole):
        return np.zeros(len(units), dtype=np.int64)
    before = np.concatenate([[0], np.cumsum(whole[:, 1] - whole[:, 0])])
    return _up_to(units[:, 1], whole, before) - _up_to(units[:, 0], whole, before)


def _up_to(at: Places, whole: Places, before: Places) -> Places:
    """Return how many covered characters lie in front of each place."""
    index = np.searchsorted(whole[:, 0], at, side="right")
    last = np.maximum(index - 1, 0)
    inside = np.minimum(at, whole[last, 1]) - whole[last, 0]
    return np.asarray(np.where(index > 0, before[last] + inside, 0))


def coded_units(units: Places, spans: Places) -> Flags:
    """Return for each unit (sorted, not overlapping) whether it is coded by ``spans`` (sorted), by the rule above."""
    if not len(units) or not len(spans):
        return np.zeros(len(units), dtype=bool)
    coded = np.asarray(2 * covered(units, spans) >= np.maximum(units[:, 1] - units[:, 0], 1))
    first = np.searchsorted(units[:, 1], spans[:, 0], side="right")
    last = np.searchsorted(units[:, 0], spans[:, 1], side="left") - 1
    touching = (first <= last) & (spans[:, 1] > spans[:, 0])
    spans, first, last = spans[touching], first[touching], last[touching]
    before = np.concatenate([[0], np.cumsum(units[:, 1] - units[:, 0])])
    in_first = np.minimum(units[first, 1], spans[:, 1]) - np.maximum(units[first, 0], spans[:, 0])
    in_last = np.minimum(units[last, 1], spans[:, 1]) - np.maximum(units[last, 0], spans[:, 0])
    between = before[last] - before[np.minimum(first + 1, last)]
    total = np.where(first == last, in_first, in_first + between + in_last)
    coded[first[2 * in_first >= total]] = True
    coded[last[2 * in_last >= total]] = True
    return coded


def coded_by(units: Places, codes: Sequence[Places]) -> Flags:
    """Return units × codes: ``coded_units`` for the spans of each of ``codes``, in one go.

    Each code gets a stretch of its own on one long line, so that no code costs a call.
    """
    if not len(units) or not codes:
        return np.zeros((len(units), len(codes)), dtype=bool)
    width = 1 + max(int(units.max()), *(int(spans.max(initial=0)) for spans in codes))
    shifts = width * np.arange(len(codes), dtype=np.int64)
    line = (units[None] + shifts[:, None, None]).reshape(-1, 2)
    spans = np.concatenate([some + shift for some, shift in zip(codes, shifts, strict=True)])
    return coded_units(line, spans).reshape(len(codes), len(units)).T


def touched(units: Places, spans: Places) -> Flags:
    """Return for each span whether it shares a character with a unit."""
    if not len(units) or not len(spans):
        return np.zeros(len(spans), dtype=bool)
    first = np.searchsorted(units[:, 1], spans[:, 0], side="right")
    last = np.searchsorted(units[:, 0], spans[:, 1], side="left") - 1
    return np.asarray(first <= last)


def pieces(length: int, borders: Sequence[Places]) -> Places:
    """Return the stretches of a text of ``length`` between all borders of the given spans.

    Within a stretch every character is coded alike, so it stands for as many units as it has characters.
    """
    places = np.concatenate([[0, length], *(spans.reshape(-1) for spans in borders)])
    cuts = np.unique(np.clip(places, 0, length))
    return np.stack([cuts[:-1], cuts[1:]], 1)
