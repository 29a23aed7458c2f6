"""How topics are measured beside what the product measures itself: agreement with labels, sliding windows for c_v."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

DIVERSE = 25
"""How many top words of a topic diversity looks at."""
WINDOW = 110
"""How many words Röder et al. let a window of c_v have."""


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


def windows(documents: Iterable[Any], columns: Iterable[int], words: int, size: int = WINDOW) -> Any:
    """Return which ``columns`` (of ``words``) stand in each stretch of ``size`` words, a row each, as a CSR matrix.

    A document, its words as columns in order, gives a row a word it can begin at, one if it's no longer than ``size``.
    """
    wanted = np.zeros(words, dtype=bool)
    wanted[list(columns)] = True
    rows: list[Any] = []
    cells: list[Any] = []
    total = 0
    for document in documents:
        many = max(1, len(document) - size + 1)
        for at in np.flatnonzero(wanted[document]):
            rows.append(np.arange(max(0, at - size + 1), min(at, many - 1) + 1) + total)
            cells.append(np.full(len(rows[-1]), document[at]))
        total += many
    if not rows:
        return csr_matrix((total, words))
    places = (np.concatenate(rows), np.concatenate(cells))
    return csr_matrix((np.ones(len(places[0])), places), shape=(total, words))
