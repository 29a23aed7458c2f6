"""Facets: how the measures asked for spread over the values of a column, or over codes.

A facet leaves its own filter out, so that it shows what else could be chosen; all other filters hold.
"""

from __future__ import annotations

from collections.abc import Sequence
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
_COLUMN = """
SELECT {column} AS value, count(*) AS n FROM {source}{where} GROUP BY value
ORDER BY coalesce(value::VARCHAR, '') IN (SELECT unnest(?::VARCHAR[])) DESC, {order} NULLS LAST LIMIT ?"""
_CODES = """
SELECT c.codebook || ':' || c.code AS value, any_value(n.name) AS name, count(DISTINCT k.position) AS n
FROM (SELECT doc_id, start, "end", position FROM {source}{where}) k
JOIN codings c ON c.doc_id = k.doc_id AND c.start <= k.start AND c."end" >= k."end"
LEFT JOIN codes n ON n.codebook = c.codebook AND n.code = c.code
GROUP BY value ORDER BY n DESC, value LIMIT ?"""


def column_counts(
    cursor: duckdb.DuckDBPyConnection, filters: Filters, column: str, chosen: Sequence[str] = ()
) -> list[tuple[Any, int]]:
    """Return the most frequent values of one of ``COLUMNS`` (None: not written) with the numbers of their measures.

    Those ``chosen`` (empty: not written) come first, however rare.

    Raises PipelineError for a filter value the run doesn't have.
    """
    if column not in COLUMNS:
        raise ValueError(column)
    asked = ask(cursor, _without(filters, column), also=(column,))
    order = _IN_ORDER.get(column, "n DESC, value")
    sql = _COLUMN.format(column=column, source=asked.source, where=asked.where, order=order)
    most = len(chosen) + (_ALL if column in _IN_ORDER else _MOST)
    found = cursor.execute(sql, [*asked.values, list(chosen), most]).fetchall()
    return [(value, int(number)) for value, number in found]


def _without(filters: Filters, name: str) -> Filters:
    """Return the filters without one of them."""
    left: dict[str, Any] = {name: ()}
    return replace(filters, **left)


def code_counts(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> list[tuple[str, str, int]]:
    """Return the most frequent codes as 「codebook:code」, with the name and the number of measures in the clauses.

    Raises PipelineError for a filter value the run doesn't have.
    """
    asked = ask(cursor, _without(filters, CODE))
    sql = _CODES.format(source=asked.source, where=asked.where)
    found = cursor.execute(sql, [*asked.values, _ALL]).fetchall()
    return [(str(value), str(name or value), int(number)) for value, name, number in found]
