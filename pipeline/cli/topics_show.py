"""``cewen topics show``: one topic with its words, documents and passages."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import print_json, say, show
from pipeline.cli.params import json_option, out_argument
from pipeline.cli.text import cut, terminal_columns
from pipeline.table.words import unwrap


@click.command("show", add_help_option=False)
@out_argument
@click.argument("topic", metavar="主题")
@click.option("--most", type=click.IntRange(1, 1000), default=8, metavar="条数", help="文档和原文各列多少，默认 8。")
@json_option
@help_option
def show_command(out: Path, topic: str, most: int, as_json: bool) -> int:
    """查看一个主题：主题词、有它的文档及权重、最能代表它的原文及位置。

    主题可以写编号（t003 或 3）或名称。位置是原始文本中的第几字，与其他各表相同。

    \b
    例子：
      cewen topics show 结果 t003
      cewen topics show 结果 3 --most 20
      cewen topics show 结果 t003 --json
    """
    from pipeline.running.topic_clauses import passages
    from pipeline.running.topic_settings import config_of
    from pipeline.running.topics import load_model
    from pipeline.table.topics import documents_of, find_topic, terms_of, topics

    topic_id = find_topic(out, topic)
    (one,) = (row for row in topics(out).to_pylist() if row["topic_id"] == topic_id)
    documents = documents_of(out, topic_id)
    model = load_model(out)
    quotes = passages(out, model, config_of(out), most=most, only=topic_id)
    terms = terms_of(out, topic_id)
    if as_json:
        listed = [{"term": term, "weight": weight} for term, weight in terms]
        there = documents.slice(0, most).to_pylist()
        print_json({**one, "terms": listed, "documents": there, "passages": [asdict(quote) for quote in quotes]})
        return 0
    show(
        f"{topic_id} {one['label']}　最大主题的文档 {one['n_documents']} 篇，占比 {one['share']:.1%}"
        + ("" if one["coherence"] is None else f"，一致性 {one['coherence']:.2f}")
    )
    show("主题词：" + "、".join(f"{term} {weight:.3f}" for term, weight in terms))
    show(f"\n文档（共 {documents.num_rows} 篇有此主题）：")
    for row in documents.slice(0, most).to_pylist():
        name = cut(f"{row['source_name']}　{unwrap(row['title'] or '')}", terminal_columns() - 8)
        show(f"  {row['weight']:.2f}  {name}")
    show("\n原文：")
    for quote in quotes:
        page = "" if quote.page is None else f" 第 {quote.page} 页"
        where = f"{quote.source_name}{page} 第 {quote.start}–{quote.end} 字　{unwrap(quote.heading or '')}".rstrip()
        show(f"  “{cut(unwrap(quote.quote), 2 * terminal_columns())}”\n    {cut(where, terminal_columns() - 4)}")
    if not quotes:
        say("没有长短合适、含有主题词的段落。")
    return 0
