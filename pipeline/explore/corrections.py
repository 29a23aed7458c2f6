"""All that people said of the run's records, the latest first, and what no longer fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime
from typing import Any

from starlette.requests import Request

from pipeline.explore.pages import Page, Sheet
from pipeline.explore.paging import paging
from pipeline.explore.queries import review as queries
from pipeline.explore.reviewed import reviews
from pipeline.explore.store import Store
from pipeline.table.corrections import COLUMNS, HEADINGS, VERDICTS


def corrections_page(request: Request, store: Store) -> Page:
    """Return the lines of the file, each with the record it is about as the run has it."""
    with store.cursor() as cursor:
        known = reviews(store, cursor)
    said = known.layer.lines
    page = paging(request, len(said))
    lines = said[::-1][page.offset : page.offset + page.size]
    with store.as_run() as cursor:
        there = queries.spoken_of(cursor, {line.measure_id for line in lines})
    records = [dict(zip(HEADINGS, astuple(line), strict=False)) for line in lines]

    def rows() -> Sequence[Sequence[Any]]:
        return [astuple(line)[: len(HEADINGS)] for line in said]

    return Page(
        "复核记录",
        "corrections.html",
        Sheet("复核记录", HEADINGS, rows),
        {**page.data(), "counts": known.counts, "stale": known.layer.stale, "corrections": records},
        {
            "lines": [(line, there.get(line.measure_id), _when(line.time)) for line in lines],
            "counts": known.counts,
            "stale": known.layer.stale,
            "paging": page,
            "verdicts": VERDICTS,
            "labels": {name: column.col.zh for name, column in COLUMNS.items()},
        },
        "review",
    )


def _when(time: str) -> str:
    """Return an ISO time as people here read it: 「2026年11月27日 15:14」; anything else as it is."""
    try:
        found = datetime.fromisoformat(time)
    except ValueError:
        return time
    here = found.astimezone() if found.tzinfo else found
    return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}"
