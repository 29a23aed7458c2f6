"""What to read of a topic: clauses that are most of all about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import tee

from pipeline.core.layers import Bag
from pipeline.topics.model import TopicModel
from pipeline.topics.pairing import jaccard

SHORTEST, LONGEST = 20, 200
"""How many characters a clause may have that stands for a topic."""
_ALIKE = 0.5  # clauses with so many of their pairs of characters in common say the same

Clause = tuple[str, int, int, str, Bag]
"""A clause: the document's id, its offsets there, its text, its words."""


@dataclass(frozen=True, slots=True)
class Example:
    """A clause that stands for a topic: its place and text, the topic's weight in it, and ``covered``.

    ``covered`` is how much of the topic's top terms stands in it, each counted by its share of them.
    """

    doc_id: str
    start: int
    end: int
    quote: str
    weight: float
    covered: float


def examples(model: TopicModel, clauses: Iterable[Clause], *, most: int = 3) -> list[tuple[Example, ...]]:
    """Return up to ``most`` clauses for each topic, the best first, of different documents, that don't say the same.

    The best have the most of the topic, by weight times ``covered``: a clause of one known word has nothing else in it
    either, and says little. Clauses shorter than 20 or longer than 200 characters are passed over.
    """
    shares = [_shares(topic.terms) for topic in model.topics]
    best: list[dict[str, Example]] = [{} for _ in model.topics]
    kept, asked = tee(one for one in clauses if SHORTEST <= len(one[3]) <= LONGEST)
    mixes = model.read(bag for *_, bag in asked)
    for (doc_id, start, end, text, _), (mix, words) in zip(kept, mixes, strict=True):
        for row, weight in zip(mix.topics, mix.weights, strict=True):
            covered = round(sum(shares[row].get(word, 0.0) for word in words), 6)
            one = Example(doc_id, start, end, text, weight, covered)
            if covered and _rank(one) < _rank(best[row].get(doc_id)):
                best[row][doc_id] = one
    return [_first(found.values(), most) for found in best]


def _shares(terms: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Return the shares of the top terms, made to sum to 1."""
    total = sum(share for _, share in terms) or 1.0
    return {word: share / total for word, share in terms}


def _rank(one: Example | None) -> tuple[float, str, int]:
    """Return what examples are sorted by, the best first; None comes last."""
    return (1.0, "", 0) if one is None else (-round(one.weight * one.covered, 6), one.doc_id, one.start)


def _first(found: Iterable[Example], most: int) -> tuple[Example, ...]:
    """Return the best ones, none of which repeats another: documents copy whole articles."""
    kept: list[tuple[Example, set[str]]] = []
    for one in sorted(found, key=_rank):
        if len(kept) == most:
            break
        text = "".join(one.quote.split())
        pairs = {text[at : at + 2] for at in range(len(text) - 1)}
        if all(jaccard(pairs, other) < _ALIKE for _, other in kept):
            kept.append((one, pairs))
    return tuple(one for one, _ in kept)
