"""Topics of a new model keep the numbers of the earlier model's topics they continue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipeline.topics.model import Topic, TopicModel

LEAST = 0.1
"""Topics with a smaller overlap of words are different topics."""


def overlap(one: Topic, other: Topic) -> float:
    """Return the share of the two topics' top terms that both have, from 0 to 1."""
    mine, theirs = ({word for word, _ in topic.terms} for topic in (one, other))
    return len(mine & theirs) / len(mine | theirs) if mine | theirs else 0.0


def numbered_as(model: TopicModel, earlier: Sequence[Topic]) -> TopicModel:
    """Return ``model`` with its topics numbered as those of ``earlier`` they go best with, each number once.

    The pairs are those with the most words in common altogether. Topics that go with none get numbers not in use yet.
    """
    from scipy.optimize import linear_sum_assignment

    if not earlier:
        return model
    likeness = np.array([[overlap(topic, old) for old in earlier] for topic in model.topics])
    pairs = zip(*linear_sum_assignment(-likeness), strict=True)
    numbers = {int(row): earlier[column].number for row, column in pairs if likeness[row, column] >= LEAST}
    fresh = max(topic.number for topic in earlier) + 1
    for row in range(len(model.topics)):
        if row not in numbers:
            numbers[row], fresh = fresh, fresh + 1
    topics = tuple(replace(topic, number=numbers[row]) for row, topic in enumerate(model.topics))
    return replace(model, topics=topics)
