"""Questions to a finished run: read-only SQL, and the same without SQL. Nothing outside the database can be reached."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_type_hints

from pipeline.core.errors import PipelineError
from pipeline.table.schema import BOUNDS, KINDS, ROLES

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

DATABASE = "knowledge.duckdb"
SECONDS = 60.0

# Read-only, no files, no network, no extensions, no Python variables as tables, and none of it can be switched back on.
_LOCKED: dict[str, Any] = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "python_enable_replacements": "false",
    "memory_limit": "1GB",
    "threads": "2",
    "lock_configuration": "true",
}


@contextmanager
def connect(out: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a read-only connection to the run's database, closed afterwards.

    Raises PipelineError when ``out`` holds no finished run or the file can't be opened.
    """
    import duckdb

    path = out / DATABASE
    if not path.is_file():
        raise PipelineError(f"{out}: 没有 {DATABASE}。请先运行 cewen run 输入 -o {out}，或检查输出目录是否写对")
    try:
        connection = duckdb.connect(str(path), read_only=True, config=_LOCKED)
    except duckdb.Error as error:
        raise PipelineError(f"{path}: 打不开（{_first_line(error)}）。请用同一命令重新运行 cewen run") from error
    try:
        yield connection
    finally:
        connection.close()


def query(out: Path, sql: str, *, limit: int | None = None, seconds: float = SECONDS) -> pa.Table:
    """Return the result of one SELECT (or WITH … SELECT) over the run's tables, at most ``limit`` rows.

    Raises PipelineError for any other statement, more than one, a mistake in it, or when it takes over ``seconds``.
    """
    with connect(out) as connection:
        _check(connection, sql)
        return _fetch(connection, sql, None, limit=limit, seconds=seconds)


def _check(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raise PipelineError unless ``sql`` is one SELECT statement."""
    import duckdb

    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise PipelineError(f"SQL 写法有误：{_first_line(error)}") from error
    if len(statements) != 1:
        raise PipelineError(f"一次只能查询一条 SELECT 语句，这里有 {len(statements)} 条")
    kind = statements[0].type
    if kind != duckdb.StatementType.SELECT:
        raise PipelineError(f"只能查询（SELECT 或 WITH … SELECT），不能执行 {kind.name} 语句：结果表是只读的")


def _fetch(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: Sequence[Any] | None,
    *,
    limit: int | None,
    seconds: float,
) -> pa.Table:
    """Return the rows of a checked SELECT, stopping it after ``seconds``."""
    import duckdb

    timer = threading.Timer(seconds, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        relation = connection.sql(sql, params=list(parameters) if parameters else None)
        if limit is not None:
            relation = relation.limit(limit)
        return relation.to_arrow_table()
    except duckdb.InterruptException as error:
        raise PipelineError(f"查询超过 {seconds:g} 秒，已停止。请加上条件或 LIMIT 再试") from error
    except duckdb.PermissionException as error:
        raise PipelineError(f"查询只能用结果表，不能读写文件：{_first_line(error)}") from error
    except duckdb.OutOfMemoryException as error:
        raise PipelineError("查询用的内存超过 1GB，已停止。请加上条件或 LIMIT 再试") from error
    except duckdb.Error as error:
        raise PipelineError(f"SQL 有误：{_first_line(error)}") from error
    finally:
        timer.cancel()


def _first_line(error: Exception) -> str:
    """Return a DuckDB message without the picture of the statement, and its hint."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    kept = [line for line in lines if not line.startswith(("LINE ", "^"))]
    return " ".join(kept[:3]) or type(error).__name__


@dataclass(frozen=True, slots=True)
class How:
    """How a filter is compared: the SQL condition for one value ``?`` and its Chinese help."""

    sql: str
    zh: str


_ORDER = "(SELECT measure_id, rowid AS position FROM measures) o ON o.measure_id = k.measure_id"
_CODED = """measure_id IN (
  SELECT m.measure_id
  FROM measures m JOIN codings c ON c.doc_id = m.doc_id AND c.start <= m.start AND c."end" >= m."end"
  LEFT JOIN codes n ON n.codebook = c.codebook AND n.code = c.code
  WHERE list_contains(string_split(c.code_path, '/'), ?) OR n.name = ? OR c.codebook || ':' || n.name = ?)"""
_HIGH = "coalesce(value_max, value_min)"
_LOW = "coalesce(value_min, value_max)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What measures are asked for. Of a filter's values any will do; all filters must hold; no filter: all measures."""

    kind: Annotated[tuple[str, ...], How("kind = ?", "类型：" + " ".join(KINDS))] = ()
    role: Annotated[tuple[str, ...], How("role = ?", "作用：" + " ".join(ROLES))] = ()
    bound: Annotated[tuple[str, ...], How("bound = ?", "限定：" + " ".join(BOUNDS))] = ()
    unit: Annotated[tuple[str, ...], How("unit = ?", "单位，例如 元")] = ()
    item: Annotated[tuple[str, ...], How("contains(item, ?)", "事项含有的文字")] = ()
    beneficiary: Annotated[tuple[str, ...], How("contains(beneficiary, ?)", "受益对象含有的文字")] = ()
    instrument: Annotated[tuple[str, ...], How("contains(instrument, ?)", "支持方式含有的文字")] = ()
    agency: Annotated[tuple[str, ...], How("contains(agency, ?)", "责任单位含有的文字")] = ()
    text: Annotated[tuple[str, ...], How("contains(evidence, ?)", "原文句子含有的文字")] = ()
    code: Annotated[tuple[str, ...], How(_CODED, "编码：代码（连同下级）、名称或“编码本:名称”")] = ()
    topic: Annotated[
        tuple[str, ...], How("(contains(topic, ?) OR topic_id = ?)", "文档主题含有的文字，或主题编号")
    ] = ()
    region: Annotated[tuple[str, ...], How("contains(region, ?)", "地区全称含有的文字，例如 浙江")] = ()
    issuer: Annotated[tuple[str, ...], How("contains(issuer, ?)", "发文机关含有的文字")] = ()
    year: Annotated[tuple[int, ...], How("year = ?", "发文年份")] = ()
    doc: Annotated[tuple[str, ...], How("(doc_id = ? OR source_name = ?)", "文档编号或文件名")] = ()
    min: Annotated[Decimal | None, How(f"{_HIGH} >= ?", "数值不小于（基本单位；可写 50万、1.5亿）")] = None
    max: Annotated[Decimal | None, How(f"{_LOW} <= ?", "数值不大于（基本单位；可写 50万、1.5亿）")] = None


def measures(
    out: Path,
    filters: Filters | None = None,
    *,
    columns: Sequence[str] = (),
    limit: int | None = None,
    seconds: float = SECONDS,
) -> pa.Table:
    """Return the rows of the view ``knowledge`` that fit ``filters``, in the documents' order.

    ``columns`` keeps only these columns. Raises PipelineError for an unknown one.
    """
    with connect(out) as connection:
        known = [str(row[0]) for row in connection.execute("DESCRIBE knowledge").fetchall()]
        if wrong := [name for name in columns if name not in known]:
            raise PipelineError(*(f"没有列“{name}”，可用的有：{'、'.join(known)}" for name in wrong))
        where, values = _conditions(filters or Filters())
        chosen = ", ".join(f'k."{name}"' for name in columns or known)
        sql = f"SELECT {chosen} FROM (SELECT * FROM knowledge{where}) k JOIN {_ORDER} ORDER BY o.position"
        return _fetch(connection, sql, values, limit=limit, seconds=seconds)


def _conditions(filters: Filters) -> tuple[str, list[Any]]:
    """Return the WHERE clause (empty without filters) and its values."""
    hints = get_type_hints(Filters, include_extras=True)
    parts: list[str] = []
    values: list[Any] = []
    for field in fields(Filters):
        given = getattr(filters, field.name)
        wanted = given if isinstance(given, tuple) else () if given is None else (given,)
        if not wanted:
            continue
        sql = get_args(hints[field.name])[1].sql
        parts.append("(" + " OR ".join([sql] * len(wanted)) + ")")
        values += [value for value in wanted for _ in range(sql.count("?"))]
    return (" WHERE " + " AND ".join(parts) if parts else ""), values


_MYRIADS = {"": 1, "千": 1_000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000, "万亿": 10**12}


def number(text: str) -> Decimal:
    """Return a number as people type it: 「500000」「50万」「1.5亿元」「30%」. Raises ValueError for anything else."""
    found = re.fullmatch(r"\s*([+-]?\d[\d,]*(?:\.\d+)?)\s*(万亿|千万|百万|亿|万|千|)\s*(?:元|%|％)?\s*", text)
    if not found:
        raise ValueError(text)
    return Decimal(found[1].replace(",", "")) * _MYRIADS[found[2]]
