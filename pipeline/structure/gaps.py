"""Gaps in the numbering of headings: 一、 and then 三、. Reported, never repaired."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.core.counting import chinese
from pipeline.core.document import Document
from pipeline.core.issues import Issue, issue
from pipeline.core.layers import Section
from pipeline.structure.numbering import value_of

_MOST_MISSING = 3
_HIGHEST = 9999  # what is counted in Chinese
_PART = re.compile(r"[〇零一二三四五六七八九十百千]+|\d+")
# marks that number the items of lists as often as headings are left alone
_STYLES = (
    re.compile(r"第{n}[编篇]|第{n}部分".replace("{n}", r"\s?[〇零一二三四五六七八九十百\d]+\s?")),
    re.compile(r"第\s?[〇零一二三四五六七八九十百\d]+\s?章"),
    re.compile(r"第\s?[〇零一二三四五六七八九十百\d]+\s?节"),
    re.compile(r"第\s?[〇零一二三四五六七八九十百千\d]+\s?条"),
    re.compile(r"[一二三四五六七八九十百]+\s?、"),
    re.compile(r"[（(]\s?[一二三四五六七八九十百]+\s?[）)]"),
)


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers that are missing between two headings of the same kind; ``start:end`` is the second's number."""

    before: str
    after: str
    missing: tuple[str, ...]
    start: int
    end: int


def find_gaps(sections: Sequence[Section], text: str) -> Iterator[Gap]:
    """Yield the gaps in reading order: a number that neither begins anew, nor goes on from the last of its kind.

    A list may count on across the headings above it (（六） in the second part after （五） in the first). A missing
    number that stands in the text in between is no gap.
    """
    last: dict[int, Section] = {}
    inside: dict[tuple[int, int | None], Section] = {}
    for section in sections:
        style = next((i for i, style in enumerate(_STYLES) if style.fullmatch(section.number)), None)
        if style is None:
            continue
        value = value_of(section.number)
        latest, sibling = last.get(style), inside.get((style, section.parent))
        last[style] = inside[style, section.parent] = section
        known = [value_of(one.number) for one in (latest, sibling) if one]
        if value <= 1 or latest is None or any(value - 1 <= one for one in known):
            continue
        nearest = max((one for one in (latest, sibling) if one), key=lambda one: value_of(one.number))
        first = value_of(nearest.number) + 1
        if value - first > _MOST_MISSING or value > _HIGHEST:
            continue
        missing = tuple(_number(section.number, n) for n in range(first, value))
        if not any(_stands(one, text, nearest.start, section.start) for one in missing):
            yield Gap(nearest.number, section.number, missing, section.start, section.start + len(section.number))


def _stands(number: str, text: str, start: int, end: int) -> bool:
    """Tell whether a number is printed between two headings, though it was taken for no heading there."""
    return bool(re.search(re.escape(number) + r"(?![一二三四五六七八九十])", "".join(text[start:end].split())))


def _number(printed: str, value: int) -> str:
    """Return ``value`` numbered as ``printed`` is."""
    part = _PART.search(printed)
    words = str(value) if part and part.group().isdecimal() else chinese(value, zero="零")
    return _PART.sub(words, printed, count=1)


def gap_issues(sections: tuple[Section, ...], doc: Document) -> Iterable[Issue]:
    """Yield an issue for each gap, at the number after it (raw offsets)."""
    if doc.text is None:
        return
    offsets = doc.text.offsets()
    for gap in find_gaps(sections, doc.text.text):
        span = offsets.to_source(gap.start, gap.end)
        yield issue(
            "outline", "outline.gap", span=span, before=gap.before, after=gap.after, missing="、".join(gap.missing)
        )
