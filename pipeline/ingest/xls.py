"""Excel 97–2003 workbooks, by xlrd: it tells number formats, merged cells and what is hidden."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any

import xlrd
from xlrd import XLRDError
from xlrd.compdoc import CompDocError

from pipeline.core.config import RowSettings
from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.issues import Issue, issue
from pipeline.core.layers import RawText
from pipeline.ingest.grid import Grid, Line, Room, cell_text
from pipeline.ingest.printed import BUILTIN, plain, printed
from pipeline.ingest.rows import Readings, to_raw

# what xlrd raises on broken files: it checks little
_BROKEN = (
    XLRDError, CompDocError, struct.error, LookupError, ValueError, AssertionError, TypeError, AttributeError,
    OverflowError, ZeroDivisionError, NotImplementedError, EOFError,
)  # fmt: skip


def read_xls(source: Source, content: bytes, *, max_chars: int, rows: RowSettings) -> RawText:
    """Return the rows as documents, or the tables as one. Raises UnreadableFile: ``ingest.damaged``, ``encrypted``."""
    try:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:  # else xlrd prints to standard output
            book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=nowhere)
        room = Room(rows.most_rows + 1)  # a line of heads is no row
        found = [_sheet(book, sheet, room) for sheet in book.sheets() if not sheet.visibility]
    except _BROKEN as error:
        if "encrypt" in str(error).lower() or "password" in str(error).lower():
            raise UnreadableFile("ingest.encrypted", name=source.name) from error
        raise UnreadableFile(
            "ingest.damaged", name=source.name, detail=f"{type(error).__name__}: {error}"[:200]
        ) from error
    doubts = workbook_doubts(
        source.name, [(len(grid.lines), hidden, cut) for grid, hidden, cut in found], book.nsheets - len(found)
    )
    readings = Readings(source.name, "application/vnd.ms-excel", None, max_chars, doubts)
    return to_raw([grid for grid, _, _ in found], readings, rows)


def workbook_doubts(name: str, sheets: list[tuple[int, int, bool]], hidden_sheets: int) -> tuple[Issue, ...]:
    """Return what to know of a workbook's sheets, each given as rows read, rows hidden, and if some were left out."""
    hidden = hidden_sheets + sum(count for _, count, _ in sheets)
    doubts = [issue("ingest", "ingest.hidden", name=name, count=hidden)] if hidden else []
    doubts += [issue("ingest", "ingest.rows-cut", name=name, count=read) for read, _, cut in sheets if cut]
    return tuple(doubts)


def _sheet(book: Any, sheet: Any, room: Room) -> tuple[Grid, int, bool]:
    """Return a sheet's rows, how many hidden ones have text, and whether some were left out."""
    lines: list[Line] = []
    hidden, cut = 0, False
    for row in range(sheet.nrows):
        found = {c: t for c in range(sheet.row_len(row)) if (t := cell_text(_shown(book, sheet.cell(row, c))))}
        info = sheet.rowinfo_map.get(row)
        if found and info is not None and info.hidden:
            hidden += 1
        elif found:
            if not room.takes(len(lines), len(found)):
                cut = True
                break
            lines.append(Line(row + 1, found))
    merged = tuple((top + 1, left, bottom, right - 1) for top, bottom, left, right in sheet.merged_cells)
    return Grid(cell_text(sheet.name), lines, merged), hidden, cut


def _shown(book: Any, cell: Any) -> str:
    """Return a cell as it's printed."""
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return str(cell.value)
    if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        key = book.xf_list[cell.xf_index].format_key
        form = book.format_map.get(key)
        code = BUILTIN.get(key) or (form.format_str if form is not None else "")
        return printed(cell.value, code, since_1904=bool(book.datemode))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, ""))
    return plain(cell.value) if isinstance(cell.value, float) else ""
