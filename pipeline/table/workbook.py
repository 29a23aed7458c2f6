"""Workbooks in one style: headings that stay in sight, text that is never a formula, rows as high as they need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.core.files import completed
from pipeline.table.cells import plain_number, printable

MAX_CELL = 32_767
MAX_ROWS = 1_048_576
_DATE = "yyyy-mm-dd"
CUT = "……〔已截断〕"
# Excel keeps a time of creation; a fixed one makes equal tables equal files.
_CREATED = datetime(2000, 1, 1)
# The height of a line in points; a row is at most so many lines high, what is longer shows when the cell is opened.
_LINE, _MOST_LINES = 17, 12


@dataclass(frozen=True, slots=True)
class Look:
    """How one column looks."""

    width: int
    wrap: bool = False
    hidden: bool = False


@contextmanager
def bare_workbook(target: Path) -> Iterator[Any]:
    """Give a workbook of xlsxwriter's; ``target`` appears only once it is complete. Equal content makes equal bytes."""
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with completed(target) as fresh:
        fresh.touch()  # xlsxwriter has an error of its own, which is no OSError
        with xlsxwriter.Workbook(str(fresh), options) as opened:
            opened.set_properties({"created": _CREATED, "author": "cewen"})
            yield opened


@contextmanager
def workbook(target: Path) -> Iterator[Book]:
    """Give a workbook to be filled sheet by sheet, as ``bare_workbook`` does."""
    with bare_workbook(target) as opened:
        yield Book(opened)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet is called, its headings, how its columns look, and how many of them stay in sight."""

    name: str
    heads: Sequence[str]
    looks: Sequence[Look]
    frozen: int = 0


@dataclass(slots=True)
class Book:
    """A workbook being written, with its cell styles."""

    workbook: Any
    head: Any = field(init=False)
    styles: dict[tuple[bool, str], Any] = field(init=False)

    def __post_init__(self) -> None:
        """Make the cell styles."""
        self.head = self.workbook.add_format(
            {"bold": True, "bottom": 1, "bg_color": "#DDE6F0", "text_wrap": True, "valign": "vcenter"}
        )
        self.styles = {
            (wrap, form): self.workbook.add_format({"valign": "top", "text_wrap": wrap, "num_format": form})
            for wrap in (False, True)
            for form in ("General", "#,##0", "#,##0.####", _DATE)
        }

    def sheet(self, plan: Sheet, lines: Iterable[Sequence[Any]]) -> None:
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

    def _start(self, plan: Sheet, name: str) -> Any:
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
        """Write one value; text always as text, cut where it is too long; amounts with thousands separators."""
        if value is None:
            return
        if isinstance(value, str):
            sheet.write_string(*cell, cell_text(value), self.styles[wrap, "General"])
        elif isinstance(value, Decimal):
            plain = plain_number(value)
            # Excel would show a whole number as 「3,000.」 in the format with decimals
            form = "#,##0" if isinstance(plain, int) else "#,##0.####"
            sheet.write_number(*cell, plain, self.styles[wrap, form])
        elif isinstance(value, date):
            sheet.write_datetime(*cell, datetime.combine(value, time()), self.styles[wrap, _DATE])
        else:
            sheet.write_number(*cell, value, self.styles[wrap, "General"])


def _lines(line: Sequence[Any], looks: Sequence[Look]) -> int:
    """Return how many lines high a row must be: not every program finds out by itself."""
    wrapped = [
        (value, look.width) for value, look in zip(line, looks, strict=True) if look.wrap and isinstance(value, str)
    ]
    return min(max((-(-width_of(value) // width) for value, width in wrapped), default=1), _MOST_LINES)


def width_of(text: str) -> int:
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
