"""Periods: two dates that make one (2021—2025年), and dates with 前, 后, 起, 止 (2025年底前, 自2024年1月1日起)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.core.dates import PrintedDate, find_dates

_GAP = r"[ \u3000]{0,2}"
_TO = rf"{_GAP}起?{_GAP}(?:至|到|—{{1,2}}|－|-|–|~|～){_GAP}"
_BETWEEN = re.compile(_TO)
_AND = re.compile(rf"{_GAP}[与和]{_GAP}")
_BOTH = re.compile(r"(?:之间|间(?!隔))")
# 2021—2025年: the first year has no 年 of its own
_YEAR_BEFORE = re.compile(rf"(?<!\d)((?:19|20)\d\d)年?{_TO}$")
# 2024年1—5月, 3月1日至4月15日: the second end lacks what the first has said
_CHINESE = "[一二三四五六七八九十]{1,3}"
_MONTHS = re.compile(rf"{_GAP}(?P<from>\d{{1,2}}|{_CHINESE})月?{_TO}(?P<month>\d{{1,2}}|{_CHINESE})月")
_MONTH = re.compile(rf"{_TO}(?P<month>\d{{1,2}}|{_CHINESE})月(?!\d{{1,2}}日)")
_DAY = re.compile(rf"{_TO}(?:(?P<month>\d{{1,2}}|{_CHINESE})月)?(?P<day>\d{{1,2}}|{_CHINESE})日")
_FROM = re.compile(r"(?:自|从)(?:包括)?$")
_UNTIL = re.compile(r"(?:截止到?|截至|不迟于|不晚于|早于)$")
# 2025年前三季度 and 节前后 are no bounds
_BEFORE = re.compile(
    r"[底末]?(?:（含）|及|或|及其)?(?:[之以]?前(?![一二三四五六七八九十两半后置期述沿列瞻线景\d])|止|为止|截止)"
)
_AFTER = re.compile(r"[底末]?(?:（含）|及|或|及其)?(?:[之以]?后(?![勤续备期])|起|开始|以来)")


@dataclass(frozen=True, slots=True)
class Period:
    """A time in a text: ISO dates as exact as printed, an open end ``None``, a single date in both; half-open span."""

    first: str | None
    last: str | None
    start: int
    end: int


def find_periods(text: str) -> Iterator[Period]:
    """Yield the times in ``text`` in order: periods, open periods and single dates."""
    dates = list(find_dates(text))
    index = 0
    while index < len(dates):
        date = dates[index]
        following = dates[index + 1] if index + 1 < len(dates) else None
        if following is not None and _joined(text, date, following):
            yield Period(date.iso, following.iso, date.start, following.end)
            index += 2
            continue
        index += 1
        before = _YEAR_BEFORE.search(text, max(0, date.start - 10), date.start)
        behind = _end_behind(text, date)
        if before is not None and before[1] < date.iso:
            yield Period(before[1], date.iso, before.start(), date.end)
        elif behind is not None:
            yield behind
        else:
            yield _open(text, date)


def _joined(text: str, date: PrintedDate, following: PrintedDate) -> bool:
    """Tell whether two dates are the ends of one period."""
    if _BETWEEN.fullmatch(text, date.end, following.start):
        return True
    return bool(_AND.fullmatch(text, date.end, following.start) and _BOTH.match(text, following.end))


def _end_behind(text: str, date: PrintedDate) -> Period | None:
    """Return the period whose second end stands behind ``date`` without its year, or ``None``."""
    year, first = date.iso[:4], date.iso
    if len(date.iso) == 4 and (found := _MONTHS.match(text, date.end)):
        first, last = _iso(f"{year}年{found['from']}月"), _iso(f"{year}年{found['month']}月")
    elif len(date.iso) == 7 and (found := _MONTH.match(text, date.end)):
        last = _iso(f"{year}年{found['month']}月")
    elif date.full and (found := _DAY.match(text, date.end)):
        last = _iso(f"{year}年{found['month'] or int(date.iso[5:7])}月{found['day']}日")
    else:
        return None
    return Period(first, last, date.start, found.end()) if first and last else None


def _open(text: str, date: PrintedDate) -> Period:
    """Return a date that stands alone, open at one end where 前, 后, 起 or 止 says so."""
    low = max(0, date.start - 4)
    if found := _BEFORE.match(text, date.end):
        return Period(None, date.iso, date.start, found.end())
    if found := _AFTER.match(text, date.end):
        return Period(date.iso, None, date.start, found.end())
    if _UNTIL.search(text, low, date.start):
        return Period(None, date.iso, date.start, date.end)
    if _FROM.search(text, low, date.start):
        return Period(date.iso, None, date.start, date.end)
    return Period(date.iso, date.iso, date.start, date.end)


def _iso(printed: str) -> str:
    """Return the ISO form of a date, nothing when it's no day or month of the calendar."""
    return next((date.iso for date in find_dates(printed)), "")
