"""Issues of a run: how many of which kind, and a page of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.explore.queries.rows import records

if TYPE_CHECKING:
    import duckdb

COLUMNS = ("severity", "code", "stage", "doc")
_ASKED = """
FROM issues i LEFT JOIN documents d ON d.doc_id = i.doc_id
WHERE ($severity IS NULL OR i.severity = $severity) AND ($code IS NULL OR i.code = $code)
  AND ($stage IS NULL OR i.stage = $stage) AND ($doc IS NULL OR i.doc_id = $doc)"""


def count(cursor: duckdb.DuckDBPyConnection, asked: Mapping[str, str | None]) -> int:
    """Return how many issues there are; ``asked`` has a value or None for each of ``COLUMNS``."""
    return int(cursor.execute(f"SELECT count(*) {_ASKED}", dict(asked)).fetchall()[0][0])


def listed(
    cursor: duckdb.DuckDBPyConnection, asked: Mapping[str, str | None], *, limit: int | None = None, offset: int = 0
) -> list[dict[str, Any]]:
    """Return issues, errors first, then in the run's order, with the documents they are about."""
    sql = f"""
SELECT i.severity, i.code, i.stage, i.message, i.doc_id, d.source_name, d.title, i.page, i.start, i."end" {_ASKED}
ORDER BY list_position(['error', 'warning', 'info'], i.severity) NULLS LAST, i.rowid LIMIT $limit OFFSET $offset"""
    return records(cursor, sql, {**asked, "limit": limit, "offset": offset})


def spread(cursor: duckdb.DuckDBPyConnection, asked: Mapping[str, str | None], column: str) -> list[tuple[str, int]]:
    """Return the values of a column (not ``doc``) with their numbers, whatever is chosen of it; most first.

    Raises ValueError for another column.
    """
    if column not in COLUMNS[:3]:
        raise ValueError(column)
    sql = f"SELECT i.{column}, count(*) {_ASKED} GROUP BY 1 ORDER BY 2 DESC, 1"
    return [(str(value), int(n)) for value, n in cursor.execute(sql, {**asked, column: None}).fetchall()]
