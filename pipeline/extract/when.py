"""The time a sentence ties a measure to."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from pipeline.core.dates import PrintedDate, find_dates
from pipeline.extract.context import governing_line

_DASH = r"\s?(?:至|到|—{1,2}|－|-|–|~|～)\s?"
# 2021—2025年: the first year has no 年 of its own
_YEAR_BEFORE = re.compile(rf"(?<!\d)((?:19|20)\d\d)年?{_DASH}$")
# 2024年1—5月 and 3月1日至4月15日: the second end lacks what the first has said
_MONTHS_BEHIND = re.compile(rf"\s?(\d{{1,2}})月?{_DASH}(\d{{1,2}})月")
_MONTH_BEHIND = re.compile(rf"{_DASH}(\d{{1,2}})月(?!\d{{1,2}}日)")
_DAY_BEHIND = re.compile(rf"{_DASH}(?:(\d{{1,2}})月)?(\d{{1,2}})日")
_BETWEEN = re.compile(rf"(?:起|度)?{_DASH}")
# 比2020年增长: the base of a comparison isn't the measure's time
_BASES = ("比", "较")


class Times:
    """Finds the time of measures in one document."""

    def __init__(self, text: str) -> None:
        """Index the dates of ``text``."""
        self._text = text
        dates = (date for date in find_dates(text) if not text.endswith(_BASES, 0, date.start))
        self._dates = list(_intervals(text, list(dates)))
        self._starts = [start for start, _ in self._dates]

    def at(self, start: int, sentence_start: int) -> str | None:
        """Return the ISO prefix or interval ``a/b`` for the measure at ``start``, or ``None``.

        The last date before it in its sentence; else, in a list, the date that opens the line which governs the list.
        """
        index = bisect_right(self._starts, start) - 1
        if index >= 0 and self._starts[index] >= sentence_start:
            return self._dates[index][1]
        span = governing_line(self._text, start)
        if span is None:
            return None
        index = bisect_right(self._starts, span[1]) - 1
        return self._dates[index][1] if index >= 0 and self._starts[index] >= span[0] else None


def _intervals(text: str, dates: list[PrintedDate]) -> Iterator[tuple[int, str]]:
    """Yield the start and ISO form of each date, two that make an interval as one ``a/b``."""
    index = 0
    while index < len(dates):
        date = dates[index]
        following = dates[index + 1] if index + 1 < len(dates) else None
        if following is not None and _BETWEEN.fullmatch(text, date.end, following.start):
            yield date.start, f"{date.iso}/{following.iso}"
            index += 2
            continue
        first = _YEAR_BEFORE.search(text, max(0, date.start - 8), date.start)
        end = _end_behind(text, date)
        if first is not None and first[1] < date.iso:
            yield first.start(), f"{first[1]}/{date.iso}"
        elif end is not None:
            yield date.start, end
        else:
            yield date.start, date.iso
        index += 1


def _end_behind(text: str, date: PrintedDate) -> str | None:
    """Return the interval whose second end stands behind ``date`` without its year, or ``None``."""
    year = date.iso[:4]
    if len(date.iso) == 4 and (found := _MONTHS_BEHIND.match(text, date.end)):
        ends = [_date(f"{year}年{month}月") for month in found.groups()]
    elif len(date.iso) == 7 and (found := _MONTH_BEHIND.match(text, date.end)):
        ends = [date.iso, _date(f"{year}年{found[1]}月")]
    elif date.full and (found := _DAY_BEHIND.match(text, date.end)):
        ends = [date.iso, _date(f"{year}年{found[1] or date.iso[5:7]}月{found[2]}日")]
    else:
        return None
    return None if None in ends else "/".join(end for end in ends if end)


def _date(printed: str) -> str | None:
    """Return the ISO form of a date, ``None`` when it's no day or month of the calendar."""
    return next((date.iso for date in find_dates(printed)), None)
