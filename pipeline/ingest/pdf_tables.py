"""Tables of a page as cells with their lines, and tables that go on over a page break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.ingest.pdf_glyphs import Box, Glyph
from pipeline.ingest.pdf_grid import Grid
from pipeline.ingest.pdf_lines import Line, to_lines

_SAME_BORDER = 4.0  # points by which column borders differ from page to page
_LEAST_FILLED = 0.12  # share of a grid's cells with text; drawings have fewer
_LEAST_FILLED_OPEN = 0.5  # the same when only one upright rule is drawn, as in a chart
_GROUP = 2  # rows of a cell that stands for a group of rows
_FEW_CELLS, _LONG_CELL = 4, 40
_MOST_HEAD_ROWS = 3
_MOST_BEFORE = 200  # cells that are looked through for those of the last row


@dataclass(frozen=True, slots=True)
class Printed:
    """A line of text where it's printed; ``box`` is in the coordinates of its sheet."""

    line: Line
    page: int
    turn: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: first row and column from 0, rows and columns it spans, its box on its first page, its lines."""

    row: int
    column: int
    rows: int
    columns: int
    page: int
    box: Box
    lines: tuple[Printed, ...]

    @property
    def text(self) -> str:
        """The cell's lines without any break."""
        return "".join(printed.line.text for printed in self.lines)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: column borders, cells in order, box on its first page; ``bottom`` tells if its last rule is drawn."""

    xs: tuple[float, ...]
    cells: tuple[Cell, ...]
    page: int
    turn: int
    box: Box
    top: bool
    bottom: bool

    @property
    def rows(self) -> int:
        """The number of rows."""
        return max((cell.row + cell.rows for cell in self.cells), default=0)


def fill_grids(grids: Sequence[Grid], glyphs: Sequence[Glyph], page: int, turn: int) -> tuple[list[Table], list[Glyph]]:
    """Return the tables whose grids hold text, and the characters outside of them."""
    inside: list[dict[int, list[Glyph]]] = [{} for _ in grids]
    spared: list[Glyph] = []
    for glyph in glyphs:
        x, y = (glyph.x0 + glyph.x1) / 2, (glyph.y0 + glyph.y1) / 2
        for grid, found in zip(grids, inside, strict=True):
            if (index := grid.area_at(x, y)) is not None:
                found.setdefault(index, []).append(glyph)
                break
        else:
            spared.append(glyph)
    kept = [_is_table(grid, found) for grid, found in zip(grids, inside, strict=True)]
    if not all(kept):
        real = [grid for grid, keep in zip(grids, kept, strict=True) if keep]
        return fill_grids(real, glyphs, page, turn)
    tables = [_table(grid, found, page, turn) for grid, found in zip(grids, inside, strict=True)]
    return tables, spared


def _is_table(grid: Grid, found: dict[int, list[Glyph]]) -> bool:
    """Tell whether a grid is a table rather than a drawing: enough of its cells hold text."""
    least = _LEAST_FILLED_OPEN if len(grid.xs) <= 3 and not (grid.top and grid.bottom) else _LEAST_FILLED
    if len(found) == 1:  # a long cell beside its empty label: a row that goes on through the whole page
        return 2 <= len(grid.areas) <= _FEW_CELLS and sum(map(len, found.values())) >= _LONG_CELL
    return len(found) >= 2 and len(found) >= least * len(grid.areas)


def _table(grid: Grid, found: dict[int, list[Glyph]], page: int, turn: int) -> Table:
    """Return a grid as a table."""
    cells = []
    for index, area in enumerate(grid.areas):
        lines = tuple(Printed(line, page, turn) for line in to_lines(found.get(index, ())))
        cells.append(Cell(area.row, area.column, area.rows, area.columns, page, area.box, lines))
    return Table(grid.xs, tuple(cells), page, turn, grid.box, grid.top, grid.bottom)


def goes_on(first: Table, second: Table) -> bool:
    """Tell whether ``second``, at the top of the next page, is the rest of ``first``: columns at the same places."""
    if first.turn != second.turn or abs(first.xs[0] - second.xs[0]) > _SAME_BORDER:
        return False
    if abs(first.xs[-1] - second.xs[-1]) > _SAME_BORDER:
        return False
    few, many = sorted((first.xs, second.xs), key=len)
    return (all(any(abs(x - other) <= _SAME_BORDER for other in many) for x in few) and len(few) > 2) or (
        len(first.xs) == len(second.xs) == 2
    )


def join_tables(parts: Sequence[Table]) -> tuple[Table, tuple[Printed, ...]]:
    """Return the parts of a table as one, and the lines of head rows that later parts repeat."""
    if len(parts) == 1:
        return parts[0], ()
    xs: tuple[float, ...] = ()
    for part in parts:
        xs = _union(xs, part.xs)
    first, repeated = _on_columns(parts[0], xs), []
    rows, bottom = first.rows, first.bottom
    cells = list(first.cells)
    for part in parts[1:]:
        lower = _on_columns(part, xs)
        heads = _repeated_rows(first, lower)
        repeated += [p for cell in lower.cells if cell.row < heads for p in cell.lines]
        fresh = [replace(cell, row=cell.row - heads) for cell in lower.cells if cell.row >= heads]
        last = _last_row(cells, rows)
        closed = bottom and (heads > 0 or lower.top)
        if fresh and _row_goes_on([cells[i] for i in last], [cell for cell in fresh if cell.row == 0], closed):
            rows -= 1
            fresh = _append(cells, last, fresh)
        else:
            fresh = _extend_groups(cells, last, fresh)
        cells += [replace(cell, row=cell.row + rows) for cell in fresh]
        rows += max(lower.rows - heads, 0)
        bottom = lower.bottom
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return replace(parts[0], xs=xs, cells=tuple(cells), bottom=bottom), tuple(repeated)


def _last_row(cells: Sequence[Cell], rows: int) -> list[int]:
    """Return the indices of the cells that reach the last row."""
    found: list[int] = []
    for index in range(len(cells) - 1, -1, -1):
        if cells[index].row + cells[index].rows == rows:
            found.append(index)
        elif len(found) + _MOST_BEFORE < len(cells) - index:
            break
    return found[::-1]


def _union(a: Sequence[float], b: Sequence[float]) -> tuple[float, ...]:
    """Return the column borders of both parts."""
    return tuple(sorted([*a, *(x for x in b if all(abs(x - other) > _SAME_BORDER for other in a))]))


def _on_columns(table: Table, xs: Sequence[float]) -> Table:
    """Return a table with its columns counted by the borders ``xs``."""
    if len(xs) == len(table.xs):
        return table
    at = [min(range(len(xs)), key=lambda i, x=x: abs(xs[i] - x)) for x in table.xs]  # type: ignore[misc]
    cells = tuple(
        replace(cell, column=at[cell.column], columns=at[cell.column + cell.columns] - at[cell.column])
        for cell in table.cells
    )
    return replace(table, xs=tuple(xs), cells=cells)


def _repeated_rows(first: Table, second: Table) -> int:
    """Return how many rows at the top of ``second`` repeat the head of ``first``, at most three."""
    count = 0
    for row in range(min(_MOST_HEAD_ROWS, second.rows)):
        a = [(cell.column, _squeeze(cell.text)) for cell in first.cells if cell.row == row]
        b = [(cell.column, _squeeze(cell.text)) for cell in second.cells if cell.row == row]
        if a != b or not any(text for _, text in a):
            break
        count = row + 1
    return count


def _squeeze(text: str) -> str:
    """Return ``text`` without spaces."""
    return "".join(text.split())


def _row_goes_on(last: Sequence[Cell], top: Sequence[Cell], closed: bool) -> bool:
    """Tell whether the first row of the next part belongs to the last row of the one before.

    It does when no rule parts them, or when the label at the row's start stands in one of the parts only; a cell that
    spans several rows there is a group's, whose rows are whole.
    """
    if not last or not top or {(c.column, c.columns) for c in last} != {(c.column, c.columns) for c in top}:
        return False
    if not closed:
        return True
    label, above = min(top, key=lambda cell: cell.column), min(last, key=lambda cell: cell.column)
    if label.rows > 1 or above.rows > 1 or len(top) < 2 or (label.lines and above.lines):
        return False
    filled = {cell.column for cell in last if cell.lines}
    return sum(cell.column in filled for cell in top if cell.lines) <= max(1, len(top) // 2)


def _append(cells: list[Cell], last: Sequence[int], fresh: Sequence[Cell]) -> list[Cell]:
    """Put the cells of the first fresh row to those at ``last`` they go on from; return the others."""
    by_column = {cells[index].column: index for index in last}
    others = []
    for cell in fresh:
        index = by_column.get(cell.column)
        if cell.row or index is None:
            others.append(cell)
            continue
        above = cells[index]
        begun = above if above.lines else cell
        cells[index] = replace(
            above, lines=above.lines + cell.lines, rows=above.rows + cell.rows - 1, page=begun.page, box=begun.box
        )
    return others


def _extend_groups(cells: list[Cell], last: Sequence[int], fresh: Sequence[Cell]) -> list[Cell]:
    """Let cells over several rows that the page break cut reach into the next part; return the other fresh cells."""
    by_column = {(cells[index].column, cells[index].columns): index for index in last}
    others = []
    for cell in fresh:
        index = by_column.get((cell.column, cell.columns))
        if cell.row or cell.lines or cell.rows < _GROUP or index is None:
            others.append(cell)
        else:
            cells[index] = replace(cells[index], rows=cells[index].rows + cell.rows)
    return others
