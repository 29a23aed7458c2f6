from __future__ import annotations

from dataclasses import replace

import pytest
from unit.test_topics import fitted

from pipeline.topics.doubts import doubts, place_name


def test_a_sound_model_leaves_no_doubt() -> None:
    assert doubts(fitted(), [0.9, 0.8, 0.5, 0.3]) == []


def test_topics_that_do_not_come_back_are_named() -> None:
    model = fitted()
    (found,) = doubts(model, [0.9, 0.29, 0.5, 0.3])
    assert (found.stage, found.code, found.severity) == ("topics", "topics.unstable", "warning")
    assert f"主题 1（{model.topics[1].label}）的抽样稳定性只有 0.29，低于 0.3" in found.message


def test_too_few_documents_for_so_many_topics() -> None:
    (found,) = doubts(replace(fitted(), n_documents=19))
    assert found.code == "topics.small"
    assert "只有 19 篇文档，却分成 4 个主题" in found.message and "减到 3 个以内" in found.message
    assert doubts(replace(fitted(), n_documents=20)) == []


def test_topics_of_place_names_are_named() -> None:
    model = fitted()
    terms = tuple((word, 0.1) for word in ("余杭区", "仓前街道", "杭州", "良渚街道", "安家", "博士", "院士", "瓶窑镇"))
    odd = replace(model, topics=(replace(model.topics[0], terms=terms), *model.topics[1:]))
    (found,) = doubts(odd)
    assert found.code == "topics.places"
    assert found.message.startswith(
        f"主题 0（{model.topics[0].label}）的前几个词大多是地名：余杭区、仓前街道、杭州、良渚街道"
    )
    assert doubts(odd, is_place=lambda word: False) == []


@pytest.mark.parametrize("word", ["浙江省", "杭州", "仙居县", "瓶窑镇", "仓前街道"])
def test_place_names(word: str) -> None:
    assert place_name(word)


@pytest.mark.parametrize("word", ["各乡镇", "示范区", "城镇", "乡镇", "园区", "高新区", "人才", "本县", "各街道"])
def test_words_that_name_no_place(word: str) -> None:
    assert not place_name(word)
