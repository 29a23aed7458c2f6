"""Why a number is no measure: the named rules that set it aside."""

from __future__ import annotations

import re

from pipeline.extract.lexicon import REACH, MentionLexicon
from pipeline.extract.numerals import DIGITS
from pipeline.extract.units import Unit, Units

_BARE = re.compile(r"[百千万亿]+")
_ROUND = re.compile(r"(?:超|近|突破|(?<![走经通])过|达|上|逾|约|满|不足|低于|不低于|不少于)$")
_IN_WORD = re.compile("[级象物里众事般重代世花]|分(?!别)")
_ITEM = re.compile(r"^[ \u3000]*(\d{1,2})[.．、)）]", re.MULTILINE)
_ITEM_FIGURE = re.compile(r"\d+[百千万亿]*")
_LIMIT = re.compile(r"[余多]?(?:以上|以下|以内|左右|及以上|级以上)")


def regions(text: str, lexicon: MentionLexicon) -> list[tuple[int, int, str]]:
    """Return start, end and rule of the disjoint regions of ``text`` in order; of two that overlap the earlier wins."""
    found: list[tuple[int, int, str]] = []
    for name, finder in lexicon.regions:
        at = 0
        while match := finder.search(text, at):
            at = max(match.end(1), match.end())
            found.append((match.start(), -match.end(1), name))
    found.sort()
    result: list[tuple[int, int, str]] = []
    for start, negative_end, name in found:
        if not result or start >= result[-1][1]:
            result.append((start, -negative_end, name))
    return result


def list_numbers(text: str, units: Units) -> dict[int, int]:
    """Return where the numbers of list items begin and end that a figure follows at once: 「2.75周岁以上」.

    They are told from decimals by the item before or behind them: one less or one more.
    """
    items = [(int(m[1]), m) for m in _ITEM.finditer(text)]
    result: dict[int, int] = {}
    for place, (number, item) in enumerate(items):
        figure = _ITEM_FIGURE.match(text, item.end())
        if figure is None or units.pattern.match(text, figure.end()) is None:
            continue
        before = items[place - 1][0] if place else 0
        behind = items[place + 1][0] if place + 1 < len(items) else 0
        if (number > 1 and before == number - 1) or behind == number + 1:
            result[item.start(1)] = item.end()
    return result


def near_rule(
    text: str, start: int, numeral_end: int, end: int, unit: Unit | None, lexicon: MentionLexicon
) -> str | None:
    """Return the name of the first near rule that sets the number aside, or ``None``."""
    low = max(0, start - REACH)
    before = ("\0" if low else "") + text[low:start]
    numeral = text[start:numeral_end]
    for rule in lexicon.nears[unit is not None, numeral[0].isdigit()]:
        if rule.kinds and (unit is None or unit.kind not in rule.kinds):
            continue
        if rule.numeral is not None and rule.numeral.fullmatch(numeral) is None:
            continue
        if rule.after is not None and rule.after.match(text, end if rule.unit else numeral_end) is None:
            continue
        if rule.before is None or rule.before.search(before) is not None:
            return rule.name
    return None


def is_round(text: str, start: int, end: int) -> bool:
    """Tell whether a bare 万 or 亿 without a unit is a number for all that: 「近千万」, 「突破万亿」."""
    if _BARE.fullmatch(text, start, end) is None or not {"万", "亿"} & set(text[start:end]):
        return False
    return _ROUND.search(text, max(0, start - 4), start) is not None and _IN_WORD.match(text, end) is None


def chinese_rule(text: str, start: int, numeral_end: int, end: int, unit: Unit | None) -> str | None:
    """Return why a Chinese or bare-magnitude numeral is no figure, or ``None`` when it is one."""
    numeral = text[start:numeral_end]
    if unit is None or numeral[0].isdigit() or numeral == "半":
        return None
    if _BARE.fullmatch(numeral):
        before = text[max(0, start - 4) : start]
        if before.endswith("每"):
            return "每…基数"
        if unit.name == "级":  # 千亿级产业
            return "整数名称"
        if _ROUND.search(before) or _LIMIT.match(text, end):
            return None
        if (unit.kind == "money" and len(numeral) > 1) or text[end - 2 : end - 1] in "余多":
            return None
        return "整数名称"
    if len(numeral) > 1 and unit.kind == "count" and all(c in DIGITS for c in numeral):
        return "泛指"  # 三一集团: digits in a row are no count
    if unit.chinese == "figure" and not any(c in "十百千万亿" for c in numeral):
        return "泛指"
    return None
