"""People's word on records: OUT/corrections.tsv, laid over the measures that are read, never written into the tables.

A line confirms, corrects or rejects one record. Lines are only added; of several lines on one record and column the
last holds, and a later ``rejected`` or ``confirmed`` holds over an earlier one.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from pipeline.core import outputs
from pipeline.core.errors import PipelineError
from pipeline.core.files import completed
from pipeline.core.lock import locked
from pipeline.table.cells import plain_number
from pipeline.table.derive import Column, columns
from pipeline.table.schema import MeasureRow
from pipeline.table.view import codebook_names, select_sql
from pipeline.table.words import closest, code_of, number

if TYPE_CHECKING:
    import duckdb

Verdict = Literal["confirmed", "corrected", "rejected"]
VERDICTS: Mapping[str, str] = {"confirmed": "属实", "corrected": "已改正", "rejected": "不是措施"}
# what a person may set right: what a record says, not where it stands
_NAMES = (
    "kind value_min value_max unit bound role per time item beneficiary condition agency instrument action"
).split()
_BY_NAME = {column.name: column for column in columns(MeasureRow)}
COLUMNS: Mapping[str, Column] = {name: _BY_NAME[name] for name in _NAMES}


@dataclass(frozen=True, slots=True)
class Correction:
    """One line. ``column``, ``old`` and ``new`` are empty unless the verdict is ``corrected``; empty values are "".

    Values are as ``text_of`` writes them: codes in English, numbers without separators. ``time`` is ISO, in UTC.
    """

    measure_id: str
    doc_id: str
    verdict: Verdict
    column: str
    old: str
    new: str
    person: str
    time: str
    note: str = ""


HEADINGS = tuple(field.name for field in fields(Correction))


@dataclass(frozen=True, slots=True)
class Overlay:
    """What was laid over the tables: how many records each verdict holds of, by whom, and what couldn't be applied."""

    confirmed: int = 0
    corrected: int = 0
    rejected: int = 0
    people: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()

    @property
    def zh(self) -> tuple[str, ...]:
        """Sentences that say so; none when there are no corrections."""
        parts = ((self.corrected, "改正"), (self.rejected, "剔除"), (self.confirmed, "确认"))
        said = "、".join(f"{word} {count} 条" for count, word in parts if count)
        first = (f"已按 {outputs.CORRECTIONS} 计入人工复核：{said}（{'、'.join(self.people)}）",) if said else ()
        return (*first, *self.stale)


def text_of(value: Any) -> str:
    """Return a value of a measure as the file holds it."""
    if value is None:
        return ""
    return str(plain_number(value)) if isinstance(value, Decimal) else str(value)


def value_of(name: str, text: str) -> Any:
    """Return the value of ``text`` in a column of ``COLUMNS``; Chinese words of closed lists and 万, 亿 are taken too.

    Raises ValueError, in Chinese, when the column doesn't take it.
    """
    column = COLUMNS[name]
    if not text.strip():
        if column.nullable:
            return None
        raise ValueError(f"“{column.col.zh}”不能为空")
    if column.col.values is not None:
        code = code_of(column.col.values, text.strip())
        if code is None:
            known = "、".join(f"{key}（{word}）" for key, word in column.col.values.items())
            raise ValueError(f"“{column.col.zh}”不能是“{text}”，可用的有：{known}")
        return code
    if column.type is Decimal:
        try:
            return number(text.strip())
        except ValueError:
            raise ValueError(f"“{column.col.zh}”应是数，例如 40万 或 15.8，这里是“{text}”") from None
    return text


def read_corrections(out: Path) -> tuple[Correction, ...]:
    """Return the lines of a run's file in order; none where there is no file.

    Raises PipelineError with each line that can't be read: file, line, what was expected.
    """
    path = out / outputs.CORRECTIONS
    if not path.is_file():
        return ()
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PipelineError(f"{path}: 读不了（{error}）。它应是 UTF-8 的制表符分隔文件") from error
    reader = csv.reader(io.StringIO(content, newline=""), dialect="excel-tab")
    mistakes: list[str] = []
    found: list[Correction] = []
    for place, cells in enumerate(reader):
        if place == 0:
            if tuple(cells) != HEADINGS:
                raise PipelineError(f"{path} 第 1 行：列应依次为 {'、'.join(HEADINGS)}，这里是 {'、'.join(cells)}")
        elif cells:
            line = _line(cells, f"{path} 第 {reader.line_num} 行", mistakes)
            found += [line] if line is not None else []
    if mistakes:
        raise PipelineError(*mistakes)
    return tuple(found)


def add_corrections(out: Path, given: Iterable[Correction]) -> None:
    """Add lines to a run's file; several programs may do so at once.

    Raises PipelineError when a line isn't right or the file can't be written; nothing is added then.
    """
    mistakes: list[str] = []
    fresh = [line for one in given if (line := _line(astuple(one), "复核", mistakes)) is not None]
    if mistakes:
        raise PipelineError(*mistakes)
    path = out / outputs.CORRECTIONS
    with locked(path):
        lines = [*read_corrections(out), *fresh]
        with completed(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, dialect="excel-tab", lineterminator="\n")
            writer.writerow(HEADINGS)
            writer.writerows(astuple(line) for line in lines)
            file.flush()
            os.fsync(file.fileno())


def _line(cells: Sequence[str], where: str, mistakes: list[str]) -> Correction | None:
    """Return one line, its value as ``text_of`` writes it; note what is wrong with it."""
    if len(cells) != len(HEADINGS):
        mistakes.append(f"{where}：应有 {len(HEADINGS)} 列（{'、'.join(HEADINGS)}），这里有 {len(cells)} 列")
        return None
    line = Correction(*cells)  # type: ignore[arg-type]
    if line.verdict not in get_args(Verdict):
        mistakes.append(f"{where}：verdict 应为 {'、'.join(VERDICTS)} 之一，这里是“{line.verdict}”")
    elif not line.measure_id or not line.person.strip():
        mistakes.append(f"{where}：measure_id 和 person（复核人）不能为空")
    elif line.verdict != "corrected":
        if not (line.column or line.old or line.new):
            return line
        mistakes.append(f"{where}：verdict 为 {line.verdict} 时 column、old、new 应为空")
    elif line.column not in COLUMNS:
        mistakes.append(
            f"{where}：不能改“{line.column}”列{closest(line.column, COLUMNS)}，可改的有：{'、'.join(COLUMNS)}"
        )
    else:
        try:
            return replace(line, new=text_of(value_of(line.column, line.new)))
        except ValueError as error:
            mistakes.append(f"{where}：{error}")
    return None


@dataclass(slots=True)
class _Record:
    """What holds of one record in the end: the verdict, the values set, the last person."""

    verdict: Verdict
    person: str
    values: dict[str, str]


def settled(
    lines: Sequence[Correction], current: Mapping[str, Mapping[str, str]]
) -> tuple[dict[str, _Record], list[str]]:
    """Return measure_id → what holds in the end, and a sentence for each line that can't be applied.

    ``current`` leads measure_id to the texts of its columns as the run has them. A correction is applied only where
    its ``old`` is what the run has, or what an earlier line made of it.
    """
    records: dict[str, _Record] = {}
    stale: list[str] = []
    for place, line in enumerate(lines, 2):
        where = f"{outputs.CORRECTIONS} 第 {place} 条"
        now = current.get(line.measure_id)
        if now is None:
            stale.append(f"{where}：结果里已没有记录 {line.measure_id}，未采用。请重新复核这一处")
            continue
        record = records.setdefault(line.measure_id, _Record(line.verdict, line.person, {}))
        if line.verdict == "corrected":
            was = record.values.get(line.column, now[line.column])
            if was not in (line.old, line.new):
                stale.append(
                    f"{where}：{line.measure_id} 的 {line.column} 现为“{was}”，改正时是“{line.old}”，未采用。请重新复核"
                )
                continue
            record.values[line.column] = line.new
        record.verdict, record.person = line.verdict, line.person
    return records, stale


def overlay(connection: duckdb.DuckDBPyConnection, out: Path) -> Overlay:
    """Lay a run's corrections over ``measures`` and ``knowledge`` for this connection; rejected records are left out.

    Temporary views hide the tables: nothing is written. Without corrections nothing changes. Raises PipelineError as
    ``read_corrections`` does.
    """
    lines = read_corrections(out)
    if not lines:
        return Overlay()
    records, stale = settled(lines, _current(connection, {line.measure_id for line in lines}))
    _lay(connection, records)
    count: Callable[[str], int] = lambda verdict: sum(_verdict(one) == verdict for one in records.values())  # noqa: E731
    people = tuple(sorted({one.person for one in records.values()}))
    return Overlay(count("confirmed"), count("corrected"), count("rejected"), people, tuple(stale))


def _verdict(record: _Record) -> Verdict:
    """Return what a record counts as: one that was set right and then confirmed is set right."""
    return "corrected" if record.values and record.verdict == "confirmed" else record.verdict


def _current(connection: duckdb.DuckDBPyConnection, ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return measure_id → column → text of the records as the run has them."""
    listed = ", ".join(f'"{name}"' for name in COLUMNS)
    sql = f"SELECT measure_id, {listed} FROM measures WHERE measure_id IN (SELECT unnest(?::VARCHAR[]))"
    rows = connection.execute(sql, [sorted(ids)]).fetchall()
    return {row[0]: dict(zip(COLUMNS, map(text_of, row[1:]), strict=True)) for row in rows}


def _lay(connection: duckdb.DuckDBPyConnection, records: Mapping[str, _Record]) -> None:
    """Make the views that hide ``measures`` and ``knowledge``."""
    import pyarrow as pa

    ids = list(records)
    table = {
        "measure_id": pa.array(ids, pa.string()),
        "rejected": pa.array([records[i].verdict == "rejected" for i in ids]),
    }
    for name in COLUMNS:
        table[f"{name}_set"] = pa.array([name in records[i].values for i in ids])
        table[f"{name}_new"] = pa.array([records[i].values.get(name) or None for i in ids], pa.string())
    source = connection.execute("SELECT current_database()").fetchall()[0][0].replace('"', '""')
    books = list(codebook_names(connection))
    connection.register("given_corrections", pa.table(table))
    connection.execute("CREATE TEMP TABLE corrections AS SELECT * FROM given_corrections")
    connection.unregister("given_corrections")
    fresh = ", ".join(
        f'CASE WHEN c.{name}_set THEN CAST(c.{name}_new AS {_sql_type(column)}) ELSE m."{name}" END AS "{name}"'
        for name, column in COLUMNS.items()
    )
    connection.execute(
        f'CREATE TEMP VIEW measures AS SELECT m.rowid AS rowid, m.* REPLACE ({fresh}) FROM "{source}".main.measures m'
        " LEFT JOIN corrections c ON c.measure_id = m.measure_id WHERE NOT coalesce(c.rejected, false)"
    )
    connection.execute(f"CREATE TEMP VIEW knowledge AS {select_sql(books)}")


def _sql_type(column: Column) -> str:
    """Return the SQL type of a column's values."""
    return "DECIMAL(20, 4)" if column.type is Decimal else "VARCHAR"
