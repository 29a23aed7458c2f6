from decimal import Decimal

import pytest
from extracting import lexicon, mentions

from pipeline.core.layers import Block, CleanText, RawText
from pipeline.extract.mentions import find_mentions


def cells(text: str) -> list[tuple[str, str, str | None]]:
    return [
        (text[m.start : m.end], f"{m.value_min.normalize():f}", m.unit)
        for m in mentions(text)
        if m.fate == "claimed" and m.value_min is not None and m.rule == "表头单位"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "层次\t补助金额（万元）\t数量（个）\t占比（%）\n国家级\t100\t20\t-12.5\n省级\t1,050\t2000\t37",
            [
                ("100", "1000000", "元"),
                ("20", "20", "个"),
                ("-12.5", "-12.5", "%"),
                ("1,050", "10500000", "元"),
                ("2000", "2000", "个"),
                ("37", "37", "%"),
            ],
        ),
        (
            "表2 资金安排\n单位：万元\n序号\t项目\t2024年\t2025年\n1\t人才引进\t120\t150—200",
            [("120", "1200000", "元"), ("150—200", "1500000", "元")],
        ),
        (
            "指标\t单位\t2023年\t2025年\n生产总值\t亿元\t1200\t1500\n城镇化率\t%\t62.5\t65",
            [
                ("1200", "120000000000", "元"),
                ("1500", "150000000000", "元"),
                ("62.5", "62.5", "%"),
                ("65", "65", "%"),
            ],
        ),
        ("项目\t2025年\n总投资（万元）\t1200", [("1200", "12000000", "元")]),
        ("单位：万元\n\n| 层次 | 标准 |\n| --- | --- |\n| 博士 | 15 |", [("15", "150000", "元")]),
        ("| 项目 | 金额（亿元） |\n|---|---|\n| 甲 | 12 |", [("12", "1200000000", "元")]),
        ("补助标准（元/人·月）\t人数（人）\n1500\t30", [("1500", "1500", "元"), ("30", "30", "人")]),
        ("金额（万元）\t占比\n1.5亿\t20", [("1.5亿", "150000000", "元")]),
        ("总投资（万元）：500", [("500", "5000000", "元")]),
        ("单位：人\n用人单位\t招聘人数\n市第一医院\t15", [("15", "15", "人")]),
        ("农业保险保额（元/亩）\n早稻\t900\n晚稻\t1000", [("900", "900", "元"), ("1000", "1000", "元")]),
    ],
)
def test_bare_numbers_take_the_unit_of_their_head(text: str, expected: list[tuple[str, str, str | None]]) -> None:
    assert cells(text) == expected


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("档次\t最高补助（万元）\n优秀\t15\n合格\t5", ["max", "max"]),
        ("对象\t资助比例\t最高限额\n中小企业\t30%\t100万元", ["exact", "max"]),
        ("层次\t最低投资额（万元）\n一类\t500", ["min"]),
    ],
)
def test_a_head_may_bound_its_numbers(text: str, bounds: list[str]) -> None:
    assert [m.bound for m in mentions(text) if m.fate == "claimed"] == bounds


def test_a_range_in_a_cell_is_one_quantity() -> None:
    [mention] = [m for m in mentions("等级\t补助（万元）\n一等\t20-30") if m.fate == "claimed"]
    assert (mention.value_min, mention.value_max, mention.bound) == (200000, 300000, "range")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("序号\t姓名\n15\t张三", "表格序号"),
        ("年份\t金额（亿元）\n2023\t十二", "年份"),
        ("单位\t办公电话\n沙河街\t37286460", "表格序号"),
    ],
)
def test_serial_numbers_and_years_are_set_aside(text: str, rule: str) -> None:
    assert rule in {m.rule for m in mentions(text) if m.fate == "set_aside"}
    assert not any(m.fate == "claimed" for m in mentions(text))


@pytest.mark.parametrize(
    "text",
    [
        "责任单位：人社局\n任务\t数量\n引进\t20",
        "单位：万元\n项目\t占比\n甲\t20",
        "单位：万元\n经费由财政安排，共37的结果。",
        "项目\t金额（万元）\t备注\n甲\t20号楼\t第37中学",
        "甲（万元）乙\t丙\n20\t30",
    ],
)
def test_what_no_head_speaks_for_takes_no_unit(text: str) -> None:
    assert cells(text) == []


def test_the_cells_of_the_file_are_used_where_it_has_them() -> None:
    text = "单位：万元\n项目\t第一年\n第二年\n甲\t20\n30"
    spans = [(6, 8, 0, 0), (9, 12, 0, 1), (13, 16, 0, 2), (17, 18, 1, 0), (19, 21, 1, 1), (22, 24, 1, 2)]
    blocks = tuple(Block(a, b, "cell", table=0, row=row, column=column) for a, b, row, column in spans)
    found = find_mentions(CleanText(text, ()), RawText(text, "text/html", blocks=blocks), lexicon=lexicon())
    values = [m.value_min for m in found if m.rule == "表头单位"]
    assert values == [Decimal(200000), Decimal(300000)]
