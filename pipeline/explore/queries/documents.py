"""Documents: the list, and one with what is marked in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.explore.queries.rows import records

if TYPE_CHECKING:
    import duckdb

_LISTED = (
    "doc_id, source_name, title, doc_number, issuer, issue_date, doc_kind, level, region, year,"
    " n_pages, n_chars, status"
)
_FITS = "concat_ws(' ', source_name, title, doc_number, issuer, region, year)"


def count(cursor: duckdb.DuckDBPyConnection, words: str = "") -> int:
    """Return how many documents have ``words`` in their name, title, number, issuer, region or year."""
    found = cursor.execute(f"SELECT count(*) FROM documents WHERE contains({_FITS}, ?)", [words]).fetchall()
    return int(found[0][0])


def listed(
    cursor: duckdb.DuckDBPyConnection, words: str = "", *, limit: int | None = None, offset: int = 0
) -> list[dict[str, Any]]:
    """Return documents in the run's order, each with the numbers of its measures and issues."""
    sql = f"""
WITH d AS (
  SELECT {_LISTED}, rowid AS position FROM documents WHERE contains({_FITS}, $words)
  ORDER BY rowid LIMIT $limit OFFSET $offset
)
SELECT d.* EXCLUDE (position),
  (SELECT count(*) FROM measures m WHERE m.doc_id = d.doc_id) AS n_measures,
  (SELECT count(*) FROM issues i WHERE i.doc_id = d.doc_id) AS n_issues
FROM d ORDER BY position"""
    return records(cursor, sql, {"words": words, "limit": limit, "offset": offset})
