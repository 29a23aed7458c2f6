"""A table whose cells are shaded by their figures."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.charts import colours
from pipeline.charts.drawing import (
    SIZE,
    WIDTH,
    Box,
    Chart,
    Shape,
    Words,
    checked_link,
    clean,
    fitted,
    number,
    text_width,
    values_checked,
)

_ROW, _LINE = 24.0, 15.0
_LABEL = 150.0
_CELL, _WIDEST = 44.0, 92.0
_GAP = 8.0


def heat(
    title: str,
    desc: str,
    rows: Sequence[str],
    heads: Sequence[str],
    cells: Sequence[Sequence[float]],
    *,
    links: Sequence[Sequence[str]] = (),
    unit: str = "",
) -> Chart:
    """Return a table of ``rows`` by ``heads``, shaded from the smallest figure above 0 to the largest; 0 stays pale.

    A head may have a second line after a line break; ``links`` may give each cell's page. The chart grows with heads.
    Raises ValueError for an empty table, one that isn't rectangular, or a negative figure.
    """
    values_checked([value for line in cells for value in line])
    if len(cells) != len(rows) or any(len(line) != len(heads) for line in cells):
        raise ValueError("a table needs a figure for each row and head")
    left = min(max(text_width(clean(row)) for row in rows), _LABEL) + _GAP
    longest = max([text_width(number(value), 12) for line in cells for value in line]) + 6
    named = min(max(text_width(clean(head), 12) for head in "\n".join(heads).split("\n")) + 6, _WIDEST)
    cell = max(longest, named, min((WIDTH - left) / len(heads), _WIDEST), _CELL)
    top = max(value for line in cells for value in line) or 1.0
    shapes = _heads(heads, left, cell)
    above = 22.0 + (_LINE if any("\n" in head for head in heads) else 0.0)
    for place, row in enumerate(rows):
        y = above + place * _ROW
        name = fitted(row, left - _GAP)
        tip = clean(row) if name != clean(row) else ""
        shapes.append(Words(left - _GAP, y + _ROW / 2 + SIZE * 0.36, name, "end", tip=tip))
        for column, value in enumerate(cells[place]):
            link = checked_link(links[place][column]) if links else ""
            told = f"{clean(row)} × {clean(heads[column])}：{number(value)}{unit}"
            shapes += _cell((left + cell * column, y, cell), value, top, told, link)
    height = above + 2 + len(rows) * _ROW
    return Chart(clean(title), clean(desc), max(WIDTH, left + cell * len(heads)), height, tuple(shapes))


def _heads(heads: Sequence[str], left: float, cell: float) -> list[Shape]:
    """Return the words over the columns."""
    shapes: list[Shape] = []
    for column, words in enumerate(heads):
        for line, head in enumerate(words.split("\n", 1)):
            name = fitted(head, cell - 4, 12)
            tip = clean(head) if name != clean(head) else ""
            x, y = left + cell * (column + 0.5), SIZE + 2 + line * _LINE
            shapes.append(Words(x, y, name, "middle", 12, colours.SOFT, tip=tip, kind="soft"))
    return shapes


def _cell(place: tuple[float, float, float], value: float, top: float, told: str, link: str) -> list[Shape]:
    """Return a cell with its figure, none for 0; ``place`` is its corner and width."""
    x, y, width = place
    if not value:
        return [Box(x, y, width, _ROW, colours.NOTHING, tip=told, edge="#ffffff")]
    fill = colours.shade(value / top)
    ink = colours.ink_on(fill)
    words = Words(x + width / 2, y + _ROW / 2 + 4.5, number(value), "middle", 12, ink, link=link, kind="on")
    return [Box(x, y, width, _ROW, fill, tip=told, link=link, edge="#ffffff"), words]
