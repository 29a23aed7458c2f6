"""``cewen export``: the finished tables for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import say
from pipeline.cli.params import out_argument
from pipeline.export.targets import TARGETS, export

DIALECTS = ("spec", "nvivo", "atlas", "maxqda")


@click.command("export", add_help_option=False)
@out_argument
@click.option(
    "--to",
    "name",
    required=True,
    metavar="格式",
    help=f"导出格式：{'、'.join(target.name for target in TARGETS)}。",
)
@click.option(
    "--dialect",
    type=click.Choice(DIALECTS),
    metavar="写法",
    help="qdpx 按哪个软件的习惯写换行和位置，默认 spec（标准写法，QualCoder 已实测）。",
)
@click.option("--bmp-safe", is_flag=True, help="以〓代替生僻字和表情符号，各软件算出的位置就都一样。")
@click.option("--source-variables", is_flag=True, help="qdpx 的文档属性除了放在案例上，也放在文档上。")
@click.option("--case-as-code", is_flag=True, help="qdpx 以 NVivo 的办法把案例连到文档（ATLAS.ti 可能拒读）。")
@click.option(
    "--table",
    "tables",
    metavar="表",
    multiple=True,
    help="只导出这张表，如 knowledge、措施、documents；可写几个。目录默认全部，单个文件默认 knowledge。",
)
@click.option(
    "--panel",
    metavar="单位,单位",
    help="只导出面板：每个单位一行，如 地区,年份、省份,年份、文档、发文机关,年份。",
)
@click.option("--balanced", is_flag=True, help="面板中没有文档的年份（或组合）也各有一行，数目为 0。")
@click.option(
    "--codebook",
    "codebooks",
    metavar="编码本",
    multiple=True,
    help="只导出这个编码本（标识或名称；措施 也算一个）；面板中只数它的代码。",
)
@click.option(
    "--coder",
    "coders",
    metavar="编码者",
    multiple=True,
    help="只导出这个编码者；“机器编码”指全部机器编码；面板默认只数机器的。",
)
@click.option("--no-measures", is_flag=True, help="不把措施作为编码导出。")
@click.option("--suggestions", is_flag=True, help="qdpx 也带上待审的建议，编码者为“机器编码 待审”；导入时不算编码。")
@click.option("--bare", is_flag=True, help="只写 DEST，不写编码本、数据字典、说明等附带的文件。")
@click.argument("dest", metavar="DEST", type=Path)
@help_option
@click.pass_context
def export_command(ctx: click.Context, /, out: Path, name: str, dest: Path, **_: object) -> int:
    """把结果表导出为其他软件的格式。

    xlsx 是一个工作簿：第一张数据页是“政策知识表”，其后每表一页，附数据字典；代码显示为中文。
    csv、jsonl、parquet、sav（SPSS）、dta（Stata）：DEST 为目录时每张表一个文件；为文件名时只写 knowledge 或
    --table 所指的一张。旁边附“数据字典”和“说明”。csv 带 BOM，Excel 可直接打开；sav、dta 有中文变量标签和值标签。
    --panel 给出回归用的面板：每个地区、年份等一行，列为文档、措施、代码的数目和金额之和。
    graphml 是文档和被引文件的引用网络；bibtex、csl 是文档的题录。
    qdpx 是 REFI-QDA 项目，NVivo、MAXQDA、ATLAS.ti、QualCoder 可以打开：文档、编码本、机器和人的编码、
    文档属性；措施也作为编码。同一目录还写出 NAME_编码本、NAME_分类表、NAME_编码表等文件。
    label-studio 和 doccano 用于人工标注：机器的编码作为预标注。

    结果目录中 corrections.tsv 的人工复核已计入，说明中写明几条、何人（见 docs/corrections.md）。

    \b
    例子：
      cewen export 结果 --to xlsx 结果.xlsx
      cewen export 结果 --to csv 结果_csv
      cewen export 结果 --to sav 知识表.sav
      cewen export 结果 --to dta 面板.dta --panel 省份,年份 --balanced
      cewen export 结果 --to graphml 引用网络.graphml
      cewen export 结果 --to qdpx 结果.qdpx
      cewen export 结果 --to qdpx 给NVivo.qdpx --dialect nvivo --bmp-safe --codebook 政策工具
      cewen export 结果 --to label-studio 任务.json --no-measures
    """
    for sentence in export(out, name, dest, given_options(ctx)):
        say(sentence)
    say(f"已导出到 {dest}")
    return 0


def given_options(ctx: click.Context) -> dict[str, object]:
    """Return the options that were given, by the keywords of the targets' functions."""
    found: dict[str, object] = {key: value for key, value in ctx.params.items() if key in _PLAIN and value}
    if ctx.params["no_measures"]:
        found["measures"] = False
    return found


_PLAIN = (
    "dialect",
    "bmp_safe",
    "source_variables",
    "case_as_code",
    "codebooks",
    "coders",
    "suggestions",
    "bare",
    "tables",
    "panel",
    "balanced",
)
