"""The tables of a document: rows of cells, from the file's own tables or from lines whose cells are set apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.core.layers import CleanText, RawText

_LINE = re.compile(r"[^\n]+")
_RULER = re.compile(r"[\s|:：—－-]+")
_FIGURE = re.compile(
    r"\s*(?:最高|最多|最低|最少|不超过|至少|约|近|超过?|[≥≤<>])?[-－−+＋]?\s?(?!(?:19|20)\d\d(?![\d,.]))\d"
)
_CAPTION = re.compile(r"\s*(?:附?表|专栏)\s?(?:[\d一二三四五六七八九十]|[A-Z]?\d+[-—.]\d)")
_MOST_HEADS, _LONGEST_FIGURE, _CAPTION_LINES = 3, 20, 3


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's span in the clean text, its text and its column from 0."""

    start: int
    end: int
    text: str
    column: int


Row = list[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A table's rows, of which the first ``heads`` say what the columns are; ``caption`` is the line that names it."""

    rows: tuple[tuple[Cell, ...], ...]
    heads: int
    caption: str | None

    @property
    def start(self) -> int:
        """Where its first cell begins in the clean text."""
        return self.rows[0][0].start

    @property
    def end(self) -> int:
        """Where its last cell ends in the clean text."""
        return self.rows[-1][-1].end

    def path(self, row: int, cell: Cell) -> tuple[str, ...]:
        """Return the heads above a cell, from the top, and the first cell of its row, if that's another."""
        above = [one.text.strip() for line in self.rows[: min(self.heads, row)] for one in _over(line, cell)]
        first = self.rows[row][0]
        label = [first.text.strip()] if row >= self.heads and first is not cell else []
        return tuple(dict.fromkeys(word for word in (*above, *label) if word))


def find_tables(raw: RawText | None, text: CleanText) -> list[Table]:
    """Return the tables of a document, in order: those the file knows, else the runs of lines that look like rows."""
    known = raw is not None and any(block.kind == "cell" for block in raw.blocks)
    found = rows_of_blocks(text, raw) if known and raw is not None else rows_of_lines(text.text)
    tables = []
    for rows in found:
        kept = tuple(tuple(row) for row in rows)
        tables.append(Table(kept, count_heads(rows), _caption(text.text, rows[0][0].start)))
    return sorted(tables, key=lambda table: table.start)


def rows_of_blocks(text: CleanText, raw: RawText) -> Iterator[list[Row]]:
    """Yield the rows of each table of the file."""
    offsets = text.offsets()
    tables: dict[int | None, dict[int | None, Row]] = {}
    for block in raw.blocks:
        if block.kind == "cell":
            start, end = offsets.from_source(block.start, block.end)
            row = tables.setdefault(block.table, {}).setdefault(block.row, [])
            row.append(Cell(start, end, text.text[start:end], block.column or 0))
    for rows in tables.values():
        yield list(rows.values())


def rows_of_lines(text: str) -> Iterator[list[Row]]:
    """Yield the rows of each run of lines whose cells are set apart by tabs or bars."""
    if "\t" not in text and "|" not in text:
        return
    rows: list[Row] = []
    end = -1
    for line in _LINE.finditer(text):
        row = list(_cells(line[0], line.start()))
        if rows and (not row or line.start() != end + 1):
            yield rows
            rows = []
        if row and _RULER.fullmatch(line[0]) is None:
            rows.append(row)
        end = line.end()
    if rows:
        yield rows


def count_heads(rows: list[Row]) -> int:
    """Return how many rows stand above the first with figures; years don't count, which heads may hold: 2024年目标.

    A table without figures among its first rows has one row of heads, if it has more than one row.
    """
    for number, row in enumerate(rows[:_MOST_HEADS]):
        if any(_FIGURE.match(cell.text) and len(cell.text) <= _LONGEST_FIGURE for cell in row):
            return number
    return min(1, len(rows) - 1)


def _over(row: tuple[Cell, ...], cell: Cell) -> Iterator[Cell]:
    """Yield the cell of a row that stands above ``cell``: the last that begins in its column or left of it."""
    left = [one for one in row if one.column <= cell.column]
    yield from left[-1:]


def _cells(line: str, start: int) -> Iterator[Cell]:
    """Yield the cells of a line of text, none if it isn't a row."""
    separator = "\t" if "\t" in line else "|"
    if separator not in line or (separator == "|" and line.count("|") < 2):
        return
    parts = line.split(separator)
    framed = separator == "|" and not parts[0].strip()
    for index, part in enumerate(parts):
        if not framed or 0 < index < len(parts) - 1:
            yield Cell(start, start + len(part), part, index - framed)
        start += len(part) + 1


def _caption(text: str, start: int) -> str | None:
    """Return the line shortly above a table that names it: 表 1 …"""
    lines = [line for line in text[max(0, start - 300) : start].split("\n") if line.strip()]
    return next((line.strip() for line in reversed(lines[-_CAPTION_LINES:]) if _CAPTION.match(line)), None)
