"""Word intrusion (Chang et al. 2009): can people tell which of six words doesn't belong to the topic?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from pipeline.core.topic_words import topic_id
from pipeline.topics.model import TopicModel

WORDS = 5
"""How many of a topic's top words are shown."""
_POOL = 10  # an intruder is among so many top words of another topic


@dataclass(frozen=True, slots=True)
class Item:
    """One question: its number from 1, the topic it's about, the topic's words and the intruder.

    ``orders`` has a row of all six words a reader: each sees them in another order.
    """

    number: int
    topic: int
    words: tuple[str, ...]
    intruder: str
    orders: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class TopicScore:
    """How readers did with a topic: how many answered, the share of them that found the intruder (model precision)."""

    topic: int
    answered: int
    precision: float | None
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IntrusionScore:
    """What filled sheets say. ``precision`` is the mean over topics; ``same`` the share of items with one answer.

    ``agreement`` is ``same`` beyond chance, which is one in six (Bennett et al. 1954); both None when no item was
    answered by two readers.
    """

    topics: tuple[TopicScore, ...]
    precision: float | None
    same: float | None
    agreement: float | None


def make_items(model: TopicModel, *, seed: int, readers: int = 2) -> list[Item]:
    """Return a question for each topic that has one, in an order that says nothing, the same for the same seed.

    The intruder is among the top ten words of another topic and, in this one, not above the middle of the vocabulary.
    A topic of fewer than five words, or for which there's no such word, has no question.
    """
    random = Random(seed)
    shares = model.weights / model.weights.sum(axis=1, keepdims=True)
    columns = {word: i for i, word in enumerate(model.vocabulary)}
    rows = list(range(len(model.topics)))
    random.shuffle(rows)
    items: list[Item] = []
    for row in rows:
        words = tuple(word for word, _ in model.topics[row].terms[:WORDS])
        candidates = _candidates(model, row, shares[row], columns)
        if len(words) < WORDS or not candidates:
            continue
        intruder = random.choice(candidates)
        orders = tuple(tuple(random.sample([*words, intruder], WORDS + 1)) for _ in range(readers))
        items.append(Item(len(items) + 1, model.topics[row].number, words, intruder, orders))
    return items


def score(items: Sequence[Item], answers: Sequence[Mapping[int, str]]) -> IntrusionScore:
    """Return what the readers' answers (number of item → word) say of the topics; items without one don't count."""
    topics = []
    for item in sorted(items, key=lambda item: item.topic):
        choices = tuple(given[item.number] for given in answers if given.get(item.number))
        right = sum(choice == item.intruder for choice in choices)
        topics.append(TopicScore(item.topic, len(choices), right / len(choices) if choices else None, choices))
    same = _mean(
        float(a[item.number] == b[item.number])
        for item in items
        for at, a in enumerate(answers)
        for b in answers[at + 1 :]
        if a.get(item.number) and b.get(item.number)
    )
    chance = 1 / (WORDS + 1)
    return IntrusionScore(
        topics=tuple(topics),
        precision=_mean(topic.precision for topic in topics if topic.precision is not None),
        same=same,
        agreement=None if same is None else (same - chance) / (1 - chance),
    )


def sentences(found: IntrusionScore, model: TopicModel | None = None) -> list[str]:
    """Return what the score says, in Chinese; with ``model`` topics go by their labels too."""
    if found.precision is None:
        return ["还没有填写任何一题。"]
    told = [f"模型精确率 {found.precision:.2f}：读者平均在这么多的题中找出了闯入的词（瞎猜约 {1 / (WORDS + 1):.2f}）。"]
    if found.same is None or found.agreement is None:
        told.append("没有两位读者都答了的题，算不出一致性。")
    else:
        told.append(f"两位读者选同一个词的题占 {found.same:.2f}，扣除碰巧后的一致性 {found.agreement:.2f}。")
    names = {topic.number: f"（{topic.label}）" for topic in model.topics} if model else {}
    missed = [
        f"{topic_id(one.topic)}{names.get(one.topic, '')}"
        for one in found.topics
        if one.precision is not None and not one.precision
    ]
    if missed:
        told.append(f"没有人找出闯入词的主题：{'、'.join(missed)}。这些主题的词看不出是一类，不宜命名后使用。")
    if blank := sum(not one.answered for one in found.topics):
        told.append(f"有 {blank} 题没有人答，没有计入。")
    return told


def _candidates(model: TopicModel, row: int, shares: np.ndarray, columns: Mapping[str, int]) -> list[str]:
    """Return the words that may intrude into a topic, sorted."""
    middle = float(np.median(shares))
    own = [word for word, _ in model.topics[row].terms]
    others = {
        word for at, topic in enumerate(model.topics) if at != row for word, _ in topic.terms[:_POOL] if word in columns
    }
    return sorted(
        word
        for word in others
        if shares[columns[word]] <= middle and not any(word in mine or mine in word for mine in own)
    )


def _mean(values: Iterable[float]) -> float | None:
    """Return the mean, None of nothing."""
    kept = list(values)
    return sum(kept) / len(kept) if kept else None
