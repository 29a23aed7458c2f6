"""Which measures belong together: tiers of one list, a benefit with its cap and length, a budget and its parts."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.core.layers import Measure
from pipeline.extract.context import Context
from pipeline.extract.governed import governing_sentence, table_column
from pipeline.extract.per import is_cap

_PART_REACH = 24
_OWN_CAP = re.compile(
    r"\s*(?:(?:同一|单个|每家|每户|单户|单家|每个|单项)[^，。；]{1,14}|(?:年度|累计|上述|以上|该项)?"
    r"(?:奖励|补助|补贴|资助|支持|扶持|贴息)(?:资金|金额|总额|额度?|期限|标准)?(?:合计|累计|总额)?)"
    r"(?:最高|最多|最长|不超过|不得超过|原则上不超过|累计|每年|年度|上限)"
)
_NEW_GIFT = re.compile(r"(?:^|[，,])\s*(?:对|另|其他)")
_BETWEEN_LINES = re.compile(r"[^。；，\n]{0,24}[。；;]?\s*\n\s*")
# what a sentence speaks of that governs tiers rather than a list of different measures
_OF_TIERS = re.compile(r"给予|奖励|补助|补贴|资助|发放|标准|津贴|奖金|奖补|额度|分档|分级|分类")
# so much of two clauses must be the same for them to state tiers of one benefit
_ALIKE, _CLAUSE_REACH = 0.6, 80
# the name of a tier with nothing that is given beside it: 五至六级
_TIER = re.compile(r"(?:(?!给|奖|补|发|另|再|享|最|不|每|共|合计|总|并|购|保|投)[^，。；\d]){1,8}")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")

Built = tuple[Measure, Context]


class Groups:
    """Numbers the groups of one text as its lists of measures come."""

    def __init__(self, text: str) -> None:
        """Start with no group."""
        self._text = text
        self._last: Built | None = None
        self._group = -1
        self._part = False
        self._tiers: dict[tuple[object, ...], int] = {}

    def add(self, built: list[Built]) -> list[Measure]:
        """Return the measures of the next list with their group, and what the benefit they continue gives them."""
        last = self._last
        if last is not None and (part := self._is_part(last[0], built[0])):
            built = [(replace(m, role="budget", beneficiary=None, per=m.per or last[0].per), c) for m, c in built]
        else:
            part = False
        self._part = part
        joins = last is not None and (continues(last, built[0]) or caps(self._text, last[0], built[0]))
        number = self._number(built, last, joins)
        done = [_inheriting(m, c, last[0] if joins and last else None) for m, c in built]
        done = [m if m.group == number else replace(m, group=number) for m in done]
        self._last = done[-1], built[-1][1]
        return done

    def _number(self, built: list[Built], last: Built | None, joins: bool) -> int | None:
        """Return the group of a list: that of the benefit it continues or whose tiers it goes on with, or a new one."""
        measure = built[0][0]
        if joins and last is not None:
            return last[0].group
        if not (joins or len(built) > 1 or measure.role == "benefit"):
            return None
        key = self._tier_key(measure)
        if key is not None and key in self._tiers:
            return self._tiers[key]
        if last is not None and self._next_tier(last, built[0]):
            return last[0].group
        self._group += 1
        if key is not None:
            self._tiers[key] = self._group
        return self._group

    def _tier_key(self, measure: Measure) -> tuple[object, ...] | None:
        """Return what the tiers of one table column, or of the lines under one sentence, have in common."""
        if measure.role != "benefit":
            return None
        if (column := table_column(self._text, measure.start)) is not None:
            return column
        span = governing_sentence(self._text, measure.start)
        if span is None or not _OF_TIERS.search(self._text, *span):
            return None
        return (*span, measure.kind, measure.unit)

    def _next_tier(self, last: Built, following: Built) -> bool:
        """Tell whether a clause states the next tier of the benefit before it: 省级的奖励20万元；市级的奖励10万元."""
        (before, earlier), (after, context) = last, following
        if (before.role, before.kind, before.unit) != (after.role, after.kind, after.unit) or before.group is None:
            return False
        if before.role != "benefit" or before.end < context.evidence_start:
            return False
        if before.end < context.segment_start:
            return alike(earlier.segment, context.segment)
        return alike(earlier.list_piece, context.list_piece)

    def _is_part(self, last: Measure, following: Built) -> bool:
        """Tell whether a measure is part of the budget stated before it: 其中 stands between, or the parts go on."""
        measure, context = following
        if last.role != "budget" or last.unit != measure.unit or last.start < context.evidence_start:
            return False
        gap = self._text[last.end : measure.start]
        return "其中" in gap or (self._part and gap.startswith(("、", "，", "和", "及")) and len(gap) <= _PART_REACH)


def alike(one: str, other: str) -> bool:
    """Tell whether two clauses begin and end so much alike that they state tiers of one benefit."""
    a, b = (_DIGITS.sub("0", clause.strip("，,； "))[-_CLAUSE_REACH:] for clause in (one, other))
    shortest = min(len(a), len(b))
    if not shortest:
        return False
    head = next((i for i in range(shortest) if a[i] != b[i]), shortest)
    tail = next((i for i in range(shortest - head) if a[-1 - i] != b[-1 - i]), shortest - head)
    return head + tail >= _ALIKE * shortest


def continues(last: Built, following: Built) -> bool:
    """Tell whether a benefit goes on with the one before it: same sentence part, no new 对… of its own."""
    (before, _), (after, context) = last, following
    if before.role != "benefit" or after.role != "benefit" or before.end < context.segment_start:
        return False
    return _NEW_GIFT.search(context.list_piece) is None


def caps(text: str, last: Measure, following: Built) -> bool:
    """Tell whether a sentence of its own caps the benefit before it: 同一企业每年最高3000万元."""
    measure, context = following
    if last.role != "benefit" or measure.role != "benefit" or measure.bound != "max":
        return False
    gap = text[last.end : context.evidence_start]
    near = "\n" not in gap or _BETWEEN_LINES.fullmatch(gap) is not None
    return near and _OWN_CAP.match(context.sentence) is not None


def _inheriting(measure: Measure, context: Context, previous: Measure | None) -> Measure:
    """Return a benefit with its instrument, and with the basis of the one it goes on from when it has none.

    That is a cap (最高20万元) of the benefit before, or its next tier (每人20万元，五至六级12万元).
    """
    if measure.role != "benefit":
        return measure
    per = measure.per
    if previous is not None and not per and measure.kind in ("money", "multiple") and "累计" not in context.list_piece:
        caps_it = measure.bound in ("max", "min", "range") and (
            is_cap(context) or _OWN_CAP.match(context.sentence) is not None
        )
        tier = (measure.kind, measure.unit) == (previous.kind, previous.unit) and _TIER.fullmatch(context.list_piece)
        if caps_it or tier:
            per = tuple(basis for basis in previous.per if not basis[0].isdigit())
    action = measure.action or (previous.action if previous is not None else None)
    return replace(measure, per=per, instrument=measure.item, action=action)
