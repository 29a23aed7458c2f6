"""Whole numbers as counted in Chinese."""

from __future__ import annotations

DIGITS = "〇一二三四五六七八九"


def chinese(number: int, digits: str = DIGITS, units: str = "十百千", zero: str = "〇") -> str:
    """Return 0 to 9,999 as counted in Chinese: 10 「十」, 11 「十一」, 21 「二十一」, 105 「一百〇五」; else Arabic."""
    if not 0 < number < 10_000:
        return zero if number == 0 else str(number)
    result, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(result)
            continue
        result += (zero if gap else "") + digits[digit] + (units[place - 1] if place else "")
        gap = False
    return result[1:] if 10 <= number < 20 and digits == DIGITS else result
