"""``cewen show``: one document with its layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import print_json
from pipeline.cli.params import json_option, out_argument
from pipeline.cli.places import find_record, place
from pipeline.cli.text import cut, grid
from pipeline.table.derive import columns
from pipeline.table.schema import KINDS, ROLES, SEVERITIES, DocumentRow

if TYPE_CHECKING:
    from pipeline.core.document import Document
    from pipeline.running.records import Record, Records
    from pipeline.table.build import DocumentRows

_TEXTS = ("raw_text", "clean_text")
_MEASURES = ("quote", "kind", "value_min", "value_max", "unit", "bound", "role", "per", "item", "beneficiary", "page")
_HEADINGS = ("数值原文", "类型", "下限", "上限", "单位", "限定", "作用", "基准", "事项", "受益对象", "页")


@click.command("show", add_help_option=False)
@out_argument
@click.argument("doc", metavar="DOC")
@json_option
@help_option
def show_command(out: Path, doc: str, as_json: bool) -> int:
    """显示一篇文档：文件头、章节、措施、编码、主题、引用、另列的数字和问题。

    DOC 可以是文档编号（或开头几位）、文件名或路径。

    \b
    例子：
      cewen show 结果 01_云州市高层次人才引进办法.txt
      cewen show 结果 3f9a --json
    """
    from pipeline.running.records import Records

    with Records(out) as records:
        record = find_record(records, doc, out)
        document = records.document(record)
        rows = _rows(record, document, records)
    found = _plain(rows, document, _topics(out, record.doc_id))
    if as_json:
        print_json(found)
    else:
        click.echo("\n\n".join(_parts(found)))
    return 0


def _rows(record: Record, document: Document, records: Records) -> DocumentRows:
    """Return the table rows of one document; its places are then the same as in the tables."""
    from pipeline.table.build import Entry, build_rows
    from pipeline.table.resolve import index

    status = "failed" if record.status == "waiting" else record.status
    issues = tuple(trace.issue for trace in records.issues_of(record))
    entry = Entry(record.doc_id, record.source, status, document, issues)
    return build_rows(entry, targets=index(()), code_paths={})


def _topics(out: Path, doc_id: str) -> list[dict[str, Any]]:
    """Return the topics of one document, largest first; none when the run isn't finished."""
    from pipeline.table.query import DATABASE, connect

    if not (out / DATABASE).is_file():
        return []
    sql = (
        "SELECT topic_id, label, weight FROM doc_topics JOIN topics USING (topic_id)"
        " WHERE doc_id = ? ORDER BY weight DESC, topic_id"
    )
    with connect(out) as connection:
        rows = connection.execute(sql, [doc_id]).fetchall()
    return [{"topic_id": name, "label": label, "weight": weight} for name, label, weight in rows]


def _plain(rows: DocumentRows, document: Document, topics: list[dict[str, Any]]) -> dict[str, Any]:
    """Return everything there is to show as plain data."""
    return {
        "document": {name: value for name, value in asdict(rows.documents[0]).items() if name not in _TEXTS},
        "sections": [asdict(row) for row in rows.sections],
        "measures": [asdict(row) for row in rows.measures],
        "codings": [asdict(row) for row in rows.codings],
        "topics": topics,
        "references": [asdict(row) for row in rows.references],
        "mentions": list(_mentions(document)),
        "issues": [asdict(row) for row in rows.issues],
    }


def _mentions(document: Document) -> Iterable[dict[str, Any]]:
    """Yield the numbers that are no measure: set aside by a rule, or unclaimed; places in the raw text."""
    to_source = document.text.offsets().to_source if document.text else None
    raw = document.raw.text if document.raw else ""
    for mention in document.mentions or ():
        if mention.fate != "claimed":
            start, end = to_source(mention.start, mention.end) if to_source else (mention.start, mention.end)
            yield {"start": start, "end": end, "quote": raw[start:end], "fate": mention.fate, "rule": mention.rule}


def _parts(found: dict[str, Any]) -> Iterable[str]:
    """Yield the page's parts as text."""
    names = {column.name: column.col.zh for column in columns(DocumentRow)}
    yield "\n".join(f"{names[key]}：{value}" for key, value in found["document"].items() if value is not None)
    if found["sections"]:
        yield _titled("章节", (f"{'  ' * (s['level'] - 1)}{s['number']} {s['heading']}" for s in found["sections"]))
    if found["measures"]:
        lines = [[_shown(name, row[name]) for name in _MEASURES] for row in found["measures"]]
        yield f"措施（{len(lines)} 条）\n{grid(_HEADINGS, lines, columns=24)}"
    if found["codings"]:
        yield _titled("编码", (f"{c['codebook']}:{c['code']}  {cut(c['quote'], 70)}" for c in found["codings"]))
    if found["topics"]:
        yield _titled("主题", (f"{t['weight']:.2f}  {t['label']}（{t['topic_id']}）" for t in found["topics"]))
    if found["references"]:
        yield _titled(
            "引用", (f"{r['relation']} 《{r['title']}》 {r['doc_number'] or ''}" for r in found["references"])
        )
    yield from _numbers(found["mentions"])
    if found["issues"]:
        yield _titled("问题", (f"[{SEVERITIES[i['severity']]}]{place(i)} {i['message']}" for i in found["issues"]))


def _numbers(mentions: list[dict[str, Any]]) -> Iterable[str]:
    """Yield the numbers that are no measure, by the rule that set them aside."""
    aside = [one for one in mentions if one["fate"] == "set_aside"]
    if aside:
        by_rule: dict[str, Counter[str]] = {}
        for one in aside:
            by_rule.setdefault(one["rule"], Counter())[" ".join(one["quote"].split())] += 1
        lines = (
            f"{rule}：" + "、".join(quote if count == 1 else f"{quote}×{count}" for quote, count in quotes.items())
            for rule, quotes in sorted(by_rule.items())
        )
        yield _titled(f"另列的数字（{len(aside)} 个，按规则）", lines)
    unclaimed = [one for one in mentions if one["fate"] == "unclaimed"]
    if unclaimed:
        yield _titled("没有归入的数字", (f"{one['start']}–{one['end']}  {one['quote']}" for one in unclaimed))


def _titled(title: str, lines: Iterable[str]) -> str:
    """Return lines under a title."""
    return "\n".join([title, *(f"  {line.rstrip()}" for line in lines)])


def _shown(name: str, value: Any) -> Any:
    """Return a measure's value as people read it."""
    if name in ("value_min", "value_max") and value is not None:
        return value.normalize() if value != value.to_integral_value() else int(value)
    return {"kind": KINDS, "role": ROLES}.get(name, {}).get(value, value)
