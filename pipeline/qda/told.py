"""What an import found, as data and as lines for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from pipeline.qda import memo
from pipeline.qda.compare import KINDS, Kind
from pipeline.qda.incoming import MEASURES, Comparison
from pipeline.qda.keeping import Entry, Imported

_ORDER: tuple[Kind, ...] = ("confirmed", "moved", "recoded", "deleted", "new", "unchanged")
_HOW = {"quote": "按原文", "nearest": "原文不止一处，取最近的", "similar": "原文有改动，按相近文字"}
_QUOTE = 40


def counts(imported: Imported) -> dict[str, int]:
    """Return how many codings there are of each kind; those an earlier import brought count as ``known`` only."""
    found = Counter("known" if entry.known else entry.kind for entry in imported.entries)
    return {name: found[name] for name in (*_ORDER, "known")}


def listed(imported: Imported) -> list[Entry]:
    """Return what there is to tell one by one: all that isn't the machine's still, and is new to the run."""
    return [entry for entry in imported.entries if entry.kind != "unchanged" and not entry.known]


def as_data(imported: Imported) -> dict[str, Any]:
    """Return everything as JSON takes it."""
    comparison, reading = imported.comparison, imported.reading
    return {
        "file": str(comparison.file),
        "origin": comparison.origin,
        "reviewer": comparison.reviewer,
        "reviewed": comparison.reviewed,
        "coders": list(reading.coders) if reading else [],
        "documents": len({one.doc_id for one in comparison.documents}),
        "codings": len(reading.codings) if reading else 0,
        "codes": [asdict(code) for code in reading.codes] if reading else [],
        "counts": counts(imported),
        "changes": [_plain(entry) for entry in listed(imported)],
        "placed": {**comparison.how, "repaired": comparison.repaired},
        "cases": comparison.cases,
        "suggestions": comparison.suggestions,
        "troubles": [asdict(trouble) for trouble in comparison.troubles],
    }


def _plain(entry: Entry) -> dict[str, Any]:
    """Return an entry without what is told by being there."""
    found = asdict(entry)
    del found["known"]
    return found


def summary(imported: Imported) -> str:
    """Return the numbers in one line: 「确认 3 · 移动 4 · …」."""
    found = counts(imported)
    parts = [f"{KINDS[kind]} {found[kind]}" for kind in _ORDER]
    if found["known"]:
        parts.append(f"以前已导入 {found['known']}")
    return " · ".join(parts)


def lines(imported: Imported) -> Iterator[str]:
    """Yield a line for each change: document, place, quote, the machine's code and the person's, who.

    With everything reviewed the confirmed ones, which are most, are only counted.
    """
    for entry in listed(imported):
        if not (entry.kind == "confirmed" and imported.comparison.reviewed):
            yield _line(entry)


def _line(entry: Entry) -> str:
    """Return one change on one line."""
    quote = " ".join(entry.quote.split())
    quote = quote if len(quote) <= _QUOTE else f"{quote[: _QUOTE - 1]}…"
    if entry.kind == "recoded":
        codes = f"{entry.machine_code} → {entry.code}"
    elif entry.kind == "moved":
        codes = f"{entry.code}（机器在第 {entry.machine_start}–{entry.machine_end} 字）"
    else:
        codes = entry.code or entry.machine_code
    who = f"  {entry.coder}" if entry.coder else ""
    return f"{KINDS[entry.kind]}  {entry.document} 第 {entry.start}–{entry.end} 字  “{quote}”  {codes}{who}"


def words(imported: Imported) -> Iterator[str]:
    """Yield what people should know beside the list: how codings were placed, new codes, what to do next."""
    comparison, reading = imported.comparison, imported.reading
    if comparison.older:
        yield (
            f"文件里的{'、'.join(comparison.older)}不是本次运行的机器编码者：导出之后又重新运行过，"
            "列出的变化也可能是机器编码自己变了。请对照导出时的结果导入，或重新导出后再改。"
        )
    yield from _nobodys(comparison)
    if comparison.repaired:
        yield f"有 {comparison.repaired} 处的位置与所附原文不符，已按原文重新定位。"
    for how, number in comparison.how.items():
        if how in _HOW:
            yield f"有 {number} 处不能只凭位置确定（{_HOW[how]}），请抽查。"
    new = [code for code in reading.codes if code.codebook != MEASURES] if reading else []
    if new:
        names = "、".join(f"{code.codebook}/{code.name}" for code in new[:10])
        yield f"文件中有 {len(new)} 个代码是编码本里没有的，已加入代码表：{names}{' 等' if len(new) > 10 else ''}"
    if reading and any(coding.codebook == MEASURES for coding in reading.codings):
        yield f"人对措施的编码记在编码本“{MEASURES}”中，措施表不变。"
    found = counts(imported)
    if found["unchanged"] and not comparison.reviewed:
        yield (
            f"有 {found['unchanged']} 处机器编码没有改动，仍算机器的。"
            f"如果都已看过并同意，请加 --reviewed 再导入一次，它们就同时算作“{comparison.reviewer}”的编码。"
        )
    for name, number in imported.gone:
        yield f"people/{name}.json 中有 {number} 条编码所在的文档已不在本次运行中，没有写入结果表。"


def _nobodys(comparison: Comparison) -> Iterator[str]:
    """Yield what of the file is nobody's coding."""
    if comparison.cases:
        yield f"有 {comparison.cases} 处是写成代码的案例（--case-as-code），不是谁的编码，没有算在内。"
    if comparison.suggestions:
        yield (
            f"有 {comparison.suggestions} 处是待审的建议（编码者“{memo.DOUBTS}”），不是谁的编码，没有算在内；"
            "同意的请用自己的名字另编。"
        )
