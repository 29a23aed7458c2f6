from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.test_topics import corpus, fitted, settings

from pipeline.core.layers import Bag
from pipeline.topics.choose import Sweep, sentences, sweep
from pipeline.topics.fit import fit
from pipeline.topics.model import TopicModel
from pipeline.topics.sample import Lack
from pipeline.topics.stability import FIRM, jaccard, likeness, match, sampled, stability, terms_of

topics = st.lists(st.lists(st.sampled_from("甲乙丙丁戊己庚辛"), unique=True, max_size=5), max_size=5)


@given(topics, topics)
def test_matching_is_the_same_both_ways(first: list[list[str]], second: list[list[str]]) -> None:
    assert sum(match(first, second)) == pytest.approx(sum(match(second, first)))
    assert all(0 <= value <= 1 for value in match(first, second))
    assert len(match(first, second)) == len(first)


@given(topics)
def test_topics_match_themselves(own: list[list[str]]) -> None:
    assert match(own, own) == [1.0 if topic else 0.0 for topic in own]
    assert match(own, own[::-1]) == [1.0 if topic else 0.0 for topic in own]


def test_jaccard() -> None:
    assert jaccard("甲乙丙", "乙丙丁") == 0.5
    assert jaccard("", "") == 0.0


def test_two_topics_cannot_have_one_partner() -> None:
    assert match([["甲", "乙"], ["甲", "丙"]], [["甲", "乙"]]) == [1.0, 0.0]
    assert match([["甲"]], []) == [0.0]


def test_a_model_is_stable_against_itself() -> None:
    model = fitted()
    assert likeness([terms_of(model)] * 3) == 1.0
    assert likeness([terms_of(model)]) == 1.0
    assert stability(model, corpus(), settings(), fitting=lambda bags, own: model) == [1.0] * 4


def test_clear_themes_come_back_and_noise_does_not() -> None:
    assert min(stability(fitted(), corpus(), settings())) > 0.6
    chance = random.Random(3)
    drawn = [sorted(chance.sample(range(600), 60)) for _ in range(60)]
    noise = [(f"{i}", Bag(tuple(f"词{n:03}" for n in row), (1,) * 60)) for i, row in enumerate(drawn)]
    nothing = fit(noise, settings())
    assert isinstance(nothing, TopicModel)
    held = stability(nothing, noise, settings())
    assert min(held) < FIRM and sum(held) / len(held) < 0.4


def test_a_sample_without_a_model_counts_as_nothing_found_again() -> None:
    found = stability(fitted(), corpus(), settings(), fitting=lambda bags, own: Lack("topics.apart", 3))
    assert found == [0.0] * 4
    assert likeness([terms_of(fitted()), terms_of(Lack("topics.apart", 3))]) == 0.0


def test_samples_are_of_documents_with_words_and_keep_no_order() -> None:
    bags = [*corpus(50), ("empty", Bag((), ()))]
    first = sampled(bags, 0, 7)
    assert len(first) == 40
    assert sorted(first) == sorted(sampled(bags[::-1], 0, 7))
    assert "empty" not in dict(first)
    assert dict(first).keys() != dict(sampled(bags, 1, 7)).keys() != dict(sampled(bags, 0, 8)).keys()


def test_stability_of_a_model_with_k_left_open_asks_for_as_many_topics() -> None:
    asked = []
    model = fitted()
    stability(model, corpus(), settings(k=0), fitting=lambda bags, own: asked.append(own.k) or model)
    assert asked == [4, 4, 4]


@pytest.fixture(scope="module")
def swept() -> Sweep:
    found = sweep(corpus(), settings(), [12, 4, 2, 4], seeds=2, samples=2)
    assert isinstance(found, Sweep)
    return found


def test_a_sweep_is_the_same_every_time_and_in_any_order(swept: Sweep) -> None:
    assert sweep(corpus()[::-1], settings(), (2, 4, 12), seeds=2, samples=2) == swept


def test_a_sweep_finds_the_four_themes_best(swept: Sweep) -> None:
    assert [row.k for row in swept.rows] == [2, 4, 12]
    by_k = {row.k: row for row in swept.rows}
    assert by_k[4].plateau and not by_k[12].plateau
    assert by_k[4].sample_stability > by_k[12].sample_stability
    assert by_k[4].sample_stability > by_k[2].sample_stability
    assert by_k[4].coherent == 1.0
    for row in swept.rows:
        assert 0 <= row.c_v <= 1 and 0 < row.diversity <= 1 and 0 <= row.seed_stability <= 1


def test_sentences_are_chinese(swept: Sweep) -> None:
    told = sentences(swept)
    assert told[0] == "用 60 篇文档比较了 3 种主题数；每种换 2 个种子，并抽取 2 次 80% 的文档重新建模。"
    assert any("处于平台" in sentence and "4" in sentence for sentence in told)
    assert any("不宜据以下结论的主题" in sentence and "主题数 12 时" in sentence for sentence in told)
    assert "写下理由" in told[-1]


def test_too_few_documents_for_a_sweep() -> None:
    assert sweep(corpus(5), settings(), [2]) == Lack("topics.too-few", 5)
    none = sweep(corpus(), settings(), [])
    assert isinstance(none, Sweep) and sentences(none) == ["没有试任何主题数。"]
