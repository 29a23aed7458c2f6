"""The models of the topic benchmark, each fitted on the same counts in this process, tomotopy in one of its own."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from topic_corpora import drawn, settings
from topic_metrics import DIVERSE

from pipeline.core.layers import Bag
from pipeline.topics.fit import fit
from pipeline.topics.lda import word_counts
from pipeline.topics.model import TopicModel
from pipeline.topics.seeds import Seeds

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "leaderboard"))
from environment import System, Unavailable, ask, install

TOMOTOPY = System("tomotopy", "../topics/tomotopy_peer.py", "tomotopy", "MIT", frozenset())
ITERATIONS = 300
_SECONDS = 3600.0

Bags = Sequence[tuple[str, Bag]]


@dataclass(frozen=True)
class Fitted:
    """What a model found: each topic's top words, the strongest topic of each document, and the CPU time of fitting."""

    words: list[list[str]]
    topics: list[int]
    seconds: float


def ours(bags: Bags, k: int, seed: int, seeds: Sequence[Seeds] = (), *, kind: str) -> Fitted:
    """Fit one of this project's kinds, from bags to topics with their coherence."""
    began = time.process_time()
    model = fit(bags, settings(model=kind, k=k, seed=seed, phrases=1.0), seeds=seeds)
    seconds = time.process_time() - began
    if not isinstance(model, TopicModel):
        raise Unavailable(f"no topics: {model.code}")
    mixes = model.assign_many(bag for _, bag in bags)
    return Fitted(
        _top(model.weights, model.vocabulary), [mix.topics[0] if mix.topics else -1 for mix in mixes], seconds
    )


def gensim(bags: Bags, k: int, seed: int, seeds: Sequence[Seeds] = (), **options: Any) -> Fitted:
    """Fit gensim's LdaModel from its random start."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EncodingWarning)
        from gensim.models import LdaModel
    sample = drawn(bags, settings(phrases=1.0))
    documents = word_counts(sample)
    began = time.process_time()
    model = LdaModel(documents, k, dict(enumerate(sample.vocabulary)), random_state=seed, **options)
    seconds = time.process_time() - began
    gamma, _ = model.inference(documents)
    return Fitted(_top(model.get_topics(), sample.vocabulary), gamma.argmax(axis=1).tolist(), seconds)


def sklearn(bags: Bags, k: int, seed: int, seeds: Sequence[Seeds] = ()) -> Fitted:
    """Fit scikit-learn's LatentDirichletAllocation, online, 20 rounds."""
    from sklearn.decomposition import LatentDirichletAllocation

    sample = drawn(bags, settings(phrases=1.0))
    began = time.process_time()
    model = LatentDirichletAllocation(k, learning_method="online", max_iter=20, random_state=seed, n_jobs=1)
    model.fit(sample.counts)
    seconds = time.process_time() - began
    topics = model.transform(sample.counts).argmax(axis=1).tolist()
    return Fitted(_top(model.components_, sample.vocabulary), topics, seconds)


def tomotopy(bags: Bags, k: int, seed: int, seeds: Sequence[Seeds] = ()) -> Fitted:
    """Fit tomotopy's LDAModel. Raises Unavailable when it isn't there."""
    sample = drawn(bags, settings(phrases=1.0))
    question = {
        "documents": [[column for column, n in counts for _ in range(n)] for counts in word_counts(sample)],
        "vocabulary": list(sample.vocabulary),
        "k": k,
        "seed": seed,
        "iterations": ITERATIONS,
        "top": DIVERSE,
    }
    answer = ask(TOMOTOPY, question, timeout=_SECONDS)
    words = [[sample.vocabulary[n] for n in topic] for topic in answer["words"]]
    return Fitted(words, answer["topics"], answer["seconds"])


@cache
def lacking(name: str) -> str:
    """Return why a model can't be run here, or nothing; installs what it needs."""
    if name == "tomotopy":
        try:
            install(TOMOTOPY)
        except Unavailable as error:
            return str(error)
    return ""


def _top(weights: Any, vocabulary: Sequence[str]) -> list[list[str]]:
    """Return the words with the largest weights, a list a topic."""
    order = np.argsort(-np.asarray(weights), axis=1, kind="stable")[:, :DIVERSE]
    return [[vocabulary[n] for n in row] for row in order]


MODELS: dict[str, Callable[[Bags, int, int, Sequence[Seeds]], Fitted]] = {
    "gensim": gensim,
    "gensim-20": partial(gensim, passes=20),
    "gensim-auto": partial(gensim, passes=20, iterations=100, alpha="auto", eta="auto"),
    "sklearn": sklearn,
    "tomotopy": tomotopy,
    "nmf": partial(ours, kind="nmf"),
    "lda": partial(ours, kind="lda"),
    "kmeans": partial(ours, kind="kmeans"),
    "seeded": partial(ours, kind="seeded"),
}
OURS = frozenset({"nmf", "lda", "kmeans", "seeded"})
NAMES = {
    "gensim": "gensim LdaModel, defaults",
    "gensim-20": "gensim LdaModel, passes=20",
    "gensim-auto": "gensim LdaModel, passes=20, alpha and eta auto",
    "sklearn": "scikit-learn LDA, online, 20 rounds",
    "tomotopy": f"tomotopy LDA, {ITERATIONS} iterations",
    "nmf": "cewen nmf",
    "lda": "cewen lda",
    "kmeans": "cewen kmeans",
    "seeded": "cewen seeded",
}
