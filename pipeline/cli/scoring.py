"""``cewen eval``: a finished run against gold records."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import print_json, say, show
from pipeline.cli.params import json_option, out_argument


@click.command("eval", add_help_option=False)
@click.argument("gold", metavar="GOLD", type=Path)
@out_argument
@click.option("--errors", type=click.IntRange(min=0), default=0, metavar="条数", help="另外列出前若干处错误。")
@json_option
@help_option
def eval_command(gold: Path, out: Path, errors: int, as_json: bool) -> int:
    """用金标准给一次运行的措施评分。

    \b
    GOLD 是一个目录，每篇文本有 NAME.txt 和 NAME.jsonl（一行一条记录，字段见 docs/eval.md），
    OUT 是对这些文本运行的结果。先运行，再评分：
      cewen run 金标准/ -o 结果
      cewen eval 金标准/ 结果

    给出数量的精确率、召回率和 F1，各项的正确率，整条记录的 F1，各类型的召回率，作用判错的情况，
    以及把握有多可靠：按把握从高到低取 10% 到 100% 的记录，各有多少全对；期望校准误差。

    \b
    例子：
      cewen eval 金标准/ 结果 --errors 20
      cewen eval 金标准/ 结果 --json
    """
    from pipeline.scoring.found import read_found
    from pipeline.scoring.gold import read_gold
    from pipeline.scoring.measures import as_data, score
    from pipeline.scoring.report import mistake_lines, report

    texts = read_gold(gold)
    scores = score({name: text.records for name, text in texts.items()}, read_found(out, texts))
    if as_json:
        print_json(as_data(scores, mistakes=errors))
        return 0
    show(report(scores, texts))
    if errors:
        show("")
        for line in mistake_lines(scores.mistakes[:errors], texts):
            show(line)
    if len(scores.mistakes) > errors:
        say(f"共 {len(scores.mistakes)} 处错误，列出 {errors} 处；--errors 条数 可多列。")
    return 0
