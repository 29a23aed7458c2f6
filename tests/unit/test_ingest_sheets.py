"""Spreadsheets: what a workbook prints is what is read."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from functools import partial
from typing import Any

import openpyxl
import pytest
from office_tools import convert, needs_office

from pipeline.core.config import load_config
from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.layers import RawText
from pipeline.ingest.formats import read_source
from pipeline.ingest.grid import Room
from pipeline.ingest.printed import plain, printed

BODY = "对新引进的博士给予一次性安家补助40万元，分三年拨付。"
ACCOUNTING = r'_ * #,##0.00_ ;_ * \-#,##0.00_ ;_ * "-"??_ ;_ @_ '
HEADS = ["标题", "发文字号", "成文日期", "正文"]


def workbook(fill: Callable[[Any], None]) -> bytes:
    book = openpyxl.Workbook()
    fill(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def sheet(*rows: list[Any]) -> bytes:
    def fill(book: Any) -> None:
        for row in rows:
            book.active.append(row)

    return workbook(fill)


def read(content: bytes, name: str = "a.xlsx", **rows: Any) -> RawText:
    settings = load_config(None, {"rows": rows}).rows
    return read_source(Source(name, name, "0" * 64, len(content)), content, max_chars=100_000, rows=settings)


def codes(raw: RawText) -> list[str]:
    return [doubt.code for doubt in raw.doubts]


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        (20230101.0, "", "20230101"),
        (20230101.0, "General", "20230101"),
        (0.15, "0%", "15%"),
        (0.1567, "0.00%", "15.67%"),
        (0.1 + 0.2, "General", "0.3"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (3, "0.00", "3.00"),
        (50, '0"万元"', "50万元"),
        (50, '"约"0.0"万元";"减"0', "约50.0万元"),
        (1200, "[$¥-804]#,##0", "¥1,200"),
        (12, "0_ ;[Red]-0 ", "12"),
        (1500000, "0,", "1500"),
        (-3.5, "0.0", "-3.5"),
        (45052, "yyyy-mm-dd", "2023-05-06"),
        (45052, "yyyy/m/d", "2023-05-06"),
        (45052, "[$-804]yyyy年m月d日", "2023年5月6日"),
        (45052, 'yyyy"年"m"月"', "2023年5月"),
        (45052.5, "yyyy-m-d h:mm", "2023-05-06 12:00"),
        (0.75, "h:mm", "18:00"),
        (1e12, "yyyy-mm-dd", "1000000000000"),
        (1e-7, "General", "0.0000001"),
        (2.5, "@", "2.5"),
        (0.000012, "0.00E+00", "0.000012"),
        (2.5, "# ?/?", "2.5"),
        (1e300, "0.00", "1e+300"),
        (float("nan"), "0", ""),
        (12345, '0!.0,"万"', "1.2万"),
        (12345678, '0\\.0,"万"', "1234.6万"),
        (300, '0!.0,"万"', "0.0万"),
        (1234567, '0.00,,"百万"', "1.23百万"),
        (12345, '0.0,"千元"', "12.3千元"),
        (12345, "0,.00", "12.35"),
        (0.125, "0%", "13%"),
        (0.285, "0%", "29%"),
        (2.5, "0", "3"),
        (1.005, "0.00", "1.01"),
        (5, 'General"元"', "5元"),
        (-5, '"约"General"元"', "-约5元"),
        (5, 'G/通用格式"元"', "5元"),
        (-1500, '#,##0;"下降"#,##0', "下降1,500"),
        (1500, '#,##0;"下降"#,##0', "1,500"),
        (-1500, "#,##0_);(#,##0)", "(1,500)"),
        (0, '0;-0;"—"', "—"),
        (0, "0;-0;;@", ""),
        (7, ";;;", "7"),
        (8, "000", "008"),
        (13800138000, "000-0000-0000", "138-0013-8000"),
        (1234567, "#,##0", "1,234,567"),
        (0.5, "#,###.##", "0.5"),
        (3, '0.##"万元"', "3万元"),
        (0, "#", "0"),
        (12, '0"元/人"', "12元/人"),
        (-0.2, "0", "0"),
        (-1200, "[$¥-804]#,##0", "-¥1,200"),
        (45000, "aaaa", "星期三"),
        (45000, "aaa", "周三"),
        (45000, "yyyy-m-d aaaa", "2023-03-15 星期三"),
        (12345, '[>=10000]0!.0,"万";0', "1.2万"),
        (123, '[>=10000]0!.0,"万";0', "123"),
        (2, '[=1]"男";[=2]"女";0', "女"),
        (3, '[=1]"男";[=2]"女";0', "3"),
        (1.5, "[h]:mm", "36:00"),
        (45052, 'm"月"', "5月"),
        (0.5, "mm:ss", "12:00:00"),
        (0, ACCOUNTING, "-"),
        (-1200, ACCOUNTING, "-1,200.00"),
        (1200, ACCOUNTING, "1,200.00"),
        (-5, "0;@", "-5"),
        (-5, "yyyy\\-mm\\-dd;@", "-5"),
        (45052, "yyyy\\-mm\\-dd;@", "2023-05-06"),
        (-5, "0.00E+00;-0.00E+00", "-5"),
        (-5, "0;[Red]", "-5"),
        (5, "0x0", "5"),
        (5, "# ??/16", "5"),
        (5, "0.0.0", "5"),
    ],
)
def test_numbers_as_they_are_printed(value: float, code: str, expected: str):
    assert printed(value, code) == expected


def test_plain_numbers_and_the_other_epoch():
    assert [plain(v) for v in (2.0, 0.5, 1e20, -0.0)] == ["2", "0.5", "1e+20", "0"]
    assert printed(45052 - 1462, "yyyy-mm-dd", since_1904=True) == "2023-05-06"


def test_rows_are_documents_with_dates_and_numbers_as_printed():
    raw = read(sheet(HEADS, ["甲", 20230101.0, datetime.date(2023, 5, 6), BODY]))
    assert raw.members[0].raw.text == f"甲\n发文字号：20230101\n成文日期：2023-05-06\n{BODY}"
    assert raw.media_type.endswith("spreadsheetml.sheet")


def test_percents_booleans_formulas_and_errors():
    def fill(book: Any) -> None:
        page = book.active
        page.append(["标题", "增长率", "是否有效", "合计", "正文"])
        page.append(["甲", 0.15, True, "=1+1", BODY])
        page["B2"].number_format = "0.0%"

    assert read(workbook(fill)).members[0].raw.text == f"甲\n增长率：15.0%\n是否有效：TRUE\n{BODY}"


def test_title_line_hidden_rows_and_hidden_sheets():
    def fill(book: Any) -> None:
        page = book.active
        page.append(["政策汇总表"])
        page.merge_cells("A1:D1")
        page.append([])
        page.append(HEADS)
        for name in ("甲", "乙", "丙"):
            page.append([name, "1号", None, BODY])
        page.row_dimensions[5].hidden = True
        book.create_sheet("藏").append(["不读"])
        book["藏"].sheet_state = "hidden"

    raw = read(workbook(fill))
    assert [(m.id, m.raw.title) for m in raw.members] == [("1", "甲"), ("3", "丙")]
    assert raw.members[0].raw.text.split("\n")[1] == "表题：政策汇总表"
    assert codes(raw) == ["ingest.hidden"]


def test_cells_merged_downwards_belong_to_every_row():
    def fill(book: Any) -> None:
        page = book.active
        page.append(["省", "标题", "正文"])
        for name in ("甲", "乙", "丙"):
            page.append(["浙江省" if name == "甲" else None, name, BODY])
        page.merge_cells("A2:A3")

    texts = [member.raw.text.split("\n")[1] for member in read(workbook(fill)).members]
    assert texts == ["省：浙江省", "省：浙江省", BODY]


def test_sheets_are_told_apart_when_several_have_rows():
    def fill(book: Any) -> None:
        for name in ("上", "下"):
            book.create_sheet(name).append(HEADS)
            book[name].append(["甲", "1号", None, BODY])
        book.create_sheet("数字").append(["年份", "产值"])
        book["数字"].append([2020, 5])

    raw = read(workbook(fill))
    assert [member.id for member in raw.members] == ["上!1", "下!1", "数字"]
    assert raw.members[2].raw.text == "年份\t产值\n2020\t5"
    assert len(raw.members[2].raw.blocks) == 4


def test_a_workbook_of_figures_is_one_document_with_a_table_a_sheet():
    def fill(book: Any) -> None:
        book.active.title = "甲"
        for page in (book.active, book.create_sheet("乙")):
            page.append(["产值表（亿元）"])
            page.append(["年份", "产值"])
            page.append([2020, 5.25])

    raw = read(workbook(fill))
    assert raw.text == "甲\n产值表（亿元）\n年份\t产值\n2020\t5.25\n乙\n产值表（亿元）\n年份\t产值\n2020\t5.25"
    assert {block.table for block in raw.blocks if block.kind == "cell"} == {0, 1}


def test_heads_of_several_lines_become_one():
    def fill(book: Any) -> None:
        page = book.active
        page.append(["主要指标"])
        page.append(["年份", "农业", None, "工业"])
        page.append([None, "面积", None, "工业产值"])
        page.append([None, "数值（万亩）", "增长率", "数值（亿元）"])
        page.append([2020, 5.25, 0.1, 7])
        page["C5"].number_format = "0%"
        page.merge_cells("A1:D1")
        page.merge_cells("B2:C2")
        page.merge_cells("B3:C3")
        page.merge_cells("A2:A4")

    raw = read(workbook(fill))
    assert raw.text == (
        "主要指标\n年份\t农业面积数值（万亩）\t农业面积增长率\t工业产值数值（亿元）\n2020\t5.25\t10%\t7"
    )
    assert [(b.row, b.column) for b in raw.blocks if b.kind == "cell"][-1] == (1, 3)


def test_text_of_runs_phonetic_marks_and_escapes():
    strings = (
        "<sst><si><r><t>标</t></r><r><t>题</t></r></si><si><t>正文</t></si>"
        "<si><t>甲_x000D_\n乙</t><rPh sb='0' eb='1'><t>jia</t></rPh></si></sst>"
    )
    rows = "<row><c t='s'><v>0</v></c><c t='s'><v>1</v></c></row>"
    rows += "<row><c t='s'><v>2</v></c><c t='str'><v>补助3万元</v></c></row>"
    parts = {
        "xl/workbook.xml": "<workbook xmlns:r='r'><sheets><sheet name='一' r:id='r1'/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels": "<a><Relationship Id='r1' Target='/xl/worksheets/s.xml'/></a>",
        "xl/worksheets/s.xml": f"<worksheet><sheetData>{rows}</sheetData></worksheet>",
        "xl/sharedStrings.xml": strings,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, text in parts.items():
            package.writestr(name, text)
    assert read(buffer.getvalue()).members[0].raw.text == "甲\n乙\n补助3万元"


def test_a_workbook_without_text():
    with pytest.raises(UnreadableFile) as caught:
        read(sheet([]))
    assert caught.value.code == "ingest.no-text"


def test_delimited_text_called_a_spreadsheet():
    raw = read(f"标题\t正文\n甲\t{BODY}\n".encode("gb18030"), "a.xls")
    assert (raw.members[0].raw.text, codes(raw)[-1:]) == (f"甲\n{BODY}", ["ingest.encoding-guessed"])


def many_sheets() -> bytes:
    def fill(book: Any) -> None:
        book.remove(book.active)
        for name in ("上", "下"):
            page = book.create_sheet(name)
            page.append(["省", *HEADS])
            for number in range(4):
                page.append(["浙江省" if number == 0 else None, str(number), "1号", None, BODY])
            page.merge_cells("A2:A5")

    return workbook(fill)


def check_a_sheet_that_is_cut(content: bytes, name: str) -> None:
    raw = read(content, name, most_rows=2)
    assert [member.id for member in raw.members] == ["上!1", "上!2", "下!1", "下!2"]
    assert all("省：浙江省" in member.raw.text for member in raw.members)
    assert codes(raw) == ["ingest.rows-cut"] * 2


def check_rows_and_cells_of_the_file(content: bytes, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = name[2:]
    for limits, count in ({"rows": 8}, 6), ({"cells": 20}, 4):
        monkeypatch.setattr(f"pipeline.ingest.{reader}.Room", partial(Room, **limits))
        raw = read(content, name)
        assert len(raw.members) == count
        assert codes(raw) == ["ingest.rows-cut"]


def test_a_sheet_that_is_cut_keeps_its_name_and_merged_cells():
    check_a_sheet_that_is_cut(many_sheets(), "a.xlsx")


def test_rows_and_cells_are_counted_for_the_whole_file(monkeypatch: pytest.MonkeyPatch):
    check_rows_and_cells_of_the_file(many_sheets(), "a.xlsx", monkeypatch)


@needs_office
def test_the_old_format_is_cut_as_the_new_one(monkeypatch: pytest.MonkeyPatch):
    content = convert(many_sheets(), "a.xlsx", "xls")
    check_a_sheet_that_is_cut(content, "a.xls")
    check_rows_and_cells_of_the_file(content, "a.xls", monkeypatch)


@needs_office
def test_the_old_format_reads_the_same():
    def fill(book: Any) -> None:
        page = book.active
        page.append(["政策汇总表"])
        page.append(["省", *HEADS, "增长率"])
        for name in ("甲", "乙", "丙"):
            page.append(["浙江省" if name == "甲" else None, name, 20230101.0, datetime.date(2023, 5, 6), BODY, 0.155])
            page.cell(page.max_row, 6).number_format = "0.0%"
        page.merge_cells("A3:A4")
        page.row_dimensions[5].hidden = True

    content = workbook(fill)
    new, old = read(content), read(convert(content, "a.xlsx", "xls"), "a.xls")
    assert [member.raw.text for member in old.members] == [member.raw.text for member in new.members]
    assert (old.media_type, codes(old)) == ("application/vnd.ms-excel", codes(new))
