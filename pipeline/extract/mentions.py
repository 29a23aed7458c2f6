"""Every number of the text with its fate: figures joined to ranges, ratios and lists, with value, unit and bound."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from pipeline.core.document import Document
from pipeline.core.issues import Issue, issue
from pipeline.core.layers import Bound, CleanText, Mention
from pipeline.extract.figures import Figure, read_figures
from pipeline.extract.lexicon import REACH, MentionLexicon
from pipeline.extract.units import Unit

_INCLUDED = r"(?:\s?[（(]不?含[^）)\n]{0,10}[）)])?"
# what may stand between the two ends of one range
_TO = re.compile(rf"{_INCLUDED}\s?(?:及?以上)?\s?(?:至|到|—{{1,2}}|－|-|–|~|～|∼)\s?$")
_LESS = r"(?:不足|不满|未满|未达|小于|低于|不到|不超过)"
_STEP = re.compile(rf"{_INCLUDED}\s?(?:及?以上|及其以上)?{_INCLUDED}\s?[、，,]?\s?(?:但|且|至|到)?{_LESS}?\s?$")
_UPPER = re.compile(rf"{_INCLUDED}\s?(?:元)?(?:及?以下|以内|之间)")
_SMALLER = re.compile(_LESS)
_GREATER = re.compile(r"(?:大于等于|大于|超过|高于|≥|>|年?满)\s?$")
_COLON = re.compile(r"\s?[：:∶]\s?")
_SLASH = re.compile(r"[/／]")
_RATIO_WORD = re.compile(r"比|配套|配|投入产出|比例")
# what may stand between two members of one list
_LIST = re.compile(
    rf"{_INCLUDED}(?:及?以上|以下|以内|左右)?(?:[/／][^、，。；\d]{{1,6}})?\s?(?:、|，|,|；|和|及|与|或者?|以及)\s?(?:和|及|最高|最多|不超过|不低于|不少于)?\s?"
)
_BARE_LIST = re.compile(r"\s?[、，,]\s?|和|及|或")
_COUNT = Unit("count", None, Decimal(1), "all")


def find_mentions(text: CleanText, *, lexicon: MentionLexicon) -> tuple[Mention, ...]:
    """Return every number of ``text`` in order, with its fate. Chinese numerals that are parts of words give none."""
    plain = text.text
    figures = read_figures(plain, lexicon)
    mentions: list[Mention] = []
    index = 0
    while index < len(figures):
        figure = figures[index]
        following = figures[index + 1] if index + 1 < len(figures) else None
        pair = _join(plain, figure, following) if following is not None and figure.aside is None else None
        if pair is not None:
            mentions.append(pair)
            index += 2
        elif figure.unit is None and figure.aside is None and (members := _elided(plain, figures, index)):
            mentions.extend(members)
            index += len(members)
        else:
            mentions.append(_single(figure))
            index += 1
    return tuple(_with_bounds(plain, mentions, lexicon))


def unclaimed_numbers(mentions: tuple[Mention, ...], doc: Document) -> Iterable[Issue]:
    """Return one issue that counts the numbers no rule claimed, at the first one's place (raw offsets), or nothing."""
    open_ones = [m for m in mentions if m.fate == "unclaimed"]
    if not open_ones or doc.text is None:
        return ()
    first = open_ones[0]
    span = doc.text.offsets().to_source(first.start, first.end)
    quote = doc.text.text[first.start : first.end]
    return (issue("mentions", "number.unclaimed", span=span, quote=quote, count=len(open_ones)),)


def _single(figure: Figure) -> Mention:
    """Return a figure that stands alone."""
    if figure.aside is not None:
        return Mention(figure.start, figure.end, "set_aside", figure.aside)
    if figure.unit is None:
        if figure.magnitude >= 10**4:  # 人口100万: a count whose counter isn't written
            return _claimed(figure, figure.value, figure.value, _COUNT, "无量词")
        return Mention(figure.start, figure.end, "unclaimed", "无单位")
    return _claimed(figure, figure.value * figure.unit.factor, figure.value * figure.unit.factor, figure.unit, "数量")


def _claimed(figure: Figure, low: Decimal, high: Decimal, unit: Unit, rule: str, end: int | None = None) -> Mention:
    """Return a claimed mention of ``unit`` that begins at ``figure``."""
    bound: Bound = "range" if low != high else "approx" if figure.vague else "exact"
    return Mention(figure.start, end or figure.end, "claimed", rule, unit.kind, low, high, unit.name, bound)


def _join(text: str, first: Figure, second: Figure) -> Mention | None:
    """Return the range or ratio that two figures make together, or ``None``."""
    gap = text[first.end : second.start]
    if second.aside is not None or len(gap) > REACH:
        return None
    if first.unit is None and (ratio := _ratio(text, first, second, gap)) is not None:
        return ratio
    if second.unit is None or (first.unit is not None and first.unit.kind != second.unit.kind):
        return None
    unit = second.unit
    low = first.value
    if first.unit is None and first.magnitude == 1 and second.magnitude > 1 and low < second.value / second.magnitude:
        low *= second.magnitude  # 30—50万元
    low, high = low * (first.unit or unit).factor, second.value * unit.factor
    if low >= high or not _is_range(text, first, second, gap):
        return None
    return _claimed(replace(first, vague=False), low, high, unit, "区间", second.end)


def _is_range(text: str, first: Figure, second: Figure, gap: str) -> bool:
    """Tell whether ``gap`` makes two figures the ends of one range."""
    if _TO.fullmatch(gap):
        return True
    if first.unit is None or _STEP.fullmatch(gap) is None:
        return False
    if _SMALLER.search(gap):
        return (
            "以上" in gap or not gap.strip("、，, ").startswith("且") or bool(_GREATER.search(text[: first.start][-6:]))
        )
    return "以上" in gap and "、" not in gap and _UPPER.match(text, second.end) is not None


def _ratio(text: str, first: Figure, second: Figure, gap: str) -> Mention | None:
    """Return 「1：5.3」 or 「2/3」 as a ratio (right through left; a fraction as itself), or ``None``."""
    if second.unit is not None and second.end > second.numeral_end:
        return None
    if _COLON.fullmatch(gap) and first.value:
        minutes = text[second.start : second.end]
        around = text[max(0, first.start - 15) : second.end + 8]
        if len(minutes) == 2 and first.value <= 24 and not _RATIO_WORD.search(around):
            return None
        value = round(second.value / first.value, 4)
    elif _SLASH.fullmatch(gap) and 0 < first.value < second.value <= 10:
        value = round(first.value / second.value, 4)
    else:
        return None
    return Mention(first.start, second.end, "claimed", "比", "ratio", value, value, None, "exact")


def _elided(text: str, figures: list[Figure], index: int) -> list[Mention]:
    """Return the members of a list whose unit stands only behind the last: 「100万、50万、20万元」, 「10、8、5万元」.

    When the last was set aside, so are the others; when it has no unit either, each stands alone. Empty when this is
    no list.
    """
    run = [figures[index]]
    for place in range(index + 1, len(figures)):
        following = figures[place]
        if _BARE_LIST.fullmatch(text[run[-1].end : following.start]) is None:
            break
        run.append(following)
        if following.unit is not None or following.aside is not None:
            break
    last = run[-1]
    if len(run) < 2:
        return []
    if last.aside is not None:
        return [Mention(f.start, f.end, "set_aside", last.aside) for f in run[:-1]] + [_single(last)]
    if last.unit is None:
        return [_single(figure) for figure in run]
    result = []
    for figure in run:
        bare = figure.unit is None and figure.magnitude == 1 and figure is not last
        value = figure.value * (last.magnitude if bare else 1) * last.unit.factor
        result.append(_claimed(figure, value, value, last.unit, "省略单位的列举"))
    return result


def _with_bounds(text: str, mentions: list[Mention], lexicon: MentionLexicon) -> list[Mention]:
    """Return the mentions with bounds read from the words around them; a word at either end of a list governs it."""
    result = list(mentions)
    for members in lists(text, mentions):
        own = [_own_bound(text, mentions[i], lexicon) for i in members]
        for place, i in enumerate(members):
            before, after = own[place]
            if place and before is None:
                before = own[0][0]
            if after is None and place < len(members) - 1 and own[-1][1] in ("min", "max"):
                after = own[-1][1]
            bound = after if after in ("min", "max") else before or after
            if mentions[i].bound == "range" or bound is None:
                continue
            result[i] = replace(mentions[i], bound=bound)
    return result


def lists(text: str, mentions: list[Mention] | tuple[Mention, ...]) -> list[list[int]]:
    """Return the places of claimed mentions, those of one list (same kind and unit, joined by 、 or 和) together."""
    result: list[list[int]] = []
    for index, mention in enumerate(mentions):
        if mention.fate != "claimed":
            continue
        last = mentions[result[-1][-1]] if result and result[-1][-1] == index - 1 else None
        if (
            last is not None
            and (last.kind, last.unit) == (mention.kind, mention.unit)
            and mention.start - last.end <= REACH
            and _LIST.fullmatch(text, last.end, mention.start)
        ):
            result[-1].append(index)
        else:
            result.append([index])
    return result


def _own_bound(text: str, mention: Mention, lexicon: MentionLexicon) -> tuple[Bound | None, Bound | None]:
    """Return the bounds that the words right before and right behind a mention give it."""
    before = text[max(0, mention.start - REACH) : mention.start]
    ahead = behind = None
    for word in lexicon.bounds_before:
        if mention.kind not in word.kinds_not and word.pattern.search(before):
            ahead = word.bound
            break
    for word in lexicon.bounds_after:
        if mention.kind not in word.kinds_not and word.pattern.match(text, mention.end):
            behind = word.bound
            break
    return ahead, behind or ("approx" if mention.bound == "approx" else None)
