"""The cleaners, in order, and the one function that puts their edits together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pipeline.clean.columns import set_columns
from pipeline.clean.controls import break_pages, normalise_newlines, set_bullets, unknown_characters
from pipeline.clean.furniture import strip_furniture
from pipeline.clean.linebreaks import join_lines
from pipeline.clean.spaces import close_spaces
from pipeline.clean.widths import normalise_widths
from pipeline.core.issues import issue
from pipeline.core.layers import Block, CleanText, Place, RawText
from pipeline.core.offsets import Edit, OffsetMap, apply, compose

# takes the text so far and the file's blocks, their offsets moved into it; gives sorted edits that don't overlap
Cleaner = Callable[[str, Sequence[Block]], list[Edit]]

CLEANERS: tuple[Cleaner, ...] = (
    normalise_newlines,
    set_bullets,
    normalise_widths,
    strip_furniture,
    break_pages,
    set_columns,
    join_lines,
    close_spaces,
)

# a joined line may show that the next one belongs to it too; printed lines keep their places only once
_PASSES: dict[Cleaner, int] = {join_lines: 4, close_spaces: 3}


def clean(raw: RawText) -> CleanText:
    """Return the repaired text with the edits, each with its reason, that lead back to the raw text.

    Private-use characters other than bullets stay and are reported with the first one's place.
    """
    text = raw.text
    edits: tuple[Edit, ...] = ()
    for cleaner in CLEANERS:
        for _ in range(_PASSES.get(cleaner, 1) if not raw.blocks else 1):
            found = cleaner(text, _moved(raw.blocks, edits))
            if not found:
                break
            edits = compose(raw.text, edits, found)
            text = apply(text, found)
    private = unknown_characters(raw.text)
    doubts = (issue("clean", "clean.private-use", span=private[0].span(), count=len(private)),) if private else ()
    return CleanText(text, edits, doubts)


def _moved(blocks: Sequence[Block], edits: Sequence[Edit]) -> Sequence[Block]:
    """Return the blocks with their offsets after ``edits``."""
    if not blocks or not edits:
        return blocks
    spans = OffsetMap(edits)
    moved = []
    for block in blocks:
        start, end = spans.from_source(block.start, block.end)
        lines = tuple(_moved_place(place, spans) for place in block.lines)
        moved.append(replace(block, start=start, end=end, lines=lines))
    return moved


def _moved_place(place: Place, spans: OffsetMap) -> Place:
    """Return a line's place with its offsets after edits."""
    start, end = spans.from_source(place.start, place.end)
    return replace(place, start=start, end=end)
