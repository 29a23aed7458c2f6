"""People's codings beside the machine's in the tables: when a run writes them, and when a file is imported after it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.core import outputs
from pipeline.core.errors import PipelineError
from pipeline.table.database import build_database
from pipeline.table.derive import arrow_schema
from pipeline.table.people import Reading, coding_id, readings
from pipeline.table.query import connect
from pipeline.table.schema import TABLES, CodeRow, CodingRow, DocumentRow, Row, Table
from pipeline.table.view import codebook_names
from pipeline.table.write import to_arrow

if TYPE_CHECKING:
    import pyarrow as pa

IMPORTED = "导入自 "  # what the source of a code begins with that no codebook of the run has
MACHINE = "machine:"


@dataclass(frozen=True, slots=True)
class PeopleRows:
    """The rows of all readings; ``gone`` is how many codings of a reading stand in documents the run hasn't got."""

    codes: tuple[CodeRow, ...]
    codings: tuple[CodingRow, ...]
    gone: tuple[tuple[str, int], ...]


def people_rows(found: Sequence[Reading], doc_ids: Collection[str], codes: Collection[tuple[str, str]]) -> PeopleRows:
    """Return the rows of the readings in order, each code and coding once; ``codes`` are those of the codebooks.

    Ids are made anew: records of earlier versions may have the same for two coders, or the machine's.
    """
    known = set(codes)
    new_codes: dict[tuple[str, str], CodeRow] = {}
    codings: dict[str, CodingRow] = {}
    gone = []
    for reading in found:
        for code in reading.codes:
            if (code.codebook, code.code) not in known:
                new_codes.setdefault((code.codebook, code.code), code)
        lost = 0
        for coding in reading.codings:
            if coding.doc_id in doc_ids:
                place = (coding.doc_id, coding.start, coding.end)
                key = coding_id(*place, coding.codebook, coding.code, coding.coder)
                codings.setdefault(key, replace(coding, coding_id=key))
            else:
                lost += 1
        if lost:
            gone.append((reading.name, lost))
    return PeopleRows(tuple(new_codes.values()), tuple(codings.values()), tuple(gone))


def add_people(out: Path) -> PeopleRows:
    """Put the codings of all readings in ``out`` into its tables and database, in place of those put there before.

    The bytes are those a run would write. Earlier files stay until the new are complete.
    Raises PipelineError when ``out`` holds no finished run.
    """
    import pyarrow.compute as pc

    with connect(out) as connection:
        names = codebook_names(connection)
    tables = out / outputs.TABLES
    listed = (batch[0].to_pylist() for batch in _batches(tables, _table(DocumentRow), ["doc_id"]))
    doc_ids = {str(value) for values in listed for value in values}
    own = [
        batch.filter(pc.invert(pc.fill_null(pc.starts_with(batch["source"], IMPORTED), False)))
        for batch in _batches(tables, _table(CodeRow))
    ]
    keys = {(row["codebook"], row["code"]) for batch in own for row in batch.select(["codebook", "code"]).to_pylist()}
    rows = people_rows(readings(out), doc_ids, keys)
    machine = (batch.filter(pc.starts_with(batch["coder"], MACHINE)) for batch in _batches(tables, _table(CodingRow)))
    written = [
        _write(tables, _table(CodeRow), iter(own), rows.codes),
        _write(tables, _table(CodingRow), machine, rows.codings),
    ]
    for fresh in written:
        fresh.replace(fresh.with_suffix(""))
    build_database(tables, out / outputs.DATABASE, names=names)
    return rows


def _table(row: type[Row]) -> Table:
    """Return the table of a row class."""
    return next(table for table in TABLES if table.row is row)


def _batches(tables: Path, table: Table, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Yield a table's rows as they are on disk."""
    import pyarrow.parquet as pq

    path = tables / f"{table.name}.parquet"
    if not path.is_file():
        raise PipelineError(f"{path}: 没有这个文件，请重新运行 cewen run")
    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(batch_size=table.group_rows, columns=columns)


def _write(tables: Path, table: Table, kept: Iterator[Any], added: Sequence[Row]) -> Path:
    """Write a table's ``kept`` rows, then the ``added`` ones, to NAME.parquet.tmp; return that."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    fresh = tables / f"{table.name}.parquet.tmp"
    schema = arrow_schema(table)
    size = table.group_rows
    with pq.ParquetWriter(fresh, schema, compression="zstd", version="2.6", store_schema=True) as writer:
        waiting: list[pa.Table] = []
        for part in _parts(kept, table, added, schema):
            waiting.append(part)
            together = pa.concat_tables(waiting).combine_chunks()
            while together.num_rows >= size:
                writer.write_table(together.slice(0, size), row_group_size=size)
                together = together.slice(size)
            waiting = [together]
        if waiting and waiting[0].num_rows:
            writer.write_table(waiting[0], row_group_size=waiting[0].num_rows)
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    return fresh


def _parts(kept: Iterator[Any], table: Table, added: Sequence[Row], schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield everything a table will hold, as Arrow tables."""
    import pyarrow as pa

    for batch in kept:
        yield pa.Table.from_batches([batch]).cast(schema)
    for at in range(0, len(added), table.group_rows):
        yield to_arrow(table, added[at : at + table.group_rows], schema)
