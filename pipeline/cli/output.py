"""Results to standard output in the format asked for; words to standard error."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.params import Decorator
from pipeline.cli.text import fitting, inert, table, terminal_columns
from pipeline.core.errors import PipelineError
from pipeline.core.files import check_place, completed

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = ("table", "csv", "json", "parquet")
# So many rows of a table are read by nobody; the other formats give all.
TABLE_ROWS = 100
SUFFIXES = (".csv", ".xlsx", ".json", ".parquet")

format_option: Decorator = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", metavar="格式", help="输出格式，默认 table。"
)
target_option: Decorator = click.option(
    "--output",
    "--out",
    "-o",
    "target",
    type=Path,
    metavar="文件",
    help="写入文件，格式由扩展名定：.csv、.xlsx（Excel 可直接打开）、.json、.parquet。",
)
same_as_json_option: Decorator = click.option("--json", "as_json", is_flag=True, help="同 --format json。")

# What JSON may hold as it is, but a terminal takes for orders; as \\uXXXX it is the same text.
_ORDERS = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def say(text: str) -> None:
    """Print words for people to standard error; nothing in them acts on a terminal."""
    click.echo(inert(text), err=True)


def show(text: str) -> None:
    """Print lines for people to standard output; nothing in them acts on a terminal."""
    click.echo(inert(text))


def print_json(value: Any) -> None:
    """Print ``value`` as JSON to standard output."""
    click.echo(_ORDERS.sub(lambda found: f"\\u{ord(found[0]):04x}", _json(value)))


def write_json(value: Any, target: Path) -> None:
    """Write ``value`` as JSON to a file, which appears only once it is complete."""
    with completed(target) as fresh:
        fresh.write_text(_json(value) + "\n", encoding="utf-8", newline="\n")


def _json(value: Any) -> str:
    """Return ``value`` as JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain)


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
        print_csv(_rows(found))
    elif form == "parquet":
        _print_parquet(found)
    else:
        _print_grid(found)


def print_csv(lines: Iterable[Sequence[Any]]) -> None:
    """Print lines as CSV to standard output; no spreadsheet takes a text for a formula, no terminal for an order."""
    from pipeline.table.cells import harmless

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for line in lines:
        writer.writerow([harmless(value) if isinstance(value, str) else value for value in line])
    text = buffer.getvalue()
    click.echo(inert(text) if sys.stdout.isatty() else text, nl=False)


def _rows(found: pa.Table) -> Iterator[Sequence[Any]]:
    """Yield the heads and rows of a table as cells of text and numbers."""
    yield found.column_names
    for batch in found.to_batches(max_chunksize=1000):
        columns = [batch.column(i).to_pylist() for i in range(batch.num_columns)]
        yield from ([_cell(value) for value in row] for row in zip(*columns, strict=True))


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
    print_fitting(found.column_names, list(zip(*columns, strict=True)))
    if found.num_rows <= TABLE_ROWS:
        say(f"共 {found.num_rows} 行。")
    say_more(found.num_rows)


def say_more(count: int) -> None:
    """Say that of ``count`` rows only the first are shown, if there are more."""
    if count > TABLE_ROWS:
        kinds = "、".join(suffix.removeprefix(".") for suffix in SUFFIXES)
        say(f"显示 {TABLE_ROWS} 行，共 {count} 行；要全部请用 -o 文件（{kinds}）。")


def print_fitting(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows in columns as wide as the terminal; say which columns there is no room for (the last ones)."""
    kept, widths = fitting(heads, rows, total=terminal_columns())
    show(table([heads[i] for i in kept], [[row[i] for i in kept] for row in rows], widths))
    say_dropped([head for i, head in enumerate(heads) if i not in kept])


def say_dropped(heads: Sequence[str]) -> None:
    """Say which columns the terminal has no room for."""
    if heads:
        say(f"窗口只有 {terminal_columns()} 列宽，未显示：{'、'.join(heads)}。可加宽窗口，或用 -o 文件 存成表格。")


def check_target(target: Path | None, *more: str) -> None:
    """Raise PipelineError when ``target`` is no file a table, or one of the kinds ``more``, can be written to."""
    if target is not None:
        check_place(target, (*SUFFIXES, *more), name="-o 的")


def write_table(
    found: pa.Table,
    target: Path,
    heads: Sequence[str] | None = None,
    shown: Callable[[Mapping[str, Any]], Sequence[Any]] | None = None,
) -> None:
    """Write an Arrow table to a file by its suffix: CSV that Excel reads (with a byte-order mark), xlsx, JSON, Parquet.

    A workbook is for people: ``heads`` are its columns' headings (their names if not given), and ``shown`` makes a row
    (column → value) what people read. The other formats keep names and values, as ``cewen export`` does.
    """
    suffix = target.suffix.lower()
    if suffix == ".csv":
        from pipeline.table.cells import write_csv

        names, *lines = _rows(found)
        write_csv(target, names, lines)
    elif suffix == ".xlsx":
        from pipeline.export.grid_xlsx import write_grid

        names, *lines = _rows(found)
        if shown:
            lines = [[_cell(value) for value in shown(row)] for row in found.to_pylist()]
        write_grid(target, heads or names, lines)
    else:
        with completed(target) as fresh:
            if suffix == ".json":
                fresh.write_text(_json(found.to_pylist()) + "\n", encoding="utf-8", newline="\n")
            else:
                import pyarrow.parquet as pq

                pq.write_table(found, fresh, compression="zstd")
    say(f"已写入 {target}，{found.num_rows} 行")
