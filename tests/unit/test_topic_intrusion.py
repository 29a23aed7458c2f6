from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from unit.test_topics import THEMES, fitted

from pipeline.core.errors import PipelineError
from pipeline.scoring.intrusion_sheet import read_answers, read_key, write_sheets
from pipeline.topics.intrusion import WORDS, make_items, score, sentences
from pipeline.topics.model import TopicModel


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return fitted()


def test_each_topic_has_five_of_its_words_and_one_of_another(model: TopicModel) -> None:
    items = make_items(model, seed=3)
    assert sorted(item.topic for item in items) == [0, 1, 2, 3]
    assert [item.number for item in items] == [1, 2, 3, 4]
    for item in items:
        (theme,) = [set(words) for words in THEMES.values() if set(item.words) <= set(words)]
        assert item.words == tuple(word for word, _ in model.topics[item.topic].terms[:WORDS])
        assert item.intruder not in theme and item.intruder in {word for words in THEMES.values() for word in words}
        assert all(sorted(order) == sorted([*item.words, item.intruder]) for order in item.orders)
    assert any(item.orders[0] != item.orders[1] for item in items)


def test_questions_depend_on_the_seed_only(model: TopicModel) -> None:
    assert make_items(model, seed=3) == make_items(fitted(), seed=3)
    assert make_items(model, seed=3) != make_items(model, seed=4)
    assert all(len(item.orders) == 3 for item in make_items(model, seed=3, readers=3))


def test_a_single_topic_has_no_intruder() -> None:
    assert make_items(fitted(k=1), seed=1) == []


def test_precision_and_agreement(model: TopicModel) -> None:
    items = make_items(model, seed=3)
    right = {item.number: item.intruder for item in items}
    found = score(items, [right, right])
    assert (found.precision, found.same, found.agreement) == (1.0, 1.0, 1.0)
    one_wrong = {**right, 1: items[0].words[0]}
    found = score(items, [right, one_wrong])
    assert found.precision == pytest.approx(0.875)
    assert found.same == 0.75 and found.agreement == pytest.approx(0.7)
    assert {topic.topic: topic.precision for topic in found.topics}[items[0].topic] == 0.5
    assert score(items, [one_wrong, right]).precision == found.precision


def test_what_nobody_answered_does_not_count(model: TopicModel) -> None:
    items = make_items(model, seed=3)
    found = score(items, [{1: items[0].words[0]}, {2: items[1].intruder}])
    assert (found.precision, found.same, found.agreement) == (0.5, None, None)
    told = sentences(found, model)
    assert any("没有两位读者都答了的题" in one for one in told)
    assert any(f"{items[0].topic}（{model.topics[items[0].topic].label}）" in one for one in told)
    assert told[-1] == "有 2 题没有人答，没有计入。"
    assert sentences(score(items, [{}, {}])) == ["还没有填写任何一题。"]


def fill(file: Path, answers: dict[int, str]) -> None:
    book = openpyxl.load_workbook(file)
    for row in book["答题"].iter_rows(min_row=2):
        if row[0].value in answers:
            row[7].value = answers[row[0].value]
    book.save(file)


def test_sheets_go_out_and_come_back(model: TopicModel, tmp_path: Path) -> None:
    items = make_items(model, seed=3)
    first, second, key = write_sheets(items, tmp_path / "a", digest=model.digest)
    again = write_sheets(items, tmp_path / "b", digest=model.digest)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in (first, second, key)]
    back, digest = read_key(key)
    assert digest == model.digest
    assert [(one.number, one.topic, one.words, one.intruder) for one in back] == [
        (one.number, one.topic, one.words, one.intruder) for one in items
    ]
    fill(first, {1: f" {items[0].intruder}", 2: str(items[1].orders[0].index(items[1].intruder) + 1)})
    fill(second, {1: "２", 3: items[2].words[4]})
    answers = [read_answers(file, back) for file in (first, second)]
    assert answers == [
        {1: items[0].intruder, 2: items[1].intruder},
        {1: items[0].orders[1][1], 3: items[2].words[4]},
    ]
    assert score(back, answers).topics == score(items, answers).topics


def test_the_sheets_do_not_tell_the_answer(model: TopicModel, tmp_path: Path) -> None:
    files = write_sheets(make_items(model, seed=3), tmp_path, digest=model.digest)
    heads = [[cell.value for cell in openpyxl.load_workbook(file)["答题"][1]] for file in files[:2]]
    assert heads == [["题号", "词1", "词2", "词3", "词4", "词5", "词6", "闯入词"]] * 2
    rows = [list(openpyxl.load_workbook(file)["答题"].iter_rows(min_row=2, values_only=True)) for file in files[:2]]
    assert all(row[7] is None for one in rows for row in one)


def test_mistakes_in_a_filled_sheet_are_all_named(model: TopicModel, tmp_path: Path) -> None:
    items = make_items(model, seed=3)
    first, _, key = write_sheets(items, tmp_path, digest=model.digest)
    fill(first, {1: "没有的词", 2: "7"})
    with pytest.raises(PipelineError) as caught:
        read_answers(first, items)
    assert len(caught.value.mistakes) == 2
    assert "第 1 题填的“没有的词”" in caught.value.mistakes[0]
    with pytest.raises(PipelineError, match="不是同一套"):
        read_answers(first, make_items(model, seed=8))
    with pytest.raises(PipelineError, match="没有找到表头"):
        read_answers(key, items)
    with pytest.raises(PipelineError, match="读不出来"):
        read_key(tmp_path / "none.xlsx")
    (tmp_path / "bad.xlsx").write_bytes(b"nonsense")
    with pytest.raises(PipelineError, match="bad"):
        read_key(tmp_path / "bad.xlsx")
    with pytest.raises(PipelineError, match="没有一个主题"):
        write_sheets([], tmp_path, digest="")
