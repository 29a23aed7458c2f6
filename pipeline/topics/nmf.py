"""Topics by non-negative matrix factorisation (Lee & Seung 1999) of TF-IDF values, from a fixed start (NNDSVD)."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.topics.found import DIGITS, Found

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def fit_nmf(values: Any, k: int, seed: int) -> Found:
    """Return the topics' words as shares, and how much of the documents each topic is. Empty topics are left out."""
    weights, amounts = factors(values, k, seed)
    sums = amounts.sum(axis=1, keepdims=True)
    return Found(weights, (amounts / np.where(sums > 0, sums, 1)).sum(axis=0))


def factors(values: Any, k: int, seed: int) -> tuple[Floats, Floats]:
    """Return the topics' words as shares, a row a topic, and how much of each topic a document has, a row a document.

    There may be fewer than ``k``.
    """
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    model = NMF(k, init="nndsvd", max_iter=400, random_state=seed)
    with warnings.catch_warnings():
        # a fit that isn't quite done after 400 rounds is as good to look at
        warnings.simplefilter("ignore", ConvergenceWarning)
        amounts = model.fit_transform(values)
    totals = model.components_.sum(axis=1)
    used = np.flatnonzero((totals > 0) & (amounts.sum(axis=0) > 0))
    return np.round(model.components_[used] / totals[used, None], DIGITS), amounts[:, used] * totals[used]
