"""Topic weights of documents under a fitted model.

Each document is worked out with the same operations in the same order, whether alone or beside others, and no large
BLAS call, so that neither the documents beside it nor the number of threads can change a digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Words = tuple[Ints, Floats]
    """A document: the columns of its words, and their counts."""

ITERATIONS = 200
TOLERANCE = 1e-4
BATCH = 16_384
"""How many words documents may have that are worked out together; small ones cost calls, large ones memory."""
CROWDED = 0.8
"""While more than this share of them isn't done, those that are done stay: taking them out costs more."""
SHARE, MOST = 2 / 3, 40.0
"""How many of a document's words count where they are taken as independent of each other, which they aren't."""


def factor(weights: Floats) -> Floats:
    """Return R, upper triangular, with RᵀR = ``weights`` · ``weights``ᵀ and a little more on the diagonal, and R⁻ᵀ."""
    from scipy.linalg import solve_triangular

    gram = np.einsum("iv,jv->ij", weights, weights)
    scale = float(gram.diagonal().max()) or 1.0
    root: Floats = np.linalg.cholesky(gram + np.eye(len(gram)) * scale * 1e-9)
    return np.stack([root.T, solve_triangular(root, np.eye(len(root)), lower=True)])


def nonnegative(part: Floats, values: Floats, factors: Floats) -> Floats:
    """Return the h ≥ 0 with the least ‖x - h·W‖, for a document's ``values`` x and ``part``, W's columns for them."""
    from scipy.optimize import nnls

    target: Floats = (part * values).sum(axis=1)
    if not target.any():
        return target
    root, inverse = factors
    near = np.flatnonzero(target)  # no weight is below 0, so a topic with none of the words gets nothing
    solution = np.zeros_like(target)
    solution[near], _ = nnls(root[:, near], (inverse * target).sum(axis=1), maxiter=100 * len(root))
    return solution


def belongs(likelihood: Floats, lengths: Floats, sizes: Floats) -> Floats:
    """Return how much documents belong to groups, a row a document that adds up to 1.

    ``likelihood``: of the words, as logarithms, a column a group; ``lengths``: of the documents in words, of which
    ``SHARE`` count and no more than ``MOST``; ``sizes``: of the groups in documents.
    """
    counted = np.minimum(SHARE, MOST / np.maximum(lengths, 1.0))[:, None]
    logs = likelihood * counted + np.log(sizes + 1.0)
    shares: Floats = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float64)


def expected(weights: Floats) -> Floats:
    """Return exp(E[log β]) of the Dirichlet parameters in ``weights``, a row a topic."""
    from scipy.special import digamma

    return np.asarray(np.exp(digamma(weights) - digamma(weights.sum(axis=1, keepdims=True))), dtype=np.float64)


def batches(documents: Iterable[Words]) -> Iterator[list[Words]]:
    """Yield documents in their order, together as long as they have no more than ``BATCH`` words."""
    batch: list[Words] = []
    size = 0
    for document in documents:
        if batch and size + document[0].size > BATCH:
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += document[0].size
    if batch:
        yield batch


def variational(words: Floats, documents: Sequence[Words], prior: Floats) -> Floats:
    """Return the topic weights of documents under LDA, a row each: the variational gamma, from an even start.

    ``words`` is ``expected`` with a row a word. Each document has a word at least, and is done when its own weights
    hardly change any more, so that the others take part in nothing but the speed.
    """
    from scipy.sparse import csr_array
    from scipy.special import digamma

    columns, counts = (np.concatenate(arrays) for arrays in zip(*documents, strict=True))
    lengths = np.array([own.size for own, _ in documents])
    starts = np.concatenate([[0], np.cumsum(lengths)])
    known = csr_array((counts, columns, starts), shape=(len(documents), len(words)))
    part, rows = words[columns], np.repeat(np.arange(len(documents)), lengths)
    number, going = np.arange(len(documents)), np.ones(len(documents), dtype=bool)
    gamma = prior + (np.add.reduceat(counts, starts[:-1]) / len(prior))[:, None]
    result = np.empty_like(gamma)
    for _ in range(ITERATIONS):
        theta = np.exp(digamma(gamma))  # up to a factor, by which the sums divide again
        known.data = counts / (np.einsum("wk,wk->w", theta.take(rows, axis=0), part) + 1e-100)
        fresh = prior + theta * (known @ words)
        change = np.abs(fresh - gamma).sum(axis=1)
        gamma = fresh
        done = going & (change < TOLERANCE * len(prior))
        result[number[done]] = gamma[done]
        going &= ~done
        if going.mean() > CROWDED:
            continue
        if not going.any():
            break
        kept = going[rows]
        counts, part = counts[kept], part[kept]
        number, gamma, known = number[going], gamma[going], known[going]
        going = going[going]
        rows = np.repeat(np.arange(len(number)), np.diff(known.indptr))
    result[number[going]] = gamma[going]
    return result
