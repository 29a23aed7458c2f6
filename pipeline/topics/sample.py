"""Which documents and words a topic model is fitted on. Depends on the set of documents only, never on their order."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pipeline.core.config import TopicSettings
from pipeline.core.layers import Bag

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Drawn = dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Word counts of the documents to fit on, as a SciPy CSR matrix: a row a document, a column a word, both sorted."""

    vocabulary: tuple[str, ...]
    counts: Any


@dataclass(frozen=True, slots=True)
class Lack:
    """Why there can be no topic model: the issue's code and how many documents have words."""

    code: Literal["topics.too-few", "topics.apart"]
    documents: int


def draw(bags: Iterable[tuple[str, Bag]], settings: TopicSettings) -> Sample | Lack:
    """Return at most ``fit_documents`` documents, those whose ids have the smallest hashes, in one pass over ``bags``.

    What lacks when fewer than ``least_documents`` have words, or fewer than two words stand in enough of them.
    """
    numbers: dict[str, int] = {}
    kept: Drawn = {}
    heap: list[tuple[int, str]] = []
    seen = 0
    for doc_id, bag in bags:
        if not bag.words or doc_id in kept:
            continue
        seen += 1
        rank = int.from_bytes(hashlib.sha256(doc_id.encode()).digest()[:8])
        if len(heap) == settings.fit_documents and rank >= -heap[0][0]:
            continue
        heapq.heappush(heap, (-rank, doc_id))
        if len(heap) > settings.fit_documents:
            del kept[heapq.heappop(heap)[1]]
        ids = [numbers.setdefault(word, len(numbers)) for word in bag.words]
        kept[doc_id] = (np.array(ids, dtype=np.int64), np.array(bag.counts, dtype=np.int64))
    if seen < settings.least_documents:
        return Lack("topics.too-few", seen)
    sample = _matrix([kept[doc_id] for doc_id in sorted(kept)], list(numbers), settings.vocabulary)
    return sample or Lack("topics.apart", seen)


def limits(documents: int) -> tuple[int, int]:
    """Return in how many documents a word must stand at least and at most, to be of use for topics.

    At least 2, growing with the root of the number (5 for 600, 14 for 5,000, 20 at most); at most half of them and
    three more, so that a word of 10 out of 15 documents stays.
    """
    return min(20, max(2, round(documents**0.5 / 5))), min(documents, documents // 2 + 3)


def _matrix(rows: list[tuple[NDArray[np.int64], NDArray[np.int64]]], words: list[str], most: int) -> Sample | None:
    """Return the sample over the ``most`` most widespread words within the limits, None if there are fewer than two."""
    from scipy.sparse import csr_matrix

    frequency = np.bincount(np.concatenate([ids for ids, _ in rows]), minlength=len(words))
    low, high = limits(len(rows))
    usable = [i for i in range(len(words)) if low <= frequency[i] <= high]
    usable = sorted(sorted(usable, key=lambda i: (-frequency[i], words[i]))[:most], key=lambda i: words[i])
    if len(usable) < 2:
        return None
    column = np.full(len(words), -1, dtype=np.int64)
    column[usable] = np.arange(len(usable))
    data, indices, starts = [], [], [0]
    for ids, counts in rows:
        mine = column[ids]
        found = np.flatnonzero(mine >= 0)
        if not len(found):
            continue
        order = found[np.argsort(mine[found])]
        indices.append(mine[order])
        data.append(counts[order])
        starts.append(starts[-1] + len(order))
    shape = (len(starts) - 1, len(usable))
    matrix = csr_matrix((np.concatenate(data), np.concatenate(indices), np.array(starts)), shape=shape)
    return Sample(tuple(words[i] for i in usable), matrix)
