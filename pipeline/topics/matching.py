"""Topics of a new model go by the numbers of the earlier topics they continue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.topics.model import Topic
from pipeline.topics.pairing import jaccard, pairing

LEAST = 0.1
"""Topics with a smaller overlap of words are different topics."""


@dataclass(frozen=True, slots=True)
class Given:
    """A number that was given to a topic: the topic's terms then, and the terms it has had last."""

    number: int
    first: tuple[str, ...]
    last: tuple[str, ...]


def numbers(topics: Sequence[Topic], given: Sequence[Given]) -> list[int]:
    """Return a number for each topic: that of the topic ``given`` that it goes best with, each once, else a new one.

    The pairs are those with the most words in common altogether. A topic must still have something of what the number
    was first given to, so that no number passes on, by and by, to another topic. No number is ever given anew.
    """
    alike = [[_likeness(topic, old) for old in given] for topic in topics]
    found = {row: given[column].number for row, column in pairing(alike) if alike[row][column]}
    fresh = max((old.number for old in given), default=-1) + 1
    for row in range(len(topics)):
        if row not in found:
            found[row], fresh = fresh, fresh + 1
    return [found[row] for row in range(len(topics))]


def _likeness(topic: Topic, old: Given) -> float:
    """Return how well a topic goes on from an earlier one, 0.0 when it's another."""
    terms = [word for word, _ in topic.terms]
    value = jaccard(terms, old.last)
    return value if min(value, jaccard(terms, old.first)) >= LEAST else 0.0
