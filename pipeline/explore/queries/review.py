"""The review queue: measures nobody has settled, the least sure first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.explore.queries.measures import Asked
from pipeline.explore.queries.rows import records
from pipeline.table.review import doubt_sql

if TYPE_CHECKING:
    import duckdb

_OPEN = "k.measure_id NOT IN (SELECT unnest(?::VARCHAR[]))"


def _where(asked: Asked) -> str:
    """Return the condition for the measures asked for that aren't closed."""
    return f"{asked.where} AND {_OPEN}" if asked.where else f" WHERE {_OPEN}"


def open_count(cursor: duckdb.DuckDBPyConnection, asked: Asked, closed: Sequence[str]) -> int:
    """Return how many of the measures asked for aren't among the ``closed`` ids."""
    sql = f"SELECT count(*) FROM {asked.source}{_where(asked)}"
    found = cursor.execute(sql, [*asked.values, list(closed)]).fetchall()
    return int(found[0][0])


def open_places(
    cursor: duckdb.DuckDBPyConnection, asked: Asked, closed: Sequence[str], *, limit: int | None = None, offset: int = 0
) -> list[int]:
    """Return the places in the table of the measures that aren't closed, the least sure first."""
    sql = f"SELECT k.position FROM {asked.source}{_where(asked)} ORDER BY k.confidence, k.position LIMIT ? OFFSET ?"
    return [int(row[0]) for row in cursor.execute(sql, [*asked.values, list(closed), limit, offset]).fetchall()]


def doubts(cursor: duckdb.DuckDBPyConnection, row: Mapping[str, Any]) -> str:
    """Return what is doubtful about a measure, joined by ；; empty when nothing is."""
    # doubts look at the measures beside it, never beyond its document
    near = "SELECT * FROM measures WHERE doc_id = $doc"
    sql = f"WITH near AS MATERIALIZED ({near}) SELECT {doubt_sql('near')} FROM near WHERE measure_id = $id"
    found = cursor.execute(sql, {"doc": row["doc_id"], "id": row["measure_id"]}).fetchall()
    return str(found[0][0] or "") if found else ""


def spoken_of(cursor: duckdb.DuckDBPyConnection, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return measure_id → the quote, place, document, title and file name of those records that are there."""
    sql = """
SELECT m.measure_id, m.doc_id, m.quote, m.start, d.title, d.source_name
FROM measures m JOIN documents d ON d.doc_id = m.doc_id WHERE m.measure_id IN (SELECT unnest(?::VARCHAR[]))"""
    return {row["measure_id"]: row for row in records(cursor, sql, [sorted(ids)])}
