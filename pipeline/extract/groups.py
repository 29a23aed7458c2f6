"""Which measures belong together: the members of one list, a benefit and its cap, a budget and its parts."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.core.layers import Measure
from pipeline.extract.context import Context
from pipeline.extract.per import is_cap

_PART_REACH = 24
_OWN_CAP = re.compile(r"\s*(?:同一|单个|每家|每户|单户|单家|每个)[^，。；]{1,10}(?:最高|不超过|累计|每年|年度)")
_NEW_GIFT = re.compile(r"(?:^|[，,])\s*(?:对|另|其他)")

Built = tuple[Measure, Context]


class Groups:
    """Numbers the groups of one text as its lists of measures come."""

    def __init__(self, text: str) -> None:
        """Start with no group."""
        self._text = text
        self._last: Built | None = None
        self._group = -1
        self._part = False

    def add(self, built: list[Built]) -> list[Measure]:
        """Return the measures of the next list with their group, and what the benefit they continue gives them."""
        last = self._last
        if last is not None and (part := self._is_part(last[0], built[0])):
            built = [(replace(m, role="budget", beneficiary=None), c) for m, c in built]
        else:
            part = False
        self._part = part
        joins = last is not None and (continues(last, built[0]) or caps(self._text, last[0], built[0]))
        grouped = joins or len(built) > 1 or built[0][0].role == "benefit"
        self._group += grouped and not joins
        number = self._group if grouped else None
        done = [replace(_inheriting(m, c, last[0] if joins and last else None), group=number) for m, c in built]
        self._last = done[-1], built[-1][1]
        return done

    def _is_part(self, last: Measure, following: Built) -> bool:
        """Tell whether a measure is part of the budget stated before it: 其中 stands between, or the parts go on."""
        measure, context = following
        if last.role != "budget" or last.unit != measure.unit or last.start < context.evidence_start:
            return False
        gap = self._text[last.end : measure.start]
        return "其中" in gap or (self._part and gap.startswith(("、", "，", "和", "及")) and len(gap) <= _PART_REACH)


def continues(last: Built, following: Built) -> bool:
    """Tell whether a benefit goes on with the one before it: same sentence part, no new 对… of its own."""
    (before, _), (after, context) = last, following
    if before.role != "benefit" or after.role != "benefit" or before.end < context.segment_start:
        return False
    return _NEW_GIFT.search(context.list_piece) is None


def caps(text: str, last: Measure, following: Built) -> bool:
    """Tell whether a sentence of its own caps the benefit before it in the paragraph: 同一企业每年最高3000万元。"""
    measure, context = following
    if last.role != "benefit" or measure.role != "benefit" or measure.bound != "max":
        return False
    return _OWN_CAP.match(context.sentence) is not None and "\n" not in text[last.end : measure.start]


def _inheriting(measure: Measure, context: Context, previous: Measure | None) -> Measure:
    """Return a benefit with its instrument, and a cap without a basis of its own with that of the benefit it caps."""
    if measure.role != "benefit":
        return measure
    per = measure.per
    if (
        previous is not None
        and not per
        and measure.bound in ("max", "min")
        and measure.kind in ("money", "multiple")
        and "累计" not in context.list_piece
        and (is_cap(context) or _OWN_CAP.match(context.sentence) is not None)
    ):
        per = previous.per
    return replace(measure, per=per, instrument=measure.item)
