from __future__ import annotations

import unicodedata

import pytest

from pipeline.core.config import SegmentSettings, configs_dir
from pipeline.core.strict import read_tsv
from pipeline.segment.words import load_segmenter

FOLDER = configs_dir() / "lexicons"
TERMS = read_tsv(FOLDER / "policy_terms.tsv")


def test_terms_are_many_unique_and_well_formed() -> None:
    terms = [row[0] for row in TERMS]
    assert len(terms) >= 900
    assert len(set(terms)) == len(terms)
    assert all(len(row) == 2 and row[1] for row in TERMS)
    assert [t for t in terms if not 2 <= len(t) <= 8 or not unicodedata.is_normalized("NFC", t) or t != t.strip()] == []


@pytest.mark.parametrize("engine", ["jieba", "rjieba"])
def test_each_term_comes_out_whole(engine: str) -> None:
    pytest.importorskip(engine)
    settings = SegmentSettings(engine=engine, lexicons=("policy_terms.tsv",), stop_words=())
    segmenter = load_segmenter(settings, configs_dir())
    broken = []
    for term, _ in TERMS:
        words = segmenter.words(f"各地要把{term}的事办好。")
        if term not in words or "".join(words) != f"各地要把{term}的事办好。":
            broken.append(term)
    assert broken == []


# Where longest match would cut a word that isn't there: 「企|事业单位」 for 「企事业单位」.
@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("企事业单位", "事业单位"),
        ("高新技术", "新技术"),
        ("广泛运用创新技术", "新技术"),
        ("存储能力", "储能"),
        ("资金专项审计", "金专"),
        ("高级工程师", "高级工"),
        ("中国共产党的领导", "党的领导"),
        ("本科普通专业", "科普"),
        ("产业链主要环节", "链主"),
        ("诚信创建", "信创"),
        ("少数民族地区", "民族地区"),
        ("基本方案", "本方案"),
        ("安全领域", "全领域"),
    ],
)
def test_no_term_cuts_into_other_words(text: str, wrong: str) -> None:
    settings = SegmentSettings(engine="jieba", lexicons=("policy_terms.tsv",), stop_words=())
    assert wrong not in load_segmenter(settings, configs_dir()).words(text)


@pytest.mark.parametrize("name", ["stop_words.tsv", "places.tsv"])
def test_stop_lists_are_unique_and_well_formed(name: str) -> None:
    rows = read_tsv(FOLDER / name)
    words = [row[0] for row in rows]
    assert len(set(words)) == len(words)
    assert [row for row in rows if len(row) != 2 or not unicodedata.is_normalized("NFC", row[0])] == []
