"""The measure table: a page of rows, how many there are, and how they spread over the values of a column."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PipelineError
from pipeline.explore.queries.rows import records
from pipeline.table.filters import Filters, conditions
from pipeline.table.measures import order_by
from pipeline.table.view import codebook_names, select_sql, view_columns

if TYPE_CHECKING:
    import duckdb

# Only what filters and sorts look at: what belongs to each row shown is joined for a page of rows only.
_NEAR = """(
  SELECT m.*, m.rowid AS position{document}{topic} FROM measures m{documents}{topics}
) k"""
_DOCUMENT = ("source_name", "title", "issuer", "region", "level", "year", "doc_kind", "issue_date")
_DOCUMENTS = " LEFT JOIN documents d ON d.doc_id = m.doc_id"
_TOPICS = """ LEFT JOIN (
    SELECT doc_id, topic_id FROM doc_topics
    QUALIFY row_number() OVER (PARTITION BY doc_id ORDER BY weight DESC, topic_id) = 1
  ) x ON x.doc_id = m.doc_id LEFT JOIN topics t ON t.topic_id = x.topic_id"""
# filters that look at columns of documents
_OF_DOCUMENT = ("doc", "issuer", "region", "level", "year")
SORTS = {
    "": "文件顺序",
    "-value": "数值从大到小",
    "value": "数值从小到大",
    "confidence": "把握从低到高",
    "-year": "年份从新到旧",
    "year": "年份从旧到新",
    "region": "地区",
    "issuer": "发文机关",
    "role": "作用",
    "kind": "类型",
    "item": "事项",
    "beneficiary": "受益对象",
}
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page of measures asks for, as SQL: the rows looked at, the condition with its values, the order."""

    source: str
    where: str
    values: tuple[Any, ...]
    order: str


def ask(cursor: duckdb.DuckDBPyConnection, filters: Filters, sort: str = "", *, also: Collection[str] = ()) -> Asked:
    """Return the question of ``filters`` and a key of ``SORTS``; the rows have the columns ``also`` too.

    Raises PipelineError with every value the run doesn't have, and for an unknown sort.
    """
    if sort not in SORTS:
        raise PipelineError(f"不能按“{sort}”排序，可用的有：{'、'.join(name for name in SORTS if name)}")
    names = codebook_names(cursor) if filters.code or filters.codebook else {}
    where, values = conditions(filters, cursor, names)
    by = [order_by(sort, dict.fromkeys((sort.lstrip("-"), "position"), ""), [])] if sort else []
    documents = any(getattr(filters, name) for name in _OF_DOCUMENT)
    documents = documents or not {sort.lstrip("-"), *also}.isdisjoint(_DOCUMENT)
    source = _near(documents=documents, topics=bool(filters.topic))
    return Asked(source, where, tuple(values), ", ".join([*by, "k.position"]))


def _near(*, documents: bool, topics: bool) -> str:
    """Return the rows ``k`` of measures, with the columns of documents and main topics where they are needed."""
    return _NEAR.format(
        document="".join(f", d.{name}" for name in _DOCUMENT) if documents else "",
        documents=_DOCUMENTS if documents else "",
        topic=", x.topic_id, t.label AS topic" if topics else "",
        topics=_TOPICS if topics else "",
    )


def count(cursor: duckdb.DuckDBPyConnection, asked: Asked) -> int:
    """Return how many measures there are."""
    found = cursor.execute(f"SELECT count(*) FROM {asked.source}{asked.where}", asked.values).fetchall()
    return int(found[0][0])


def positions(cursor: duckdb.DuckDBPyConnection, asked: Asked, *, limit: int, offset: int = 0) -> list[int]:
    """Return the places in the table of ``limit`` measures from the ``offset``-th on, in the order asked for."""
    sql = f"SELECT k.position FROM {asked.source}{asked.where} ORDER BY {asked.order} LIMIT ? OFFSET ?"
    return [int(row[0]) for row in cursor.execute(sql, [*asked.values, limit, offset]).fetchall()]


def rows(cursor: duckdb.DuckDBPyConnection, places: Sequence[int]) -> list[dict[str, Any]]:
    """Return the rows of ``knowledge`` at these places, in this order."""
    if not places:
        return []
    values = {"places": list(places), "first": min(places), "last": max(places)}
    where = "rowid BETWEEN $first AND $last AND rowid IN (SELECT unnest($places::BIGINT[]))"
    ids = dict(cursor.execute(f"SELECT rowid, measure_id FROM measures WHERE {where}", values).fetchall())
    sql = select_sql(list(codebook_names(cursor)), f"SELECT * FROM measures WHERE {where}")
    found = {row["measure_id"]: row for row in records(cursor, sql, values)}
    return [found[ids[place]] for place in places]


def all_rows(cursor: duckdb.DuckDBPyConnection, asked: Asked) -> Iterator[dict[str, Any]]:
    """Yield all rows asked for, a batch at a time, so that memory doesn't grow with their number."""
    sql = f"SELECT k.position FROM {asked.source}{asked.where} ORDER BY {asked.order}"
    places = cursor.execute(sql, asked.values).fetchnumpy()["position"]
    for start in range(0, len(places), _BATCH):
        yield from rows(cursor, [int(place) for place in places[start : start + _BATCH]])


def one(cursor: duckdb.DuckDBPyConnection, measure_id: str) -> dict[str, Any] | None:
    """Return the row of one measure; None when there is none."""
    found = cursor.execute("SELECT rowid FROM measures WHERE measure_id = ?", [measure_id]).fetchall()
    return rows(cursor, [int(found[0][0])])[0] if found else None


def headings(cursor: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return column → Chinese heading of the rows, in column order."""
    return {column.name: column.col.zh for column in view_columns(codebook_names(cursor))}
