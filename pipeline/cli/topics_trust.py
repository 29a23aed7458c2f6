"""``cewen topics choose`` and ``cewen topics intrusion``: whether topics are to be trusted, and how many to have."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import check_target, format_option, print_fitting, print_json, say, target_option
from pipeline.cli.params import json_option, out_argument
from pipeline.cli.topics_fit import changed
from pipeline.cli.topics_output import give, model_option, rounded, unit_option
from pipeline.core.errors import PipelineError


@click.command("choose", add_help_option=False)
@out_argument
@click.option("--k", "ks", default="5,10,15,20,30", metavar="个数,…", help="比较哪些主题数，默认 5,10,15,20,30。")
@model_option("用哪种模型；默认与现有主题相同。")
@unit_option("以什么为单位建立；默认与现有主题相同。")
@click.option("--seeds", type=click.IntRange(1, 20), default=3, metavar="次数", help="每种换几个种子，默认 3。")
@click.option("--samples", type=click.IntRange(1, 20), default=3, metavar="次数", help="每种抽样重建几次，默认 3。")
@format_option
@target_option
@help_option
def choose_command(
    out: Path, ks: str, *, seeds: int, samples: int, form: str, target: Path | None, **given: str | None
) -> int:
    """比较几种主题数：一致性、换种子和抽样 80% 文档后的稳定性、词的多样性。

    只标出平台，不替人选定：没有哪个指标能找出“真正的”主题数。选定后用 cewen topics fit 结果 --k 个数。
    表和图写进结果的 models/topic-choice.json 和 topic-choice.svg（用浏览器打开），cewen topics page 的网页中也有。

    \b
    例子：
      cewen topics choose 结果
      cewen topics choose 结果 --k 4,6,8,10,12 -o 比较.csv
    """
    from pipeline.running.topic_settings import MODELS, PLOT, SWEEP
    from pipeline.running.topic_trust import compare_numbers
    from pipeline.topics.choose import HEADS, Row, sentences

    check_target(target)
    wanted = [part for part in re.split(r"[,，、\s]+", ks.strip()) if part]
    if not wanted:
        raise PipelineError("--k 后面没有写主题数：请写 2 到 500 的整数，以逗号分隔，例如 5,10,20")
    if wrong := [part for part in wanted if not part.isdecimal() or not 1 < int(part) <= 500]:
        raise PipelineError(f"--k 应为 2 到 500 的整数，以逗号分隔，例如 5,10,20；不对的有：{'、'.join(wrong)}")
    found = compare_numbers(out, map(int, wanted), changed(given), seeds=seeds, samples=samples)
    give(found.rows, Row, HEADS, form, target)
    for line in sentences(found):
        say(line)
    say(f"图已写入 {out / MODELS / PLOT}，表已写入 {out / MODELS / SWEEP}。")
    return 0


@click.command("intrusion", add_help_option=False)
@out_argument
@click.option("--to", "folder", type=Path, metavar="目录", help="出题：每位读者一份表，另有一份答案。")
@click.option("--force", is_flag=True, help="出题时目录中已有这些表也覆盖；读者填过的会丢失。")
@click.option("--readers", type=click.IntRange(1, 10), default=2, metavar="人数", help="几位读者，默认 2。")
@click.option("--seed", type=click.IntRange(0), default=1, metavar="整数", help="出题的种子，默认 1。")
@click.option("--key", type=Path, metavar="答案.xlsx", help="评分：出题时写出的答案文件。")
@click.option("--filled", "sheets", multiple=True, type=Path, metavar="表.xlsx", help="评分：读者填好的表。")
@json_option
@help_option
def intrusion_command(
    out: Path, folder: Path | None, key: Path | None, *, sheets: tuple[Path, ...], as_json: bool, **how: Any
) -> int:
    """词语闯入测验（Chang 等 2009）：主题是否看得懂，让人来判断。

    每题是一个主题的 5 个词和 1 个闯入的词，读者找出闯入的词；找得出，说明这个主题的词像一类。

    \b
    例子：
      cewen topics intrusion 结果 --to 测验
      cewen topics intrusion 结果 --key 测验/词语闯入_答案.xlsx --filled 测验/词语闯入_读者1.xlsx
    """
    from pipeline.running.topic_trust import score_intrusion, write_intrusion
    from pipeline.running.topics import load_model
    from pipeline.topics.intrusion import sentences

    if (folder is None) == (key is None) or bool(sheets) != (key is not None):
        raise PipelineError("请写 --to 目录（出题），或 --key 答案.xlsx 与 --filled 表.xlsx（评分）")
    model = load_model(out)
    if folder is not None:
        files = write_intrusion(model, folder, **how)
        if as_json:
            print_json({"files": [str(path) for path in files]})
        for path in files:
            say(f"已写入 {path}")
        say("答案文件不要发给读者。")
        return 0
    assert key is not None
    found = score_intrusion(model, key, sheets)
    if as_json:
        print_json(asdict(found))
        return 0
    labels = {topic.number: topic.label for topic in model.topics}
    print_fitting(
        ("主题", "名称", "作答", "找出率", "选的词"),
        [
            (one.topic, labels.get(one.topic), one.answered, rounded(one.precision), "、".join(one.choices))
            for one in found.topics
        ],
    )
    for line in sentences(found, model):
        say(line)
    return 0
