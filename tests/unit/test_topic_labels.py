from __future__ import annotations

import pytest
from unit.test_topics import settings

from pipeline.core.layers import Bag
from pipeline.topics.fit import fit
from pipeline.topics.labels import label_of
from pipeline.topics.model import TopicModel


@pytest.mark.parametrize(
    ("terms", "label"),
    [
        (["人才", "人才引进", "安家", "落户", "住房"], "人才·安家·落户"),
        (["人才引进", "人才"], "人才引进"),
        ([], ""),
    ],
)
def test_a_label_says_nothing_twice(terms: list[str], label: str) -> None:
    assert label_of(terms) == label


def test_the_labels_of_a_model_say_nothing_twice() -> None:
    talent, farming = ("人才", "人才引进", "引进人才", "安家", "落户"), ("粮食", "粮食安全", "农田", "种业")
    bags = [(f"a{i}", Bag(tuple(sorted(talent)), tuple(6 - n for n, _ in enumerate(talent)))) for i in range(9)]
    bags += [(f"b{i}", Bag(tuple(sorted(farming)), (3, 2, 2, 2 + i % 2))) for i in range(9)]
    model = fit(bags, settings(k=2))
    assert isinstance(model, TopicModel)
    for topic in model.topics:
        assert topic.label == label_of([word for word, _ in topic.terms])
        words = topic.label.split("·")
        assert not any(one in other for one in words for other in words if one != other)
