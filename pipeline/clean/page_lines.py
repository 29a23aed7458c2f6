"""Which printed lines reach the right edge of their column, by their place on the page."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.clean.lines import Line
from pipeline.core.layers import Block

Box = tuple[float, float, float, float]
_WINDOW = 25
_SAME_EDGE = 4.0  # points by which right edges of one column differ
_LEAST = 3  # lines that must share an edge
_WIDER = 1.5  # a line so much wider than the one to its left isn't the next of two columns of prose
_TALLER = 1.3  # a line so much taller than the next is a heading


def full_lines(lines: Sequence[Line], blocks: Sequence[Block]) -> list[bool | None]:
    """Tell for each line whether it reaches its column's right edge; None when the next can't belong to it.

    The next line can't when it's indented, printed in another size or stands in the next cell of a table. Lines without
    a place count as not full.
    """
    boxes, pages = _places(lines, blocks)
    result: list[bool | None] = []
    for i, box in enumerate(boxes):
        after = boxes[i + 1] if i + 1 < len(boxes) else None
        if box is None or after is None:
            result.append(False)
            continue
        in_next_cell = pages[i] == pages[i + 1] and _is_next_cell(box, after)
        if in_next_cell or _other_size(box, after) or _is_indented(boxes, i + 1):
            result.append(None)
        else:
            left, right, size = _edge(boxes, i, side=0), _edge(boxes, i, side=2), box[3] - box[1]
            # a date or signature set to the right reaches the edge too
            result.append(
                right is not None and box[2] >= right - 1.3 * size and (left is None or box[0] < left + 5 * size)
            )
    return result


def _places(lines: Sequence[Line], blocks: Sequence[Block]) -> tuple[list[Box | None], list[int | None]]:
    """Return each line's box and page, by the block it lies in."""
    boxes: list[Box | None] = []
    pages: list[int | None] = []
    at = 0
    for line in lines:
        while at < len(blocks) and blocks[at].end <= line.start:
            at += 1
        inside = at < len(blocks) and blocks[at].start <= line.start
        boxes.append(blocks[at].box if inside else None)
        pages.append(blocks[at].page if inside else None)
    return boxes, pages


def _is_next_cell(box: Box, after: Box) -> bool:
    """Tell whether the next line on a page stands to the left of this one, or to its right in a much wider column.

    Labels all end at one edge, so that they look full; what's beside them, higher or lower, is another cell.
    """
    return after[2] <= box[0] or (after[0] >= box[2] and after[2] - after[0] > _WIDER * (box[2] - box[0]))


def _other_size(box: Box, after: Box) -> bool:
    """Tell whether two lines are printed in clearly different sizes."""
    a, b = box[3] - box[1], after[3] - after[1]
    return max(a, b) > _TALLER * min(a, b)


def _edge(boxes: Sequence[Box | None], i: int, *, side: int) -> float | None:
    """Return the right (``side`` 2) or left (0) edge shared by lines near ``i``, above or below it, or None."""
    box = boxes[i]
    if box is None:
        return None
    width = max(box[2] - box[0], 1.0)
    near = [
        other[side]
        for other in boxes[max(0, i - _WINDOW) : i + _WINDOW]
        if other is not None and min(box[2], other[2]) - max(box[0], other[0]) >= 0.5 * width
    ]
    near.sort(reverse=side == 2)
    for at in range(len(near) - _LEAST + 1):
        if abs(near[at] - near[at + _LEAST - 1]) <= _SAME_EDGE:
            return near[at]
    return None


def _is_indented(boxes: Sequence[Box | None], i: int) -> bool:
    """Tell whether a line begins one character and more right of its column's left edge."""
    box = boxes[i]
    edge = _edge(boxes, i, side=0)
    return box is not None and edge is not None and box[0] > edge + 1.2 * (box[3] - box[1])
