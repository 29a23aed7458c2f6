"""Two figures that make one quantity together: ranges and ratios."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from pipeline.extract.figure import Figure
from pipeline.extract.lexicon import REACH
from pipeline.extract.numerals import LARGE
from pipeline.extract.special import RATIO, rounded
from pipeline.extract.units import Unit

INCLUDED = r"(?:\s?[（(]不?含[^）)\n]{0,10}[）)])?"
# what may stand between the two ends of one range
_BASIS = r"(?:[/／](?:平方米|[人月年天日次户亩吨家岁套台件个辆床])(?:[·/／.][月年天])?)?"
_TO = re.compile(rf"{_BASIS}{INCLUDED}\s?(?:及?以上)?\s?(?:至|到|—{{1,2}}|－|-|–|−|~|～|∼)\s?$")
_AND = re.compile(r"\s?[和与及]\s?")
_BOTH = re.compile(r"\s?之间")
_LESS = r"(?:不足|不满|未满|未达到?|[小低少]于(?:或?等于)?|不到|不超过|不大于|不高于|[≤\uFF1C<])"
_LINK = r"\s?[、，,]?\s?(?:但|并且|并|且|而|至|到)?\s?"
_STEP = re.compile(rf"{INCLUDED}\s?(?:及?以上|及其以上)?{INCLUDED}{_LINK}{_LESS}?\s?$")
_UPPER = re.compile(rf"{INCLUDED}\s?(?:元)?(?:及?以下|以内|之间)")
_SMALLER = re.compile(_LESS)
_GREATER = re.compile(r"(?:大于(?:或?等于)?|超过|高于|多于|[≥\uFF1E>]|年?满)\s?$")
# both ends of a two-sided limit, either first: 不低于10%且不高于20%, 不高于50%且不低于20%
_MOST, _LEAST = "(?:不大于|不得?超过|不高于|不多于|最多|至多)", "(?:不小于|不得?低于|不得?少于|最少|至少)"
_NOT_MORE, _NOT_LESS = re.compile(rf"{_MOST}\s?$"), re.compile(rf"{_LEAST}\s?$")
_AND_NOT_MORE, _AND_NOT_LESS = re.compile(rf"{_LINK}{_MOST}\s?"), re.compile(rf"{_LINK}{_LEAST}\s?")
# what the greater unit of 「6个月至1年」 is worth in the smaller one
_RATES = {("月", "年"): Decimal(12), ("天", "周"): Decimal(7), ("小时", "天"): Decimal(24)}
# 2年6个月, 一年零三个月: one duration, in the smaller unit
_PARTS = {("年", "月"): Decimal(12), ("天", "小时"): Decimal(24), ("小时", "分钟"): Decimal(60)}
_THEN = re.compile(r"\s?[零又]?\s?")
_COLON = re.compile(r"\s?[：:∶]\s?|比")
_SLASH = re.compile(r"[/／]")
_RATIO_WORD = re.compile(r"比|配|投入产出|分担|放大|杠杆|分成")


@dataclass(frozen=True, slots=True)
class Pair:
    """What two figures are worth together: both ends, the unit (``None`` for bare numbers) and the rule."""

    low: Decimal
    high: Decimal
    unit: Unit | None
    rule: str


def join(text: str, first: Figure, second: Figure) -> Pair | None:
    """Return the range or ratio that two figures make together, or ``None``."""
    gap = text[first.end : second.start] if second.start - first.end <= REACH else None
    if gap is None or first.aside is not None or second.aside is not None:
        return None
    if first.unit is None and (ratio := _ratio(text, first, second, gap)) is not None:
        return ratio
    if (whole := _compound(first, second, gap)) is not None:
        return whole
    unit = first.unit or second.unit
    factor = _factor(unit, second.unit)
    if factor is None:
        return None
    low, high = scaled(first, second) * (unit.factor if unit is not None else 1), second.value * factor
    before = text[max(0, first.start - 6) : first.start]
    if low < high and _is_range(text, first, second, before, gap):
        return Pair(low, high, unit, "区间")
    if low > high and _AND_NOT_LESS.fullmatch(gap) and _NOT_MORE.search(before):
        return Pair(high, low, unit, "区间")
    return None


def _compound(first: Figure, second: Figure, gap: str) -> Pair | None:
    """Return 「2年6个月」 as one duration in the unit of its smaller part, or ``None``."""
    if first.unit is None or second.unit is None or _THEN.fullmatch(gap) is None:
        return None
    rate = _PARTS.get((first.unit.name or "", second.unit.name or ""))
    if rate is None or second.value >= rate:
        return None
    value = first.value * rate + second.value
    return Pair(value, value, second.unit, "合成时长")


def _factor(unit: Unit | None, other: Unit | None) -> Decimal | None:
    """Return what one of ``other`` is worth in ``unit``, ``None`` when they don't go together."""
    if unit is None or other is None:
        return Decimal(1) if unit is other else None
    if unit.kind != other.kind:
        return None
    names = (unit.name or "", other.name or "")
    if names[0].startswith(names[1]) or names[1].startswith(names[0]):  # 1000吨标准煤以上不足3000吨
        return other.factor
    return _RATES.get(names)


def scaled(first: Figure, second: Figure) -> Decimal:
    """Return the value of ``first``, with the 万 or 亿 of ``second`` when it has none: 30—50万元, 一千到两千万元.

    八千至三万元 is no such case: what stands before 万 there isn't more than the first number.
    """
    if first.unit is not None or first.magnitude >= LARGE["万"]:
        return first.value
    scale = large_of(second)
    if scale == 1 and first.magnitude == 1:
        scale = second.magnitude
    return first.value * scale if first.value < second.value / scale else first.value


def large_of(figure: Figure) -> Decimal:
    """Return the 万 and 亿 of a figure's magnitude, 1 without: 「两千万」 10000."""
    scale = Decimal(1)
    while scale * LARGE["万"] <= figure.magnitude:
        scale *= LARGE["万"]
    return scale


def _is_range(text: str, first: Figure, second: Figure, before: str, gap: str) -> bool:
    """Tell whether ``gap`` makes two figures the ends of one range."""
    if _TO.fullmatch(gap) or (_AND.fullmatch(gap) and _BOTH.match(text, second.end)):
        return True
    if _AND_NOT_MORE.fullmatch(gap) and _NOT_LESS.search(before):
        return True
    if _STEP.fullmatch(gap) is None:
        return False
    greater = _GREATER.search(before)
    if first.unit is None:
        return second.unit is None and bool(greater) and bool(_SMALLER.search(gap))
    if _SMALLER.search(gap):
        return "以上" in gap or not gap.strip("、，, ").startswith(("且", "并")) or bool(greater)
    return "以上" in gap and _UPPER.match(text, second.end) is not None


def _ratio(text: str, first: Figure, second: Figure, gap: str) -> Pair | None:
    """Return 「1：5.3」 or 「2/3」 as a ratio (right through left; a fraction as itself), or ``None``."""
    if second.unit is not None and second.end > second.numeral_end:
        return None
    if _COLON.fullmatch(gap) and first.value:
        minutes = text[second.start : second.end]
        around = text[max(0, first.start - 15) : first.start] + text[second.end : second.end + 8]
        if (gap == "比" or (len(minutes) == 2 and first.value <= 24)) and not _RATIO_WORD.search(around):
            return None
        value = rounded(second.value / first.value)
    elif _SLASH.fullmatch(gap) and 0 < first.value < second.value <= 10:
        value = rounded(first.value / second.value)
    else:
        return None
    return Pair(value, value, RATIO, "比")
