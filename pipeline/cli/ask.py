"""Questions to the knowledge table: ``cewen query`` with SQL and ``cewen measures`` without."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args, get_type_hints

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import FORMATS, print_table
from pipeline.cli.params import Decorator, out_argument
from pipeline.table.query import Filters, How, measures, number, query
from pipeline.table.schema import BOUNDS, KINDS, ROLES

_CHOICES = {"kind": tuple(KINDS), "role": tuple(ROLES), "bound": tuple(BOUNDS)}
# What a table on a terminal has room for; the other formats give all columns.
_SHOWN = (
    "quote",
    "kind",
    "value_min",
    "value_max",
    "unit",
    "bound",
    "role",
    "per",
    "item",
    "beneficiary",
    "year",
    "source_name",
    "evidence",
)

_format_option: Decorator = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", metavar="格式", help="输出格式，默认 table。"
)
_limit_option: Decorator = click.option("--limit", type=click.IntRange(min=0), metavar="行数", help="最多多少行。")


@click.command("query", add_help_option=False)
@out_argument
@click.argument("sql", metavar="SQL")
@_format_option
@_limit_option
@click.option("--seconds", type=click.IntRange(1, 86_400), default=60, metavar="秒", help="最长查询时间，默认 60 秒。")
@help_option
def query_command(out: Path, sql: str, form: str, limit: int | None, seconds: int) -> int:
    """用 SQL 查询知识表（只读，一条 SELECT 语句）。

    表和列见 docs/data-dictionary.md；视图 knowledge 每条措施一行，连同文档、编码和主题。
    references 是 SQL 的保留字，查询时写成 "references"。

    \b
    例子：
      cewen query 结果 "SELECT role, count(*) FROM measures GROUP BY role ORDER BY 2 DESC"
      cewen query 结果 "SELECT year, max(value_max) FROM knowledge WHERE kind = 'money' GROUP BY year" --format csv
    """
    print_table(query(out, sql, limit=limit, seconds=seconds), form)
    return 0


def _filter_options(function: Any) -> Any:
    """Give a command an option for each field of Filters."""
    hints = get_type_hints(Filters, include_extras=True)
    for field in reversed(fields(Filters)):
        plain, how = get_args(hints[field.name])
        function = click.option(
            f"--{field.name}",
            field.name,
            type=_kind(field.name, plain),
            multiple=field.default == (),
            metavar="值",
            help=_sentence(field.name, how),
        )(function)
    return function


def _kind(name: str, plain: Any) -> Any:
    """Return what click reads a filter's values as."""
    if name in _CHOICES:
        return click.Choice(_CHOICES[name])
    if plain == tuple[int, ...]:
        return int
    return number if plain == Decimal | None else str


def _sentence(name: str, how: How) -> str:
    """Return a filter's help; the values of a closed list are added by the help page itself."""
    return (how.zh.split("：")[0] if name in _CHOICES else how.zh) + "。"


@click.command("measures", add_help_option=False)
@out_argument
@_filter_options
@click.option("--columns", metavar="列,列", help="只要这些列，以逗号分隔；默认：表格为常用列，其他格式为全部列。")
@_limit_option
@_format_option
@click.option("--json", "as_json", is_flag=True, help="同 --format json。")
@help_option
def measures_command(out: Path, columns: str | None, limit: int | None, form: str, as_json: bool, **given: Any) -> int:
    """不写 SQL，按条件列出措施。

    同一条件给出几个值时满足其一即可，不同条件须同时满足。

    \b
    例子：
      cewen measures 结果 --kind money --role benefit --min 50万
      cewen measures 结果 --region 浙江 --year 2023 --year 2024 --format csv
      cewen measures 结果 --item 安家补助 --json
    """
    form = "json" if as_json else form
    wanted = [name.strip() for name in columns.replace("，", ",").split(",") if name.strip()] if columns else []
    if not wanted and form == "table":
        wanted = list(_SHOWN)
    found = measures(out, Filters(**given), columns=wanted, limit=limit)
    print_table(found, form)
    return 0
