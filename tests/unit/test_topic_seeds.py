from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.books.load import load_books
from pipeline.books.seeds import seeds_of
from pipeline.core.layers import Bag
from pipeline.topics.fit import fit
from pipeline.topics.model import TopicModel, load
from pipeline.topics.sample import Sample, draw
from pipeline.topics.seeds import Seeds, look_up, notes
from tests.unit.test_topics import THEMES, corpus, settings

SEEDS = (
    Seeds("talent", "人才", (("引才", 1.0), ("职称", 0.5))),
    Seeds("health", "医疗", (("医院", 1.0), ("门诊", 1.0), ("处方", 1.0))),
)


def seeded(seeds: tuple[Seeds, ...], **changes: object) -> TopicModel:
    model = fit(corpus(), settings(model="seeded", **changes), seeds=seeds)
    assert isinstance(model, TopicModel)
    return model


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_every_code_keeps_its_topic(seed: int, tmp_path: Path) -> None:
    model = seeded(SEEDS, seed=seed)
    for code, theme in (("talent", "人才"), ("health", "医疗")):
        topic = model.topics[model.codes.index(code)]
        assert {word for word, _ in topic.terms[:5]} <= set(THEMES[theme])
        assert topic.label.startswith(f"{theme}：")
    assert sorted(model.codes) == ["", "", "health", "talent"]
    model.save(tmp_path / "model.npz")
    assert load(tmp_path / "model.npz").codes == model.codes


def test_free_topics_are_about_what_no_code_is_about() -> None:
    model = seeded(SEEDS)
    free = [topic for topic, code in zip(model.topics, model.codes, strict=True) if not code]
    of_codes = {*THEMES["人才"], *THEMES["医疗"]}
    assert len(free) == 2
    for topic in free:
        assert of_codes.isdisjoint(word for word, _ in topic.terms[:5])


def test_more_codes_than_topics_leave_one_free() -> None:
    model = seeded(SEEDS, k=2)
    assert sorted(model.codes) == ["", "health", "talent"]


def test_codes_whose_words_lack_are_told_and_get_no_topic() -> None:
    model = seeded((*SEEDS, Seeds("sea", "海洋", (("海洋", 1.0), ("渔港", 1.0))), Seeds("none", "空白", ())))
    assert "sea" not in model.codes
    assert "none" not in model.codes
    told = "\n".join(model.notes)
    assert "代码“海洋”的种子词在语料中都没有出现" in told
    assert "代码“空白”" in told
    assert "代码“医疗”的种子词只有 2 个在语料中出现，缺：处方" in told


def test_no_code_has_a_word_there() -> None:
    model = seeded((Seeds("sea", "海洋", (("海洋", 1.0),)),))
    assert set(model.codes) == {""}
    assert len(model.topics) == 4


def test_a_term_counts_in_longer_words_and_rare_ones_are_told() -> None:
    bags = [(str(i), Bag(("引进人才", "绿色"), (1, 1 + i % 2))) for i in range(4)]
    bags += [(f"x{i}", Bag(("粮食", "绿色") if i < 2 else ("粮食",), (2, 1) if i < 2 else (1,))) for i in range(4)]
    sample = draw(bags, settings())
    assert isinstance(sample, Sample)
    (found,) = look_up(sample, [Seeds("a", "引", (("人才", 1.0), ("引进", 0.5), ("海归", 1.0)))])
    assert found.columns == ((sample.vocabulary.index("引进人才"), 1.0),)
    assert found.absent == ("海归",)
    assert notes([found]) == ("代码“引”的种子词只有 1 个在语料中出现，缺：海归；其主题可能不稳定",)


def test_a_seed_of_two_words_becomes_a_phrase() -> None:
    bags = [
        (name, Bag((*bag.words, "进修"), (*bag.counts, 2), ((0, 1, 1),) if n < 3 else ()))
        for n, (name, bag) in enumerate(corpus(20))
    ]
    joined = "".join(bags[0][1].words[:2])
    sample = draw(bags, settings(phrases=1), frozenset({joined}))
    assert isinstance(sample, Sample)
    assert joined not in sample.vocabulary  # one document has it
    again = draw([(f"{n}", bags[0][1]) for n in range(3)] + bags, settings(phrases=1), frozenset({joined}))
    assert isinstance(again, Sample)
    assert joined in again.vocabulary


@pytest.mark.parametrize(("book", "codes"), [("yinyuyongliu", 4), ("silian", 4)])
def test_codebooks_give_seeds(book: str, codes: int) -> None:
    seeds = seeds_of(load_books([book]))
    assert len(seeds) == codes
    for one in seeds:
        assert one.code.startswith(f"{book}:")
        assert len(one.terms) >= 8
        assert len({term for term, _ in one.terms}) == len(one.terms)


def test_codes_below_give_their_terms_to_the_top() -> None:
    books = load_books(["instruments"])
    assert [one.code.partition(":")[2] for one in seeds_of(books)] == [code.code for code in books[0].codes]
    assert all(one.terms for one in seeds_of(books))
