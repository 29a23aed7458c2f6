"""``cewen codings``: codings by conditions, and the queue of those to look at."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import (
    check_target,
    format_option,
    print_table,
    say,
    say_dropped,
    show,
    target_option,
    write_table,
)
from pipeline.cli.params import out_argument
from pipeline.cli.text import fitting, table, terminal_columns
from pipeline.table.codings import HEADINGS, CodingFilters
from pipeline.table.filters import how_of
from pipeline.table.words import unwrap

if TYPE_CHECKING:
    import pyarrow as pa

# What a table on a terminal has room for, and which of it stays when the terminal is narrow.
_SHOWN = ("state", "score", "border", "name", "quote", "rule", "coder", "source_name", "start", "end")
_IMPORTANCE = ("state", "name", "quote", "score", "border", "source_name", "start", "end", "rule", "coder")
_ROWS = 25


def _filter_options(function: Any) -> Any:
    """Give a command an option for each field of CodingFilters."""
    for field in reversed(fields(CodingFilters)):
        plain, how = how_of(field.name, CodingFilters)
        kind = int if plain == tuple[int, ...] else str
        option = click.option(f"--{field.name}", field.name, type=kind, multiple=True, metavar="值", help=how.zh + "。")
        function = option(function)
    return function


@click.command("codings", add_help_option=False)
@out_argument
@_filter_options
@click.option("--review", is_flag=True, help="待审队列：机器最拿不准的排在最前，给出的和没有给出的都在内。")
@click.option("--limit", type=click.IntRange(min=0), metavar="行数", help="最多多少行。")
@format_option
@target_option
@help_option
def codings_command(out: Path, form: str, target: Path | None, *, review: bool, limit: int | None, **given: Any) -> int:
    """按条件列出编码；用 --review 列出待审的编码。

    每处编码写明文档、位置、原文、代码、编码者、得分和规则。同一条件给出几个值时满足其一即可，不同条件须同时满足。
    表格默认显示前 25 行。

    待审队列里“待给出”是机器有疑问、没有给出的，“已给出”是给出的；每个代码给与不给的界限写在“界限”一列，
    得分离界限越近排得越前。人已经编过的、否定过的不再列出。

    \b
    例子：
      cewen codings 结果 --code 引育用留:引 --region 浙江
      cewen codings 结果 --coder 张三 --format csv
      cewen codings 结果 --review --codebook 引育用留 --limit 50
      cewen codings 结果 --review -o 待审.csv
    """
    from pipeline.table.codings import codings, count

    check_target(target)
    filters = CodingFilters(**given)
    if form != "table" or target is not None:
        found = codings(out, filters, review=review, limit=limit)
        if target is None:
            print_table(found, form)
        else:
            write_table(found, target, [HEADINGS[name] for name in found.column_names])
        return 0
    found = codings(out, filters, review=review, limit=_ROWS if limit is None else limit)
    _print(found)
    by = "越靠前越拿不准" if review else "按文件顺序"
    say(f"显示 {found.num_rows} 行，共 {count(out, filters, review=review)} 行（{by}）。")
    return 0


def _print(found: pa.Table) -> None:
    """Print codings as a table for people."""
    names = [name for name in _SHOWN if name in found.column_names]
    rows = [[_shown(name, row[name]) for name in names] for row in found.select(names).to_pylist()]
    heads = [HEADINGS[name] for name in names]
    importance = [names.index(name) for name in _IMPORTANCE if name in names]
    kept, widths = fitting(heads, rows, total=terminal_columns(), importance=importance, wide=names.index("quote"))
    show(table([heads[i] for i in kept], [[row[i] for i in kept] for row in rows], widths))
    say_dropped([head for i, head in enumerate(heads) if i not in kept])


def _shown(name: str, value: Any) -> Any:
    """Return a value as people read it."""
    if name in ("score", "border") and value is not None:
        return round(value, 3)
    return unwrap(value) if isinstance(value, str) else value
