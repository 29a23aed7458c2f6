"""Which topics of two models go together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def jaccard(first: Iterable[str], second: Iterable[str]) -> float:
    """Return the share of terms that two topics have in common, of all their terms; 0.0 when there are none."""
    a, b = set(first), set(second)
    return len(a & b) / len(a | b) if a or b else 0.0


def pairing(alike: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Return pairs (row, column) of a table of likeness, each row and column once at most, with the greatest sum.

    They are the same both ways (Hungarian method: Kuhn 1955); no pairs of an empty table.
    """
    from scipy.optimize import linear_sum_assignment

    if not alike or not alike[0]:
        return []
    rows, columns = linear_sum_assignment(alike, maximize=True)
    return [(int(row), int(column)) for row, column in zip(rows, columns, strict=True)]
