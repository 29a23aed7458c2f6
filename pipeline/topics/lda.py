"""Topics by latent Dirichlet allocation (Blei, Ng & Jordan 2003), variational (gensim), from a start that is given.

Started at random, variational LDA is the worst of the usual models on Chinese policy texts; started from NMF, among
the best and the same for every seed.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.topics.arrays import DIGITS, TopicArrays
from pipeline.topics.nmf import factors
from pipeline.topics.sample import Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def fit_lda(sample: Sample, values: Any, k: int, seed: int) -> TopicArrays:
    """Return Dirichlet parameters, prior and sizes of LDA topics, started from NMF's."""
    start, _ = factors(values, k, seed)
    return started(sample, start, seed) if len(start) else TopicArrays(start, np.zeros(0))


def started(sample: Sample, start: Floats, seed: int, eta: Floats | None = None) -> TopicArrays:
    """Return LDA topics started from ``start``, a topic's words as shares in each row.

    ``eta`` are the words' prior weights in each topic; without, one for each word is learned.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EncodingWarning)  # smart_open asks for the locale's encoding when imported
        from gensim.models import LdaModel

    model = LdaModel(
        id2word=dict(enumerate(sample.vocabulary)),
        num_topics=len(start),
        alpha="auto",
        eta="auto" if eta is None else eta,
        passes=10,
        iterations=100,
        chunksize=2000,
        eval_every=0,
        random_state=seed,
    )
    tokens = float(sample.counts.data.sum())
    model.state.sstats[:] = (start * tokens / len(start) + 0.01).astype(model.state.sstats.dtype)
    model.sync_state()
    with np.errstate(divide="ignore", invalid="ignore"):  # a step that can't be taken isn't, and needs no warning
        model.update(word_counts(sample))
    weights: Floats = np.asarray(np.round(model.state.get_lambda().astype(np.float64), 6), dtype=np.float64)
    prior: Floats = np.asarray(np.round(model.alpha.astype(np.float64), DIGITS), dtype=np.float64)
    return TopicArrays(weights, weights.sum(axis=1), prior=prior)


def word_counts(sample: Sample) -> list[list[tuple[int, int]]]:
    """Return the documents as gensim has them: for each its words' columns with their counts."""
    counts = sample.counts
    return [
        list(zip(counts.indices[a:b].tolist(), counts.data[a:b].tolist(), strict=True))
        for a, b in zip(counts.indptr[:-1], counts.indptr[1:], strict=True)
    ]
