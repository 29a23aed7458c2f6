"""Numerals as written in Chinese policy text, and what they are worth.

Arabic with separators (1,234.5), Chinese (三万五, 一点五, 二十四, 廿), financial capitals (壹佰)
and mixed forms (3万5千, 1.5亿, 2.5千万).
"""

from __future__ import annotations

import re
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
_THOUSAND = "千(?![瓦米克伏卡])"  # 600万千瓦 is 600万 of 千瓦
_CHINESE = f"(?:[{_DIGIT}十拾百佰仟万亿廿卅]|{_THOUSAND})+(?:点[{_DIGIT}]+)?"
MAGNITUDE = f"(?:[百万亿]|{_THOUSAND})+"
# the comma of thousands is often full-width: 7，500万吨
_ARABIC = r"(?:(?<![\d,，])\d{1,3}(?:[,，]\d{3})+(?![\d,，])|\d+)(?:\.\d+)?"
# Arabic digits, then magnitudes, then perhaps a tail of the same shape: 3万5千, 1.5亿, 120万, 5万4千6百
NUMERAL = re.compile(rf"{_ARABIC}(?:\s?{MAGNITUDE}(?:\d+[百千万])*)?|{_CHINESE}")
_MIXED = re.compile(rf"({_ARABIC})\s?([百千万亿]*)")


def value_of(numeral: str) -> Decimal | None:
    """Return what ``numeral`` (a match of ``NUMERAL``) is worth, or ``None`` when it isn't a well-formed number.

    Bare magnitudes count from one: 「千亿」 is 1e11. Digits alone read as they stand: 「二〇二五」 is 2025.
    """
    if numeral[0].isdecimal():
        total = Decimal(0)
        for part, magnitude in _MIXED.findall(numeral):
            value = Decimal(part.replace(",", "").replace("，", ""))
            for character in magnitude:
                value *= SMALL.get(character) or LARGE[character]
            total += value
        return total
    whole, _, fraction = numeral.partition("点")
    integer = _whole(whole)
    if integer is None or not fraction:
        return None if integer is None else Decimal(integer)
    return Decimal(f"{integer}.{''.join(str(DIGITS[c]) for c in fraction)}")


def _whole(numeral: str) -> int | None:
    """Return the value of a Chinese integer."""
    if all(c in DIGITS for c in numeral):
        return int("".join(str(DIGITS[c]) for c in numeral))
    total = section = 0
    digit: int | None = None
    last = 0
    for character in numeral:
        if character in DIGITS:
            if digit and character not in "零〇":
                return None  # two digits in a row: 三四十 is no exact number
            digit = DIGITS[character]
        elif character in TENS:
            section, digit, last = section + TENS[character], None, 10
        elif character in SMALL:
            last = SMALL[character]
            section, digit = section + (1 if digit is None else digit) * last, None
        else:
            last = LARGE[character]
            section += digit or 0
            if total and total < last and not section:
                total, section = total * last, 0
            else:
                total, section = (
                    (total + (section or 1)) * last if last == LARGE["亿"] else total + (section or 1) * last,
                    0,
                )
            digit = None
    tail = digit or 0
    if tail and last > 10 and numeral[-2] not in "零〇":
        tail *= last // 10  # 三万五 is 35,000, 一百二 is 120
    return total + section + tail


def magnitude_of(numeral: str) -> Decimal:
    """Return the factor of the magnitudes ``numeral`` ends with, 1 if none: 「50万」 10000, 「2.5千万」 10000000."""
    factor = Decimal(1)
    for character in reversed(numeral):
        step = SMALL.get(character) or LARGE.get(character)
        if step is None or character in "十拾":
            break
        factor *= step
    return factor
