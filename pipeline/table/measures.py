"""Measures with their documents' metadata, filtered and sorted without SQL."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.errors import PipelineError
from pipeline.table.filters import HIGH, Filters, conditions
from pipeline.table.overlay import reading
from pipeline.table.query import SECONDS, connect, fetch
from pipeline.table.review import COL, COLUMN, doubt_sql
from pipeline.table.view import codebook_names, heading_of
from pipeline.table.words import closest

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# sorts by the upper end, or the lower where there is no upper
VALUE = "value"
_OPEN = "k.measure_id NOT IN (SELECT unnest(?::VARCHAR[]))"
_ORDER = "(SELECT measure_id, rowid AS position FROM measures) o ON o.measure_id = k.measure_id"


def measures(
    out: Path,
    filters: Filters | None = None,
    *,
    columns: Sequence[str] = (),
    sort: Sequence[str] = (),
    review: bool = False,
    limit: int | None = None,
    seconds: float = SECONDS,
) -> pa.Table:
    """Return the rows of the view ``knowledge`` that fit ``filters``, in the documents' order or as ``sort`` says.

    ``columns`` keeps only these columns; ``sort`` names columns, with ``-`` before one for largest first, ``value`` for
    the upper end; rows without a value come last. Both take Chinese headings as well as names.
    ``review`` gives the least sure first and adds a column ``doubt``: what is doubtful, or nothing.
    People's corrections are applied (see ``overlay``); ``review`` leaves out what they confirmed.
    Raises PipelineError with every unknown column and every value the run doesn't have.
    """
    with reading(out) as (connection, laid):
        known = view_headings(connection) | ({COLUMN: COL.zh} if review else {})
        mistakes: list[str] = []
        chosen = [_column(name, known, mistakes) for name in columns] or list(known)
        order = [order_by(name, known, mistakes) for name in [*sort, *(["confidence"] if review else [])]]
        if mistakes:
            raise PipelineError(*mistakes)
        where, values = conditions(filters or Filters(), connection, codebook_names(connection))
        listed = ", ".join(f'k."{name}"' for name in chosen)
        doubt = f", {doubt_sql()} AS {COLUMN}" if review else ""
        sql = f"SELECT {listed} FROM (SELECT *{doubt} FROM knowledge{where}) k JOIN {_ORDER}"
        if review:
            sql += f" WHERE {_OPEN}"
            values = [*values, sorted(laid.sure)]
        sql += f" ORDER BY {', '.join([*order, 'o.position'])}"
        return fetch(connection, sql, values, limit=limit, seconds=seconds)


def count(out: Path, filters: Filters | None = None, *, review: bool = False, seconds: float = SECONDS) -> int:
    """Return how many measures ``measures`` gives without a limit. Raises PipelineError as it does."""
    with reading(out) as (connection, laid):
        where, values = conditions(filters or Filters(), connection, codebook_names(connection))
        sql = f"SELECT count(*) FROM (SELECT * FROM knowledge{where}) k WHERE {_OPEN}"
        sure = sorted(laid.sure) if review else []
        found = fetch(connection, sql, [*values, sure], limit=None, seconds=seconds)
        return int(found.column(0)[0].as_py())


def headings(out: Path) -> dict[str, str]:
    """Return column → Chinese heading of all columns ``measures`` can give of a run."""
    with connect(out) as connection:
        return view_headings(connection) | {COLUMN: COL.zh}


def view_headings(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return column → heading of the view ``knowledge``, in column order."""
    sql = (
        "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'knowledge' AND NOT internal"
        " AND database_name = current_database()"
        " ORDER BY column_index"
    )
    return {str(name): heading_of(comment or name) for name, comment in connection.execute(sql).fetchall()}


def _column(given: str, known: dict[str, str], mistakes: list[str]) -> str:
    """Return the column meant by a name or heading; note an unknown one."""
    if given in known:
        return given
    found = next((name for name, heading in known.items() if heading == given), None)
    if found is None and given in (COLUMN, COL.zh):
        mistakes.append(f"列“{given}”只有复核队列才有，请加 --review（程序中 review=True）")
    elif found is None:
        mistakes.append(f"没有列“{given}”{closest(given, [*known, *known.values()])}")
    return found or given


def order_by(given: str, known: dict[str, str], mistakes: list[str]) -> str:
    """Return one part of ORDER BY over rows ``k``: a column, ``value``, with ``-`` before it the largest first.

    ``known`` leads columns to headings; an unknown one is noted in ``mistakes``.
    """
    name, down = (given[1:], " DESC") if given.startswith("-") else (given, "")
    if name in (VALUE, "数值"):
        return f"{HIGH.replace('value_', 'k.value_')}{down} NULLS LAST"
    return f'k."{_column(name, known, mistakes)}"{down} NULLS LAST'
