"""What to do when a question in SQL is mistaken or finds nothing: the names and values the tables really have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from pipeline.table.derive import Column, columns
from pipeline.table.schema import TABLES
from pipeline.table.view import OWN_COLUMNS

_UNKNOWN = re.compile(r'Referenced column "([^"]+)"|does not have a column named "([^"]+)"')
_LITERAL = re.compile("'((?:[^']|'')*)'")
_CHINESE = re.compile("[\u3400-\u9fff]")


def table_names() -> str:
    """Return all tables with their Chinese names: 「documents（文档）、…、knowledge（政策知识表）」."""
    return "、".join([*(f"{table.name}（{table.zh}）" for table in TABLES), "knowledge（政策知识表）"])


def mistake(sql: str, error: Exception) -> str:
    """Return what to do about a mistake in ``sql``, in Chinese; empty when nothing is known."""
    words = str(error)
    if "references" in words.split("LINE")[0] and re.search(r'(?<!")\breferences\b(?!")', sql, re.IGNORECASE):
        return '。references 是 SQL 的保留字，请加英文双引号：SELECT * FROM "references"'
    if "Table with name" in words:
        return f"。可用的表：{table_names()}"
    if found := _UNKNOWN.search(words):
        return f"。{_meant(found[1] or found[2])}列名可用 DESCRIBE knowledge（或其他表名）查看"
    return ""


def nothing_found(sql: str) -> tuple[str, ...]:
    """Return sentences on why ``sql`` may have found nothing: Chinese words where a column holds codes, part of a text.

    Empty when it compares with no Chinese text.
    """
    texts = dict.fromkeys(found[1].replace("''", "'") for found in _LITERAL.finditer(sql))
    given = [text for text in texts if _CHINESE.search(text)]
    told = [sentence for text in given for sentence in _codes(text)]
    if told or not given:
        return tuple(told)
    return ("与文字比较用 = 时须和表中的全文相同；只含有这些字的，用 contains(列名, '文字')",)


def _meant(given: str) -> str:
    """Return which column is probably meant by a name that is none; empty for a name that isn't Chinese."""
    if not _CHINESE.search(given):
        return ""
    names = _headings()
    if given in names:
        return f"“{given}”的列名是 {'、'.join(names[given])}；"
    near = "、".join(
        f"{one} {heading}" for heading in names if given in heading or heading in given for one in names[heading]
    )
    return f"列名都是英文，没有标题为“{given}”的列{f'（相近的有 {near}）' if near else ''}；"


@cache
def _headings() -> Mapping[str, tuple[str, ...]]:
    """Return Chinese heading → the columns of that heading, of all tables and the view."""
    found: dict[str, dict[str, None]] = {}
    for column in _columns():
        found.setdefault(column.col.zh, {})[column.name] = None
    for name, col in OWN_COLUMNS.items():
        found.setdefault(col.zh, {})[name] = None
    return {heading: tuple(names) for heading, names in found.items()}


def _codes(text: str) -> Iterator[str]:
    """Yield a sentence for each column that holds a code in place of the Chinese word ``text``."""
    told: dict[str, None] = {}
    for column in _columns():
        for code, word in (column.col.values or {}).items():
            if word == text != code:
                listed = "、".join(f"{one}＝{its}" for one, its in (column.col.values or {}).items())
                told[f"“{text}”在列 {column.name}（{column.col.zh}）中写作 '{code}'（{listed}）"] = None
    yield from told


def _columns() -> Iterator[Column]:
    """Yield the columns of all tables, those of measures first: most questions are about them."""
    for table in sorted(TABLES, key=lambda one: one.name != "measures"):
        yield from columns(table.row)
