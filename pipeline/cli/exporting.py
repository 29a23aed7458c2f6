"""``cewen export``: the finished tables for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import say
from pipeline.cli.params import out_argument
from pipeline.export.targets import TARGETS, export


@click.command("export", add_help_option=False)
@out_argument
@click.option(
    "--to",
    "name",
    required=True,
    metavar="格式",
    help=f"导出格式：{'、'.join(target.name for target in TARGETS if target.function)}。",
)
@click.argument("dest", metavar="DEST", type=Path)
@help_option
def export_command(out: Path, name: str, dest: Path) -> int:
    """把结果表导出为其他软件的格式。

    xlsx 是一个工作簿：第一张数据页是“政策知识表”，其后每表一页，附数据字典；代码显示为中文。
    csv 和 jsonl 是一个目录，knowledge 和每张表各一个文件；csv 带 BOM，Excel 可直接打开。

    \b
    例子：
      cewen export 结果 --to xlsx 结果.xlsx
      cewen export 结果 --to csv 结果_csv
    """
    export(out, name, dest)
    say(f"已导出到 {dest}")
    return 0
