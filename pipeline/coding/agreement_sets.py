"""Agreement on whole sets of codes (MASI), and on spans."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.coding.agreement import Numbers, ratio

Span = tuple[int, int]
Sets = npt.NDArray[np.bool_]

OVERLAPS = (0.0, 0.5, 0.9)
MOST_SETS = 10_000
_ROWS = 256


def masi(a: Sets, b: Sets) -> Numbers:
    """Return the n × m MASI distances between the sets ``a`` (n × codes) and ``b`` (m × codes); Passonneau 2006, LREC.

    1 − J · M: J the Jaccard coefficient; M 1 for equal sets, 2/3 when one holds the other, 1/3 when they overlap, else
    0. Two empty sets are equal; an empty one is as far as can be from any other.
    """
    first, second = a.astype(np.float64), b.astype(np.float64)
    common = first @ second.T
    sizes, others = first.sum(1)[:, None], second.sum(1)[None, :]
    union = sizes + others - common
    equal = union == common
    held = (common == np.minimum(sizes, others)) & (common > 0)
    monotone = np.where(equal, 1.0, np.where(held, 2 / 3, np.where(common > 0, 1 / 3, 0.0)))
    jaccard = np.where(union > 0, common / np.maximum(union, 1), 1.0)
    return np.asarray(1 - jaccard * monotone)


def masi_alpha(a: Sets, b: Sets, weights: Numbers) -> float:
    """Return Krippendorff's α of two coders' sets of codes with the MASI distance; NaN when all sets are alike.

    ``a`` and ``b`` are units × codes. α = 1 − Do / De: Do the mean distance within units, De that between any two of
    the n values, (Σ_c Σ_k n_c n_k d_ck) / (n (n − 1)).
    """
    pairs, which = np.unique(np.concatenate([a, b], axis=1), axis=0, return_inverse=True)
    found = np.bincount(which.reshape(-1), weights=weights, minlength=len(pairs)).astype(float)
    codes = a.shape[1]
    return float(masi_alphas(pairs[:, :codes], pairs[:, codes:], found[None])[0])


def masi_alphas(a: Sets, b: Sets, weights: Numbers) -> Numbers:
    """Return α for each row of ``weights`` (draws × units), as ``masi_alpha`` does for one.

    The time is that of comparing each two different sets; NaN when there are more than ``MOST_SETS`` of them.
    """
    kinds, which = np.unique(np.concatenate([a, b]), axis=0, return_inverse=True)
    which = which.reshape(-1)
    if len(kinds) > MOST_SETS:
        return np.full(len(weights), np.nan)
    order = np.argsort(which, kind="stable")
    starts = np.flatnonzero(np.diff(which[order], prepend=-1))
    both = np.concatenate([weights, weights], axis=1)[:, order]
    counts = np.add.reduceat(both, starts, axis=1) if len(order) else np.zeros((len(weights), 0))
    between = np.zeros(len(weights))
    apart = np.zeros(len(a))
    for at in range(0, len(kinds), _ROWS):
        distances = masi(kinds[at : at + _ROWS], kinds)
        between += ((counts[:, at : at + _ROWS] @ distances) * counts).sum(1)
        here = np.flatnonzero((which[: len(a)] >= at) & (which[: len(a)] < at + _ROWS))
        apart[here] = distances[which[here] - at, which[len(a) + here]]
    total = counts.sum(1)
    within = ratio(weights @ apart, weights.sum(1))
    return np.asarray(1 - within * ratio(total * (total - 1), between))


def matched(a: Sequence[Span], b: Sequence[Span], overlap: float) -> int:
    """Return how many spans of ``a`` and ``b`` can be paired, each with one at most.

    Two spans can be paired when they share a character and their Jaccard coefficient (characters of both ÷ characters
    of either) is at least ``overlap``. The number of pairs is the largest there is (augmenting paths, Kuhn 1955).
    """
    order = sorted(b)
    longest = max((end - start for start, end in order), default=0)
    starts = [start for start, _ in order]
    near = [
        [
            number
            for number in range(bisect_left(starts, start - longest), bisect_left(starts, end))
            if jaccard((start, end), order[number]) >= max(overlap, 1e-12)
        ]
        for start, end in sorted(a)
    ]
    partner: dict[int, int] = {}
    return sum(_augment(one, near, partner) for one in range(len(near)))


def _augment(one: int, near: Sequence[Sequence[int]], partner: dict[int, int]) -> bool:
    """Give span ``one`` a partner, moving others to another of theirs where needed; tell whether it has got one."""
    tried: set[int] = set()
    path = [(one, iter(near[one]))]
    taken: list[int] = []
    while path:
        _, left = path[-1]
        other = next((number for number in left if number not in tried), None)
        if other is None:
            path.pop()
            if taken:
                taken.pop()
            continue
        tried.add(other)
        taken.append(other)
        if other not in partner:
            for (span, _), got in zip(path, taken, strict=True):
                partner[got] = span
            return True
        path.append((partner[other], iter(near[partner[other]])))
    return False


def jaccard(a: Span, b: Span) -> float:
    """Return characters of both ÷ characters of either; 0 when they share none."""
    common = min(a[1], b[1]) - max(a[0], b[0])
    return common / (a[1] - a[0] + b[1] - b[0] - common) if common > 0 else 0.0


def span_f1(counts: Numbers) -> Numbers:
    """Return F1 = 2 matched / (N1 + N2) of ``(..., 3)`` counts: matched, N1, N2; NaN when there are no spans."""
    return ratio(2 * counts[..., 0], counts[..., 1] + counts[..., 2])
