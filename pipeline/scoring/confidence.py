"""What a run's confidence is worth: how right the surest records are, and how far confidence is from the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

COVERAGES = tuple(step / 10 for step in range(1, 11))
BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A found record's confidence, and whether the whole record was right."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Point:
    """The surest ``coverage`` of the found records: how many, from what confidence on, the share right, F1 on all gold.

    Where records of equal confidence straddle the cut, they count in proportion: no order among them is meant.
    """

    coverage: float
    records: int
    confidence: float
    right: float
    f1: float


@dataclass(frozen=True, slots=True)
class Bin:
    """The records with confidence in [low, high), 1 in the last: how many, mean confidence, share right."""

    low: float
    high: float
    records: int
    confidence: float
    right: float


def curve(judged: Sequence[Judged], n_gold: int) -> tuple[Point, ...]:
    """Return a point for each of ``COVERAGES``; nothing without found records."""
    if not judged:
        return ()
    ordered = sorted(judged, key=lambda one: -one.confidence)
    hits = _expected_hits(ordered)
    points = []
    for coverage in COVERAGES:
        kept = max(1, round(coverage * len(ordered)))
        right = hits[kept]
        f1 = 2 * right / (kept + n_gold)
        points.append(Point(coverage, kept, ordered[kept - 1].confidence, right / kept, f1))
    return tuple(points)


def bins(judged: Sequence[Judged]) -> tuple[Bin, ...]:
    """Return the bins of equal width that hold records."""
    members: dict[int, list[Judged]] = {}
    for one in judged:
        members.setdefault(min(int(one.confidence * BINS), BINS - 1), []).append(one)
    return tuple(
        Bin(
            number / BINS,
            (number + 1) / BINS,
            len(inside),
            sum(one.confidence for one in inside) / len(inside),
            sum(one.right for one in inside) / len(inside),
        )
        for number, inside in sorted(members.items())
    )


def calibration_error(judged: Sequence[Judged]) -> float:
    """Return the expected calibration error: the mean distance, over records, of share right and mean confidence."""
    return sum(one.records * abs(one.right - one.confidence) for one in bins(judged)) / max(len(judged), 1)


def _expected_hits(ordered: Sequence[Judged]) -> list[float]:
    """Return how many of the first 0, 1, 2 … records are right, those of equal confidence in proportion."""
    hits = [0.0]
    at = 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end].confidence == ordered[at].confidence:
            end += 1
        share = sum(one.right for one in ordered[at:end]) / (end - at)
        start = hits[-1]
        hits += [start + share * step for step in range(1, end - at + 1)]
        at = end
    return hits
