"""``cewen topics assign``: the topics of other texts by a finished run's model."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import FORMATS, check_target, print_fitting, print_table, say, write_table
from pipeline.cli.params import out_argument
from pipeline.core.errors import PipelineError
from pipeline.table.words import unwrap

if TYPE_CHECKING:
    import pyarrow as pa

    from pipeline.running.topic_assign import Given

_ROWS = 100
EXIT_FAILED = 3


@click.command("assign", add_help_option=False)
@out_argument
@click.argument("inputs", metavar="INPUT", nargs=-1, type=Path)
@click.option("--text", "texts", multiple=True, metavar="文字", help="直接给出一段文字。")
@click.option("--clauses", "by_clause", is_flag=True, help="另给每一段（条款）的主题及其位置、原文。")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", metavar="格式", help="输出格式，默认 table。"
)
@click.option("--output", "-o", "target", type=Path, metavar="文件", help="写入文件：.csv、.json、.parquet。")
@help_option
def assign_command(
    out: Path, inputs: tuple[Path, ...], *, texts: tuple[str, ...], by_clause: bool, form: str, target: Path | None
) -> int:
    """用结果的主题模型给别的文件、目录或文字分主题，不重建模型，也不写进结果。

    一行一个主题：权重是它在该文档（或该段）中所占的份额，合计为 1，不足 1% 的不列。
    一个主题词也没有的，主题一列为空。读不出来的文件列在最后，其余照常给出。

    \b
    例子：
      cewen topics assign 结果 新文件/
      cewen topics assign 结果 甲.pdf 乙.docx --clauses -o 主题.csv
      cewen topics assign 结果 --text "对引进的博士给予安家补助" --format json
    """
    from pipeline.running.topic_assign import assign

    check_target(target)
    if not inputs and not texts:
        raise PipelineError("没有给出要分主题的文本：请写文件或目录，或用 --text 文字")
    found = assign(out, inputs, texts, by_clause=by_clause)
    if target is not None:
        write_table(_arrow(found.given), target)
    elif form != "table":
        print_table(_arrow(found.given), form)
    else:
        _print(found.given)
    for path, reason in found.failed:
        say(f"失败：{path}：{reason}" if path else f"失败：{reason}")
    say(f"共 {found.documents} 篇" + (f"，另有 {len(found.failed)} 份读不出来。" if found.failed else "。"))
    return EXIT_FAILED if found.failed else 0


def _arrow(given: list[Given]) -> pa.Table:
    """Return the lines as an Arrow table."""
    import pyarrow as pa

    from pipeline.running.topic_assign import Given

    kinds = {"start": pa.int64(), "end": pa.int64(), "weight": pa.float64()}
    schema = pa.schema([(one.name, kinds.get(one.name, pa.string())) for one in fields(Given)])
    return pa.Table.from_pylist([asdict(one) for one in given], schema=schema)


def _print(given: list[Given]) -> None:
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
        for one in given[:_ROWS]
    ]
    heads = ("文件名", "位置", "主题", "名称", "权重", "原文")
    shown = heads if any(row[-1] for row in rows) else heads[:-1]
    print_fitting(shown, [row[: len(shown)] for row in rows])
    if len(given) > _ROWS:
        say(f"显示 {_ROWS} 行，共 {len(given)} 行；要全部请用 -o 文件（csv、json、parquet）。")
