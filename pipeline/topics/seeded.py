"""Topics that keep to codes: LDA started from the documents with a code's seed words, which weigh more in its prior.

Raising the prior alone loses the codes at usual strengths; the start keeps them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.topics.arrays import DIGITS, TopicArrays, even
from pipeline.topics.lda import started
from pipeline.topics.nmf import factors
from pipeline.topics.sample import Sample
from pipeline.topics.seeds import SeedColumns, Seeds, look_up, notes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STRENGTH = 20.0
"""What a seed word of weight 1 has in its topic's prior, in occurrences."""


def fit_seeded(sample: Sample, values: Any, k: int, seed: int, seeds: Sequence[Seeds]) -> TopicArrays:
    """Return a topic for each code that has seed words in the sample, and free ones up to ``k``, at least one.

    A code with too few words to keep gets no topic of its own; ``notes`` says so.
    """
    found = look_up(sample, seeds)
    codes = [one for one in found if one.columns]
    terms = [_arrays(one) for one in codes]
    profiles = np.array([_profile(values, *own) for own in terms]).reshape(len(codes), len(sample.vocabulary))
    topics, _ = factors(values, k, seed)
    free = _free(topics, profiles)
    start = np.concatenate([profiles, free])
    eta = np.full(start.shape, 1.0 / len(start))
    # in a small corpus the seeds must not outweigh what the documents say
    most = float(sample.counts.data.sum()) / len(eta) / 2
    for row, (columns, weights) in enumerate(terms):
        eta[row, columns] += min(STRENGTH, most / float(weights.sum())) * weights
    result = started(sample, start, seed, eta)
    return replace(result, codes=(*(one.code for one in codes), *("" for _ in free)), notes=notes(found))


def _arrays(one: SeedColumns) -> tuple[NDArray[np.int64], Floats]:
    """Return the columns of a code's seed words and the weight of each."""
    columns, weights = zip(*one.columns, strict=True)
    return np.array(columns, dtype=np.int64), np.array(weights, dtype=np.float64)


def _free(topics: Floats, profiles: Floats) -> Floats:
    """Return the rows of ``topics`` that no row of ``profiles`` takes the place of, at least one: the least like them.

    Paired so that the cosines are greatest. Free topics found without regard to the codes would be about them, too,
    and draw their documents away.
    """
    from scipy.optimize import linear_sum_assignment

    alike = np.round(even(profiles) @ even(topics).T, 6)
    rows, columns = linear_sum_assignment(alike, maximize=True)
    taken = np.zeros(len(topics))
    taken[columns] = alike[rows, columns]
    left = np.argsort(taken, kind="stable")[: max(1, len(topics) - len(profiles))]
    return topics[np.sort(left)]


def _profile(values: Any, columns: NDArray[np.int64], weights: Floats) -> Floats:
    """Return as shares the words that the documents with the seed words have more of than all documents."""
    hits = values[:, columns] @ weights
    chosen = np.asarray(values.T @ hits, dtype=np.float64) / float(hits.sum())
    usual = np.asarray(values.sum(axis=0), dtype=np.float64).ravel() / values.shape[0]
    more = np.maximum(chosen - usual, 0.0)
    if not more.any():  # they are in every document alike
        more[columns] = weights
    return np.asarray(np.round(more / more.sum(), DIGITS), dtype=np.float64)
