"""``cewen search``: sentences that hold words, with what was found highlighted."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import check_target, format_option, print_table, say, target_option, write_table
from pipeline.cli.params import out_argument
from pipeline.table.filters import how_of
from pipeline.table.search import EXACT, HEADINGS, SearchFilters

_HITS, _AROUND = 25, 120
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


def _filter_options(function: Any) -> Any:
    """Give a command an option for each field of SearchFilters."""
    for field in reversed(fields(SearchFilters)):
        plain, how = how_of(field.name, SearchFilters)
        name = field.name.replace("_", "-")
        kind = int if plain == tuple[int, ...] else str
        function = click.option(f"--{name}", field.name, type=kind, multiple=True, metavar="值", help=how.zh + "。")(
            function
        )
    return function


@click.command("search", add_help_option=False)
@out_argument
@click.argument("words", metavar="词…", nargs=-1, required=True)
@_filter_options
@click.option("--whole", is_flag=True, help="只要完整的词：起止都在运行时分词的边界上，例如“人才”不再找到“人才网”。")
@click.option(
    "--limit", type=click.IntRange(min=0), metavar="处数", help="最多多少处；默认：表格 25 处，其他格式全部。"
)
@click.option("--seconds", type=click.IntRange(1, 86_400), default=60, metavar="秒", help="最长检索时间，默认 60 秒。")
@format_option
@target_option
@help_option
def search_command(
    out: Path, words: tuple[str, ...], form: str, target: Path | None, *, whole: bool, limit: int | None, **given: Any
) -> int:
    """全文检索：列出含有这些词的句子、位置，标出命中的文字。

    几个词须在同一句中；OR（或 |）两边满足其一，NOT 后面的词不能有。词中的空格、换行和字母大小写不计。
    没有引号的词先按原样找，找不到原样的再按分词找：“博士安家补助”也找到含“博士”“安家补助”的句子，排在后面。
    加英文双引号或“”的词只按原样找。内容相同的文件只检索一份。

    \b
    例子：
      cewen search 结果 人才 补贴
      cewen search 结果 住房补贴 OR 租房补贴 --region 浙江 --year 2024
      cewen search 结果 人才 NOT 住房 --whole
      cewen search 结果 “安家补助” -o 安家补助.xlsx
    """
    from pipeline.running.searching import search

    check_target(target)
    seconds: int = given.pop("seconds")
    found = search(out, " ".join(words), SearchFilters(**given), whole=whole, seconds=seconds)
    kept = found if limit is None else found.slice(0, limit)
    if target is not None:
        write_table(kept, target, [HEADINGS[name] for name in kept.column_names])
    elif form != "table":
        print_table(kept, form)
    else:
        shown = kept.slice(0, _HITS) if limit is None else kept
        for row in shown.to_pylist():
            click.echo(_shown(row))
        more = "；要全部请用 -o 文件或 --limit" if shown.num_rows < found.num_rows else ""
        say(f"显示 {shown.num_rows} 处，共 {found.num_rows} 处{more}。")
    return 0


def _shown(row: dict[str, Any]) -> str:
    """Return a hit as people read it: where it is, and under it the sentence with the marks."""
    about = "，".join(str(one) for one in (row["region"], row["year"]) if one)
    page = f" 第{row['page']}页" if row["page"] else ""
    words = "" if row["match"] == EXACT else "（按分词）"
    name = row["source_name"] + (f"（{about}）" if about else "")
    head = f"{name} {row['section'] or ''}{page} {row['start']}-{row['end']}"
    return f"{_plain(head)}{words}\n    {_marked(row['text'], row['start'], row['marks'])}"


def _plain(text: str) -> str:
    """Return ``text`` on one line, without what steers a terminal or turns the direction of writing."""
    return _CONTROL.sub(" ", text)


def _marked(text: str, start: int, marks: Sequence[Sequence[int]]) -> str:
    """Return a sentence with its marks highlighted; far from them it is cut."""
    low = max(0, marks[0][0] - start - _AROUND)
    high = min(len(text), marks[-1][1] - start + _AROUND)
    parts, at = ["…" if low else ""], low
    for begin, end in marks:
        parts += [_plain(text[at : begin - start]), _highlight(_plain(text[begin - start : end - start]))]
        at = end - start
    return "".join([*parts, _plain(text[at:high]), "…" if high < len(text) else ""])


def _highlight(text: str) -> str:
    """Return a mark in colour on a terminal, else in 【】."""
    return click.style(text, fg="red", bold=True) if sys.stdout.isatty() else f"【{text}】"
