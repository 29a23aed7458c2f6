"""The shipped codebooks: every example gets its code, no counter-example does, and the sheets are complete."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.books.check import check_book
from pipeline.books.load import book_names
from pipeline.coding.apply import build_coder, code
from pipeline.coding.codebook import codes, labels, load_codebooks, walk
from pipeline.coding.examples import failing_examples
from pipeline.core.config import configs_dir, load_config
from pipeline.core.layers import CleanText

DEFAULT = ("yinyuyongliu", "silian", "instruments", "triad")
OTHERS = ("silian_education", "triple_helix", "layers", "talent_ecology")
NAMES = (*DEFAULT, *OTHERS)
TOPS = {
    "yinyuyongliu": ["attract", "cultivate", "use", "retain"],
    "silian": ["industry_chain", "innovation_chain", "capital_chain", "talent_chain"],
    "instruments": ["supply", "environment", "demand"],
    "triad": ["policy", "platform", "service"],
    "silian_education": ["education_chain", "talent_chain", "industry_chain", "innovation_chain"],
    "triple_helix": ["government", "industry", "university", "interaction"],
    "layers": ["element", "institution", "space"],
    "talent_ecology": ["agglomeration", "catalysis", "support", "synergy"],
}
# METHODS C1.1: the sub-tools of Rothwell & Zegveld in Chinese papers
SUB_TOOLS = {
    "supply": {"人才培养与引进", "资金投入", "基础设施建设", "科技信息支持", "公共服务"},
    "environment": {"目标规划", "金融支持", "税收优惠", "法规管制", "知识产权保护", "策略性措施"},
    "demand": {"政府采购", "服务外包", "贸易管制与促进", "示范应用与市场培育", "海外机构与交流", "公私合作"},
}
OAS = {
    "资金支持": "supply_funds",
    "目标规划": "environment_goals",
    "公共服务": "supply_service",
    "人才培养": "supply_talent",
    "金融支持": "environment_finance",
    "组织建设": "environment_strategy",
    "法规管制": "environment_regulation",
    "税收优惠": "environment_tax",
    "政策宣传": "environment_strategy",
    "海外合作": "demand_overseas",
    "技术支持": "supply_information",
    "公私合作": "demand_partnership",
    "政府采购": "demand_procurement",
}


def test_the_default_run_uses_the_shipped_books() -> None:
    assert load_config().coding.codebooks == DEFAULT
    assert set(book_names()) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_check_finds_nothing_to_mend(name: str) -> None:
    assert check_book(name, load_config().coding.threshold).mistakes == ()


@pytest.mark.parametrize("name", (*OTHERS, "instruments"))
def test_four_examples_and_three_counter_examples(name: str) -> None:
    (book,) = load_codebooks([name], configs_dir() / "codebooks")
    for path in walk(book.codes):
        assert len(path[-1].examples) >= 4, path[-1].code
        assert len(path[-1].counter_examples) >= 3, path[-1].code


def test_sub_tools_of_rothwell_and_zegveld() -> None:
    (book,) = load_codebooks(["instruments"], configs_dir() / "codebooks")
    assert {top.code: {child.name for child in top.children} for top in book.codes} == SUB_TOOLS


def test_labels_of_oas_policy_lead_to_sub_tools() -> None:
    (book,) = load_codebooks(["instruments"], configs_dir() / "codebooks")
    known = labels(book)
    for label, expected in OAS.items():
        assert known[label] == known[f"政策内容-{label}"] == expected


@pytest.mark.shared
def test_every_instrument_label_of_oas_policy_is_mapped() -> None:
    shared = Path(__file__).resolve().parents[2].parent / "shared"
    path = shared / "data" / "labelled" / "oas_policy" / "sentences.csv"
    if not path.is_file():
        pytest.skip("the evaluation data don't lie beside the repository")
    (book,) = load_codebooks(["instruments"], configs_dir() / "codebooks")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        found = {row["label"] for row in csv.DictReader(stream) if row["label"].startswith("政策内容-")}
    assert found and found <= labels(book).keys()


def test_two_kinds_of_four_chains_stand_side_by_side() -> None:
    books = load_codebooks(["silian", "silian_education"], configs_dir() / "codebooks")
    text = "促进教育链、人才链与产业链、创新链有机衔接，拓宽融资渠道，强化资金链。"
    found = {(one.codebook, one.code) for one in code(CleanText(text, ()), (), (), coder=build_coder(books, 1.0))}
    assert ("silian", "capital_chain") in found and ("silian", "talent_chain") in found
    assert ("silian_education", "education_chain") in found
    sources = {entry.codebook: entry.source for book in books for entry in codes(book)}
    assert sources["silian"].startswith("四链融合 1.1：") and "资金" in sources["silian"]
    assert sources["silian_education"].startswith("四链融合（教育链） 1.1：")
    assert "以教育链代资金链" in sources["silian_education"]


@pytest.mark.parametrize("name", NAMES)
def test_examples_and_counter_examples_hold(name: str) -> None:
    (book,) = load_codebooks([name], configs_dir() / "codebooks")
    assert failing_examples(book, load_config().coding.threshold) == ()


@pytest.mark.parametrize("name", NAMES)
def test_every_code_is_complete(name: str) -> None:
    (book,) = load_codebooks([name], configs_dir() / "codebooks")
    assert book.codebook == name
    assert [code.code for code in book.codes] == TOPS[name]
    for path in walk(book.codes):
        code, top = path[-1], len(path) == 1
        assert len(code.examples) >= 3, code.code
        assert len(code.counter_examples) >= 2, code.code
        assert code.definition.endswith("。"), code.code
        assert sum(len(child.terms) for (*_, child) in walk([code])) >= (25 if top else 4), code.code
        if top:
            assert code.include, code.code
            assert code.exclude, code.code


@pytest.mark.parametrize("name", NAMES)
def test_a_weak_word_never_gives_a_code_alone(name: str) -> None:
    (book,) = load_codebooks([name], configs_dir() / "codebooks")
    weak = [term for path in walk(book.codes) for term in path[-1].terms if term.weight < 0.5]
    assert weak
    assert all(2 * term.weight < 1 for term in weak)


def test_groups_are_all_used() -> None:
    for book in load_codebooks(NAMES, configs_dir() / "codebooks"):
        named = {word for path in walk(book.codes) for term in path[-1].terms for word in (*term.near, *term.unless)}
        assert {f"${group}" for group in book.groups} <= named
