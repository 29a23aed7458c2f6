"""Measures counted and added up by groups: what ``cewen measures --group`` gives.

Rules: a fact stated several times (``fact_id``) counts once in a group, and a document whose content stands under
another file name already doesn't count. Only values of one kind, unit and basis (``per``) are put together: 元 and 名,
or 元 and 元/人/月, never become one sum. Only amounts add up: of shares, ratios, ages, multiples and periods the sum is
empty. A range or bound is summed by its upper end, the lower where there is none (``sum``, as in ``cewen matrix``), and
once more by its lower end (``sum_low``); where the two differ the truth lies between, or an end is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PipelineError
from pipeline.table.filters import HIGH, LOW, Filters, conditions
from pipeline.table.matrices_axes import attributes, read_axis
from pipeline.table.measures import view_headings
from pipeline.table.overlay import reading
from pipeline.table.query import COPIES, SECONDS, fetch
from pipeline.table.schema import BOUNDS, KINDS, ROLES
from pipeline.table.view import codebook_names
from pipeline.table.words import closest

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# kinds whose values add up: those of the others are shares, moments or sizes
ADDITIVE = ("money", "count", "area")
_APART = ("kind", "unit", "per")
_CODES = {"kind": KINDS, "role": ROLES, "bound": BOUNDS}
COUNTS = {"n": "条数", "documents": "文档数"}
VALUES = {"sum": "合计", "sum_low": "合计（下限）", "min": "最小", "max": "最大", "mean": "平均"}
_VALUED = f"""sum(high) FILTER (of_kind IN {ADDITIVE}) AS "sum", sum(low) FILTER (of_kind IN {ADDITIVE}) AS sum_low,
  min(low) AS "min", max(high) AS "max", round(avg(high), 4)::DECIMAL(20, 4) AS mean"""
# they differ for (nearly) every measure: a group each says nothing
_PLACES = ("start", "end", "evidence_start", "evidence_end", "boxes")
_ALONE = frozenset((*_PLACES, "measure_id", "fact_id", "quote", "evidence", "confidence", "value_min", "value_max"))


@dataclass(frozen=True, slots=True)
class _Side:
    """One thing to group by: its column, heading, SQL over a measure ``m`` and a document ``d``, the keys and labels.

    No ``keys``: any value stands for itself.
    """

    name: str
    zh: str
    sql: str
    keys: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    many: bool = False
    type: str = "VARCHAR"


@dataclass(frozen=True, slots=True)
class Grouped:
    """Groups: a row each in ``table``, with the Chinese ``headings`` of its columns and what there is to know."""

    table: pa.Table
    headings: dict[str, str]
    notes: tuple[str, ...]


def grouped(
    out: Path,
    by: Sequence[str],
    filters: Filters | None = None,
    *,
    values: bool = False,
    limit: int | None = None,
    seconds: float = SECONDS,
) -> Grouped:
    """Return how many measures that fit ``filters`` there are in each group, in how many documents.

    ``by`` names what to group by, as the sides of ``cewen matrix`` do: region, year, 省份, 年份/5, 年份=2019-2022,
    role, kind, issuer …, or another column of the view ``knowledge``. ``values`` adds sum, sum_low, min, max and mean
    of the measures with a value, apart by kind, unit and basis. Values are in the unit of their row.
    Raises PipelineError for a name or value that isn't there.
    """
    with reading(out) as (connection, _):
        sides = _sides(connection, by)
        where, given = conditions(filters or Filters(), connection, codebook_names(connection))
        sql, more = _sql(sides, where, values)
        table = fetch(connection, sql, [*more, *given], limit=limit, seconds=seconds)
    heads = {side.name: side.zh for side in sides}
    apart = {"kind": "类型", "unit": "单位", "per": "计量基准"} if values else {}
    return Grouped(
        table, heads | apart | COUNTS | (VALUES if values else {}), _notes(sides, filters or Filters(), values)
    )


def _sides(connection: duckdb.DuckDBPyConnection, by: Sequence[str]) -> list[_Side]:
    """Return what to group by. Raises PipelineError with every name that isn't there."""
    found: dict[str, _Side] = {}
    mistakes: list[str] = []
    for given in by:
        try:
            side = _side(connection, given.strip())
            if side.name in found:
                mistakes.append(f"--group 中的“{given}”重复了")
            found[side.name] = side
        except PipelineError as error:
            mistakes += error.mistakes
    several = [side.zh for side in found.values() if side.many]
    if len(several) > 1:
        mistakes.append(f"--group：{'、'.join(several)} 都可能一条属于几组，一次只能用其中一项")
    if not by:
        mistakes.append("--group 缺少列，例如 --group region,year")
    if mistakes:
        raise PipelineError(*mistakes)
    return list(found.values())


def _side(connection: duckdb.DuckDBPyConnection, given: str) -> _Side:
    """Return one thing to group by."""
    known = view_headings(connection)
    column = next((name for name, zh in known.items() if given in (name, zh)), None)
    axes = {*attributes(), *_CODES, "unit", "instrument", "per"}
    if column is not None and column not in axes and not column.startswith("codes"):
        if column in _ALONE:
            raise PipelineError(f"--group 不能用“{given}”：几乎每条都不同")
        return _Side(column, known[column], f'CAST(m."{column}" AS VARCHAR)')
    try:
        axis = read_axis(connection, given)
    except PipelineError as error:
        if "=" in given:
            raise
        names = [*attributes(), *attributes().values(), *known, *known.values(), "省份", "年份/5"]
        raise PipelineError(f"--group 没有“{given}”{closest(given, names)}") from error
    if axis.of == "coding":
        raise PipelineError(f"--group 不能用“{given}”：按编码统计请用 cewen matrix 结果 --rows {given} --cols 作用")
    keys = tuple(head.key for head in axis.heads)
    labels = keys if axis.name in _CODES else tuple(head.label if head.key else "" for head in axis.heads)
    number = axis.name in ("year", "n_pages", "n_chars") and all(label.isdigit() or not label for label in labels)
    return _Side(axis.name, axis.zh, axis.sql, keys, labels, axis.many, "BIGINT" if number else "VARCHAR")


def _sql(sides: Sequence[_Side], where: str, values: bool) -> tuple[str, list[Any]]:
    """Return the statement and the values for those of its ``?`` that stand before the ones of ``where``."""
    apart = [name for name in _APART if values and name not in [side.name for side in sides]]
    keys = [f"{side.sql} AS g{i}" for i, side in enumerate(sides)]
    within = ", ".join([*(f"g{i}" for i in range(len(sides))), *apart])
    measured = f"""
SELECT {", ".join([*keys, *(f"m.{name}" for name in apart)])}, m.doc_id, m.kind AS of_kind,
  coalesce(m.fact_id, m.measure_id) AS fact, {HIGH} AS high, {LOW} AS low
FROM (SELECT * FROM knowledge{where}) m JOIN documents d ON d.doc_id = m.doc_id
WHERE d.doc_id NOT IN {COPIES}{f" AND {HIGH} IS NOT NULL" if values else ""}"""
    facts = f"SELECT {within}, doc_id, of_kind, fact, max(high) AS high, max(low) AS low FROM ({measured}) GROUP BY ALL"
    counts = f"count(DISTINCT fact) AS n, count(DISTINCT doc_id) AS documents{f', {_VALUED}' if values else ''}"
    groups = f"SELECT {within}, {counts} FROM ({facts}) GROUP BY ALL"
    places = ", ".join(f"{_place(side, i)} AS p{i}" for i, side in enumerate(sides))
    shown = [f'{_label(side, i)} AS "{side.name}"' for i, side in enumerate(sides)]
    shown += [f'"{name}"' for name in (*apart, *COUNTS, *(VALUES if values else ()))]
    there = " AND ".join(f"p{i} IS NOT NULL" for i, side in enumerate(sides) if side.keys) or "TRUE"
    told = [f"p{i}" for i, side in enumerate(sides) if side.keys]
    free = [f"p{i} NULLS LAST" for i, side in enumerate(sides) if not side.keys]
    order = ", ".join([*told, "n DESC", *free, *apart])
    sql = f"SELECT {', '.join(shown)} FROM (SELECT *, {places} FROM ({groups})) WHERE {there} ORDER BY {order}"
    listed = [side for side in sides if side.keys]
    return sql, [*(list(side.labels) for side in listed), *(list(side.keys) for side in listed)]


def _place(side: _Side, number: int) -> str:
    """Return the SQL of where a group stands among the others; one nobody asked for stands nowhere."""
    return f"list_position(?::VARCHAR[], g{number})" if side.keys else f"nullif(g{number}, '')"


def _label(side: _Side, number: int) -> str:
    """Return the SQL of what a group is called; empty where the documents don't say."""
    if not side.keys:
        return f"nullif(g{number}, '')"
    return f"CAST(nullif((?::VARCHAR[])[p{number}], '') AS {side.type})"


def _notes(sides: Sequence[_Side], filters: Filters, values: bool) -> tuple[str, ...]:
    """Return what people must know to read the groups."""
    notes = ["同一事实只计一次，内容相同的文件只计一份。"]
    many = [side.zh for side in sides if side.many]
    if many:
        notes.append(f"一条措施可属于几个{many[0]}，各组相加会大于总数。")
    if values:
        notes.append("不同类型、单位、计量基准分行，不相加；合计按上限（没有上限按下限），另列按下限的合计。")
        if not filters.role and "role" not in [side.name for side in sides]:
            notes.append("未限定作用：优惠支持与目标、事实等合在一起，可加 --role 优惠支持 或 --group …,role。")
    return tuple(notes)
