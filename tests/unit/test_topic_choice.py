from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.test_topics import corpus, fitted, settings

from pipeline.core.config import TopicSettings
from pipeline.core.layers import Bag
from pipeline.topics.choose import Sweep, sentences, sweep
from pipeline.topics.fit import fit, fit_sample, wanted
from pipeline.topics.model import TopicModel
from pipeline.topics.pairing import jaccard
from pipeline.topics.sample import Lack, Sample, draw, limits
from pipeline.topics.seeds import Seeds
from pipeline.topics.stability import FIRM, likeness, match, parts, stability, terms_of


def sample_of(bags: list[tuple[str, Bag]], **changes: object) -> Sample:
    found = draw(bags, settings(**changes))
    assert isinstance(found, Sample)
    return found


def drawn(bags: list[tuple[str, Bag]]) -> list[Sample | Lack]:
    return parts(sample_of(bags), 3, 7)


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
    assert stability(model, drawn(corpus()), settings(), fitting=lambda sample, own: model) == [1.0] * 4


def test_clear_themes_come_back_and_noise_does_not() -> None:
    assert min(stability(fitted(), drawn(corpus()), settings())) > 0.6
    chance = random.Random(3)
    rows = [sorted(chance.sample(range(600), 60)) for _ in range(60)]
    noise = [(f"{i}", Bag(tuple(f"词{n:03}" for n in row), (1,) * 60)) for i, row in enumerate(rows)]
    nothing = fit(noise, settings())
    assert isinstance(nothing, TopicModel)
    held = stability(nothing, drawn(noise), settings())
    assert min(held) < FIRM and sum(held) / len(held) < 0.4


def test_a_sample_without_a_model_counts_as_nothing_found_again() -> None:
    lack = Lack("topics.apart", 3)
    assert stability(fitted(), drawn(corpus()), settings(), fitting=lambda sample, own: lack) == [0.0] * 4
    assert stability(fitted(), [lack, lack], settings()) == [0.0] * 4
    assert likeness([terms_of(fitted()), terms_of(Lack("topics.apart", 3))]) == 0.0


def test_parts_are_four_fifths_of_the_documents_and_keep_no_order() -> None:
    bags = [*corpus(50), ("empty", Bag((), ()))]
    first, second, _ = drawn(bags)
    (again, *_) = drawn(bags[::-1])
    assert isinstance(first, Sample) and isinstance(second, Sample) and isinstance(again, Sample)
    assert len(first.ids) == first.counts.shape[0] == 40
    assert "empty" not in first.ids and set(first.ids) < {name for name, _ in corpus(50)}
    assert first.ids == again.ids and first.vocabulary == again.vocabulary
    assert (first.counts != again.counts).nnz == 0
    assert first.ids != second.ids
    (other, *_) = parts(sample_of(bags), 3, 8)
    assert isinstance(other, Sample) and other.ids != first.ids


def test_a_part_has_the_counts_of_its_documents_and_only_words_of_use_there() -> None:
    bags = corpus(50)
    whole, part = sample_of(bags), drawn(bags)[0]
    assert isinstance(part, Sample)
    low, high = limits(40)
    spread = (part.counts > 0).sum(axis=0)
    assert low <= spread.min() and spread.max() <= high
    counts = dict(bags)
    for row, doc_id in enumerate(part.ids):
        own = dict(zip(counts[doc_id].words, counts[doc_id].counts, strict=True))
        found = part.counts[row]
        assert {part.vocabulary[c]: n for c, n in zip(found.indices, found.data, strict=True)} == {
            word: n for word, n in own.items() if word in part.vocabulary
        }
    assert set(part.vocabulary) <= set(whole.vocabulary)


def test_stability_of_a_model_with_k_left_open_asks_for_as_many_topics() -> None:
    asked = []
    model = fitted()
    stability(model, drawn(corpus()), settings(k=0), fitting=lambda sample, own: asked.append(own.k) or model)
    assert asked == [4, 4, 4]


def test_a_sweep_draws_each_part_once_and_fits_all_seeds_on_one_sample() -> None:
    sample = sample_of(corpus())
    fitted_on: dict[tuple[int, int], list[int]] = {}
    kept: list[Sample] = []

    def fitting(given: Sample, own: TopicSettings) -> TopicModel | Lack:
        kept.append(given)
        fitted_on.setdefault((id(given), own.k), []).append(own.seed)
        return fit_sample(given, own)

    sweep(sample, settings(), [2, 4], seeds=2, samples=2, fitting=fitting)
    assert len({id(one) for one in kept}) == 3
    assert fitted_on[id(sample), 2] == fitted_on[id(sample), 4] == [7, 8]
    assert all(seeds == [7] for (one, _), seeds in fitted_on.items() if one != id(sample))


@pytest.fixture(scope="module")
def swept() -> Sweep:
    found = sweep(sample_of(corpus()), settings(), [12, 4, 2, 4], seeds=2, samples=2)
    assert isinstance(found, Sweep)
    return found


def test_a_sweep_is_the_same_every_time_and_in_any_order(swept: Sweep) -> None:
    assert sweep(sample_of(corpus()[::-1]), settings(), (2, 4, 12), seeds=2, samples=2) == swept


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
    assert told[0] == "用 60 篇文档比较了 3 种主题数；每种换 2 个种子，并抽取 2 次其中的 80% 重新建模。"
    assert any("处于平台" in sentence and "4" in sentence for sentence in told)
    assert any("不宜据以下结论的主题" in sentence and "主题数 12 时" in sentence for sentence in told)
    assert "写下理由" in told[-1]


def test_what_lacks_for_a_model_ends_a_sweep() -> None:
    lack = Lack("topics.apart", 5)
    assert sweep(sample_of(corpus()), settings(), [2], fitting=lambda sample, own: lack) == lack
    none = sweep(sample_of(corpus()), settings(), [])
    assert isinstance(none, Sweep) and sentences(none) == ["没有试任何主题数。"]


def test_units_of_a_sweep_are_called_what_they_are() -> None:
    found = sweep(sample_of(corpus()), settings(unit="clause"), [2], seeds=1, samples=1)
    assert isinstance(found, Sweep) and sentences(found)[0].startswith("用 60 个条款比较了 1 种主题数")


def test_drawn_once_and_fitted_is_what_fit_gives() -> None:
    seeds = (Seeds("a", "甲", (("引才", 1.0), ("引才育才", 0.5))),)
    whole = fit(corpus(), settings(model="seeded"), seeds=seeds)
    sample = draw(corpus(), settings(), wanted(seeds))
    assert isinstance(sample, Sample) and isinstance(whole, TopicModel)
    again = fit_sample(sample, settings(model="seeded"), seeds=seeds)
    assert isinstance(again, TopicModel) and again.digest == whole.digest
    assert wanted(seeds) == {"引才", "引才育才"}
