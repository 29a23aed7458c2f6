"""Which printed lines reach the right edge of their column or cell, by their place on the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pipeline.clean.lines import Line
from pipeline.clean.printed import TEXT, Spot
from pipeline.core.layers import Box

_WINDOW = 25
_SAME_EDGE = 4.0  # points by which right edges of one column differ
_LEAST = 3  # lines that must share an edge
_TALLER = 1.3  # a line so much taller than the next is a heading
_PADDING = 12.0  # points that a cell's text keeps from its borders at most
_CENTRED = 0.6  # heights by which the room left and right of a centred line differs
_INDENT = 1.2  # heights
_WIDEST_INDENT = 5.0
_LATIN = 0.55  # width of a Latin letter in heights


def full_lines(lines: Sequence[Line], spots: Sequence[Spot]) -> list[bool | None]:
    """Tell for each line whether it reaches its column's right edge; None when the next can't belong to it.

    The next line can't when it's indented or printed in another size. Lines without a place count as not full.
    """
    units: dict[int, list[int]] = defaultdict(list)
    for index, spot in enumerate(spots):
        units[spot.unit].append(index)
    result: list[bool | None] = [False] * len(lines)
    for unit, found in units.items():
        boxes = [spots[index].box for index in found]
        cell = None if unit == TEXT else spots[found[0]].cell
        pages = [spots[index].page for index in found]
        values = _of_text(boxes, pages) if cell is None else _of_cell([lines[i].text for i in found], boxes, cell)
        for index, value in zip(found, values, strict=True):
            result[index] = value
    return result


def flush_lines(spots: Sequence[Spot]) -> list[bool]:
    """Tell for each line whether it begins at its column's left edge while paragraphs around it begin indented."""
    boxes = [spot.box if spot.unit == TEXT else None for spot in spots]
    pages = [spot.page for spot in spots]
    lefts = [_edge(boxes, pages, i, side=0) for i in range(len(boxes))]
    indented = [
        left is not None and box is not None and _INDENT < (box[0] - left) / max(box[3] - box[1], 1) < _WIDEST_INDENT
        for box, left in zip(boxes, lefts, strict=True)
    ]
    before = [0]
    for one in indented:
        before.append(before[-1] + one)
    result = []
    for i, (box, left) in enumerate(zip(boxes, lefts, strict=True)):
        near = before[min(i + _WINDOW, len(boxes))] - before[max(0, i - _WINDOW)]
        flush = box is not None and left is not None and box[0] - left < 0.5 * (box[3] - box[1])
        result.append(flush and near >= 2)
    return result


def _of_text(boxes: Sequence[Box | None], pages: Sequence[int | None]) -> list[bool | None]:
    """Tell of the lines outside of tables whether they're full."""
    result: list[bool | None] = []
    for i, box in enumerate(boxes):
        after = boxes[i + 1] if i + 1 < len(boxes) else None
        if box is None or after is None:
            result.append(False)
            continue
        if _other_size(box, after) or _is_indented(boxes, pages, i + 1):
            result.append(None)
        else:
            left, right, size = _edge(boxes, pages, i, side=0), _edge(boxes, pages, i, side=2), box[3] - box[1]
            # a date or signature set to the right reaches the edge too
            result.append(
                right is not None and box[2] >= right - 1.3 * size and (left is None or box[0] < left + 5 * size)
            )
    return result


def _of_cell(texts: Sequence[str], boxes: Sequence[Box | None], cell: Box) -> list[bool | None]:
    """Tell of a cell's lines whether the next one's first word had no room left beside them."""
    known = [box for box in boxes if box is not None]
    if len(known) < len(boxes):
        return [False] * len(boxes)
    padding = min(_PADDING, *(max(0.0, min(box[0] - cell[0], cell[2] - box[2])) for box in known))
    left = min(box[0] for box in known)
    result: list[bool | None] = []
    for i, box in enumerate(known):
        if i + 1 == len(known):
            result.append(False)
            continue
        after, size = known[i + 1], box[3] - box[1]
        centred = all(_is_centred(one, cell, size) for one in (box, after))
        if _other_size(box, after) or (not centred and after[0] > left + _INDENT * size):
            result.append(None)
            continue
        room = cell[2] - cell[0] - 2 * padding - (box[2] - box[0]) if centred else cell[2] - padding - box[2]
        result.append(room < _first_width(texts[i + 1]) * size + 0.3 * size)
    return result


def _is_centred(box: Box, cell: Box, size: float) -> bool:
    """Tell whether a line stands in the middle of its cell."""
    return abs((box[0] - cell[0]) - (cell[2] - box[2])) <= _CENTRED * size


def _first_width(text: str) -> float:
    """Return the width of what can't be parted at a text's start: a Chinese character or a Latin word, in heights."""
    length = 0
    while length < min(len(text), 30) and text[length].isascii() and not text[length].isspace():
        length += 1
    return length * _LATIN if length else 1.0


def _other_size(box: Box, after: Box) -> bool:
    """Tell whether two lines are printed in clearly different sizes."""
    a, b = box[3] - box[1], after[3] - after[1]
    return max(a, b) > _TALLER * min(a, b)


def _edge(boxes: Sequence[Box | None], pages: Sequence[int | None], i: int, *, side: int) -> float | None:
    """Return the right (``side`` 2) or left (0) edge shared by lines near ``i``, above or below it, or None.

    Lines of its own page tell best, as pages of other kinds have other edges.
    """
    box = boxes[i]
    if box is None:
        return None
    width = max(box[2] - box[0], 1.0)
    low = max(0, i - _WINDOW)
    near = [
        (other[side], page == pages[i])
        for other, page in zip(boxes[low : i + _WINDOW], pages[low : i + _WINDOW], strict=True)
        if other is not None and min(box[2], other[2]) - max(box[0], other[0]) >= 0.5 * width
    ]
    own = _shared([edge for edge, same in near if same], side)
    return own if own is not None else _shared([edge for edge, _ in near], side)


def _shared(edges: list[float], side: int) -> float | None:
    """Return the outermost edge that several lines share, or None."""
    edges.sort(reverse=side == 2)
    for at in range(len(edges) - _LEAST + 1):
        if abs(edges[at] - edges[at + _LEAST - 1]) <= _SAME_EDGE:
            return edges[at]
    return None


def _is_indented(boxes: Sequence[Box | None], pages: Sequence[int | None], i: int) -> bool:
    """Tell whether a line begins one character and more right of its column's left edge."""
    box = boxes[i]
    edge = _edge(boxes, pages, i, side=0)
    return box is not None and edge is not None and box[0] > edge + _INDENT * (box[3] - box[1])
