"""What there is to know about the run and its documents, with where to look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starlette.requests import Request

from pipeline.core.issues import CODES
from pipeline.explore.pages import Page, Sheet
from pipeline.explore.paging import paging
from pipeline.explore.queries import issues as queries
from pipeline.explore.shown import address, word
from pipeline.explore.store import Store

_HEADS = ("severity", "code", "stage", "message", "doc_id", "source_name", "title", "page", "start", "end")
_LABELS = {"severity": "程度", "code": "问题", "stage": "步骤"}
_BLANK, _CLAUSE, _CHINESE = re.compile(r"\{[^{}]*\}"), re.compile("[，：；（]"), re.compile("[一-鿿]")
# a beginning of fewer Chinese characters doesn't say yet what is the matter
_TELLING = 5


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
            list(_choices(chosen, name, values)),
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


def _choices(
    chosen: Mapping[str, str | None], name: str, values: Sequence[tuple[str, int]]
) -> Iterator[tuple[str, str, int, str, bool]]:
    """Yield what can be chosen of a column: its words, its code, how many, its address, whether it is chosen."""
    for value, number in values:
        code = "" if name == "severity" else value
        link = address("/issues", {**chosen, name: value}.items())
        yield _named(value, name), code, number, link, value == chosen[name]


def _named(value: str, column: str) -> str:
    """Return a value as people read it: of a code how its message begins, with … for what differs by place."""
    if column != "code" or value not in CODES:
        return str(word(value, column))
    message = _BLANK.sub("…", CODES[value].message).removeprefix("… ")
    ends = [found.start() for found in _CLAUSE.finditer(message)]
    return next((message[:end] for end in ends if len(_CHINESE.findall(message[:end])) >= _TELLING), message)
