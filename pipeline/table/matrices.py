"""Matrices over a finished run: codes by attributes, codes by codes, codes by measures, codes by coders.

A cell counts each place, document, measure once, however many coders, children of a code or mentions lead to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipeline.core.errors import PipelineError
from pipeline.table.coders import MACHINE, MACHINE_WORDS, by_machine, find_coders
from pipeline.table.matrices_axes import CODER, Axis, Head, read_axis
from pipeline.table.matrices_sql import (
    Base,
    Plan,
    Unit,
    Within,
    base_of,
    bases_sql,
    behind_sql,
    counts_sql,
    details_sql,
    plan,
)
from pipeline.table.overlay import reading
from pipeline.table.query import SECONDS, fetch

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

Percent = Literal["row", "col", "all"]
Number = int | float | Decimal | None
UNITS: Mapping[str, str] = {
    "codings": "编码处数",
    "documents": "文档数",
    "characters": "字数",
    "measures": "措施条数",
    "money": "金额（元）",
    "sections": "章节数",
}
SCOPES: Mapping[str, str] = {"clause": "同一语句", "section": "同一章节", "document": "同一文档"}
PERCENTS: Mapping[str, str] = {"row": "占行", "col": "占列", "all": "占全部"}
PEOPLE, ALL = "people", "all"
_CODERS = {"机器": MACHINE, "人工": PEOPLE, "全部": ALL}
_UNITS_OF: Mapping[Base, tuple[Unit, ...]] = {
    "codings": ("codings", "documents", "characters"),
    "coded measures": ("measures", "documents", "money"),
    "measures": ("measures", "documents", "money"),
    "documents": ("documents", "characters"),
    "pairs": ("codings", "documents", "characters"),
    "shared units": ("sections", "documents"),
}
_OF_MEASURES = frozenset[Base]({"measures", "coded measures"})
EVERY = 2**31
_MOST_CELLS = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a matrix is asked for; ``rows`` and ``cols`` as ``matrices_axes.read_axis`` takes them.

    ``coders``: names, or machine, people, all (default: machine, but all for an axis of coders); ``within``: where two
    codes must meet; ``top``: codes of the top level.
    """

    rows: str
    cols: str
    unit: Unit | None = None
    codebooks: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()
    within: Within = "clause"
    top: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """Cells by rows and columns, totals, and what they count.

    Totals count each thing once; of two axes of codes they are the things each code has at all. ``behind`` is the
    number of passages ``passages`` gives for a cell. ``row_bases``, ``col_bases`` and ``base`` are what a share is
    taken of: the totals, or the documents there are under the head of an attribute.
    """

    question: Question
    rows: Axis
    cols: Axis
    base_kind: Base
    unit: Unit
    cells: tuple[tuple[Number, ...], ...]
    behind: tuple[tuple[int, ...], ...]
    row_totals: tuple[Number, ...]
    col_totals: tuple[Number, ...]
    total: Number
    row_bases: tuple[Number, ...]
    col_bases: tuple[Number, ...]
    base: Number
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What people call it: 「引育用留 × 地区」."""
        return f"{self.rows.zh} × {self.cols.zh}"

    @property
    def labels(self) -> tuple[list[str], list[str]]:
        """The labels of rows and columns, equal ones told apart."""
        return distinct(self.rows.heads), distinct(self.cols.heads)

    def shares(self, by: Percent) -> tuple[tuple[float | None, ...], ...]:
        """Return each cell as a share of its row, its column or all, 0 to 1; None where there is nothing to share."""

        def base(r: int, c: int) -> Number:
            return self.row_bases[r] if by == "row" else self.col_bases[c] if by == "col" else self.base

        return tuple(
            tuple(float(n) / float(of) if n is not None and (of := base(r, c)) else None for c, n in enumerate(row))
            for r, row in enumerate(self.cells)
        )

    def arrow(self) -> pa.Table:
        """Return the matrix as an Arrow table: the heads of the rows, a column for each column, totals."""
        import pyarrow as pa

        rows, cols = self.labels
        names = unlike([self.rows.zh, *cols, "合计"])
        values = [rows, *([row[c] for row in self.cells] for c in range(len(cols))), list(self.row_totals)]
        kind = pa.decimal128(38, 4) if self.unit == "money" else pa.int64()
        arrays = [pa.array(column, kind if at else pa.string()) for at, column in enumerate(values)]
        return pa.Table.from_arrays(arrays, names=names)


def matrix(out: Path, question: Question, *, seconds: float = SECONDS) -> Matrix:
    """Return the matrix of a finished run.

    Raises PipelineError with every unknown axis, value, codebook or coder, and for a unit that doesn't fit.
    """
    with reading(out) as (connection, laid):
        rows, cols, coders = _read(connection, question)
        base = base_of(rows, cols, question.unit, question.within)
        unit = _unit(question, base, rows, cols)
        made = plan(rows, cols, base, unit, question.within)
        given = _parameters(rows, cols, coders)
        counts = _counts(fetch(connection, counts_sql(made), given, seconds=seconds))
        plain = unit in ("codings", "measures") or (base == "documents" and unit == "documents")
        behind = counts if plain else _counts(fetch(connection, behind_sql(made), given, seconds=seconds))
        sides = tuple(_bases(connection, made, side, given) for side in _shared_sides(rows, cols, unit))
    zero = None if unit == "money" else 0
    n_rows, n_cols = range(len(rows.heads)), range(len(cols.heads))
    row_totals = tuple(counts.get((r, None), zero) for r in n_rows)
    col_totals = tuple(counts.get((None, c), zero) for c in n_cols)
    total = counts.get((None, None), zero)
    of_rows, of_cols = sides or ({}, {})
    return Matrix(
        question=question,
        rows=rows,
        cols=cols,
        base_kind=base,
        unit=unit,
        cells=tuple(tuple(counts.get((r, c), zero) for c in n_cols) for r in n_rows),
        behind=tuple(tuple(int(behind.get((r, c)) or 0) for c in n_cols) for r in n_rows),
        row_totals=row_totals,
        col_totals=col_totals,
        total=total,
        row_bases=tuple(of_rows.get(r, 0) for r in n_rows) if of_rows else row_totals,
        col_bases=tuple(of_cols.get(c, 0) for c in n_cols) if of_cols else col_totals,
        base=next((side[None] for side in (of_rows, of_cols) if side), total),
        notes=(*_notes(rows, cols, base, unit, question), *(laid.zh if base in _OF_MEASURES else ())),
    )


def passages(
    out: Path,
    found: Matrix,
    *,
    row: int | None = None,
    col: int | None = None,
    most: int = EVERY,
    seconds: float = SECONDS,
) -> pa.Table:
    """Return the passages behind a matrix, or behind its cell (``row``, ``col``), at most ``most`` of each cell.

    Columns: row, col (numbers of the heads), doc_id, source_name, section, page, start, end, quote, context (the
    sentence of a measure), coder, rule, ref (the coding's, measure's or document's id). In the order of rows, columns,
    documents and places.
    """
    if (row is None) != (col is None):
        raise PipelineError("row 和 col 要么都给，要么都不给")
    with reading(out) as (connection, _):
        coders = read_coders(connection, found.question)
        made = plan(found.rows, found.cols, found.base_kind, found.unit, found.question.within)
        given = [*_parameters(found.rows, found.cols, coders), most]
        if row is None or col is None:
            return fetch(connection, details_sql(made), given, seconds=seconds)
        given[:2] = [found.rows.heads[row].key], [found.cols.heads[col].key]
        return _placed(fetch(connection, details_sql(made), given, seconds=seconds), row, col)


def _placed(found: pa.Table, row: int, col: int) -> pa.Table:
    """Return the passages of a matrix of one cell as those of a cell of another one."""
    import pyarrow as pa

    for at, name, value in ((0, "row", row), (1, "col", col)):
        found = found.set_column(at, name, pa.array([value] * found.num_rows, pa.int64()))
    return found


def _read(connection: duckdb.DuckDBPyConnection, question: Question) -> tuple[Axis, Axis, list[str]]:
    """Return both axes and the coders. Raises PipelineError with every mistake."""
    mistakes: list[str] = []
    axes: list[Axis] = []
    coders: list[str] = []
    try:
        coders = read_coders(connection, question)
    except PipelineError as error:
        mistakes += error.mistakes
    for given in (question.rows, question.cols):
        try:
            axes.append(read_axis(connection, given, codebooks=question.codebooks, coders=coders, top=question.top))
        except PipelineError as error:
            mistakes += error.mistakes
    if mistakes:
        raise PipelineError(*dict.fromkeys(mistakes))
    rows, cols = axes
    if rows.name == cols.name and rows.name != "code":
        raise PipelineError(f"行和列都是“{rows.zh}”：除代码以外，行和列应不同")
    if len(rows.heads) * len(cols.heads) > _MOST_CELLS:
        size = f"{len(rows.heads)} 行 × {len(cols.heads)} 列"
        raise PipelineError(f"矩阵太大（{size}）：请用“名称=值,值”只取要的行或列，例如 --cols 地区=浙江")
    return rows, cols, coders


def read_coders(connection: duckdb.DuckDBPyConnection, question: Question) -> list[str]:
    """Return the coders meant, the machine's first. Raises PipelineError naming those there are."""
    known = [str(row[0]) for row in connection.execute("SELECT DISTINCT coder FROM codings ORDER BY 1").fetchall()]
    known.sort(key=lambda one: not one.startswith("machine:"))
    found: list[str] = []
    mistakes: list[str] = []
    compared = any(axis.partition("=")[0].strip() in CODER for axis in (question.rows, question.cols))
    for one in question.coders or (ALL if compared else MACHINE,):
        kind = MACHINE if one in MACHINE_WORDS else _CODERS.get(one, one)
        if one not in known and kind in (MACHINE, PEOPLE, ALL):
            found += [name for name in known if kind == ALL or by_machine(name) == (kind == MACHINE)]
            continue
        try:
            found += find_coders([one], known, _CODERS)
        except PipelineError as error:
            mistakes += error.mistakes
    if mistakes:
        raise PipelineError(*mistakes)
    return list(dict.fromkeys(found))


def _parameters(rows: Axis, cols: Axis, coders: list[str]) -> list[Any]:
    """Return the parameters every statement has."""
    return [[head.key for head in rows.heads], [head.key for head in cols.heads], coders]


def _unit(question: Question, base: Base, rows: Axis, cols: Axis) -> Unit:
    """Return the unit asked for, or the first that fits. Raises PipelineError for one that doesn't."""
    fitting = _UNITS_OF[base]
    if base == "shared units" and question.within == "document":
        fitting = ("documents",)
    if question.unit is None:
        return fitting[0]
    if question.unit not in fitting:
        there = "、".join(f"{one}（{UNITS[one]}）" for one in fitting)
        scope = f"（{SCOPES[question.within]}）" if base in ("pairs", "shared units") else ""
        wrong = f"{question.unit}（{UNITS.get(question.unit, '')}）"
        raise PipelineError(f"{rows.zh} × {cols.zh}{scope} 不能以 {wrong} 计数，可用的有：{there}")
    return question.unit


def _shared_sides(rows: Axis, cols: Axis, unit: Unit) -> tuple[str, ...]:
    """Return both sides where shares are of all the documents under a head, whether or not they count in a cell."""
    return ("row", "col") if unit == "documents" and "document" in (rows.of, cols.of) and rows.of != cols.of else ()


def _bases(connection: duckdb.DuckDBPyConnection, made: Plan, side: str, given: list[Any]) -> dict[int | None, int]:
    """Return how many documents there are under each head of a side; empty when it isn't one of documents."""
    if f"\n{side}_docs AS" not in made.head:
        return {}
    found = fetch(connection, bases_sql(made, side), given).to_pylist()
    return {row["i"]: int(row["n"]) for row in found}


def _counts(found: pa.Table) -> dict[tuple[int | None, int | None], Any]:
    """Return (r, c) → n; a total has None."""
    columns = [found.column(name).to_pylist() for name in ("r", "c", "n")]
    whole = [int(n) if isinstance(n, Decimal) and n == n.to_integral_value() else n for n in columns[2]]
    return dict(zip(zip(columns[0], columns[1], strict=True), whole, strict=True))


def _notes(rows: Axis, cols: Axis, base: Base, unit: Unit, question: Question) -> tuple[str, ...]:
    """Return what people must know to read the figures."""
    found = []
    if base in ("pairs", "shared units"):
        found.append(
            f"格中为行、列两个代码在{SCOPES[question.within]}出现的{UNITS[unit]}；对角线和合计为各代码自己的数目"
        )
    elif rows.many or cols.many or unit == "documents":
        found.append("合计不重复计数：同一处、同一文档或同一措施可在几行（列），各行（列）相加可大于合计")
    if "code" in (rows.name, cols.name):
        found.append("下级代码的编码也计入上级，同一处只计一次")
    if unit == "money":
        found.append("金额为各条措施的上限（没有上限时为下限）之和，同一事实只计一次；含每人、每月等标准，不是财政总额")
    if base == "coded measures":
        found.append("措施计入含有其数值的编码")
    if unit == "documents" and "document" in (rows.of, cols.of) and rows.of != cols.of:
        found.append("百分比的分母为该属性下读到的全部文档，含没有编码或措施的")
    return tuple(found)


def distinct(heads: Sequence[Head]) -> list[str]:
    """Return the labels of heads; equal ones get their key."""
    return unlike([head.label for head in heads], [head.key.replace("\x1f", ":") for head in heads])


def unlike(labels: Sequence[str], keys: Sequence[str] | None = None) -> list[str]:
    """Return labels with their keys, or a number, behind equal ones."""
    many = {label for label in labels if labels.count(label) > 1} if len(set(labels)) < len(labels) else set()
    if not many:
        return list(labels)
    seen: dict[str, int] = {}
    found = []
    for at, label in enumerate(labels):
        seen[label] = seen.get(label, 0) + 1
        key = keys[at] if keys else str(seen[label])
        found.append(f"{label}（{key}）" if label in many and (keys or seen[label] > 1) else label)
    return found
