"""One table of any columns as a workbook: what a command lists."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.table.workbook import Look, Sheet, width_of, workbook

_SEEN = 200  # rows that widths go by
_NARROW, _WIDE = 8, 60


def write_grid(target: Path, heads: Sequence[str], lines: Iterable[Sequence[Any]], *, name: str = "结果") -> None:
    """Write ``lines`` under their ``heads`` to one sheet ``name``; columns are as wide as their first values, up to 60.

    Numbers stay numbers; True is 是 and False empty. Raises PipelineError when ``target`` can't be written.
    """
    rows = [[_plain(value) for value in line] for line in lines]
    widths = [
        max([width_of(head), *(width_of(str(row[column])) for row in rows[:_SEEN] if row[column] is not None)])
        for column, head in enumerate(heads)
    ]
    looks = [Look(min(max(width + 2, _NARROW), _WIDE), wrap=width > _WIDE) for width in widths]
    with workbook(target) as book:
        book.sheet(Sheet(name, heads, looks), rows)


def _plain(value: Any) -> Any:
    """Return a value as a cell takes it."""
    if isinstance(value, bool):
        return "是" if value else None
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value if value is None or isinstance(value, int | float | Decimal) else str(value)
