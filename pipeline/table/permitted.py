"""Which SQL may be asked: one SELECT over the run's tables, judged by its syntax tree before anything is run.

Table functions are refused unless listed here, so that one added by a later DuckDB (to read a file, to log, to profile
into a file) is refused as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PipelineError
from pipeline.table.hints import mistake
from pipeline.table.query import first_line

if TYPE_CHECKING:
    import duckdb

# a statement longer than any person writes only costs time to parse
MOST_CHARS = 100_000
# they make rows out of values, or say which tables and columns there are
_TABLE_FUNCTIONS = frozenset(
    [
        "range",
        "generate_series",
        "unnest",
        "repeat",
        "repeat_row",
        "json_each",
        "json_tree",
        "summary",
        "duckdb_tables",
        "duckdb_columns",
        "duckdb_views",
        "duckdb_functions",
        "duckdb_types",
        "duckdb_keywords",
        "pragma_table_info",
        "pragma_show",
    ]
)
# they tell of the machine, wait, or change what the next question finds
_FORBIDDEN = frozenset(
    ("current_setting", "getenv", "getvariable", "sleep_ms", "write_log", "nextval", "currval", "setval", "setseed")
)


def check(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raise PipelineError unless ``sql`` is one SELECT (or WITH, FROM, VALUES, SHOW, DESCRIBE, SUMMARIZE) of tables."""
    import duckdb

    if len(sql) > MOST_CHARS:
        raise PipelineError(f"SQL 有 {len(sql)} 个字符，最多 {MOST_CHARS} 个")
    if "\0" in sql:
        raise PipelineError("SQL 中有空字符（NUL），请删去")
    try:
        statements = connection.extract_statements(sql)
    except (duckdb.Error, UnicodeError) as error:
        raise PipelineError(f"SQL 写法有误：{first_line(error)}{mistake(sql, error)}") from error
    if len(statements) != 1:
        raise PipelineError(f"一次只能查询一条 SELECT 语句，这里有 {len(statements)} 条")
    kind = _kind(statements[0])
    if kind != "SELECT":
        raise PipelineError(f"只能查询（SELECT 或 WITH … SELECT），不能执行 {kind} 语句：结果表是只读的")
    used = dict.fromkeys(_refused(_tree(connection, statements[0].query), _system_views(connection)))
    if used:
        raise PipelineError(f"查询只能用结果表，不能用 {'、'.join(used)}：不能读写文件，也不能查看本机的设置")


def _kind(statement: Any) -> str:
    """Return the name of a statement's kind; DuckDB's Python names don't cover every kind it parses."""
    try:
        return str(statement.type.name)
    except ValueError:
        return "其他"


def _tree(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """Return the syntax tree of one SELECT. Raises PipelineError when it is too deep, or none can be had."""
    import duckdb

    try:
        row = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchone()
        tree = json.loads(row[0]) if row else {"error": True}
    except (duckdb.Error, RecursionError) as error:
        raise PipelineError(f"SQL 太复杂，无法检查：{first_line(error)}") from error
    if tree.get("error"):
        raise PipelineError(f"只能查询（SELECT 或 WITH … SELECT）：{tree.get('error_message', '无法检查这条语句')}")
    return tree


def _system_views(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Return the names of DuckDB's own views that tell of more than tables and columns."""
    sql = "SELECT view_name FROM duckdb_views() WHERE internal AND schema_name <> 'information_schema'"
    found = {str(row[0]).lower() for row in connection.execute(sql).fetchall()}
    return frozenset(found - _TABLE_FUNCTIONS)


def _refused(tree: Any, system: frozenset[str]) -> Iterator[str]:
    """Yield the names of functions and views in ``tree`` that a question can't use."""
    for node in _nodes(tree):
        if node.get("type") == "TABLE_FUNCTION":
            name = str(node["function"].get("function_name", "")).lower()
            if name not in _TABLE_FUNCTIONS:
                yield name
        elif node.get("type") == "BASE_TABLE":
            name = str(node.get("table_name", "")).lower()
            if name in system:
                yield name
        elif node.get("class") == "FUNCTION" and str(node.get("function_name", "")).lower() in _FORBIDDEN:
            yield str(node["function_name"]).lower()


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a syntax tree, without recursion."""
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
