"""Key words of one group of documents against another: log-likelihood, effect size, and in how many documents.

G² is Rayson & Garside's (2000) over the two observed frequencies, the effect size Hardie's (2014) log ratio: the binary
logarithm of the ratio of relative frequencies, half an occurrence standing in for none. Frequencies are those of the
topics' bags: content words only, so relative frequencies are of content words. G² takes words as drawn one by one,
which words of one document aren't: a word must stand in several documents of the group it's key for.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipeline.core.errors import PipelineError
from pipeline.core.layers import Bag
from pipeline.scoring.discovery import chance, false_discovery
from pipeline.scoring.groups import Group

LEAST, LEAST_DOCUMENTS = 5, 3
_NONE = 0.5
FEW = 5


@dataclass(frozen=True, slots=True)
class Keyword:
    """One word: for which group it is key, frequencies, per 10,000 words, documents, G², log ratio, p and q."""

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

    def of(self, side: Literal["target", "reference"], most: int | None = None) -> tuple[Keyword, ...]:
        """Return the words key for one group, the most certain first."""
        return tuple(word for word in self.words if word.side == side)[:most]


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
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    spread: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    documents = [0, 0]
    for doc_id, bag in bags:
        if doc_id in both or not bag.words or (doc_id not in own and doc_id not in other):
            continue
        side = 0 if doc_id in own else 1
        documents[side] += 1
        counts[side].update(dict(zip(bag.words, bag.counts, strict=True)))
        spread[side].update(bag.words)
    totals = [one.total() for one in counts]
    for group, total in zip((target, reference), totals, strict=True):
        if not total:
            raise PipelineError(f"“{group.label}”没有可比的词：没有文档只属于这一组，或文档没有实词")
    words = []
    for term in sorted(counts[0].keys() | counts[1].keys()):
        a, b = counts[0][term], counts[1][term]
        ratio = log_ratio(a, b, *totals)
        if a + b >= least and spread[0 if ratio > 0 else 1][term] >= least_documents:
            words.append((term, a, b, g2(a, b, *totals), ratio))
    q = false_discovery([chance(word[3]) for word in words])
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
            chance(value),
            adjusted,
        )
        for (term, a, b, value, ratio), adjusted in zip(words, q, strict=True)
    ]
    sides = [Side(g.label, n, total) for g, n, total in zip((target, reference), documents, totals, strict=True)]
    notes = []
    if both:
        notes.append(f"有 {len(both)} 篇文档同属两组，两边都没有计入")
    notes += [f"“{one.label}”只有 {one.documents} 篇，结果可能只是这几篇的用词" for one in sides if one.documents < FEW]
    notes.append(
        "频率以万分之一计，分母为全部实词；G² 把每个词当作独立出现，会高估集中在少数文档中的词，请同时看文档数"
    )
    found.sort(key=lambda word: (-word.g2, word.term))
    return Keyness(sides[0], sides[1], least, least_documents, len(found), tuple(found), tuple(notes))
