"""Lists in lines and tables: which sentence, column and header a measure stands under."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.core.config import configs_dir
from pipeline.core.layers import Mention
from pipeline.extract.context import Surroundings
from pipeline.extract.governed import column_header, governing_sentence, table_column
from pipeline.extract.per import load_per_rules, per_of

RULES = load_per_rules(configs_dir())


@pytest.mark.parametrize(
    ("text", "at", "sentence"),
    [
        ("奖励如下：\n1.国家级20万元；\n2.省级10万元。", "省级", "奖励如下："),
        ("总则。按下列标准补助：\n县道：1万元；\n乡道：5千元。", "乡道", "按下列标准补助："),
        ("2025年完成：\n一是管网45公里；\n二是泵站6座。", "泵站", "2025年完成："),
        ("通知如下：\n现将事项公布。", "事项", None),
        ("1.国家级20万元；\n2.省级10万元。", "省级", None),
        ("奖励如下：\n1.国家级20万元。\n其他事项。\n2.省级10万元。", "省级", None),
    ],
)
def test_governing_sentence(text: str, at: str, sentence: str | None) -> None:
    span = governing_sentence(text, text.index(at))
    assert (text[span[0] : span[1]] if span else None) == sentence


def test_a_line_without_end_is_no_list() -> None:
    text = "如下：\n" + "分别" * 1000 + "5家；\n"
    assert governing_sentence(text, text.index("5家")) is None


@pytest.mark.parametrize(
    ("text", "cell", "header", "per"),
    [
        ("等级\t补贴（元/人·月）\n博士\t2500\n硕士\t1500", "1500", "\n补贴（元/人·月）", ("人", "月")),
        ("作物\t每亩补助（元）\n水稻\t120", "120", "\n每亩补助（元）", ("亩",)),
        ("单位：万元\n级别\t一次性奖励\n国家级\t200", "200", "单位：万元\n一次性奖励", ("once",)),
        ("保额（元/亩）\n早稻\t900\n晚稻\t1000", "1000", "保额（元/亩）\n900", ("亩",)),
        ("保额（元/亩）\n早稻\t900\n晚稻\t1000", "900", "保额（元/亩）\n", ("亩",)),
        ("奖项\t奖金\n一等奖\t50", "50", "\n奖金", ()),
        ("早稻900元", "900", None, ()),
    ],
)
def test_the_header_of_a_column(text: str, cell: str, header: str | None, per: tuple[str, ...]) -> None:
    start = text.index(cell)
    assert column_header(text, start) == header
    value = Decimal(cell)
    mention = Mention(start, start + len(cell), "claimed", "", "money", value, value, "元")
    context = Surroundings(text, (), ()).of(mention, mention, mention)
    assert per_of(text, mention, context, "benefit", RULES) == per


def test_the_rows_of_a_table_have_their_columns() -> None:
    text = "等级\t安家费\t月补\nA\t50\t3\nB\t30\t2\n说明"
    assert table_column(text, text.index("50")) == table_column(text, text.index("30")) == (0, 1)
    assert table_column(text, text.index("2\n")) == (0, 2)
    assert table_column(text, text.index("说明")) is None
