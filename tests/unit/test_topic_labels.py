from __future__ import annotations

import pytest
from unit.test_topics import THEMES, fitted

from pipeline.core.layers import Bag
from pipeline.topics.labels import Clause, label_of, labels


def clause(doc_id: str, words: list[str], start: int = 0, *, times: int = 10) -> Clause:
    text = ("".join(words) * times)[: 40 if times > 1 else None]
    return doc_id, start, start + len(text), text, Bag(tuple(sorted(set(words))), (1,) * len(set(words)))


def test_examples_are_about_the_topic_and_of_different_documents() -> None:
    model = fitted()
    green, talent = THEMES["绿色"], THEMES["人才"]
    clauses = [
        clause("a", green[:6], 0),
        clause("a", green[1:7], 50),
        clause("b", green[:3], 0),
        clause("c", green[:1], 0),
        clause("d", [*green[:3], *talent[:3]], 0),
        (*clause("e", green[:6], 90)[:3], clause("a", green[:6])[3] + "等", clause("a", green[:6])[4]),  # a's, nearly
        (*clause("f", green[:8], 0, times=1)[:3], "短", Bag(tuple(sorted(green[:8])), (1,) * 8)),
        (*clause("g", green[:9], 0)[:3], "长" * 201, Bag(tuple(sorted(green[:9])), (1,) * 9)),
    ]
    (found,) = [one for one in labels(model, clauses) if set(one.label.split("·")) <= set(green)]
    assert found.label == model.topics[found.number].label
    assert len(found.examples) == 3
    assert len({one.doc_id for one in found.examples}) == 3
    assert {"f", "g"}.isdisjoint(one.doc_id for one in found.examples)
    assert found.examples[0].doc_id in {"a", "e"} and {"a", "e"} - {one.doc_id for one in found.examples}
    ranks = [one.weight * one.covered for one in found.examples]
    assert ranks == sorted(ranks, reverse=True)
    assert labels(model, clauses[::-1]) == labels(model, clauses)
    assert len(labels(model, clauses, examples=1)[found.number].examples) == 1


def test_a_topic_without_clauses_has_a_label_only() -> None:
    found = labels(fitted(), [("a", 0, 30, "无" * 30, Bag(("没见过",), (1,)))])
    assert [one.examples for one in found] == [()] * 4
    assert all(one.label for one in found)


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
