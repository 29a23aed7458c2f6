"""Texts that hold many documents: the dated items of a digest, the cards of a guide. Each becomes its own document.

They keep the file's text and offsets: only the clean text is cut, so that a quote still leads to its place in the
file.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median

from pydantic import BaseModel, ConfigDict, Field

from pipeline.core.dates import chinese_number, find_dates
from pipeline.core.layers import OTHER_PART, Block, CleanText, Given, GivenField, Part, RawText
from pipeline.core.offsets import Edit
from pipeline.core.strict import build, digest, read_toml
from pipeline.structure.cards import CardRules, find_cards

_TOP_HEADING = re.compile(r"^[ \t\u3000]*(?P<value>[一二三四五六七八九十]{1,3})、(?=[^\n]{1,40}$)", re.M)
_NAMED = re.compile(r"\s*(?P<title>[^：:。；，\n]{8,60})[：:]")
_MINOR = 0.5  # of the text: items with headings between or around them that are less are quoted

Bounds = tuple[list[int], list[int]]
REST = "0"  # the id of what is left of the text when its items are taken out
_FILE = "parts.toml"
_NO_TITLE = re.compile(r"[。；;：:，,]$|https?://|www\.|^(?:相关链接|链接|来源|原文|作者|责任编辑|编辑)\s?[:：]")


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class _Mark(_Entry):
    name: str
    pattern: str
    examples: tuple[str, ...]
    counter: tuple[str, ...] = Field((), alias="not")


class _Item(_Entry):
    least: int
    least_chars: int
    in_order: float
    title_chars: int


class _Label(_Entry):
    name: str
    words: tuple[str, ...]
    field: GivenField | None = None


class _CardLimits(_Entry):
    least: int
    least_labels: int
    title_chars: int


class PartsData(_Entry):
    """The content of configs/parts.toml."""

    mark: tuple[_Mark, ...]
    item: _Item
    label: tuple[_Label, ...]
    card: _CardLimits


@dataclass(frozen=True, slots=True)
class PartRules:
    """The marks that open items, compiled for the beginnings of lines, with their limits; what cards are made of."""

    marks: tuple[re.Pattern[str], ...]
    item: _Item
    cards: CardRules
    digest: str


@dataclass(frozen=True, slots=True)
class _Opening:
    """A mark in the clean text: its span, the label in it, its date (ISO) with the date's span, a title it holds."""

    start: int
    end: int
    label: str
    date: str
    date_start: int
    date_end: int
    title: tuple[int, int] | None = None


def read_part_file(folder: Path) -> PartsData:
    """Return the content of ``parts.toml`` in ``folder``. Raises PipelineError with every mistake."""
    data, lines = read_toml((folder / _FILE).read_text(encoding="utf-8"), _FILE)
    return build(PartsData, data, lines, _FILE)


def load_part_rules(folder: Path) -> PartRules:
    """Return the rules of ``parts.toml`` in ``folder``. Raises PipelineError with every mistake."""
    rules = read_part_file(folder)
    marks = tuple(re.compile(rf"^[ \t\u3000]*(?:{mark.pattern})", re.M) for mark in rules.mark)
    names = {word: label.name for label in rules.label for word in label.words}
    fields = {label.name: label.field for label in rules.label if label.field}
    limits = rules.card
    cards = CardRules(names, fields, limits.least, limits.least_labels, limits.title_chars)
    return PartRules(marks, rules.item, cards, digest((folder / _FILE).read_bytes()))


def find_parts(raw: RawText, text: CleanText, *, rules: PartRules) -> tuple[Part, ...]:
    """Return the documents that ``text`` holds, in order and without overlap; none for a text that is one document.

    What is left of the text, if there is any, is the part ``REST``, which has no place of its own: it ends where it
    begins.
    """
    for mark in rules.marks:
        openings = list(_openings(text.text, mark))
        if _is_digest(text.text, openings, rules.item):
            items = _without_analysis(text.text, openings, _items(text, openings, rules.item))
            if items:
                return (*_rest(text.text, items), *items)
    cards = find_cards(raw, text, rules.cards)
    return (*_rest(text.text, cards), *cards) if cards else ()


def cut(raw: RawText, text: CleanText, parts: Sequence[Part]) -> Iterator[tuple[str, RawText, CleanText]]:
    """Yield id, raw text and clean text of each part.

    The raw text stays whole, with the part's own blocks only; edits take out of the clean text what isn't the part's.
    """
    taken = [(part.start, part.end) for part in parts if part.id != REST]
    spans = text.offsets()
    starts = [edit.start for edit in text.edits]
    bounds = [block.start for block in raw.blocks], [block.end for block in raw.blocks]
    for part in parts:
        kept = _between(taken, len(text.text)) if part.id == REST else [(part.start, part.end)]
        places = [spans.to_source(start, end) for start, end in kept]
        blocks = _within(raw.blocks, bounds, places)
        pages = {block.page for block in blocks if block.page is not None}
        own_raw = replace(
            raw,
            blocks=blocks,
            given=part.given,
            n_pages=len(pages) if pages else raw.n_pages,
            title=raw.title if part.id == REST else None,
            published=raw.published if part.id == REST else None,
            doubts=(),
        )
        yield part.id, own_raw, _kept_only(raw, text, starts, kept, places)


def _within(blocks: Sequence[Block], bounds: Bounds, places: Sequence[tuple[int, int]]) -> tuple[Block, ...]:
    """Return the blocks that overlap one of ``places``; ``bounds`` are the starts and the ends of all blocks."""
    starts, ends = bounds
    found: list[Block] = []
    at = 0
    for start, end in places:
        at = max(at, bisect_right(ends, start))
        last = bisect_left(starts, end, at)
        found += blocks[at:last]
        at = last
    return tuple(found)


def _kept_only(
    raw: RawText,
    text: CleanText,
    starts: Sequence[int],
    kept: Sequence[tuple[int, int]],
    places: Sequence[tuple[int, int]],
) -> CleanText:
    """Return the clean text of ``kept`` alone (``places`` in the raw text), the rest taken out by edits."""
    edits: list[Edit] = []
    at = 0
    for start, end in places:
        if start > at:
            edits.append(Edit(at, start, "", OTHER_PART))
        first, last = bisect_right(starts, start - 1), bisect_right(starts, end)
        edits += [edit for edit in text.edits[first:last] if edit.start >= start and edit.end <= end]
        at = end
    if at < len(raw.text):
        edits.append(Edit(at, len(raw.text), "", OTHER_PART))
    return CleanText("".join(text.text[start:end] for start, end in kept), tuple(edits))


def _between(taken: Sequence[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Return the spans from 0 to ``length`` outside ``taken``."""
    edges = [0, *(edge for span in taken for edge in span), length]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]


def _openings(text: str, mark: re.Pattern[str]) -> Iterator[_Opening]:
    """Yield the places where ``mark`` stands with a whole date in it."""
    for found in mark.finditer(text):
        date = next(find_dates(text, *found.span("date")), None)
        if date is not None and date.full:
            label = found["label"].strip() if "label" in mark.groupindex else ""
            title = found.span("title") if "title" in mark.groupindex else None
            yield _Opening(*found.span(), label, date.iso, date.start, date.end, title)


def _is_digest(text: str, openings: Sequence[_Opening], item: _Item) -> bool:
    """Tell whether the marks are those of a digest: one label, dates in order, and something said under each."""
    if len(openings) < item.least or len({opening.label for opening in openings}) > 1:
        return False
    steps = [(b.date > a.date) - (b.date < a.date) for a, b in pairwise(openings)]
    if max(steps.count(1), steps.count(-1)) + steps.count(0) < item.in_order * len(steps):
        return False
    ends = [*(opening.start for opening in openings[1:]), len(text)]
    return median(end - opening.end for opening, end in zip(openings, ends, strict=True)) >= item.least_chars


def _items(text: CleanText, openings: Sequence[_Opening], item: _Item) -> list[Part]:
    """Return the items, each from its title above the mark up to the next one's."""
    spans = text.offsets()
    titles = [
        None if opening.title else _title_above(text.text, before.end if before else 0, opening.start, item)
        for before, opening in zip([None, *openings], openings, strict=False)
    ]
    starts = [title[0] if title else opening.start for title, opening in zip(titles, openings, strict=True)]
    ends = [*starts[1:], len(text.text)]
    parts = []
    for number, (opening, title) in enumerate(zip(openings, titles, strict=True), 1):
        own = _line(text.text, *opening.title, item) if opening.title else None
        heading = own or title or _title_behind(text.text, opening.end, item)
        given = [Given("issue_date", *spans.to_source(opening.date_start, opening.date_end))]
        if heading:
            given.insert(0, Given("title", *spans.to_source(*heading)))
        parts.append(Part(str(number), starts[number - 1], ends[number - 1], tuple(given)))
    return parts


def _without_analysis(text: str, openings: Sequence[_Opening], items: Sequence[Part]) -> list[Part]:
    """Return the items, each ended where a heading of the text around them stands: 「二、分析」.

    Such headings go up through the whole text, none comes twice. Where they stand around items that are the smaller
    part of the text, those are only quoted: then there are none.
    """
    inside = [
        list(_TOP_HEADING.finditer(text, opening.end, part.end)) for opening, part in zip(openings, items, strict=True)
    ]
    before = list(_TOP_HEADING.finditer(text, 0, items[0].start))
    values = [chinese_number(found["value"]) or 0 for group in (before, *inside) for found in group]
    if any(after <= value for value, after in pairwise(values)):
        return list(items)
    kept = []
    for part, found in zip(items, inside, strict=True):
        ends = bool(found) and (part is items[-1] or found[0]["value"] != "一")
        kept.append(replace(part, end=found[0].start()) if ends else part)
    around = bool(before) or any(one.end < other.end for one, other in zip(kept, items, strict=True))
    quoted = around and sum(part.end - part.start for part in kept) < _MINOR * len(text)
    return [] if quoted else kept


def _title_above(text: str, after: int, before: int, item: _Item) -> tuple[int, int] | None:
    """Return the span of the line with text right above ``before`` if it can be a title, not reaching up to ``after``.

    A line that begins right behind another mark is that item's own text.
    """
    end = after + len(text[after:before].rstrip())
    start = text.rfind("\n", after, end) + 1
    if start <= after:
        return None if after else _line(text, 0, end, item)
    return _line(text, start, end, item)


def _title_behind(text: str, start: int, item: _Item) -> tuple[int, int] | None:
    """Return the span of the rest of the mark's line if it can be a title, or of what a colon sets off there."""
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    named = _NAMED.match(text, start, end)
    return _line(text, start, end, item) or (_line(text, *named.span("title"), item) if named else None)


def _line(text: str, start: int, end: int, item: _Item) -> tuple[int, int] | None:
    """Return the span of a line without outer spaces if it can be a title."""
    line = text[start:end]
    stripped = line.strip()
    if not 2 <= len(stripped) <= item.title_chars or _NO_TITLE.search(stripped):
        return None
    start += len(line) - len(line.lstrip())
    return start, start + len(stripped)


def _rest(text: str, items: Sequence[Part]) -> Iterable[Part]:
    """Return the part of what stands outside the items, if anything does."""
    outside = _between([(part.start, part.end) for part in items], len(text))
    return (Part(REST, 0, 0),) if any(text[start:end].strip() for start, end in outside) else ()
