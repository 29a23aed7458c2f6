"""``cewen agreement``: how well coders agree, where they don't, and samples to test it with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import print_json, say, say_dropped, show
from pipeline.cli.params import coded, json_option, out_argument
from pipeline.cli.text import fitting, table, terminal_columns
from pipeline.core.errors import PipelineError
from pipeline.table.words import code_of

if TYPE_CHECKING:
    from pipeline.scoring.agreement_result import Agreement
    from pipeline.scoring.agreement_words import Grid
    from pipeline.scoring.unit_sheet import UnitKind

_UNITS = {"char": "字", "sentence": "句", "clause": "段", "document": "篇"}
_STRATA = {"region": "地区", "year": "年份", "level": "层级", "doc_kind": "文种", "code": "代码"}
_MOST_LISTED = 5000


@click.command("agreement", add_help_option=False)
@out_argument
@click.argument("dest", metavar="DEST", type=Path, required=False)
@click.option("--coders", metavar="甲,乙,…", help="比较哪些编码者，以逗号分隔；机器 为全部机器编码。默认全部。")
@click.option("--unit", type=coded(_UNITS), default="clause", metavar="单元", help="按什么单元数，默认 段。")
@click.option("--codebook", "books", multiple=True, metavar="编码本", help="只比较这些编码本；默认至少两人都用过的。")
@click.option(
    "--depth", type=click.IntRange(min=1), metavar="层数", help="只比较到第几级代码，1 为最高一级；默认全部。"
)
@click.option(
    "--disagreements", "most", type=click.IntRange(min=0), default=0, metavar="条数", help="列出前若干条分歧。"
)
@click.option("--xlsx", "target", type=Path, metavar="文件", help="另存为工作簿：总表、各代码、分歧清单、说明。")
@click.option(
    "--sample", "size", type=click.IntRange(min=1), metavar="条数", help="抽样若干条款写到 DEST，供人工编码。"
)
@click.option("--stratify", type=coded(_STRATA), metavar="分层", help="分层抽样，各层尽量平均。")
@click.option("--seed", type=click.IntRange(min=0), default=1, metavar="整数", help="抽样的种子，默认 1。")
@click.option("--filled", multiple=True, type=Path, metavar="表.xlsx", help="先收回填好的抽样表，再比较。")
@json_option
@help_option
def agreement_command(
    out: Path, dest: Path | None, *, coders: str | None, unit: str, books: tuple[str, ...], **given: Any
) -> int:
    """编码者之间的一致性：机器与人工、人工与人工。

    给出每个代码和汇总的一致率、Holsti、Scott π、Cohen κ、Krippendorff α（三人以上还有 Fleiss κ），
    附 95% 区间、片段 F1 和判读。只数双方都读过的文档。公式和规则见 docs/agreement.md。

    \b
    DEST 只与 --sample 同用：.xlsx 一行一条款，供填写；.qdpx 可在 NVivo 等软件中编码。

    \b
    例子：
      cewen agreement 结果
      cewen agreement 结果 --coders 机器,张三 --unit 字 --disagreements 20
      cewen agreement 结果 --xlsx 一致性.xlsx
      cewen agreement 结果 --sample 200 --stratify 地区 --seed 7 抽样.xlsx
      cewen agreement 结果 --filled 抽样_张三.xlsx
    """
    mistakes = _mistakes(dest, given)
    if mistakes:
        raise PipelineError(*mistakes)
    if given["size"] is not None:
        from pipeline.cli.sampling import write_sample

        stratum = code_of(_STRATA, given["stratify"]) if given["stratify"] else None
        write_sample(out, cast(Path, dest), books, given["size"], (stratum, given["seed"]))
        return 0
    for path in given["filled"]:
        from pipeline.cli.sampling import take_back

        take_back(out, path)
    kind = cast("UnitKind", code_of(_UNITS, unit))
    wanted = [name.strip() for name in (coders or "").replace("，", ",").replace("、", ",").split(",") if name.strip()]
    _compare(out, wanted, kind, books, given)
    return 0


def _mistakes(dest: Path | None, given: dict[str, Any]) -> list[str]:
    """Return what doesn't fit together."""
    found = []
    if given["size"] is None:
        if dest is not None:
            found.append(f"多余的参数“{dest}”：只有抽样（--sample 条数）才写文件；比较结果存为工作簿用 --xlsx 文件")
        if given["stratify"]:
            found.append("--stratify 只与 --sample 同用")
    elif dest is None:
        found.append("--sample 还要写明抽样写到哪个文件，例如 抽样.xlsx 或 抽样.qdpx")
    elif dest.suffix.lower() not in (".xlsx", ".qdpx"):
        found.append(f"{dest}: 抽样的文件名应以 .xlsx 或 .qdpx 结尾")
    if given["target"] is not None and given["target"].suffix.lower() != ".xlsx":
        found.append(f"{given['target']}: --xlsx 的文件名应以 .xlsx 结尾")
    return found


def _compare(out: Path, wanted: Sequence[str], kind: UnitKind, books: tuple[str, ...], given: dict[str, Any]) -> None:
    """Compare and print or write."""
    from pipeline.running.agreeing import compare_coders
    from pipeline.scoring.agreement_list import lines_of, write_workbook
    from pipeline.scoring.agreement_result import as_data

    compared = compare_coders(out, wanted, kind, books, given["depth"])
    found, names = compared.found, compared.coded.book_names
    most = _MOST_LISTED if given["target"] is not None else given["most"]
    listed = compared.disagreements(most)
    shown = listed[: given["most"]]
    if given["as_json"]:
        print_json(as_data(found, shown))
    else:
        _print(found, names)
        if shown:
            show("\n分歧：")
        for line in lines_of(shown, found.coders):
            show(line)
        if len(found.differing) > len(shown):
            say(f"共 {len(found.differing)} 个单元有分歧，列出 {len(shown)} 个；--disagreements 条数 可多列。")
    if given["target"] is not None:
        write_workbook(found, listed, names, given["target"])
        cut = f"（分歧清单只写前 {most} 条）" if len(found.differing) > most else ""
        say(f"已写入 {given['target']}{cut}")


def _print(found: Agreement, names: Mapping[str, str]) -> None:
    """Print the tables and what they say."""
    from pipeline.scoring import agreement_words as words

    for line in words.header(found):
        show(line)
    if found.group:
        _grid(words.group_grid(found.group))
        _grid(words.pairs_grid(found.pairs))
        for pair in found.pairs:
            if not pair.units:
                for line in words.reading(pair, found.kind):
                    show(f"{pair.a.label}–{pair.b.label}：{line}")
        say("每两人之间各代码的系数：--coders 甲,乙 或 --xlsx 文件。")
        return
    for pair in found.pairs:
        if pair.units:
            _grid(words.pair_grid(pair, names))
        show("")
        for line in words.reading(pair, found.kind):
            show(line)


def _grid(grid: Grid) -> None:
    """Print one table as wide as the terminal."""
    show(f"\n{grid.title}")
    kept, widths = fitting(grid.heads, grid.rows, total=terminal_columns())
    show(table([grid.heads[i] for i in kept], [[row[i] for i in kept] for row in grid.rows], widths))
    say_dropped([head for i, head in enumerate(grid.heads) if i not in kept])
