"""Measures by groups: what counts once, what is never added up, in every format."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from table_samples import build, document

from pipeline.cli.main import invoke
from pipeline.core.document import Document
from pipeline.core.errors import PipelineError
from pipeline.core.layers import HeadField, Measure
from pipeline.table.assemble import build_tables
from pipeline.table.build import Entry
from pipeline.table.filters import Filters
from pipeline.table.grouping import grouped


def measure(**more: Any) -> Measure:
    doc = document()
    assert doc.measures is not None
    return replace(doc.measures[0], **{"group": None, "per": (), **more})


def money(low: int | None, high: int | None, **more: Any) -> Measure:
    return measure(
        value_min=None if low is None else Decimal(low), value_max=None if high is None else Decimal(high), **more
    )


MEASURES = (
    money(100, 100, fact=7),
    money(100, 100, fact=7, item="再次提到"),
    money(None, 50, bound="max"),
    money(10, 20, bound="range"),
    money(30, None, bound="min", role="budget"),
    money(3000, 3000, per=("人", "月")),
    measure(kind="count", unit="人", value_min=Decimal(8), value_max=Decimal(8), role="target"),
    measure(kind="percent", unit="%", value_min=Decimal(30), value_max=Decimal(50), role="target"),
    measure(kind="none", unit=None, value_min=None, value_max=None),
)


def entry(doc: Document, letter: str, **head: Any) -> Entry:
    assert doc.head is not None
    source = replace(doc.source, name=f"{letter}.txt", sha256=letter * 64)
    return Entry(letter * 16, source, "done", replace(doc, source=source, head=replace(doc.head, **head)))


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two documents: one with MEASURES, one of another year, by one issuer, without a region, with one measure."""
    folder = tmp_path_factory.mktemp("out")
    first = replace(document(), measures=MEASURES)
    second = replace(document(), measures=(money(1, 1, role="fact"),))
    issuer = (HeadField("岚川市人民政府", 0, 3),)
    build_tables(
        lambda: [
            entry(first, "a"),
            entry(second, "b", year=2019, issuers=issuer, region=None, region_code=None, level=None),
        ],
        folder,
    )
    return folder


def groups(out: Path, *by: str, values: bool = False, **filters: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = grouped(out, by, Filters(**filters), values=values).table.to_pylist()
    return found


def test_facts_count_once_and_years_are_numbers(out: Path) -> None:
    assert groups(out, "year") == [{"year": 2019, "n": 1, "documents": 1}, {"year": 2024, "n": 8, "documents": 1}]
    assert groups(out, "年份", kind=("money",)) == [
        {"year": 2019, "n": 1, "documents": 1},
        {"year": 2024, "n": 5, "documents": 1},
    ]


def test_only_what_belongs_together_is_added_up(out: Path) -> None:
    found = groups(out, "year", values=True, year=(2024,))
    rows = {(row["kind"], row["unit"], row["per"]): row for row in found}
    assert len(rows) == len(found) == 4
    own = rows["money", "元", None]
    # once 100, at most 50, 10 to 20, at least 30
    assert (own["n"], own["sum"], own["sum_low"], own["min"], own["max"]) == (4, 200, 190, 10, 100)
    assert own["mean"] == 50
    assert rows["money", "元", "人/月"]["sum"] == 3000
    assert rows["count", "人", None]["sum"] == 8
    share = rows["percent", "%", None]
    assert (share["sum"], share["sum_low"], share["min"], share["max"], share["mean"]) == (None, None, 30, 50, 50)


def test_sums_agree_with_the_rows_they_come_from(out: Path) -> None:
    from pipeline.table.measures import measures

    rows = measures(out, Filters(kind=("money",), role=("benefit",))).to_pylist()
    facts = {(row["fact_id"] or row["measure_id"], row["per"]): row["value_max"] or row["value_min"] for row in rows}
    found = groups(out, "role", values=True, kind=("money",), role=("benefit",))
    assert sum(row["sum"] for row in found) == sum(facts.values())
    assert sum(row["n"] for row in found) == len(facts)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (("role",), {"benefit": 5, "budget": 1, "target": 2, "fact": 1}),
        (("作用",), {"benefit": 5, "budget": 1, "target": 2, "fact": 1}),
        (("省份",), {"浙江省": 8, None: 1}),
        (("region",), {"浙江省岚川市": 8, None: 1}),
        (("年份/5",), {"2015–2019": 1, "2020–2024": 8}),
        (("年份=2020-,2019",), {"2020–": 8, "2019": 1}),
        (("年份=2020-",), {"2020–": 8}),
        (("issuer",), {"岚川市人民政府": 9, "岚川市财政局": 8}),
        (("document",), {"a.txt": 8, "b.txt": 1}),
        (("item",), {"生活补贴": 9, "再次提到": 1}),
        (("topic",), {None: 9}),
    ],
)
def test_everything_to_group_by(by: tuple[str, ...], expected: dict[str | None, int], out: Path) -> None:
    assert {next(iter(row.values())): row["n"] for row in groups(out, *by)} == expected


def test_two_sides_and_filters(out: Path) -> None:
    found = groups(out, "region", "role", kind=("money",), min=Decimal(25))
    assert [(row["region"], row["role"], row["n"]) for row in found] == [
        ("浙江省岚川市", "benefit", 3),
        ("浙江省岚川市", "budget", 1),
    ]
    assert groups(out, "year", item=("没有这个",)) == []


def test_a_copy_of_a_document_does_not_count(tmp_path: Path) -> None:
    build(tmp_path)
    assert groups(tmp_path, "document") == [{"document": "甲.pdf", "n": 2, "documents": 1}]


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (("regoin",), "是否应为“region”"),
        (("year", "年份"), "重复"),
        (("引", "year", "evidence"), "几乎每条都不同"),
        (("code",), "cewen matrix"),
        (("demo",), "cewen matrix"),
        (("年份=甲",), "没有“甲”"),
        ((), "缺少列"),
        (('year"; DROP TABLE measures; --',), "没有"),
    ],
)
def test_what_can_not_be_grouped_by(by: tuple[str, ...], words: str, out: Path) -> None:
    with pytest.raises(PipelineError, match=words):
        grouped(out, by)


def test_issuers_and_spans_together_are_refused_and_one_is_told(out: Path) -> None:
    with pytest.raises(PipelineError, match="一次只能用其中一项"):
        grouped(out, ("issuer", "年份=2019-2024,2020-2025"))
    notes = grouped(out, ("issuer",), values=True).notes
    assert any("大于总数" in note for note in notes) and any("未限定作用" in note for note in notes)
    assert not any("未限定作用" in note for note in grouped(out, ("role",), values=True).notes)


def test_every_format_has_the_same_groups(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    args = ["measures", str(out), "--group", "year,role", "--sum", "--kind", "金额"]
    assert invoke([*args, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["sum"] for row in rows if row["role"] == "budget"] == [30]
    assert invoke([*args, "--format", "csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "year,role,kind,unit,per,n,documents,sum,sum_low,min,max,mean" and len(lines) == len(rows) + 1
    assert invoke([*args]) == 0
    shown = capsys.readouterr()
    assert "资金安排" in shown.out and "人/月" in shown.out and "同一事实只计一次" in shown.err
    for suffix in ("xlsx", "parquet", "csv", "json"):
        assert invoke([*args, "-o", str(tmp_path / f"x.{suffix}")]) == 0
    assert pq.read_table(tmp_path / "x.parquet").num_rows == len(rows)
    sheet = list(openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[0].values)
    assert sheet[0][:3] == ("年份", "作用", "类型") and len(sheet) == len(rows) + 1
    assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8")) == rows


def test_options_that_do_not_go_together(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["measures", str(out), "--sum", "--review", "--sort", "value"]) == 2
    words = capsys.readouterr().err
    for option in ("--sum 要与 --group", "--review 不能", "--sort 不能"):
        assert option in words
    assert invoke(["measures", str(out), "--group", "年份=2019,2024", "--group", "role", "--limit", "1"]) == 0
    assert "2019" in capsys.readouterr().out
