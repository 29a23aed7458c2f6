"""Single figures: a numeral with its unit, or the rule that sets it aside."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal

from pipeline.extract.lexicon import REACH, MentionLexicon
from pipeline.extract.numerals import DIGITS, MAGNITUDE, NUMERAL, magnitude_of, value_of
from pipeline.extract.units import Unit

_HALF = re.compile(r"半(?=[年天日]|个月|个工作日|小时|数|价|票|额)")
_TOKEN = re.compile(rf"{NUMERAL.pattern}|{_HALF.pattern}")
# a line break between a numeral and a word is a border: what was a wrap has been joined
_TAIL = re.compile(rf"(?P<more>[余多来])?[ \u3000]?(?P<magnitude>{MAGNITUDE})?(?P<more2>[余多])?[ \u3000]?")
_FRACTION = re.compile(rf"\s?分之\s?({NUMERAL.pattern})")
_TENTHS = re.compile(r"成([一二三四五六七八九半])?(?![立功为果长员效熟都本分品绩就交型本套年人])")
_NEXT = re.compile(rf"(?:至|到|—|－|-|–|、)\s?(?:{NUMERAL.pattern})")
_BARE = re.compile(r"[百千万亿]+")
_ROUND = re.compile(r"(?:超|近|突破|过|达|上|逾|约|满|不足|低于|不低于|不少于)$")
_LIMIT = re.compile(r"[余多]?(?:以上|以下|以内|左右|及以上|级以上)")
# beyond this no figure of a policy is meant: account numbers, strings of digits
_LONGEST, _GREATEST, _MOST_DOUBLINGS = 24, Decimal(10) ** 18, 20
_PARTS = {Decimal(100): "%", Decimal(1000): "‰", Decimal(10000): "‱"}
_HALF_RATIO = re.compile(r"半(?=[价票额])|半数")


@dataclass(frozen=True, slots=True)
class Figure:
    """A numeral at ``start``; ``end`` is behind its unit. ``aside`` names the rule that sets it aside.

    ``value`` is what the numeral is worth before the unit's factor, ``magnitude`` the 万/亿 it ends with;
    ``vague`` tells of 余 or 多 inside.
    """

    start: int
    numeral_end: int
    end: int
    value: Decimal
    magnitude: Decimal
    unit: Unit | None
    vague: bool = False
    aside: str | None = None


_RATIO = Unit("ratio", None, Decimal(1), "all")
_PERCENT_UNIT = Unit("percent", "%", Decimal(1), "all")
_MULTIPLE = Unit("multiple", None, Decimal(1), "all")


def read_figures(text: str, lexicon: MentionLexicon) -> list[Figure]:
    """Return every figure of ``text`` in order. Chinese numerals that are mere parts of words give none."""
    borders = _regions(text, lexicon)
    starts = [start for start, _, _ in borders]
    figures: list[Figure] = []
    at = 0
    while match := _TOKEN.search(text, at):
        at = match.end()
        index = bisect_right(starts, match.start()) - 1
        if index >= 0 and match.start() < borders[index][1]:
            if match[0][0].isdigit() or lexicon.units.pattern.match(text, match.end()):
                figures.append(_aside(match, borders[index][2]))
            continue
        if len(match[0]) > _LONGEST:
            figures.append(_aside(match, "数字过长"))
            continue
        figure = _special(text, match) or _plain(text, match, lexicon)
        if figure is not None:
            figures.append(figure)
            at = max(at, figure.end)
    return figures


def _regions(text: str, lexicon: MentionLexicon) -> list[tuple[int, int, str]]:
    """Return disjoint regions in order; of two that overlap the earlier wins."""
    found = sorted((m.start(), -m.end(), r.name) for r in lexicon.regions for m in r.pattern.finditer(text))
    result: list[tuple[int, int, str]] = []
    for start, negative_end, name in found:
        if not result or start >= result[-1][1]:
            result.append((start, -negative_end, name))
    return result


def _aside(match: re.Match[str], rule: str) -> Figure:
    """Return a numeral set aside by ``rule``."""
    return Figure(match.start(), match.end(), match.end(), Decimal(0), Decimal(1), None, aside=rule)


def _special(text: str, match: re.Match[str]) -> Figure | None:
    """Return a fraction (三分之一, 百分之二十), tenths (三成五), a half or a doubling, or ``None``."""
    start, end, numeral = match.start(), match.end(), match[0]
    if numeral == "半":
        found = _HALF_RATIO.match(text, start)
        return Figure(start, start + 1, found.end(), Decimal("0.5"), Decimal(1), _RATIO) if found else None
    if found := _FRACTION.match(text, end):
        below, above = _worth(numeral), _worth(found[1])
        if not below or above is None:
            return None
        if below in _PARTS:
            unit = Unit("percent", _PARTS[below], Decimal(1), "all")
            return Figure(start, found.end(), found.end(), above, Decimal(1), unit)
        return Figure(start, found.end(), found.end(), round(above / below, 4), Decimal(1), _RATIO)
    if text.startswith("番", end) and start and text[start - 1] == "翻":
        times = _worth(numeral)
        return (
            None
            if times is None or times > _MOST_DOUBLINGS
            else Figure(start, end, end + 1, Decimal(2) ** int(times), Decimal(1), _MULTIPLE)
        )
    if (found := _TENTHS.match(text, end)) and (tenths := _worth(numeral)) is not None and tenths <= 10:
        rest = {"半": 5}.get(found[1] or "", DIGITS.get(found[1] or "", 0))
        return Figure(start, found.end(), found.end(), tenths * 10 + rest, Decimal(1), _PERCENT_UNIT)
    return None


def _plain(text: str, match: re.Match[str], lexicon: MentionLexicon) -> Figure | None:
    """Return the numeral with its unit and fate, or ``None`` for a Chinese numeral that is part of a word."""
    numeral, start, numeral_end = match[0], match.start(), match.end()
    chinese = not numeral[0].isdigit()
    tail = _TAIL.match(text, numeral_end)
    vague = False
    unit, end = None, numeral_end
    magnitude = magnitude_of(numeral)
    value = Decimal("0.5") if numeral == "半" else _worth(numeral)
    if tail is not None:
        found = lexicon.units.pattern.match(text, tail.end())
        if found is None and tail["magnitude"] is None and tail["more"] is None:
            found = lexicon.units.pattern.match(text, numeral_end)
        if found is not None:
            unit, end = lexicon.units.by_surface[found[0]], found.end()
            vague = bool(tail["more"] or tail["more2"])
            if tail["magnitude"] and value is not None:
                extra = magnitude_of(tail["magnitude"])
                value, magnitude = value * extra, magnitude * extra
    if unit is None and tail is not None and tail["magnitude"] and tail["more"]:  # 6600多万农村人口
        extra = magnitude_of(tail["magnitude"])
        numeral_end = end = tail.end("magnitude")
        value, magnitude, vague = value * extra if value else value, magnitude * extra, True
    if chinese and unit is None:
        return (
            Figure(start, numeral_end, numeral_end, value, magnitude, None)
            if value and _NEXT.match(text, numeral_end)
            else None
        )
    if value is not None and unit is not None and unit.kind == "duration" and text.startswith("半", end):
        value, end = value + Decimal("0.5"), end + 1
    rule = _near_rule(text, start, numeral_end, end, unit, lexicon) or _chinese_rule(text, numeral, start, end, unit)
    if rule is not None or value is None:
        return Figure(start, numeral_end, end, value or Decimal(0), magnitude, unit, vague, rule or "泛指")
    return Figure(start, numeral_end, end, value, magnitude, unit, vague)


def _worth(numeral: str) -> Decimal | None:
    """Return what ``numeral`` is worth, ``None`` when it isn't well-formed or too long or great to be meant."""
    value = value_of(numeral) if len(numeral) <= _LONGEST else None
    return value if value is not None and value < _GREATEST else None


def _near_rule(
    text: str, start: int, numeral_end: int, end: int, unit: Unit | None, lexicon: MentionLexicon
) -> str | None:
    """Return the name of the first near rule that sets the number aside."""
    low = max(0, start - REACH)
    before = ("\0" if low else "") + text[low:start]
    numeral = text[start:numeral_end]
    for rule in lexicon.nears:
        if (rule.unit and unit is None) or (rule.bare and unit is not None):
            continue
        if rule.kinds and (unit is None or unit.kind not in rule.kinds):
            continue
        if rule.numeral is not None and rule.numeral.fullmatch(numeral) is None:
            continue
        if rule.after is not None and rule.after.match(text, end if rule.unit else numeral_end) is None:
            continue
        if rule.before is None or rule.before.search(before) is not None:
            return rule.name
    return None


def _chinese_rule(text: str, numeral: str, start: int, end: int, unit: Unit | None) -> str | None:
    """Return why a Chinese or bare-magnitude numeral is no figure, or ``None`` when it is one."""
    if unit is None or numeral[0].isdigit() or numeral == "半":
        return None
    if _BARE.fullmatch(numeral):
        before = text[max(0, start - 4) : start]
        if before.endswith("每"):
            return "每…基数"
        if _ROUND.search(before) or _LIMIT.match(text, end):
            return None
        if (unit.kind == "money" and len(numeral) > 1) or text[end - 2 : end - 1] in "余多":
            return None
        return "整数名称"
    if unit.chinese == "figure" and not any(c in "十百千万亿" for c in numeral):
        return "泛指"
    return None
