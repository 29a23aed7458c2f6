"""What the columns of a table are: which line is their head, which part each plays, and which hold texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from pipeline.core.config import RowSettings
from pipeline.core.layers import GivenField
from pipeline.ingest.grid import Grid, Line

Part = Literal["text", "id"] | GivenField
_FIELDS: tuple[GivenField, ...] = get_args(GivenField)
_HEAD_LINES = 10
_LONGEST_HEAD = 40
_SAMPLE = 1000
_SPACE = re.compile(r"[\s_\-*:：.]+")
_BRACKETED = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]$")
_NUMBER = re.compile(r"[-+]?[\d,，.]+(?:%|％|‰)?")
_CHINESE = re.compile("[\u4e00-\u9fff\u3400-\u4dbf]")
_RUNNING = re.compile(r"[，。；！？：、]|[,;:]\s?(?=[\u4e00-\u9fff])|\n")
# a cell with so many Chinese characters and a mark of running text is prose; a title or a name isn't
_PROSE = 15
# share of a column's cells that must be prose, and of the rows that must have one
_MOSTLY, _OFTEN = 0.5, 0.3
# a column of prose that long on average, with that share of all characters, is the body though its head says nothing
_BODY, _SHARE = 200, 0.7


@dataclass(frozen=True, slots=True)
class Columns:
    """The heads of a table's columns by number, the line they stand in (0: none), and the part some of them play.

    ``texts`` are the columns with the documents' text, the first by priority first; ``prose`` those with running text.
    """

    heads: dict[int, str]
    head_line: int
    parts: dict[int, Part]
    texts: tuple[int, ...]
    prose: tuple[int, ...]


def find_columns(grid: Grid, settings: RowSettings) -> Columns:
    """Return the columns of ``grid``, whose lines must not be empty."""
    names = _names(settings)
    used = sorted({column for line in grid.lines for column in line.cells})
    if grid.heads:
        heads, place = dict(enumerate(grid.heads)), -1
    else:
        place = _head_place(grid.lines, names, used)
        heads = dict(grid.lines[place].cells) if place >= 0 else {}
    body = grid.lines[place + 1 :]
    heads = {column: heads.get(column) or f"第{column + 1}列" for column in sorted({*used, *heads})}
    heads = {column: " ".join(head.split()) for column, head in heads.items()}
    parts = _parts(heads, names, body)
    texts = tuple(c for c, part in parts.items() if part == "text" and _has_words(body, c))
    prose = tuple(c for c in used if c not in parts and _is_prose(body, c))
    if not texts:
        texts = _body_by_content(body, prose)
    return Columns(heads, grid.lines[place].number if place >= 0 else 0, parts, texts, prose)


def normal(head: str) -> str:
    """Return a head as it is compared: 「 发文字号*（必填） 」 is 发文字号, 「Doc_Number」 is docnumber."""
    text = _SPACE.sub("", unicodedata.normalize("NFKC", head)).lower()
    return _BRACKETED.sub("", text) or text


def _names(settings: RowSettings) -> dict[str, tuple[Part, int]]:
    """Return for each known head the part it names and its rank; the part listed first wins."""
    result: dict[str, tuple[Part, int]] = {}
    parts: tuple[Part, ...] = ("text", *_FIELDS, "id")
    for part in parts:
        for rank, name in enumerate(getattr(settings, part)):
            result.setdefault(normal(name), (part, rank))
    return result


def _head_place(lines: Sequence[Line], names: dict[str, tuple[Part, int]], used: Sequence[int]) -> int:
    """Return the index of the line with the heads, -1 when there's none: titles and notes may stand above it."""
    known = [sum(normal(cell) in names for cell in line.cells.values()) for line in lines[:_HEAD_LINES]]
    best = max(range(len(known)), key=lambda i: (known[i], -i))
    if known[best] >= min(2, len(used)):
        return best
    for index, line in enumerate(lines[:_HEAD_LINES]):
        if len(line.cells) == 1 and len(used) > 1:
            continue
        cells = list(line.cells.values())
        plain = all(len(c) <= _LONGEST_HEAD and not _NUMBER.fullmatch(c) and "。" not in c for c in cells)
        return index if plain and len(set(cells)) == len(cells) and len(cells) > len(used) / 2 else -1
    return -1


def _parts(heads: dict[int, str], names: dict[str, tuple[Part, int]], body: Sequence[Line]) -> dict[int, Part]:
    """Return the part of each column that plays one; but for texts and regions there's one column a part."""
    found: dict[Part, list[tuple[int, int]]] = {}
    for column, head in heads.items():
        if (entry := names.get(normal(head))) is not None:
            found.setdefault(entry[0], []).append((entry[1], column))
    result: dict[int, Part] = {}
    for part, columns in found.items():
        columns.sort()
        if part == "id":  # a number that repeats names no row
            columns.sort(key=lambda pair: not _is_unique(body, pair[1]))
        if part == "title" and len(columns) > 1:
            columns.sort(key=lambda pair: not _has_words(body, pair[1]))
        for _, column in columns if part in ("text", "region") else columns[:1]:
            result[column] = part
    return result


def _is_unique(body: Sequence[Line], column: int) -> bool:
    """Tell whether the column's cells differ and few are empty."""
    cells = [line.cells[column] for line in body if column in line.cells]
    return len(set(cells)) == len(cells) > 0.9 * len(body)


def _has_words(body: Sequence[Line], column: int) -> bool:
    """Tell whether a column has words in most of its cells, rather than numbers."""
    cells = [line.cells[column] for line in body[:_SAMPLE] if column in line.cells]
    worded = sum(any(c.isalpha() for c in cell[:500]) and not _NUMBER.fullmatch(cell) for cell in cells)
    return worded > _MOSTLY * len(cells)


def _is_prose(body: Sequence[Line], column: int) -> bool:
    """Tell whether a column holds running Chinese text."""
    cells = [line.cells[column] for line in body[:_SAMPLE] if column in line.cells]
    prose = sum(len(_CHINESE.findall(c[:200])) >= _PROSE and bool(_RUNNING.search(c[:1000])) for c in cells)
    return prose > 0 and prose >= _MOSTLY * len(cells) and len(cells) >= _OFTEN * min(len(body), _SAMPLE)


def _body_by_content(body: Sequence[Line], prose: Sequence[int]) -> tuple[int, ...]:
    """Return the one column of prose that is plainly the documents' text, though its head doesn't say so."""
    lengths: dict[int, int] = {}
    for line in body[:_SAMPLE]:
        for column, cell in line.cells.items():
            lengths[column] = lengths.get(column, 0) + len(cell)
    rows, total = min(len(body), _SAMPLE), sum(lengths.values())
    return tuple(c for c in prose if lengths[c] >= _BODY * rows and lengths[c] >= _SHARE * total)[:1]
