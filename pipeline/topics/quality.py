"""How good topics are, over the documents they were fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

TOP = 10
"""How many top terms of a topic coherence looks at."""


def coherence(counts: Any, topics: Sequence[Sequence[int]]) -> list[float]:
    """Return the NPMI of each topic's first ten terms (columns of ``counts``), between -1 and 1, to six digits.

    Two terms go together when they stand in the same documents; a pair that never does counts -1. 0.0 for a topic of
    fewer than two terms.
    """
    columns = sorted({column for terms in topics for column in terms[:TOP]})
    if not columns:
        return [0.0 for _ in topics]
    place = {column: i for i, column in enumerate(columns)}
    present = (counts[:, columns] > 0).astype(np.float64)
    together = (present.T @ present).toarray() / counts.shape[0]
    alone = together.diagonal()
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = np.log(together / np.outer(alone, alone)) / -np.log(together)
    scores[together == 0] = -1.0
    scores[together == 1] = 1.0
    return [_mean(scores, [place[column] for column in terms[:TOP]]) for terms in topics]


def _mean(scores: Any, terms: list[int]) -> float:
    """Return the mean score over all pairs of ``terms``."""
    if len(terms) < 2:
        return 0.0
    part = scores[np.ix_(terms, terms)]
    return round(float(part[np.triu_indices(len(terms), 1)].mean()), 6)
