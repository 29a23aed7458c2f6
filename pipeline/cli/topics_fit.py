"""``cewen topics fit``: the topics of a finished run fitted anew with other settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import print_json, say
from pipeline.cli.params import json_option, out_argument
from pipeline.cli.topics_output import model_option, unit_option
from pipeline.core.config import names_file
from pipeline.core.errors import PipelineError
from pipeline.core.topic_words import UNITS, counted
from pipeline.table.words import code_of


@click.command("fit", add_help_option=False)
@out_argument
@click.option("--k", type=click.IntRange(0, 500), metavar="个数", help="主题个数；0 为按文档数定。")
@model_option("nmf 宜于浏览；lda 的权重可作回归的变量；kmeans 一篇只有一个主题；seeded 每个代码一个主题，其余自定。")
@unit_option("以文档、章节还是条款建立；文档总是整篇给主题。")
@click.option(
    "--codebook",
    "seeds",
    multiple=True,
    metavar="编码本",
    help="以这个编码本（标识或文件）最高一级代码的词语为种子，模型即为 seeded。",
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), metavar="整数", help="随机数种子。")
@click.option("--vocabulary", type=click.IntRange(10), metavar="词数", help="最多用多少个词。")
@click.option(
    "--documents", "fit_documents", type=click.IntRange(2), metavar="个数", help="最多用多少个文档、章节或条款。"
)
@json_option
@help_option
def fit_command(out: Path, *, as_json: bool, seeds: tuple[str, ...], **given: Any) -> int:
    """换一种设定重新建立主题，不重新处理文档。

    没有写明的设定仍按运行时的配置；一个选项也不写，就回到配置的设定。结果写进各表、knowledge.duckdb 和
    run.json，模型在 OUT/models。此后再次 cewen run（例如加了文档）沿用这里的设定，直到改了配置的 [topics] 或加
    --fresh。与原有主题用词相近的沿用其编号，其余另编新号：t003 还是 t003。

    \b
    例子：
      cewen topics fit 结果 --k 12
      cewen topics fit 结果 --model lda --k 20 --seed 7
      cewen topics fit 结果 --codebook yinyuyongliu --k 12
      cewen topics fit 结果
    """
    from pipeline.cli.progress import progress
    from pipeline.cli.topics_list import print_topics
    from pipeline.running.topics import fit_again
    from pipeline.table.topics import topics
    from pipeline.topics.doubts import doubts

    changes = changed(given)
    if seeds and changes.setdefault("model", "seeded") != "seeded":
        raise PipelineError("--codebook 只用于 --model seeded：请去掉其中一个")
    if seeds:
        changes["seeds"] = tuple(str(Path(name).absolute()) if names_file(name) else name for name in seeds)
    with progress() as shown:
        model = fit_again(out, changes, shown)
    if as_json:
        print_json({"model": f"{model.kind}-{len(model.topics)}@{model.digest}", "topics": topics(out).to_pylist()})
        return 0
    print_topics(topics(out))
    for note in (*(f"{note}。" for note in model.notes), *(one.message for one in doubts(model))):
        say(note)
    say(f"已写入 {out}：用 {counted(model.n_documents, model.unit)}建立，种子 {model.seed}。")
    return 0


def changed(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that were given, units by their codes."""
    return {
        name: code_of(UNITS, value) if name == "unit" else value for name, value in given.items() if value is not None
    }
