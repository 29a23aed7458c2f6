"""Laws of measures without a figure, facts and sums, on texts put together from troublesome pieces; and their time."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from extracting import all_measures, deeds, mentions, rules, sentences
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.layers import CleanText
from pipeline.extract.deeds import find_deeds
from pipeline.extract.facts import number_facts
from pipeline.extract.sums import find_sums, link_sums
from pipeline.extract.when import Times

# fmt: off
PIECES = [
    "推行", "建立", "设立", "给予", "支持", "鼓励", "免费提供", "优先安排", "可直接", "不受", "将", "纳入", "作为",
    "人才", "企业", "制度", "机制", "“轮候制”", "“", "”", "《", "》", "（", "）", "绿色通道", "基金", "补贴",
    "的", "和", "、", "，", "。", "；", "：", "\n", " ", "等", "对", "为", "由", "市科技局", "负责", "已", "了",
    "其中", "分别为", "合计", "包括", "10", "30", "3.5", "名", "个", "万元", "共", "不得", "是指",
    "到2027年", "1.", "（一）",
]
# fmt: on
texts = st.lists(st.sampled_from(PIECES), max_size=50).map("".join)


@given(texts)
def test_deeds_lie_in_their_sentences_apart_and_without_values(text: str) -> None:
    spans = {(s.start, s.end) for s in sentences(text)}
    end = 0
    for one in deeds(text):
        assert end <= one.start < one.end <= len(text)
        assert (one.evidence_start, one.evidence_end) in spans
        assert one.evidence_start <= one.start and one.end <= one.evidence_end
        assert one.value_min is None and one.value_max is None and one.unit is None
        assert one.action and one.item and 0 < one.confidence <= 1
        assert one.item in text[one.start : one.end]
        assert text[one.start] not in "，。；、 \n" and text[one.end - 1] not in "，。；、 \n"
        assert (one.beneficiary is None) or (one.role == "benefit" and one.beneficiary in text)
        end = one.end


@given(texts)
def test_no_deed_holds_a_figure(text: str) -> None:
    figures = [m for m in mentions(text) if m.fate == "claimed"]
    for one in deeds(text):
        assert not [m for m in figures if one.start <= m.start < one.end]


@given(texts)
def test_all_measures_are_in_order_and_numbered_from_zero(text: str) -> None:
    found = all_measures(text)
    assert list(found) == sorted(found, key=lambda m: (m.start, m.end))
    for name in ("fact", "group"):
        numbers = [number for m in found if (number := getattr(m, name)) is not None]
        assert set(numbers) == set(range(len(set(numbers))))
    assert None not in [m.fact for m in found]


@given(texts)
def test_numbering_and_linking_again_changes_nothing(text: str) -> None:
    found, clean = all_measures(text), CleanText(text, ())
    assert number_facts(clean, found) == found
    assert all_measures(text) == found
    bare = [replace(m, rule=m.rule.partition("；")[0]) for m in found]
    assert [m.rule for m in link_sums(clean, bare, rules=rules().finish.sums)] == [m.rule for m in found]


@given(texts)
def test_parts_belong_to_one_total_behind_or_before_them(text: str) -> None:
    found = all_measures(text)
    parts: set[int] = set()
    for one in find_sums(text, found, rules=rules().finish.sums):
        assert one.parts and one.total not in one.parts and parts.isdisjoint(one.parts)
        parts.update(one.parts)
        assert {found[i].unit for i in one.parts} == {found[one.total].unit}


def seconds(text: str) -> float:
    cut, deed_rules = sentences(text), rules().finish.deeds
    found = find_deeds(CleanText(text, ()), (), cut, (), times=Times(text), rules=deed_rules)
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        find_deeds(CleanText(text, ()), (), cut, (), times=Times(text), rules=deed_rules)
        number_facts(CleanText(text, ()), found)
        best = min(best, time.process_time() - began)
    return best


@pytest.mark.parametrize(
    "piece",
    [
        "建立人才秘书制度。",
        "建立人才秘书制度，\n",
        "为企业和个人和",
        "推行“轮候制”“积分制”",
        "要将积极探索",
        "对市科技局由",
        "（一）设立机构；\n",
        "给予给予给予",
        "““（（《",
        "其中10名、",
    ],
)
def test_long_repetitions_take_time_in_proportion(piece: str) -> None:
    small, large = (piece * (size // len(piece)) for size in (10_000, 80_000))
    assert seconds(large) < 8 * 4 * max(seconds(small), 0.002)
