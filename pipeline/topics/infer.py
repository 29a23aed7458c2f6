"""Topic weights of one document under a fitted model.

Each document is worked out by itself, with the same operations in the same order and no large BLAS call, so that
neither the documents beside it nor the number of threads can change a digit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ITERATIONS = 200
TOLERANCE = 1e-4
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


def variational(part: Floats, counts: Floats, prior: Floats) -> Floats:
    """Return the topic weights of a document under LDA: the variational gamma, from an even start.

    ``part`` are the columns of ``expected`` for the document's words.
    """
    from scipy.special import digamma

    gamma = prior + counts.sum() / len(prior)
    for _ in range(ITERATIONS):
        theta = np.exp(digamma(gamma))  # up to a factor, by which ``norm`` divides again
        norm = np.einsum("k,kw->w", theta, part) + 1e-100
        fresh = prior + theta * np.einsum("kw,w->k", part, counts / norm)
        change = np.abs(fresh - gamma).sum()
        gamma = fresh
        if change < TOLERANCE * len(prior):
            break
    return np.asarray(gamma, dtype=np.float64)
