"""A finished run in a few lines: documents, measures, the largest benefits, codes, topics, issues."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.table.query import connect
from pipeline.table.schema import KINDS, ROLES, SEVERITIES, STATUSES
from pipeline.table.view import codebook_names
from pipeline.table.words import unwrap

_TOP = 5
NOTHING = "没有读到文件：请检查输入的目录是不是空的"
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Benefit:
    """A large benefit: its value in 元, who gets it for what, the quantity and its sentence as printed, the file."""

    value: Decimal
    beneficiary: str | None
    item: str | None
    quote: str
    evidence: str
    source_name: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run found. Counts are largest first, documents and measures in the order of their closed lists.

    ``codes`` are those of the top level, by codebook; ``codebooks`` leads to the names people know them by.
    """

    documents: tuple[tuple[str, int], ...]
    kinds: tuple[tuple[str, int], ...]
    roles: tuple[tuple[str, int], ...]
    benefits: tuple[Benefit, ...]
    codes: tuple[tuple[str, str, int], ...]
    codebooks: dict[str, str]
    codings: int
    topics: tuple[tuple[str, int], ...]
    issues: tuple[tuple[str, str, int], ...]


# a doubtful figure may be no benefit at all, and would stand on top where it is large
_BENEFITS = """
SELECT max(coalesce(m.value_max, m.value_min)) AS value, any_value(m.beneficiary ORDER BY m.rowid),
  any_value(m.item ORDER BY m.rowid), m.quote, m.evidence, d.source_name
FROM measures m JOIN documents d ON d.doc_id = m.doc_id
WHERE m.kind = 'money' AND m.role = 'benefit' AND m.unit = '元' AND coalesce(m.value_max, m.value_min) IS NOT NULL
  AND m.confidence >= 0.4
GROUP BY m.quote, m.evidence, d.source_name
ORDER BY value DESC, min(m.rowid) LIMIT ?
"""
# Only the top level: who gets a child has its parents too, and people's codings count for their parents.
_CODES = """
WITH tops AS (
  SELECT DISTINCT doc_id, start, "end", codebook, split_part(coalesce(code_path, code), '/', 1) AS code FROM codings
)
SELECT t.codebook, coalesce(any_value(n.name), t.code), count(*)
FROM tops t LEFT JOIN (SELECT *, rowid AS position FROM codes) n ON n.codebook = t.codebook AND n.code = t.code
GROUP BY t.codebook, t.code
ORDER BY min(n.position) NULLS LAST, t.codebook, t.code
"""


def summarize(out: Path) -> Summary:
    """Return the summary of a finished run. Raises PipelineError when ``out`` holds none."""
    with connect(out) as connection:

        def counted(sql: str) -> list[tuple[str, int]]:
            return [(str(name), int(count)) for name, count in connection.execute(sql).fetchall()]

        benefits = connection.execute(_BENEFITS, [_TOP]).fetchall()
        issues = "SELECT severity, code, count(*) FROM issues GROUP BY 1, 2 ORDER BY 3 DESC, 2"
        return Summary(
            documents=_sorted(counted("SELECT status, count(*) FROM documents GROUP BY 1"), STATUSES),
            kinds=_sorted(counted("SELECT kind, count(*) FROM measures GROUP BY 1"), KINDS),
            roles=_sorted(counted("SELECT role, count(*) FROM measures GROUP BY 1"), ROLES),
            benefits=tuple(Benefit(*row) for row in benefits),
            codes=tuple(connection.execute(_CODES).fetchall()),
            codebooks=codebook_names(connection),
            codings=counted("SELECT '', count(*) FROM codings")[0][1],
            topics=tuple(counted("SELECT label, n_documents FROM topics ORDER BY n_documents DESC, topic_id")),
            issues=tuple(connection.execute(issues).fetchall()),
        )


def as_data(summary: Summary) -> dict[str, Any]:
    """Return the summary as plain data for JSON."""
    return {
        "documents": dict(summary.documents),
        "measures": {"kinds": dict(summary.kinds), "roles": dict(summary.roles)},
        "benefits": [asdict(one) for one in summary.benefits],
        "codings": summary.codings,
        "codes": [
            {"codebook": book, "codebook_name": summary.codebooks.get(book, book), "name": name, "n": count}
            for book, name, count in summary.codes
        ],
        "topics": [{"label": label, "n_documents": count} for label, count in summary.topics],
        "issues": [{"severity": severity, "code": code, "n": count} for severity, code, count in summary.issues],
    }


def _sorted(counts: list[tuple[str, int]], order: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return the counts in the order of a closed list."""
    found = dict(counts)
    return tuple((name, found[name]) for name in order if name in found)


def render(summary: Summary, out: Path) -> str:
    """Return the summary as Chinese text."""
    if not summary.documents:
        return NOTHING
    lines = [f"文档 {_total(summary.documents)} 份：{_counts(summary.documents, STATUSES)}"]
    lines.append(f"措施 {_total(summary.kinds)} 条")
    if summary.kinds:
        lines += [f"  按类型：{_counts(summary.kinds, KINDS)}", f"  按作用：{_counts(summary.roles, ROLES)}"]
    if summary.benefits:
        lines.append("金额最大的优惠支持（自动判断，请核对原文）：")
        lines += [line for place, one in enumerate(summary.benefits, 1) for line in _benefit(place, one)]
    lines += _codes(summary)
    if summary.topics:
        lines.append(
            f"主题 {len(summary.topics)} 个：{_first([(label, count) for label, count in summary.topics], '篇')}"
        )
    lines.append(_issues(summary))
    lines.append(f"结果表：{out / 'knowledge.duckdb'}，{out / 'tables'}/*.parquet")
    return "\n".join(lines)


def _codes(summary: Summary) -> list[str]:
    """Return a line for each codebook with its codes of the top level, most frequent first."""
    books: dict[str, list[tuple[str, int]]] = {}
    for book, name, count in summary.codes:
        books.setdefault(book, []).append((name, count))
    lines = [f"编码 {summary.codings} 处（下面只列最高一级，各为多少段）："] if books else []
    for book, counts in books.items():
        lines.append(f"  {summary.codebooks.get(book, book)}：{_first(sorted(counts, key=lambda one: -one[1]))}")
    return lines


def _benefit(place: int, one: Benefit) -> list[str]:
    """Return the lines of one benefit."""
    what = "，".join(text for text in (one.beneficiary, one.item) if text)
    head = f"  {place}. {yuan(one.value)}" + (f"（{_short(what, 40)}）" if what else "")
    return [head, f"     “{_around(one.evidence, one.quote, 70)}”——{one.source_name}"]


def yuan(value: Decimal) -> str:
    """Return an amount as people say it: 500000 → 「50万元」, 120000000 → 「1.2亿元」."""
    for unit, factor in (("亿", Decimal(10**8)), ("万", Decimal(10**4))):
        if value >= factor:
            return f"{(value / factor).normalize():f}{unit}元"
    return f"{value.normalize():f}元"


def _short(text: str, most: int) -> str:
    """Return a text on one line, cut to ``most`` characters."""
    line = unwrap(text)
    return line if len(line) <= most else line[: most - 1] + "…"


def _around(text: str, quote: str, most: int) -> str:
    """Return ``most`` characters of a text on one line, with ``quote`` among them."""
    line, wanted = unwrap(text), unwrap(quote)
    start = max(0, min(line.find(wanted) + len(wanted) // 2 - most // 2, len(line) - most))
    end = start + most
    return ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")


def _total(counts: Iterable[tuple[str, int]]) -> int:
    """Return the sum of the counts."""
    return sum(count for _, count in counts)


def _counts(counts: Iterable[tuple[str, int]], names: dict[str, str]) -> str:
    """Return counts with the Chinese words of a closed list."""
    return "，".join(f"{names[name]} {count}" for name, count in counts) or "无"


def _first(counts: list[tuple[str, int]], unit: str = "") -> str:
    """Return the first few counts."""
    shown = "；".join(f"{name} {count}{unit}" for name, count in counts[:_SHOWN])
    return shown + ("……" if len(counts) > _SHOWN else "")


def _issues(summary: Summary) -> str:
    """Return the line on issues."""
    by_severity = dict.fromkeys(SEVERITIES, 0)
    for severity, _, count in summary.issues:
        by_severity[severity] += count
    found = [(name, count) for name, count in by_severity.items() if count]
    if not found:
        return "问题：无"
    codes = "；".join(f"{code} {count}" for _, code, count in summary.issues[:_SHOWN])
    return f"问题：{_counts(found, SEVERITIES)}（{codes}{'……' if len(summary.issues) > _SHOWN else ''}）"
