"""Tables that list many things of a kind, a row each: what a cell of one says is of its row, not of the document."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.core.dates import find_dates
from pipeline.core.layers import Block, CleanText, RawText
from pipeline.structure.doc_numbers import find_numbers
from pipeline.structure.pieces import squeeze
from pipeline.structure.rules import HeadRules

_LEAST = 2  # rows below the head of the table
_SHARE = 0.6  # of a column's cells are of one kind
_LOOKED_AT = 200  # rows
_LONGEST = 40
_FIGURE = re.compile(r"[-+]?[\d,.，]+[%％]?")

_Rows = list[list[Block]]


def without_lists(raw: RawText, text: CleanText, rules: HeadRules) -> str:
    """Return the clean text with the rows of such tables blanked, so that all places stay what they are.

    A row of one cell, such as the caption, isn't blanked, nor is a table of labels with their values.
    """
    tables: dict[int, dict[int, list[Block]]] = {}
    for block in raw.blocks:
        if block.kind == "cell" and block.row is not None and raw.text[block.start : block.end].strip():
            tables.setdefault(block.table or 0, {}).setdefault(block.row, []).append(block)
    lists = [rows for table in tables.values() if _is_list(raw.text, rows := _wide(table), rules)]
    if not lists:
        return text.text
    offsets = text.offsets()
    body, at = [], 0
    for start, end in sorted(offsets.from_source(row[0].start, row[-1].end) for rows in lists for row in rows):
        if end > max(start, at):
            body += [text.text[at : max(start, at)], "\n" * (end - max(start, at))]
            at = end
    return "".join((*body, text.text[at:]))


def _wide(table: Mapping[int, list[Block]]) -> _Rows:
    """Return the rows of two cells or more, in order."""
    return [table[row] for row in sorted(table) if len(table[row]) > 1]


def _is_list(text: str, rows: _Rows, rules: HeadRules) -> bool:
    """Tell whether a column below the first row holds dates, 发文字号 or figures, and no row is labelled."""
    data = rows[1 : 1 + _LOOKED_AT]
    if len(data) < _LEAST or any(_is_label(squeeze(text[row[0].start : row[0].end]), rules) for row in data):
        return False
    columns: dict[int | None, list[str]] = {}
    for row in data:
        for cell in row:
            columns.setdefault(cell.column, []).append(squeeze(text[cell.start : cell.end]))
    return any(_of_one_kind(cells, rules) for cells in columns.values())


def _is_label(cell: str, rules: HeadRules) -> bool:
    """Tell whether a cell names a field of the head: 「成文日期」."""
    named = cell.rstrip("：:") + "："
    return len(named) < _LONGEST and any(label.match(named) for label in rules.labels.values())


def _of_one_kind(cells: Sequence[str], rules: HeadRules) -> bool:
    """Tell whether most of a column's cells are dates, or 发文字号, or figures."""
    kinds = [_kind(cell, rules) for cell in cells]
    most = max(kinds.count(kind) for kind in ("date", "number", "figure"))
    return most >= max(_LEAST, _SHARE * len(cells))


def _kind(cell: str, rules: HeadRules) -> str:
    """Return what a cell is all of: ``date``, ``number`` (发文字号), ``figure``; ``""`` for anything else."""
    if len(cell) > _LONGEST:
        return ""
    date = next(find_dates(cell), None)
    if date and len(date.iso) > 4 and date.start == 0 and date.end >= len(cell) - 1:
        return "date"
    number = next(find_numbers(cell, rules.numbers), None)
    if number and number.end - number.start >= len(cell) - 2:
        return "number"
    return "figure" if _FIGURE.fullmatch(cell) else ""
