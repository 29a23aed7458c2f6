"""Agreement on whole sets of codes (MASI), and on spans."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from math import ceil, log2

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
    of either) is at least ``overlap``. The number of pairs is the largest there is.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import maximum_bipartite_matching

    first, second = ([span for span in some if span[0] < span[1]] for some in (a, b))
    if overlap <= 0:
        return _met(first, second)
    pairs = list(_alike(first, second, overlap))
    if not pairs:
        return 0
    rows, columns = zip(*pairs, strict=True)
    graph = csr_matrix((np.ones(len(pairs), dtype=bool), (rows, columns)), shape=(len(first), len(second)))
    return int((maximum_bipartite_matching(graph) >= 0).sum())


def _met(a: Sequence[Span], b: Sequence[Span]) -> int:
    """Return the largest number of pairs of spans that share a character, in time n log n.

    The span that ends first is paired with that of those it meets which ends first. No other choice gives more: all it
    meets go on where it ends, so each of them meets whatever that one meets behind it.
    """
    spans = [(*span, side) for side, some in enumerate((a, b)) for span in some]
    by_start = sorted(range(len(spans)), key=lambda one: spans[one][0])
    done = [False] * len(spans)
    begun: tuple[list[tuple[int, int]], ...] = ([], [])
    pairs = coming = 0
    for one in sorted(range(len(spans)), key=lambda one: spans[one][1]):
        _, end, side = spans[one]
        while coming < len(spans) and spans[by_start[coming]][0] < end:
            heappush(begun[spans[by_start[coming]][2]], (spans[by_start[coming]][1], by_start[coming]))
            coming += 1
        if done[one]:
            continue
        done[one] = True
        others = begun[1 - side]
        while others and done[others[0][1]]:
            heappop(others)
        if others:
            done[heappop(others)[1]] = True
            pairs += 1
    return pairs


def _alike(a: Sequence[Span], b: Sequence[Span], overlap: float) -> Iterator[tuple[int, int]]:
    """Yield the numbers of spans whose Jaccard coefficient is at least ``overlap`` (above 0).

    Such spans are of like length, and begin near each other, so each is compared with few: those of ``b`` are kept by
    the power of two of their length, then by where they begin.
    """
    kept: dict[int, list[tuple[int, int]]] = {}
    for number, (start, end) in enumerate(b):
        kept.setdefault((end - start).bit_length(), []).append((start, number))
    for some in kept.values():
        some.sort()
    reach = ceil(-log2(overlap))
    for one, (start, end) in enumerate(a):
        size = (end - start).bit_length()
        apart = (1 - overlap) / overlap * (end - start) + 1
        for bits in range(size - reach, size + reach + 1):
            some = kept.get(bits, [])
            low, high = bisect_left(some, (start - apart,)), bisect_left(some, (start + apart,))
            yield from ((one, number) for _, number in some[low:high] if jaccard(a[one], b[number]) >= overlap)


def jaccard(a: Span, b: Span) -> float:
    """Return characters of both ÷ characters of either; 0 when they share none."""
    common = min(a[1], b[1]) - max(a[0], b[0])
    return common / (a[1] - a[0] + b[1] - b[0] - common) if common > 0 else 0.0


def span_f1(counts: Numbers) -> Numbers:
    """Return F1 = 2 matched / (N1 + N2) of ``(..., 3)`` counts: matched, N1, N2; NaN when there are no spans."""
    return ratio(2 * counts[..., 0], counts[..., 1] + counts[..., 2])
