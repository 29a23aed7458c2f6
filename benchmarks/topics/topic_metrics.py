"""How topics are measured: agreement with labels, coherence, diversity, stability."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from math import log
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix

from pipeline.topics.quality import coherence

TOP, STABLE, DIVERSE = 10, 20, 25
"""How many top words coherence, stability and diversity look at."""
WINDOW = 110
_EPSILON = 1e-12


def nmi(found: Sequence[object], labels: Sequence[object]) -> float:
    """Return the mutual information of two groupings over the mean of their entropies, 0 to 1."""
    n = len(labels)
    left, right = Counter(found), Counter(labels)
    both = Counter(zip(found, labels, strict=True))
    shared = sum(c / n * log(c * n / (left[a] * right[b])) for (a, b), c in both.items())
    mean = (_entropy(left, n) + _entropy(right, n)) / 2
    return shared / mean if mean else 0.0


def _entropy(counts: Counter[Any], n: int) -> float:
    """Return the entropy of a grouping."""
    return -sum(c / n * log(c / n) for c in counts.values())


def purity(found: Sequence[object], labels: Sequence[object]) -> float:
    """Return the share of documents whose label is the commonest of their topic."""
    best: dict[object, int] = {}
    for (topic, _), count in Counter(zip(found, labels, strict=True)).items():
        best[topic] = max(best.get(topic, 0), count)
    return sum(best.values()) / len(labels)


def diversity(topics: Sequence[Sequence[object]]) -> float:
    """Return how many of the topics' top words are different ones, as a share."""
    words = [word for topic in topics for word in topic[:DIVERSE]]
    return len(set(words)) / len(words) if words else 0.0


def jaccard(one: Iterable[object], other: Iterable[object]) -> float:
    """Return how much two sets share, 0 to 1."""
    a, b = set(one), set(other)
    return len(a & b) / len(a | b) if a | b else 0.0


def matched(one: Sequence[Sequence[object]], other: Sequence[Sequence[object]]) -> float:
    """Return the mean Jaccard of the topics' top words, topics paired one to one as well as can be (Hungarian).

    A topic without a partner counts 0.
    """
    scores = np.array([[jaccard(a[:STABLE], b[:STABLE]) for b in other] for a in one])
    rows, columns = linear_sum_assignment(-scores)
    return float(scores[rows, columns].sum()) / max(scores.shape)


def stability(models: Sequence[Sequence[Sequence[object]]]) -> float:
    """Return the mean ``matched`` over all pairs of models."""
    return float(np.mean([matched(a, b) for a, b in combinations(models, 2)]))


def npmi(counts: Any, topics: Sequence[Sequence[int]]) -> float:
    """Return the mean NPMI of the topics' top ten words over documents."""
    return float(np.mean(coherence(counts, topics)))


def c_v(windows: Windows, topics: Sequence[Sequence[int]]) -> float:
    """Return the mean c_v of the topics' top ten words, as gensim's CoherenceModel defines it."""
    return float(np.mean([windows.coherence(topic[:TOP]) for topic in topics]))


class Windows:
    """In how many sliding windows of a corpus words stand, and stand together; for some words only."""

    def __init__(self, tokens: Iterable[Any], words: Iterable[int], size: int = WINDOW) -> None:
        """Count the windows: every ``size`` tokens in a row, and a shorter document as a whole."""
        self._place = {word: n for n, word in enumerate(sorted(set(words)))}
        column = np.full(max(self._place, default=0) + 1, -1, dtype=np.int64)
        column[list(self._place)] = np.arange(len(self._place))
        self._total = 0
        self._both = np.zeros((len(self._place), len(self._place)))
        for document in tokens:
            known = np.where(document < len(column), document, 0)
            mine = np.where(document < len(column), column[known], -1)
            self._count(mine, max(1, len(document) - size + 1), size)

    def _count(self, mine: Any, windows: int, size: int) -> None:
        """Add the windows of one document."""
        self._total += windows
        used, inverse = np.unique(mine[mine >= 0], return_inverse=True)
        changes = np.zeros((windows + 1, len(used)))
        at = np.flatnonzero(mine >= 0)
        np.add.at(changes, (np.maximum(at - size + 1, 0), inverse), 1)
        np.add.at(changes, (np.minimum(at, windows - 1) + 1, inverse), -1)
        present = csr_matrix((np.cumsum(changes[:-1], axis=0) > 0).astype(np.float64))
        self._both[np.ix_(used, used)] += (present.T @ present).toarray()

    def coherence(self, words: Sequence[int]) -> float:
        """Return the c_v of some words: the mean cosine of each one's NPMI vector with the sum of all vectors."""
        places = [self._place[word] for word in words]
        together = self._both[np.ix_(places, places)] / self._total
        alone = together.diagonal()
        scores = np.log((together + _EPSILON) / np.outer(alone, alone)) / -np.log(together + _EPSILON)
        whole = scores.sum(axis=0)
        lengths = np.linalg.norm(scores, axis=1) * np.linalg.norm(whole)
        return float(np.mean(scores @ whole / lengths))
