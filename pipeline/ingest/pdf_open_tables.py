"""Tables without upright rules: between level rules (三线表), or only by figures set in columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from pipeline.ingest.pdf_glyphs import Box, Rule
from pipeline.ingest.pdf_grid import merge_rules
from pipeline.ingest.pdf_lines import Line, join, to_rows
from pipeline.ingest.pdf_tables import Cell, Printed, Table

_SAME_END = 6.0  # points by which rules of one table differ in length
_SHORTEST = 100.0
_TALLEST_HEAD = 100.0
_COLUMN_GAP = 0.6  # heights of a line between columns
_MANY_RULES = 4  # bands from which on each is one row
_LEADING = 0.75  # heights between lines of one cell
_FIGURE = re.compile(r"[-+−－]?[\d０-９][\d,，.．０-９]*(?:[%％‰]|[万亿]?[元个人家项件户吨米]?)|[-—–/／]+")
_LEAST_ROWS, _LEAST_COLUMNS = 3, 3
_FIGURES = 0.6  # share of cells beside the first column that must be figures


def find_open_tables(
    pieces: Sequence[Line], across: Sequence[Rule], page: int, turn: int
) -> tuple[list[Table], list[Line]]:
    """Return the tables found among ``pieces`` and the pieces outside of them; ``across`` are rules of no grid."""
    tables: list[Table] = []
    spared = list(pieces)
    left = {id(piece) for piece in spared}
    for bands, low, high in _banded(spared, merge_rules(across)):
        inside = {id(piece) for band in bands for piece in band}
        table = _from_bands(bands, low, high, page, turn)
        if table is not None and inside <= left:
            tables.append(table)
            left -= inside
    spared = [piece for piece in spared if id(piece) in left]
    for rows in _figure_rows(spared):
        inside = {id(piece) for row in rows for piece in row}
        table = _from_bands(
            [rows[0], [piece for row in rows[1:] for piece in row]],
            min(piece.x0 for row in rows for piece in row),
            max(piece.x1 for row in rows for piece in row),
            page,
            turn,
        )
        if table is not None:
            tables.append(table)
            spared = [piece for piece in spared if id(piece) not in inside]
    return tables, spared


def _banded(pieces: Sequence[Line], rules: Sequence[Rule]) -> list[tuple[list[list[Line]], float, float]]:
    """Return runs of bands between rules of one length that hold pieces in columns, with the rules' ends."""
    groups: list[list[Rule]] = []
    for rule in rules:
        if rule.high - rule.low >= _SHORTEST:
            for group in groups:
                if abs(group[0].low - rule.low) <= _SAME_END and abs(group[0].high - rule.high) <= _SAME_END:
                    group.append(rule)
                    break
            else:
                groups.append([rule])
    found = []
    for group in groups:
        if len(group) < 3:
            continue
        group.sort(key=lambda rule: -rule.at)
        run: list[list[Line]] = []
        for upper, lower in zip(group, [*group[1:], None], strict=True):
            band = [] if lower is None else _between(pieces, upper, lower)
            tall = lower is not None and not run and upper.at - lower.at > _TALLEST_HEAD
            if band and not tall and _is_tabular(band):
                run.append(band)
                continue
            if len(run) >= 2:
                found.append((run, group[0].low, group[0].high))
            run = []
    return found


def _between(pieces: Sequence[Line], upper: Rule, lower: Rule) -> list[Line]:
    """Return the pieces between two rules."""
    low, high = lower.low - _SAME_END, lower.high + _SAME_END
    return [
        piece
        for piece in pieces
        if lower.at < (piece.y0 + piece.y1) / 2 < upper.at and low <= piece.x0 and piece.x1 <= high
    ]


def _is_tabular(band: Sequence[Line]) -> bool:
    """Tell whether most rows of a band have several pieces."""
    counts = [len(row) for row in to_rows(band)]
    return sum(count >= 2 for count in counts) >= 0.5 * len(counts)


def _figure_rows(pieces: Sequence[Line]) -> list[list[list[Line]]]:
    """Return runs of rows with figures in columns below a row of heads."""
    rows = to_rows(pieces)
    found: list[list[list[Line]]] = []
    start = 0
    for i in range(len(rows) + 1):
        goes_on = i < len(rows) and len(rows[i]) >= _LEAST_COLUMNS
        if goes_on and i > start and not _follows(rows[i - 1], rows[i]):
            goes_on = False
            if _is_figures(rows[start:i]):
                found.append(rows[start:i])
            start = i
            continue
        if not goes_on:
            if _is_figures(rows[start:i]):
                found.append(rows[start:i])
            start = i + 1
    return found


def _follows(above: Sequence[Line], below: Sequence[Line]) -> bool:
    """Tell whether a row has as many pieces as the one above it, one below the other, at an ordinary distance."""
    if len(above) != len(below) or above[0].y0 - below[0].y1 > 2.5 * above[0].height:
        return False
    return all(min(a.x1, b.x1) - max(a.x0, b.x0) > -a.height for a, b in zip(above, below, strict=True))


def _is_figures(rows: Sequence[Sequence[Line]]) -> bool:
    """Tell whether rows are heads and, below, mostly figures from the second column on."""
    if len(rows) < _LEAST_ROWS:
        return False
    cells = [piece.text.strip() for row in rows[1:] for piece in row[1:]]
    heads = [piece.text for piece in rows[0][1:]]
    figures = sum(_FIGURE.fullmatch(text) is not None for text in cells)
    return figures >= _FIGURES * len(cells) and not any(_FIGURE.fullmatch(head) and len(head) != 4 for head in heads)


def _from_bands(bands: Sequence[Sequence[Line]], low: float, high: float, page: int, turn: int) -> Table | None:
    """Return the table of bands, each parted into rows; None when they don't part into columns."""
    xs = _borders([piece for band in bands[1:] for piece in band], low, high)
    if xs is None:
        return None
    rows: list[list[Line]] = []
    for band in bands:
        if len(bands) >= _MANY_RULES:
            rows.append(list(band))
        else:
            rows += _whole_rows(to_rows(band), xs)
    cells = [cell for number, row in enumerate(rows) for cell in _row_cells(number, row, xs, page, turn)]
    every = [piece for band in bands for piece in band]
    box = (xs[0], min(piece.y0 for piece in every), xs[-1], max(piece.y1 for piece in every))
    return Table(xs, tuple(cells), page, turn, box, top=True, bottom=True)


def _borders(pieces: Sequence[Line], low: float, high: float) -> tuple[float, ...] | None:
    """Return the column borders in the gaps that run through all rows, None when there are none."""
    if not pieces:
        return None
    height = median(piece.height for piece in pieces)
    spans: list[list[float]] = []
    for piece in sorted(pieces, key=lambda piece: piece.x0):
        if spans and piece.x0 <= spans[-1][1] + _COLUMN_GAP * height:
            spans[-1][1] = max(spans[-1][1], piece.x1)
        else:
            spans.append([piece.x0, piece.x1])
    if len(spans) < 2:
        return None
    inner = [(a[1] + b[0]) / 2 for a, b in pairwise(spans)]
    return (min(low, spans[0][0]), *inner, max(high, spans[-1][1]))


def _whole_rows(rows: list[list[Line]], xs: Sequence[float]) -> list[list[Line]]:
    """Return printed rows with those that only go on with cells of the row above put to it."""
    whole: list[list[Line]] = []
    for row in rows:
        if whole and row[0].x0 >= xs[1]:
            above = [piece for piece in whole[-1] if any(abs(piece.x0 - p.x0) < piece.height * 3 for p in row)]
            if above and min(p.y0 for p in above) - max(p.y1 for p in row) < _LEADING * row[0].height:
                whole[-1] = whole[-1] + row
                continue
        whole.append(list(row))
    return whole


def _row_cells(number: int, row: Sequence[Line], xs: Sequence[float], page: int, turn: int) -> list[Cell]:
    """Return the cells of a row; those without text, too."""
    columns = len(xs) - 1
    held: dict[tuple[int, int], list[Line]] = {}
    for piece in row:
        first = max(i for i in range(columns) if i == 0 or piece.x0 >= xs[i] - 1)
        last = max(i for i in range(columns) if i <= first or piece.x1 > xs[i] + 1)
        held.setdefault((first, last), []).append(piece)
    taken = {column for first, last in held for column in range(first, last + 1)}
    for column in range(columns):
        if column not in taken:
            held[column, column] = []
    top, bottom = max(piece.y1 for piece in row), min(piece.y0 for piece in row)
    cells = []
    for (first, last), pieces in sorted(held.items()):
        box: Box = (xs[first], bottom, xs[last + 1], top)
        lines = tuple(Printed(join(each), page, turn) for each in to_rows(pieces))
        cells.append(Cell(number, first, 1, last - first + 1, page, box, lines))
    return cells
