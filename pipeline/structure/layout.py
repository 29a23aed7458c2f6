"""Headings that only the page shows: lines set larger than the text, with nothing beside them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.core.layers import Block, CleanText, RawText

_LARGER = 1.15  # a heading's line is so many times as high as the text's
_SAME = 0.06  # lines whose heights differ by less are set in one size
_LONGEST, _LINES = 60, 3
_MOST = 0.12  # where more lines than that are large, size says nothing: a poster, slides, recognised text
_LEAST_LINES = 12
_DEPTHS = 3
_NO_HEADING = re.compile(
    r"[。；，、;,]$|^[\W\d]*$|[.…·•．]{4,}|^第?\s?\d+\s?页|^(?:图|表)\s?\d|^目\s*录$|\d{4}\s?年\s?\d{1,2}\s?月"
    r"|^[^\u4e00-\u9fff\d（(“]|^(?!第)(?:[\u4e00-\u9fff]{2,4}\s+)+[\u4e00-\u9fff]{2,4}$"  # the head of a table
)
_FULL = 0.97  # a line that reaches so far across the page is running text, but for its font
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Styled:
    """A heading's place in the clean text and its depth from 1, by the file's own styles or by its size."""

    start: int
    end: int
    depth: int


def styled_headings(raw: RawText, text: CleanText) -> tuple[Styled, ...]:
    """Return what the file's styles mark as headings, or, in a file of printed lines, what their size does."""
    offsets = text.offsets()
    marked = [block for block in raw.blocks if block.level is not None]
    if marked:
        found = ((block.start, block.end, block.level or 1) for block in marked)
    else:
        found = ((start, end, depth) for start, end, depth in _large(raw))
    return tuple(Styled(*offsets.from_source(start, end), depth) for start, end, depth in found)


def _large(raw: RawText) -> Iterator[tuple[int, int, int]]:
    """Yield the larger lines that stand alone (raw offsets), joined where a heading takes several, with their depth."""
    lines = [block for block in raw.blocks if block.box is not None and block.kind == "line" and block.score is None]
    if len(lines) < _LEAST_LINES:
        return
    usual = _usual(raw.text, lines)
    alone = _alone(lines)
    right: dict[int | None, float] = {}
    for block in lines:
        right[block.page] = max(right.get(block.page, 0.0), block.box[2] if block.box else 0.0)
    large = [
        (index, block)
        for index, block in enumerate(lines)
        if alone[index] and _height(block) >= usual * _LARGER and _may_be(raw.text[block.start : block.end])
        if block.box and block.box[2] < _FULL * right.get(block.page, 0.0)
        if block.box[2] - block.box[0] > _height(block)  # not turned on its side
    ]
    if not large or len(large) > _MOST * len(lines):
        return
    runs = list(_runs(large))
    # the red head and the title
    runs = [run for run in runs if lines[run[0]].page != 1 or run[0] >= _LEAST_LINES]
    sizes = _sizes([_height(lines[run[0]]) for run in runs])
    for run in runs:
        first, last = lines[run[0]], lines[run[-1]]
        if len(run) <= _LINES and last.end - first.start <= _LONGEST:
            size = min(range(len(sizes)), key=lambda i: abs(sizes[i] - _height(first)))
            yield first.start, last.end, min(size + 1, _DEPTHS)


def _height(block: Block) -> float:
    """Return the height of a printed line, in points."""
    return block.box[3] - block.box[1] if block.box else 0.0


def _usual(text: str, lines: Sequence[Block]) -> float:
    """Return the height in which most characters are set."""
    counts: Counter[float] = Counter()
    for block in lines:
        counts[round(_height(block), 1)] += len(text[block.start : block.end].strip())
    return counts.most_common(1)[0][0]


def _alone(lines: Sequence[Block]) -> list[bool]:
    """Tell of each line whether none of the lines around it stands beside it."""
    alone = [True] * len(lines)
    for index in range(1, len(lines)):
        one, other = lines[index - 1], lines[index]
        if one.page == other.page and one.box and other.box:
            overlap = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
            if overlap > 0.5 * min(_height(one), _height(other)):
                alone[index - 1] = alone[index] = False
    return alone


def _may_be(line: str) -> bool:
    """Tell whether a line's words may be a heading."""
    words = line.strip()
    return len(words) <= _LONGEST and len(_CHINESE.findall(words)) > 1 and not _NO_HEADING.search(words)


def _runs(large: Sequence[tuple[int, Block]]) -> Iterator[list[int]]:
    """Yield the lines (by number) that follow each other on one page in one size."""
    keys = [0]
    for (index, block), (before, above) in zip(large[1:], large, strict=False):
        follows = index == before + 1 and block.page == above.page
        same = abs(_height(block) - _height(above)) <= _SAME * _height(block)
        keys.append(keys[-1] + (not (follows and same)))
    for _, group in groupby(zip(keys, large, strict=True), key=lambda pair: pair[0]):
        yield [index for _, (index, _) in group]


def _sizes(heights: Sequence[float]) -> list[float]:
    """Return the sizes among the heights, largest first; close ones count as one."""
    sizes: list[float] = []
    for height in sorted(heights, reverse=True):
        if not sizes or sizes[-1] - height > _SAME * sizes[-1]:
            sizes.append(height)
    return sizes
