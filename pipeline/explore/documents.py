"""The list of documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request

from pipeline.explore.pages import Page, Sheet
from pipeline.explore.paging import paging
from pipeline.explore.queries import documents as queries
from pipeline.explore.store import Store
from pipeline.table.derive import columns
from pipeline.table.schema import DocumentRow

_MORE = {"n_measures": "措施数", "n_issues": "问题数"}


def documents_page(request: Request, store: Store) -> Page:
    """Return the documents, with a search over what the list shows."""
    words = request.query_params.get("q", "").strip()
    with store.cursor() as cursor:
        page = paging(request, queries.count(cursor, words))
        found = queries.listed(cursor, words, limit=page.size, offset=page.offset)
    heads = {column.name: column.col.zh for column in columns(DocumentRow)} | _MORE

    def rows() -> Iterator[list[Any]]:
        with store.cursor() as cursor:
            yield from (list(row.values()) for row in queries.listed(cursor, words))

    return Page(
        "文档",
        "documents.html",
        Sheet("文档", list(found[0]) if found else list(heads), rows),
        {**page.data(), "documents": found},
        {"documents": found, "heads": heads, "paging": page, "words": words},
        "documents",
    )
