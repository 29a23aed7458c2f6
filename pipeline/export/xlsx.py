"""One Excel workbook: a sheet for each table, the data dictionary and notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.export.cells import plain_number, printable, rows
from pipeline.export.notes import DICTIONARY_HEADINGS, NOTES, dictionary
from pipeline.table.derive import columns, headings
from pipeline.table.schema import TABLES, Table

MAX_CELL = 32_767
MAX_ROWS = 1_048_576
CUT = "……〔已截断〕"
_WIDE = ("原文", "说明", "标题", "定义", "条件", "原始文本", "整理后文本")
# Excel keeps a time of creation; a fixed one makes equal tables equal files.
_CREATED = datetime(2000, 1, 1)


def export_xlsx(out: Path, target: Path) -> None:
    """Write the tables of a finished run to ``target``; it appears only once it is complete.

    A table with more rows than a sheet takes goes on in a second one. Raises PipelineError when ``out`` has no tables.
    """
    import xlsxwriter

    fresh = target.with_name(target.name + ".tmp")
    target.parent.mkdir(parents=True, exist_ok=True)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    try:
        with xlsxwriter.Workbook(str(fresh), options) as workbook:
            workbook.set_properties({"created": _CREATED, "author": "cewen"})
            book = _Book(workbook)
            book.sheet("说明", ("条目", "说明"), (12, 100), NOTES)
            for table in TABLES:
                book.sheet(table.zh, headings(table), _widths(table), rows(out, table))
            book.sheet("数据字典", DICTIONARY_HEADINGS, (18, 18, 14, 60, 60), dictionary())
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def _widths(table: Table) -> tuple[int, ...]:
    """Return a width for each column."""
    return tuple(50 if column.col.zh in _WIDE else 14 for column in columns(table.row))


@dataclass(slots=True)
class _Book:
    """A workbook being written, with its one cell style."""

    workbook: Any
    bold: Any = field(init=False)

    def __post_init__(self) -> None:
        self.bold = self.workbook.add_format({"bold": True, "bottom": 1})

    def sheet(self, name: str, heads: Sequence[str], widths: Sequence[int], lines: Iterable[Sequence[Any]]) -> None:
        """Write one table, over as many sheets as it needs."""
        part, sheet, at = 1, self._start(name, heads, widths), 0
        for line in lines:
            at += 1
            if at == MAX_ROWS:
                sheet.autofilter(0, 0, at - 1, len(heads) - 1)
                part, at = part + 1, 1
                sheet = self._start(f"{name} ({part})", heads, widths)
            for column, value in enumerate(line):
                _write(sheet, at, column, value)
        sheet.autofilter(0, 0, max(at, 1), len(heads) - 1)

    def _start(self, name: str, heads: Sequence[str], widths: Sequence[int]) -> Any:
        """Return a new sheet with its headings."""
        sheet = self.workbook.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, (head, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, head, self.bold)
        return sheet


def _write(sheet: Any, row: int, column: int, value: Any) -> None:
    """Write one value; text always as text, at most as long as a cell takes."""
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(row, column, cell_text(value))
    elif isinstance(value, Decimal):
        sheet.write_number(row, column, plain_number(value))
    else:
        sheet.write_number(row, column, value)


def cell_text(text: str) -> str:
    """Return ``text`` without control characters, cut with a mark where it is too long; Excel counts UTF-16 units."""
    text = printable(text)
    if len(text) <= MAX_CELL // 2 or _units(text) <= MAX_CELL:
        return text
    room = MAX_CELL - len(CUT)
    kept = text[:room]
    while (over := _units(kept) - room) > 0:
        kept = kept[: len(kept) - (over + 1) // 2]
    return kept + CUT


def _units(text: str) -> int:
    """Return how many UTF-16 units ``text`` takes."""
    return len(text) + sum(char > "\uffff" for char in text)
