"""The list of disagreements in Chinese, and everything as a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.coding.agreement import Figure
from pipeline.scoring.agreement import F1_NAMES, Pair, Row
from pipeline.scoring.agreement_group import Group, GroupRow
from pipeline.scoring.agreement_result import LEVELS, Agreement, level
from pipeline.scoring.agreement_words import RESAMPLED, header, label_of, reading, shown
from pipeline.scoring.coders import Coder
from pipeline.scoring.disagreements import Disagreement, Evidence
from pipeline.scoring.unit_sheet import UNITS
from pipeline.table.words import unwrap
from pipeline.table.workbook import Look, Sheet, workbook

_QUOTE = 160
_FIGURES: Mapping[str, str] = {
    "prevalence": "出现率",
    "percent": "一致率",
    "holsti": "Holsti",
    "pi": "Scott π",
    "kappa": "Cohen κ",
    "fleiss": "Fleiss κ",
    "alpha": "Krippendorff α",
    "brennan_prediger": "Brennan-Prediger",
    F1_NAMES[0]: "片段 F1（有重叠）",
    F1_NAMES[1]: "片段 F1（交并比≥0.5）",
    F1_NAMES[2]: "片段 F1（交并比≥0.9）",
    "masi_alpha": "集合 α（MASI）",
    "macro_percent": "各代码平均一致率",
    "macro_kappa": "各代码平均 κ",
    "macro_alpha": "各代码平均 α",
}
_OF_CODES = tuple(name for name in _FIGURES if not name.startswith(("macro", "masi")))
_NOTES = (
    ("单元", "一致性按单元数：字（NVivo 的算法）、句、段（与机器编码同样切分的条款）、篇。"),
    ("算作编码", "句、段：编码盖住至少一半，或一处编码至少一半落在其中。篇：有一处即算。下级代码的编码也算上级的。"),
    (
        "读过",
        "只数双方都读过的：机器读过全部；人工以导入的记录为准，抽样的只算抽到的条款，没有记录的取有其编码的文档。",
    ),
    ("出现率", "两人编码数之和 ÷ 2 ÷ 单元数。很低时一致率总是很高，κ、π、α 却可能很低（κ 悖论），要一并看个数。"),
    ("一致率", "取值相同的单元 ÷ 全部单元。"),
    ("Holsti", "2M ÷ (N1+N2)，M 为双方都编码的单元数（Holsti 1969）。"),
    ("Scott π", "(Po−Pe) ÷ (1−Pe)，Pe 由两人合并的比例算出（Scott 1955）。"),
    ("Cohen κ", "同上，Pe 由各人自己的比例算出（Cohen 1960）。"),
    ("Fleiss κ", "多个编码者，只数全体都读过的单元（Fleiss 1971）。"),
    (
        "Krippendorff α",
        "名义尺度，多个编码者，没读过的算缺失（Krippendorff 2004）。≥ 0.80 可靠，≥ 0.667 可作初步结论。",
    ),
    ("Brennan-Prediger", "(Po−1/2) ÷ (1−1/2)，MAXQDA 所用（Brennan & Prediger 1981）。"),
    ("集合 α", "每个单元的整组代码相比，距离为 MASI（Passonneau 2006）。"),
    ("片段 F1", "编码的起止相比，一一配对：有重叠，或交并比不低于 0.5、0.9。区间只按文档抽。"),
    ("汇总与平均", "汇总：每个单元的每个代码各算一次判断；平均：各代码系数的平均。双方都没用过的代码不计。"),
    ("区间", "95%，自助抽样百分位法，种子固定；至少 5 篇时按文档抽，否则按单元抽。"),
    ("空白", "系数没有定义，原因见“没有定义的原因”。"),
)


def lines_of(listed: Sequence[Disagreement], coders: Sequence[Coder]) -> Iterator[str]:
    """Yield the list for a terminal: place, text, and what each coder gave it."""
    for number, one in enumerate(listed, 1):
        section = f"  {unwrap(one.section)}" if one.section else ""
        yield f"[{number}] {one.source_name} 第 {one.start}–{one.end} 字{section}"
        yield f"    “{_short(one.quote)}”"
        for name, given in one.given:
            words = "；".join(_evidence(evidence, one) for evidence in given) or "（没有编码）"
            yield f"    {label_of(coders, name)}：{words}"


def _evidence(given: Evidence, unit: Disagreement) -> str:
    """Return a code with its reason, and what was marked where it isn't the whole unit."""
    rule = f"〔{given.rule}〕" if given.rule and not given.agreed else ""
    whole = (given.start, given.end) == (unit.start, unit.end)
    marked = "" if whole or given.agreed else f"“{_short(given.quote, 40)}”"
    return f"{given.path}{rule}{marked}" + ("（一致）" if given.agreed else "")


def _short(text: str, most: int = _QUOTE) -> str:
    """Return a text on one line, cut in the middle so that both ends are seen."""
    text = unwrap(text)
    return text if len(text) <= most else f"{text[: most * 2 // 3]}……{text[-most // 3 :]}"


def write_workbook(found: Agreement, listed: Sequence[Disagreement], names: Mapping[str, str], target: Path) -> None:
    """Write a workbook with 总表, 各代码, 分歧清单 and 说明. ``names`` are the codebooks' Chinese names."""
    counts = ("单元", "都有", "仅前者", "仅后者")
    with workbook(target) as book:
        plan = _plan("总表", ("编码者", "编码本", "文档", *counts), [*_FIGURES], (24, 18))
        book.sheet(plan, _totals(found, names))
        plan = _plan("各代码", ("编码者", "编码本", "代码", "名称", *counts), [*_OF_CODES], (24, 18, 18, 22))
        book.sheet(plan, _by_code(found, names))
        looks = [Look(24), Look(9), Look(9), Look(30), Look(60, wrap=True), *[Look(40, wrap=True)] * len(found.coders)]
        heads = ("文件名", "起", "止", "章节", "原文", *(coder.label for coder in found.coders))
        book.sheet(Sheet("分歧清单", heads, looks, 1), _listed(listed, found.coders))
        book.sheet(Sheet("说明", ("条目", "说明"), (Look(18), Look(110, wrap=True))), _notes(found))


def _plan(name: str, heads: Sequence[str], figures: Sequence[str], widths: Sequence[int]) -> Sheet:
    """Return a sheet whose figures have their interval beside them."""
    columns = [head for one in figures for head in (_FIGURES[one], "下限", "上限")]
    looks = [Look(width) for width in (*widths, *[9] * (len(heads) - len(widths)), *[11, 8, 8] * len(figures), 14, 40)]
    titles = (*heads, *_distinct(columns), "判读", "没有定义的原因")
    return Sheet(name, titles, looks, len(widths))


def _distinct(columns: Sequence[str]) -> Iterator[str]:
    """Yield the headings of figures; those of their ends with the figure's name, so that each is there once."""
    name = ""
    for column in columns:
        name = name if column in ("下限", "上限") else column
        yield f"{name} {column}" if column in ("下限", "上限") else column


def _cells(row: Row | GroupRow, wanted: Iterable[str]) -> list[Any]:
    """Return the figures of a row with their ends, what α allows, and why figures are missing."""
    cells: list[Any] = []
    for name in wanted:
        one = row.figures.get(name, Figure(None))
        cells += [shown(one), shown(Figure(one.low)), shown(Figure(one.high))]
    found = level(row.figures["alpha"])
    reasons = dict.fromkeys(one.reason for one in row.figures.values() if one.reason)
    return [*cells, LEVELS[found] if found else None, "；".join(reasons) or None]


def _counts(row: Row) -> tuple[int, ...]:
    """Return the counts of units."""
    return row.units, row.both, row.only_a, row.only_b


def _totals(found: Agreement, names: Mapping[str, str]) -> Iterator[list[Any]]:
    """Yield the rows of all together: for each pair its codebooks and the whole, then all coders."""
    for pair in found.pairs:
        for row in (*pair.books, pair.total):
            book = names.get(row.codebook, row.codebook) or "全部"
            yield [_who(pair), book, pair.documents, *_counts(row), *_cells(row, _FIGURES)]
    if group := found.group:
        cells = _cells(group.total, _FIGURES)
        yield [_all(group), "全部", group.documents, group.total.units, None, None, None, *cells]


def _by_code(found: Agreement, names: Mapping[str, str]) -> Iterator[list[Any]]:
    """Yield the rows of single codes."""
    for pair in found.pairs:
        for row in pair.rows:
            book = names.get(row.codebook, row.codebook)
            yield [_who(pair), book, row.code, "　" * row.depth + row.name, *_counts(row), *_cells(row, _OF_CODES)]
    if group := found.group:
        for one in group.rows:
            head = [_all(group), names.get(one.codebook, one.codebook), one.code, "　" * one.depth + one.name]
            yield [*head, one.units, None, None, None, *_cells(one, _OF_CODES)]


def _who(pair: Pair) -> str:
    """Return the names of two coders."""
    return f"{pair.a.label}–{pair.b.label}"


def _all(group: Group) -> str:
    """Return the names of all coders."""
    return "全体：" + "、".join(coder.label for coder in group.coders)


def _listed(listed: Sequence[Disagreement], coders: Sequence[Coder]) -> Iterator[list[Any]]:
    """Yield a row for each disagreement; a coder who hasn't read the unit has an empty cell."""
    for one in listed:
        given = dict(one.given)
        cells = [
            None
            if coder.name not in given
            else "\n".join(_evidence(e, one) for e in given[coder.name]) or "（没有编码）"
            for coder in coders
        ]
        yield [one.source_name, one.start, one.end, unwrap(one.section), unwrap(one.quote), *cells]


def _notes(found: Agreement) -> Iterator[tuple[str, str]]:
    """Yield what was compared, what the figures say and how they are made."""
    yield "单元", UNITS[found.kind]
    for line in header(found):
        yield "编码者", line.strip()
    for pair in found.pairs:
        yield _who(pair), f"区间：{RESAMPLED[pair.blocks]}"
        for line in reading(pair, found.kind):
            yield _who(pair), line
    yield from _NOTES
