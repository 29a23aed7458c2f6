"""Which words tell a topic from the others: relevance as in LDAvis (Sievert & Shirley 2014)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pipeline.topics.model import TopicModel

LAMBDA = 0.6
"""How much a word's weight in the topic counts beside its lift; .6 served people best in the paper's experiment."""


class Relevant(NamedTuple):
    """A word, and the shares of all words that are this word: in this topic, and in all."""

    term: str
    here: float
    overall: float


def relevant(model: TopicModel, sizes: Sequence[float], most: int) -> list[list[Relevant]]:
    """Return the ``most`` most relevant words of each topic; ``sizes`` are the topics' shares of all documents.

    Relevance is λ·ln φ + (1 − λ)·ln(φ/p): φ is the word's share of the topic, p its share of all topics by size.
    """
    shares = model.weights / model.weights.sum(axis=1, keepdims=True)
    total = sum(sizes) or 1.0
    parts = np.array(sizes, dtype=np.float64) / total
    overall = (parts[:, None] * shares).sum(axis=0)
    result = []
    for row, part in zip(shares, parts, strict=True):
        known = np.flatnonzero((row > 0) & (overall > 0))
        scores = np.log(row[known]) - (1 - LAMBDA) * np.log(overall[known])
        order = np.lexsort((known, -np.round(scores, 6)))[:most]
        result.append([Relevant(model.vocabulary[c], float(part * row[c]), float(overall[c])) for c in known[order]])
    return result
