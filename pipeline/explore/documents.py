"""The list of documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request

from pipeline.charts import load_tiles
from pipeline.core.errors import PipelineError
from pipeline.explore.pages import Page, Sheet
from pipeline.explore.paging import paging
from pipeline.explore.queries import documents as queries
from pipeline.explore.shown import address, word
from pipeline.explore.store import Store
from pipeline.table.derive import columns
from pipeline.table.schema import DocumentRow

_MORE = {"n_measures": "措施数", "n_issues": "问题数"}
_LABELS = {"year": "年份", "level": "层级", "doc_kind": "文种", "status": "状态", "province": "省份"}


def documents_page(request: Request, store: Store) -> Page:
    """Return the documents, with a search over what the list shows."""
    words = request.query_params.get("q", "").strip()
    chosen = {name: request.query_params.get(name) or None for name in _LABELS}
    names = {tile.code: tile.name for tile in load_tiles()}
    name = names.get(chosen["province"] or "")
    if chosen["province"] and name is None:
        raise PipelineError(f"没有省份代码“{chosen['province']}”，应为两位数字，例如 33")
    choice = chosen | {"name": name}
    with store.cursor() as cursor:
        page = paging(request, queries.count(cursor, words, choice))
        found = queries.listed(cursor, words, choice, limit=page.size, offset=page.offset)
    heads = {column.name: column.col.zh for column in columns(DocumentRow)} | _MORE

    def rows() -> Iterator[list[Any]]:
        with store.cursor() as cursor:
            yield from (list(row.values()) for row in queries.listed(cursor, words, choice))

    return Page(
        "文档",
        "documents.html",
        Sheet("文档", list(found[0]) if found else list(heads), rows),
        {**page.data(), "documents": found},
        {"documents": found, "heads": heads, "paging": page, "words": words, "chosen": list(_chips(words, choice))},
        "documents",
    )


def _chips(words: str, choice: dict[str, str | None]) -> Iterator[tuple[str, str, str]]:
    """Yield what is chosen: label, value as people read it, the address without it."""
    for name, label in _LABELS.items():
        value = choice[name]
        if value:
            rest = [(one, choice[one]) for one in _LABELS if one != name]
            shown = choice["name"] if name == "province" else word(value, name)
            yield label, str(shown), address("/documents", [("q", words), *rest])
