"""``cewen topics compare``, ``keyness``, ``network``: topics and words compared between groups of documents."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import check_target, say, write_json
from pipeline.cli.params import out_argument
from pipeline.cli.topics_output import format_option, give, target_option, where_option
from pipeline.core.errors import PipelineError

_SHARES = {
    "topic_id": "主题",
    "topic": "名称",
    "group": "组",
    "documents": "文档数",
    "share": "占比",
    "low": "下限",
    "high": "上限",
    "p": "p",
    "q": "q",
}
_WORDS = {
    "term": "词",
    "side": "属于",
    "target": "频次",
    "reference": "对比频次",
    "target_rate": "每万词",
    "reference_rate": "对比每万词",
    "log_ratio": "对数比",
    "g2": "G²",
    "q": "q",
    "target_documents": "文档数",
    "reference_documents": "对比文档数",
}
_EDGES = {"a": "词", "b": "词（另一）", "count": "同现", "documents": "文档数", "npmi": "NPMI"}


@click.command("compare", add_help_option=False)
@out_argument
@click.option("--by", default="年份", metavar="属性", help="按什么分组：年份、地区、层级、发文机关等，默认 年份。")
@where_option
@format_option
@target_option
@help_option
def compare_command(out: Path, by: str, where: tuple[str, ...], *, form: str, target: Path | None) -> int:
    """比较各组文档的主题占比：95% 区间，各组是否不同（置换检验，q 经 Benjamini–Hochberg 校正）。

    \b
    例子：
      cewen topics compare 结果
      cewen topics compare 结果 --by 地区=浙江,江苏 --where 年份=2019-2022
      cewen topics compare 结果 --by 层级 -o 占比.csv
    """
    from pipeline.scoring.topic_shares import topic_shares

    check_target(target)
    found = topic_shares(out, by, where)
    tests = {one.topic_id: one for one in found.tests}
    rows: list[dict[str, Any]] = []
    for one in found.shares:
        low, high = one.interval or (None, None)
        test = tests[one.topic_id]
        row = {"topic_id": one.topic_id, "topic": one.topic, "group": one.group, "documents": one.documents}
        rows.append({**row, "share": one.share, "low": low, "high": high, "p": test.p, "q": test.q})
    give(rows, _SHARES, form, target)
    say(f"主题 × {found.label}，{found.where} {found.documents} 篇。{'；'.join(found.notes)}")
    return 0


@click.command("keyness", add_help_option=False)
@out_argument
@click.option("--target", "own", multiple=True, required=True, metavar="名称=值", help="这一组文档，如 年份=2023-。")
@click.option("--reference", multiple=True, metavar="名称=值", help="与哪一组对比；默认其余全部文档。")
@format_option
@target_option
@help_option
def keyness_command(
    out: Path, own: tuple[str, ...], reference: tuple[str, ...], *, form: str, target: Path | None
) -> int:
    """两组文档的特征词：对数似然 G²、效应量（对数比）、各在多少篇中。

    \b
    例子：
      cewen topics keyness 结果 --target 年份=2023-2025 --reference 年份=2019-2022
      cewen topics keyness 结果 --target 层级=省 -o 特征词.csv
    """
    from pipeline.running.comparing import compare_words

    check_target(target)
    found = compare_words(out, own, reference)
    names = {"target": found.target.label, "reference": found.reference.label}
    rows = [asdict(one) for one in found.words]
    give(
        rows if target or form != "table" else [{**row, "side": names[row["side"]]} for row in rows],
        _WORDS,
        form,
        target,
    )
    sides = "；".join(f"{side.label} {side.documents} 篇 {side.words} 词" for side in (found.target, found.reference))
    say(f"{sides}。{'；'.join(found.notes)}")
    return 0


@click.command("network", add_help_option=False)
@out_argument
@click.option("--around", multiple=True, metavar="词", help="只看含有这个词的条款。")
@where_option
@format_option
@click.option("--output", "-o", "target", type=Path, metavar="文件", help="写入 .graphml、.json，或边表 .csv。")
@help_option
def network_command(
    out: Path, around: tuple[str, ...], where: tuple[str, ...], *, form: str, target: Path | None
) -> int:
    """词的共现网络：同在一个条款中的词，以 NPMI 定强弱。

    graphml 可用 Gephi、Cytoscape 打开。

    \b
    例子：
      cewen topics network 结果 --around 人才 -o 词网.graphml
      cewen topics network 结果 --where 年份=2023- -o 边.csv
    """
    from pipeline.core.files import completed
    from pipeline.running.comparing import network_of_terms

    suffix = target.suffix.lower() if target else ""
    if suffix not in (".graphml", ".json"):
        check_target(target)
    elif target is not None and (target.is_dir() or not target.absolute().parent.is_dir()):
        raise PipelineError(f"{target}: 写不了这个文件，请检查目录是否存在")
    found = network_of_terms(out, where, around=around)
    if target is not None and suffix == ".graphml":
        with completed(target) as fresh:
            fresh.write_text(found.graphml(), encoding="utf-8", newline="\n")
        say(f"已写入 {target}")
    elif target is not None and suffix == ".json":
        write_json(asdict(found), target)
        say(f"已写入 {target}")
    else:
        give([asdict(edge) for edge in found.edges], _EDGES, form, target)
    counts = f"{found.documents} 篇 {found.clauses} 段：{len(found.nodes)} 个词，{len(found.edges)} 条边"
    say(f"{counts}。{'；'.join(found.notes)}")
    return 0
