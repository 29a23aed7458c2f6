"""``cewen topics assign``: the topics of the run's own clauses, or of other texts, by the run's model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import TABLE_ROWS, check_target, format_option, print_fitting, say, say_more, target_option
from pipeline.cli.params import out_argument
from pipeline.cli.topics_output import give, where_option
from pipeline.core.errors import PipelineError
from pipeline.table.words import unwrap

if TYPE_CHECKING:
    from pipeline.running.topic_assign import Given

EXIT_FAILED = 3
_HEADS = {
    "doc_id": "文档编号",
    "source_name": "文件名",
    "source_path": "文件路径",
    "start": "起",
    "end": "止",
    "topic_id": "主题",
    "label": "名称",
    "weight": "权重",
    "quote": "原文",
}


@click.command("assign", add_help_option=False)
@out_argument
@click.argument("inputs", metavar="INPUT", nargs=-1, type=Path)
@click.option("--text", "texts", multiple=True, metavar="文字", help="直接给出一段文字。")
@click.option("--clauses", "by_clause", is_flag=True, help="别的文本除全文外，另给每一段（条款）的主题。")
@where_option
@format_option
@target_option
@help_option
def assign_command(
    out: Path,
    inputs: tuple[Path, ...],
    *,
    texts: tuple[str, ...],
    by_clause: bool,
    where: tuple[str, ...],
    form: str,
    target: Path | None,
) -> int:
    """用结果的主题模型给每一段（条款）分主题；写出文件、目录或文字时，给它们分主题。

    不写文件，就是结果中所有文档的每一段，连同权重、文档编号、位置和原文（文档整篇的主题在表 doc_topics 中）。
    模型不重建，什么也不写进结果。

    一行一个主题：权重是它在该段（或该文档）中所占的份额，合计为 1，不足 1% 的不列。
    一个主题词也没有的，主题一列为空。读不出来的文件列在最后，其余照常给出。

    \b
    例子：
      cewen topics assign 结果 -o 各段主题.csv
      cewen topics assign 结果 --where 年份=2023- -o 各段主题.xlsx
      cewen topics assign 结果 新文件/
      cewen topics assign 结果 甲.pdf 乙.docx --clauses -o 主题.csv
      cewen topics assign 结果 --text "对引进的博士给予安家补助" --format json
    """
    from pipeline.running.topic_assign import Given, assign, assign_own

    check_target(target)
    others = bool(inputs or texts)
    if others and where:
        raise PipelineError("--where 用于结果自己的文档，不能与文件、目录或 --text 一起用")
    if by_clause and not others:
        raise PipelineError("--clauses 用于别的文件、目录或 --text；不写它们时总是给出结果的每一段，请去掉 --clauses")
    found = assign(out, inputs, texts, by_clause=by_clause) if others else assign_own(out, where)
    if target is None and form == "table":
        _print(found.given)
    else:
        give(found.given, Given, _HEADS, form, target)
    for path, reason in found.failed:
        say(f"失败：{path}：{reason}" if path else f"失败：{reason}")
    say(f"共 {found.documents} 篇" + (f"，另有 {len(found.failed)} 份读不出来。" if found.failed else "。"))
    return EXIT_FAILED if found.failed else 0


def _print(given: Sequence[Given]) -> None:
    """Print the lines for people."""
    rows = [
        (
            one.source_name,
            "全文" if one.start is None else f"{one.start}–{one.end}",
            one.topic_id or "–",
            one.label or "没有主题词",
            None if one.weight is None else round(one.weight, 3),
            unwrap(one.quote or ""),
        )
        for one in given[:TABLE_ROWS]
    ]
    heads = ("文件名", "位置", "主题", "名称", "权重", "原文")
    shown = heads if any(row[-1] for row in rows) else heads[:-1]
    print_fitting(shown, [row[: len(shown)] for row in rows])
    say_more(len(given))
