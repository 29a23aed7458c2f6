"""Results to standard output in the format asked for; words to standard error."""

from __future__ import annotations

import csv
import io
import json
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.text import grid
from pipeline.core.errors import PipelineError

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = ("table", "csv", "json", "parquet")
# So many rows of a table are read by nobody; the other formats give all.
TABLE_ROWS = 100


def say(text: str) -> None:
    """Print words for people to standard error."""
    click.echo(text, err=True)


def print_json(value: Any) -> None:
    """Print ``value`` as JSON to standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    """Return a value JSON doesn't know as one it does."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def print_table(found: pa.Table, form: str) -> None:
    """Print an Arrow table to standard output. Raises PipelineError when Parquet would go to a terminal."""
    if form == "json":
        print_json(found.to_pylist())
    elif form == "csv":
        click.echo(_csv(found), nl=False)
    elif form == "parquet":
        _print_parquet(found)
    else:
        _print_grid(found)


def _csv(found: pa.Table) -> str:
    """Return a table as CSV, values as they are."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(found.column_names)
    for batch in found.to_batches(max_chunksize=1000):
        columns = [batch.column(i).to_pylist() for i in range(batch.num_columns)]
        writer.writerows([_cell(value) for value in row] for row in zip(*columns, strict=True))
    return buffer.getvalue()


def _cell(value: Any) -> Any:
    """Return a value as a cell of text."""
    if isinstance(value, Decimal):
        return _plain(value)
    return json.dumps(value, ensure_ascii=False, default=_plain) if isinstance(value, (list, dict)) else value


def _print_parquet(found: pa.Table) -> None:
    """Write a table as one Parquet file to standard output."""
    import pyarrow.parquet as pq

    if sys.stdout.isatty():
        raise PipelineError("Parquet 是二进制格式，请把输出转到文件：cewen query … --format parquet > 结果.parquet")
    buffer = io.BytesIO()
    pq.write_table(found, buffer, compression="zstd")
    sys.stdout.buffer.write(buffer.getvalue())


def _print_grid(found: pa.Table) -> None:
    """Print a table in aligned columns, its first rows only."""
    shown = found.slice(0, TABLE_ROWS)
    columns = [[_cell(value) for value in shown.column(i).to_pylist()] for i in range(shown.num_columns)]
    click.echo(grid(found.column_names, zip(*columns, strict=True)))
    if found.num_rows > TABLE_ROWS:
        say(f"共 {found.num_rows} 行，只显示前 {TABLE_ROWS} 行；要全部请用 --format csv 或 json。")
    else:
        say(f"共 {found.num_rows} 行。")
