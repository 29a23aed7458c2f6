"""One Excel workbook: a sheet for each table, the data dictionary and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.export.cells import plain_number, printable, rows
from pipeline.export.knowledge import HIDDEN, ZH, knowledge_columns, knowledge_rows
from pipeline.export.layout import Look, looks
from pipeline.export.notes import DICTIONARY_HEADINGS, NOTES, dictionary
from pipeline.table.derive import Column, columns, distinct_headings
from pipeline.table.schema import TABLES
from pipeline.table.words import per_words, unwrap

MAX_CELL = 32_767
MAX_ROWS = 1_048_576
CUT = "……〔已截断〕"
# Excel keeps a time of creation; a fixed one makes equal tables equal files.
_CREATED = datetime(2000, 1, 1)
# the file name, the title and the quantity stay in sight
_FROZEN = 3
# The height of a line in points; a row is at most so many lines high, what is longer shows when the cell is opened.
_LINE, _MOST_LINES = 17, 12
_UNWRAPPED = ("quote", "evidence")


def export_xlsx(out: Path, target: Path) -> None:
    """Write the knowledge table and the tables of a finished run to ``target``; it appears only once it is complete.

    A table with more rows than a sheet takes goes on in a second one. Coded values are in Chinese.
    Raises PipelineError when ``out`` has no tables.
    """
    import xlsxwriter

    view = knowledge_columns(out)
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
            book.sheet(_Sheet("说明", ("条目", "说明"), (Look(12), Look(100, wrap=True))), NOTES)
            shown = _Sheet(ZH, distinct_headings(view), looks(view, HIDDEN), _FROZEN)
            book.sheet(shown, _readable(view, knowledge_rows(out, view)))
            for table in TABLES:
                found = columns(table.row)
                sheet = _Sheet(table.zh, distinct_headings(found), looks(found))
                book.sheet(sheet, _readable(found, rows(out, table)))
            wide = (Look(20), Look(18), Look(14), Look(60, wrap=True), Look(60, wrap=True))
            book.sheet(_Sheet("数据字典", DICTIONARY_HEADINGS, wide), dictionary(view))
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def _readable(found: Sequence[Column], lines: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    """Yield rows with Chinese words for codes and quotations on one line."""
    for line in lines:
        yield [_words(column, value) for column, value in zip(found, line, strict=True)]


def _words(column: Column, value: Any) -> Any:
    """Return a value as people read it."""
    if not isinstance(value, str):
        return value
    if column.col.values:
        return column.col.values.get(value, value)
    if column.name == "per":
        return per_words(value)
    return unwrap(value) if column.name in _UNWRAPPED else value


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What a sheet is called, its headings, how its columns look, and how many of them stay in sight."""

    name: str
    heads: Sequence[str]
    looks: Sequence[Look]
    frozen: int = 0


@dataclass(slots=True)
class _Book:
    """A workbook being written, with its cell styles."""

    workbook: Any
    head: Any = field(init=False)
    styles: dict[tuple[bool, str], Any] = field(init=False)

    def __post_init__(self) -> None:
        self.head = self.workbook.add_format(
            {"bold": True, "bottom": 1, "bg_color": "#DDE6F0", "text_wrap": True, "valign": "vcenter"}
        )
        self.styles = {
            (wrap, form): self.workbook.add_format({"valign": "top", "text_wrap": wrap, "num_format": form})
            for wrap in (False, True)
            for form in ("General", "#,##0", "#,##0.####")
        }

    def sheet(self, plan: _Sheet, lines: Iterable[Sequence[Any]]) -> None:
        """Write one table, over as many sheets as it needs."""
        last = len(plan.heads) - 1
        part, sheet, at = 1, self._start(plan, plan.name), 0
        for line in lines:
            at += 1
            if at == MAX_ROWS:
                sheet.autofilter(0, 0, at - 1, last)
                part, at = part + 1, 1
                sheet = self._start(plan, f"{plan.name} ({part})")
            if (height := _lines(line, plan.looks)) > 1:
                sheet.set_row(at, _LINE * height)
            for column, value in enumerate(line):
                self._write(sheet, (at, column), value, wrap=plan.looks[column].wrap)
        sheet.autofilter(0, 0, max(at, 1), last)

    def _start(self, plan: _Sheet, name: str) -> Any:
        """Return a new sheet with its headings."""
        sheet = self.workbook.add_worksheet(name)
        sheet.freeze_panes(1, plan.frozen)
        sheet.outline_settings(True, True, False, False)
        for column, (head, look) in enumerate(zip(plan.heads, plan.looks, strict=True)):
            folded = {"level": 1, "hidden": 1} if look.hidden else {}
            sheet.set_column(column, column, look.width, None, folded)
            sheet.write_string(0, column, head, self.head)
        return sheet

    def _write(self, sheet: Any, cell: tuple[int, int], value: Any, *, wrap: bool) -> None:
        """Write one value; text always as text, at most as long as a cell takes; amounts with thousands separators."""
        if value is None:
            return
        if isinstance(value, str):
            sheet.write_string(*cell, cell_text(value), self.styles[wrap, "General"])
        elif isinstance(value, Decimal):
            plain = plain_number(value)
            # Excel would show a whole number as 「3,000.」 in the format with decimals
            form = "#,##0" if isinstance(plain, int) else "#,##0.####"
            sheet.write_number(*cell, plain, self.styles[wrap, form])
        else:
            sheet.write_number(*cell, value, self.styles[wrap, "General"])


def _lines(line: Sequence[Any], looks: Sequence[Look]) -> int:
    """Return how many lines high a row must be: not every program finds out by itself."""
    wrapped = [
        (value, look.width) for value, look in zip(line, looks, strict=True) if look.wrap and isinstance(value, str)
    ]
    return min(max((-(-_columns(value) // width) for value, width in wrapped), default=1), _MOST_LINES)


def _columns(text: str) -> int:
    """Return how wide a text is in characters of the standard font: a Chinese character takes two."""
    return len(text) + sum(char > "\u2e7f" for char in text)


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
