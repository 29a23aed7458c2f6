"""What there is to know about the run and its documents, with where to look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request

from pipeline.explore.pages import Page, Sheet
from pipeline.explore.paging import paging
from pipeline.explore.queries import issues as queries
from pipeline.explore.shown import address, word
from pipeline.explore.store import Store

_HEADS = ("severity", "code", "stage", "message", "doc_id", "source_name", "title", "page", "start", "end")
_LABELS = {"severity": "程度", "code": "问题代码", "stage": "步骤"}


def issues_page(request: Request, store: Store) -> Page:
    """Return the issues asked for, with how many there are of each kind."""
    chosen: dict[str, str | None] = {name: request.query_params.get(name) or None for name in queries.COLUMNS}
    with store.cursor() as cursor:
        page = paging(request, queries.count(cursor, chosen))
        found = queries.listed(cursor, chosen, limit=page.size, offset=page.offset)
        spreads = {name: queries.spread(cursor, chosen, name) for name in _LABELS}

    def rows() -> Iterator[list[Any]]:
        with store.cursor() as cursor:
            for one in queries.listed(cursor, chosen):
                yield [one[name] for name in _HEADS]

    sides = [
        (
            _LABELS[name],
            [
                (word(value, name), n, address("/issues", (chosen | {name: value}).items()), value == chosen[name])
                for value, n in values
            ],
            address("/issues", (chosen | {name: None}).items()) if chosen[name] else "",
        )
        for name, values in spreads.items()
    ]
    return Page(
        "问题",
        "issues.html",
        Sheet("问题", _HEADS, rows),
        {**page.data(), "spread": spreads, "issues": found},
        {"rows": found, "paging": page, "sides": sides, "doc": chosen["doc"]},
        "issues",
    )
