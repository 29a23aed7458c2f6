"""Codebooks with their codes, and the passages of one code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request

from pipeline.explore.pages import Missing, Page, Sheet
from pipeline.explore.paging import paging
from pipeline.explore.queries import codes as queries
from pipeline.explore.queries import documents
from pipeline.explore.shown import address
from pipeline.explore.store import Store
from pipeline.table.matrices_axes import coder_words

_HEADS = ("codebook", "code", "code_path", "name", "passages", "documents", "coders", "definition", "source")
_CODING = (
    "coding_id", "doc_id", "source_name", "title", "region", "year", "code", "name", "coder", "score", "rule",
    "quote", "start", "end", "page",
)  # fmt: skip
_LABELS = {"coder": "编码者", "region": "地区", "year": "发文年份"}
_DOWNLOAD_SECONDS = 600.0


def codes_page(request: Request, store: Store) -> Page:
    """Return the codebooks of the run, each with its codes and how often they were given."""
    with store.cursor() as cursor:
        tree = store.counts.remember("codes", lambda: queries.tree(cursor))
        books = documents.codebooks(cursor)
    grouped = [(book, name, [row for row in tree if row["codebook"] == book]) for book, name in books.items()]
    return Page(
        "编码",
        "codes.html",
        Sheet("编码", _HEADS, lambda: ([row[name] for name in _HEADS] for row in tree)),
        {"codes": [{name: row[name] for name in _HEADS} for row in tree]},
        {"books": grouped},
        "codes",
    )


def code_page(request: Request, store: Store) -> Page:
    """Return the passages of a code and those below it. Raises Missing when there is no such code."""
    asked = request.query_params
    book, code = asked.get("book", ""), asked.get("code", "")
    chosen: dict[str, str | None] = {name: asked.get(name) or None for name in queries.FILTERS}
    with store.cursor() as cursor:
        row = queries.one(cursor, book, code)
        if row is None:
            raise Missing(f"没有编码“{book}:{code}”。请从编码页中查找")
        page = paging(request, queries.count(cursor, book, code, chosen))
        found = queries.passages(cursor, book, code, chosen, limit=page.size, offset=page.offset)
        spreads = {name: queries.spread(cursor, book, code, name) for name in _LABELS}
        name = documents.codebooks(cursor).get(book, book)

    def rows() -> Iterator[list[Any]]:
        with store.cursor(seconds=_DOWNLOAD_SECONDS) as cursor:
            for one in queries.passages(cursor, book, code, chosen):
                yield [one[column] for column in _CODING]

    sides = [
        (
            _LABELS[side],
            [
                (coder_words(value) if side == "coder" else value, n, _with(chosen, side, value, book, code))
                for value, n in values
            ],
            chosen[side],
            _with(chosen, side, None, book, code),
        )
        for side, values in spreads.items()
        if len(values) > 1 or chosen[side]
    ]
    return Page(
        f"{row['name']}（{name}）",
        "code.html",
        Sheet(f"编码 {row['name']}", _CODING, rows),
        {**page.data(), "code": {key: row[key] for key in ("codebook", "code", "code_path", "name", "definition")},
         "passages": found},
        {"code": row, "book": name, "rows": found, "paging": page, "sides": sides, "chosen": chosen,
         "coders": {one["coder"]: coder_words(one["coder"]) for one in found}},
        "codes",
    )  # fmt: skip


def _with(chosen: dict[str, str | None], name: str, value: str | None, book: str, code: str) -> str:
    """Return the address of the passages with another choice."""
    kept = chosen | {name: value}
    return address("/code", [("book", book), ("code", code), *kept.items()])
