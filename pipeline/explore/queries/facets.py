"""Facets: how the measures asked for spread over the values of a column, or over codes.

A facet leaves its own filter out, so that it shows what else could be chosen; all other filters hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipeline.explore.queries.measures import ask
from pipeline.table.filters import Filters

if TYPE_CHECKING:
    import duckdb

CODE = "code"
# columns of measures and documents by which measures can be narrowed down, in the order shown
COLUMNS = ("role", "kind", "bound", "region", "level", "year", "instrument", "item", "beneficiary", "issuer")
# in the order of values, not of counts, and all of them
_IN_ORDER = {"year": "value DESC"}
_MOST, _ALL = 12, 60
_COLUMN = """(
SELECT '{column}' AS name, {column}::VARCHAR AS value, count(*) AS n FROM k GROUP BY value
ORDER BY coalesce(value, '') IN (SELECT unnest(?::VARCHAR[])) DESC, {order} NULLS LAST LIMIT ?)"""
# filters that look further than a row: what they leave is worked out once for all columns
_FAR = ("code", "codebook", "text", "topic")
_CODES = """
SELECT c.codebook || ':' || c.code AS value, any_value(n.name) AS name, count(DISTINCT k.position) AS n
FROM (SELECT doc_id, start, "end", position FROM {source}{where}) k
JOIN codings c ON c.doc_id = k.doc_id AND c.start <= k.start AND c."end" >= k."end"
LEFT JOIN codes n ON n.codebook = c.codebook AND n.code = c.code
GROUP BY value ORDER BY n DESC, value LIMIT ?"""


def column_counts(
    cursor: duckdb.DuckDBPyConnection, filters: Filters, chosen: Mapping[str, Sequence[str]]
) -> dict[str, list[tuple[str | None, int]]]:
    """Return for each of ``COLUMNS`` its most frequent values as text, each with the number of its measures.

    None stands for measures where it isn't written. Those ``chosen`` (column → values, empty: not written) come
    first, however rare.
    Raises PipelineError for a filter value the run doesn't have.
    """
    found: dict[str, list[tuple[str | None, int]]] = {column: [] for column in COLUMNS}
    for columns in _together(filters):
        asked = ask(cursor, _without(filters, *columns), also=columns)
        values: list[Any] = [*asked.values]
        for column in columns:
            own = list(chosen.get(column, ()))
            values += [own, len(own) + (_ALL if column in _IN_ORDER else _MOST)]
        parts = " UNION ALL ".join(
            _COLUMN.format(column=column, order=_IN_ORDER.get(column, "n DESC, value")) for column in columns
        )
        listed = ", ".join(columns)
        sql = f"WITH k AS MATERIALIZED (SELECT {listed} FROM {asked.source}{asked.where}) {parts}"
        if len(columns) == 1:
            sql = sql.replace("MATERIALIZED", "NOT MATERIALIZED", 1)
        for name, value, number in cursor.execute(sql, values).fetchall():
            found[name].append((value, int(number)))
    return found


def _together(filters: Filters) -> list[tuple[str, ...]]:
    """Return the columns that are counted over the same measures, where that is worth it; else each by itself."""
    free = tuple(column for column in COLUMNS if not getattr(filters, column))
    if free and any(getattr(filters, name) for name in _FAR):
        return [free, *((column,) for column in COLUMNS if column not in free)]
    return [(column,) for column in COLUMNS]


def _without(filters: Filters, *names: str) -> Filters:
    """Return the filters without some of them."""
    left: dict[str, Any] = dict.fromkeys(names, ())
    return replace(filters, **left)


def code_counts(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> list[tuple[str, str, int]]:
    """Return the most frequent codes as 「codebook:code」, with the name and the number of measures in the clauses.

    Raises PipelineError for a filter value the run doesn't have.
    """
    asked = ask(cursor, _without(filters, CODE))
    sql = _CODES.format(source=asked.source, where=asked.where)
    found = cursor.execute(sql, [*asked.values, _ALL]).fetchall()
    return [(str(value), str(name or value), int(number)) for value, name, number in found]
