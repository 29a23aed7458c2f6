"""Numerals as written in Chinese policy text, and what they are worth.

Arabic with separators (1,234.5), Chinese (三万五, 一点五, 二十四, 廿), financial capitals (壹佰) and mixed forms
(3万5千, 1.5亿, 2.5千万, 2千零30万).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

DIGITS = (
    {c: i for i, c in enumerate("零一二三四五六七八九")}
    | {c: i for i, c in enumerate("〇壹贰叁肆伍陆柒捌玖")}
    | {"两": 2}
)
SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
LARGE = {"万": 10**4, "亿": 10**8}
TENS = {"廿": 20, "卅": 30}

_DIGIT = "".join(DIGITS)
_THOUSAND = "千(?![瓦米克伏卡帕升])"  # 600万千瓦 is 600万 of 千瓦
MAGNITUDE = f"(?:[百佰仟万亿]|{_THOUSAND})+"
# the comma of thousands is often full-width: 7，500万吨; some set a space: 3 486.72亿元
_SPACED = r"(?<![\d.表图件第款条页])\d{1,3}(?:[ \u2009]\d{3})+(?=(?:\.\d+)? ?[百千万亿]*[元人家个户份名件套项亩吨%％])"
# numbers broken at the end of a line: 5,4⏎60, 64.⏎5%, 1⏎000万元
_BROKEN = (
    r"\d{1,3},(?:\n\d{3}|\d\n\d\d|\d\d\n\d)(?!\d)|\d+\.\n\d+(?=[%％元]| ?[百千万亿])"
    r"|\d{1,3}[ \n]0{2,3}(?= ?[百千万亿]*元)"
)
_ARABIC = rf"(?:(?<![\d,，])\d{{1,3}}(?:[,，]\d{{3}})+(?![\d,，])|{_SPACED}|{_BROKEN}|\d+)(?:\.\d+)?"
# behind Arabic digits and magnitudes perhaps a tail: 3万5千, 5万4千6百, 3万4000, 1千零20
_TAIL = rf"(?:[零〇]?\d+{MAGNITUDE})*(?:(?:[零〇]\d{{1,4}}|0\d{{1,3}}|[1-9]\d{{2,3}})(?![\d.,，%％]))?"
_CHARACTER = f"(?:[{_DIGIT}十拾百佰仟万亿廿卅]|{_THOUSAND})"
# a space may stand before 十 百 千 万 亿, and behind one of them when another follows: 三千 八百 九十六 万
_SPACE = rf"[ \u3000](?:(?=[十百千万亿])|(?<=[百千万亿].)(?=[{_DIGIT}] ?[十百千]))"
# 点 makes a decimal, but 八点三十 and 八点五分 are times of the day
_POINT = rf"点(?:[{_DIGIT}]++|\d++)(?![十刻]|分(?:钟|[，。至到开前后]|$))"
_CHINESE = f"{_CHARACTER}(?:{_CHARACTER}|{_SPACE})*(?:{_POINT}(?:{MAGNITUDE})?)?"
# 万 and 亿 may stand on the next line, where the number was broken
_WRAP = r"(?:[ \u3000]?|\n(?=[百千]?[万亿]))"
NUMERAL = re.compile(rf"{_ARABIC}(?:{_WRAP}{MAGNITUDE}{_TAIL})?|{_CHINESE}")
# what a numeral begins with, for a character class
BEGINS = rf"\d{_DIGIT}十拾百佰千仟万亿廿卅"
# 余 多 几 inside a numeral: 五百余万, 二十几万, 三十万多亿
VAGUE = re.compile(rf"(?:[ \u3000]?[余多来几][ \u3000]?(?:[十百]?万亿?|{_THOUSAND}[万亿]|[十百]?亿))+")
_DIGITS = r"(?P<arabic>\d+(?:[,，\s]\d+)*(?:\.\s?\d+)?)"
_PART = re.compile(rf"{_DIGITS}|(?P<zero>[零〇])|(?P<digit>[{_DIGIT}])|(?P<magnitude>[十拾百佰千仟万亿廿卅])")
_SEPARATOR = re.compile(r"[,，\s]")
# 负 is a minus, but not in 减负, 自负, 各负
_MINUS = re.compile(
    r"(?:(?:^|(?<=[^一-龥])|(?<=[为是长降升到至约达速率]))负|(?:^|(?<=[\s（(：:＝=]))[-－−])[ \u3000]?$"
)


@dataclass(frozen=True, slots=True)
class Numeral:
    """A numeral at ``start``, its sign included; ``value`` is ``None`` when it isn't well-formed.

    ``vague`` tells of 余, 多 or 几 inside: the value is then the least that's meant.
    """

    start: int
    end: int
    value: Decimal | None
    vague: bool = False


def find_numerals(text: str) -> Iterator[Numeral]:
    """Yield every numeral of ``text`` in order, whatever it stands for: 「四川」 holds one, too."""
    at = 0
    while match := NUMERAL.search(text, at):
        rest = VAGUE.match(text, match.end())
        at = match.end() if rest is None else rest.end()
        value = value_of(text[match.start() : at])
        start = sign_before(text, match.start())
        if value is not None and start is not None:
            value = -value
        yield Numeral(match.start() if start is None else start, at, value, rest is not None)


def sign_before(text: str, start: int) -> int | None:
    """Return where the minus of the numeral at ``start`` stands, ``None`` without one: 「负3.9」, 「（-2.1）」."""
    found = _MINUS.search(text, max(0, start - 2), start)
    return found.start() if found else None


def value_of(numeral: str) -> Decimal | None:
    """Return what ``numeral`` (a match of ``NUMERAL``) is worth, or ``None`` when it isn't a well-formed number.

    余 多 几 inside (``VAGUE``) are passed over. Bare magnitudes count from one: 「千亿」 is 1e11. Digits alone read
    as they stand: 「二〇二五」 is 2025.
    """
    if numeral.isascii():
        return Decimal(_SEPARATOR.sub("", numeral))
    whole, point, rest = numeral.partition("点")
    value = _whole(whole)
    if value is None or not point:
        return value
    decimals = "".join(str(DIGITS.get(c, c)) for c in rest if c in DIGITS or c.isdecimal())
    return Decimal(f"{value:f}.{decimals}") * magnitude_of(rest)


def _whole(numeral: str) -> Decimal | None:
    """Return the value of a numeral without 点."""
    if all(c in DIGITS for c in numeral):
        return Decimal("".join(str(DIGITS[c]) for c in numeral))
    total = section = Decimal(0)
    digit: Decimal | None = None
    last, zero, empty = 1, False, True
    for part in _PART.finditer(numeral):
        sign = part["magnitude"]
        if sign in LARGE:
            last = LARGE[sign]
            total, section = _with_large(total, None if empty else section + (digit or 0), last), Decimal(0)
            digit, zero, empty = None, False, True
        elif sign:
            last = SMALL.get(sign, 10)
            section += Decimal(TENS[sign]) if sign in TENS else (Decimal(1) if digit is None else digit) * last
            digit, zero, empty = None, False, False
        elif part["zero"]:
            zero, empty = True, False
        elif digit is not None:
            return None  # two digits in a row: 三四十 is no exact number
        else:
            arabic = part["arabic"]
            digit = Decimal(_SEPARATOR.sub("", arabic) if arabic else DIGITS[part["digit"]])
            zero, empty = zero or bool(arabic and arabic.startswith("0")), False
    return _with_tail(total + section, digit, last, zero)


def _with_large(total: Decimal, section: Decimal | None, factor: int) -> Decimal:
    """Return ``total`` with the section that 万 or 亿 ends; an empty section is one, or all that stands before."""
    if total and total < factor and not section:
        return total * factor
    section = Decimal(1) if section is None else section
    return (total + section) * factor if factor == LARGE["亿"] else total + section * factor


def _with_tail(value: Decimal, digit: Decimal | None, last: int, zero: bool) -> Decimal | None:
    """Return ``value`` with the digits behind its last magnitude: 三万五 is 35,000, 一百二 is 120, 三万零五 30,005."""
    if digit is None or last == 1:
        return value + (digit or 0)
    if digit >= last:
        return None
    if last > SMALL["十"] and digit < SMALL["十"] and not zero:
        digit *= last // 10
    return value + digit


def magnitude_of(numeral: str) -> Decimal:
    """Return the factor of the magnitudes ``numeral`` ends with, 1 if none: 「50万」 10000, 「2.5千万」 10000000."""
    factor = Decimal(1)
    for character in reversed(numeral):
        step = SMALL.get(character) or LARGE.get(character)
        if step is None or character in "十拾":
            break
        factor *= step
    return factor
