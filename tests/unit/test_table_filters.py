"""Filters of measures, and the words, numbers and times people give them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from table_samples import build, document

from pipeline.core.errors import PipelineError
from pipeline.core.layers import Bound
from pipeline.table.assemble import build_tables
from pipeline.table.build import Entry
from pipeline.table.filters import Filters
from pipeline.table.measures import count, measures
from pipeline.table.summary import summarize
from pipeline.table.words import number, within


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    build(folder)
    return folder


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["3000元", "50万元"]),
        (Filters(kind=("money", "count")), ["3000元", "50万元"]),
        (Filters(kind=("count",)), []),
        (Filters(min=Decimal(3001)), ["50万元"]),
        (Filters(max=Decimal(3000)), ["3000元"]),
        (Filters(min=Decimal(1000), max=Decimal(9999)), ["3000元"]),
        (Filters(item=("生活",)), ["3000元"]),
        (Filters(item=("生", "没有")), ["3000元"]),
        (Filters(beneficiary=("博士",), bound=("max",)), []),
        (Filters(code=("attract",)), ["3000元", "50万元"]),
        (Filters(code=("demo:留",)), ["3000元", "50万元"]),
        (Filters(code=("引",)), ["3000元", "50万元"]),
        (Filters(code=("示例:attract-money",)), ["3000元", "50万元"]),
        (Filters(code=("示例：留", "demo:keep")), ["3000元", "50万元"]),
        (Filters(codebook=("示例",)), ["3000元", "50万元"]),
        (Filters(role=("优惠支持",), bound=("上限",)), ["50万元"]),
        (Filters(doc=("aaaa",)), ["3000元", "50万元"]),
        (Filters(doc=("甲",)), ["3000元", "50万元"]),
        (Filters(text=("给予生活补贴 3000",)), ["3000元", "50万元"]),
        (Filters(time=("2024",)), []),
        (Filters(topic=("补贴",)), ["3000元", "50万元"]),
        (Filters(topic=("t000",)), []),
        (Filters(region=("浙江",), year=(2023, 2024)), ["3000元", "50万元"]),
        (Filters(year=(2023,)), []),
        (Filters(level=("市",)), ["3000元", "50万元"]),
        (Filters(level=("省",)), []),
        (Filters(item=("=生活补贴",)), ["3000元"]),
        (Filters(item=("=生活",)), []),
        (Filters(item=("=",)), ["50万元"]),
        (Filters(item=("=", "=生活补贴")), ["3000元", "50万元"]),
        (Filters(region=("=浙江省岚川市",)), ["3000元", "50万元"]),
        (Filters(region=("=浙江省",)), []),
        (Filters(doc=("甲.pdf",), text=("最高",)), ["3000元", "50万元"]),
        (Filters(issuer=("'; DROP TABLE measures; --",)), []),
    ],
)
def test_filters(filters: Filters, expected: list[str], out: Path) -> None:
    assert measures(out, filters, columns=("quote",)).column(0).to_pylist() == expected


def test_unknown_columns_are_all_named(out: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        measures(out, columns=("quote", "qoute", "x"))
    assert len(caught.value.mistakes) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500000", 500000),
        ("50万", 500000),
        ("1.5亿元", 150000000),
        ("2万亿", 2 * 10**12),
        ("30%", 30),
        ("1,000", 1000),
        ("3千万", 30000000),
        ("-5", -5),
        ("五十万", 500000),
        ("二十万元", 200000),
        ("一亿五千万", 150000000),
        ("十", 10),
        ("1，000", 1000),
    ],
)
def test_numbers_as_people_type_them(text: str, expected: int) -> None:
    assert number(text) == expected


@pytest.mark.parametrize("text", ["", "万", "1e5", "50万5", "nan", "3 4"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        number(text)


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        (Filters(doc=("甲二",)), "--doc：没有文档“甲二”"),
        (Filters(code=("示例:流",)), "--code：没有编码“示例:流”，是否应为“示例:"),
        (Filters(code=("atract",)), "是否应为“attract”"),
        (Filters(codebook=("示列",)), "--codebook：没有编码本“示列”，是否应为“示例”"),
        (Filters(region=("杭州",)), "--region：没有地区含“杭州”的文档，可用的有：浙江省岚川市"),
        (Filters(kind=("金钱",)), "--kind 的值“金钱”不对"),
        (Filters(time=("去年",)), "--time 的值“去年”不对"),
    ],
)
def test_a_value_the_run_does_not_have_is_told(filters: Filters, words: str, out: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        measures(out, filters)
    assert words in str(caught.value)


def test_all_unknown_values_are_told_at_once(out: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        measures(out, Filters(doc=("x",), code=("y",), region=("z",)))
    assert len(caught.value.mistakes) == 3


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ((), ["3000元", "50万元"]),
        (("-value",), ["50万元", "3000元"]),
        (("-数值",), ["50万元", "3000元"]),
        (("value_min",), ["3000元", "50万元"]),
        (("-bound", "quote"), ["50万元", "3000元"]),
        (("-数值原文",), ["50万元", "3000元"]),
    ],
)
def test_measures_are_sorted(sort: tuple[str, ...], expected: list[str], out: Path) -> None:
    assert measures(out, sort=sort, columns=("数值原文",)).column(0).to_pylist() == expected


def with_values(folder: Path) -> None:
    """Write a run whose bounds leave the open end empty, or fill both, and whose measures have times."""
    doc = document()
    assert doc.measures is not None
    kinds: list[tuple[Bound, int | None, int | None, str | None]] = [
        ("exact", 5, 5, "2024"),
        ("max", None, 20, "2023/2025"),
        ("max", 30, 30, "2024-06"),
        ("min", 40, None, "2026"),
        ("range", 10, 20, None),
    ]
    many = tuple(
        replace(
            doc.measures[0],
            bound=bound,
            value_min=None if low is None else Decimal(low),
            value_max=None if high is None else Decimal(high),
            time=time,
            item=f"{bound} {low} {high}",
        )
        for bound, low, high, time in kinds
    )
    entry = Entry(doc.doc_id, doc.source, "done", replace(doc, measures=many))
    build_tables(lambda: [entry], folder)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(min=Decimal(15)), ["max None 20", "max 30 30", "min 40 None", "range 10 20"]),
        (Filters(max=Decimal(15)), ["exact 5 5", "range 10 20"]),
        (Filters(min=Decimal(21), max=Decimal(39)), ["max 30 30"]),
        (Filters(min=Decimal(41)), []),
        (Filters(time=("2024",)), ["exact 5 5", "max None 20", "max 30 30"]),
        (Filters(time=("2025年",)), ["max None 20"]),
        (Filters(time=("2024-06",)), ["max None 20", "max 30 30"]),
        (Filters(time=("2026", "2024年6月")), ["max None 20", "max 30 30", "min 40 None"]),
    ],
)
def test_an_open_end_is_compared_by_the_other(filters: Filters, expected: list[str], tmp_path: Path) -> None:
    with_values(tmp_path)
    assert measures(tmp_path, filters, columns=("item",)).column(0).to_pylist() == expected
    assert count(tmp_path, filters) == len(expected)
    by_value = measures(tmp_path, columns=("item",), sort=("-value",)).column(0).to_pylist()
    assert by_value == ["min 40 None", "max 30 30", "max None 20", "range 10 20", "exact 5 5"]
    assert [one.value for one in summarize(tmp_path).benefits] == [40]


@pytest.mark.parametrize(
    ("time", "wanted", "expected"),
    [
        ("2025", "2025", True),
        ("2025-06-01", "2025-06", True),
        ("2025", "2025-06", False),
        ("2021/2025", "2023", True),
        ("2021/2025", "2025-06", True),
        ("2021-03/2025", "2021", True),
        ("2021/2025", "2026", False),
        ("2026/", "2030", True),
        ("/2026", "2020", True),
    ],
)
def test_times_within_another(time: str, wanted: str, expected: bool) -> None:
    assert within(time, wanted) is expected
