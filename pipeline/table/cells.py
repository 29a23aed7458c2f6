"""What every export shares: the rows of a finished run, values no spreadsheet takes for a formula, one CSV file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.core import outputs
from pipeline.core.errors import PipelineError
from pipeline.core.files import completed
from pipeline.core.places import no_run
from pipeline.table.derive import columns
from pipeline.table.schema import Table

# A spreadsheet takes a cell that starts so for a formula; the full-width forms do the same on Chinese systems.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
# XML has no place for these, nor for halves of surrogate pairs and the two non-characters.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BATCH_ROWS = 500


def rows(out: Path, table: Table, *, names: tuple[str, ...] | None = None) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of one table of a finished run, in order; ``names`` keeps only these columns.

    Raises PipelineError when the run has no tables.
    """
    import pyarrow.parquet as pq

    path = out / outputs.TABLES / f"{table.name}.parquet"
    if not path.is_file():
        raise PipelineError(no_run(out, f"{outputs.TABLES}/{path.name}"))
    wanted = list(names or (column.name for column in columns(table.row)))
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=wanted):
            arrays = [batch.column(name).to_pylist() for name in wanted]
            yield from zip(*arrays, strict=True)


def printable(text: str) -> str:
    """Return ``text`` without control characters."""
    return _CONTROL.sub("", text)


def harmless(text: str) -> str:
    """Return ``text`` with ``'`` before it when a spreadsheet would take it for a formula: 「=1+1」 → 「'=1+1」."""
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def plain_number(value: Decimal) -> int | float:
    """Return a decimal as a whole number when it is one, else as a double."""
    return int(value) if value == value.to_integral_value() else float(value)


def as_json(value: Any) -> Any:
    """Return a value of a table as JSON takes it; decimals become numbers, dates ISO text."""
    if isinstance(value, Decimal):
        return plain_number(value)
    return value.isoformat() if isinstance(value, date) else value


def write_csv(target: Path, heads: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    """Write one file; it appears only once it is complete."""
    with completed(target) as fresh, fresh.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(heads)
        writer.writerows([csv_cell(value) for value in line] for line in lines)


def csv_cell(value: Any) -> Any:
    """Return a value as it is written; a NUL, which no CSV reader takes, is left out."""
    if isinstance(value, str):
        return harmless(value.replace("\0", ""))
    return plain_number(value) if isinstance(value, Decimal) else value
