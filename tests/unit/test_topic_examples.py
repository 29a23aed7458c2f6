from __future__ import annotations

from unit.test_topics import THEMES, fitted

from pipeline.core.layers import Bag
from pipeline.topics.examples import Clause, examples


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
    (row,) = [row for row, topic in enumerate(model.topics) if set(topic.label.split("·")) <= set(green)]
    found = examples(model, clauses)[row]
    assert len(found) == 3
    assert len({one.doc_id for one in found}) == 3
    assert {"f", "g"}.isdisjoint(one.doc_id for one in found)
    assert found[0].doc_id in {"a", "e"} and {"a", "e"} - {one.doc_id for one in found}
    ranks = [one.weight * one.covered for one in found]
    assert ranks == sorted(ranks, reverse=True)
    assert examples(model, clauses[::-1]) == examples(model, clauses)
    assert len(examples(model, clauses, most=1)[row]) == 1


def test_a_topic_without_clauses_has_no_examples() -> None:
    assert examples(fitted(), [("a", 0, 30, "无" * 30, Bag(("没见过",), (1,)))]) == [()] * 4
