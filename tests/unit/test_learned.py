"""The trained coder: n-grams, files, judgement, fitting."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.coding.apply import build_coder, code
from pipeline.coding.codebook import read_codebook
from pipeline.coding.examples import failing_examples
from pipeline.coding.grams import LONGEST, plain, vocabulary
from pipeline.coding.learn import Lessons, fit
from pipeline.coding.learned import CodeModel, load, save
from pipeline.coding.report import judged_lines
from pipeline.core.errors import PipelineError
from pipeline.core.layers import CleanText

BOOK = """
codebook: mini
name: 小
version: "1"
definition: d
source: s
codes:
  - code: money
    name: 钱
    definition: 给钱
    examples: [发放补助。]
    counter_examples: [道路绿化。]
    terms: [{term: 补助, weight: 0.8}]
    children:
      - {code: cash, name: 现金, definition: 现金, terms: [现金]}
"""
YES, NO = ("给企业发放奖金和补助", "对新落户的企业给予奖金"), ("道路两旁种树", "加强河道巡查")
CODES = (("mini", "money"),)
FEATURES = (("mini", "money"), ("mini", "cash"))


def lessons() -> Lessons:
    texts = tuple(f"{text}{n}号{'甲乙丙丁'[n % 4]}" for n in range(10) for text in (*YES, *NO))
    given_codes = np.array([[float("奖金" in text)] for text in texts])
    nothing = np.zeros((len(texts), 2))
    return Lessons(texts, nothing, nothing, given_codes, np.ones((len(texts), 1)), tuple(range(len(texts))))


@pytest.fixture(scope="module")
def model() -> CodeModel:
    return fit("钱", lessons(), CODES, FEATURES)


def test_a_clause_is_judged_by_its_strings_and_says_which(model: CodeModel) -> None:
    coder = build_coder([read_codebook(BOOK, "mini.yaml")], 1.0, models=[model])
    [found] = code(CleanText("对各类企业给予奖金。", ()), (), (), coder=coder)
    assert (found.code, found.given, found.coder) == ("money", True, f"machine:learned@1-{model.digest}")
    assert 0.5 < found.score < 1 and "奖金" in found.rule
    assert [one for one in code(CleanText("沿河种树。", ()), (), (), coder=coder) if one.given] == []


def test_a_code_below_a_trained_one_needs_it(model: CodeModel) -> None:
    coder = build_coder([read_codebook(BOOK, "mini.yaml")], 1.0, models=[model])
    found = {one.code: one.given for one in code(CleanText("道路两旁种树，不收现金。", ()), (), (), coder=coder)}
    assert found["cash"] is False
    found = {one.code: one.given for one in code(CleanText("给企业发放奖金，以现金支付。", ()), (), (), coder=coder)}
    assert found == {"money": True, "cash": True}


def test_equal_lessons_give_equal_files_and_a_file_gives_the_model_back(model: CodeModel, tmp_path: Path) -> None:
    save(model, tmp_path / "a.codes")
    save(fit("钱", lessons(), CODES, FEATURES), tmp_path / "b.codes")
    assert (tmp_path / "a.codes").read_bytes() == (tmp_path / "b.codes").read_bytes()
    back = load(tmp_path / "a.codes")
    assert (back.name, back.codes, back.features, back.digest) == ("钱", CODES, FEATURES, model.digest)
    counts = back.vocabulary.count(["奖金"]).toarray()
    assert (counts == model.vocabulary.count(["奖金"]).toarray()).all()


def test_a_damaged_model_is_refused_with_its_name(model: CodeModel, tmp_path: Path) -> None:
    save(model, tmp_path / "a.codes")
    content = (tmp_path / "a.codes").read_bytes()
    for broken in (b"", b"PK", content[: len(content) // 2], content.replace(b"keys1", b"kexs1")):
        (tmp_path / "b.codes").write_bytes(broken)
        with pytest.raises(PipelineError, match=r"b\.codes"):
            load(tmp_path / "b.codes")
    with pytest.raises(PipelineError, match=r"none\.codes"):
        load(tmp_path / "none.codes")


def test_a_code_nobody_gave_is_never_given() -> None:
    some = lessons()
    none = Lessons(some.texts, some.strengths, some.raw, some.given * 0, some.weights, some.groups)
    found = fit("无", none, CODES, FEATURES)
    chances = found.judge(found.weighed(list(YES)), np.zeros((2, 2)), np.zeros((2, 2)))
    assert (chances < found.threshold).all()


def test_the_report_names_each_code_and_the_means(model: CodeModel) -> None:
    some = lessons()
    lines = list(judged_lines(some, np.where(some.given > 0, 3.0, -3.0), model))
    assert "mini.money" in lines[1] and "macro F1" in lines[-1] and "1.000" in lines[-1]


def test_an_example_in_doubt_is_no_hit() -> None:
    assert failing_examples(read_codebook(BOOK, "mini.yaml"), 1.0) == ("mini: money（钱）没有得到：「发放补助。」",)


TEXTS = st.lists(st.text(alphabet="人才引进补助 \n12．３𠮷\ud800", max_size=12), min_size=1, max_size=6)


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_n_grams_are_those_of_the_plain_text(texts: list[str]) -> None:
    words = vocabulary(texts, most=10_000, least_texts=1)
    counts = words.count(texts).toarray()
    for row, text in enumerate(texts):
        letters = "".join("\ufffd" if ord(letter) > 0xFFFF else letter for letter in plain(text))
        grams = [letters[at : at + n] for n in range(1, LONGEST + 1) for at in range(len(letters) - n + 1)]
        assert counts[row].sum() == len(grams)
        assert {words.word(int(column)) for column in counts[row].nonzero()[0]} == set(grams)
