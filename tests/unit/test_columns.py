"""Tables in plain text: which lines are rows, and where their cells part."""

from __future__ import annotations

import pytest

import pipeline
from pipeline.clean.steps import clean
from pipeline.core.layers import RawText
from pipeline.core.offsets import apply

FIGURES = """表 1 云州市各产业增速（单位：%）

年份 生产总值 第一产业 第二产业

2021 8.1 0.4 3.5

2022 7.8 0.3 3.2

2023 7.5 0.3 —

资料来源：云州市统计局。
"""
WORDS = """如表1所示。
表 1 措施与建议
维度 核心措施 适配建议
政策 柔性引才（如“候鸟专家”） 建立人才库
平台 产学研协同（整合 18 项服务） 优化产业园
服务 “一站式”平台 满意度提升 28%
后文照常写下去。
"""


def rows(text: str) -> list[list[str]]:
    cleaned = clean(RawText(text, "text/plain"))
    assert apply(text, cleaned.edits) == cleaned.text
    assert clean(RawText(cleaned.text, "text/plain")).text == cleaned.text
    return [line.split("\t") for line in cleaned.text.split("\n") if "\t" in line]


def test_figures_show_a_table_by_themselves():
    assert rows(FIGURES) == [
        ["年份", "生产总值", "第一产业", "第二产业"],
        ["2021", "8.1", "0.4", "3.5"],
        ["2022", "7.8", "0.3", "3.2"],
        ["2023", "7.5", "0.3", "—"],
    ]


def test_below_a_caption_cells_may_hold_numbers_with_spaces():
    found = rows(WORDS)
    assert [len(row) for row in found] == [3, 3, 3, 3]
    assert [row[2] for row in found] == ["适配建议", "建立人才库", "优化产业园", "满意度提升28%"]
    assert found[2][1] == "产学研协同（整合18项服务）"


def test_the_heads_unit_goes_for_the_figures():
    found = pipeline.extract_measures(FIGURES)
    first = [(FIGURES[m.start : m.end], m.kind, m.time) for m in found]
    assert first[:2] == [("8.1", "percent", "2021"), ("0.4", "percent", "2021")]
    assert first[3] == ("7.8", "percent", "2022")


@pytest.mark.parametrize(
    "text",
    [
        "到 2025 年 引进 300 名\n到 2030 年 引进 900 名\n到 2035 年 引进 999 名\n",  # prose with spaces
        "年份 产值 增速\n2021 8.1 0.4\n",  # two lines are no table
        "目录\n总则 2021 2022\n附则 2022 2023\n分则 2023 2024\n",  # years only
        "一、总体要求 .......... 3\n二、重点任务 .......... 5\n三、保障措施 .......... 9\n",
        "张三 李四 王五\n赵六 钱七 孙八\n周九 吴十 郑一\n",  # names in rows, without a caption
        "表1 说明如下。\n甲 乙 丙\n丁 戊 己\n庚 辛 壬\n",
    ],
)
def test_what_is_no_table(text: str):
    assert rows(text) == []
