"""Parquet files, one for each table; each column's metadata holds its Chinese heading, note and words of values."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.core.files import completed
from pipeline.export.content import Chosen, Content, beside, bundle, is_single, written
from pipeline.table.derive import column_schema

_BATCH_ROWS = 5_000


def export_parquet(out: Path, place: Path, **options: Any) -> tuple[str, ...]:
    """Write tables of a finished run into the folder ``place``, or one into the file ``place``; return what to tell.

    Values as in the tables. ``options`` and errors as of ``csv.export_csv``.
    """
    chosen = Chosen(**options)
    made = bundle(out, chosen, single=is_single(place, ".parquet"))
    written(place, made, ".parquet", _write, beside=beside(made, "parquet", chosen))
    return made.told


def _write(content: Content, target: Path) -> None:
    """Write one file; it appears only once it is complete."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = column_schema(content.columns, content.zh)
    lines = iter(content.read())
    with completed(target) as fresh, fresh.open("wb") as file, pq.ParquetWriter(file, schema, compression="zstd") as to:
        while batch := list(islice(lines, _BATCH_ROWS)):
            columns = zip(zip(*batch, strict=True), schema.types, strict=True)
            arrays = [pa.array(values, kind) for values, kind in columns]
            to.write_table(pa.Table.from_arrays(arrays, schema=schema))
