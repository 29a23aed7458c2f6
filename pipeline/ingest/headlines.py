"""Heads of several lines, with cells merged across, made one line: 「农业」 over 「耕地面积」 over 「数值（万亩）」."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.ingest.grid import Grid, Line

_MOST_HEADS = 8
_FIGURE = re.compile(r"[-+]?[\d,，.]+(?:%|％|‰)?")
_YEAR = re.compile(r"(?:19|20)\d\d")


def fold_heads(lines: Sequence[Line], grid: Grid) -> list[Line]:
    """Return ``lines`` with those above the first figures as one, each column's heads from above to below.

    Only where cells of them are merged across: then a figure's unit and what it counts stand in different lines.
    """
    count = next((i for i, line in enumerate(lines[: _MOST_HEADS + 1]) if _has_figure(line)), 0)
    numbers = [line.number for line in lines[:count]]
    across = [area for area in grid.merged if area[0] in numbers and area[3] > area[1]]
    if count < 2 or not across:
        return list(lines)
    last = max(column for line in lines for column in line.cells)
    heads: dict[int, list[str]] = {}
    for line in lines[:count]:
        cells = dict(line.cells)
        for top, left, _, right in across:
            if top == line.number and left in line.cells:
                cells |= dict.fromkeys(range(left, min(right, last) + 1), line.cells[left])
        for column, text in cells.items():
            if text not in heads.setdefault(column, []):
                heads[column].append(text)
    folded = {column: _joined(texts) for column, texts in sorted(heads.items())}
    return [Line(lines[count - 1].number, folded), *lines[count:]]


def _joined(texts: Sequence[str]) -> str:
    """Return heads as one, in which what is counted can be read off: 「农业」「耕地面积」 is 农业耕地面积."""
    result = ""
    for text in texts:
        if text.startswith(result):  # 「工业」 over 「工业产值」
            result = text
            continue
        beside_latin = result[-1].isascii() and text[0].isascii() and result[-1].isalnum() and text[0].isalnum()
        result += f" {text}" if beside_latin else text
    return result


def _has_figure(line: Line) -> bool:
    """Tell whether a line holds a number other than a year, which heads may hold."""
    return any(_FIGURE.fullmatch(cell) and not _YEAR.fullmatch(cell) for cell in line.cells.values())
