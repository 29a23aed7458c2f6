from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from unit.test_topic_page import model, topic
from unit.test_topics import fitted

from pipeline.core.errors import PipelineError
from pipeline.running.topic_numbers import number, numbered
from pipeline.running.topic_settings import MODELS, NUMBERS
from pipeline.topics.matching import Given, numbers
from pipeline.topics.model import TopicModel, load


def given(number: int, words: str) -> Given:
    return Given(number, tuple(words), tuple(words))


def numbers_of(found: TopicModel) -> dict[str, int]:
    return {"".join(word for word, _ in one.terms): one.number for one in found.topics}


def test_topics_keep_the_numbers_of_those_they_continue() -> None:
    old = (given(3, "甲乙丙丁"), given(0, "子丑寅卯"), given(7, "天地玄黄"))
    new = (topic(0, "天地玄宇"), topic(1, "春夏秋冬"), topic(2, "甲乙丙戊"), topic(3, "梅兰竹菊"))
    assert numbers(new, old) == [7, 8, 3, 9]
    assert numbers(new, ()) == [0, 1, 2, 3]
    assert numbers((), old) == []


def test_two_topics_never_get_the_same_number_and_the_better_pairs_win() -> None:
    old = (given(0, "甲乙丙丁戊"), given(1, "甲乙天地玄"))
    assert numbers((topic(0, "甲乙丙天地"), topic(1, "甲乙丙丁己")), old) == [1, 0]


def test_a_number_does_not_pass_on_to_another_topic_by_and_by() -> None:
    changed = Given(4, tuple("甲乙丙丁"), tuple("丁戊己庚"))
    assert numbers((topic(0, "丁戊己庚"),), [changed]) == [4]
    assert numbers((topic(0, "戊己庚辛"),), [changed]) == [5]


def test_a_number_is_never_given_to_another_topic_after_refits(tmp_path: Path) -> None:
    wide = model(topic(0, "甲乙丙丁"), topic(1, "子丑寅卯"), topic(2, "天地玄黄"))
    narrow = model(topic(0, "子丑寅辰"))
    other = model(topic(0, "春夏秋冬"), topic(1, "子丑寅卯"))
    assert numbers_of(number(tmp_path, wide)) == {"甲乙丙丁": 0, "子丑寅卯": 1, "天地玄黄": 2}
    assert numbers_of(number(tmp_path, narrow)) == {"子丑寅辰": 1}
    assert numbers_of(number(tmp_path, other)) == {"春夏秋冬": 3, "子丑寅卯": 1}
    back = model(topic(0, "天地玄宙"), topic(1, "梅兰竹菊"))
    assert numbers_of(number(tmp_path, back)) == {"天地玄宙": 2, "梅兰竹菊": 4}


def test_a_model_that_was_there_before_has_its_numbers_again(tmp_path: Path) -> None:
    first = model(topic(0, "甲乙丙丁"), topic(1, "子丑寅卯"))
    number(tmp_path, first)
    number(tmp_path, model(topic(0, "甲乙子丑"), topic(1, "寅卯丙丁")))
    kept = (tmp_path / MODELS / NUMBERS).read_bytes()
    assert numbers_of(number(tmp_path, first)) == numbers_of(first) == numbers_of(numbered(tmp_path, first))
    assert numbers_of(number(tmp_path / "other", first)) == numbers_of(first)
    number(tmp_path, model(topic(0, "甲乙子丑"), topic(1, "寅卯丙丁")))
    assert (tmp_path / MODELS / NUMBERS).read_bytes() == kept


def test_numbers_are_no_part_of_the_model(tmp_path: Path) -> None:
    plain = fitted()
    moved = replace(plain, topics=tuple(replace(one, number=one.number + 5) for one in plain.topics))
    assert moved.digest == plain.digest
    plain.save(tmp_path / "a.npz")
    moved.save(tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert [one.number for one in load(tmp_path / "b.npz").topics] == [0, 1, 2, 3]


def test_the_same_seed_gives_the_same_bytes_whatever_was_fitted_before(tmp_path: Path) -> None:
    number(tmp_path, fitted(k=2))
    later = number(tmp_path, fitted())
    later.save(tmp_path / "later.npz")
    number(tmp_path / "fresh", fitted()).save(tmp_path / "fresh.npz")
    assert (tmp_path / "later.npz").read_bytes() == (tmp_path / "fresh.npz").read_bytes()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"given": [{"number": 1}], "models": {}}', '{"given": 3}'])
def test_a_damaged_file_of_numbers_is_named_and_kept(content: str, tmp_path: Path) -> None:
    path = tmp_path / MODELS / NUMBERS
    path.parent.mkdir()
    path.write_text(content, encoding="utf-8")
    with pytest.raises(PipelineError, match=NUMBERS):
        number(tmp_path, fitted())
    assert path.read_text(encoding="utf-8") == content


def test_a_model_without_numbers_is_told(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="没有这个主题模型的编号"):
        numbered(tmp_path, fitted())
