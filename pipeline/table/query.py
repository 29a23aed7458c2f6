"""Questions to a finished run: read-only SQL. Nothing outside the database can be reached."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.core import outputs
from pipeline.core.errors import PipelineError
from pipeline.core.places import no_run
from pipeline.table.hints import mistake
from pipeline.table.schema import TABLES

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

SECONDS = 60.0
_TOO_MUCH = "查询用的内存超过 1GB，已停止。请加上条件或 LIMIT 再试"
# the documents whose content stands under another file name already
COPIES = "(SELECT doc_id FROM issues WHERE code = 'input.duplicate' AND doc_id IS NOT NULL)"

# Read-only, no files, no network, no extensions, no Python variables as tables, and none of it can be switched back on.
_LOCKED: dict[str, Any] = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "python_enable_replacements": "false",
    "memory_limit": "1GB",
    "threads": "2",
    "lock_configuration": "true",
}


@contextmanager
def connect(out: Path, **more: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a read-only connection to the run's database, closed afterwards.

    ``more``: further settings of DuckDB. Raises PipelineError when ``out`` holds no finished run or the file can't be
    opened.
    """
    import duckdb

    path = out / outputs.DATABASE
    if not path.is_file():
        raise PipelineError(no_run(out, outputs.DATABASE))
    try:
        connection = duckdb.connect(str(path), read_only=True, config=more | _LOCKED)
    except duckdb.Error as error:
        raise PipelineError(f"{path}: 打不开（{first_line(error)}）。请用同一命令重新运行 cewen run") from error
    try:
        yield connection
    finally:
        connection.close()


def copies(out: Path) -> frozenset[str]:
    """Return the ids of the documents whose content stands under another file name already."""
    with connect(out) as connection:
        rows = connection.execute(f"SELECT doc_id FROM documents WHERE doc_id IN {COPIES}").fetchall()
    return frozenset(str(row[0]) for row in rows)


def query(out: Path, sql: str, *, limit: int | None = None, seconds: float = SECONDS) -> pa.Table:
    """Return the result of one SELECT (or WITH … SELECT) over the run's tables, at most ``limit`` rows.

    It is run in a process of its own (``caged``). Raises PipelineError for any other statement, more than one, a
    mistake in it, anything that isn't in the tables (``permitted``), or when it takes over ``seconds``, too much
    memory or gives too many rows.
    """
    from pipeline.table.caged import ask

    with connect(out):  # says what is wrong with the folder before a process is started
        return ask(out, sql, limit=limit, seconds=seconds)


def fetch(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: Sequence[Any] | None = None,
    *,
    limit: int | None = None,
    seconds: float = SECONDS,
) -> pa.Table:
    """Return the rows of a SELECT of this program, stopping it after ``seconds``. Raises PipelineError as ``query``."""
    with translated(connection, sql, seconds):
        relation = connection.sql(sql, params=list(parameters) if parameters else None)
        if limit is not None:
            relation = relation.limit(limit)
        return relation.to_arrow_table()


@contextmanager
def translated(connection: duckdb.DuckDBPyConnection, sql: str, seconds: float) -> Iterator[None]:
    """Interrupt what ``connection`` does within after ``seconds``; raise DuckDB's errors as PipelineError."""
    import duckdb

    timer = threading.Timer(seconds, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise PipelineError(too_long(seconds)) from error
    except duckdb.PermissionException as error:
        raise PipelineError(f"查询只能用结果表，不能读写文件：{first_line(error)}") from error
    except (duckdb.OutOfMemoryException, MemoryError) as error:
        raise PipelineError(_TOO_MUCH) from error
    except (duckdb.Error, OSError) as error:  # what stops a stream of rows comes as an OSError with DuckDB's words
        words = str(error)
        if words.startswith("INTERRUPT"):
            raise PipelineError(too_long(seconds)) from error
        if words.startswith("Out of Memory"):
            raise PipelineError(_TOO_MUCH) from error
        raise PipelineError(f"SQL 有误：{first_line(error)}{mistake(sql, error)}") from error
    finally:
        timer.cancel()


def too_long(seconds: float) -> str:
    """Return what to say of a question stopped after ``seconds``."""
    return f"查询超过 {seconds:g} 秒，已停止。请加上条件或 LIMIT 再试"


def row_counts(out: Path) -> list[tuple[str, str, int]]:
    """Return name, Chinese name and number of rows of each table, and of the view ``knowledge``. Raises as connect."""
    named = [*((table.name, table.zh) for table in TABLES), ("knowledge", "政策知识表")]
    with connect(out) as connection:
        counts = [connection.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0] for name, _ in named]
    return [(name, zh, int(count)) for (name, zh), count in zip(named, counts, strict=True)]


def whole_table(out: Path, name: str) -> pa.Table:
    """Return a table or view, all of it. ``name`` must be one of them. Raises PipelineError as ``connect``."""
    with connect(out) as connection:
        return connection.sql(f'SELECT * FROM "{name}"').to_arrow_table()


def column_headings(out: Path, name: str) -> dict[str, str]:
    """Return column → Chinese heading of a table or view."""
    with connect(out) as connection:
        found = connection.execute(
            "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = ? AND NOT internal", [name]
        ).fetchall()
    return {str(column): str(comment or column).split("：", 1)[0] for column, comment in found}


def first_line(error: Exception) -> str:
    """Return a DuckDB message without the picture of the statement, and its hint."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    kept = [line for line in lines if not line.startswith(("LINE ", "^"))]
    return " ".join(kept[:3]) or type(error).__name__
