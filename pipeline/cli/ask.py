"""Questions to the knowledge table: ``cewen query`` with SQL and ``cewen measures`` without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.grouping import check_grouping, give_groups, shown_row
from pipeline.cli.help import help_option
from pipeline.cli.output import (
    check_target,
    format_option,
    print_table,
    same_as_json_option,
    say,
    say_dropped,
    show,
    target_option,
    write_table,
)
from pipeline.cli.params import Decorator, coded, out_argument
from pipeline.cli.text import around, fitting, table, terminal_columns
from pipeline.table.filters import Filters, how_of
from pipeline.table.hints import nothing_found, table_names
from pipeline.table.query import query
from pipeline.table.words import moment, number, unwrap

if TYPE_CHECKING:
    import pyarrow as pa

# What a table on a terminal has room for, in order; the other formats give all columns.
_SHOWN = (
    "quote",
    "value_min",
    "value_max",
    "unit",
    "bound",
    "role",
    "kind",
    "per",
    "item",
    "beneficiary",
    "evidence",
    "year",
    "source_name",
)
# Which of them stay when the terminal is narrow.
_IMPORTANCE = (
    "quote",
    "evidence",
    "role",
    "beneficiary",
    "item",
    "source_name",
    "value_max",
    "value_min",
    "bound",
    "unit",
    "per",
    "kind",
    "year",
)
# The same for the review queue.
_REVIEWED = (
    "confidence",
    "doubt",
    "quote",
    "value_min",
    "value_max",
    "unit",
    "bound",
    "role",
    "item",
    "beneficiary",
    "evidence",
    "source_name",
)
_REVIEWED_FIRST = ("quote", "evidence", "doubt", "confidence", "role", "beneficiary", "item", "bound", "source_name")
_PLACE = ("quote", "start", "end", "evidence", "evidence_start")
_ROWS = 25

_limit_option: Decorator = click.option("--limit", type=click.IntRange(min=0), metavar="行数", help="最多多少行。")


@click.command(
    "query",
    add_help_option=False,
    help=f"""用 SQL 查询知识表（只读，一条 SELECT 语句）。

    视图 knowledge 每条措施一行，连同文档、编码和主题，多数问题查它就够了。

    \b
    表：{table_names()}
    不写 ORDER BY 时各行次序不定。
    看有哪些表、哪些列：SHOW TABLES、DESCRIBE knowledge；各列的含义见 docs/data-dictionary.md。
    查到的是程序的原结果，不含人工复核（corrections.tsv）；要计入复核的用 cewen measures 或 cewen export。
    references 是 SQL 的保留字，查询时写成 "references"。
    要整套的表（Excel 可直接打开），用 cewen export OUT --to csv 目录 或 --to xlsx 文件。

    \b
    例子：
      cewen query 结果 "DESCRIBE knowledge"
      cewen query 结果 "SELECT role, count(*) FROM measures GROUP BY role ORDER BY 2 DESC"
      cewen query 结果 "SELECT year, max(value_max) FROM knowledge WHERE kind = 'money' GROUP BY year" -o 各年.csv
    """,
)
@out_argument
@click.argument("sql", metavar="SQL")
@format_option
@target_option
@same_as_json_option
@_limit_option
@click.option("--seconds", type=click.IntRange(1, 86_400), default=60, metavar="秒", help="最长查询时间，默认 60 秒。")
@help_option
def query_command(
    out: Path, sql: str, form: str, target: Path | None, *, as_json: bool, limit: int | None, seconds: int
) -> int:
    """Print or write the rows of a SELECT."""
    check_target(target)
    found = query(out, sql, limit=limit, seconds=seconds)
    if target is None:
        print_table(found, "json" if as_json else form)
    else:
        write_table(found, target)
    if _nothing(found):
        for sentence in nothing_found(sql):
            say(f"没有查到：{sentence}。")
    return 0


def _nothing(found: pa.Table) -> bool:
    """Tell whether an answer has no row, or a single one of noughts and empty cells."""
    return not found.num_rows or (found.num_rows == 1 and not any(found.to_pylist()[0].values()))


def _filter_options(function: Any) -> Any:
    """Give a command an option for each field of Filters."""
    for field in reversed(fields(Filters)):
        plain, how = how_of(field.name)
        function = click.option(
            f"--{field.name}",
            field.name,
            type=_kind(field.name, plain),
            multiple=field.default == (),
            metavar="值",
            help=how.zh + "。",
        )(function)
    return function


def _kind(name: str, plain: Any) -> Any:
    """Return what click reads a filter's values as."""
    values = how_of(name)[1].values
    if values is not None:
        return coded(values)
    if name == "time":
        return moment
    if plain == tuple[int, ...]:
        return int
    return number if plain == Decimal | None else str


@click.command("measures", add_help_option=False)
@out_argument
@_filter_options
@click.option(
    "--sort",
    metavar="列,列",
    help="按这些列排序，以逗号分隔，前面加 - 为从大到小；value 为数值（比上限，没有上限比下限）。默认按文件顺序。",
)
@click.option("--review", is_flag=True, help="复核队列：按把握从低到高，并说明每条哪里存疑（列 doubt）。")
@click.option("--columns", metavar="列,列", help="只要这些列（列名或中文标题）；默认：表格为常用列，其他格式为全部列。")
@click.option(
    "--group",
    "groups",
    multiple=True,
    metavar="列,列",
    help="不列措施，按这些列分组计数：region、year、省份、年份/5、role、issuer 等，写法同 cewen matrix 的行和列。",
)
@click.option(
    "--sum", "values", is_flag=True, help="与 --group 同用：另给合计、最小、最大、平均，按类型、单位、计量基准分行。"
)
@_limit_option
@format_option
@target_option
@same_as_json_option
@help_option
def measures_command(
    out: Path, form: str, target: Path | None, *, limit: int | None, columns: str | None, sort: str | None, **given: Any
) -> int:
    """不写 SQL，按条件列出措施。

    同一条件给出几个值时满足其一即可，不同条件须同时满足。表格中代码显示为中文，默认显示前 25 行。
    写入 .xlsx 时表头和代码为中文，其他格式为列名和代码，同 cewen export。
    要整套的表（Excel 可直接打开），用 cewen export OUT --to csv 目录 或 --to xlsx 文件。
    人工复核宜用 --review：最没有把握的排在最前，已确认的不再列出。
    结果目录中 corrections.tsv 的人工改正已计入（在 cewen explore 的复核页中写入）；cewen query 查到的仍是程序的原结果。

    分组时同一事实只计一次；元与名、元与元/人/月不会加在一起；区间和上限按上限合计，另给按下限的合计。

    \b
    例子：
      cewen measures 结果 --kind 金额 --role 优惠支持 --min 50万 --sort -value
      cewen measures 结果 --region 浙江 --year 2023 --year 2024 -o 浙江.csv
      cewen measures 结果 --code 引育用留:引 --item 安家补助 --json
      cewen measures 结果 --review --limit 50
      cewen measures 结果 --review --role 优惠支持 -o 待复核.csv
      cewen measures 结果 --kind 金额 --role 优惠支持 --group region,year --sum -o 各地各年.xlsx
    """
    from pipeline.table.overlay import laid

    check_target(target)
    form = "json" if given.pop("as_json") else form
    review: bool = given.pop("review")
    for sentence in laid(out).zh:
        say(sentence)
    groups, values = given.pop("groups"), given.pop("values")
    if groups or values:
        check_grouping(groups, {"--columns": columns, "--sort": sort, "--review": review})
        give_groups(out, groups, Filters(**given), values=values, form=form, target=target, limit=limit)
        return 0
    _list(out, Filters(**given), form, target, (columns, sort), review=review, limit=limit)
    return 0


def _list(
    out: Path,
    filters: Filters,
    form: str,
    target: Path | None,
    named: tuple[str | None, str | None],
    *,
    review: bool,
    limit: int | None,
) -> None:
    """Print or write measures; ``named`` are the columns and the order as typed."""
    from pipeline.table.measures import count, headings, measures

    columns, sort = named
    wanted, order = _names(columns), _names(sort)
    if form != "table" or target is not None:
        found = measures(out, filters, columns=wanted, sort=order, review=review, limit=limit)
        if target is None:
            print_table(found, form)
        else:
            named_so = headings(out)
            write_table(found, target, [named_so[name] for name in found.column_names], shown_row)
        return
    shown = [*(wanted or (_REVIEWED if review else _SHOWN)), *_PLACE]
    found = measures(out, filters, columns=shown, sort=order, review=review, limit=_ROWS if limit is None else limit)
    _print(found, headings(out), () if wanted else _REVIEWED_FIRST if review else _IMPORTANCE)
    by = f" {sort}" if sort else "把握从低到高" if review else "文件顺序"
    say(f"显示 {found.num_rows} 行，共 {count(out, filters, review=review)} 行（按{by}；--sort 可改）。")


def _names(given: str | None) -> list[str]:
    """Return the names of a list as it is typed, each once."""
    return list(dict.fromkeys(name.strip() for name in (given or "").replace("，", ",").split(",") if name.strip()))


def _print(found: pa.Table, headings: dict[str, str], first: Sequence[str]) -> None:
    """Print measures as a table for people; the last columns of ``found`` are those of ``_PLACE``.

    ``first`` names the columns that stay when there is no room for all; without it those at the left stay.
    """
    names = found.column_names[: -len(_PLACE)]
    values = [found.column(i).to_pylist() for i in range(found.num_columns)]
    rows = [shown_row(row)[: len(names)] for row in found.to_pylist()]
    heads = [headings[name] for name in names]
    wide = names.index("evidence") if "evidence" in names else -1
    importance = [names.index(name) for name in first]
    kept, widths = fitting(heads, rows, total=terminal_columns(), importance=importance, wide=wide)
    if wide in kept:
        room = widths[kept.index(wide)]
        for row, place in zip(rows, zip(*values[-len(_PLACE) :], strict=True), strict=True):
            row[wide] = _around(*place, columns=room)
    show(table([heads[i] for i in kept], [[row[i] for i in kept] for row in rows], widths))
    say_dropped([head for i, head in enumerate(heads) if i not in kept])


def _around(quote: str, start: int, end: int, evidence: str, evidence_start: int, *, columns: int) -> str:
    """Return a sentence on one line, cut so that its quantity is in sight."""
    before = unwrap(evidence[: start - evidence_start])
    line, inside = unwrap(evidence), unwrap(quote)
    at = line.find(inside, max(len(before) - 1, 0))
    return around(line, max(at, 0), max(at, 0) + len(inside), columns)
