"""``cewen show``: one document with its layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import print_json, show
from pipeline.cli.page import PARTS, page
from pipeline.cli.params import coded, json_option, out_argument
from pipeline.cli.places import find_record
from pipeline.core import outputs
from pipeline.core.layers import HeadField
from pipeline.table.words import code_of

if TYPE_CHECKING:
    from pipeline.core.document import Document
    from pipeline.core.tables import Cell
    from pipeline.running.records import Record, Records
    from pipeline.table.build import DocumentRows

_TEXTS = ("raw_text", "clean_text")


@click.command("show", add_help_option=False)
@out_argument
@click.argument("doc", metavar="DOC")
@click.option("--only", type=coded(PARTS), multiple=True, metavar="部分", help="只显示这一部分，并全部列出。")
@json_option
@help_option
def show_command(out: Path, doc: str, only: tuple[str, ...], as_json: bool) -> int:
    """显示一篇文档：文件头、章节、措施、编码、主题、引用、另列的数字和问题。

    DOC 可以是文档编号（或开头几位）、文件名或路径。默认每部分只列开头几条，并说明还有多少。
    编码一段一行，写名称；已列出下级编码的，不再列上级。

    \b
    例子：
      cewen show 结果 01_云州市高层次人才引进办法.txt
      cewen show 结果 3f9a --only 措施 --only 编码
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
        return 0
    wanted = [code for name in only if (code := code_of(PARTS, name))]
    call = f"cewen show {out} {doc}" if " " not in doc else f"cewen show {out} {record.doc_id}"
    show(page(found, _code_names(out), only=wanted, call=call))
    return 0


def _rows(record: Record, document: Document, records: Records) -> DocumentRows:
    """Return the table rows of one document; its places are then the same as in the tables."""
    from pipeline.table.build import Entry, build_rows
    from pipeline.table.resolve import index

    status = "failed" if record.status == "waiting" or record.status == "opened" else record.status
    issues = tuple(trace.issue for trace in records.issues_of(record))
    entry = Entry(record.doc_id, record.source, status, document, issues)
    return build_rows(entry, targets=index(()), code_paths={})


def _topics(out: Path, doc_id: str) -> list[dict[str, Any]]:
    """Return the topics of one document, largest first; none when the run isn't finished."""
    from pipeline.table.query import connect

    if not (out / outputs.DATABASE).is_file():
        return []
    sql = (
        "SELECT topic_id, label, weight FROM doc_topics JOIN topics USING (topic_id)"
        " WHERE doc_id = ? ORDER BY weight DESC, topic_id"
    )
    with connect(out) as connection:
        rows = connection.execute(sql, [doc_id]).fetchall()
    return [{"topic_id": name, "label": label, "weight": weight} for name, label, weight in rows]


def _code_names(out: Path) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return (codebook, code) → names from the top level down; none when the run isn't finished."""
    from pipeline.table.query import connect

    if not (out / outputs.DATABASE).is_file():
        return {}
    with connect(out) as connection:
        rows = connection.execute("SELECT codebook, code, name, code_path FROM codes").fetchall()
    names = {(str(book), str(code)): str(name) for book, code, name, _ in rows}
    return {
        (str(book), str(code)): tuple(names.get((book, one), one) for one in path.split("/"))
        for book, code, _, path in rows
    }


def _plain(rows: DocumentRows, document: Document, topics: list[dict[str, Any]]) -> dict[str, Any]:
    """Return everything there is to show as plain data."""
    return {
        "head": _head(document),
        "document": {name: value for name, value in asdict(rows.documents[0]).items() if name not in _TEXTS},
        "sections": [asdict(row) for row in rows.sections],
        "tables": list(_tables(document)),
        "measures": [asdict(row) for row in rows.measures],
        "codings": [asdict(row) for row in rows.codings],
        "topics": topics,
        "references": [asdict(row) for row in rows.references],
        "mentions": list(_mentions(document)),
        "issues": [asdict(row) for row in rows.issues],
    }


def _head(document: Document) -> dict[str, Any]:
    """Return the fields of the head with their places in the raw text, and the names of those that were worked out."""
    if document.head is None or document.text is None:
        return {}
    to_source = document.text.offsets().to_source
    shown: dict[str, Any] = {}
    for field in fields(document.head):
        value = getattr(document.head, field.name)
        parts = value if isinstance(value, tuple) else (value,)
        places = [(part.value, *to_source(part.start, part.end)) for part in parts if isinstance(part, HeadField)]
        rows = [{"value": words, "start": start, "end": end} for words, start, end in places]
        if rows:
            shown[field.name] = rows if isinstance(value, tuple) else rows[0]
    return shown | {"derived": list(document.head.derived)}


def _in_columns(row: Sequence[Cell]) -> list[str]:
    """Return a row's texts by column; empty where a cell from above or from the left reaches into."""
    texts = {cell.column: cell.text.strip() for cell in row}
    return [texts.get(column, "") for column in range(max(texts) + 1)]


def _tables(document: Document) -> Iterable[dict[str, Any]]:
    """Yield the tables: caption, how many rows are heads, the cells' texts by row; places in the raw text."""
    to_source = document.text.offsets().to_source if document.text else None
    pages = {block.start: block.page for block in document.raw.blocks} if document.raw else {}
    for table in document.tables():
        start, end = to_source(table.start, table.end) if to_source else (table.start, table.end)
        rows = [_in_columns(row) for row in table.rows]
        found = {"caption": table.caption, "heads": table.heads, "rows": rows}
        yield {**found, "start": start, "end": end, "page": pages.get(start)}


def _mentions(document: Document) -> Iterable[dict[str, Any]]:
    """Yield the numbers that are no measure: set aside by a rule, or unclaimed; places in the raw text."""
    to_source = document.text.offsets().to_source if document.text else None
    raw = document.raw.text if document.raw else ""
    for mention in document.mentions or ():
        if mention.fate != "claimed":
            start, end = to_source(mention.start, mention.end) if to_source else (mention.start, mention.end)
            yield {"start": start, "end": end, "quote": raw[start:end], "fate": mention.fate, "rule": mention.rule}
