"""The words that say who or what qualifies for a benefit: 对连续缴纳社保满6个月的人员，… → 连续缴纳社保满6个月."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.core.layers import Measure
from pipeline.extract.governed import LIST_LINE, governing_sentence
from pipeline.extract.slots import SlotRules

_REACH = 240
_MARK = re.compile(r"[，,；;。！？\n\t]")
_SEGMENT = re.compile(r"[；;。！？\n\t]")
# what may open the words: numbers of lists and articles, 对, 凡
_NUMBERED = (
    r"(?:第[一二三四五六七八九十百零\d]+[条章节款项]\s*|[（(][一二三四五六七八九十\d]{1,3}[）)]\s*"
    r"|[一二三四五六七八九十\d]{1,3}[、.．)）]\s*(?![一二三四五六七八九十][、等])|[-—–]{2}\s*|[①-⑳●•·■◆]\s*)"
)
_OPENS = re.compile(rf"\s*{_NUMBERED}*(?:其中[，,：:]?\s*)?(?:对于|对|凡是|凡|鼓励|(?:重点)?支持)?\s*")
_FOR = re.compile(rf"\s*{_NUMBERED}*(?:其中[，,：:]?\s*)?(?:对于?|凡是?|鼓励|支持)")
_GIVING = (
    r"(?:分别|一次性|依次|各|可|均|再|最高|不超过|每|按|参照|给予|给与|予以|奖励|补助|补贴|资助|发放|享受|提供"
    r"|减免|免收|免缴|连续)"
)
# who gives, or the document quoted, before 对: 《…》第七条“对新认定的
_WHO_GIVES = re.compile(r"(?:.*[“「]|[一-龥]{2,12}?(?:公司|局|厅|部门|财政|委|政府|中心|银行))对")
# the words end in 的 before a comma, a noun with a comma behind it, or what is given; or in 后 before a comma
_ENDS = re.compile(
    rf"的(?=\s*[，,；;：:]|[^，,；;。的\d\n]{{1,48}}?(?:（[^（）\n]{{1,80}}）)?\s*(?:[，,]|{_GIVING})|{_GIVING})|后(?=[，,])"
)
_CLAUSE_END = re.compile(r"的?\s*[，,；;：:]")
# an amount or its length is no one who qualifies: 投资额的…, 所发生的费用按
_AMOUNT_BEHIND = re.compile(
    r"的(?:(?:奖励|补助|补贴|资助|支持|贴息|扶持)(?:额度?|金额|标准|总额|资金|期限|费用|比例)"
    r"|[^，,；;。（(]{0,24}?(?:费用|额|价款?|投资|贷款|成本|支出|收入|部分|情况|比例|期限|条件|基础上|前提下|原则))"
    rf"(?=$|[，,]|{_GIVING})"
)
_AMOUNT_BEFORE = re.compile(
    r"^\s*(?:按(?!期|时|规定)|根据|依据|以(?![上下内])|参照|给予|给与|奖励|补助|补贴|资助|不超过|最高|单个|同一|每)"
)
_CLAUSE = re.compile(r"的\s*[，,：:]?\s*$")
_GIVES = re.compile(r"给予|给与|予以|奖励|补助|补贴|资助|发放|享受")
_AND = re.compile(r"\s*(?:且|并|或|同时|以及|及)")
_NOTHING = re.compile(r"[^一-龥A-Za-z\d]*")
# with a threshold and without 的: 研发费用增量为500万元（含）以上，给予
_UP_TO = re.compile(r"[\d.万亿元%％名家人个年月天]*(?:[（(][^（()）]{0,8}[）)])?(?:及?以上|以下|以内)?")


def with_conditions(text: str, measures: Sequence[Measure], rules: SlotRules) -> list[Measure]:
    """Return the measures, each benefit with the words of its condition where the text says some."""
    result: list[Measure] = []
    stated: list[Measure] = []
    before: Measure | None = None
    for measure in measures:
        if measure.role == "condition":
            stated.append(measure)
        if measure.role == "benefit":
            low = max(measure.evidence_start, measure.start - _REACH, before.end if before else 0)
            words = _stated(text, low, measure, stated, rules)
            if words is None and before is not None and measure.group is not None and before.group == measure.group:
                line = text.rfind("\n", before.end, measure.start) + 1
                words = None if line and LIST_LINE.match(text, line) else before.condition
            if words is None and (span := governing_sentence(text, measure.start)) is not None:
                found = _qualifying(f"{text[span[0] : span[1]].rstrip('：: ')}，", rules)
                words = found[0] if found else None
            measure = measure if words is None else replace(measure, condition=words)
            before, stated = measure, []
        result.append(measure)
    return result


def _stated(text: str, low: int, measure: Measure, stated: list[Measure], rules: SlotRules) -> str | None:
    """Return the condition stated from ``low`` to a benefit: the words that end in 的, or a threshold behind them."""
    found = _qualifying(text[low : measure.start], rules)
    inside = [
        m
        for m in stated
        if m.start >= low + (found[1] if found else 0) and not _SEGMENT.search(text, m.end, measure.start)
    ]
    words = _threshold(text, low, inside, rules) if inside else None
    if words and not (found and _AMOUNT_BEFORE.match(words)):
        return words
    return found[0] if found else None


def _qualifying(stretch: str, rules: SlotRules) -> tuple[str, int] | None:
    """Return the qualifying words in the text before a figure, and where they end.

    Of several the last clause that ends in 的 is taken, else the last that a noun follows.
    """
    starts = [0, *(found.end() for found in _MARK.finditer(stretch) if _outside(stretch, found.start()))]
    best: tuple[str, int] | None = None
    for found in reversed(list(_ENDS.finditer(stretch))):
        end = found.start() + (found[0] == "后")
        start = max(at for at in starts if at <= end)
        if not _outside(stretch, end) or _AMOUNT_BEHIND.match(stretch, end):
            continue
        if _AMOUNT_BEFORE.match(stretch[start:]) or (words := _words(stretch, starts, start, end, rules)) is None:
            continue
        if _CLAUSE_END.match(stretch, end):
            return words, end
        best = best or (words, end)
    return best


def _words(stretch: str, starts: list[int], start: int, end: int, rules: SlotRules) -> str | None:
    """Return the words that end at ``end`` in the piece from ``start``, with the pieces before that they go on from."""
    place = starts.index(start)
    if not _FOR.match(stretch[start:]):
        for earlier in range(place - 1, -1, -1):
            piece = stretch[starts[earlier] : starts[earlier + 1]]
            if _GIVES.search(piece) or _CLAUSE.search(piece[:-1]) or _SEGMENT.search(piece):
                break
            if _FOR.match(piece) or _AND.match(stretch[starts[earlier + 1] :]):
                place = earlier
            if _FOR.match(piece):
                break
    words = stretch[starts[place] : end]
    words = _without_opening(words)
    return words if len(words) > 1 and not (_NOTHING.fullmatch(words) or rules.no_condition.match(words)) else None


def _threshold(text: str, low: int, inside: list[Measure], rules: SlotRules) -> str | None:
    """Return the words of thresholds, from where the first one's piece begins to where the last one ends."""
    start = max(low, *(text.rfind(mark, low, inside[0].start) + 1 for mark in "，,；;。\n\t"))
    stop = _UP_TO.match(text, inside[-1].end)
    words = text[start : stop.end() if stop else inside[-1].end]
    words = _without_opening(words)
    return None if rules.no_condition.match(words) else words or None


def _without_opening(words: str) -> str:
    """Return ``words`` without the number of their line, who gives and 对 before them."""
    for pattern in (_OPENS, _WHO_GIVES):
        if opening := pattern.match(words):
            words = words[opening.end() :]
    return words.strip(" ，,\u3000")


def _outside(stretch: str, at: int) -> bool:
    """Tell whether a place stands in no brackets."""
    return stretch.count("（", 0, at) == stretch.count("）", 0, at) and stretch.count("(", 0, at) == stretch.count(
        ")", 0, at
    )
