"""Every number of the text with its fate: figures joined to ranges, ratios and lists, with value, unit and bound."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from pipeline.core.document import Document
from pipeline.core.issues import Issue, issue
from pipeline.core.layers import Bound, CleanText, Mention, RawText
from pipeline.extract.bounds import with_bounds, with_table_bounds
from pipeline.extract.figure import Figure
from pipeline.extract.figures import read_figures
from pipeline.extract.lexicon import REACH, MentionLexicon
from pipeline.extract.ranges import INCLUDED, Pair, join
from pipeline.extract.tables import find_number_cells
from pipeline.extract.units import Unit, Units

# what may stand between two members of one list
_LIST = re.compile(
    rf"{INCLUDED}(?:及?以上|以下|以内|左右)?(?:[/／][^、，。；\d]{{1,6}})?\s?(?:、|，|,|；|和|及|与|或者?|以及)\s?(?:和|及|最高|最多|不超过|不低于|不少于)?\s?"
)
_BARE_LIST = re.compile(r"\s?[、，,]\s?|和|及|或")
_END_POINT = "含端点"
_COUNT, _MONEY = Unit("count", None, Decimal(1), "all"), Unit("money", "元", Decimal(1), "all")


def find_mentions(text: CleanText, raw: RawText | None = None, *, lexicon: MentionLexicon) -> tuple[Mention, ...]:
    """Return every number of ``text`` in order, with its fate. Chinese numerals that are parts of words give none.

    The cells of the tables in ``raw`` tell which head a bare number stands under.
    """
    plain = text.text
    cells = find_number_cells(text, raw, lexicon.tables, lexicon.units)
    units, figures = lexicon.units, _completed(plain, read_figures(plain, lexicon, cells))
    mentions: list[Mention] = []
    index = 0
    while index < len(figures):
        figure = figures[index]
        joined = _joined(plain, figures, index, units)
        if joined is not None:
            mention, index = joined
            mentions.append(mention)
        elif figure.unit is None and figure.aside is None and (members := _elided(plain, figures, index, units)):
            mentions.extend(members)
            index += len(members)
        else:
            mentions.append(_single(plain, figure, units))
            index += 1
    return tuple(with_table_bounds(with_bounds(plain, mentions, lists(plain, mentions), lexicon), cells))


def _completed(text: str, figures: list[Figure]) -> list[Figure]:
    """Return the figures with the whole unit where a list gives it with its last member: 2.2个和3.7个百分点."""
    result = list(figures)
    for index in range(len(figures) - 2, -1, -1):
        figure, following = result[index], result[index + 1]
        if figure.aside or following.aside or following.unit is None or following.unit.kind != "percent":
            continue
        written, whole = text[figure.numeral_end : figure.end].strip(), text[following.numeral_end : following.end]
        cut_short = written and whole.strip() != written and whole.strip().startswith(written)
        if cut_short and _BARE_LIST.fullmatch(text, figure.end, following.start):
            result[index] = replace(figure, unit=following.unit)
    return result


def _joined(text: str, figures: list[Figure], index: int, units: Units) -> tuple[Mention, int] | None:
    """Return the range or ratio that begins with a figure, and the index of the figure behind it, or ``None``."""
    behind = index + 1
    if behind < len(figures) and figures[behind].aside == _END_POINT:  # 500万元以上（含500万元）1000万元以下
        behind += 1
    pair = join(text, figures[index], figures[behind]) if behind < len(figures) else None
    return (_paired(text, figures[index], figures[behind], pair, units), behind + 1) if pair is not None else None


def unclaimed_numbers(mentions: tuple[Mention, ...], doc: Document) -> Iterable[Issue]:
    """Return one issue that counts the numbers no rule claimed, at the first one's place (raw offsets), or nothing."""
    open_ones = [m for m in mentions if m.fate == "unclaimed"]
    if not open_ones or doc.text is None:
        return ()
    first = open_ones[0]
    span = doc.text.offsets().to_source(first.start, first.end)
    quote = doc.text.text[first.start : first.end]
    return (issue("mentions", "number.unclaimed", span=span, quote=quote, count=len(open_ones)),)


def _uncounted(text: str, start: int, end: int, units: Units) -> Unit:
    """Return the unit of a number in 万 or 亿 from ``start`` to ``end`` without one: 元 beside words of payment."""
    paid = units.paid_before.search(text, max(0, start - 2 * REACH), start) or units.paid_after.match(text, end)
    return _MONEY if paid else _COUNT


def _single(text: str, figure: Figure, units: Units) -> Mention:
    """Return a figure that stands alone."""
    if figure.aside is not None:
        return Mention(figure.start, figure.end, "set_aside", figure.aside)
    if figure.unit is None:
        if figure.magnitude >= 10**4:  # 人口100万: a count whose counter isn't written
            unit = _uncounted(text, figure.start, figure.end, units)
            return _claimed(figure, figure.value, figure.value, unit, "无量词")
        return _unclaimed(figure, figure.value, figure.value)
    value = figure.value * figure.unit.factor
    return _claimed(figure, value, value, figure.unit, figure.rule)


def _paired(text: str, first: Figure, second: Figure, pair: Pair, units: Units) -> Mention:
    """Return the mention of two figures that make one quantity."""
    unit = pair.unit
    if unit is None and second.magnitude >= 10**4:
        unit = _uncounted(text, first.start, second.end, units)
    if unit is None:
        return _unclaimed(first, pair.low, pair.high, second.end)
    rule = pair.rule if first.rule == "数量" else first.rule
    return _claimed(replace(first, vague=False), pair.low, pair.high, unit, rule, second.end)


def _claimed(figure: Figure, low: Decimal, high: Decimal, unit: Unit, rule: str, end: int | None = None) -> Mention:
    """Return a claimed mention of ``unit`` that begins at ``figure``."""
    bound: Bound = "range" if low != high else "approx" if figure.vague else "exact"
    return Mention(figure.start, end or figure.end, "claimed", rule, unit.kind, low, high, unit.name, bound)


def _unclaimed(figure: Figure, low: Decimal, high: Decimal, end: int | None = None) -> Mention:
    """Return a mention of a bare number or range: its value is known, but not of what."""
    bound: Bound = "range" if low != high else "exact"
    return Mention(figure.start, end or figure.end, "unclaimed", "无单位", "none", low, high, None, bound)


def _elided(text: str, figures: list[Figure], index: int, units: Units) -> list[Mention]:
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
        return [Mention(f.start, f.end, "set_aside", last.aside) for f in run[:-1]] + [_single(text, last, units)]
    if last.unit is None:
        return [_single(text, figure, units) for figure in run]
    result = []
    for figure in run:
        large = any(c in "万亿" for c in text[figure.start : figure.numeral_end])  # 三万五 has its 万 inside
        bare = figure.unit is None and figure.magnitude == 1 and not large and figure is not last
        value = figure.value * (last.magnitude if bare else 1) * last.unit.factor
        result.append(_claimed(figure, value, value, last.unit, "省略单位的列举"))
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
