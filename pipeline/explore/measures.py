"""The measure table: filters, facets, sorting and paging, all in the address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request

from pipeline.explore.asking import LABELS, filters_of
from pipeline.explore.pages import Page, Sheet
from pipeline.explore.paging import SIZES, paging
from pipeline.explore.queries import measures as queries
from pipeline.explore.store import Store


def measures_page(request: Request, store: Store) -> Page:
    """Return the measures the address asks for."""
    asked = request.query_params.multi_items()
    filters, sort = filters_of(asked), request.query_params.get("sort", "")
    with store.cursor() as cursor:
        question = queries.ask(cursor, filters, sort)
        page = paging(request, queries.count(cursor, question))
        found = queries.rows(cursor, queries.positions(cursor, question, limit=page.size, offset=page.offset))
        heads = queries.headings(cursor)

    def rows() -> Iterator[list[Any]]:
        with store.cursor(seconds=_DOWNLOAD_SECONDS) as cursor:
            for row in queries.all_rows(cursor, queries.ask(cursor, filters, sort)):
                yield [row[name] for name in heads]

    return Page(
        "措施",
        "measures.html",
        Sheet("措施", list(heads), rows),
        {**page.data(), "measures": [{name: row[name] for name in heads} for row in found]},
        {"rows": found, "heads": heads, "paging": page, "labels": LABELS, "sorts": queries.SORTS, "sizes": SIZES},
        "measures",
    )


_DOWNLOAD_SECONDS = 600.0
