"""Which documents and words a topic model is fitted on. Depends on the set of documents only, never on their order."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pipeline.core.config import TopicSettings
from pipeline.core.layers import Bag
from pipeline.topics.phrases import join, score

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Word counts of the documents to fit on, as a SciPy CSR matrix: a row a document, a column a word, both sorted.

    ``ids`` are the documents', ``phrases`` the pairs of words counted as one.
    """

    vocabulary: tuple[str, ...]
    counts: Any
    ids: tuple[str, ...]
    phrases: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Lack:
    """Why there can be no topic model: the issue's code and how many documents have words."""

    code: Literal["topics.too-few", "topics.apart"]
    documents: int


def draw(
    bags: Iterable[tuple[str, Bag]], settings: TopicSettings, wanted: Collection[str] = frozenset()
) -> Sample | Lack:
    """Return at most ``fit_documents`` documents, those whose ids have the smallest hashes, in one pass over ``bags``.

    ``wanted`` are words to count as one where the documents have them in two. What lacks when fewer than
    ``least_documents`` have words, fewer than two words stand in enough of them, or all documents are the same.
    """
    numbers: dict[str, int] = {}
    kept: dict[str, _Row] = {}
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
        kept[doc_id] = _row(bag, numbers)
    if seen < settings.least_documents:
        return Lack("topics.too-few", seen)
    ids = sorted(kept)
    rows = [kept[doc_id] for doc_id in ids]
    words = list(numbers)
    least = 1.0 if settings.unit == "clause" else settings.phrases
    phrases = _phrases(rows, words, least, wanted)
    if phrases:
        joined = {(a, b): numbers.setdefault(words[a] + words[b], len(numbers)) for a, b in phrases}
        words = list(numbers)
        rows = [_joined(row, joined) for row in rows]
    sample = _matrix(ids, rows, words, settings.vocabulary)
    if sample is None or distinct(sample) < 2:
        return Lack("topics.apart", seen)
    return replace(sample, phrases=tuple(sorted((words[a], words[b]) for a, b in phrases)))


def narrowed(sample: Sample, rows: Sequence[int]) -> Sample | Lack:
    """Return some rows of a sample, with the words that are of use among them; phrases stay those of the whole.

    What lacks when they have fewer than two such words, or all are the same.
    """
    counts = sample.counts[rows]
    low, high = limits(len(rows))
    spread = np.bincount(counts.indices, minlength=counts.shape[1])
    usable = np.flatnonzero((spread >= low) & (spread <= high))
    counts = counts[:, usable]
    filled = np.flatnonzero(np.diff(counts.indptr))
    found = Sample(
        tuple(sample.vocabulary[column] for column in usable),
        counts[filled],
        tuple(sample.ids[rows[row]] for row in filled.tolist()),
        sample.phrases,
    )
    found.counts.sort_indices()
    return found if len(usable) > 1 and distinct(found) > 1 else Lack("topics.apart", len(rows))


def distinct(sample: Sample) -> int:
    """Return how many different documents the sample has."""
    counts = sample.counts
    borders = zip(counts.indptr[:-1], counts.indptr[1:], strict=True)
    return len({(counts.indices[a:b].tobytes(), counts.data[a:b].tobytes()) for a, b in borders})


def limits(documents: int) -> tuple[int, int]:
    """Return in how many documents a word must stand at least and at most, to be of use for topics.

    At least the fifth root of the number (2 of 20, 4 of 600, 5 of 5,000, 10 of 100,000): topics of short texts lose
    their words where it's much more. At most half of them and three more, so that a word of 10 out of 15 documents
    stays.
    """
    return max(2, round(documents**0.2)), min(documents, documents // 2 + 3)


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """A document's words by number, their counts, and its pairs (first, second, count; a row each)."""

    ids: Ints
    counts: Ints
    pairs: Ints


def _row(bag: Bag, numbers: dict[str, int]) -> _Row:
    """Return the bag with its words by number; new words get the next."""
    ids = np.array([numbers.setdefault(word, len(numbers)) for word in bag.words], dtype=np.int32)
    pairs = np.array(bag.pairs, dtype=np.int32).reshape(-1, 3)
    pairs[:, :2] = ids[pairs[:, :2]]
    return _Row(ids, np.array(bag.counts, dtype=np.int32), pairs)


def _joined(row: _Row, phrases: dict[tuple[int, int], int]) -> _Row:
    """Return the row with its phrases as words."""
    found = join(dict(zip(row.ids.tolist(), row.counts.tolist(), strict=True)), row.pairs.tolist(), phrases)
    ids, counts = list(found), list(found.values())
    return _Row(np.array(ids, dtype=np.int32), np.array(counts, dtype=np.int32), row.pairs)


def _phrases(rows: list[_Row], words: list[str], least: float, wanted: Collection[str]) -> list[tuple[int, int]]:
    """Return the pairs with an NPMI of ``least`` or more in enough documents, and those that make a ``wanted`` word."""
    pairs = np.concatenate([row.pairs for row in rows]).astype(np.int64)
    if not len(pairs) or (least >= 1 and not wanted):
        return []
    ids = np.concatenate([row.ids for row in rows])
    totals = np.bincount(ids, weights=np.concatenate([row.counts for row in rows]), minlength=len(words))
    keys, place, spread = np.unique(pairs[:, 0] * len(words) + pairs[:, 1], return_inverse=True, return_counts=True)
    together = np.bincount(place, weights=pairs[:, 2])
    first, second = np.divmod(keys, len(words))
    scores = score(together, totals[first], totals[second], int(totals.sum()))
    low, _ = limits(len(rows))
    good = (spread >= low) & (scores >= least) & (least < 1)
    if wanted:
        good[[i for i in np.flatnonzero(spread >= 2) if words[first[i]] + words[second[i]] in wanted]] = True
    return [(int(first[i]), int(second[i])) for i in np.flatnonzero(good)]


def _matrix(ids: list[str], rows: list[_Row], words: list[str], most: int) -> Sample | None:
    """Return the sample over the ``most`` most widespread words within the limits, None if there are fewer than two."""
    from scipy.sparse import csr_matrix

    frequency = np.bincount(np.concatenate([row.ids for row in rows]), minlength=len(words))
    low, high = limits(len(rows))
    usable = [i for i in range(len(words)) if low <= frequency[i] <= high]
    usable = sorted(sorted(usable, key=lambda i: (-frequency[i], words[i]))[:most], key=lambda i: words[i])
    if len(usable) < 2:
        return None
    column = np.full(len(words), -1, dtype=np.int64)
    column[usable] = np.arange(len(usable))
    data, indices, starts, known = [], [], [0], []
    for doc_id, row in zip(ids, rows, strict=True):
        mine = column[row.ids]
        found = np.flatnonzero(mine >= 0)
        if not len(found):
            continue
        order = found[np.argsort(mine[found])]
        indices.append(mine[order])
        data.append(row.counts[order].astype(np.int64))
        starts.append(starts[-1] + len(order))
        known.append(doc_id)
    shape = (len(starts) - 1, len(usable))
    matrix = csr_matrix((np.concatenate(data), np.concatenate(indices), np.array(starts)), shape=shape)
    return Sample(tuple(words[i] for i in usable), matrix, tuple(known))
