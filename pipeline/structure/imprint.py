"""The imprint (版记) at the end of an official document: 抄送, who printed it and when. No part of its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.core.dates import find_dates
from pipeline.core.layers import HeadField
from pipeline.structure.pieces import SPACES, squeeze

_COPIED = re.compile(r"(?P<label>抄[ \u3000]?[送报])[ \u3000]?[：:][ \u3000\t*]{0,8}")
# the line that ends it, up to 印发: a body, then a date or none
_PRINTED = re.compile(
    r"(?:^|[ \u3000\t]{2}|[。〕）)])[ \u3000\t*]{0,40}(?P<body>[\u4e00-\u9fff（）()]{2,40}"
    r"(?:办公厅|办公室|秘书[处科]|局|委|厅|部|处|室|会|院|府|中心|公司))[\s*]{0,60}"
    r"(?P<date>[\s\d年月日〇零○ＯO一二三四五六七八九十.／/-]{0,24}?)[ \u3000\t]{0,4}$"
)
_DAY = re.compile(r"[\s\d年月日〇零○ＯO一二三四五六七八九十.／/*-]{0,40}")
_PRINTING = re.compile(r"印[发制]?(?=[ \u3000\t*]{0,80}(?:\n|$)|[ \u3000\t]{2}|[（(共])")
_TOPIC = re.compile(r"(?:^|\n)[ \u3000\t*]{0,20}(?P<words>主题词[：:][^\n]{1,80}\n\s{0,20})$")
_REACH = 800
_LONGEST = 300
_LINE = 130


@dataclass(frozen=True, slots=True)
class Imprint:
    """An imprint at ``start:end`` (code points) and what it says; each part may be missing, but not all."""

    start: int
    end: int
    copied_to: HeadField | None
    printed_by: HeadField | None
    printed_on: HeadField | None


def find_imprints(text: str) -> tuple[Imprint, ...]:
    """Return the imprints in order; a file may hold a document with another one attached."""
    found: list[Imprint] = []
    ends = list(_printers(text))
    at = 0
    for copied in _COPIED.finditer(text):
        if not _begins(text, copied.start()):
            continue
        while at < len(ends) and ends[at].by.start < copied.end():
            found.append(_made(text, None, ends[at]))
            at += 1
        near = ends[at] if at < len(ends) and ends[at].by.start - copied.end() < _REACH else None
        at += near is not None
        found.append(_made(text, copied, near))
    found += [_made(text, None, end) for end in ends[at:]]
    return tuple(_apart(found))


@dataclass(frozen=True, slots=True)
class _Printer:
    """The line that ends an imprint: who printed, when, and where it ends."""

    by: HeadField
    on: HeadField | None
    end: int


def _printers(text: str) -> Iterator[_Printer]:
    """Yield the lines that end with 印发 or 印, after a body and maybe a date."""
    for printing in _PRINTING.finditer(text):
        low = _line_start(text, printing.start())
        if _DAY.fullmatch(text, low, printing.start()):  # the body stands in the line above
            above = text[max(0, low - _LINE) : low]
            low = _line_start(text, low - len(above) + len(above.rstrip()))
        found = _PRINTED.search(text[low : printing.start()])
        if found is None:
            continue
        day = next(find_dates(text, low + found.start("date"), low + found.end("date")), None)
        start, end = low + found.start("body"), low + found.end("body")
        by = HeadField(squeeze(found["body"]), start, end)
        yield _Printer(by, HeadField(day.iso, day.start, day.end) if day else None, printing.end())


def _line_start(text: str, at: int) -> int:
    """Return where the line of ``at`` begins, not too far back."""
    least = max(0, at - _LINE)
    return max(text.rfind("\n", least, at) + 1, least)


def _begins(text: str, at: int) -> bool:
    """Tell whether 抄送 at ``at`` is the label of an imprint and no verb: 「并抄送：…」."""
    return text[max(0, at - 1) : at] not in tuple("并应须请可再和或、，的要同时")


def _apart(found: list[Imprint]) -> Iterator[Imprint]:
    """Yield the imprints without those inside another."""
    reach = 0
    for one in found:
        if one.start >= reach:
            yield one
            reach = one.end


def _made(text: str, copied: re.Match[str] | None, printer: _Printer | None) -> Imprint:
    """Return the imprint that begins with 抄送 or, without it, with who printed it."""
    start = copied.start("label") if copied else printer.by.start if printer else 0
    names = _copied(text, copied.end(), printer.by.start if printer else None) if copied else None
    end = printer.end if printer else names.end if names else start
    topic = _TOPIC.search(text[max(0, start - _LINE) : start])
    if topic:
        start -= len(topic["words"])
    return Imprint(start, max(end, start + 1), names, printer.by if printer else None, printer.on if printer else None)


def _copied(text: str, start: int, stop: int | None) -> HeadField | None:
    """Return who gets a copy: up to the printer's line, else up to the end of the line (the next, if that's empty)."""
    if stop is None:
        line = text.find("\n", start)
        line = len(text) if line < 0 else line
        if not text[start:line].strip():
            line = text.find("\n", line + 1)
        stop = min(len(text) if line < 0 else line, start + _LONGEST)
    value = text[start:stop].rstrip(SPACES + "。*_-—")
    lead = len(value) - len(value.lstrip())
    return HeadField(squeeze(value), start + lead, start + len(value)) if value.strip() else None
