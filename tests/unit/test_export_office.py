"""Workbooks opened by LibreOffice: the same cells as the tables, nothing worked out, nothing cut."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from office_tools import needs_office, sheets
from table_samples import build, document, source

from pipeline.core.layers import HeadField
from pipeline.export.targets import export
from pipeline.table.assemble import build_tables
from pipeline.table.build import Entry
from pipeline.table.cells import FORMULA_STARTS


def as_text(value: Any) -> str:
    """Return a cell of a workbook as LibreOffice writes it."""
    if isinstance(value, float) and not value.is_integer():
        return repr(value)
    if hasattr(value, "date") or isinstance(value, date):
        return str(value)[:10]
    return "" if value is None else str(int(value) if isinstance(value, float) else value)


@needs_office
def test_office_has_the_same_cells(tmp_path: Path) -> None:
    build(tmp_path)
    export(tmp_path, "xlsx", tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    found = sheets((tmp_path / "a.xlsx").read_bytes(), "a.xlsx")
    assert set(found) == set(book.sheetnames)
    for name in book.sheetnames:
        assert found[name] == [[as_text(cell.value) for cell in row] for row in book[name].iter_rows()], name


@needs_office
def test_office_works_nothing_out(tmp_path: Path) -> None:
    doc = document()
    assert doc.measures is not None and doc.head is not None
    evil = [f"{start}1+1" for start in FORMULA_STARTS if start not in "\t\r"]
    texts = [*evil, "0012", "1e5", "2024/1/2", "TRUE", "长" * 40_000, 'a"b,c\nd', "http://example.org"]
    measures = tuple(replace(doc.measures[0], item=text, value_max=Decimal("0.3333")) for text in texts)
    head = replace(doc.head, issue_date=HeadField("2024-05-20", 0, 3))
    one = replace(doc, measures=measures, head=head, source=source("=1+1", "a"))
    build_tables(lambda: [Entry(one.doc_id, one.source, "done", one)], tmp_path)
    export(tmp_path, "xlsx", tmp_path / "a.xlsx", {"tables": ("measures", "documents")})
    opened = sheets((tmp_path / "a.xlsx").read_bytes(), "a.xlsx")
    found = opened["措施"]
    at = found[0].index("事项")
    got = [row[at] for row in found[1:]]
    assert got[:-3] == texts[:-3] and got[-2:] == texts[-2:]
    assert len(got[-3]) == 32_767
    assert {row[found[0].index("上限")] for row in found[1:]} == {"0.3333"}
    documents = opened["文档"]
    row = dict(zip(documents[0], documents[1], strict=True))
    assert (row["文件名"], row["成文日期"], row["年份"]) == ("=1+1", "2024-05-20", "2024")
