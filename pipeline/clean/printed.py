"""Printed lines with their places, each in the column of text or the cell it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.clean.lines import Line, split
from pipeline.core.layers import Block, Box

TEXT = -1  # the unit of all lines outside of tables


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a line stands: its box with the text upright, its cell's box, its page; lines join within a ``unit``."""

    unit: int
    box: Box | None
    cell: Box | None = None
    page: int | None = None


def are_printed(blocks: Sequence[Block]) -> bool:
    """Tell whether blocks are what stands on pages, not paragraphs that a file tells itself."""
    return any(block.page is not None for block in blocks) and not any(
        block.kind in ("paragraph", "heading") for block in blocks
    )


def printed_lines(text: str, blocks: Sequence[Block]) -> tuple[list[Line], list[Spot]]:
    """Return the lines of blocks of kind line and cell, and where they stand."""
    lines: list[Line] = []
    spots: list[Spot] = []
    end = 0
    for number, block in enumerate(blocks):
        if block.kind == "furniture":
            continue
        unit = number if block.kind == "cell" else TEXT
        places = {place.start: place for place in block.lines}
        for line in split(text[block.start : block.end]):
            start = block.start + line.start
            place = places.get(start - line.indent) or places.get(start)
            turn = place.turn if place else next((p.turn for p in block.lines), 0)
            box = place.box if place else None if block.kind == "cell" else block.box
            cell = block.box if block.kind == "cell" else None
            blanks = max(0, text.count("\n", end, start) - 1) if lines else 0
            lines.append(Line(start, block.start + line.end, line.indent, blanks, line.text))
            page = place.page if place else block.page
            spots.append(Spot(unit, _upright(box, turn), _upright(cell, turn), page))
            end = lines[-1].end
    return lines, spots


def _upright(box: Box | None, turn: int) -> Box | None:
    """Return a box on a page turned so that its text stands upright."""
    if box is None or not turn:
        return box
    x0, y0, x1, y1 = box
    if turn == 2:
        return -x1, -y1, -x0, -y0
    return (y0, -x1, y1, -x0) if turn == 1 else (-y1, x0, -y0, x1)
