"""What the page says about a title found by its words: the size it's set in, the table it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from pipeline.core.layers import Block, CleanText, RawText
from pipeline.structure.agencies import is_agency
from pipeline.structure.pieces import squeeze
from pipeline.structure.rules import HeadRules
from pipeline.structure.titles import Title

_LARGER = 1.2  # a title's lines are so many times as high as what only stands beside it
_SAME = 0.06
_LEAST = 6  # characters of a title
_LABELLED = 4  # cells of a row of labels and values


def as_set(title: Title, raw: RawText, text: CleanText, rules: HeadRules) -> Title | None:
    """Return the title without lines above or below it that are set smaller; None for one cell of a table's row."""
    if not any(block.box is not None or block.kind == "cell" or block.level for block in raw.blocks):
        return title
    start, end = text.offsets().to_source(title.field.start, title.field.end)
    blocks = [block for block in raw.blocks if block.start < end and block.end > start and block.kind != "furniture"]
    if any(_is_one_of_many(block, raw) for block in blocks):
        return None
    if styled := _styled(title, blocks, text, rules):
        return styled
    lines = [block for block in blocks if block.kind == "line" and block.box is not None and block.score is None]
    if len(lines) < 2 or len(lines) < len(blocks):
        return title
    highest = max(_height(block) for block in lines)
    runs = [list(run) for large, run in groupby(lines, lambda block: _height(block) >= (1 - _SAME) * highest) if large]
    others = [_height(block) for block in lines if _height(block) < (1 - _SAME) * highest]
    if len(runs) != 1 or not others or max(others) * _LARGER > highest:
        return title
    first, last = text.offsets().from_source(max(start, runs[0][0].start), min(end, runs[0][-1].end))
    value = squeeze(text.text[first:last])
    if len(value) < _LEAST or value not in title.field.value:
        return title
    return replace(title, field=replace(title.field, value=value, start=first, end=last))


def _styled(title: Title, blocks: Sequence[Block], text: CleanText, rules: HeadRules) -> Title | None:
    """Return the title without a cover's words above it, where a style marks only its own lines and names a 文种."""
    first = next((number for number, block in enumerate(blocks) if block.level), 0)
    if not first or not all(block.level for block in blocks[first:]):
        return None
    start, end = text.offsets().from_source(blocks[first].start, blocks[-1].end)
    value = squeeze(text.text[start:end])
    above = title.field.value.removesuffix(value)
    if not rules.kind_end.search(value) or rules.agency_after.match(value) or is_agency(above, rules):
        return None
    return replace(title, field=replace(title.field, value=value, start=start, end=end))


def _is_one_of_many(block: Block, raw: RawText) -> bool:
    """Tell whether a block is one of many cells in its row; labels with their values, two or four, may be a head."""
    row = [
        other
        for other in raw.blocks
        if other.kind == "cell" and (other.table, other.row) == (block.table, block.row)
        if raw.text[other.start : other.end].strip()
    ]
    return block.kind == "cell" and len(row) > _LABELLED


def _height(block: Block) -> float:
    """Return the height of a printed line, in points."""
    return block.box[3] - block.box[1] if block.box else 0.0
