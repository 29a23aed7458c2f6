"""knowledge.duckdb: the Parquet tables again, with Chinese column comments, and the view ``knowledge``."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.table.derive import comments
from pipeline.table.schema import TABLES
from pipeline.table.view import view_comments, view_sql

if TYPE_CHECKING:
    import duckdb

MEMORY = "512MB"


def build_database(tables: Path, target: Path, *, names: Mapping[str, str] | None = None) -> None:
    """Build ``target`` from the Parquet files in ``tables``; it replaces an earlier one only once it is complete.

    ``names`` leads codebooks to the names people know them by.

    Streams: at most ``MEMORY`` is used, what doesn't fit goes to a folder beside ``target`` that is deleted at the end.
    """
    import duckdb

    fresh, spill = target.with_name(target.name + ".tmp"), target.with_name(target.name + ".spill")
    _remove(fresh, spill)
    try:
        settings: dict[str, Any] = {"memory_limit": MEMORY, "temp_directory": str(spill), "threads": "2"}
        with duckdb.connect(str(fresh), config=settings) as connection:
            for table in TABLES:
                source = str(tables / f"{table.name}.parquet")
                connection.execute(f'CREATE TABLE "{table.name}" AS SELECT * FROM read_parquet(?)', [source])
                connection.execute(f"COMMENT ON TABLE \"{table.name}\" IS '{table.zh}'")
                _comment(connection, table.name, comments(table))
            _create_view(connection, names or {})
            connection.execute("CHECKPOINT")
        fresh.replace(target)
    finally:
        _remove(fresh, spill)


def _create_view(connection: duckdb.DuckDBPyConnection, names: Mapping[str, str]) -> None:
    """Create the view with a column for each codebook of the run, in the codebooks' order."""
    found = connection.execute("SELECT codebook FROM codes GROUP BY codebook ORDER BY min(rowid)").fetchall()
    books = [str(row[0]) for row in found]
    connection.execute(view_sql(books))
    connection.execute("COMMENT ON VIEW knowledge IS '政策知识表：每条措施一行，连同文档、章节、编码和主题'")
    _comment(connection, "knowledge", view_comments({book: names.get(book, book) for book in books}))


def _comment(connection: duckdb.DuckDBPyConnection, table: str, words: dict[str, str]) -> None:
    """Put comments on the columns of a table or view."""
    for column, text in words.items():
        safe = text.replace("'", "''")
        connection.execute(f'COMMENT ON COLUMN "{table}"."{column}" IS \'{safe}\'')


def _remove(fresh: Path, spill: Path) -> None:
    """Delete what an interrupted build left behind."""
    fresh.unlink(missing_ok=True)
    fresh.with_name(fresh.name + ".wal").unlink(missing_ok=True)
    shutil.rmtree(spill, ignore_errors=True)
