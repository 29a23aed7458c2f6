"""Tables in plain text, as programs that read PDF files print them: a line for each row, cells parted by spaces.

The spaces between cells become tabs, and blank lines between rows go: from then on a table's row is known as one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from pipeline.clean.lines import Line, split
from pipeline.core.layers import Block
from pipeline.core.offsets import Edit

_LEAST_ROWS, _LEAST_COLUMNS = 3, 3
_NUMERIC_SHARE = 0.8  # of the cells behind the first column, where nothing but the numbers shows a table
_MOST_BLANKS = 2  # blank lines between two rows
_CAPTION_ABOVE = 3  # lines above a table that may name it
_LONGEST = 60  # characters of a cell; more is prose
_HAN = "\u3400-\u9fff〇"
_GAP = re.compile(r"[ \u3000]+")
# where a space stands inside a cell: between Chinese and a number, as typesetters set it
_INNER = re.compile(rf"(?<=[{_HAN}（(，、约近超达]) +(?=\d)|(?<=[\d%‰+]) +(?=[{_HAN}）)，。；、%])")
_CAPTION = re.compile(r"(?:附?表|专栏) ?(?:[\d一二三四五六七八九十]{1,3}|[A-Z]?\d+[-—.]\d+)(?!\d)|Table ?\d")
_FIGURE = re.compile(r"[-－−+]?\d[\d,.]*(?:[%％‰]|[亿万]?元)?|[-－—–/]+")
_YEAR = re.compile(r"(?:19|20)\d\d(?:年|-\d\d)?")
_SENTENCE = re.compile("[。；]$|[。；].")

Cut = Callable[[str], list[tuple[int, int]]]


def set_columns(text: str, blocks: Sequence[Block]) -> list[Edit]:
    """Return edits that set the cells of tables in plain text apart by tabs; none for files that know their tables.

    A table is a run of lines with one number of cells, three and more. Either nearly all cells behind the first column
    are figures, or a caption (「表 1」) stands above, and then a cell may hold numbers with spaces around them.
    """
    if blocks or " " not in text:
        return []
    lines = list(split(text))
    edits: list[Edit] = []
    at = 0
    while at < len(lines):
        rows = _numeric_rows(lines, at) or _captioned_rows(lines, at)
        for line, gaps in rows:
            edits += [Edit(line.start + start, line.start + end, "\t", "column") for start, end in gaps]
        for (line, _), (after, _) in pairwise(rows):
            if after.blanks:
                edits.append(Edit(line.end, after.start, "\n", "column"))
        at += max(len(rows), 1)
    return sorted(edits, key=lambda edit: (edit.start, edit.end))


Row = tuple[Line, list[tuple[int, int]]]


def _numeric_rows(lines: Sequence[Line], at: int) -> list[Row]:
    """Return the rows of the table of figures that begins at line ``at``, none when there is none."""
    rows: list[Row] = []
    for row in _run(lines, at, _gaps):
        if rows and not _is_figures(*row):
            return []  # so that a long list of words isn't gone through from each of its lines
        rows.append(row)
    return rows if len(rows) >= _LEAST_ROWS else []


def _captioned_rows(lines: Sequence[Line], at: int) -> list[Row]:
    """Return the rows of the table that begins at line ``at`` below a caption, none when there is none."""
    above = lines[max(0, at - _CAPTION_ABOVE) : at]
    if not any(_CAPTION.match(line.text) and not _SENTENCE.search(line.text) for line in above):
        return []
    rows = list(_run(lines, at, _outer_gaps))
    return rows if len(rows) >= _LEAST_ROWS else []


def _run(lines: Sequence[Line], at: int, cut: Cut) -> Iterator[Row]:
    """Yield lines from ``at`` on as long as they have as many cells as the first, and none is prose."""
    columns = 0
    for index in range(at, len(lines)):
        line = lines[index]
        if "\t" in line.text or "|" in line.text or (columns and line.blanks > _MOST_BLANKS):
            return
        gaps = cut(line.text)
        if len(gaps) + 1 < _LEAST_COLUMNS or (columns and len(gaps) + 1 != columns):
            return
        if any(len(cell) > _LONGEST or _SENTENCE.search(cell) for cell in _cells(line.text, gaps)):
            return
        columns = len(gaps) + 1
        yield line, gaps


def _gaps(text: str) -> list[tuple[int, int]]:
    """Return the runs of spaces in a line."""
    return [found.span() for found in _GAP.finditer(text)]


def _outer_gaps(text: str) -> list[tuple[int, int]]:
    """Return the runs of spaces in a line that don't belong to a cell's own text."""
    inner = {found.start() for found in _INNER.finditer(text)}
    return [span for span in _gaps(text) if span[0] not in inner]


def _cells(text: str, gaps: Sequence[tuple[int, int]]) -> list[str]:
    """Return the cells between gaps."""
    edges = [0, *(edge for gap in gaps for edge in gap), len(text)]
    return [text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _is_figures(line: Line, gaps: Sequence[tuple[int, int]]) -> bool:
    """Tell whether nearly all cells of a row behind the first are figures, not all of them years."""
    cells = _cells(line.text, gaps)[1:]
    figures = sum(_FIGURE.fullmatch(cell) is not None for cell in cells)
    return figures >= _NUMERIC_SHARE * len(cells) and not all(_YEAR.fullmatch(cell) for cell in cells)
