"""Files of cards: tables of label and content, one for each policy, as guides and service lists print them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from pipeline.core.layers import Block, CleanText, Given, GivenField, Part, RawText
from pipeline.core.offsets import OffsetMap

_NUMBER = re.compile(r"[（(]?(?:\d{1,3}|[一二三四五六七八九十]{1,4})[)）.．、]\s?")
_GAPS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class CardRules:
    """What the cells of a card are called: label → name of its kind, kind → field of the head; and the limits."""

    names: dict[str, str]
    fields: dict[str, GivenField]
    least: int
    least_labels: int
    title_chars: int


@dataclass(slots=True)
class _Card:
    """The labels of one card: kind and content cell of each, and the places of the first and last in the blocks."""

    first: int
    last: int
    contents: dict[str, Block] = field(default_factory=dict)


def find_cards(raw: RawText, text: CleanText, rules: CardRules) -> list[Part]:
    """Return the cards of ``text``, from each one's title to its last cell; none when there are too few."""
    blocks = [block for block in raw.blocks if block.kind != "furniture"]
    cards = list(_grouped(raw.text, blocks, rules))
    if len(cards) < rules.least or median(len(card.contents) for card in cards) < rules.least_labels:
        return []
    spans = text.offsets()
    ends = [0, *(card.last + 1 for card in cards)]
    gaps = [blocks[end : card.first] for end, card in zip(ends, cards, strict=False)]
    by_lines = all(any(block.kind != "cell" for block in gap) for gap in gaps)
    parts = []
    for number, (card, gap) in enumerate(zip(cards, gaps, strict=True), 1):
        above = [block for block in gap if block.kind != "cell"] if by_lines else gap
        title = _title(text.text, spans, above, rules)
        first, last = blocks[card.first], blocks[card.last]
        start = title[0] if title else spans.from_source(first.start, first.end)[0]
        end = spans.from_source(last.start, last.end)[1]
        given = [
            Given(rules.fields[name], block.start, block.end)
            for name, block in card.contents.items()
            if name in rules.fields
        ]
        if title and not any(one.field == "title" for one in given):
            given.append(Given("title", *spans.to_source(title[1], title[2])))
        parts.append(Part(str(number), start, end, tuple(given)))
    return parts


def _grouped(raw: str, blocks: Sequence[Block], rules: CardRules) -> Iterator[_Card]:
    """Yield the cards: a label seen in a card already opens the next, if something stands between the two."""
    card: _Card | None = None
    ends = _row_ends(blocks)
    for at, name in _labels(raw, blocks, rules):
        again = card is not None and name in card.contents and _is_apart(blocks, card.last, at)
        if card is None or again:
            if card is not None:
                yield card
            card = _Card(at, at)
        card.contents.setdefault(name, blocks[at + 1])
        card.last = ends[at]
    if card is not None:
        yield card


def _labels(raw: str, blocks: Sequence[Block], rules: CardRules) -> Iterator[tuple[int, str]]:
    """Yield place and kind of each cell that labels the one to its right."""
    for at in range(len(blocks) - 1):
        block, content = blocks[at], blocks[at + 1]
        if block.kind != "cell" or (content.table, content.row) != (block.table, block.row):
            continue
        name = rules.names.get(_GAPS.sub("", raw[block.start : block.end]).rstrip("：:"))
        if name:
            yield at, name


def _is_apart(blocks: Sequence[Block], last: int, at: int) -> bool:
    """Tell whether text, another table or a row of one cell stands between two places."""
    if blocks[last].table != blocks[at].table:
        return True
    between = blocks[last + 1 : at]
    return any(block.kind != "cell" or _is_alone(blocks, last + 1 + n) for n, block in enumerate(between))


def _is_alone(blocks: Sequence[Block], at: int) -> bool:
    """Tell whether the cell at ``at`` is all its row holds."""
    row = (blocks[at].table, blocks[at].row)
    return all(
        not 0 <= other < len(blocks) or blocks[other].kind != "cell" or (blocks[other].table, blocks[other].row) != row
        for other in (at - 1, at + 1)
    )


def _row_ends(blocks: Sequence[Block]) -> list[int]:
    """Return for each block the place of the last cell of its row, its own place for what is no cell."""
    ends = list(range(len(blocks)))
    for at in range(len(blocks) - 2, -1, -1):
        block, after = blocks[at], blocks[at + 1]
        if block.kind == after.kind == "cell" and (block.table, block.row) == (after.table, after.row):
            ends[at] = ends[at + 1]
    return ends


def _title(text: str, spans: OffsetMap, above: Sequence[Block], rules: CardRules) -> tuple[int, int, int] | None:
    """Return where a card begins, and the span of its title: the last line with text above it, without its number.

    It's a line of text where all cards have one, else the row of one cell that opens a card.
    """
    lines = list(above)
    while lines:
        start, end = spans.from_source(lines[-1].start, lines[-1].end)
        start = text.rfind("\n", 0, start) + 1  # a title of two printed lines is one line of the clean text
        line = text[start:end]
        stripped = line.strip()
        if stripped:
            break
        lines.pop()
    if not lines or len(stripped) > rules.title_chars or stripped.endswith(("。", "；")):
        return None
    begin = start + len(line) - len(line.lstrip())
    number = _NUMBER.match(text, begin)
    title = number.end() if number else begin
    return begin, title, begin + len(stripped)
