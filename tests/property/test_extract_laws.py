"""Laws of the extract stage on texts put together from troublesome pieces."""

from __future__ import annotations

import pytest
from extracting import measures, mentions
from hypothesis import given
from hypothesis import strategies as st

# fmt: off
PIECES = [
    "给予", "最高", "不超过", "100", "50", "万元", "万", "亿", "元", "%",
    "、", "和", "至", "—", "-", "以上", "以下", "（含）", "三", "十",
    "半", "年", "个月", "名", "家企业", "，", "。", "第", "2024", "12",
    "月", "日", "分之", "一", "两", "1：5", "：", "每人", "/月", "一次性",
    "对", "人才", "的", "分别", "奖励", "到", "百", "千", "多", "余",
    "“", "”", "《", "》", "1.", "（一）", "5.5", "1,234", "成",
    "\n", " ", "翻", "番", "99999999999999999999999999999", "九九九九九九九", "亿亿亿亿", "：", "/",
    "\t", "|", "单位：万元", "（万元）", "个半", "又", "折", "负", "角", "几", "￥", "US$", "百分之", "不低于", "且",
    "2024年5月", "http://a", "电话：", "5+2", "A1B", "［3］", "@a.cn", "1:2:3", "8:30",
]
# fmt: on


@pytest.fixture(autouse=True, scope="module")
def loaded() -> None:
    """Load the data and models before the clock of a test runs."""
    measures("给予10万元补助。")


texts = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@given(texts)
def test_mentions_lie_in_the_text_in_order_and_apart(text: str) -> None:
    end = 0
    for mention in mentions(text):
        assert end <= mention.start < mention.end <= len(text)
        end = mention.end


@given(texts)
def test_claimed_mentions_have_values_the_right_way_round(text: str) -> None:
    for mention in mentions(text):
        if mention.fate == "claimed":
            assert mention.value_min is not None and mention.value_max is not None
            assert mention.value_min.is_finite() and mention.value_max.is_finite()
            assert mention.value_min <= mention.value_max
            assert (mention.bound == "range") == (mention.value_min < mention.value_max)


@given(texts)
def test_one_measure_for_each_claimed_mention(text: str) -> None:
    spans = [(m.start, m.end) for m in mentions(text) if m.fate == "claimed"]
    found = measures(text)
    assert [(m.start, m.end) for m in found] == spans
    for measure in found:
        assert measure.evidence_start <= measure.start < measure.evidence_end
        assert (measure.beneficiary is None) or measure.role == "benefit"


@given(texts)
def test_extraction_is_deterministic(text: str) -> None:
    assert measures(text) == measures(text)
