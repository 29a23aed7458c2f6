"""The time a sentence ties a measure to."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from pipeline.core.dates import chinese_number
from pipeline.core.layers import Mention, Role
from pipeline.core.periods import Period, find_periods
from pipeline.extract.context import Context
from pipeline.extract.governed import LIST_LINE, column_header

# a date behind these is the base of a comparison, not the measure's time: 比2020年增长
_BASE_BEFORE = re.compile(r"(?:比|较|距离?|恢复到?|相当于|[是为]|以|按|与|低于|高于|超过|达到?)\s?$")
_ALWAYS_BASE = re.compile(r"(?:比|较|距离?|相当于)\s?$")
# … and so is one before these: 2019年的113%, 2020年不变价, 2019年同期水平
_BASE_BEHIND = re.compile(r"[底末]?(?:全年|同期)?(?:的|水平|不变价|可比价|价格|基数|基期|相比)")
# the prices of a year measure, they don't date: 按1990年不变价格计算
_PRICES = re.compile(r"(?:不变|可比)?价格?计")
_AS_MUCH_OF = re.compile(r"[^，。；：\d]{0,24}的\s?$")
_TIMES_AS_MUCH = frozenset({"percent", "multiple"})
_TITLE = re.compile(r"《[^《》\n]{1,60}》|“[^“”\n]{1,40}”|[〔\[][^〕\]\n]{4,8}[〕\]]\d{0,5}号?")
_ATTACHED = re.compile(r"[底末]?的?")
_FROM = re.compile(r"[由从]\s?$")
# 由1985年的24%降为21%: the second isn't of 1985
_ONWARDS = re.compile(r"[底末初]?(?:起|开始|以来|以后|之后|至|到|—|-|的?\d+年)")
_CHANGED = re.compile(
    r"\d[^，。；]*(?:提高|增|升|扩大|降|减|压缩|缩小|变)[^，。；\d]{0,8}(?:到|至|为)|[\d%％元人个名][^，。；]*，"
)
_TO = re.compile(r"[^，。；：]*(?:增|减|提高|升|降|扩大|达|到|至|为)[^，。；：]*$")
_BOTH = re.compile(r"\s?(?:和|与|、|及)\s?")
_SHARED = re.compile(r"[^。；\n]*分别[^。；\n]*")
_UNTIL = re.compile(r"(?:到|至|截至|力争)\s?$")
_LATER = re.compile(r"(?:起|以后|之后|以前|之前|前|后|以来)")
_RELATIVE = re.compile(r"(?:以后|之后|以前|之前|前|后|以来)(?!完成|建成)")
_OTHER_YEAR = re.compile(r"今年|本年|去年|上年|明年|目前|现有|当前|期间|规划期")
# what a paragraph or a governing sentence opens with: （一）力争到2025年
_OPENS = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|第[一二三四五六七八九十]+(?:[章节条]|步，))?"
    r"[^，。；：\n]{0,16}[到至]\s?$"
)
_ADVERB = re.compile(r"(?:^|[，。；：\n\s]|[到至在于自从])\s?$")
# lines that end so aren't whole, nor are those with a comma that end in a character
_RUNS_ON, _HAN = ("；", ";", "，", ",", "、"), re.compile(r"[一-龥]")
_SENTENCE_END = re.compile(r"[。！？]\s*(?=.)")
# a heading of its own: 二、重点任务
_HEADING = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第.{1,3}[章节])[^，。；]{0,24}"
)
_PART = re.compile(
    r"\s?(?:(?P<half>[上下])半年|前(?P<quarters>[一二两三1-3])个?季度|第?(?P<quarter>[一二三四1-4])季度)"
)
_RATE = re.compile(r"年均|平均每年|年平均")
_NOW = re.compile(r"[由从到](?:目前|现行|现有|当前|原来|去年|上年)的?[^，]{0,8}$|^\s*(?:今年|去年|目前|现有)")
# 对2022年以来认定的企业: a date in the words that say who is given something
_FOR = re.compile(r"(?:^|(?<=[，、]))\s*(?:对|凡)(?:(?!给予|奖励|补助|补贴|资助)[^。；\n])*$")
_BESIDE, _LASTS = re.compile(r"\s?[（(]\s?"), re.compile(r"[，,（(]?\s?(?:从|自|即)?\s?")
_CLOSED, _NEAR = re.compile(r"年?\s?[）)]"), 6
# how many lines, dates and characters back a time is looked for; how near two dates that belong together stand
_MOST_LINES, _MOST_DATES, _FARTHEST, _NEAR_DATE = 12, 12, 1500, 60
_YEAR_CELL = re.compile(r"\s*\|?\s*((?:19|20)\d\d)年?度?\s*[\t|]")


@dataclass(frozen=True, slots=True)
class _Dated:
    """A date or period of a text as ISO, ``a/b`` for a period; ``base``: it's what something is compared with."""

    start: int
    end: int
    iso: str
    base: bool


class Times:
    """Finds the time of measures in one document."""

    def __init__(self, text: str) -> None:
        """Index the dates of ``text`` but those in titles, document numbers and short quotes."""
        self._text = text
        names = [found.span() for found in _TITLE.finditer(text)]
        starts = [start for start, _ in names]
        self._dates: list[_Dated] = []
        for period in find_periods(text):
            at = bisect_left(starts, period.start) - 1
            if at < 0 or names[at][1] < period.end:
                end, iso = _parted(text, period)
                self._dates.append(_Dated(period.start, end, iso, self._is_base(period)))
        self._starts = [date.start for date in self._dates]
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self._governed: dict[tuple[int, bool], str | None] = {}

    def at(self, start: int, sentence_start: int) -> str | None:
        """Return the ISO prefix or interval ``a/b`` of what stands at ``start``, be it no figure, or ``None``.

        The last date before it in its sentence, else the date of the sentence that governs its line.
        """
        low = max(self._runs_from(sentence_start), start - _FARTHEST)
        for date in reversed(self._dates[bisect_left(self._starts, low) : bisect_left(self._starts, start)]):
            if not date.base:
                return date.iso
        return self._of_line(start, aims=False)

    def of(self, mention: Mention, context: Context, role: Role) -> str | None:
        """Return the ISO prefix or interval ``a/b`` of the measure at ``mention``, or ``None``.

        The last date before it in its sentence; else, for what isn't a condition, the date that opens its paragraph
        or the sentence that governs its list.
        """
        low = self._runs_from(context.evidence_start)
        if (behind := self._behind(mention, context)) is not None:
            return behind
        if before := self._before(low, mention, context):
            return self._tied(before, mention, context, role)
        if role == "condition":
            return None
        if (cell := self._of_cell(mention.start)) is not None:
            return cell
        if (opening := self._opening(low, mention, role)) is not None:
            return opening
        return self._of_line(mention.start, aims=role == "target")

    def _of_cell(self, at: int) -> str | None:
        """Return the time in the head of a table's column (2023年实绩), else the year that is its row's first cell."""
        head = column_header(self._text, at)
        dates = find_periods(head.partition("\n")[2]) if head else ()
        column = next((_iso(period) for period in dates), None)
        if column is not None:
            return column
        row = _YEAR_CELL.match(self._text, self._lines[bisect_right(self._lines, at) - 1], at)
        return row[1] if row else None

    def _of_line(self, at: int, *, aims: bool) -> str | None:
        """Return the time of the sentence that governs the line around ``at``, found once for a line."""
        place = bisect_right(self._lines, at) - 1, aims
        if place not in self._governed:
            self._governed[place] = self._governing(*place)
        return self._governed[place]

    def _is_base(self, period: Period) -> bool:
        """Tell whether a date is what something is compared with: 比2015年, 恢复到2019年的113%."""
        before = self._text[max(0, period.start - 4) : period.start]
        if _ALWAYS_BASE.search(before) or _PRICES.match(self._text, period.end):
            return True
        behind = _BASE_BEHIND.match(self._text, period.end, period.end + 30)
        return behind is not None and _BASE_BEFORE.search(before) is not None

    def _before(self, low: int, mention: Mention, context: Context) -> list[_Dated]:
        """Return the dates from ``low`` to the mention that may be its time, in order."""
        text = self._text
        last = bisect_left(self._starts, mention.start)
        first = max(bisect_left(self._starts, max(low, mention.start - _FARTHEST)), last - _MOST_DATES)
        found = []
        begins = _FROM.search(context.list_piece) is not None
        for date in self._dates[first:last]:
            between = text[date.end : mention.start]
            if between.count("）") > between.count("（") or between.count(")") > between.count("("):
                continue
            if not begins and self._is_left(date, between):
                continue
            base = date.base
            if mention.kind not in _TIMES_AS_MUCH:
                base = base and not _ATTACHED.fullmatch(between)
            elif not base and _AS_MUCH_OF.fullmatch(between):
                base = _BASE_BEFORE.search(text, max(low, date.start - 4), date.start) is not None
            if not base:
                found.append(date)
        return found

    def _is_left(self, date: _Dated, between: str) -> bool:
        """Tell whether a date is only where a change began that what stands ``between`` leads away from."""
        began = _FROM.search(self._text, max(0, date.start - 2), date.start)
        return began is not None and not _ONWARDS.match(self._text, date.end) and _CHANGED.search(between) is not None

    def _tied(self, before: list[_Dated], mention: Mention, context: Context, role: Role) -> str | None:
        """Return which of the dates before a measure in its sentence it's tied to."""
        text, date = self._text, before[-1]
        between = text[date.end : context.list_start]
        if role in ("condition", "benefit", "other") and self._qualifies(date, between, role):
            return None
        if role == "fact" and mention.kind == "percent" and "/" not in date.iso and _RATE.search(context.list_piece):
            return None
        start = _FROM.search(context.list_piece) is not None
        if len(before) > 1:
            other = before[-2]
            apart = text[other.end : date.start]
            if start and _FROM.search(text, max(0, other.start - 2), other.start) and _TO.fullmatch(apart[:_NEAR_DATE]):
                return other.iso
            if (
                _BOTH.fullmatch(apart)
                and _SHARED.fullmatch(between[:_NEAR_DATE])
                and context.list_start == mention.start
            ):
                return other.iso if mention.end < context.list_end else date.iso
        aimed = _UNTIL.search(text, max(0, date.start - 4), date.start)
        return None if _NOW.search(context.list_piece) or (start and aimed) else date.iso

    def _qualifies(self, date: _Dated, between: str, role: Role) -> bool:
        """Tell whether a date says who qualifies (对2022年以来认定的企业，…), or dates an aim, not its conditions."""
        if role == "benefit":
            before = re.split(r"[。；\n]", self._text[max(0, date.start - 2 * _NEAR_DATE) : date.start])[-1]
            who = _FOR.search(before) or (_RELATIVE.match(self._text, date.end) and "的" in between)
            return "，" in between and who is not None
        if role == "other":
            return "，" in between and self._text.startswith("前", date.end)
        apart = "，" in between or "；" in between
        until = _UNTIL.search(self._text, max(0, date.start - 4), date.start)
        return apart or until is not None or _LATER.match(self._text, date.end) is not None

    def _behind(self, mention: Mention, context: Context) -> str | None:
        """Return the time in brackets right behind a measure, or the period right behind a length of time."""
        index = bisect_left(self._starts, mention.end)
        date = self._dates[index] if index < len(self._dates) else None
        if date is None or date.start - context.list_end > _NEAR:
            return None
        between = self._text[context.list_end : date.start]
        beside = _BESIDE.fullmatch(between) and _CLOSED.match(self._text, date.end)
        lasts = mention.kind == "duration" and "/" in date.iso and _LASTS.fullmatch(between)
        return date.iso if beside or lasts else None

    def _runs_from(self, start: int) -> int:
        """Return where the sentence around ``start`` begins, lines that end in a comma or semicolon included."""
        index = bisect_left(self._lines, start)
        if index == len(self._lines) or self._lines[index] != start:
            return start
        for place in range(index, max(0, index - _MOST_LINES), -1):
            line = self._line(place - 1).rstrip()
            if not (line.endswith(_RUNS_ON) or ("，" in line and _HAN.match(line[-1]))):
                return self._lines[place]
        return self._lines[max(0, index - _MOST_LINES)]

    def _line(self, place: int) -> str:
        """Return a line by its number, without its line break."""
        after = self._lines[place + 1] - 1 if place + 1 < len(self._lines) else len(self._text)
        return self._text[self._lines[place] : after]

    def _opening(self, low: int, mention: Mention, role: Role) -> str | None:
        """Return the time that opens the paragraph of an aim: 到2025年，…。建成…5个。"""
        text = self._text
        start = self._lines[bisect_right(self._lines, low) - 1]
        index = bisect_left(self._starts, low) - 1
        if (
            role != "target"
            or index < 0
            or _OTHER_YEAR.search(text, max(low, mention.start - _FARTHEST), mention.start)
        ):
            return None
        date = self._dates[index]
        if date.start < start or not _OPENS.fullmatch(text, start, date.start):
            return None
        return date.iso

    def _governing(self, place: int, aims: bool) -> str | None:
        """Return the time of the sentence above that governs line number ``place``.

        It ends in a colon above a run of list lines, or it opens with an aim (到2025年，…。), no heading and no other
        date stands between it and the line, and the line ``aims`` too.
        """
        text = self._text
        own = listed = LIST_LINE.match(text, self._lines[place]) is not None
        for number in range(place - 1, max(-1, place - 1 - _MOST_LINES), -1):
            if not (listed or aims):
                return None
            line, above = self._lines[number], self._line(number)
            end = line + len(above)
            mark = LIST_LINE.match(above) is not None
            start = max([line, *(found.end() for found in _SENTENCE_END.finditer(text, line, end))])
            said = above.strip()
            if listed and said.endswith(("：", ":")):
                return self._adverb(start, end) or self._aim(line, line, end)
            if not (own and mark) and (aim := self._aim(line, start, end)):
                return aim
            listed = listed and mark
            if not listed and (_HEADING.fullmatch(said) or said.endswith(("；", ";"))):
                return None
            if not mark and self._dated(line, end):
                return None
        return None

    def _dated(self, start: int, end: int) -> bool:
        """Tell whether a date stands from ``start`` to ``end`` that isn't only compared with."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return any(not date.base for date in self._dates[first:last])

    def _adverb(self, start: int, end: int) -> str | None:
        """Return the last time that stands as an adverb in the governing sentence from ``start`` to ``end``."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        for date in reversed(self._dates[first:last]):
            if not date.base and _ADVERB.search(self._text[max(start, date.start - 2) : date.start] or "\n"):
                return date.iso
        return None

    def _aim(self, line: int, start: int, end: int) -> str | None:
        """Return the time that opens the line or its last sentence, from ``start`` on, as an aim: 力争到2025年."""
        first, last = bisect_left(self._starts, line), bisect_left(self._starts, end)
        for date in reversed(self._dates[first:last]):
            if any(_OPENS.fullmatch(self._text, low, date.start) for low in (line, start)):
                return date.iso
        return None


def _parted(text: str, period: Period) -> tuple[int, str]:
    """Return the end and ISO form of a period, narrowed by the part of the year behind it: 2024年一季度."""
    iso = _iso(period)
    part = _PART.match(text, period.end) if len(iso) == 4 else None
    if part is None:
        return period.end, iso
    if part["half"]:
        first, last = (1, 6) if part["half"] == "上" else (7, 12)
    else:
        number = chinese_number(part["quarter"] or part["quarters"]) or 1
        first, last = (1 if part["quarters"] else 3 * number - 2), 3 * number
    return part.end(), f"{iso}-{first:02}/{iso}-{last:02}"


def _iso(period: Period) -> str:
    """Return a period as ``a/b``, a date or an open period as the date that is printed."""
    ends = [end for end in (period.first, period.last) if end]
    return "/".join(dict.fromkeys(ends))
