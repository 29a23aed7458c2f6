"""Rows become Parquet files, in row groups, with the same bytes for the same rows."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from pipeline.table.derive import arrow_schema, columns, long_columns
from pipeline.table.schema import TABLES, Row, Table

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

# A row group ends when its long texts reach this many characters, so that one group of books fits in memory.
GROUP_CHARS = 8_000_000


@dataclass(slots=True)
class _OpenTable:
    """A file being written, with the rows of the row group that isn't full yet."""

    table: Table
    schema: pa.Schema
    writer: pq.ParquetWriter
    target: Path
    long: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    chars: int = 0
    count: int = 0

    def add(self, row: Row) -> None:
        """Keep ``row``; write the row group when it is full."""
        self.rows.append(row)
        for name in self.long:
            self.chars += len(getattr(row, name) or "")
        if len(self.rows) >= self.table.group_rows or self.chars >= GROUP_CHARS:
            self.flush()

    def flush(self) -> None:
        """Write the rows kept so far as one row group."""
        if self.rows:
            self.writer.write_table(to_arrow(self.table, self.rows, self.schema), row_group_size=len(self.rows))
        self.count += len(self.rows)
        self.rows.clear()
        self.chars = 0


def to_arrow(table: Table, rows: Iterable[Row], schema: pa.Schema | None = None) -> pa.Table:
    """Return ``rows`` as an Arrow table. Raises pyarrow.ArrowInvalid when a value doesn't fit its column."""
    import pyarrow as pa

    kept = list(rows)
    schema = schema or arrow_schema(table)
    arrays: list[Any] = [
        pa.array([getattr(row, column.name) for row in kept], type=schema.field(column.name).type)
        for column in columns(table.row)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


class TableWriter:
    """Writes all tables of a run into ``folder``: NAME.parquet.tmp while open, NAME.parquet once closed without error.

    Use it as a context manager. Row group borders depend on the rows only. A table without rows gets an empty file.
    """

    def __init__(self, folder: Path) -> None:
        """Open a temporary file for each table; makes ``folder`` when it isn't there."""
        import pyarrow.parquet as pq

        folder.mkdir(parents=True, exist_ok=True)
        self._open: dict[str, _OpenTable] = {}
        for table in TABLES:
            schema = arrow_schema(table)
            target = folder / f"{table.name}.parquet"
            writer = pq.ParquetWriter(_temporary(target), schema, compression="zstd", version="2.6", store_schema=True)
            self._open[table.name] = _OpenTable(table, schema, writer, target, long_columns(table))

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Add ``rows`` to ``table``. Raises KeyError for an unknown table, TypeError for rows of another table."""
        opened = self._open[table]
        for row in rows:
            if type(row) is not opened.table.row:
                raise TypeError(f"table {table!r} takes {opened.table.row.__name__}, not {type(row).__name__}")
            opened.add(row)

    def counts(self) -> dict[str, int]:
        """Return the rows added to each table so far."""
        return {name: opened.count + len(opened.rows) for name, opened in self._open.items()}

    def close(self) -> None:
        """Write what is left, put every file safely on disk, then give all files their names."""
        for opened in self._open.values():
            opened.flush()
            opened.writer.close()
            with _temporary(opened.target).open("rb+") as file:
                os.fsync(file.fileno())
        for opened in self._open.values():
            _temporary(opened.target).replace(opened.target)
        self._open.clear()

    def discard(self) -> None:
        """Close and delete the temporary files; the tables of an earlier run stay as they are."""
        try:
            for opened in self._open.values():
                opened.writer.close()
        finally:  # closing writes the footer, which fails on a full disk too
            for opened in self._open.values():
                _temporary(opened.target).unlink(missing_ok=True)
            self._open.clear()

    def __enter__(self) -> TableWriter:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, or discard when something was raised."""
        if kind is None:
            self.close()
        else:
            self.discard()


def _temporary(target: Path) -> Path:
    """Return the name a file has until it is complete."""
    return target.with_name(target.name + ".tmp")
