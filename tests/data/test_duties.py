"""Every example in configs/patterns/duties.toml is run; clauses that only say who is responsible get no codes."""

from __future__ import annotations

import tomllib

import pytest

import pipeline
from pipeline.books.coders import load_coder
from pipeline.books.duties import load_duties
from pipeline.coding.apply import code
from pipeline.core.config import configs_dir, load_config
from pipeline.core.layers import CleanText, Sentence

DUTIES = load_duties(configs_dir())
FILE = tomllib.loads((configs_dir() / "patterns/duties.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", FILE["examples"])
def test_examples(text: str) -> None:
    assert DUTIES.alone(text)


@pytest.mark.parametrize("text", FILE["not"])
def test_counter_examples(text: str) -> None:
    assert not DUTIES.alone(text)


@pytest.mark.parametrize("label", FILE["labels"])
def test_every_label(label: str) -> None:
    assert DUTIES.alone(f"（{label}：市科技局、市财政局）")


@pytest.mark.parametrize("time", FILE["times"])
def test_every_time(time: str) -> None:
    assert DUTIES.alone(f"责任单位：市科技局；完成时限：2025年6月底前，并{time}。")
    assert not DUTIES.alone(f"责任单位：市科技局；支持企业{time}。")


def test_they_get_no_codes_by_terms_or_model() -> None:
    text = "牵头单位：市科技局；责任单位：市市场监管局（知识产权局）、市财政局。"
    for book in load_config().coding.codebooks:
        assert not [one for one in pipeline.code(text, book) if one.given]
    both = f"对引进的博士给予安家补助，建设人才公寓。\n{text}\n"
    cut = both.index("\n") + 1
    sentences = (Sentence(0, cut, ()), Sentence(cut, len(both), ()))
    found = code(CleanText(both, ()), (), sentences, coder=load_coder(load_config().coding))
    assert {one.start for one in found} == {0}, "no doubts either"


def test_time_is_linear() -> None:
    assert not DUTIES.alone("（" + "市科技局牵头，" * 20_000)
    assert not DUTIES.alone("责任单位：" * 20_000 + "给予补助")
