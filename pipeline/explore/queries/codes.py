"""Codebooks: how often each code was given, and the passages behind one. A code holds those below it too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.explore.queries.rows import records

if TYPE_CHECKING:
    import duckdb

FILTERS = ("coder", "region", "year", "doc")
# the codes of the run: those of codebooks, and those only people's codings have
_CODES = """
SELECT codebook, code, code_path, name, definition, source, rowid AS place FROM codes
UNION ALL
SELECT codebook, code, any_value(code_path), code, NULL, NULL, NULL FROM codings
WHERE (codebook, code) NOT IN (SELECT (codebook, code) FROM codes) GROUP BY codebook, code"""
_PASSAGES = """
FROM codings c LEFT JOIN documents d ON d.doc_id = c.doc_id LEFT JOIN codes n ON n.codebook = c.codebook
  AND n.code = c.code
WHERE c.codebook = $book AND (c.code = $code OR list_contains(string_split(c.code_path, '/'), $code))
  AND ($coder IS NULL OR c.coder = $coder OR ($coder = 'machine' AND starts_with(c.coder, 'machine:')))
  AND ($region IS NULL OR contains(d.region, $region)) AND ($year IS NULL OR d.year = try_cast($year AS BIGINT))
  AND ($doc IS NULL OR c.doc_id = $doc)"""


def tree(cursor: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the codes of all codebooks in their order, with their numbers of passages, documents and coders.

    A passage that several coders, or several codes below, mark counts once.
    """
    sql = f"""
WITH n AS ({_CODES}),
each AS (
  SELECT codebook, unnest(list_distinct(string_split(coalesce(code_path, code), '/') || [code])) AS code, doc_id, start,
    "end", coder
  FROM codings
),
given AS (
  SELECT codebook, code, count(DISTINCT (doc_id, start, "end")) AS passages, count(DISTINCT doc_id) AS documents,
    count(DISTINCT coder) AS coders
  FROM each GROUP BY ALL
)
SELECT n.codebook, n.code, n.code_path, n.name, n.definition, n.source, coalesce(g.passages, 0) AS passages,
  coalesce(g.documents, 0) AS documents, coalesce(g.coders, 0) AS coders,
  greatest(len(string_split(coalesce(n.code_path, n.code), '/')) - 1, 0) AS depth
FROM n LEFT JOIN given g ON g.codebook = n.codebook AND g.code = n.code
ORDER BY n.codebook, n.place NULLS LAST, n.code"""
    return records(cursor, sql)


def one(cursor: duckdb.DuckDBPyConnection, book: str, code: str) -> dict[str, Any] | None:
    """Return a code with its definition; None when there is none."""
    found = records(cursor, f"SELECT * FROM ({_CODES}) WHERE codebook = ? AND code = ?", [book, code])
    return found[0] if found else None


def count(cursor: duckdb.DuckDBPyConnection, book: str, code: str, asked: Mapping[str, str | None]) -> int:
    """Return how many codings a code has; ``asked`` has a value or None for each of ``FILTERS``."""
    found = cursor.execute(f"SELECT count(*) {_PASSAGES}", {"book": book, "code": code, **asked}).fetchall()
    return int(found[0][0])


def passages(
    cursor: duckdb.DuckDBPyConnection,
    book: str,
    code: str,
    asked: Mapping[str, str | None],
    *,
    limit: int | None = None,
    offset: int = 0,
) -> list[dict[str, Any]]:
    """Return the codings of a code in the run's order, with the documents they are in."""
    sql = f"""
SELECT c.coding_id, c.doc_id, c.code, coalesce(n.name, c.code) AS name, c.coder, c.score, c.rule, c.quote, c.start,
  c."end", c.page, d.title, d.source_name, d.region, d.year {_PASSAGES}
ORDER BY d.rowid, c.start, c.rowid LIMIT $limit OFFSET $offset"""
    return records(cursor, sql, {"book": book, "code": code, **asked, "limit": limit, "offset": offset})


def spread(cursor: duckdb.DuckDBPyConnection, book: str, code: str, column: str) -> list[tuple[str, int]]:
    """Return the values of coder, region or year of a code's codings, most first. Raises ValueError for another one."""
    of = {"coder": "c.coder", "region": "d.region", "year": "d.year::VARCHAR"}
    if column not in of:
        raise ValueError(column)
    sql = f"SELECT {of[column]}, count(*) {_PASSAGES} AND {of[column]} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    nothing: dict[str, None] = dict.fromkeys(FILTERS)
    return [
        (str(value), int(n)) for value, n in cursor.execute(sql, {"book": book, "code": code, **nothing}).fetchall()
    ]
