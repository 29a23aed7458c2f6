"""People's corrections laid over the measures that are read. The tables of the run stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.core import outputs
from pipeline.table.corrections import COLUMNS, Correction, Verdict, print_of, read_corrections, text_of
from pipeline.table.derive import PRECISION, SCALE, Column, columns
from pipeline.table.query import connect
from pipeline.table.schema import MeasureRow
from pipeline.table.view import codebook_names, select_sql

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_BATCH_ROWS = 500
_VERDICTS: Mapping[Verdict, str] = {"corrected": "改正", "rejected": "剔除", "confirmed": "确认"}


@dataclass(frozen=True, slots=True)
class Overlay:
    """What was laid over the tables: how many records each verdict holds of, by whom, and what couldn't be applied.

    ``records`` leads measure_id to what holds of each; ``sure`` are the ids of the records whose last word is a
    confirmation, those set right before included.
    """

    confirmed: int = 0
    corrected: int = 0
    rejected: int = 0
    people: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    sure: frozenset[str] = frozenset()
    records: Mapping[str, Settled] = field(default_factory=dict)

    @property
    def zh(self) -> tuple[str, ...]:
        """Sentences that say so; none when there are no corrections."""
        counts = {"corrected": self.corrected, "rejected": self.rejected, "confirmed": self.confirmed}
        said = "、".join(f"{word} {counts[verdict]} 条" for verdict, word in _VERDICTS.items() if counts[verdict])
        first = (f"已按 {outputs.CORRECTIONS} 计入人工复核：{said}（{'、'.join(self.people)}）",) if said else ()
        return (*first, *self.stale)


@dataclass(slots=True)
class Settled:
    """What holds of one record in the end: the verdict, the values set (column → text), who said so last and when."""

    verdict: Verdict
    person: str
    time: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def counts_as(self) -> Verdict:
        """What the record counts as: one that was set right and then confirmed is set right."""
        return "corrected" if self.values and self.verdict == "confirmed" else self.verdict

    @property
    def zh(self) -> str:
        """Who said what of the record: 「王芳 改正（上限、作用）」."""
        said = f"{self.person} {_VERDICTS[self.counts_as]}"
        return f"{said}（{'、'.join(COLUMNS[name].col.zh for name in self.values)}）" if self.values else said


@dataclass(frozen=True, slots=True)
class Layer:
    """A run's corrections as they are laid over its tables.

    The lines of the file, what they come to by measure_id, a sentence for each line that can't be applied, and the
    texts the run has in the columns of the records spoken of.
    """

    lines: tuple[Correction, ...] = ()
    records: Mapping[str, Settled] = field(default_factory=dict)
    stale: tuple[str, ...] = ()
    now: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def settled(
    lines: Sequence[Correction], current: Mapping[str, Mapping[str, str]]
) -> tuple[dict[str, Settled], list[str]]:
    """Return measure_id → what holds in the end, and a sentence for each line that can't be applied.

    ``current`` leads measure_id to the texts of its columns as the run has them. A correction is applied only where
    its ``old`` is what the run has or what an earlier line made of it; a confirmation only of the values it was of.
    """
    records: dict[str, Settled] = {}
    stale: list[str] = []
    for line in lines:
        now = current.get(line.measure_id)
        where = f"{outputs.CORRECTIONS} 第 {line.line} 行"
        if now is None:
            stale.append(f"{where}：结果里已没有记录 {line.measure_id}，未采用。请重新复核这一处")
        elif (why := _outdated(line, now, records.get(line.measure_id))) is not None:
            stale.append(f"{where}：{line.measure_id} {why}，未采用。请重新复核这一处")
        else:
            record = records.setdefault(line.measure_id, Settled(line.verdict, line.person, line.time))
            record.verdict, record.person, record.time = line.verdict, line.person, line.time
            if line.verdict == "corrected":
                record.values[line.column] = line.new
    return records, stale


def _outdated(line: Correction, now: Mapping[str, str], record: Settled | None) -> str | None:
    """Return why a line doesn't fit the record any more; None when it does."""
    if line.verdict == "confirmed":
        return None if line.old in ("", print_of(now)) else "的值与确认时不同"
    if line.verdict == "corrected":
        was = now[line.column]
        fitting = {was, record.values.get(line.column, was) if record else was}
        if fitting.isdisjoint((line.old, line.new)):
            return f"的 {line.column} 现为“{was}”，改正时是“{line.old}”"
    return None


@contextmanager
def reading(out: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Overlay]]:
    """Give a connection as ``query.connect`` does, with the run's corrections laid over it, and what was laid.

    Raises PipelineError as ``connect`` and ``read_corrections`` do.
    """
    with connect(out) as connection:
        yield connection, overlay(connection, out)


def read_rows(out: Path, sql: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a statement, a batch at a time, with the run's corrections applied."""
    with reading(out) as (connection, _):
        found = connection.execute(sql)
        while rows := found.fetchmany(_BATCH_ROWS):
            yield from rows


def measure_rows(out: Path) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of ``measures`` in order, values as in ``MeasureRow``, with the run's corrections applied."""
    listed = ", ".join(f'"{column.name}"' for column in columns(MeasureRow))
    return read_rows(out, f"SELECT {listed} FROM measures ORDER BY rowid")


def laid(out: Path) -> Overlay:
    """Return what ``reading`` lays over a run's tables. Raises PipelineError as it does."""
    with reading(out) as (_, found):
        return found


def overlay(connection: duckdb.DuckDBPyConnection, out: Path) -> Overlay:
    """Lay a run's corrections over ``measures`` and ``knowledge`` for this connection; rejected records are left out.

    Temporary views hide the tables: nothing is written; a cursor made of the connection doesn't see them. Without
    corrections nothing changes. Raises PipelineError as ``read_corrections`` does.
    """
    layer = read_layer(connection, out)
    lay(connection, layer)
    records = layer.records
    counts: list[Verdict] = [record.counts_as for record in records.values()]
    return Overlay(
        confirmed=counts.count("confirmed"),
        corrected=counts.count("corrected"),
        rejected=counts.count("rejected"),
        people=tuple(sorted({record.person for record in records.values()})),
        stale=layer.stale,
        sure=frozenset(name for name, record in records.items() if record.verdict == "confirmed"),
        records=records,
    )


def read_layer(connection: duckdb.DuckDBPyConnection, out: Path) -> Layer:
    """Return what is to be laid over the tables of a connection that nothing is laid over yet.

    Raises PipelineError as ``read_corrections`` does.
    """
    lines = read_corrections(out)
    if not lines:
        return Layer()
    now = current(connection, {line.measure_id for line in lines})
    records, stale = settled(lines, now)
    return Layer(lines, records, tuple(stale), now)


def current(connection: duckdb.DuckDBPyConnection, ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return measure_id → column → text of the records as the connection has them."""
    listed = ", ".join(f'"{name}"' for name in COLUMNS)
    sql = f"SELECT measure_id, {listed} FROM measures WHERE measure_id IN (SELECT unnest(?::VARCHAR[]))"
    rows = connection.execute(sql, [sorted(ids)]).fetchall()
    return {row[0]: dict(zip(COLUMNS, map(text_of, row[1:]), strict=True)) for row in rows}


def lay(connection: duckdb.DuckDBPyConnection, layer: Layer) -> None:
    """Make the views that hide ``measures`` and ``knowledge``; a layer without records changes nothing.

    The records spoken of are set right once, into a small table; all others are read as they are, so that conditions
    and counts over the view cost little more than over the table. The view has a column ``rowid``, the place in the
    table.
    """
    records = {name: record for name, record in layer.records.items() if record.values or record.verdict == "rejected"}
    if not records:
        return
    source = connection.execute("SELECT current_database()").fetchall()[0][0].replace('"', '""')
    books = list(codebook_names(connection))
    fresh = ", ".join(
        f'CASE WHEN c.{name}_set THEN CAST(c.{name}_new AS {_sql_type(column)}) ELSE m."{name}" END AS "{name}"'
        for name, column in COLUMNS.items()
    )
    connection.register("given_corrections", _as_table(records))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE corrected AS"
        f' SELECT m.rowid AS place, c.rejected, m.* REPLACE ({fresh}) FROM "{source}".main.measures m'
        " JOIN given_corrections c ON c.measure_id = m.measure_id"
    )
    connection.unregister("given_corrections")
    connection.execute(
        f'CREATE OR REPLACE TEMP VIEW measures AS SELECT m.rowid AS rowid, m.* FROM "{source}".main.measures m'
        " ANTI JOIN corrected c ON c.place = m.rowid"
        " UNION ALL SELECT place, * EXCLUDE (place, rejected) FROM corrected WHERE NOT rejected"
    )
    connection.execute(f"CREATE OR REPLACE TEMP VIEW knowledge AS {select_sql(books)}")


def _as_table(records: Mapping[str, Settled]) -> pa.Table:
    """Return the records as a table: which are rejected, and of each column whether it is set and to what text."""
    import pyarrow as pa

    settled_ones = records.values()
    table = {
        "measure_id": pa.array(list(records), pa.string()),
        "rejected": pa.array([record.verdict == "rejected" for record in settled_ones], pa.bool_()),
    }
    for name in COLUMNS:
        table[f"{name}_set"] = pa.array([name in record.values for record in settled_ones], pa.bool_())
        table[f"{name}_new"] = pa.array([record.values.get(name) or None for record in settled_ones], pa.string())
    return pa.table(table)


def _sql_type(column: Column) -> str:
    """Return the SQL type of a column's values."""
    return f"DECIMAL({PRECISION}, {SCALE})" if column.type is Decimal else "VARCHAR"
