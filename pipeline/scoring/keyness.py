"""Key words of one group of documents against another: log-likelihood, effect size, and in how many documents.

G² is Rayson & Garside's (2000) over the two observed frequencies, the effect size Hardie's (2014) log ratio: the binary
logarithm of the ratio of relative frequencies, half an occurrence standing in for none. Frequencies are those of the
topics' bags: content words only, so relative frequencies are of content words. G² takes words as drawn one by one,
which words of one document aren't: so a word must stand in several documents of the group it's key for, and log ratios
have intervals bootstrapped over documents (Lijffijt et al. 2016): one that reaches 0 may be the habit of a few of them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from pipeline.coding.agreement_intervals import FEWEST_DOCUMENTS, interval, resampled
from pipeline.core.errors import PipelineError
from pipeline.core.layers import Bag
from pipeline.scoring.groups import Group
from pipeline.scoring.multiple_testing import benjamini_hochberg, g2_p

LEAST, LEAST_DOCUMENTS = 5, 3
SEED = 20_250_101
_NONE = 0.5
_MOST_INTERVALS = 200


@dataclass(frozen=True, slots=True)
class Keyword:
    """One word: for which group it is key, frequencies, per 10,000 words, documents, G², log ratio, p and q.

    ``low`` and ``high`` are the interval of the log ratio over documents, for the first 200 words of each group; None
    for too few documents.
    """

    term: str
    side: Literal["target", "reference"]
    target: int
    reference: int
    target_rate: float
    reference_rate: float
    target_documents: int
    reference_documents: int
    g2: float
    log_ratio: float
    p: float
    q: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two groups: its documents (those with words), and all its words."""

    label: str
    documents: int
    words: int


@dataclass(frozen=True, slots=True)
class Keyness:
    """The words that differ, the most certain first; ``tested`` words were frequent enough."""

    target: Side
    reference: Side
    least: int
    least_documents: int
    tested: int
    words: tuple[Keyword, ...]
    notes: tuple[str, ...]


def g2(a: float, b: float, c: float, d: float) -> float:
    """Return the log-likelihood of ``a`` occurrences in ``c`` words against ``b`` in ``d`` (Rayson & Garside 2000)."""
    expected = ((a + b) * c / (c + d), (a + b) * d / (c + d))
    return 2 * sum(seen * math.log(seen / e) for seen, e in zip((a, b), expected, strict=True) if seen > 0)


def log_ratio(a: float, b: float, c: float, d: float) -> float:
    """Return the binary logarithm of the ratio of ``a / c`` to ``b / d`` (Hardie 2014); 0.5 stands in for 0."""
    return math.log2((a or _NONE) / c) - math.log2((b or _NONE) / d)


def keyness(
    bags: Iterable[tuple[str, Bag]],
    target: Group,
    reference: Group,
    *,
    least: int = LEAST,
    least_documents: int = LEAST_DOCUMENTS,
) -> Keyness:
    """Return the key words of ``target`` against ``reference``; documents in both groups are left out of both.

    A word is tested when it occurs ``least`` times in both together and in ``least_documents`` documents of the group
    it is more frequent in. Raises PipelineError when a group has no words.
    """
    own, other = set(target.doc_ids), set(reference.doc_ids)
    both = own & other
    sides = (_Counted(), _Counted())
    for doc_id, bag in bags:
        if doc_id not in both and bag.words and (doc_id in own or doc_id in other):
            sides[0 if doc_id in own else 1].add(bag)
    for group, side in zip((target, reference), sides, strict=True):
        if not side.rows:
            raise PipelineError(f"“{group.label}”没有可比的词：没有文档只属于这一组，或文档没有实词")
    found = _with_intervals(_keywords(sides, least, least_documents), sides)
    ends = [Side(g.label, len(one.rows), one.total) for g, one in zip((target, reference), sides, strict=True)]
    notes = []
    if both:
        notes.append(f"有 {len(both)} 篇文档同属两组，两边都没有计入")
    few = [one for one in ends if one.documents < FEWEST_DOCUMENTS]
    notes += [f"“{one.label}”只有 {one.documents} 篇，结果可能只是这几篇的用词" for one in few]
    notes.append(
        "每万词频率的分母为全部实词；G² 把每个词当作独立出现，会高估集中在少数文档中的词，"
        "请同时看文档数和对数比的区间（按文档自助法 95%，含 0 的不可靠）"
    )
    return Keyness(ends[0], ends[1], least, least_documents, len(found), tuple(found), tuple(notes))


class _Counted:
    """The words of a group: how often, in how many documents, and document by document as numbers."""

    def __init__(self) -> None:
        """Begin without documents."""
        self.counts: Counter[str] = Counter()
        self.spread: Counter[str] = Counter()
        self.rows: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []
        self._numbers: dict[str, int] = {}

    @property
    def total(self) -> int:
        """All words."""
        return self.counts.total()

    def add(self, bag: Bag) -> None:
        """Count a document."""
        self.counts.update(dict(zip(bag.words, bag.counts, strict=True)))
        self.spread.update(bag.words)
        ids = [self._numbers.setdefault(word, len(self._numbers)) for word in bag.words]
        self.rows.append((np.array(ids, dtype=np.int64), np.array(bag.counts, dtype=np.int64)))

    def drawn(self, terms: list[str]) -> npt.NDArray[np.float64]:
        """Return relative frequencies of ``terms`` over documents drawn with replacement: draws × terms."""
        column = np.full(len(self._numbers), -1, dtype=np.int64)
        for place, term in enumerate(terms):
            if term in self._numbers:
                column[self._numbers[term]] = place
        blocks = np.zeros((len(self.rows), len(terms) + 1))
        for row, (ids, counts) in enumerate(self.rows):
            kept = column[ids] >= 0
            blocks[row, column[ids][kept]] = counts[kept]
            blocks[row, -1] = counts.sum()
        sums = resampled(blocks, seed=SEED)
        return np.asarray(np.maximum(sums[:, :-1], _NONE) / sums[:, -1:])


def _keywords(sides: tuple[_Counted, _Counted], least: int, least_documents: int) -> list[Keyword]:
    """Return all words frequent enough, the most certain first."""
    counts, spread, totals = [s.counts for s in sides], [s.spread for s in sides], [s.total for s in sides]
    words = []
    for term in sorted(counts[0].keys() | counts[1].keys()):
        a, b = counts[0][term], counts[1][term]
        ratio = log_ratio(a, b, totals[0], totals[1])
        if a + b >= least and spread[0 if ratio > 0 else 1][term] >= least_documents:
            words.append((term, a, b, g2(a, b, totals[0], totals[1]), ratio))
    q = benjamini_hochberg([g2_p(word[3]) for word in words])
    found = [
        Keyword(
            term,
            "target" if ratio > 0 else "reference",
            a,
            b,
            10_000 * a / totals[0],
            10_000 * b / totals[1],
            spread[0][term],
            spread[1][term],
            value,
            ratio,
            g2_p(value),
            adjusted,
        )
        for (term, a, b, value, ratio), adjusted in zip(words, q, strict=True)
    ]
    found.sort(key=lambda word: (-word.g2, word.term))
    return found


def _with_intervals(found: list[Keyword], sides: tuple[_Counted, _Counted]) -> list[Keyword]:
    """Return the words, the first of each side with an interval of the log ratio."""
    if min(len(side.rows) for side in sides) < FEWEST_DOCUMENTS:
        return found
    chosen = [
        place
        for side in ("target", "reference")
        for place in [n for n, word in enumerate(found) if word.side == side][:_MOST_INTERVALS]
    ]
    terms = [found[place].term for place in chosen]
    ratios = np.log2(sides[0].drawn(terms)) - np.log2(sides[1].drawn(terms))
    result = list(found)
    for number, place in enumerate(chosen):
        low, high = interval(ratios[:, number]) or (None, None)
        result[place] = replace(found[place], low=low, high=high)
    return result
