"""发文字号: where one stands and how it's written in the table (hexagonal brackets, no spaces)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.structure.rules import NumberRule, NumberRules

_FULL_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)}
_SPACES = re.compile(r"\s+")
# the year of a usual number stands alone in brackets; an order's or notice's is kept as printed
_BRACKETED = re.compile(r"[\u3014\[\uff3b【（(﹝]\s?(?:19|20)\d\d\s?[\u3015\]\uff3d】）)﹞]")
_LONGEST_CODE = 14


@dataclass(frozen=True, slots=True)
class NumberFound:
    """A 发文字号 at ``start:end`` (code points); ``code`` is its first part, ``rule`` the pattern's name."""

    value: str
    code: str
    rule: str
    start: int
    end: int


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
    used = {"year-first": 0, "order": 1, "notice": 1}.get(rule.name, len(borders))
    for border in borders[:used]:
        cut = border.match(code)
        if cut:
            start += cut.end()
            code = code[cut.end() :]
    if len(code) < 2 or (rule.name == "usual" and len(_SPACES.sub("", code)) > _LONGEST_CODE):
        return None
    form = rule.form
    year = groups.get("year")
    if rule.name == "order" and not year:
        form = "{code}{no}号"
    elif rule.name == "notice" and _BRACKETED.search(match.group()):
        form = "{code}\u3014{year}\u3015{no}号"
    value = _SPACES.sub("", form.format(code=code, year=year, no=groups["no"])).translate(_FULL_WIDTH)
    return NumberFound(value, code, rule.name, start, match.end())


def _whole_line(text: str, start: int, end: int) -> bool:
    """Tell whether ``text[start:end]`` is all of its line but for spaces."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    stop = text.find("\n", end)
    return not before.strip() and not text[end : len(text) if stop < 0 else stop].strip()
