"""People's word on records: OUT/corrections.tsv, one line for each thing said. ``overlay`` lays it over what is read.

A line confirms, corrects or rejects one record. Lines are only added; the last one on a record and column holds.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args

from pipeline.core import outputs
from pipeline.core.errors import PipelineError
from pipeline.core.files import completed
from pipeline.core.lock import locked
from pipeline.table.derive import PRECISION, SCALE, Column, columns
from pipeline.table.schema import MeasureRow
from pipeline.table.words import closest, code_of, moment, number, unwrap

Verdict = Literal["confirmed", "corrected", "rejected"]
VERDICTS: Mapping[str, str] = {"confirmed": "属实", "corrected": "已改正", "rejected": "不是措施"}
# what a person may set right: what a record says, not where it stands
_NAMES = (
    "kind",
    "value_min",
    "value_max",
    "unit",
    "bound",
    "role",
    "per",
    "time",
    "item",
    "beneficiary",
    "condition",
    "agency",
    "instrument",
    "action",
)
_BY_NAME = {column.name: column for column in columns(MeasureRow)}
COLUMNS: Mapping[str, Column] = {name: _BY_NAME[name] for name in _NAMES}
_PRINT = 12


@dataclass(frozen=True, slots=True)
class Correction:
    """One line. ``column`` and ``new`` are empty unless the verdict is ``corrected``; empty values are "".

    ``old`` is the value corrected; of a confirmed record its ``print_of``, so that it doesn't hold of other values
    (empty: of any). Values are as ``text_of`` writes them: codes in English, numbers without separators. ``time`` is
    ISO, in UTC. ``line`` is where the line stands in the file, from 1.
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
    line: int = field(default=0, compare=False)


HEADINGS = tuple(one.name for one in fields(Correction))[:-1]


def print_of(texts: Mapping[str, str]) -> str:
    """Return a short name for the values of a record (column of ``COLUMNS`` → text): equal for equal values."""
    said = "\x1f".join(texts[name] for name in COLUMNS)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:_PRINT]


def text_of(value: Any) -> str:
    """Return a value of a measure as the file holds it."""
    if value is None:
        return ""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def texts_of(row: Mapping[str, Any]) -> dict[str, str]:
    """Return column of ``COLUMNS`` → text of a measure's row."""
    return {name: text_of(row[name]) for name in COLUMNS}


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
        return _number(column, text)
    return _time(text) if name == "time" else unwrap(text)


def _number(column: Column, text: str) -> Decimal:
    """Return a number the column can hold. Raises ValueError."""
    try:
        found = number(text.strip())
    except ValueError:
        raise ValueError(f"“{column.col.zh}”应是数，例如 40万 或 15.8，这里是“{text}”") from None
    step = Decimal(1).scaleb(-SCALE)
    if abs(found) >= Decimal(10) ** (PRECISION - SCALE) or found % step:
        raise ValueError(f"“{column.col.zh}”最多 {PRECISION - SCALE} 位整数、{SCALE} 位小数，这里是“{text}”")
    return found


def _time(text: str) -> str:
    """Return a time or a period 「start/end」, one side of which may be open. Raises ValueError."""
    try:
        found = "/".join(moment(part) if part.strip() else "" for part in text.split("/", 1))
    except ValueError:
        raise ValueError(f"“时间”应写成 2025、2025-06 或 2025年6月，时段写成 起/止，这里是“{text}”") from None
    if found.strip("/"):
        return found
    raise ValueError("“时间”的起和止至少写一个")


def read_corrections(out: Path) -> tuple[Correction, ...]:
    """Return the lines of a run's file in order; none where there is no file.

    Raises PipelineError with each line that can't be read: file, line, what was expected.
    """
    path = out / outputs.CORRECTIONS
    if not path.is_file():
        return ()
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        at = error.object.count(b"\n", 0, error.start) + 1
        raise PipelineError(f"{path} 第 {at} 行：不是 UTF-8 编码，请另存为 UTF-8 的制表符分隔文件") from error
    except OSError as error:
        raise PipelineError(f"{path}: 读不了（{error.strerror}），请检查权限") from error
    reader = csv.reader(io.StringIO(content, newline=""), dialect="excel-tab")
    mistakes: list[str] = []
    found: list[Correction] = []
    for place, cells in enumerate(reader):
        if place == 0:
            if tuple(cells) != HEADINGS:
                raise PipelineError(f"{path} 第 1 行：列应依次为 {'、'.join(HEADINGS)}，这里是 {'、'.join(cells)}")
        elif cells:
            line = _line(cells, f"{path} 第 {reader.line_num} 行", mistakes)
            found += [replace(line, line=reader.line_num)] if line is not None else []
    if mistakes:
        raise PipelineError(*mistakes)
    return tuple(found)


def add_corrections(out: Path, given: Iterable[Correction]) -> None:
    """Add lines to a run's file; several programs may do so at once.

    Raises PipelineError when a line isn't right or the file can't be written; nothing is added then.
    """
    mistakes: list[str] = []
    fresh = [line for one in given if (line := _line(_cells(one), "复核", mistakes)) is not None]
    if mistakes:
        raise PipelineError(*mistakes)
    path = out / outputs.CORRECTIONS
    with locked(path):
        lines = [*read_corrections(out), *fresh]
        with completed(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, dialect="excel-tab", lineterminator="\n")
            writer.writerow(HEADINGS)
            writer.writerows(_cells(line) for line in lines)
            file.flush()
            os.fsync(file.fileno())


def _cells(line: Correction) -> list[str]:
    """Return a line's cells, each on one line."""
    return [unwrap(cell) for cell in astuple(line)[:-1]]


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
        if not (line.column or line.new):
            return line
        mistakes.append(f"{where}：verdict 为 {line.verdict} 时 column（“{line.column}”）和 new（“{line.new}”）应为空")
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
