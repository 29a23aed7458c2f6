"""发文字号: where one stands and how it's written in the table (hexagonal brackets, no spaces)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.core.dates import chinese_number
from pipeline.structure.rules import NumberRule, NumberRules

_FULL_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)}
_SPACES = re.compile(r"\s+")
# the year of a usual number stands alone in brackets; an order's or notice's is kept as printed
_BRACKETED = re.compile(r"[\u3014\[\uff3b【（(﹝]\s?(?:19|20)\d\d\s?[\u3015\]\uff3d】）)﹞]")
_LONGEST_CODE = 14
_SHORT_CODES = ("usual", "half-bracket", "short-year")
_CENTURY = 50
# how many of the patterns of what may be glued before a number count; an order's code is a body's full name
_BORDERS = {"year-first": 0, "order": 1, "notice": 1, "number-first": 1}


@dataclass(frozen=True, slots=True)
class NumberFound:
    """A 发文字号 at ``start:end`` (code points), its parts, and ``rule``, the pattern's name.

    ``code`` is the 机关代字 (京发改规) or the body and kind of an order or notice (国务院令), ``year`` the full year
    (〔98〕 is 1998) or ``None`` when none is printed, ``number`` the serial number.
    """

    value: str
    code: str
    rule: str
    start: int
    end: int
    year: int | None
    number: int


def parse_number(printed: str, rules: NumberRules) -> NumberFound | None:
    """Return the first 发文字号 in ``printed`` with its parts; ``None`` when there is none."""
    return next(find_numbers(printed, rules), None)


def find_numbers(text: str, rules: NumberRules, start: int = 0, end: int | None = None) -> Iterator[NumberFound]:
    """Yield the numbers in ``text[start:end]`` in order, none inside another."""
    stop = len(text) if end is None else end
    if text.find("号", start, stop) < 0:
        return
    found: list[NumberFound] = []
    for rule in rules.rules:
        for match in rule.pattern.finditer(text, start, stop):
            made = _made(text, match, rule, rules.borders)
            if made is None:
                continue
            at = bisect_left(found, made.start, key=_start)
            if (at and found[at - 1].end > made.start) or (at < len(found) and found[at].start < made.end):
                continue
            found.insert(at, made)
    yield from found


def _start(number: NumberFound) -> int:
    """Return where a number begins."""
    return number.start


def _made(text: str, match: re.Match[str], rule: NumberRule, borders: Sequence[re.Pattern[str]]) -> NumberFound | None:
    """Return the match as a number, without what is glued before it; ``None`` when it's no 发文字号 after all."""
    groups = match.groupdict()
    code, start = match["code"], match.start()
    if rule.alone and not _whole_line(text, match.start(), match.end()):
        return None
    if rule.alone and any((cut := border.match(code + "第")) and cut.end() == len(code) for border in borders):
        return None  # 「…规定2022年第2号」 is a title and what a catalogue added to it
    for border in borders[: _BORDERS.get(rule.name, len(borders))]:
        cut = border.match(code)
        if cut:
            start += cut.end()
            code = code[cut.end() :]
    if len(code) < 2 or (rule.name in _SHORT_CODES and len(_SPACES.sub("", code)) > _LONGEST_CODE):
        return None
    year = (groups.get("year") or groups.get("late") or "").translate(_FULL_WIDTH)
    no = groups["no"] or groups["number"]  # a notice's may stand without a year
    number = chinese_number("".join(no.split()).removeprefix("第").translate(_FULL_WIDTH))
    if number is None:
        return None
    form = _form(rule, year, match.group())
    printed = form.format(code=code, year=year, no=no) if form else text[start : match.end()]
    value = _SPACES.sub("", printed).translate(_FULL_WIDTH)
    return NumberFound(value, _SPACES.sub("", code), rule.name, start, match.end(), _full_year(year), number)


def _form(rule: NumberRule, year: str, printed: str) -> str:
    """Return the template for a number printed so; orders may have no year, notices a year in brackets."""
    if rule.name in ("order", "notice") and not year:
        return "{code}{no}号"
    if rule.name == "notice" and _BRACKETED.search(printed):
        return "{code}\u3014{year}\u3015{no}号"
    return rule.form


def _full_year(year: str) -> int | None:
    """Return a printed year as a number with its century; ``None`` for none."""
    if len(year) == 2:
        return int(year) + (1900 if int(year) >= _CENTURY else 2000)
    return int(year) if year else None


def _whole_line(text: str, start: int, end: int) -> bool:
    """Tell whether ``text[start:end]`` is all of its line but for spaces."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    stop = text.find("\n", end)
    return not before.strip() and not text[end : len(text) if stop < 0 else stop].strip()
