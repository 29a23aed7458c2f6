"""The review queue: one record at a time, to be confirmed, set right or rejected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.core.errors import PipelineError
from pipeline.explore.asking import LABELS, filters_of
from pipeline.explore.facets import chips
from pipeline.explore.pages import Missing, Page, Sheet, html, store_of
from pipeline.explore.posting import posted
from pipeline.explore.queries import documents, measures
from pipeline.explore.queries import review as queries
from pipeline.explore.reviewed import Reviews, reviews
from pipeline.explore.shown import address
from pipeline.explore.store import Store
from pipeline.table.corrections import (
    COLUMNS,
    Correction,
    Verdict,
    add_corrections,
    print_of,
    text_of,
    value_of,
)
from pipeline.table.filters import Filters

if TYPE_CHECKING:
    import duckdb

_AROUND = 160
_DOWNLOAD_SECONDS = 600.0
_LONGEST_NAME = 40
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form: column, heading, what it is, the run's text, the text shown, the words of a closed list."""

    name: str
    label: str
    note: str
    old: str
    text: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Given:
    """What a person sent: the fields, and what was wrong with them."""

    fields: Mapping[str, str]
    mistakes: tuple[str, ...]


def review_page(request: Request, store: Store, given: Given | None = None) -> Page:
    """Return the record to be looked at: the one asked for, else the next of the queue.

    Raises PipelineError for questions that make no sense, Missing for a record that isn't there.
    """
    asked = request.query_params.multi_items()
    filters, skip = filters_of(asked), _skip(request)
    wanted = (given.fields if given else request.query_params).get("measure", "")
    with store.cursor() as cursor:
        known = reviews(store, cursor)
        question = measures.ask(cursor, filters)
        left = queries.open_count(cursor, question, known.closed)
        row = _row(store, cursor, known, wanted) if wanted else None
        if row is None:
            places = queries.open_places(cursor, question, known.closed, limit=1, offset=skip)
            row = measures.rows(cursor, places)[0] if places else None
        shown = _shown(cursor, row, known, given) if row else {}
        last = request.query_params.get("last", "")
        before = known.row(store, cursor, last) if last else None
        heads = list(measures.headings(cursor))
    kept = [(name, value) for name, value in asked if name in LABELS]
    person = given.fields.get("person", "") if given else request.query_params.get("person", "")
    values = {
        "row": row,
        "fields": (),
        "said": None,
        **shown,
        "left": left,
        "token": request.app.state.token,
        "person": person,
        "note": given.fields.get("note", "") if given else "",
        "mistakes": given.mistakes if given else (),
        "stale": known.layer.stale,
        "before": before,
        "before_said": known.of(before) if before else None,
        "single": bool(request.query_params.get("measure")),
        "chips": chips("/review", [(name, value) for name, value in asked if name not in ("last", "skip")]),
        "here": address("/review", [pair for pair in asked if pair[0] not in ("last", "person")]),
        "next": address("/review", [*kept, ("person", person), ("skip", skip + 1)]),
        "start": address("/review", [*kept, ("person", person)]),
        "skip": skip,
    }
    data = {"left": left, "measure": row, "doubts": shown.get("doubts", ""), "stale": known.layer.stale}
    sheet = Sheet("待复核", heads, lambda: _open_rows(store, filters, heads))
    return Page("复核", "review.html", sheet, data, values, "review", 400 if values["mistakes"] else 200)


def _open_rows(store: Store, filters: Filters, heads: Sequence[str]) -> Iterator[list[Any]]:
    """Yield the rows of all open records of the queue, a batch at a time, with the columns ``heads``."""
    with store.cursor(seconds=_DOWNLOAD_SECONDS) as cursor:
        places = queries.open_places(cursor, measures.ask(cursor, filters), reviews(store, cursor).closed)
        for at in range(0, len(places), _BATCH):
            for row in measures.rows(cursor, places[at : at + _BATCH]):
                yield [row[name] for name in heads]


def _skip(request: Request) -> int:
    """Return how many open records to pass over. Raises PipelineError unless it is a whole number from 0 on."""
    given = request.query_params.get("skip", "0")
    if not (given.isascii() and given.isdecimal() and len(given) < 10):
        raise PipelineError(f"skip“{given}”不对，应是从 0 起的整数")
    return int(given)


def _row(store: Store, cursor: duckdb.DuckDBPyConnection, known: Reviews, measure_id: str) -> dict[str, Any]:
    """Return a measure's row. Raises Missing when there is none."""
    row = known.row(store, cursor, measure_id)
    if row is None:
        raise Missing(f"没有措施“{measure_id}”。结果重新运行后编号可能变了，请从措施表中查找")
    return row


def _shown(
    cursor: duckdb.DuckDBPyConnection, row: Mapping[str, Any], known: Reviews, given: Given | None
) -> dict[str, Any]:
    """Return what the page shows of a record: its sentence with what stands around it, doubts, and the form."""
    start, end = row["evidence_start"], row["evidence_end"]
    first = max(start - _AROUND, 0)
    run, now = known.run_texts(row), known.texts(row)
    texts = now if given is None else {name: given.fields.get(name, now[name]) for name in COLUMNS}
    return {
        "above": documents.text(cursor, row["doc_id"], first, start - first),
        "sentence": (
            row["evidence"][: row["start"] - start],
            row["quote"],
            row["evidence"][row["end"] - start :],
        ),
        "below": documents.text(cursor, row["doc_id"], end, _AROUND),
        "doubts": queries.doubts(cursor, row),
        "said": known.of(row),
        "seen": print_of(now),
        "fields": [
            Field(
                name,
                column.col.zh,
                column.col.note,
                run[name],
                texts[name],
                tuple((column.col.values or {}).items()),
            )
            for name, column in COLUMNS.items()
        ],
    }


async def answer(request: Request) -> Response:
    """Take one answer and lead to the next record; show the form again when something in it is wrong."""
    fields = await posted(request)
    return await run_in_threadpool(partial(_answered, request, fields))


def _answered(request: Request, fields: dict[str, str]) -> Response:
    """Write down an answer."""
    store = store_of(request)
    with store.cursor() as cursor:
        known = reviews(store, cursor)
        row = _row(store, cursor, known, fields.get("measure", ""))
        run, now = known.run_texts(row), known.texts(row)
    mistakes = list(_wrong(fields, now))
    if not mistakes:
        try:
            add_corrections(store.out, _lines(row, run, now, fields))
        except PipelineError as error:
            mistakes = list(error.mistakes)
    if mistakes:
        page = review_page(request, store, Given(fields, tuple(mistakes)))
        return html(request, page.template, page.status, title=page.title, section=page.section, **page.values)
    asked = [(name, value) for name, value in request.query_params.multi_items() if name not in ("person", "last")]
    kept = [*asked, ("person", fields["person"].strip()), ("last", row["measure_id"])]
    return RedirectResponse(address("/review", kept), 303)


def _wrong(fields: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with an answer, in Chinese."""
    person = fields.get("person", "").strip()
    if not person:
        yield "请填写复核人"
    elif len(person) > _LONGEST_NAME:
        yield f"复核人最多 {_LONGEST_NAME} 个字"
    if fields.get("verdict") not in ("confirmed", "rejected"):
        yield "请选“确认”或“不是措施”"
    if fields.get("seen") != print_of(now):
        yield "这条记录刚刚被别人改过：下面的“原为”已是新值，请再看一遍后提交"
    if fields.get("verdict") == "rejected":
        return
    values = {}
    for name in COLUMNS:
        try:
            values[name] = value_of(name, fields.get(name, now[name]))
        except ValueError as error:
            yield str(error)
    low, high = values.get("value_min"), values.get("value_max")
    if low is not None and high is not None and low > high:
        yield "“下限”大于“上限”"


def _lines(
    row: Mapping[str, Any], run: Mapping[str, str], now: Mapping[str, str], fields: Mapping[str, str]
) -> list[Correction]:
    """Return the lines of a right answer: one for each value changed, then the verdict on the whole.

    ``run`` are the texts of the record as the run has them, ``now`` those with what people set right.
    """
    verdict: Verdict = "rejected" if fields["verdict"] == "rejected" else "confirmed"
    time = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def line(what: Verdict, column: str, old: str, new: str) -> Correction:
        note = fields.get("note", "").strip()
        return Correction(
            row["measure_id"], row["doc_id"], what, column, old, new, fields["person"].strip(), time, note
        )

    if verdict == "rejected":
        return [line(verdict, "", "", "")]
    texts = {name: text_of(value_of(name, fields.get(name, now[name]))) for name in COLUMNS}
    changed = [name for name in COLUMNS if texts[name] != now[name]]
    return [
        *(line("corrected", name, now[name], texts[name]) for name in changed),
        line(verdict, "", print_of(run), ""),
    ]
