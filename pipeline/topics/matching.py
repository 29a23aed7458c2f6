"""Topics of a new model go by the numbers of the earlier topics they continue."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.topics.model import Topic

LEAST = 0.1
"""Topics with a smaller overlap of words are different topics."""


@dataclass(frozen=True, slots=True)
class Given:
    """A number that was given to a topic: the topic's terms then, and the terms it has had last."""

    number: int
    first: tuple[str, ...]
    last: tuple[str, ...]


def overlap(one: Collection[str], other: Collection[str]) -> float:
    """Return the share of two topics' top terms that both have, from 0 to 1."""
    mine, theirs = set(one), set(other)
    return len(mine & theirs) / len(mine | theirs) if mine | theirs else 0.0


def numbers(topics: Sequence[Topic], given: Sequence[Given]) -> list[int]:
    """Return a number for each topic: that of the topic ``given`` that it goes best with, each once, else a new one.

    The pairs are those with the most words in common altogether. A topic must still have something of what the number
    was first given to, so that no number passes on, by and by, to another topic. No number is ever given anew.
    """
    from scipy.optimize import linear_sum_assignment

    found: dict[int, int] = {}
    if topics and given:
        likeness = np.array([[_likeness(topic, old) for old in given] for topic in topics])
        pairs = zip(*linear_sum_assignment(-likeness), strict=True)
        found = {int(row): given[column].number for row, column in pairs if likeness[row, column]}
    fresh = max((old.number for old in given), default=-1) + 1
    for row in range(len(topics)):
        if row not in found:
            found[row], fresh = fresh, fresh + 1
    return [found[row] for row in range(len(topics))]


def _likeness(topic: Topic, old: Given) -> float:
    """Return how well a topic goes on from an earlier one, 0.0 when it's another."""
    terms = [word for word, _ in topic.terms]
    value = overlap(terms, old.last)
    return value if min(value, overlap(terms, old.first)) >= LEAST else 0.0
