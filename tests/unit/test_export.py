"""Exports, read back by other programs; dangerous and over-long texts."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from table_samples import build, document, source

import pipeline
from pipeline.core.errors import PipelineError
from pipeline.export.knowledge import knowledge_columns
from pipeline.export.targets import TARGETS, Target, export
from pipeline.table.assemble import build_tables
from pipeline.table.build import Entry
from pipeline.table.cells import FORMULA_STARTS, harmless
from pipeline.table.derive import columns, headings
from pipeline.table.schema import TABLES
from pipeline.table.workbook import CUT, MAX_CELL, cell_text


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    build(folder)
    return folder


def hostile(out: Path) -> None:
    """Write tables with texts that are dangerous in a spreadsheet, or longer than a cell."""
    doc = document()
    assert doc.raw is not None and doc.measures is not None
    evil = [replace(doc.measures[0], item=f"{start}cmd|' /C calc'!A0") for start in FORMULA_STARTS]
    evil.append(replace(doc.measures[0], item="http://example.org/x"))
    evil.append(replace(doc.measures[0], item="a\x00b\x07c\x1bd"))
    long = replace(doc, measures=tuple(evil), raw=replace(doc.raw, text=doc.raw.text + "长" * 40_000))
    build_tables(lambda: [Entry(doc.doc_id, doc.source, "done", long)], out)


def sheet(path: Path, name: str) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(path)
    return [tuple(cell.value for cell in row) for row in book[name].iter_rows()]


def test_the_workbook_has_every_table(out: Path, tmp_path: Path) -> None:
    export(out, "xlsx", tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["说明", "政策知识表", *(table.zh for table in TABLES), "数据字典"]
    for table in TABLES:
        page = book[table.zh]
        assert [cell.value for cell in page[1]] == headings(table)
        assert page.freeze_panes == "A2"
        assert page.auto_filter.ref
    rows = sheet(tmp_path / "a.xlsx", "措施")
    assert len(rows) == 3
    assert rows[1][3:5] == (3000, 3000) and isinstance(rows[1][3], int)
    assert rows[2][3:5] == (None, 500000)
    words = sheet(tmp_path / "a.xlsx", "数据字典")
    view = knowledge_columns(out)
    assert len(words) == 1 + len(view) + sum(len(columns(table.row)) for table in TABLES)
    assert rows[1][2] == "金额" and rows[1][5:8] == ("元", "确数", "优惠支持")


def test_the_knowledge_table_comes_first_and_reads_well(out: Path, tmp_path: Path) -> None:
    export(out, "xlsx", tmp_path / "a.xlsx")
    page = openpyxl.load_workbook(tmp_path / "a.xlsx")["政策知识表"]
    heads = [cell.value for cell in page[1]]
    assert heads[:9] == ["文件名", "标题", "数值原文", "下限", "上限", "单位", "限定", "作用", "类型"]
    assert heads.index("原文") < heads.index("示例") < heads.index("主题") < heads.index("措施编号")
    row = dict(zip(heads, page[3], strict=True))
    assert (row["下限"].value, row["上限"].value) == (None, 500000)
    assert row["上限"].number_format == "#,##0" and row["原文"].alignment.wrap_text
    assert (row["限定"].value, row["作用"].value, row["示例"].value) == ("上限", "优惠支持", "引才补贴；留")
    assert row["原文"].value == "对新引进的博士，每人每月给予生活补贴3000元，最高不超过50万元。"
    assert page.freeze_panes == "D2"
    hidden = {heads[i] for i in range(len(heads)) if is_hidden(page, i + 1)}
    assert {"措施编号", "文档编号", "起", "止", "版面位置"} <= hidden and not hidden & set(heads[:30])


def is_hidden(page: Any, column: int) -> bool:
    """Tell whether a column is hidden; openpyxl keeps runs of equal columns together."""
    return any(d.hidden and d.min <= column <= d.max for d in page.column_dimensions.values())


def test_values_with_decimals_keep_them(tmp_path: Path) -> None:
    doc = document()
    assert doc.measures is not None
    third = replace(doc.measures[0], value_min=Decimal("0.3333"), value_max=Decimal("0.3333"), per=("人", "once"))
    build_tables(lambda: [Entry(doc.doc_id, doc.source, "done", replace(doc, measures=(third,)))], tmp_path)
    export(tmp_path, "xlsx", tmp_path / "a.xlsx")
    page = openpyxl.load_workbook(tmp_path / "a.xlsx")["政策知识表"]
    row = dict(zip([cell.value for cell in page[1]], page[2], strict=True))
    assert (row["下限"].value, row["下限"].number_format, row["计量基准"].value) == (0.3333, "#,##0.####", "人/一次性")


def test_knowledge_files_keep_codes_and_line_breaks(out: Path, tmp_path: Path) -> None:
    export(out, "csv", tmp_path / "c")
    export(out, "jsonl", tmp_path / "j")
    head, first, second = read_csv(tmp_path / "c" / "knowledge.csv")
    assert head == [column.name for column in knowledge_columns(out)] and head[:3] == ["source_name", "title", "quote"]
    row = dict(zip(head, second, strict=True))
    assert (row["value_min"], row["value_max"], row["bound"], row["codes_demo"]) == (
        "",
        "500000",
        "max",
        "引才补贴；留",
    )
    assert "生活\n补贴" in first[head.index("evidence")]
    lines = (tmp_path / "j" / "knowledge.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["quote"] for line in lines] == ["3000元", "50万元"]
    assert "32767" in str(read_csv(tmp_path / "c" / "csv_说明.csv"))


def test_equal_runs_give_equal_workbooks(out: Path, tmp_path: Path) -> None:
    export(out, "xlsx", tmp_path / "a.xlsx")
    export(out, "xlsx", tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_no_text_becomes_a_formula_or_link(tmp_path: Path) -> None:
    hostile(tmp_path)
    export(tmp_path, "xlsx", tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    cells = [cell for row in book["措施"].iter_rows(min_row=2) for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
    items = [row[10] for row in sheet(tmp_path / "a.xlsx", "措施")[1:]]
    assert items[0] == "=cmd|' /C calc'!A0"
    assert items[-1] == "abcd"
    raw = sheet(tmp_path / "a.xlsx", "文档")[1][-2]
    assert len(raw) == MAX_CELL and raw.endswith(CUT)


@pytest.mark.parametrize("text", ["短", "长" * MAX_CELL, "长" * (MAX_CELL + 1), "𠮷" * 20_000, "a" + "𠮷" * 20_000])
def test_a_cell_is_never_longer_than_excel_takes(text: str) -> None:
    found = cell_text(text)
    units = len(found.encode("utf-16-le")) // 2
    assert units <= MAX_CELL
    if len(text.encode("utf-16-le")) // 2 <= MAX_CELL:
        assert found == text
    else:
        assert found.endswith(CUT) and units >= MAX_CELL - 1


def test_a_table_longer_than_a_sheet_goes_on(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.table.workbook.MAX_ROWS", 3)
    export(out, "xlsx", tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert "问题 (2)" in book.sheetnames
    found = sheet(tmp_path / "a.xlsx", "问题") + sheet(tmp_path / "a.xlsx", "问题 (2)")
    assert [row[2] for row in found] == [
        "问题代码",
        "clean.private-use",
        "input.duplicate",
        "问题代码",
        "ingest.damaged",
        "topics.too-few",
    ]


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_csv_files_have_a_mark_and_every_row(out: Path, tmp_path: Path) -> None:
    export(out, "csv", tmp_path / "c")
    assert (tmp_path / "c" / "measures.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    for table in TABLES:
        assert read_csv(tmp_path / "c" / f"{table.name}.csv")[0] == [column.name for column in columns(table.row)]
    rows = read_csv(tmp_path / "c" / "measures.csv")
    assert rows[1][3] == "3000" and rows[2][3] == ""
    assert "生活\n补贴" in rows[1][17], "line breaks stay inside a cell"
    assert not list((tmp_path / "c").glob("*.tmp"))


def test_csv_cells_are_no_formulas(tmp_path: Path) -> None:
    hostile(tmp_path)
    export(tmp_path, "csv", tmp_path / "c")
    items = [row[10] for row in read_csv(tmp_path / "c" / "measures.csv")[1:]]
    assert all(item.startswith("'") for item in items[: len(FORMULA_STARTS)])
    assert not items[len(FORMULA_STARTS)].startswith("'")
    assert harmless("3000") == "3000" and harmless("－5") == "'－5"


def test_json_lines_are_the_rows(out: Path, tmp_path: Path) -> None:
    export(out, "jsonl", tmp_path / "j")
    lines = (tmp_path / "j" / "measures.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["quote"] for row in rows] == ["3000元", "50万元"]
    assert rows[1]["value_max"] == 500000 and rows[1]["value_min"] is None
    assert list(rows[0]) == [column.name for column in columns(TABLES[2].row)]


def test_wrong_targets_are_refused(out: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for name, target, words in (
        ("xlsx", "a.csv", "结尾"),
        ("csv", "file", "目录"),
        ("sav", "a.dta", "以 .sav 结尾"),
        ("graphml", "folder", "以 .graphml 结尾"),
        ("pdf", "a.pdf", "不认识.*可用的有：xlsx"),
        ("save", "a.sav", "是否应为“sav”"),
    ):
        with pytest.raises(PipelineError, match=words):
            export(out, name, tmp_path / target)
    with pytest.raises(PipelineError, match="请先运行"):
        export(tmp_path / "nothing", "xlsx", tmp_path / "a.xlsx")
    (tmp_path / "a.sav").mkdir()
    with pytest.raises(PipelineError, match="这里是一个目录"):
        export(out, "sav", tmp_path / "a.sav")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.sav", "file"]


def test_options_that_do_not_go_together_are_all_told(out: Path, tmp_path: Path) -> None:
    def words(options: dict[str, Any], name: str = "csv", place: str = "a.csv") -> str:
        with pytest.raises(PipelineError) as error:
            export(out, name, tmp_path / place, options)
        return str(error.value)

    told = words({"tables": ("措使", "codes"), "balanced": True, "coders": ("machine",), "codebooks": ("demo",)})
    for part in (
        "没有表“措使”，是否应为“措施”",
        "--balanced 只与 --panel",
        "--coder 只与",
        "--codebook 只与",
        "只放一张表",
    ):
        assert part in told
    assert "不能与 --table 同时用" in words({"panel": "年份", "tables": ("codes",)})
    assert "不能用 --panel，它没有别的选项" in words({"panel": "年份"}, "graphml", "a.graphml")
    assert "没有可作行或列的“年”" in words({"panel": "年"})
    assert not list(tmp_path.iterdir())


def test_one_table_or_some_can_be_chosen(out: Path, tmp_path: Path) -> None:
    export(out, "csv", tmp_path / "a.csv")
    assert read_csv(tmp_path / "a.csv")[0][:3] == ["source_name", "title", "quote"]
    assert {path.name for path in tmp_path.iterdir()} == {"a.csv", "a_csv_数据字典.csv", "a_csv_说明.csv"}
    export(out, "jsonl", tmp_path / "b.jsonl", {"tables": ("代码",), "bare": True})
    lines = (tmp_path / "b.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["code"] for line in lines] == ["attract", "attract-money", "keep"]
    export(out, "csv", tmp_path / "c", {"tables": ("措施", "documents")})
    names = {path.name for path in (tmp_path / "c").iterdir()}
    assert names == {"measures.csv", "documents.csv", "csv_数据字典.csv", "csv_说明.csv"}
    export(out, "xlsx", tmp_path / "d.xlsx", {"tables": ("issues", "政策知识表")})
    book = openpyxl.load_workbook(tmp_path / "d.xlsx")
    assert book.sheetnames == ["说明", "问题", "政策知识表", "数据字典"]
    tables = {row[0].value for row in book["数据字典"].iter_rows(min_row=2)}
    assert tables == {"issues 问题", "knowledge 政策知识表"}
    assert {path.name for path in tmp_path.iterdir()} >= {"b.jsonl"} and not list(tmp_path.glob("b_*"))


def test_exports_of_one_name_in_two_formats_keep_their_notes(out: Path, tmp_path: Path) -> None:
    for of in ("sav", "dta"):
        export(out, of, tmp_path / f"k.{of}")
    assert "SPSS 的文字变量" in str(read_csv(tmp_path / "k_sav_说明.csv"))
    assert "Stata 14" in str(read_csv(tmp_path / "k_dta_说明.csv"))
    assert len({path.name for path in tmp_path.iterdir()}) == 6


def test_python_exports_as_the_command_does(out: Path, tmp_path: Path) -> None:
    told = pipeline.open(out).export("csv", tmp_path / "a.csv", panel="年份", balanced=True)
    assert told[0] == "面板：年份" and [row[0] for row in read_csv(tmp_path / "a.csv")] == ["year", "2023", "2024"]
    with pytest.raises(PipelineError, match="没有别的选项"):
        pipeline.open(out).export("csl", tmp_path / "c.json", bare=True)


def test_parquet_holds_the_tables_and_what_columns_are(out: Path, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    export(out, "parquet", tmp_path / "p")
    for table in TABLES:
        found = pq.read_table(tmp_path / "p" / f"{table.name}.parquet")
        assert found.equals(pq.read_table(out / "tables" / f"{table.name}.parquet"))
    found = pq.read_table(tmp_path / "p" / "knowledge.parquet")
    assert found.column_names == [column.name for column in knowledge_columns(out)]
    assert found.schema.field("role").metadata[b"zh"].decode() == "作用"
    assert found["value_max"].to_pylist() == [Decimal(3000), Decimal(500000)]
    export(out, "parquet", tmp_path / "t.parquet", {"panel": "年份", "balanced": True})
    assert pq.read_table(tmp_path / "t.parquet")["year"].to_pylist() == [2023, 2024]


def test_a_panel_goes_out_in_every_format_with_its_dictionary(out: Path, tmp_path: Path) -> None:
    options = {"panel": "地区，年份", "codebooks": ("示例",)}
    told = export(out, "csv", tmp_path / "p.csv", options)
    assert told[0] == "面板：地区 × 年份" and any("1 篇文档没有写明" in line for line in told)
    head, row = read_csv(tmp_path / "p.csv")
    found = dict(zip(head, row, strict=True))
    assert (found["region"], found["region_code"], found["year"]) == ("浙江省岚川市", "330000", "2024")
    assert (found["n_benefit"], found["n_benefit_money"], found["sum_benefit_money"]) == ("2", "2", "503000")
    assert (found["c_attract"], found["c_attract_money"], found["s_attract"]) == ("1", "1", "503000")
    words = {line[1]: line[2] for line in read_csv(tmp_path / "p_csv_数据字典.csv")[1:]}
    assert set(words) == set(head) and words["c_attract_money"] == "示例:引才补贴 编码处数"
    assert "面板：地区 × 年份" in str(read_csv(tmp_path / "p_csv_说明.csv"))
    export(out, "xlsx", tmp_path / "p.xlsx", options)
    rows = sheet(tmp_path / "p.xlsx", "面板")
    assert rows[0][:3] == ("地区", "行政区划代码", "年份") and rows[1][:3] == ("浙江省岚川市", "330000", 2024)
    assert openpyxl.load_workbook(tmp_path / "p.xlsx")["面板"].freeze_panes == "D2"


def test_whole_dates_are_dates_in_a_workbook(tmp_path: Path) -> None:
    doc = document()
    assert doc.head is not None
    said = ["2024-05-20", "2024-05", "1899-12-31", "2024-02-29", "2024-13-01", "=1+1"]
    docs = []
    for number, text in enumerate(said):
        head = replace(doc.head, issue_date=replace(doc.head.issue_date, value=text))
        docs.append(replace(doc, head=head, source=source(f"{number}.txt", str(number))))
    build_tables(lambda: [Entry(one.doc_id, one.source, "done", one) for one in docs], tmp_path)
    export(tmp_path, "xlsx", tmp_path / "a.xlsx")
    page = openpyxl.load_workbook(tmp_path / "a.xlsx")["文档"]
    at = headings(TABLES[0]).index("成文日期")
    cells = [row[at] for row in page.iter_rows(min_row=2)]
    assert [str(cell.value)[:10] for cell in cells] == said
    assert [cell.is_date for cell in cells] == [True, False, False, True, False, False]
    assert cells[0].number_format == "yyyy-mm-dd"
    assert not [cell for cell in cells if cell.data_type == "f"]


@pytest.mark.parametrize("one", TARGETS, ids=lambda one: one.name)
def test_a_place_that_cannot_be_written_is_told(out: Path, tmp_path: Path, one: Target) -> None:
    (tmp_path / "文件").write_text("", encoding="utf-8")
    with pytest.raises(PipelineError, match=r"写不了这个文件.*不是目录.*请先关闭"):
        export(out, one.name, tmp_path / "文件" / f"新{one.suffix}")


@pytest.mark.parametrize("one", TARGETS, ids=lambda one: one.name)
def test_a_file_that_is_open_elsewhere_is_told(
    out: Path, tmp_path: Path, one: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(self), None, str(target))

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(PipelineError, match="写不了这个文件（没有权限）"):
        export(out, one.name, tmp_path / "没有的目录" / f"新{one.suffix}")
    assert not list(tmp_path.rglob("*.tmp"))
