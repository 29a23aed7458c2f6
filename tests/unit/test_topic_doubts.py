from __future__ import annotations

from dataclasses import replace

import pytest
from unit.test_topics import corpus, fitted, settings

from pipeline.core.config import configs_dir
from pipeline.topics.doubts import doubts, lacking
from pipeline.topics.fit import fit
from pipeline.topics.model import TopicModel
from pipeline.topics.places import place_names, read_towns
from pipeline.topics.sample import Lack


def test_a_sound_model_leaves_no_doubt() -> None:
    assert doubts(replace(fitted(), stability=(0.9, 0.8, 0.5, 0.3))) == []


def test_topics_that_do_not_come_back_are_named_as_in_the_tables() -> None:
    model = fitted()
    topics = tuple(replace(topic, number=number) for topic, number in zip(model.topics, (0, 12, 2, 3), strict=True))
    (found,) = doubts(replace(model, topics=topics, stability=(0.9, 0.29, 0.5, 0.3)))
    assert (found.stage, found.code, found.severity) == ("topics", "topics.unstable", "warning")
    assert f"4 个主题中有 1 个的抽样稳定性低于 0.3：t012（{model.topics[1].label}）0.29；" in found.message


def test_many_loose_topics_are_one_issue() -> None:
    (found,) = doubts(replace(fitted(), stability=(0.1, 0.2, 0.1, 0.2)))
    assert "有 4 个" in found.message and all(name in found.message for name in ("t000", "t001", "t002", "t003"))


def test_too_few_documents_for_so_many_topics() -> None:
    (found,) = doubts(replace(fitted(), n_documents=19))
    assert found.code == "topics.small"
    assert (
        "只有 19 篇文档，却分成 4 个主题，每个主题平均不到 5 篇文档" in found.message
        and "减到 3 个以内" in found.message
    )
    assert doubts(replace(fitted(), n_documents=20)) == []


def test_units_are_called_what_they_are() -> None:
    (found,) = doubts(replace(fitted(unit="clause"), n_documents=19))
    assert "只有 19 个条款，却分成 4 个主题，每个主题平均不到 5 个条款" in found.message
    told = lacking(Lack("topics.too-few", 3), settings(unit="section")).message
    assert "只有 3 个章节有可用于主题模型的词，少于 8 个章节" in told


@pytest.mark.parametrize("documents", [10, 12, 20, 21, 24, 60])
def test_the_default_number_of_topics_is_never_too_many(documents: int) -> None:
    model = fit(corpus(documents), settings(k=0))
    assert isinstance(model, TopicModel) and len(model.topics) > 1
    assert doubts(model) == []


def test_one_topic_alone_is_not_doubted() -> None:
    model = replace(fitted(k=1), n_documents=3)
    assert doubts(model) == []
    assert [one.code for one in doubts(replace(fitted(), n_documents=3))] == ["topics.small"]


def test_topics_of_place_names_are_named() -> None:
    model = fitted()
    terms = tuple((word, 0.1) for word in ("余杭区", "仓前街道", "杭州", "良渚街道", "安家", "博士", "院士", "瓶窑镇"))
    odd = replace(model, topics=(replace(model.topics[0], terms=terms), *model.topics[1:]))
    (found,) = doubts(odd)
    assert found.code == "topics.places"
    assert found.message.startswith(
        f"主题 t000（{model.topics[0].label}） 的前几个词大多是地名：余杭区、仓前街道、杭州、良渚街道"
    )


def test_a_topic_of_kinds_of_towns_is_no_topic_of_places() -> None:
    model = fitted()
    terms = tuple((word, 0.1) for word in ("特色小镇", "小城镇", "中心镇", "江南水乡", "古镇", "旅游", "民宿", "名镇"))
    assert doubts(replace(model, topics=(replace(model.topics[0], terms=terms), *model.topics[1:]))) == []


@pytest.mark.parametrize("word", ["浙江省", "杭州", "仙居县", *read_towns(configs_dir()).examples])
def test_place_names(word: str) -> None:
    assert word in place_names()


@pytest.mark.parametrize(
    "word", ["各乡镇", "乡镇", "园区", "高新区", "本县", "我镇", "三乡", *read_towns(configs_dir()).counter_examples]
)
def test_words_that_name_no_place(word: str) -> None:
    assert word not in place_names()


def test_every_exception_would_else_be_taken_for_a_town() -> None:
    towns = read_towns(configs_dir())
    assert all(word.endswith(towns.endings) for word in towns.exceptions)
    assert len(set(towns.exceptions)) == len(towns.exceptions)
