"""Documents: the list, and one with what is marked in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.explore.queries.rows import records
from pipeline.table.derive import columns
from pipeline.table.schema import MeasureRow
from pipeline.table.view import codebook_names

if TYPE_CHECKING:
    import duckdb

_LISTED = (
    "doc_id, source_name, title, doc_number, issuer, issue_date, doc_kind, level, region, year,"
    " n_pages, n_chars, status"
)
_MEASURE = ", ".join(f'"{column.name}"' for column in columns(MeasureRow))
_FITS = """
contains(concat_ws(' ', source_name, title, doc_number, issuer, region, year), $words)
AND ($year IS NULL OR year = try_cast($year AS BIGINT)) AND ($level IS NULL OR level = $level)
AND ($doc_kind IS NULL OR doc_kind = $doc_kind) AND ($status IS NULL OR status = $status)
AND ($province IS NULL OR left(region_code, 2) = $province OR starts_with(region, $name))"""
# what documents can be chosen by beside words; 「name」 is the short name of the province
CHOICES = ("year", "level", "doc_kind", "status", "province", "name")
Choice = Mapping[str, str | None]
_ALL: Choice = dict.fromkeys(CHOICES)


def count(cursor: duckdb.DuckDBPyConnection, words: str = "", choice: Choice = _ALL) -> int:
    """Return how many documents have ``words`` in their name, title, number, issuer, region or year.

    ``choice`` has a value, or None for any, for each of ``CHOICES``.
    """
    found = cursor.execute(f"SELECT count(*) FROM documents WHERE {_FITS}", {"words": words, **choice}).fetchall()
    return int(found[0][0])


def listed(
    cursor: duckdb.DuckDBPyConnection,
    words: str = "",
    choice: Choice = _ALL,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> list[dict[str, Any]]:
    """Return documents (see ``count``) in the run's order, each with the numbers of its measures and issues."""
    sql = f"""
WITH d AS (
  SELECT {_LISTED}, rowid AS position FROM documents WHERE {_FITS}
  ORDER BY rowid LIMIT $limit OFFSET $offset
)
SELECT d.* EXCLUDE (position),
  (SELECT count(*) FROM measures m WHERE m.doc_id = d.doc_id) AS n_measures,
  (SELECT count(*) FROM issues i WHERE i.doc_id = d.doc_id) AS n_issues
FROM d ORDER BY position"""
    return records(cursor, sql, {"words": words, **choice, "limit": limit, "offset": offset})


def one(cursor: duckdb.DuckDBPyConnection, doc_id: str) -> dict[str, Any] | None:
    """Return a document's row without its texts; None when there is none."""
    found = records(cursor, "SELECT * EXCLUDE (raw_text, clean_text) FROM documents WHERE doc_id = ?", [doc_id])
    return found[0] if found else None


def text(cursor: duckdb.DuckDBPyConnection, doc_id: str, start: int, length: int) -> str:
    """Return ``length`` characters of a document's raw text from ``start`` on; empty beyond its end."""
    sql = "SELECT substring(raw_text, ?::BIGINT, ?::BIGINT) FROM documents WHERE doc_id = ?"
    found = cursor.execute(sql, [start + 1, length, doc_id]).fetchall()
    return str(found[0][0] or "") if found else ""


def sections(cursor: duckdb.DuckDBPyConnection, doc_id: str) -> list[dict[str, Any]]:
    """Return a document's headings in their order."""
    return records(cursor, "SELECT * FROM sections WHERE doc_id = ? ORDER BY start, level", [doc_id])


def topics(cursor: duckdb.DuckDBPyConnection, doc_id: str) -> list[dict[str, Any]]:
    """Return a document's topics, largest first."""
    sql = (
        "SELECT topic_id, label, weight FROM doc_topics JOIN topics USING (topic_id)"
        " WHERE doc_id = ? ORDER BY weight DESC, topic_id"
    )
    return records(cursor, sql, [doc_id])


def issues(cursor: duckdb.DuckDBPyConnection, doc_id: str) -> list[dict[str, Any]]:
    """Return what there is to know about a document, with its severity and place."""
    return records(cursor, "SELECT * FROM issues WHERE doc_id = ? ORDER BY rowid", [doc_id])


def measures_within(cursor: duckdb.DuckDBPyConnection, doc_id: str, start: int, end: int) -> list[dict[str, Any]]:
    """Return the measures whose quote begins between two offsets of a document, in their order there."""
    where = "doc_id = ? AND start >= ? AND start < ?"
    sql = f'SELECT {_MEASURE} FROM measures WHERE {where} ORDER BY start, "end" DESC, rowid'
    return records(cursor, sql, [doc_id, start, end])


def codings_within(cursor: duckdb.DuckDBPyConnection, doc_id: str, start: int, end: int) -> list[dict[str, Any]]:
    """Return the codings that begin between two offsets of a document, with the codes' names."""
    sql = """
SELECT c.*, coalesce(n.name, c.code) AS name
FROM codings c LEFT JOIN codes n ON n.codebook = c.codebook AND n.code = c.code
WHERE c.doc_id = ? AND c.start >= ? AND c.start < ? ORDER BY c.start, c."end" DESC, c.rowid"""
    return records(cursor, sql, [doc_id, start, end])


def references_within(cursor: duckdb.DuckDBPyConnection, doc_id: str, start: int, end: int) -> list[dict[str, Any]]:
    """Return the references that begin between two offsets of a document, in their order there."""
    sql = 'SELECT * FROM "references" WHERE doc_id = ? AND start >= ? AND start < ? ORDER BY start, "end" DESC, rowid'
    return records(cursor, sql, [doc_id, start, end])


def codebooks(cursor: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return codebook → the name people know it by, of all codebooks the run's codings are of, in their order."""
    found = cursor.execute(
        "SELECT codebook FROM (SELECT codebook, rowid AS place FROM codes"
        " UNION ALL SELECT codebook, 1e9 FROM codings GROUP BY codebook) GROUP BY codebook ORDER BY min(place), 1"
    ).fetchall()
    names = codebook_names(cursor)
    return {str(row[0]): names.get(str(row[0]), str(row[0])) for row in found}


def printed_on(cursor: duckdb.DuckDBPyConnection, doc_id: str, page: int) -> list[dict[str, Any]]:
    """Return the measures and codings that may stand on a page: those with boxes that begin on it or before.

    Columns: ``what`` (「measure」 or 「coding」), ``id``, ``name`` of the code, ``quote``, ``start``, ``boxes`` (JSON).
    """
    sql = """
SELECT 'measure' AS what, measure_id AS id, NULL AS name, quote, start, boxes, rowid AS place
FROM measures WHERE doc_id = $doc AND boxes IS NOT NULL AND page <= $page
UNION ALL
SELECT 'coding', c.coding_id, coalesce(n.name, c.code), c.quote, c.start, c.boxes, c.rowid
FROM codings c LEFT JOIN codes n ON n.codebook = c.codebook AND n.code = c.code
WHERE c.doc_id = $doc AND c.boxes IS NOT NULL AND c.page <= $page
ORDER BY start, what DESC, place"""
    return records(cursor, sql, {"doc": doc_id, "page": page})
