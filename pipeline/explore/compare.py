"""Comparison: regions, years, documents or cases people name beside each other, cell by cell with quotations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from starlette.requests import Request

from pipeline.core.errors import PipelineError
from pipeline.explore.matrix import read_matrix
from pipeline.explore.pages import Page, Sheet
from pipeline.explore.queries import documents
from pipeline.explore.shown import address
from pipeline.explore.store import Store
from pipeline.table.matrices import passages
from pipeline.table.matrices_axes import attributes
from pipeline.table.matrices_cases import Cases, compare, named
from pipeline.table.matrices_frame import Framework, Passage, of_matrix

_MOST_GROUPS, _MOST_CELLS, _SHOWN = 12, 600, 3
_HEADS = Passage.__slots__
_BY = "地区"


def compare_page(request: Request, store: Store) -> Page:
    """Return what is compared, or the form to ask for it.

    Raises PipelineError for a group, code or case that isn't there, and for more than a page can show.
    """
    asked = request.query_params
    given = {name: asked.get(name, "").strip() for name in ("by", "values", "cols", "cases", "columns")}
    with store.cursor() as cursor:
        books = documents.codebooks(cursor)
    found: Framework | None = None
    links: dict[tuple[int, int], str] = {}
    if given["cases"] or given["columns"]:
        found = compare(store.out, Cases(_named(given["cases"]), _named(given["columns"])))
    elif given["values"]:
        found, links = _groups(store, given, next(iter(books.values()), "代码"))
    cells = found.cells() if found else {}
    grid = list(_grid(found, cells, links)) if found else []

    def rows() -> Iterator[Sequence[Any]]:
        for one in found.passages if found else ():
            yield [getattr(one, name) for name in _HEADS]

    data = {
        "rows": found.labels[0] if found else [],
        "columns": found.labels[1] if found else [],
        "behind": found.behind if found else [],
        "passages": [dict(zip(_HEADS, row, strict=True)) for row in rows()],
        "notes": found.notes if found else [],
    }
    values = {
        "found": found,
        "groups": found.labels[0] if found else [],
        "grid": grid,
        "given": given,
        "by": given["by"] or _BY,
        "attributes": list(attributes().values()),
        "books": list(books.values()),
        "shown": _SHOWN,
    }
    title = f"比较：{'、'.join(found.labels[0])}" if found else "比较"
    return Page(title, "compare.html", Sheet("比较", _HEADS, rows), data, values, "compare")


def _named(given: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the lines 「名称=内容|内容」 of a field. Raises PipelineError with every line that isn't one."""
    found: list[tuple[str, tuple[str, ...]]] = []
    mistakes: list[str] = []
    for line in given.splitlines():
        if line.strip():
            try:
                found.append(named(line))
            except PipelineError as error:
                mistakes += error.mistakes
    if mistakes:
        raise PipelineError(*mistakes)
    return tuple(found)


def _groups(store: Store, given: dict[str, str], book: str) -> tuple[Framework, dict[tuple[int, int], str]]:
    """Return the passages of groups of documents under codes or slots, and where each cell's passages all are."""
    values = [one for one in given["values"].replace("，", ",").replace("、", ",").split(",") if one.strip()]
    if not 1 <= len(values) <= _MOST_GROUPS:
        raise PipelineError(f"一次可比较 1 到 {_MOST_GROUPS} 组，这里有 {len(values)} 组")
    nothing = dict.fromkeys(("unit", "coder", "within", "top", "percent"), "")
    asked = nothing | {"rows": f"{given['by'] or _BY}={','.join(values)}", "cols": given["cols"] or book}
    found = read_matrix(store, asked)
    rows, cols = range(len(found.rows.heads)), range(len(found.cols.heads))
    if len(rows) * len(cols) > _MOST_CELLS:
        raise PipelineError(f"要比较的太多（{len(rows)} 组 × {len(cols)} 项）：请只取几项，例如 引育用留=引,育")
    links = {
        (r, c): address("/matrix/quotes", [*asked.items(), ("row", r), ("col", c)])
        for r in rows
        for c in cols
        if found.behind[r][c]
    }
    return of_matrix(found, passages(store.out, found, most=_SHOWN)), links


def _grid(
    found: Framework, cells: Any, links: dict[tuple[int, int], str]
) -> Iterator[tuple[str, int, list[tuple[str, int, Sequence[Passage], str]]]]:
    """Yield for each column of what is compared its label, depth, and of each group: name, number, passages, link."""
    groups, labels = found.labels
    for c, (head, label) in enumerate(zip(found.cols, labels, strict=True)):
        if any(row[c] for row in found.behind):
            yield (
                label,
                head.depth,
                [
                    (group, found.behind[r][c], cells.get((r, c), ()), links.get((r, c), ""))
                    for r, group in enumerate(groups)
                ],
            )
