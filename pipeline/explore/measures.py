"""The measure table: filters, facets, sorting and paging, all in the address; and one measure by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request

from pipeline.explore.asking import LABELS, filters_of
from pipeline.explore.facets import chips, facets, typed
from pipeline.explore.pages import Missing, Page, Sheet
from pipeline.explore.paging import SIZES, paging
from pipeline.explore.queries import measures as queries
from pipeline.explore.reviewed import REVIEW, Reviews, reviews
from pipeline.explore.shown import address
from pipeline.explore.store import Store
from pipeline.table.derive import comment
from pipeline.table.view import codebook_names, view_columns

_DOWNLOAD_SECONDS = 600.0


def measures_page(request: Request, store: Store) -> Page:
    """Return the measures the address asks for, with what they can be narrowed down by.

    Raises PipelineError, in Chinese, with every question that makes no sense or value the run doesn't have.
    """
    asked = request.query_params.multi_items()
    filters, sort = filters_of(asked), request.query_params.get("sort", "")
    with store.cursor() as cursor:
        question = queries.ask(cursor, filters, sort)
        page = paging(request, store.remember(cursor, ("count", filters), lambda: queries.count(cursor, question)))
        found = queries.rows(cursor, queries.positions(cursor, question, limit=page.size, offset=page.offset))
        heads = list(queries.headings(cursor))
        sides = facets(store, cursor, filters, asked)
        known = reviews(store, cursor)

    def rows() -> Iterator[list[Any]]:
        with store.cursor(seconds=_DOWNLOAD_SECONDS) as cursor:
            for row in queries.all_rows(cursor, queries.ask(cursor, filters, sort)):
                said = known.of(row)
                yield [*(row[name] for name in heads), said.text if said else None]

    counts = {side.name: [(c.value, c.label, c.count) for c in side.choices] for side in sides}
    return Page(
        "措施",
        "measures.html",
        Sheet("措施", [*heads, REVIEW], rows),
        {**page.data(), "facets": counts, "measures": [_told(row, known) for row in found]},
        {
            "rows": found,
            "reviews": known,
            "queue": address("/review", [pair for pair in asked if pair[0] in LABELS]),
            "paging": page,
            "facets": sides,
            "typed": typed(asked, sides),
            "chips": chips(request.scope["path"], asked),
            "sorts": queries.SORTS,
            "sort": sort,
            "sizes": SIZES,
        },
        "measures",
    )


def measure_page(request: Request, store: Store) -> Page:
    """Return one measure with every column and what the columns mean. Raises Missing when there is no such measure."""
    measure_id = request.path_params["measure_id"]
    with store.cursor() as cursor:
        known = reviews(store, cursor)
        row = known.row(store, cursor, measure_id)
        columns = view_columns(codebook_names(cursor))
    if row is None:
        raise Missing(f"没有措施“{measure_id}”。结果重新运行后编号可能变了，请从措施表中查找")
    said = known.of(row)
    return Page(
        f"措施：{row['quote']}",
        "measure.html",
        Sheet("措施", [*row, REVIEW], lambda: [[*row.values(), said.text if said else None]]),
        _told(row, known),
        {
            "row": row,
            "said": said,
            "columns": [(column.name, column.col.zh, comment(column.col)) for column in columns],
        },
        "measures",
    )


def _told(row: dict[str, Any], known: Reviews) -> dict[str, Any]:
    """Return a row with what people said of it as one more column."""
    said = known.of(row)
    return {**row, REVIEW: said.text if said else None}
