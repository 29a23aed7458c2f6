"""Cross tables: any code, attribute or slot of measures against any other, each cell leading to its passages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from pipeline.core import outputs
from pipeline.core.errors import PipelineError
from pipeline.explore.pages import Page, Sheet
from pipeline.explore.paging import paging
from pipeline.explore.queries import documents
from pipeline.explore.shown import address, figure
from pipeline.explore.store import Store
from pipeline.table.matrices import PERCENTS, SCOPES, UNITS, Matrix, Number, Percent, Question, matrix, passages
from pipeline.table.matrices_axes import attributes
from pipeline.table.matrices_frame import Passage, read_passages
from pipeline.table.words import code_of

# what may stand on either side beside codebooks and attributes of documents
_SLOTS = ("代码", "作用", "类型", "限定", "支持方式", "计量基准", "单位", "编码者", "文档")
_ROWS, _COLS = "作用", "年份"
_CODERS = {"": "机器", "people": "人工", "all": "全部"}
_QUESTIONS = ("rows", "cols", "unit", "coder", "within", "top", "percent")
# a table with more cells than this is for a file, not for a page
_MOST_CELLS = 20_000
_SHADES = 6
_HEADS = Passage.__slots__


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the page shows it: its figure, its share in percent, its shade from 0 to 5, where it leads."""

    text: str
    share: str
    shade: int
    link: str


def matrix_page(request: Request, store: Store) -> Page:
    """Return the cross table asked for. Raises PipelineError for an axis, unit or coder that isn't there."""
    asked = _asked(request)
    found = read_matrix(store, asked)
    rows, cols = found.labels
    if len(rows) * len(cols) > _MOST_CELLS:
        size = f"{len(rows)} 行 × {len(cols)} 列"
        raise PipelineError(f"这张表太大（{size}）：请用 cewen matrix 写成文件，或只取几个值，例如 地区=浙江,江苏")
    by = _percent(asked)
    cells = list(_cells(found, asked, by))
    with store.cursor() as cursor:
        sides = [*documents.codebooks(cursor).values(), *_SLOTS, *attributes().values()]
    heads = [found.rows.zh, *cols, "合计"]

    def lines() -> Iterator[Sequence[Any]]:
        for label, row, total in zip(rows, found.cells, found.row_totals, strict=True):
            yield [label, *row, total]

    data = {
        "name": found.name,
        "unit": found.unit,
        "rows": rows,
        "columns": cols,
        "cells": found.cells,
        "row_totals": found.row_totals,
        "column_totals": found.col_totals,
        "total": found.total,
        "notes": found.notes,
    }
    values = {
        "name": found.name,
        "unit": UNITS[found.unit],
        "cols": cols,
        "rows": list(zip(found.rows.heads, rows, cells, map(figure, found.row_totals), strict=True)),
        "col_totals": list(map(figure, found.col_totals)),
        "total": figure(found.total),
        "notes": found.notes,
        "asked": asked,
        "sides": list(dict.fromkeys(sides)),
        "units": UNITS,
        "coders": _CODERS,
        "scopes": SCOPES,
        "percents": PERCENTS,
        "corner": f"{found.rows.zh} × {found.cols.zh}",
        "swapped": address("/matrix", [*(asked | {"rows": asked["cols"], "cols": asked["rows"]}).items()]),
    }
    return Page(found.name, "matrix.html", Sheet(found.name, heads, lines), data, values, "matrix")


def quotes_page(request: Request, store: Store) -> Page:
    """Return the passages behind a cell. Raises PipelineError for a row or column that isn't there."""
    asked = _asked(request)
    found = read_matrix(store, asked)
    rows, cols = found.labels
    row, col = _place(request, "row", len(rows)), _place(request, "col", len(cols))
    page = paging(request, found.behind[row][col])

    def read(most: int) -> list[Passage]:
        return read_passages(passages(store.out, found, row=row, col=col, most=most))

    listed = read(page.offset + page.size)[page.offset :]
    return Page(
        f"{rows[row]} × {cols[col]}",
        "quotes.html",
        Sheet(f"{rows[row]} × {cols[col]}", _HEADS, lambda: (_values(one) for one in read(page.total or 1))),
        {**page.data(), "row": rows[row], "column": cols[col],
         "passages": [dict(zip(_HEADS, _values(one), strict=True)) for one in listed]},
        {"passages": listed, "paging": page, "back": address("/matrix", asked.items()), "name": found.name},
        "matrix",
    )  # fmt: skip


def read_matrix(store: Store, asked: Mapping[str, str]) -> Matrix:
    """Return the matrix of an address's questions, from memory where it was asked for before."""
    question = Question(
        rows=asked["rows"],
        cols=asked["cols"],
        unit=_code(UNITS, asked, "unit"),
        coders=(asked["coder"],) if asked["coder"] else (),
        within=_code(SCOPES, asked, "within") or "clause",
        top=asked["top"] == "1",
    )
    path = store.out / outputs.CORRECTIONS
    stamp = path.stat().st_mtime_ns if path.is_file() else 0
    found: Matrix = store.counts.remember(("matrix", question, stamp), lambda: matrix(store.out, question))
    return found


def _asked(request: Request) -> dict[str, str]:
    """Return the questions of the address, those not asked empty; rows and columns have a default."""
    found = {name: request.query_params.get(name, "").strip() for name in _QUESTIONS}
    return found | {"rows": found["rows"] or _ROWS, "cols": found["cols"] or _COLS}


def _code(values: Mapping[Any, str], asked: Mapping[str, str], name: str) -> Any:
    """Return a value of a closed list, None where none is asked for. Raises PipelineError for another one."""
    if not asked[name]:
        return None
    found = code_of(values, asked[name])
    if found is None:
        raise PipelineError(f"“{asked[name]}”不对，可用的有：{'、'.join(values.values())}")
    return found


def _percent(asked: Mapping[str, str]) -> Percent | None:
    """Return of what shares are to be shown."""
    found: Percent | None = _code(PERCENTS, asked, "percent")
    return found


def _place(request: Request, name: str, most: int) -> int:
    """Return the number of a row or column, from 0. Raises PipelineError when there is none."""
    given = request.query_params.get(name, "")
    if not (given.isascii() and given.isdecimal() and len(given) < 10 and int(given) < most):
        raise PipelineError(f"{name}“{given}”不对，应是 0 到 {most - 1} 的整数")
    return int(given)


def _values(one: Passage) -> list[Any]:
    """Return a passage's values in the order of its columns."""
    return [getattr(one, name) for name in _HEADS]


def _cells(found: Matrix, asked: Mapping[str, str], by: Percent | None) -> Iterator[list[Cell]]:
    """Yield the rows of cells; shades go by the figures, or by the shares where they are shown."""
    shares = found.shares(by) if by else None
    weights = shares or found.cells
    top = max((float(one) for row in weights for one in row if one is not None), default=0.0)
    for r, row in enumerate(found.cells):
        cells = []
        for c, number in enumerate(row):
            share = shares[r][c] if shares else None
            weight = share if shares else number
            link = address("/matrix/quotes", [*asked.items(), ("row", r), ("col", c)]) if found.behind[r][c] else ""
            cells.append(Cell(figure(number), "" if share is None else f"{share:.1%}", _shade(weight, top), link))
        yield cells


def _shade(value: Number, top: float) -> int:
    """Return a shade from 0 (nothing) to 5 (the largest)."""
    part = float(value) / top if value is not None and top > 0 else 0.0
    return min(max(int(part * (_SHADES - 1)) + 1, 1), _SHADES - 1) if part > 0 else 0
