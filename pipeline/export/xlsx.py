"""One Excel workbook: a sheet for each table, the data dictionary and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.export.knowledge import HIDDEN, ZH, knowledge_columns, knowledge_rows
from pipeline.export.layout import looks
from pipeline.export.notes import DICTIONARY_HEADINGS, NOTES, dictionary
from pipeline.table.cells import rows
from pipeline.table.derive import Column, columns, distinct_headings
from pipeline.table.schema import TABLES
from pipeline.table.words import per_words, unwrap
from pipeline.table.workbook import Look, Sheet, workbook

# the file name, the title and the quantity stay in sight
_FROZEN = 3
_UNWRAPPED = ("quote", "evidence")


def export_xlsx(out: Path, target: Path) -> None:
    """Write the knowledge table and the tables of a finished run to ``target``; it appears only once it is complete.

    A table with more rows than a sheet takes goes on in a second one. Coded values are in Chinese.
    Raises PipelineError when ``out`` has no tables.
    """
    view = knowledge_columns(out)
    with workbook(target) as book:
        book.sheet(Sheet("说明", ("条目", "说明"), (Look(12), Look(100, wrap=True))), NOTES)
        shown = Sheet(ZH, distinct_headings(view), looks(view, HIDDEN), _FROZEN)
        book.sheet(shown, _readable(view, knowledge_rows(out, view)))
        for table in TABLES:
            found = columns(table.row)
            sheet = Sheet(table.zh, distinct_headings(found), looks(found))
            book.sheet(sheet, _readable(found, rows(out, table)))
        wide = (Look(20), Look(18), Look(14), Look(60, wrap=True), Look(60, wrap=True))
        book.sheet(Sheet("数据字典", DICTIONARY_HEADINGS, wide), dictionary(view))


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
