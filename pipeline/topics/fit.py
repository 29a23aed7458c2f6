"""Fits a topic model to a run's own documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.core.config import TopicSettings
from pipeline.core.layers import Bag
from pipeline.topics.arrays import TopicArrays, tf_idf_matrix
from pipeline.topics.kmeans import fit_kmeans
from pipeline.topics.labels import label_of
from pipeline.topics.lda import fit_lda
from pipeline.topics.model import Topic, TopicModel
from pipeline.topics.nmf import fit_nmf
from pipeline.topics.quality import coherence
from pipeline.topics.sample import Lack, Sample, distinct, draw
from pipeline.topics.seeded import fit_seeded
from pipeline.topics.seeds import Seeds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TERMS = 20
PER_TOPIC = 5
"""A corpus with fewer documents for each topic is too small for so many topics."""


def fit(bags: Iterable[tuple[str, Bag]], settings: TopicSettings, *, seeds: Sequence[Seeds] = ()) -> TopicModel | Lack:
    """Return a topic model of the documents (id and bag each), the same for the same documents in any order.

    At most ``fit_documents`` are held, and used; the others should be assigned afterwards. Topics are numbered from
    the largest. ``seeds`` are for the model ``seeded``. What lacks when fewer than ``least_documents`` documents have
    words, or they have too few in common.
    """
    sample = draw(bags, settings, wanted(seeds))
    return sample if isinstance(sample, Lack) else fit_sample(sample, settings, seeds=seeds)


def wanted(seeds: Sequence[Seeds]) -> frozenset[str]:
    """Return the terms of ``seeds``, which ``draw`` joins where documents have them in two words."""
    return frozenset(term for one in seeds for term, _ in one.terms)


def fit_sample(sample: Sample, settings: TopicSettings, *, seeds: Sequence[Seeds] = ()) -> TopicModel | Lack:
    """Return a topic model of documents drawn already, as ``fit`` does: what is fitted many times is drawn once."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        values, idf = tf_idf_matrix(sample.counts)
        found = _found(sample, values, settings, seeds)
    if not len(found.weights):
        return Lack("topics.apart", sample.counts.shape[0])
    names = {one.code: one.name for one in seeds}
    topics, order = _topics(sample, found.weights, found.sizes, [names.get(code, "") for code in found.codes])
    return TopicModel(
        kind=settings.model,
        vocabulary=sample.vocabulary,
        idf=idf,
        weights=np.ascontiguousarray(found.weights[order]),
        prior=np.ascontiguousarray(found.prior[order] if found.prior.size else np.zeros(len(order))),
        topics=topics,
        n_documents=sample.counts.shape[0],
        seed=settings.seed,
        centres=np.ascontiguousarray(found.centres[order] if found.centres.size else found.centres),
        phrases=sample.phrases,
        codes=tuple(found.codes[t] for t in order) if found.codes else (),
        notes=found.notes,
        unit=settings.unit,
    )


def _found(sample: Sample, values: Any, settings: TopicSettings, seeds: Sequence[Seeds]) -> TopicArrays:
    """Return the topics of the kind asked for."""
    k = number_of_topics(settings.k, sample)
    if settings.model == "nmf":
        return fit_nmf(values, k, settings.seed)
    if settings.model == "lda":
        return fit_lda(sample, values, k, settings.seed)
    if settings.model == "kmeans":
        return fit_kmeans(sample, values, k, settings.seed)
    return fit_seeded(sample, values, k, settings.seed, seeds)


def number_of_topics(asked: int, sample: Sample) -> int:
    """Return ``asked``, or when it is 0 the root of the number of documents, from 2 to 30; no more than there can be.

    Then ``PER_TOPIC`` documents a topic there must be, too. Coherence and stability are best between 10 and 30 topics,
    whatever the corpus; no index finds a "true" number.
    """
    documents, words = sample.counts.shape
    different = distinct(sample)
    k = asked or min(30, max(2, min(round(documents**0.5), documents // PER_TOPIC)))
    return int(max(1, min(k, different, documents - 1, words - 1)))


def _topics(
    sample: Sample, weights: Floats, sizes: Floats, names: Sequence[str]
) -> tuple[tuple[Topic, ...], list[int]]:
    """Return the topics, the largest first and by label among equals, and the rows of ``weights`` they stand for.

    ``names``: of the codes they were seeded with ("" for none), or nothing; they lead the labels.
    """
    shares = np.round(weights / weights.sum(axis=1, keepdims=True), 6)
    columns = [[int(c) for c in np.lexsort((np.arange(row.size), -row))[:TERMS] if row[c] > 0] for row in shares]
    scores = coherence(sample.counts, columns)
    labels = [label_of([sample.vocabulary[c] for c in terms]) for terms in columns]
    labels = [f"{name}：{label}" if name else label for name, label in zip_longest(names, labels, fillvalue="")]
    order = sorted(range(len(weights)), key=lambda t: (-round(float(sizes[t]), 4), labels[t], t))
    topics = tuple(
        Topic(
            number=number,
            label=labels[t],
            terms=tuple((sample.vocabulary[c], float(shares[t, c])) for c in columns[t]),
            coherence=scores[t],
        )
        for number, t in enumerate(order)
    )
    return topics, order
