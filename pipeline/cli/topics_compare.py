"""``cewen topics compare``, ``keyness``, ``network``: topics and words compared between groups of documents."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import check_target, format_option, print_json, say, target_option, write_json
from pipeline.cli.params import out_argument
from pipeline.cli.topics_output import give, where_option


@dataclass(frozen=True, slots=True)
class _ShareRow:
    """A topic's share of a group, with its interval, and the test of the topic."""

    topic_id: str
    topic: str
    group: str
    documents: int
    share: float
    low: float | None
    high: float | None
    p: float | None
    q: float | None


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
    "low": "下限",
    "high": "上限",
    "g2": "G²",
    "q": "q",
    "target_documents": "文档数",
    "reference_documents": "对比文档数",
}
_EDGES = {"source": "词", "target": "词（另一）", "weight": "同现", "documents": "文档数", "npmi": "NPMI"}


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
    rows = []
    for one in found.shares:
        low, high = one.interval or (None, None)
        test = tests[one.topic_id]
        rows.append(_ShareRow(one.topic_id, one.topic, one.group, one.documents, one.share, low, high, test.p, test.q))
    give(rows, _ShareRow, _SHARES, form, target)
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
    from pipeline.scoring.keyness import Keyword

    check_target(target)
    found = compare_words(out, own, reference)
    give(found.words, Keyword, _WORDS, form, target)
    named = (("target", found.target), ("reference", found.reference))
    sides = "；".join(f"{name} 为 {side.label}，{side.documents} 篇 {side.words} 词" for name, side in named)
    say(f"{sides}。{'；'.join(found.notes)}")
    return 0


@click.command("network", add_help_option=False)
@out_argument
@click.option("--around", multiple=True, metavar="词", help="只看含有这个词的条款。")
@where_option
@format_option
@target_option
@help_option
def network_command(
    out: Path, around: tuple[str, ...], where: tuple[str, ...], *, form: str, target: Path | None
) -> int:
    """词的共现网络：同在一个条款中的词，以 NPMI 定强弱。

    -o 还可写 .graphml，用 Gephi、Cytoscape 打开。graphml 和 json 中有词和边，csv、xlsx、parquet 是边表；
    各种格式中同一项的名称、数值相同。

    \b
    例子：
      cewen topics network 结果 --around 人才 -o 词网.graphml
      cewen topics network 结果 --where 年份=2023- -o 边.csv
    """
    from pipeline.core.files import completed
    from pipeline.running.comparing import network_of_terms
    from pipeline.scoring.term_network import Edge

    check_target(target, ".graphml")
    found = network_of_terms(out, where, around=around)
    suffix = target.suffix.lower() if target else ""
    if target is not None and suffix == ".graphml":
        with completed(target) as fresh:
            fresh.write_text(found.graphml(), encoding="utf-8", newline="\n")
        say(f"已写入 {target}")
    elif target is not None and suffix == ".json":
        write_json(asdict(found), target)
        say(f"已写入 {target}")
    elif target is None and form == "json":
        print_json(asdict(found))
    else:
        give(found.edges, Edge, _EDGES, form, target)
    counts = f"{found.documents} 篇 {found.clauses} 段：{len(found.nodes)} 个词，{len(found.edges)} 条边"
    say(f"{counts}。{'；'.join(found.notes)}")
    return 0
