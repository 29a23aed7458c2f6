"""What a run holds, counted. Documents are counted as the list of documents shows them: copies and unread ones too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

MEASURE_COLUMNS = frozenset({"role", "kind", "bound", "instrument", "beneficiary", "item"})
TABLES = ("documents", "measures", "codings", "topics", "references", "issues")
LEVELS = ("国家", "省", "市", "县", "乡", "镇", "街道", "村")


def totals(cursor: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return table → its number of rows, and 「status:…」 → how many documents ended so."""
    listed = ", ".join(f'(SELECT count(*) FROM "{table}")' for table in TABLES)
    row = cursor.execute(f"SELECT {listed}").fetchall()[0]
    found = dict(zip(TABLES, map(int, row), strict=True))
    statuses = cursor.execute("SELECT status, count(*) FROM documents GROUP BY 1 ORDER BY 1").fetchall()
    return found | {f"status:{status}": int(n) for status, n in statuses}


def years_and_levels(cursor: duckdb.DuckDBPyConnection) -> list[tuple[int, str, int]]:
    """Return year, level (empty: not written) and the number of documents, highest levels first within a year."""
    sql = "SELECT year, coalesce(level, ''), count(*) FROM documents WHERE year IS NOT NULL GROUP BY 1, 2"
    places = {level: at for at, level in enumerate(LEVELS)}
    found = [(int(year), str(level), int(n)) for year, level, n in cursor.execute(sql).fetchall()]
    return sorted(found, key=lambda row: (row[0], places.get(row[1], len(places)), row[1]))


def provinces(cursor: duckdb.DuckDBPyConnection, names: Mapping[str, str]) -> dict[str, int]:
    """Return province → number of documents; ``names`` leads the two digits of each province to its short name."""
    sql = """
SELECT t.code, count(*)
FROM (SELECT unnest($codes::VARCHAR[]) AS code, unnest($names::VARCHAR[]) AS name) t
JOIN documents d ON left(d.region_code, 2) = t.code OR starts_with(d.region, t.name)
GROUP BY 1 ORDER BY 1"""
    found = cursor.execute(sql, {"codes": list(names), "names": list(names.values())}).fetchall()
    return {str(code): int(n) for code, n in found}


def document_kinds(cursor: duckdb.DuckDBPyConnection, most: int) -> list[tuple[str, int]]:
    """Return the most frequent kinds of documents."""
    sql = "SELECT doc_kind, count(*) FROM documents WHERE doc_kind IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?"
    return [(str(value), int(n)) for value, n in cursor.execute(sql, [most]).fetchall()]


def measures_by(cursor: duckdb.DuckDBPyConnection, column: str, most: int) -> list[tuple[str, int]]:
    """Return the most frequent values of a column of measures with their numbers. Raises ValueError for another one."""
    if column not in MEASURE_COLUMNS:
        raise ValueError(column)
    sql = f"SELECT {column}, count(*) FROM measures WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?"
    return [(str(value), int(n)) for value, n in cursor.execute(sql, [most]).fetchall()]


def topic_years(cursor: duckdb.DuckDBPyConnection) -> list[int]:
    """Return the years of the documents that have topics."""
    sql = "SELECT DISTINCT year FROM documents JOIN doc_topics USING (doc_id) WHERE year IS NOT NULL ORDER BY 1"
    return [int(row[0]) for row in cursor.execute(sql).fetchall()]


def topic_sizes(cursor: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int]]:
    """Return topic id, label and the number of documents whose largest topic it is, the largest first."""
    sql = "SELECT topic_id, label, n_documents FROM topics ORDER BY n_documents DESC, topic_id"
    return [(str(one), str(label), int(n)) for one, label, n in cursor.execute(sql).fetchall()]
