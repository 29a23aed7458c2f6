"""Codes for clauses: weights, company, voiding phrases, titles, headings, parents, units."""

from __future__ import annotations

import pytest

from pipeline.coding.apply import Coder, build_coder, code
from pipeline.coding.codebook import Codebook, read_codebook
from pipeline.coding.examples import failing_examples
from pipeline.coding.matcher import build_matcher
from pipeline.coding.units import LONGEST, cut_units
from pipeline.core.layers import CleanText, Coding, Head, HeadField, Section, Sentence

BOOK = """
codebook: mini
name: 小编码本
version: "2.1"
definition: 试验
source: 自编
groups:
  people: [人才, 博士]
codes:
  - code: attract
    name: 引
    definition: 引人
    examples: [建设引才平台。]
    counter_examples: [修路。]
    terms:
      - 引才
      - 引才计划
      - {term: 人才, weight: 0.4}
      - {term: 安家补助, weight: 0.8}
      - {term: 引进, near: [$people], not: [引进外资, 项目引进]}
  - code: supply
    name: 供给
    definition: 给
    terms: [{term: 投入, weight: 0.5}]
    children:
      - code: funds
        name: 资金
        definition: 给钱
        terms: [{term: 补助, weight: 0.6}, 专项资金]
"""


def book() -> Codebook:
    return read_codebook(BOOK, "mini.yaml")


def coder(threshold: float = 1.0) -> Coder:
    return build_coder([book()], threshold)


def sentences(text: str) -> tuple[Sentence, ...]:
    cuts = [i + 1 for i, mark in enumerate(text) if mark in "。\n"]
    return tuple(Sentence(a, b, ()) for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True) if a < b)


def run(text: str, outline: tuple[Section, ...] = (), threshold: float = 1.0) -> tuple[Coding, ...]:
    found = code(CleanText(text, ()), outline, sentences(text), coder=coder(threshold))
    return tuple(one for one in found if one.given)


def test_what_falls_short_but_not_far_is_a_doubt() -> None:
    found = code(CleanText("人才是人才，还是人才。", ()), (), sentences("人才是人才，还是人才。"), coder=coder())
    assert [(one.code, one.given, one.rule) for one in found] == [("attract", False, "人才×3")]
    assert code(CleanText("人才。", ()), (), sentences("人才。"), coder=coder()) == ()


def rules(text: str) -> dict[str, str]:
    return {c.code: c.rule for c in run(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("实施引才计划。", {"attract": "引才计划×1"}),
        ("引才、引才、再引才。", {"attract": "引才×3"}),
        ("人才。", {}),
        ("人才是人才，还是人才。", {}),
        ("给人才发安家补助。", {"attract": "安家补助×1+人才×1"}),
        ("引进设备。", {}),
        ("引进博士。", {"attract": "引进×1"}),
        ("引进设备。博士很多。", {}),
        ("重视人才，引进外资。", {}),
        ("重视人才，搞好项目引进。", {}),
        ("引进外资，也引进博士。", {"attract": "引进×1"}),
        ("按照《引才计划实施办法》执行。", {}),
        ("按照《办法》落实引才计划，《通知》另发。", {"attract": "引才计划×1"}),
        ("", {}),
        ("\n \n", {}),
        ("专项资金。", {"supply": "专项资金×1", "funds": "专项资金×1"}),
        ("投入补助。", {"supply": "补助×1+投入×1"}),
    ],
)
def test_terms_that_fire(text: str, expected: dict[str, str]) -> None:
    assert rules(text) == expected


def test_a_coding_says_who_coded_and_spans_its_clause() -> None:
    (found,) = run("  总则。\n　　实施引才计划。\n附则。")
    assert (found.start, found.end) == (8, 15)
    assert (found.codebook, found.coder) == ("mini", "machine:terms@2.1")


def test_score_rises_with_the_strength_and_stays_below_one() -> None:
    scores = [
        run(text)[0].score for text in ("引才。", "引才、引才计划。", "引才、引才、引才计划、引进人才、安家补助。")
    ]
    assert scores[0] == 0.5
    assert scores[1] == 0.75
    assert scores[1] < scores[2] < 1


def test_a_long_clause_needs_more() -> None:
    padding = "道路两旁种了许多树" * 12
    assert set(rules("引才。")) == {"attract"}
    assert rules("引才。" + padding) == {}
    assert set(rules("引才，实施引才计划。" + padding)) == {"attract"}


def test_threshold_moves_the_decision_not_the_score() -> None:
    low, high = run("人才人才。", threshold=0.5), run("人才人才。", threshold=1.0)
    assert [c.code for c in low] == ["attract"]
    assert high == ()
    assert run("引才。", threshold=0.5)[0].score == run("引才。", threshold=1.0)[0].score


def test_a_heading_strengthens_what_the_clause_says_itself() -> None:
    text = "一、引才计划\n发放安家补助。\n种树。\n"
    outline = (Section(0, None, 1, "一、", "引才计划", 0, 6, len(text)),)
    found = run(text, outline)
    assert [(text[c.start : c.end], c.rule) for c in found] == [("发放安家补助。", "安家补助×1+标题:引才计划×1")]
    assert found[0].score == round(1 - 0.5**1.3, 4)


def test_a_heading_gives_the_company_a_term_needs() -> None:
    text = "一、人才工作\n从外地引进。\n"
    outline = (Section(0, None, 1, "一、", "人才工作", 0, 6, len(text)),)
    assert [c.code for c in run(text, outline)] == ["attract"]
    assert run("从外地引进。\n") == ()


def test_a_heading_in_the_line_of_its_text_is_counted_once() -> None:
    text = "一、引才计划。照此办理。\n"
    outline = (Section(0, None, 1, "一、", "引才计划", 0, 7, len(text)),)
    assert [(c.rule, c.start, c.end) for c in run(text, outline)] == [("引才计划×1", 0, 12)]


def test_units_leave_out_headings_but_not_one_without_text() -> None:
    text = "总则\n\n一、引才\n对象。\n二、附则\n"
    outline = (Section(0, None, 1, "一、", "引才", 4, 8, 13), Section(1, None, 1, "二、", "附则", 13, 17, 18))
    units = [(text[u.start : u.end], u.section) for u in cut_units(text, outline, sentences(text))]
    assert units == [("总则", None), ("对象。", 0), ("二、附则", 1)]


def test_units_know_the_deepest_section() -> None:
    text = "一、甲\n（一）乙\n丙。\n二、丁\n戊。"
    outline = (
        Section(0, None, 1, "一、", "甲", 0, 3, 12),
        Section(1, 0, 2, "（一）", "乙", 4, 8, 12),
        Section(2, None, 1, "二、", "丁", 12, 15, 18),
    )
    units = [(text[u.start : u.end], u.section) for u in cut_units(text, outline, sentences(text))]
    assert units == [("丙。", 1), ("戊。", 2)]


def test_a_long_paragraph_is_cut_at_sentences() -> None:
    text = "今天的天气非常好。" * 100
    units = cut_units(text, (), sentences(text))
    assert [u.end - u.start for u in units] == [396, 396, 108]
    assert "".join(text[u.start : u.end] for u in units) == text


def test_a_sentence_longer_than_a_unit_stays_whole() -> None:
    text = "短句。" + "长" * (LONGEST + 50) + "。尾。"
    assert [text[u.start : u.end] for u in cut_units(text, (), sentences(text))] == [
        "短句。",
        "长" * (LONGEST + 50) + "。",
        "尾。",
    ]


def test_a_line_of_spaces_takes_no_time() -> None:
    assert cut_units(" " * 200_000 + "\n引才", (), ())[0].start == 200_001


def test_matcher_finds_overlapping_words_longest_first() -> None:
    matcher = build_matcher(["人才", "人才引进", "引进", "才引"])
    assert [(at, matcher.words[n]) for at, n in matcher.find("人才引进")] == [
        (0, "人才引进"),
        (0, "人才"),
        (1, "才引"),
        (2, "引进"),
    ]
    assert matcher.find("人") == []


def test_matcher_refuses_one_character() -> None:
    with pytest.raises(ValueError, match="shorter"):
        build_matcher(["引"])


def test_digest_follows_book_and_threshold() -> None:
    assert coder().digest == coder().digest
    assert coder().digest != coder(2.0).digest


def test_a_doubt_is_no_hit_of_an_example() -> None:
    # 安家补助 alone has 0.8 of the threshold: kept for review, given to nobody
    doubted = BOOK.replace("[建设引才平台。]", "[给予安家补助。]").replace("[修路。]", "[发放安家补助。]")
    found = failing_examples(read_codebook(doubted, "mini.yaml"), 1.0)
    assert found == ("mini: attract（引）没有得到：「给予安家补助。」",)


def test_failing_examples_are_named() -> None:
    assert failing_examples(book(), 1.0) == ()
    wrong = read_codebook(BOOK.replace("建设引才平台。", "修桥。").replace("[修路。]", "[引才。]"), "mini.yaml")
    assert failing_examples(wrong, 1.0) == (
        "mini: attract（引）没有得到：「修桥。」",
        "mini: attract（引）不应得到（引才×1）：「引才。」",
    )


def test_addressees_and_imprint_get_no_codes() -> None:
    text = "各引才平台、专项资金管理中心：\n建设引才平台。\n抄送：市引才办。\n"
    sent = text.index("抄送")
    whole = code(CleanText(text, ()), (), sentences(text), coder=coder())
    head = Head(
        addressee=HeadField("各引才平台、专项资金管理中心", 0, text.index("：")),
        copied_to=HeadField("市引才办", sent + 3, sent + 7),
    )
    found = code(CleanText(text, ()), (), sentences(text), head, coder=coder())
    assert {text[one.start : one.end].strip()[:2] for one in whole} == {"各引", "建设", "抄送"}
    assert {text[one.start : one.end].strip() for one in found} == {"建设引才平台。"}
