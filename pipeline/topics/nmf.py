"""Topics by non-negative matrix factorisation (Lee & Seung 1999) of TF-IDF values, from a fixed start (NNDSVD).

scikit-learn's own start is a random approximation, which other seeds make other topics of.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.topics.arrays import DIGITS, TopicArrays

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def fit_nmf(values: Any, k: int, seed: int) -> TopicArrays:
    """Return the topics' words as shares, and how much of the documents each topic is. Empty topics are left out."""
    weights, amounts = factors(values, k, seed)
    sums = amounts.sum(axis=1, keepdims=True)
    return TopicArrays(weights, (amounts / np.where(sums > 0, sums, 1)).sum(axis=0))


def factors(values: Any, k: int, seed: int) -> tuple[Floats, Floats]:
    """Return the topics' words as shares, a row a topic, and how much of each topic a document has, a row a document.

    There may be fewer than ``k``.
    """
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    amounts, parts = _start(values, k, seed)
    model = NMF(k, init="custom", max_iter=400, random_state=seed)
    with warnings.catch_warnings():
        # a fit that isn't quite done after 400 rounds is as good to look at
        warnings.simplefilter("ignore", ConvergenceWarning)
        amounts = model.fit_transform(values, W=amounts, H=parts)
    totals = model.components_.sum(axis=1)
    used = np.flatnonzero((totals > 0) & (amounts.sum(axis=0) > 0))
    return np.round(model.components_[used] / totals[used, None], DIGITS), amounts[:, used] * totals[used]


def _start(values: Any, k: int, seed: int) -> tuple[Floats, Floats]:
    """Return where to start from, a column and a row a topic: non-negative double SVD (Boutsidis & Gallopoulos 2008).

    Of each pair of singular vectors the half with more in it, positive or negative.
    """
    left, sizes, right = exact_svd(values, k, seed)
    both = [(_halves(u, v, 1.0), _halves(u, v, -1.0)) for u, v in zip(left.T, right, strict=True)]
    found = [plus if plus[2] >= minus[2] else minus for plus, minus in both]
    scale = np.sqrt(sizes)
    amounts = np.stack([u * np.sqrt(m) for u, _, m in found], axis=1) * scale
    parts = np.stack([v * np.sqrt(m) for _, v, m in found]) * scale[:, None]
    return np.ascontiguousarray(amounts), np.ascontiguousarray(parts)


def _halves(left: Floats, right: Floats, sign: float) -> tuple[Floats, Floats, float]:
    """Return the parts of two vectors that have ``sign``, scaled to length 1, and the product of their lengths."""
    u, v = np.maximum(left * sign, 0.0), np.maximum(right * sign, 0.0)
    lengths = float(np.linalg.norm(u)), float(np.linalg.norm(v))
    return u / (lengths[0] or 1.0), v / (lengths[1] or 1.0), lengths[0] * lengths[1]


def exact_svd(values: Any, k: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """Return the ``k`` largest singular values with their vectors, columns on the left and rows on the right.

    ``k`` must be less than rows and columns.
    """
    from scipy.sparse.linalg import svds

    first = np.random.default_rng(seed).uniform(0.5, 1.5, min(values.shape))
    left, sizes, right = svds(values, k=k, v0=first, tol=1e-10)
    order = np.argsort(-sizes)
    return left[:, order], sizes[order], right[order]
