"""Topics as groups of like documents: k-means on latent semantic analysis (Deerwester et al. 1990).

A group's words are weighted by class-based TF-IDF (Grootendorst 2022). What starts it are the groups that NMF makes, so
that the seed hardly matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.topics.found import DIGITS, Found
from pipeline.topics.nmf import factors
from pipeline.topics.sample import Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DIMENSIONS = 100
ROUNDS = 100


def fit_kmeans(sample: Sample, values: Any, k: int, seed: int) -> Found:
    """Return the groups' words as shares, their sizes in documents, and their centres. Empty groups are left out."""
    from sklearn.decomposition import TruncatedSVD

    weights, amounts = factors(values, k, seed)
    if not len(weights):
        return Found(weights, np.zeros(0))
    places = min(DIMENSIONS, min(values.shape) - 1)
    space = TruncatedSVD(places, n_iter=7, random_state=seed)
    points = _even(space.fit_transform(values))
    groups, centres = _group(points, amounts.argmax(axis=1), len(weights))
    sizes = np.bincount(groups, minlength=len(weights))
    used = np.flatnonzero(sizes)
    words = _weights(sample.counts, groups, len(weights))
    return Found(
        words[used], sizes[used].astype(np.float64), centres=np.round((centres @ space.components_)[used], DIGITS)
    )


def _group(points: Floats, groups: NDArray[np.int64], k: int) -> tuple[NDArray[np.int64], Floats]:
    """Return each point's group and the groups' centres, of length 1: k-means by cosine from ``groups`` on."""
    centres = np.zeros((k, points.shape[1]))
    for _ in range(ROUNDS):
        centres = np.zeros_like(centres)
        np.add.at(centres, groups, points)
        centres = _even(centres)
        fresh = np.round(points @ centres.T, 12).argmax(axis=1)
        if np.array_equal(fresh, groups):
            break
        groups = fresh
    return groups, centres


def _even(rows: Floats) -> Floats:
    """Return ``rows`` scaled to length 1, but for empty ones."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1.0), dtype=np.float64)


def _weights(counts: Any, groups: NDArray[np.int64], k: int) -> Floats:
    """Return how much each word is a group's own, as shares, a row a group."""
    from scipy.sparse import csr_matrix

    members = csr_matrix((np.ones(len(groups)), (groups, np.arange(len(groups)))), shape=(k, len(groups)))
    inside = np.asarray((members @ counts).todense(), dtype=np.float64)
    lengths = inside.sum(axis=1, keepdims=True)
    shares = inside / np.where(lengths > 0, lengths, 1.0)
    weights = shares * np.log1p(inside.sum() / k / np.maximum(inside.sum(axis=0), 1.0))
    totals = weights.sum(axis=1, keepdims=True)
    return np.asarray(np.round(weights / np.where(totals > 0, totals, 1.0), DIGITS), dtype=np.float64)
