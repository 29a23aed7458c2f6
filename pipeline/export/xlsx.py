"""One Excel workbook: a sheet for each table, the data dictionary and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.export.content import Chosen, bundle
from pipeline.export.layout import is_date, looks
from pipeline.export.notes import DICTIONARY_HEADINGS, HEADINGS, notes
from pipeline.table.derive import Column, distinct_headings
from pipeline.table.words import NO_BOUND, is_unbound, per_words, unwrap
from pipeline.table.workbook import Look, Sheet, workbook

# Excel's calendar begins in 1900, with a day too many before March
_FIRST_YEAR = 1901
_UNWRAPPED = ("quote", "evidence")


def export_xlsx(out: Path, target: Path, **options: Any) -> tuple[str, ...]:
    """Write tables of a finished run to the workbook ``target``, complete or not at all; return what to tell.

    A table with more rows than a sheet takes goes on in a second one. Coded values are in Chinese.
    ``options`` are the fields of ``content.Chosen``. Raises PipelineError as ``content.bundle`` does.
    """
    made = bundle(out, Chosen(**options), single=False)
    with workbook(target) as book:
        lines = [*made.notes, *notes("xlsx")]
        book.sheet(Sheet("说明", HEADINGS, (Look(12), Look(100, wrap=True))), lines)
        for one in made.contents:
            sheet = Sheet(one.zh, distinct_headings(one.columns), looks(one.columns, one.hidden), one.frozen)
            book.sheet(sheet, _readable(one.columns, one.read()))
        wide = (Look(20), Look(18), Look(14), Look(60, wrap=True), Look(60, wrap=True))
        book.sheet(Sheet("数据字典", DICTIONARY_HEADINGS, wide), made.dictionary())
    return made.told


def _readable(found: Sequence[Column], lines: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    """Yield rows with Chinese words for codes and quotations on one line."""
    names = [column.name for column in found]
    bound = names.index("bound") if "bound" in names else None
    for line in lines:
        made = [_words(column, value) for column, value in zip(found, line, strict=True)]
        if bound is not None and is_unbound(dict(zip(names, line, strict=True))):
            made[bound] = NO_BOUND
        yield made


def _words(column: Column, value: Any) -> Any:
    """Return a value as people read it."""
    if not isinstance(value, str):
        return value
    if column.col.values:
        return column.col.values.get(value, value)
    if column.name == "per":
        return per_words(value)
    if is_date(column):
        return _date(value)
    return unwrap(value) if column.name in _UNWRAPPED else value


def _date(value: str) -> date | str:
    """Return a whole date Excel knows as a date, anything else as it is."""
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return value
    return found if found.year >= _FIRST_YEAR and found.isoformat() == value else value
