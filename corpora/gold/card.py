"""Writes the figures of the data card: the marked parts of README.md and README.zh-CN.md, counted from the files.

python corpora/gold/card.py
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import load
from load import HERE, SPLITS, VALUES, Passage, Record

VERSION = "1.0"
LABELS = HERE.parent / "labels" / "measures.jsonl"
CARDS = {"en": HERE / "README.md", "zh": HERE / "README.zh-CN.md"}
KINDS = {
    "政策措施": "policy measures",
    "办法": "measures for administration (办法)",
    "实施细则": "implementing rules",
    "申报通知与指南": "calls for applications, guides",
    "条例与规定": "regulations and provisions",
    "公示与资金分配": "public notices of awards, allocation of funds",
    "问答与解读": "questions and answers, explanations",
    "政府工作报告": "government work report",
    "规划": "plan",
    "行动方案": "action plan",
    "统计公报": "statistical bulletin",
    "意见": "opinions",
    "工作总结": "work summary",
    "调研报告": "field study",
    "论文": "academic paper",
    "新闻与简报": "news, bulletin",
    "公告与通告": "announcement, notice",
    "批复": "official reply",
    "会议纪要": "minutes of a meeting",
    "建议提案答复": "answer to a proposal",
    "通报": "circular",
}
_NUMERAL = re.compile(r"[0-9０-９]+(?:[.,，][0-9０-９]+)*")
_GAP = "[^\\d，；\x00]"
_RISE = re.compile(f"[由从]{_GAP}{{0,9}}\x00{_GAP}{{0,12}}(?:提高|扩|增|调|降|缩|放宽|优化){_GAP}{{0,4}}\x00")


def _shown(record: Record) -> str:
    """Return the quantity as printed, on one line."""
    return str(record["surface"]).replace("\n", "")


def _in_table(record: Record, text: str) -> bool:
    """Tell whether the quantity is a cell of a table: its line holds tabs."""
    start, end = text.rfind("\n", 0, record["start"]), text.find("\n", record["end"])
    return "\t" in text[start + 1 : end]


def _tier(record: Record, passage: Passage) -> bool:
    """Tell whether a benefit of money stands with two others or more in one sentence."""
    sentence = _sentence(record, passage.text)
    others = [one for one in passage.records if sentence[0] <= one["start"] < sentence[1] and _award(one)]
    return _award(record) and len(others) > 2


def _award(record: Record) -> bool:
    """Tell whether a record is a benefit of money."""
    return bool(record["kind"] == "money" and record["role"] == "benefit")


def _sentence(record: Record, text: str) -> tuple[int, int]:
    """Return the ends of the sentence around a record."""
    ends = [match.start() for match in re.finditer(r"[。；\n]", text) if not _within(match.start(), record)]
    before, after = [at for at in ends if at < record["start"]], [at for at in ends if at >= record["end"]]
    return (before[-1] + 1 if before else 0), (after[0] if after else len(text))


def _within(place: int, record: Record) -> bool:
    """Tell whether a place lies in the quantity itself."""
    return bool(record["start"] <= place < record["end"])


def _bare(record: Record, passage: Passage) -> bool:
    """Tell whether the unit isn't printed at the number but at the last one of the list."""
    return not _in_table(record, passage.text) and bool(record["unit"]) and _shown(record)[-1] in "0123456789万亿"


def _changed(record: Record, passage: Passage) -> bool:
    """Tell whether the record is the old or the new value of 由X提高到Y."""
    start, end = _sentence(record, passage.text)
    marked = passage.text[start:end]
    inside = [one for one in passage.records if start <= one["start"] and one["end"] <= end]
    for one in reversed(inside):
        marked = marked[: one["start"] - start] + "\x00" + marked[one["end"] - start :]
    places = [match.start() for match in re.finditer("\x00", marked)]
    hits = [(m.start() + m.group().index("\x00"), m.end() - 1) for m in _RISE.finditer(marked)]
    changed = {inside[places.index(place)]["start"] for pair in hits for place in pair}
    return record["start"] in changed


Law = Callable[[Record, Passage], Any]
CONSTRUCTIONS: tuple[tuple[str, str, Law], ...] = (
    ("tiers: three awards or more in one sentence", "分档：一句中三个及以上金额", _tier),
    ("the unit is printed at the last number only (4.3、1.8、2.6万吨)", "单位只写在末位（4.3、1.8、2.6万吨）", _bare),
    ("ranges (30—50万元)", "区间（30—50万元）", lambda r, p: r["bound"] == "range" and not _two_sided(r)),
    ("two-sided limits (500万元以上1000万元以下)", "双侧门槛（500万元以上1000万元以下）", lambda r, p: _two_sided(r)),
    (
        "caps of a benefit (最高80万元)",
        "优惠上限（最高80万元）",
        lambda r, p: r["role"] == "benefit" and r["bound"] == "max",
    ),
    ("thresholds (condition, with a limit)", "门槛（条件，带限定）", lambda r, p: _threshold(r)),
    (
        "steps (每增加50吨, 每半年)",
        "阶梯基准（每增加50吨、每半年）",
        lambda r, p: any(re.match(r"\d|一|半", w) for w in r["per"] or ()),
    ),
    ("per of two words or more (每人每月)", "两层及以上基准（每人每月）", lambda r, p: len(r["per"] or ()) > 1),
    ("old and new value (由X提高到Y)", "前后两值（由X提高到Y）", _changed),
    ("cells of tables", "表格单元格", lambda r, p: _in_table(r, p.text)),
    (
        "Chinese numerals (百分之二十, 五千平方米)",
        "汉字数字（百分之二十、五千平方米）",
        lambda r, p: not re.search(r"\d", r["surface"]),
    ),
    ("full-width digits (３００万元)", "全角数字（３００万元）", lambda r, p: re.search("[０-９]", r["surface"])),
    ("thousands separators (1,205亿元)", "千分位（1,205亿元）", lambda r, p: re.search(r"\d,\d{3}", r["surface"])),
    ("broken by a line end", "数值中断行", lambda r, p: "\n" in r["surface"]),
    ("成 (三成)", "几成（三成）", lambda r, p: r["kind"] == "percent" and "成" in r["surface"]),
    ("‰, BP, percentage points", "‰、BP、百分点", lambda r, p: r["unit"] in ("‰", "BP", "百分点")),
    ("ratios and fractions (1：5.4, 三分之一)", "比例与分数（1：5.4、三分之一）", lambda r, p: r["kind"] == "ratio"),
    ("multiples (2倍, 翻一番)", "倍数（2倍、翻一番）", lambda r, p: r["kind"] == "multiple"),
    (
        "fines (一万元以上五万元以下罚款)",
        "罚款（一万元以上五万元以下罚款）",
        lambda r, p: r["role"] == "other" and r["item"] == "罚款",
    ),
)


def _two_sided(record: Record) -> bool:
    """Tell whether a range is written with two limits."""
    return bool(record["bound"] == "range" and re.search("以上|以下|不足|不超过|[(（]含[)）]", _shown(record)))


def _threshold(record: Record) -> bool:
    """Tell whether a record is a condition with a limit."""
    return bool(record["role"] == "condition" and record["bound"] in ("min", "max", "range"))


# The marked parts: each returns rows of a table; the first is its head


def headline(zh: bool) -> list[str]:
    """Return the sentence of sizes."""
    sizes = {split: load.passages(None if split == "all" else split) for split in (*SPLITS, "all")}
    passages, records = len(sizes["all"]), sum(len(one.records) for one in sizes["all"])
    characters = sum(len(one.text) for one in sizes["all"])
    outside = sum(_loose(one) for one in sizes["all"])
    dense, real = 1000 * records / characters, _real_density()
    halves = [(len(sizes[split]), sum(len(one.records) for one in sizes[split])) for split in SPLITS]
    (a, b), (c, d) = halves
    if zh:
        return [
            f"**{passages} 段文本，{records:,} 条记录**：训练 {a} 段、{b:,} 条，测试 {c} 段、{d:,} 条。"
            f"共 {characters:,} 字，{len(KINDS)} 类文体；每千字 {dense:.0f} 条记录"
            f"（训练所用的真实文件段落为 {real:.0f} 条）。"
            f"另有 {outside:,} 处阿拉伯数字不是措施（日期、条号、文号、表号等）。",
            "",
            f"版本 {VERSION}，摘要 `{load.digest()}`（`load.py` 会算出来，引用时请写上）。",
        ]
    return [
        f"**{passages} passages, {records:,} records**: {a} passages with {b:,} records to train on,"
        f" {c} with {d:,} to test. {characters:,} characters, {len(KINDS)} kinds of documents;"
        f" {dense:.0f} records per 1,000 characters ({real:.0f} in the passages of real documents we train on)."
        f" Another {outside:,} Arabic numerals are no measures: dates, articles, document numbers, labels.",
        "",
        f"Version {VERSION}, digest `{load.digest()}` (`load.py` prints it; please cite it).",
    ]


def _loose(passage: Passage) -> int:
    """Return how many Arabic numerals are outside all records."""
    spans = [(one["start"], one["end"]) for one in passage.records]
    return sum(
        not any(start <= match.start() < end for start, end in spans) for match in _NUMERAL.finditer(passage.text)
    )


def _real_density() -> float:
    """Return the records per 1,000 characters of the labelled passages of real documents."""
    rows = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    records, characters = sum(len(row["records"]) for row in rows), sum(row["end"] - row["start"] for row in rows)
    return float(1000 * records / characters)


def documents(zh: bool) -> list[str]:
    """Return the table of kinds of documents."""
    rows: list[Sequence[Any]] = []
    for kind, english in KINDS.items():
        those = [one for one in load.passages() if one.kind == kind]
        counts = [sum(one.split == split for one in those) for split in SPLITS]
        rows.append((kind if zh else english, *counts, sum(len(one.records) for one in those)))
    return _table(("文体", "训练", "测试", "记录") if zh else ("kind of document", "train", "test", "records"), rows)


def fields(zh: bool) -> list[str]:
    """Return the table of the values of closed fields, and of how many records fill the others."""
    by_split = {split: [one for passage in load.passages(split) for one in passage.records] for split in SPLITS}
    rows: list[Sequence[Any]] = []
    for key, values in VALUES.items():
        for value in values:
            rows.append((f"`{key}` {value}", *(sum(one[key] == value for one in by_split[s]) for s in SPLITS)))
    filled = "有值" if zh else "given"
    for key in ("unit", "per", "time", "item", "beneficiary"):
        rows.append((f"`{key}` {filled}", *(sum(one[key] is not None for one in by_split[s]) for s in SPLITS)))
    return _table(("字段与取值", "训练", "测试") if zh else ("field and value", "train", "test"), rows)


def constructions(zh: bool) -> list[str]:
    """Return the table of constructions."""
    found = load.passages()
    rows: list[Sequence[Any]] = []
    for english, chinese, holds in CONSTRUCTIONS:
        counts = [sum(bool(holds(record, one)) for record in one.records) for one in found]
        rows.append((chinese if zh else english, sum(counts), sum(map(bool, counts))))
    return _table(("写法", "记录", "段落") if zh else ("construction", "records", "passages"), rows)


def agreed(zh: bool) -> list[str]:
    """Return the table of the two annotators' agreement."""
    figures = load.agreement()
    heads = (
        ("全部", "A 写的（p001–p032）", "B 写的（p033–p064）")
        if zh
        else ("all", "by A (p001–p032)", "by B (p033–p064)")
    )
    rows: list[Sequence[Any]] = [
        (
            "第一、第二标注者的记录" if zh else "records of first, second",
            *(f"{f['gold']}, {f['predicted']}" for f in figures.values()),
        ),
        *((_NAMES[key][zh], *(f"{f[key]['f1']:.3f}" for f in figures.values())) for key in ("span", "quantity")),
        *((f"`{slot}`", *(f"{f['slots'][slot]:.3f}" for f in figures.values())) for slot in load.SLOTS),
        *((f"κ `{slot}`", *(f"{f['kappa'][slot]:.3f}" for f in figures.values())) for slot in ("role", "bound")),
        (_NAMES["record"][zh], *(f"{f['record']['f1']:.3f}" for f in figures.values())),
    ]
    return _table(("", *heads), rows)


def citation(zh: bool) -> list[str]:
    """Return the BibTeX entry."""
    return [
        *("```bibtex", "@misc{cewengold,", "  title = {An open gold for measures in Chinese policy text},"),
        *(
            "  author = {{The cewen developers}},",
            f"  note = {{version {VERSION}, digest {load.digest()}}}",
            "}",
            "```",
        ),
    ]


_NAMES = {
    "span": ("span F1", "位置 F1"),
    "quantity": ("quantity F1", "数量 F1"),
    "record": ("**strict record F1**", "**整条记录 F1**"),
}
PARTS: dict[str, Callable[[bool], list[str]]] = {
    **{"headline": headline, "documents": documents, "fields": fields},
    **{"constructions": constructions, "agreement": agreed, "citation": citation},
}


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """Return the lines of a Markdown table."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return [
        "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in line) + " |" for line in lines
    ]


def written(text: str, language: str) -> str:
    """Return a card with its marked parts counted anew. Raises ValueError when a part isn't marked in it."""
    for name, part in PARTS.items():
        mark = re.compile(rf"(<!-- {name}: card\.py -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        body = "\n".join(part(language == "zh")) + "\n"
        places = list(mark.finditer(text))
        if len(places) != 1:
            raise ValueError(f"the card doesn't mark the part {name} once")
        text = text[: places[0].end(1)] + body + text[places[0].start(2) :]
    return text


def main() -> int:
    """Rewrite both cards."""
    for language, path in CARDS.items():
        path.write_text(written(path.read_text(encoding="utf-8"), language), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
