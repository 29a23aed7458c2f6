"""One document: its head, outline, marked text, and the rows of what is marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from pipeline.core.errors import PipelineError
from pipeline.explore.layers import STYLES, Marks
from pipeline.explore.marking import marked
from pipeline.explore.pages import Missing, Page, Sheet
from pipeline.explore.queries import documents as queries
from pipeline.explore.reviewed import REVIEW, reviews
from pipeline.explore.shown import PART, document_link
from pipeline.explore.store import Store
from pipeline.table.derive import columns
from pipeline.table.schema import ROLES, DocumentRow, MeasureRow

if TYPE_CHECKING:
    import duckdb

# how far a part's border may move to stand at the end of a line
_SHIFT = 2_000
_TEXTS = frozenset({"raw_text", "clean_text"})


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document's text: its number from 0 of ``count``, its offset, its text and what is marked in it."""

    number: int
    count: int
    start: int
    text: str
    marks: Marks


def document_page(request: Request, store: Store) -> Page:
    """Return one document. Raises Missing when there is none, PipelineError for an ``at`` that is no number."""
    doc_id = request.path_params["doc_id"]
    at = request.query_params.get("at", "0")
    if not (at.isascii() and at.isdecimal() and len(at) < 12):
        raise PipelineError(f"位置“{at}”不对，应是从 0 起的整数")
    with store.cursor() as cursor:
        row = found(cursor, doc_id)
        part = _part(cursor, row, int(at))
        known = reviews(store, cursor)
        topics, issues = queries.topics(cursor, doc_id), queries.issues(cursor, doc_id)
    heads = [(column.name, column.col.zh) for column in columns(DocumentRow) if column.name not in _TEXTS]
    names = [*(column.name for column in columns(MeasureRow)), REVIEW]

    def rows() -> Iterator[list[Any]]:
        with store.cursor() as cursor:
            for one in queries.measures_within(cursor, doc_id, 0, max(row["n_chars"] or 0, 1)):
                said = known.of(one)
                yield [*one.values(), said.text if said else None]

    marks = part.marks
    values = {
        "doc": row,
        "heads": [(name, label, row[name]) for name, label in heads if row[name] not in (None, "")],
        "part": part,
        "html": marked(part.text, part.start, marks.spans(part.text, part.start)),
        "sections": marks.sections,
        "measures": marks.measures,
        "reviews": known,
        "left_out": known.left_out(doc_id),
        "codings": marks.codings,
        "references": marks.references,
        "codebooks": list(marks.codebooks.values()),
        "styles": STYLES,
        "roles": ROLES,
        "topics": topics,
        "issues": issues,
        "parts": [document_link(doc_id) + (f"?at={number * PART}" if number else "") for number in range(part.count)],
    }
    data = {
        "document": row,
        "part": {"number": part.number + 1, "parts": part.count, "start": part.start, "text": part.text},
        **{name: values[name] for name in ("sections", "measures", "codings", "references", "topics", "issues")},
        "reviews": known.data(marks.measures),
    }
    return Page(title(row), "document.html", Sheet(row["source_name"], names, rows), data, values, "documents")


def found(cursor: duckdb.DuckDBPyConnection, doc_id: str) -> dict[str, Any]:
    """Return a document's row. Raises Missing when there is none."""
    row = queries.one(cursor, doc_id)
    if row is None:
        raise Missing(f"没有文档“{doc_id}”。请从文档列表中查找")
    return row


def title(row: dict[str, Any]) -> str:
    """Return what a document is called: its title, else its file's name."""
    return str(row["title"] or row["source_name"])


def _part(cursor: duckdb.DuckDBPyConnection, row: dict[str, Any], at: int) -> Part:
    """Return the part of a document's text that holds the offset ``at``, the last one for any beyond the end.

    Parts are ``PART`` characters long and end with a line where one ends near by; what begins in a part is shown whole.
    """
    doc_id, length = row["doc_id"], row["n_chars"] or 0
    count = max(-(-length // PART), 1)
    number = min(at // PART, count - 1)
    start = _border(cursor, doc_id, number)
    if number and at < start:
        number -= 1
        start = _border(cursor, doc_id, number)
    stop = _border(cursor, doc_id, number + 1) if number + 1 < count else length
    within = (cursor, doc_id, start, stop)
    marks = Marks(
        queries.sections(cursor, doc_id),
        queries.measures_within(*within),
        queries.codings_within(*within),
        queries.references_within(*within),
        queries.codebooks(cursor),
    )
    ends = [one["end"] for rows in (marks.measures, marks.codings, marks.references) for one in rows]
    end = min(max([stop, *ends, *(one["evidence_end"] for one in marks.measures)]), length)
    return Part(number, count, start, queries.text(cursor, doc_id, start, end - start), marks)


def _border(cursor: duckdb.DuckDBPyConnection, doc_id: str, number: int) -> int:
    """Return where a part of a document's text begins."""
    if not number:
        return 0
    near = queries.text(cursor, doc_id, number * PART, _SHIFT)
    return number * PART + near.find("\n") + 1
