"""A page of a PDF as it is printed, with the boxes of measures and codings drawn over it."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pipeline.core.errors import PipelineError
from pipeline.explore.document import found, title
from pipeline.explore.pages import Missing, Page, Sheet, store_of
from pipeline.explore.pictures import PDF, Picture, picture
from pipeline.explore.queries import documents as queries
from pipeline.explore.shown import document_link
from pipeline.explore.store import Store

_HEADS = ("what", "id", "name", "quote", "x0", "y0", "x1", "y1")
_ANCHORS = {"measure": "m", "coding": "c"}


def printed_page(request: Request, store: Store) -> Page:
    """Return a page with its boxes; where the file is gone, what to do instead of the picture.

    Raises Missing when there is no such document or page.
    """
    row, number = _asked(request, store)
    with store.cursor() as cursor:
        printed = [
            {**one, "boxes": boxes}
            for one in queries.printed_on(cursor, row["doc_id"], number)
            if (boxes := [tuple(box[1:]) for box in json.loads(one["boxes"]) if box[0] == number])
        ]
    drawn: Picture | None = None
    trouble: tuple[str, ...] = ()
    try:
        drawn = _drawn(store, row, number)
    except PipelineError as error:
        trouble = error.mistakes
    values = {"doc": row, "number": number, "drawn": drawn, "trouble": trouble, "printed": _shown(row, printed, drawn)}
    lines = [[one["what"], one["id"], one["name"], one["quote"], *box] for one in printed for box in one["boxes"]]
    return Page(
        f"{title(row)}：第 {number} 页",
        "printed.html",
        Sheet(f"{row['source_name']}-{number}", _HEADS, lambda: lines),
        {"doc_id": row["doc_id"], "page": number, "printed": printed},
        values,
        "documents",
    )


def picture_file(request: Request) -> Response:
    """Send the picture of a page. Raises Missing as ``printed_page`` does, PipelineError when it can't be drawn."""
    store = store_of(request)
    row, number = _asked(request, store)
    return Response(_drawn(store, row, number).png, media_type="image/png")


def _asked(request: Request, store: Store) -> tuple[dict[str, Any], int]:
    """Return the document's row and the page's number, from 1."""
    with store.cursor() as cursor:
        row = found(cursor, request.path_params["doc_id"])
    given = request.path_params["page"]
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 7 else 0
    if row["media_type"] != PDF or not 1 <= number <= (row["n_pages"] or 0):
        raise Missing(f"{row['source_name']} 没有第 {given} 页的版面")
    return row, number


def _drawn(store: Store, row: dict[str, Any], number: int) -> Picture:
    """Return a page's picture; the page and then its picture ask for the same one."""
    drawn: Picture = store.pictures.remember((row["doc_id"], number), lambda: picture(row, number))
    return drawn


def _shown(row: dict[str, Any], printed: list[dict[str, Any]], drawn: Picture | None) -> list[dict[str, Any]]:
    """Return what stands on the page with its rectangles and the address of its place in the text."""
    return [
        {
            **one,
            "rectangles": [drawn.rectangle(box) for box in one["boxes"]] if drawn else [],
            "link": document_link(row["doc_id"], f"{_ANCHORS[one['what']]}-{one['id']}", one["start"]),
        }
        for one in printed
    ]
