"""The page ``cewen show`` prints: each part of a document as lines, cut to the first few unless asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline.cli.grouping import shown_row
from pipeline.cli.places import place
from pipeline.cli.text import cut, fitting, table, terminal_columns
from pipeline.core.values import SUM_MATCH, SUM_MISMATCH
from pipeline.table.derive import columns
from pipeline.table.schema import SEVERITIES, DocumentRow, MeasureRow
from pipeline.table.words import unwrap

PARTS = {
    "head": "文件头",
    "outline": "章节",
    "tables": "表格",
    "measures": "措施",
    "sums": "合计",
    "codings": "编码",
    "topics": "主题",
    "references": "引用",
    "numbers": "数字",
    "issues": "问题",
}
# So many lines of each part are shown when no part is asked for; together with the titles fewer than 80.
_MOST = {
    "outline": 8,
    "tables": 4,
    "measures": 10,
    "sums": 4,
    "codings": 8,
    "topics": 2,
    "references": 4,
    "numbers": 4,
    "issues": 3,
}
_MEASURES = ("quote", "value_min", "value_max", "unit", "bound", "role", "kind", "per", "item", "beneficiary", "page")
_IMPORTANCE = ("quote", "role", "item", "beneficiary", "value_max", "value_min", "bound", "unit", "kind", "per", "page")
_SIGNS = {SUM_MATCH: "＝", SUM_MISMATCH: "≠"}
# fields of the head that have no column, and the column of one that's called otherwise
_MORE = {
    "attached_title": "所附文件",
    "source": "来源",
    "published": "网页发布日期",
    "authors": "作者",
    "abstract": "摘要",
    "keywords": "关键词",
    "copied_to": "抄送",
    "printed_by": "印发机关",
    "printed_on": "印发日期",
}
_COLUMNS = {"issuers": "issuer"}
_LONGEST_VALUE = 120
Names = Mapping[tuple[str, str], tuple[str, ...]]


def page(found: Mapping[str, Any], names: Names, *, only: Sequence[str], call: str) -> str:
    """Return the parts ``only`` (none: all, cut short) of a document as text.

    ``names`` leads codebook and code to the code's names from the top; ``call`` is the command to see more with.
    """
    writers: dict[str, Callable[[], tuple[str, list[str]]]] = {
        "head": lambda: ("", _head(found["document"], found.get("head", {}))),
        "outline": lambda: ("章节", [_heading(one) for one in found["sections"]]),
        "tables": lambda: (f"表格（{len(found['tables'])} 张）", _tables(found["tables"])),
        "measures": lambda: (f"措施（{len(found['measures'])} 条）", _measures(found["measures"])),
        "sums": lambda: _titled("合计", "处", _sums(found["measures"])),
        "codings": lambda: _titled("编码", "段", _codings(found["codings"], names)),
        "topics": lambda: (
            "主题",
            [f"{one['weight']:.2f}  {one['label']}（{one['topic_id']}）" for one in found["topics"]],
        ),
        "references": lambda: _titled("引用", "处", [_reference(one) for one in found["references"]]),
        "numbers": lambda: _titled("数字（不算措施的）", "行", _numbers(found["mentions"])),
        "issues": lambda: _titled("问题", "个", [_issue(one) for one in found["issues"]]),
    }
    parts = []
    for part in only or writers:
        title, lines = writers[part]()
        most = _MOST.get(part) if not only else None
        if lines or only:
            parts.append(
                _part(title or PARTS[part], lines or ["（无）"], most=most, more=f"{call} --only {PARTS[part]}")
            )
    return "\n\n".join(parts)


def _titled(title: str, unit: str, lines: list[str]) -> tuple[str, list[str]]:
    """Return a title with the number of lines, and the lines."""
    return f"{title}（{len(lines)} {unit}）", lines


def _part(title: str, lines: list[str], *, most: int | None, more: str) -> str:
    """Return lines under their title, at most ``most`` and then how many are left out."""
    heads = lines[:2] if title.startswith("措施") and len(lines) > 1 else []
    rows = lines[len(heads) :]
    shown = rows if most is None else rows[:most]
    if len(shown) < len(rows):
        shown = [*shown, f"……另有 {len(rows) - len(shown)} 条，全部显示：{more}"]
    return "\n".join([title, *(f"  {line.rstrip()}" for line in (*heads, *shown))])


def _head(document: Mapping[str, Any], head: Mapping[str, Any]) -> list[str]:
    """Return the document's own columns and what else its head says, Chinese, without the empty ones.

    What isn't printed but worked out from other fields is marked 推断.
    """
    kept = {column.name: column.col for column in columns(DocumentRow)}
    derived = {_COLUMNS.get(name, name) for name in head.get("derived", ())}
    lines = [
        f"{kept[name].zh}：{(kept[name].values or {}).get(value, value)}{'（推断）' if name in derived else ''}"
        for name, value in document.items()
        if value is not None
    ]
    return lines + [f"{zh}：{_values(head[name])}" for name, zh in _MORE.items() if head.get(name)]


def _values(found: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> str:
    """Return the value of a field of the head, several joined, cut to a line."""
    parts = [found] if isinstance(found, Mapping) else found
    return cut("；".join(str(part["value"]) for part in parts), _LONGEST_VALUE)


def _heading(section: Mapping[str, Any]) -> str:
    """Return a heading, set in by its level."""
    return cut("  " * (section["level"] - 1) + f"{section['number']} {section['heading']}", terminal_columns() - 2)


def _tables(tables: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return each table: a line with its caption and size, and its rows, cells parted by bars."""
    lines = []
    for number, one in enumerate(tables, 1):
        wide = max(len(row) for row in one["rows"])
        lines.append(f"{one['caption'] or f'第 {number} 张表'}：{len(one['rows'])} 行 {wide} 列{place(dict(one))}")
        lines += [cut("  " + " | ".join(unwrap(cell) for cell in row), terminal_columns() - 2) for row in one["rows"]]
    return lines


def _measures(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the measures as a table's lines; columns that are all empty are left out."""
    if not rows:
        return []
    names = [name for name in _MEASURES if any(row[name] is not None for row in rows)]
    headings = {column.name: column.col for column in columns(MeasureRow)}
    heads = [headings[name].zh for name in names]
    cells = [shown_row({name: row[name] for name in names}) for row in rows]
    importance = [names.index(name) for name in _IMPORTANCE if name in names]
    kept, widths = fitting(heads, cells, total=terminal_columns() - 2, importance=importance)
    text = table([heads[i] for i in kept], [[row[i] for i in kept] for row in cells], widths)
    return text.splitlines()


def _sums(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a line for each total whose parts were added up: whether they make it."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["group_id"] or "", []).append(row)
    lines = []
    for row in rows:
        said = row["rule"].rpartition("；")[2]
        if said in _SIGNS:
            same = (row["unit"], row["per"], row["evidence_start"])
            others = [one for one in groups[row["group_id"]] if one is not row]
            parts = [unwrap(p["quote"]) for p in others if (p["unit"], p["per"], p["evidence_start"]) == same]
            lines.append(f"{said}：{unwrap(row['quote'])}{_SIGNS[said]}{'＋'.join(parts)}{place(dict(row))}")
    return lines


def _codings(rows: Sequence[Mapping[str, Any]], names: Names) -> list[str]:
    """Return a line for each clause: its beginning and its codes by name, without those whose child is there too."""
    clauses: dict[tuple[int, int], list[Mapping[str, Any]]] = {}
    for row in rows:
        clauses.setdefault((row["start"], row["end"]), []).append(row)
    lines = []
    order = {key: number for number, key in enumerate(names)}
    for found in clauses.values():
        found.sort(key=lambda row: order.get((row["codebook"], row["code"]), len(order)))
        paths = [names.get((row["codebook"], row["code"]), (row["code"],)) for row in found]
        books = [row["codebook"] for row in found]
        above = {(book, path[:depth]) for book, path in zip(books, paths, strict=True) for depth in range(len(path))}
        codes = "；".join(
            ">".join(path) for book, path in dict.fromkeys(zip(books, paths, strict=True)) if (book, path) not in above
        )
        room = max(terminal_columns() // 2 - 4, 24)
        lines.append(f"{cut(unwrap(found[0]['quote']), room)}  {codes}")
    return lines


def _reference(row: Mapping[str, Any]) -> str:
    """Return one reference."""
    return f"{row['relation']} 《{unwrap(row['title'])}》 {row['doc_number'] or ''}"


def _numbers(mentions: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the numbers that are no measure: set aside, by rule, then those no rule claims."""
    by_rule: dict[str, Counter[str]] = {}
    for one in mentions:
        if one["fate"] == "set_aside":
            by_rule.setdefault(one["rule"], Counter())[unwrap(one["quote"])] += 1
    lines = [
        f"{rule}：" + "、".join(quote if count == 1 else f"{quote}×{count}" for quote, count in quotes.items())
        for rule, quotes in sorted(by_rule.items())
    ]
    unclaimed = [f"{one['quote']}（{one['start']}–{one['end']}）" for one in mentions if one["fate"] == "unclaimed"]
    if unclaimed:
        lines.insert(0, f"没有归入的数字（{len(unclaimed)} 个）：{'、'.join(unclaimed)}")
    return lines


def _issue(row: Mapping[str, Any]) -> str:
    """Return one issue."""
    return f"[{SEVERITIES[row['severity']]}]{place(dict(row))} {row['message']}"
