"""Scores as Chinese text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipeline.scoring.gold import GoldText
from pipeline.scoring.measures import F1, Mistake, Scores
from pipeline.scoring.records import SLOTS, Record
from pipeline.table.derive import columns
from pipeline.table.schema import BOUNDS, KINDS, ROLES, MeasureRow
from pipeline.table.words import per_words, unwrap

_HEADINGS = {column.name: column.col.zh for column in columns(MeasureRow)}
_VALUES: dict[str, Mapping[str, str]] = {"bound": BOUNDS, "role": ROLES}
_NOTHING = "（空）"


def report(scores: Scores, gold: Mapping[str, GoldText]) -> str:
    """Return all figures as lines of text."""
    figureless = sum(text.figureless for text in gold.values())
    lines = [f"金标准 {scores.documents} 篇文本，{scores.gold} 条记录；结果 {scores.predicted} 条"]
    if figureless:
        lines.append(f"另有 {figureless} 条不含数值的措施，不参加评分")
    lines += ["", "                            精确率  召回率  F1"]
    lines += [
        f"位置（有重叠）              {_f1(scores.span)}",
        f"数量（类型、数值、单位对）  {_f1(scores.quantity)}",
        f"整条记录（各项全对）        {_f1(scores.record)}",
        "",
        f"各项正确率（数量对的记录中）：{_shares(scores.slots)}",
        f"  只计金标准写明的：{_shares(scores.slots_where_gold_has_one)}",
        f"各类型的召回率：{'，'.join(_kinds(scores))}",
    ]
    if scores.role_confusions:
        lines.append(f"作用判错（金标准→结果）：{'，'.join(_confusions(scores))}")
    return "\n".join([*lines, "", confidence_report(scores)])


def confidence_report(scores: Scores) -> str:
    """Return the curve of coverage against rightness and F1, and the calibration, as lines of text."""
    if not scores.curve:
        return "结果中没有记录，没有把握可评"
    lines = [
        "按把握从高到低，取前若干记录（正确：各项全对；F1：对全部金标准）：",
        "  取前   条数  把握不低于  正确率  F1",
        *(
            f"  {one.coverage:>4.0%}  {one.records:>5}  {one.confidence:>10.2f}  {one.right:>6.3f}  {one.f1:.3f}"
            for one in scores.curve
        ),
        f"期望校准误差（把握分 10 组，各组平均把握与正确率之差）：{scores.calibration_error:.3f}",
        "  把握       条数  平均把握  正确率",
        *(
            f"  {one.low:.1f}–{one.high:.1f}  {one.records:>7}  {one.confidence:>8.3f}  {one.right:>6.3f}"
            for one in scores.bins
        ),
    ]
    return "\n".join(lines)


def mistake_lines(mistakes: Iterable[Mistake], gold: Mapping[str, GoldText]) -> Iterator[str]:
    """Yield a line for each mistake: the file, the place, the quantity as printed and what is wrong with it."""
    for one in mistakes:
        record = one.gold or one.found
        assert record is not None
        quote = unwrap(gold[one.doc].text[record.start : record.end])
        yield f"{one.doc}.txt 第 {record.start}–{record.end} 字“{quote}” {_what(one)}"


def _what(one: Mistake) -> str:
    """Return what is wrong."""
    if one.what == "missed":
        return "漏掉"
    if one.what == "spurious":
        assert one.found is not None
        return f"多出：{_quantity(one.found)}"
    assert one.gold is not None and one.found is not None
    if one.slot is None:
        return f"数量不对：金标准 {_quantity(one.gold)}，结果 {_quantity(one.found)}"
    return f"{_HEADINGS[one.slot]}不对：金标准 {_value(one.slot, one.gold)}，结果 {_value(one.slot, one.found)}"


def _value(slot: str, record: Record) -> str:
    """Return one slot of a record as people read it."""
    if slot == "per":
        return per_words("/".join(sorted(record.per))) or _NOTHING
    value = getattr(record, slot)
    return unwrap(_VALUES.get(slot, {}).get(value, value)) if value else _NOTHING


def _quantity(record: Record) -> str:
    """Return kind, values and unit of a record."""
    values = [value for value in (record.value_min, record.value_max) if value is not None]
    ends = [f"{value:,.4f}".rstrip("0").rstrip(".") for value in dict.fromkeys(values)]
    return f"{KINDS.get(record.kind, record.kind)} {'—'.join(ends)}{record.unit or ''}"


def _f1(one: F1) -> str:
    """Return precision, recall and F1."""
    return f"{one.p:.3f}   {one.r:.3f}   {one.f1:.3f}"


def _shares(found: Mapping[str, float | None]) -> str:
    """Return the accuracy of slots."""
    return "，".join(f"{_HEADINGS[slot]} {_share(found[slot])}" for slot in SLOTS if slot in found)


def _kinds(scores: Scores) -> Iterator[str]:
    """Yield the recall of each kind with its number of records, in the order of the closed list."""
    for kind in (*KINDS, *sorted(scores.recall_by_kind.keys() - KINDS.keys())):
        if kind in scores.recall_by_kind:
            share, of = scores.recall_by_kind[kind]
            yield f"{KINDS.get(kind, kind)} {_share(share)}（{of}）"


def _confusions(scores: Scores) -> Iterator[str]:
    """Yield each confusion of roles."""
    for wanted, got, count in scores.role_confusions:
        yield f"{ROLES.get(wanted, wanted)}→{ROLES.get(got or '', got or _NOTHING)} {count}"


def _share(share: float | None) -> str:
    """Return a share; a dash for none."""
    return "—" if share is None else f"{share:.3f}"
