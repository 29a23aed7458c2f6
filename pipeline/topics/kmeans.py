"""Topics as groups of like documents: k-means on latent semantic analysis, refined by a mixture of word distributions.

The groups that NMF makes start k-means by cosine (Deerwester et al. 1990 for the space), so that the seed hardly
matters. Its groups start a mixture of multinomials (Nigam et al. 2000), one topic a document, in which a document's
words count less the more there are: as independent as the mixture takes them they aren't. Words are weighted by
class-based TF-IDF (Grootendorst 2022), the first of them also by how much they go together: what a group has more than
others needn't be about one thing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.topics.arrays import DIGITS, TopicArrays, even
from pipeline.topics.infer import belongs
from pipeline.topics.nmf import exact_svd, factors
from pipeline.topics.quality import company
from pipeline.topics.sample import Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DIMENSIONS = 100
ROUNDS = 50
SMOOTH = 0.1  # added to every word in every group
SETTLED = 0.9995  # of the documents stay in their group: done
FIRST = 30  # of a group's words are weighted by their company, too
ALONE = 0.01  # of its weight a word keeps that stands with none of the others


def fit_kmeans(sample: Sample, values: Any, k: int, seed: int) -> TopicArrays:
    """Return the groups' words as shares, their sizes in documents, and the logarithms of their word probabilities.

    Groups that no document is in most are left out.
    """
    weights, amounts = factors(values, k, seed)
    if not len(weights):
        return TopicArrays(weights, np.zeros(0))
    start = _group(_space(values, seed), amounts.argmax(axis=1), len(weights))
    softened = sample.counts.astype(np.float64)
    softened.data = 1.0 + np.log(softened.data)
    members = _mixture(softened, start, len(weights))
    used = np.unique(members.argmax(axis=1))
    members = members[:, used] / members[:, used].sum(axis=1, keepdims=True)
    logs, sizes = _words(softened, members)
    weights = cohering(sample.counts, _weights(sample.counts, members))
    return TopicArrays(np.round(weights, DIGITS), sizes, prior=np.round(sizes, DIGITS), centres=np.round(logs, DIGITS))


def _space(values: Any, seed: int) -> Floats:
    """Return the documents as points of length 1 in the space of latent semantic analysis."""
    left, sizes, _ = exact_svd(values, min(DIMENSIONS, min(values.shape) - 1), seed)
    return even(left * sizes)


def _group(points: Floats, groups: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """Return each point's group: k-means by cosine from ``groups`` on."""
    for _ in range(ROUNDS):
        centres = np.zeros((k, points.shape[1]))
        np.add.at(centres, groups, points)
        fresh = np.round(points @ even(centres).T, 12).argmax(axis=1)
        if np.array_equal(fresh, groups):
            break
        groups = fresh
    return groups


def _mixture(softened: Any, groups: NDArray[np.int64], k: int) -> Floats:
    """Return how much each document belongs to each group, a row a document, by expectation maximisation."""
    members = np.zeros((len(groups), k))
    members[np.arange(len(groups)), groups] = 1.0
    lengths = np.asarray(softened.sum(axis=1), dtype=np.float64).ravel()
    for _ in range(ROUNDS):
        logs, sizes = _words(softened, members)
        members = belongs(np.asarray(softened @ logs.T, dtype=np.float64), lengths, sizes)
        fresh = members.argmax(axis=1)
        if (fresh == groups).mean() > SETTLED:
            break
        groups = fresh
    return members


def _words(softened: Any, members: Floats) -> tuple[Floats, Floats]:
    """Return the logarithms of the groups' word probabilities, a row a group, and the groups' sizes in documents."""
    inside = np.asarray((softened.T @ members).T, dtype=np.float64) + SMOOTH
    return np.log(inside / inside.sum(axis=1, keepdims=True)), members.sum(axis=0)


def _weights(counts: Any, members: Floats) -> Floats:
    """Return how much each word is a group's own, as shares, a row a group."""
    inside = np.asarray((counts.T @ members).T, dtype=np.float64)
    shares = inside / inside.sum(axis=1, keepdims=True)
    weights: Floats = shares * np.log1p(inside.sum() / len(inside) / np.maximum(inside.sum(axis=0), 1.0))
    return weights


def cohering(counts: Any, weights: Floats) -> Floats:
    """Return ``weights`` as shares, made less for words that don't go together with the ``FIRST`` of their row.

    Times (1 + NPMI) / 2, NPMI being the mean with the others among the first. All words after these count as the worst
    of them, so that none comes before.
    """
    order = np.argsort(-np.round(weights, DIGITS), axis=1, kind="stable")[:, :FIRST]
    first = [columns[row[columns] > 0].tolist() for row, columns in zip(weights, order, strict=True)]
    result = np.empty_like(weights)
    for row, columns, scores, fresh in zip(weights, first, company(counts, first), result, strict=True):
        factor = np.maximum((1.0 + scores) / 2, ALONE)
        fresh[:] = row * factor.min()
        fresh[columns] = row[columns] * factor
    return np.asarray(result / result.sum(axis=1, keepdims=True), dtype=np.float64)
