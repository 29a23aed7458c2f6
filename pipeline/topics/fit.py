"""Fits a topic model to a run's own documents: NMF for looking, or LDA started from it."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.core.config import TopicSettings
from pipeline.core.layers import Bag
from pipeline.topics.model import Topic, TopicModel
from pipeline.topics.quality import coherence
from pipeline.topics.sample import Lack, Sample, draw

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TERMS = 20
DIGITS = 8  # of the weights: what lies behind differs between processors


def fit(bags: Iterable[tuple[str, Bag]], settings: TopicSettings) -> TopicModel | Lack:
    """Return a topic model of the documents (id and bag each), the same for the same documents in any order.

    At most ``fit_documents`` are held, and used; the others should be assigned afterwards. Topics are numbered from
    the largest. What lacks when fewer than ``least_documents`` documents have words, or they have too few in common.
    """
    from threadpoolctl import threadpool_limits

    sample = draw(bags, settings)
    if isinstance(sample, Lack):
        return sample
    with threadpool_limits(limits=1):
        values, idf = _values(sample.counts)
        weights, sizes = _nmf(values, number_of_topics(settings.k, sample), settings.seed)
        prior = np.zeros(len(weights))
        if settings.model == "lda" and len(weights):
            weights, prior, sizes = _lda(sample, weights, settings.seed)
    if not len(weights):
        return Lack("topics.apart", sample.counts.shape[0])
    topics, order = _topics(sample, weights, sizes)
    return TopicModel(
        kind=settings.model,
        vocabulary=sample.vocabulary,
        idf=idf,
        weights=np.ascontiguousarray(weights[order]),
        prior=np.ascontiguousarray(prior[order]),
        topics=topics,
        n_documents=sample.counts.shape[0],
        seed=settings.seed,
    )


def number_of_topics(asked: int, sample: Sample) -> int:
    """Return ``asked``, or when it is 0 the root of the number of documents, from 4 to 30; no more than there can be.

    Coherence and stability are best between 10 and 30 topics, whatever the corpus; no index finds a "true" number.
    """
    documents, words = sample.counts.shape
    k = asked or min(30, max(4, round(documents**0.5)))
    return int(max(1, min(k, documents - 1, words - 1)))


def _values(counts: Any) -> tuple[Any, Floats]:
    """Return the TF-IDF matrix (sublinear, rows of length 1) and the idf of each word, as ``model.tf_idf`` has it."""
    documents = counts.shape[0]
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.round(np.log((1 + documents) / (1 + frequency)) + 1, DIGITS)
    values = counts.astype(np.float64)
    values.data = (1 + np.log(values.data)) * idf[values.indices]
    lengths = np.sqrt(np.add.reduceat(values.data**2, values.indptr[:-1]))
    values.data /= np.repeat(lengths, np.diff(values.indptr))
    return values, idf


def _nmf(values: Any, k: int, seed: int) -> tuple[Floats, Floats]:
    """Return the topics' words as shares, a row a topic, and how much of the documents each topic is. Empty rows go."""
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    model = NMF(k, init="nndsvd", max_iter=400, random_state=seed)
    with warnings.catch_warnings():
        # a fit that isn't quite done after 400 rounds is as good to look at
        warnings.simplefilter("ignore", ConvergenceWarning)
        amounts = model.fit_transform(values)
    totals = model.components_.sum(axis=1)
    used = np.flatnonzero((totals > 0) & (amounts.sum(axis=0) > 0))
    weights = np.round(model.components_[used] / totals[used, None], DIGITS)
    amounts = amounts[:, used] * totals[used]
    sums = amounts.sum(axis=1, keepdims=True)
    return weights, (amounts / np.where(sums > 0, sums, 1)).sum(axis=0)


def _lda(sample: Sample, start: Floats, seed: int) -> tuple[Floats, Floats, Floats]:
    """Return Dirichlet parameters, prior and sizes of LDA topics, started from NMF's.

    Started at random, variational LDA is the worst of the usual models on Chinese policy texts; started so, among the
    best and the same for every seed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EncodingWarning)  # smart_open asks for the locale's encoding when imported
        from gensim.models import LdaModel

    counts = sample.counts
    documents = [
        list(zip(counts.indices[a:b].tolist(), counts.data[a:b].tolist(), strict=True))
        for a, b in zip(counts.indptr[:-1], counts.indptr[1:], strict=True)
    ]
    k = len(start)
    model = LdaModel(
        id2word=dict(enumerate(sample.vocabulary)),
        num_topics=k,
        alpha="auto",
        eta="auto",
        passes=10,
        iterations=100,
        chunksize=2000,
        random_state=seed,
    )
    tokens = float(counts.data.sum())
    model.state.sstats[:] = (start * tokens / k + 0.01).astype(model.state.sstats.dtype)
    model.sync_state()
    model.update(documents)
    weights: Floats = np.asarray(np.round(model.state.get_lambda().astype(np.float64), 6), dtype=np.float64)
    prior: Floats = np.asarray(np.round(model.alpha.astype(np.float64), DIGITS), dtype=np.float64)
    return weights, prior, weights.sum(axis=1)


def _topics(sample: Sample, weights: Floats, sizes: Floats) -> tuple[tuple[Topic, ...], list[int]]:
    """Return the topics, the largest first and by label among equals, and the rows of ``weights`` they stand for."""
    shares = np.round(weights / weights.sum(axis=1, keepdims=True), 6)
    columns = [[int(c) for c in np.lexsort((np.arange(row.size), -row))[:TERMS] if row[c] > 0] for row in shares]
    scores = coherence(sample.counts, columns)
    labels = ["·".join(sample.vocabulary[c] for c in terms[:3]) for terms in columns]
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
