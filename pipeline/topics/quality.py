"""How good topics are, over the documents they were fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.core.association import npmi

TOP = 10
"""How many top terms of a topic coherence looks at."""
_LITTLE = 1e-12  # gensim's, added to the share of a pair so that its logarithm exists


def coherence(counts: Any, topics: Sequence[Sequence[int]]) -> list[float]:
    """Return the NPMI of each topic's first ten terms (columns of ``counts``), between -1 and 1, to six digits.

    Two terms go together when they stand in the same documents; a pair that never does counts -1. 0.0 for a topic of
    fewer than two terms.
    """
    if not any(topics):
        return [0.0 for _ in topics]
    place, together = _together(counts, topics, TOP)
    alone = together.diagonal()
    scores = npmi(together, alone[:, None], alone)
    return [_mean(scores, [place[column] for column in terms[:TOP]]) for terms in topics]


def company(counts: Any, topics: Sequence[Sequence[int]]) -> list[Any]:
    """Return how much each term of each topic goes together with the topic's others: its mean NPMI with them.

    As in ``coherence``, but of all the terms (columns of ``counts``); 0.0 for a term that has no other beside it.
    """
    if not any(topics):
        return [np.zeros(0) for _ in topics]
    place, together = _together(counts, topics, None)
    alone = together.diagonal()
    result = []
    for terms in topics:
        own = [place[column] for column in terms]
        scores = npmi(together[np.ix_(own, own)], alone[own, None], alone[own])
        np.fill_diagonal(scores, 0.0)
        result.append(np.round(scores.sum(axis=1) / max(1, len(own) - 1), 6))
    return result


def c_v(counts: Any, topics: Sequence[Sequence[int]]) -> list[float]:
    """Return the C_V (Röder et al. 2015) of each topic's first ten terms (columns of ``counts``), to six digits.

    Rows are what terms stand in together: documents, or windows of texts. Each term is compared, by the cosine
    of its NPMI with all terms, with the topic as a whole. 0.0 for a topic of fewer than two terms.
    """
    if not any(topics):
        return [0.0 for _ in topics]
    place, together = _together(counts, topics, TOP)
    alone = together.diagonal()
    scores = npmi(together, alone[:, None], alone, added=_LITTLE)
    result = []
    for terms in topics:
        own = [place[column] for column in terms[:TOP] if alone[place[column]]]
        if len(own) < 2:
            result.append(0.0)
            continue
        vectors = scores[np.ix_(own, own)]
        whole = vectors.sum(axis=0)
        lengths = np.sqrt((vectors**2).sum(axis=1)) * np.sqrt((whole**2).sum())
        cosines = np.divide(vectors @ whole, lengths, out=np.zeros(len(own)), where=lengths > 0)
        result.append(round(float(cosines.mean()), 6))
    return result


def diversity(topics: Sequence[Sequence[Any]]) -> float:
    """Return the share of different ones among all terms of the topics (Dieng et al. 2020), 1.0 if there are none."""
    terms = [term for topic in topics for term in topic]
    return round(len(set(terms)) / len(terms), 6) if terms else 1.0


def _together(counts: Any, topics: Sequence[Sequence[int]], top: int | None) -> tuple[dict[int, int], Any]:
    """Return a place for each of the topics' first ``top`` terms, and the shares of rows two of them both stand in."""
    columns = sorted({column for terms in topics for column in terms[:top]})
    present = (counts[:, columns] > 0).astype(np.float64)
    return {column: i for i, column in enumerate(columns)}, (present.T @ present).toarray() / counts.shape[0]


def _mean(scores: Any, terms: list[int]) -> float:
    """Return the mean score over all pairs of ``terms``."""
    if len(terms) < 2:
        return 0.0
    part = scores[np.ix_(terms, terms)]
    return round(float(part[np.triu_indices(len(terms), 1)].mean()), 6)
