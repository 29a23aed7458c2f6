"""Groups of documents by what their heads say: conditions as in a matrix (「地区=浙江,江苏」) or spans of years."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.core.errors import PipelineError
from pipeline.table.matrices_axes import MISSING, READ, Axis, Head, chosen, read_axis

if TYPE_CHECKING:
    import duckdb

_PERIOD = re.compile(r"(?:年份|year)\s*/\s*(\d{1,2})")
_YEARS = re.compile(r"(年份|year)\s*=\s*(\d{4})?\s*[-—–~～至到]\s*(\d{4})?")


@dataclass(frozen=True, slots=True)
class Group:
    """Documents that have something in common: what people call it, and their ids in order."""

    label: str
    doc_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class About:
    """What a document's head says, as far as results are counted by it; empty for what isn't said."""

    doc_id: str
    name: str
    title: str
    year: str
    level: str
    region: str


def read_about(connection: duckdb.DuckDBPyConnection) -> dict[str, About]:
    """Return what is known of each document that was read, copies left out, in order."""
    sql = (
        "SELECT doc_id, source_name, coalesce(title, ''), coalesce(CAST(year AS VARCHAR), ''), coalesce(level, ''),"
        f" coalesce(region, '') FROM documents WHERE {READ} ORDER BY rowid"
    )
    return {str(row[0]): About(*map(str, row)) for row in connection.execute(sql).fetchall()}


def choose(connection: duckdb.DuckDBPyConnection, conditions: Sequence[str]) -> Group:
    """Return the documents that fulfil all ``conditions``, each 「NAME=value,value」; without any, all that were read.

    NAME is an attribute of documents in Chinese or English; a year may be a span: 「年份=2019-2022」「年份=2023-」.
    Raises PipelineError for an unknown name or value, and when no document fulfils them all.
    """
    kept = list(read_about(connection))
    for condition in conditions:
        found = _fulfilling(connection, condition)
        kept = [doc_id for doc_id in kept if doc_id in found]
    if not kept:
        raise PipelineError(f"没有同时符合“{'；'.join(conditions)}”的文档" if conditions else "运行中没有读到的文档")
    return Group("；".join(conditions) or "全部文档", tuple(kept))


def others(connection: duckdb.DuckDBPyConnection, group: Group) -> Group:
    """Return all documents that aren't in ``group``. Raises PipelineError when there are none."""
    own = set(group.doc_ids)
    rest = tuple(doc_id for doc_id in read_about(connection) if doc_id not in own)
    if not rest:
        raise PipelineError(f"“{group.label}”已包括全部文档，没有可以对比的")
    return Group("其余文档", rest)


def _fulfilling(connection: duckdb.DuckDBPyConnection, condition: str) -> frozenset[str]:
    """Return the documents that fulfil one condition."""
    if years := _YEARS.fullmatch(condition.strip()):
        low, high = int(years[2] or 0), int(years[3] or 9999)
        sql = "SELECT doc_id FROM documents WHERE year BETWEEN ? AND ?"
        return frozenset(str(row[0]) for row in connection.execute(sql, [low, high]).fetchall())
    if "=" not in condition:
        raise PipelineError(f"“{condition}”应写成 名称=值，如 年份=2019-2022、地区=浙江,江苏、层级=省、文种=意见")
    return frozenset(doc_id for ids in members(connection, document_axis(connection, condition)) for doc_id in ids)


def document_axis(connection: duckdb.DuckDBPyConnection, given: str) -> Axis:
    """Return an axis of the documents' attributes; also 「年份/5」 for periods of five years.

    Raises PipelineError for any other axis and for an unknown name.
    """
    name, _, values = given.partition("=")
    wanted = [one.strip() for one in re.split("[,，]", values) if one.strip()]
    if (period := _PERIOD.fullmatch(name.strip())) and (length := int(period[1])) > 0:
        first = f"(d.year // {length} * {length})"
        sql = f"coalesce({first} || '–' || ({first} + {length - 1}), '')"
        return Axis("document", "period", "年份", sql, chosen(_heads(connection, sql), wanted, given))
    axis = read_axis(connection, given)
    if axis.of != "document" or axis.name == "document":
        raise PipelineError(f"“{given}”不是文档的属性，应为年份、地区、层级、发文机关、文种等")
    return axis


def members(connection: duckdb.DuckDBPyConnection, axis: Axis) -> tuple[tuple[str, ...], ...]:
    """Return the documents of each head of ``axis``, in order; a document may stand under several heads."""
    sql = (
        f"SELECT doc_id, {axis.sql} AS key FROM (SELECT rowid AS place, * FROM documents) d WHERE {READ} ORDER BY place"
    )
    found: dict[str, list[str]] = {head.key: [] for head in axis.heads}
    for doc_id, key in connection.execute(sql).fetchall():
        if key in found:
            found[key].append(str(doc_id))
    return tuple(tuple(ids) for ids in found.values())


def _heads(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Head]:
    """Return the heads of an expression over documents ``d``, what isn't said at the end."""
    query = f"SELECT DISTINCT {sql} AS key FROM documents d WHERE {READ} ORDER BY key = '', key"
    return [Head(str(row[0]), str(row[0]) or MISSING) for row in connection.execute(query).fetchall()]
