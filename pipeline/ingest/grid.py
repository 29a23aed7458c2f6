"""What spreadsheets, delimited text and JSON have in common: lines of named or unnamed cells, as they are printed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.core.issues import Issue, issue

# of one file; beyond it the rest is left out, and said so
MOST_CELLS, MOST_ROWS = 5_000_000, 1_000_000
MOST_COLUMNS = 16_384  # as in Excel
_MOST_DOUBTS = 20
# what no table can hold and no reader should see; tabs and line breaks are kept
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_BREAKS = re.compile("\r\n?|\u2028|\u2029")


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number within the sheet or file, from 1, and its cells that aren't empty, by column from 0."""

    number: int
    cells: dict[int, str]


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet, or one file that is one: ``lines`` without empty ones; ``merged``: first row and column, last ones.

    Numbers of rows as in ``Line``. ``heads`` are the names of the columns where the file itself tells them (JSON).
    """

    name: str
    lines: list[Line]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    heads: tuple[str, ...] = ()


@dataclass(slots=True)
class Room:
    """What a file may still give: ``most`` rows of each of its tables, rows and cells of all of them."""

    most: int
    rows: int = MOST_ROWS
    cells: int = MOST_CELLS

    def takes(self, lines: int, cells: int) -> bool:
        """Take a row of so many cells into a table with ``lines`` rows; False when there's no room for it."""
        if lines >= self.most or cells > self.cells or self.rows < 1:
            return False
        self.rows -= 1
        self.cells -= cells
        return True


@dataclass(slots=True)
class RowDoubts:
    """Collects what's wrong with single rows; after some, the rest is only counted."""

    name: str
    _found: list[Issue] = field(default_factory=list)
    _more: int = 0

    def add(self, row: int, detail: str) -> None:
        """Note what's wrong with ``row`` (from 1)."""
        if len(self._found) < _MOST_DOUBTS:
            self._found.append(issue("ingest", "ingest.bad-row", name=self.name, row=row, detail=detail))
        else:
            self._more += 1

    def all(self) -> tuple[Issue, ...]:
        """Return the issues, the last one with the number of those left out."""
        if not self._more:
            return tuple(self._found)
        return (*self._found, issue("ingest", "ingest.bad-rows", name=self.name, count=self._more))


def cell_text(text: str) -> str:
    """Return a cell's text without control characters, line breaks as ``\\n``, no space around it."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = _CONTROLS.sub("", _BREAKS.sub("\n", text))
    return _SURROGATES.sub("\ufffd", text).strip()
