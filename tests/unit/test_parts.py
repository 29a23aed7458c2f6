"""Which texts are digests, and what cutting them leaves."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clean.steps import clean
from pipeline.core.config import configs_dir
from pipeline.core.layers import OTHER_PART, CleanText, RawText
from pipeline.core.offsets import apply
from pipeline.structure.parts import REST, cut, find_parts, load_part_rules

RULES = load_part_rules(configs_dir())
BODY = "近日，云州市对新引进的博士给予30万元安家补助，分五年发放，由市财政局会同有关部门负责落实，惠及人才120名。"


def parts(text: str) -> list[tuple[str, str]]:
    raw = RawText(text, "text/plain")
    cleaned = clean(raw)
    found = find_parts(raw, cleaned, rules=RULES)
    return [(part.id, cleaned.text[part.start : part.end]) for part in found]


def titles(text: str) -> list[str]:
    raw = RawText(text, "text/plain")
    found = find_parts(raw, clean(raw), rules=RULES)
    return [text[g.start : g.end] for part in found for g in part.given if g.field == "title"]


def test_titles_stand_above_or_behind_the_mark():
    text = f"甲地办实事\n【2024-3-1】{BODY}\n\n【2024-3-2】乙地出新政\n{BODY}\n丙地的做法：\n【2024-3-3】{BODY}"
    assert titles(text) == ["甲地办实事", "乙地出新政"]


@pytest.mark.parametrize(
    "text",
    [
        f"【2024-3-1】{BODY}\n【2024-3-2】{BODY}",  # two are no digest
        f"【动态】【2024-3-1】{BODY}\n【要闻】【2024-3-2】{BODY}\n【综合】【2024-3-3】{BODY}",
        f"【2024-3-9】{BODY}\n【2024-3-2】{BODY}\n【2024-3-7】{BODY}\n【2024-3-1】{BODY}",
        "修订记录\n【2024-3-1】初稿\n【2024-3-2】二稿\n【2024-3-3】定稿",
        f"【2024年】{BODY}\n【2025年】{BODY}\n【2026年】{BODY}",  # years are chapters
        "",
    ],
)
def test_what_is_no_digest(text: str):
    assert parts(text) == []


def test_order_may_go_down_and_the_same_day_may_come_twice():
    text = "\n".join(f"【2024-3-{day}】{BODY}" for day in (9, 8, 8, 2))
    assert [name for name, _ in parts(text)] == ["1", "2", "3", "4"]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(st.sampled_from([BODY, BODY[:70] + "\n" + BODY[70:], f"{BODY}\n\n　　{BODY}"]), min_size=3, max_size=6),
    st.sampled_from(["", "汇编前言。\n\n", "汇编\r\n"]),
    st.sampled_from(["\n", "\n\n", "\r\n"]),
)
def test_parts_cover_the_text_and_lead_back(bodies: list[str], before: str, gap: str):
    text = before + gap.join(f"第{n}地的做法{gap}【2024-3-{n}】{body}" for n, body in enumerate(bodies, 1))
    raw = RawText(text, "text/plain")
    cleaned = clean(raw)
    found = find_parts(raw, cleaned, rules=RULES)
    assert [part.id for part in found if part.id != REST] == [str(n) for n in range(1, len(bodies) + 1)]
    kept: list[CleanText] = []
    for _, own, one in cut(raw, cleaned, found):
        assert own.text == text
        assert apply(text, one.edits) == one.text
        offsets = one.offsets()
        for at in range(0, len(one.text), 7):
            start, end = offsets.to_source(at, at + 1)
            assert end > start
            assert one.text[at] in text[start:end] or one.text[at].isspace()
        kept.append(one)
    assert sum(len(one.text) for one in kept) == len(cleaned.text)
    own_chars = [len(text) - sum(e.end - e.start for e in one.edits if e.reason == OTHER_PART) for one in kept]
    assert sum(own_chars) == len(text)


@pytest.mark.parametrize(
    "item",
    [
        "甲地出台节水新政（2024年3月{}日）\n{}\n",
        "甲地出台节水新政(2024.3.{})\n{}\n",
        "2024.3.{}\n甲地出台节水新政\n{}\n",
        "甲地出台节水新政\n2024-3-{}\n{}\n",
        "（2024年3月{}日）甲地出台节水新政\n{}\n",
        "【动态】【2024-3-{}】甲地出台节水新政：{}\n",
    ],
)
@pytest.mark.parametrize("gap", ["", "\n"])
def test_other_ways_to_date_items(item: str, gap: str):
    text = gap.join(item.format(day, BODY) for day in (1, 2, 3, 5))
    assert titles(text) == ["甲地出台节水新政"] * 4
    assert [name for name, _ in parts(text)] == ["1", "2", "3", "4"]
    assert "".join(words for _, words in parts(text)) == text


@pytest.mark.parametrize(
    "event",
    ["2024年3月{}日\n{}\n", "云州市财政局\n2024-3-{}\n{}\n", "第一条 执行。\n2024-3-{}\n{}\n", "2024.3.{}\n{}\n"],
)
def test_signatures_and_events_open_no_items(event: str):
    assert parts("云州市节水大事记\n" + "\n".join(event.format(day, BODY) for day in (1, 2, 3, 5))) == []


def test_analysis_below_the_items_is_what_is_left():
    items = "".join(f"【动态】【2024-3-{day}】甲地出新政\n{BODY}\n" for day in (1, 2, 3))
    found = dict(parts(f"云州市研究报告\n一、动态\n{items}二、分析\n力度加大。\n三、建议\n安排资金。\n"))
    assert list(found) == ["0", "1", "2", "3"] and found["3"].endswith(BODY + "\n")
    assert dict(parts(f"云州周报\n{items}一、综述\n力度加大。\n"))["3"].endswith(BODY + "\n")


def test_items_in_chapters_end_where_the_next_chapter_begins():
    item = "【2024-3-{}】" + BODY + "\n"
    text = "一、甲地\n" + item.format(1) + item.format(2) + "二、乙地\n" + item.format(3) + item.format(4)
    assert dict(parts(text))["2"] == item.format(2)


def test_headings_of_the_items_own_stay_in_them():
    item = "【2024-3-{}】" + BODY + "\n一、背景\n略。\n二、措施\n略。\n"
    assert [words for _, words in parts("".join(map(item.format, (1, 2, 3))))] == [item.format(n) for n in (1, 2, 3)]


def test_a_report_that_only_quotes_items_is_one_document():
    items = "".join(f"【动态】【2024-3-{day}】甲地出新政\n{BODY}\n" for day in (1, 2, 3))
    assert parts(f"云州市研究报告\n一、动态\n{items}二、分析\n" + BODY * 6 + "\n三、建议\n" + BODY * 4) == []
