"""Dates as exact as printed: 「2025年」 is 2025, 「2025年6月」 2025-06, 「二〇二五年六月三十日」 2025-06-30."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_DIGITS = "〇一二三四五六七八九"
_VALUES = {character: value for value, character in enumerate(_DIGITS)} | dict.fromkeys("零○ＯO0０", 0) | {"两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_TENS = {"廿": 20, "卅": 30}  # 「廿一日」 is the 21st
_CHINESE_DAY = "[一二三四五六七八九十廿卅]{1,3}"
_DATE = re.compile(
    r"(?P<year>(?<!\d)(?:19|20|１９|２０)\d\d|[一二][〇零○ＯO九一二三四五六七八]{3})[ 　]?年"
    rf"(?:[ 　]{{0,2}}(?P<month>\d{{1,2}}|{_CHINESE_DAY})[ 　]?月"
    rf"(?:[ 　]{{0,2}}(?P<day>\d{{1,2}}|{_CHINESE_DAY})[ 　]?日)?)?"
    r"|(?<!\d)(?P<y>(?:19|20)\d\d)(?P<dash>[-./])(?P<m>\d{1,2})(?:(?P=dash)(?P<d>\d{1,2}))?(?!\d)(?!(?P=dash)\d)"
)
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date in a text: ``iso`` is as exact as printed, the span half-open in code points."""

    iso: str
    start: int
    end: int

    @property
    def full(self) -> bool:
        """Whether year, month and day are all printed."""
        return len(self.iso) == 10


def chinese_number(text: str) -> int | None:
    """Return the whole number written in Chinese or any digits (「二十三」, 「〇九」, 「23」), else ``None``."""
    if not text:
        return None
    if text.isdecimal():
        return int(text)
    if not any(character in _UNITS or character in _TENS for character in text):
        digits = [_VALUES.get(character) for character in text]
        return None if None in digits else int("".join(map(str, digits)))
    total = digit = 0
    for character in text:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        elif character in _TENS:
            total += _TENS[character]
        elif character in _VALUES:
            digit = _VALUES[character]
        else:
            return None
    return total + digit


def find_dates(text: str, start: int = 0, end: int | None = None) -> Iterator[PrintedDate]:
    """Yield the dates in ``text[start:end]`` in order; what is no day of the calendar (「2月31日」) is left out."""
    for found in _DATE.finditer(text, start, len(text) if end is None else end):
        iso = _iso(found)
        if iso is not None:
            yield PrintedDate(iso, found.start(), found.end())


def _iso(found: re.Match[str]) -> str | None:
    """Return the match as ISO text, ``None`` when a part is out of range."""
    year = chinese_number(found["year"] or found["y"])
    month = chinese_number(found["month"] or found["m"] or "")
    day = chinese_number(found["day"] or found["d"] or "")
    if year is None or not 1900 <= year <= 2099 or (found["dash"] == "." and day is None):
        return None
    if month is None:
        return f"{year}"
    if not 1 <= month <= 12:
        return None
    if day is None:
        return f"{year}-{month:02}"
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 28 if month == 2 and not leap else _LONGEST[month - 1]
    return f"{year}-{month:02}-{day:02}" if 1 <= day <= longest else None
