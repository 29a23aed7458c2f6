"""The panel: one row per unit (region × year …) with counts of documents, measures and codes, and sums of money.

For regressions: every figure counts each document, place, measure and fact once in a unit. Copies of a file and files
that couldn't be read don't count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PipelineError
from pipeline.table.derive import Column, column_schema, columns
from pipeline.table.matrices import Question, read_coders
from pipeline.table.matrices_axes import Axis, code_list, find_books, read_axis
from pipeline.table.overlay import reading
from pipeline.table.panel_sql import companions_sql, statements
from pipeline.table.query import SECONDS, fetch
from pipeline.table.schema import ROLES, Col, DocumentRow
from pipeline.table.view import codebook_names

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

NAME, ZH = "panel", "面板"
KEYS = ("region", "year")
_MONEY_ROLES = ("benefit", "budget", "target")
_MOST_CELLS = 5_000_000
# what else is said of a unit that has this key
_COMPANIONS = {
    "region": ("region_code",),
    "document": (
        "source_name",
        "title",
        "issuer",
        "doc_kind",
        "level",
        "region",
        "region_code",
        "year",
        "issue_date",
    ),
}
_Unit = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelQuestion:
    """What a panel is asked for; ``keys``: attributes of documents in Chinese or English, 省份, or 文档.

    ``codebooks``: whose codes are counted (default: all); ``coders`` as of a matrix (default: the machine);
    ``balanced``: a row for every year from the first to the last in every combination of the other keys.
    """

    keys: tuple[str, ...] = KEYS
    codebooks: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()
    balanced: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One row per unit, in the order of the keys; ``keys`` are the names of the columns that make a row unique."""

    zh: str
    keys: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    notes: tuple[str, ...]

    def arrow(self) -> pa.Table:
        """Return the panel as an Arrow table; each field's metadata holds its Chinese heading and note."""
        import pyarrow as pa

        schema = column_schema(self.columns, self.zh)
        return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in self.rows], schema=schema)


def panel(out: Path, question: PanelQuestion | None = None, *, seconds: float = 10 * SECONDS) -> Panel:
    """Return the panel of a finished run.

    Raises PipelineError with every unknown key, codebook and coder, when no document has all keys, and when it has
    more than five million cells.
    """
    question = question or PanelQuestion()
    with reading(out) as (connection, laid):
        axes, books, coders = _read(connection, question)
        found = {
            name: [tuple(row.values()) for row in fetch(connection, sql, [[], [], coders], seconds=seconds).to_pylist()]
            for name, sql in statements(axes).items()
        }
        codes = _code_columns(connection, books)
        beside = {axis.name: _beside(connection, axis, coders, axes) for axis in axes if axis.name in _COMPANIONS}
    cells = _cells(found, len(axes), codes)
    if not cells:
        raise PipelineError(f"没有一篇文档写明了{'、'.join(axis.zh for axis in axes)}，做不成面板")
    units = list(_units(cells, axes, balanced=question.balanced))
    counted = [*figures(), *(column for _, several in codes.values() for column in several)]
    if len(units) * len(counted) > _MOST_CELLS:
        size = f"{len(units)} 行 × {len(counted)} 列"
        raise PipelineError(f"面板太大（{size}）：请用 --codebook 只取要的编码本，或换较粗的单位，例如 省份,年份")
    rows = tuple((*_labels(unit, axes, beside), *_row(cells.get(unit, {}), counted)) for unit in units)
    return Panel(
        zh=f"{ZH}：{' × '.join(axis.zh for axis in axes)}",
        keys=tuple(_key_column(axis).name for axis in axes),
        columns=(*_label_columns(axes), *counted),
        rows=rows,
        notes=(*_notes(axes, question, coders, int(found["left out"][0][0]), len(units) - len(cells)), *laid.zh),
    )


def _read(connection: duckdb.DuckDBPyConnection, question: PanelQuestion) -> tuple[list[Axis], list[str], list[str]]:
    """Return the axes of the keys, the codebooks and the coders. Raises PipelineError with every mistake."""
    mistakes: list[str] = []
    axes: list[Axis] = []
    books: list[str] = []
    coders: list[str] = []
    for name in question.keys:
        if "=" in name:
            mistakes.append(f"面板的单位只写名称，不写值：“{name}”应为“{name.partition('=')[0].strip()}”")
            continue
        try:
            axis = read_axis(connection, name)
        except PipelineError as error:
            mistakes += error.mistakes
            continue
        if axis.of != "document":
            mistakes.append(f"面板的单位应为文档的属性，如 地区、省份、年份、层级、发文机关、文档；“{name}”不是")
        axes.append(axis)
    if len({axis.name for axis in axes}) < len(axes) or not question.keys:
        mistakes.append(f"面板的单位“{'、'.join(question.keys)}”不对：至少写一个，各写一次")
    try:
        books = find_books(connection, codebook_names(connection), question.codebooks)
    except PipelineError as error:
        mistakes += error.mistakes
    try:
        coders = read_coders(connection, Question(rows="", cols="", coders=question.coders))
    except PipelineError as error:
        mistakes += error.mistakes
    if mistakes:
        raise PipelineError(*dict.fromkeys(mistakes))
    return axes, books, coders


def _document_columns() -> dict[str, Column]:
    """Return the columns of documents by name."""
    return {column.name: column for column in columns(DocumentRow)}


def _key_column(axis: Axis) -> Column:
    """Return the column of a key."""
    own = _document_columns().get("doc_id" if axis.name == "document" else axis.name)
    col = own.col if own else Col(axis.zh, "由地区得出")
    return Column(own.name if own else axis.name, own.type if own else str, False, col)


def _companions(axis: Axis, axes: Sequence[Axis]) -> list[Column]:
    """Return the columns that stand beside a key; what is a key itself or beside one before isn't said again."""
    said = {one.name for one in axes}
    for one in axes[: axes.index(axis)]:
        said |= set(_COMPANIONS.get(one.name, ()))
    known = _document_columns()
    found = [known[name] for name in _COMPANIONS.get(axis.name, ()) if name not in said]
    return [Column(column.name, column.type, True, column.col) for column in found]


def _label_columns(axes: Sequence[Axis]) -> list[Column]:
    """Return the columns of all keys, each with what stands beside it."""
    return [column for axis in axes for column in (_key_column(axis), *_companions(axis, axes))]


def _beside(
    connection: duckdb.DuckDBPyConnection, axis: Axis, coders: list[str], axes: Sequence[Axis]
) -> dict[str, tuple[Any, ...]]:
    """Return key → the values that stand beside it."""
    names = [column.name for column in _companions(axis, axes)]
    if not names:
        return {}
    found = fetch(connection, companions_sql(axis, names), [[], [], coders]).to_pylist()
    return {str(key): tuple(rest) for key, *rest in (row.values() for row in found)}


def figures() -> list[Column]:
    """Return the columns every panel has beside its keys; those of the codes follow them."""
    found = [
        _count("n_documents", "文档数", "有此地区、年份等的文档，各计一次"),
        _count("n_characters", "字数", "这些文档 raw_text 的字符数之和"),
        _count("n_measures", "措施条数", "全部作用、全部类型"),
        _count("n_none", "无数值的措施条数", "类型为无数值的措施"),
    ]
    found += [_count(f"n_{role}", f"{zh}条数", f"作用为{zh}的措施") for role, zh in ROLES.items()]
    for role in _MONEY_ROLES:
        zh = ROLES[role]
        same = f"作用为{zh}、单位为元的金额；同一文档中的同一事实只计一次"
        found += [
            _count(f"n_{role}_money", f"{zh}金额个数", same),
            _sum(f"sum_{role}_money", f"{zh}金额之和（元）", f"{same}；取上限，没有上限时取下限；没有时为 0"),
            Column(f"max_{role}_money", Decimal, True, Col(f"{zh}金额最大值（元）", f"{same}；没有时为空")),
        ]
    return found


def _count(name: str, zh: str, note: str) -> Column:
    """Return a column of counts."""
    return Column(name, int, False, Col(zh, note))


def _sum(name: str, zh: str, note: str) -> Column:
    """Return a column of sums of money."""
    return Column(name, Decimal, False, Col(zh, note))


def _code_columns(
    connection: duckdb.DuckDBPyConnection, books: Iterable[str]
) -> dict[tuple[str, str], tuple[str, tuple[Column, Column, Column]]]:
    """Return (codebook, code) → the name its columns end with, and the columns: places, measures, sum of benefits."""
    names = codebook_names(connection)
    codes = code_list(connection, books)
    plain = [re.sub(r"\W", "_", code.code).casefold() for code in codes]
    taken: set[str] = set()
    found = {}
    for code, word in zip(codes, plain, strict=True):
        name = word if plain.count(word) == 1 else re.sub(r"\W", "_", f"{code.book}_{code.code}").casefold()
        while name in taken:
            name += "_2"
        taken.add(name)
        zh = f"{names.get(code.book, code.book)}:{code.name}"
        found[code.book, code.code] = (
            name,
            (
                _count(
                    f"c_{name}", f"{zh} 编码处数", f"编码本 {code.book} 的代码 {code.code} 及其下级，同一处只计一次"
                ),
                _count(f"m_{name}", f"{zh} 中的措施条数", "数值（或举措）在这些编码之内的措施"),
                _sum(f"s_{name}", f"{zh} 中的优惠支持金额（元）", "这些措施中优惠支持金额之和；同一事实只计一次"),
            ),
        )
    return found


def _cells(
    found: Mapping[str, Sequence[tuple[Any, ...]]],
    n: int,
    codes: Mapping[tuple[str, str], tuple[str, tuple[Column, ...]]],
) -> dict[_Unit, dict[str, Any]]:
    """Return unit → column → figure of all units that have a document."""
    cells: dict[_Unit, dict[str, Any]] = {}
    for *unit, documents, characters in found["documents"]:
        cells[tuple(unit)] = {"n_documents": documents, "n_characters": int(characters)}
    for *unit, role, count, none in found["measures"]:
        cell = cells[tuple(unit)]
        cell[f"n_{role}"] = count
        cell["n_measures"] = cell.get("n_measures", 0) + count
        cell["n_none"] = cell.get("n_none", 0) + none
    for *unit, role, count, total, highest in found["money"]:
        cells[tuple(unit)] |= {f"n_{role}_money": count, f"sum_{role}_money": total, f"max_{role}_money": highest}
    for part, letter in (("codes", "c"), ("coded", "m"), ("coded money", "s")):
        for row in found[part]:
            if (code := codes.get((row[n], row[n + 1]))) is not None:
                cells[row[:n]][f"{letter}_{code[0]}"] = row[-1]
    return cells


def _units(cells: Mapping[_Unit, Any], axes: Sequence[Axis], *, balanced: bool) -> Iterator[_Unit]:
    """Yield the units of the rows in the order of the keys' heads."""
    places = [{head.key: at for at, head in enumerate(axis.heads)} for axis in axes]

    def order(unit: Sequence[str]) -> tuple[int, ...]:
        return tuple(place.get(key, len(place)) for place, key in zip(places, unit, strict=True))

    if not balanced:
        yield from sorted(cells, key=order)
        return
    at = next((at for at, axis in enumerate(axes) if axis.name == "year"), None)
    if at is None:
        yield from product(
            *(sorted({unit[n] for unit in cells}, key=place.__getitem__) for n, place in enumerate(places))
        )
        return
    years = [int(unit[at]) for unit in cells]
    span = [str(year) for year in range(min(years), max(years) + 1)]
    places[at] = {year: n for n, year in enumerate(span)}
    rest = {(unit[:at], unit[at + 1 :]) for unit in cells}
    yield from sorted(((*left, year, *right) for left, right in rest for year in span), key=order)


def _labels(unit: _Unit, axes: Sequence[Axis], beside: Mapping[str, Mapping[str, tuple[Any, ...]]]) -> Iterator[Any]:
    """Yield the values of the keys of a unit, each with what stands beside it."""
    for key, axis in zip(unit, axes, strict=True):
        yield int(key) if _key_column(axis).type is int else key
        yield from beside.get(axis.name, {}).get(key, ())


def _row(cell: Mapping[str, Any], figures: Sequence[Column]) -> Iterator[Any]:
    """Yield the figures of a unit; 0 where there is none, nothing for a highest value."""
    for column in figures:
        yield cell.get(column.name, None if column.nullable else Decimal(0) if column.type is Decimal else 0)


def _notes(
    axes: Sequence[Axis], question: PanelQuestion, coders: Sequence[str], left_out: int, filled: int
) -> Iterator[str]:
    """Yield what people must know to use the figures."""
    keys = "、".join(axis.zh for axis in axes)
    yield f"每个 {' × '.join(axis.zh for axis in axes)} 一行；读不出的文件和内容重复的文件不计"
    if left_out:
        yield f"有 {left_out} 篇文档没有写明{keys}，未计入"
    if any(axis.many for axis in axes):
        yield "几个机关联合发文的文档在各机关的行中各计一次"
    if question.balanced:
        yield f"平衡面板：补上了 {filled} 行没有文档的单位，计数和金额之和为 0，最大值为空"
    yield "编码处数含下级代码，同一处只计一次；编码者：" + ("、".join(coders) if coders else "没有编码")
    yield "金额取上限（没有上限时取下限），同一文档中的同一事实只计一次；含每人、每月等标准，不是财政总额"
