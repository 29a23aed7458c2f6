"""Which printed lines reach the right edge of their column or cell, by their place on the page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from pipeline.clean.lines import STRONG_MARKER, Line
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
_LEAST_ROOM = 1.3  # heights
_WIDER = 1.25  # times the usual leading: beyond it a paragraph ends
_NARROWEST = 22  # columns of a line that is wrapped where lines have ragged ends
# what can't be parted at a line's start: opening marks, a Latin word or number or one character, closing marks
_TOKEN = re.compile("[（《〈“‘「『〔【]{0,2}([!-~]{1,30}|.)([，。；：！？、）》〉”’」』〕】]{0,2})")
_CLOSED = re.compile(r"\.$|[.…·]{4} *\d*$")  # a reference, a line of contents
_MARKS = re.compile("[，。；、：]")
_LONG = 50  # columns
_FAR = 3.0  # heights
_NEIGHBOURS = 6
_HANG = 0.8  # heights by which the text after a marker and the lines below it may differ at their left
_MARKER = re.compile(f"(?![附表图专摘关抄主联相来资备TFAhw【])(?:{STRONG_MARKER.pattern})[ \\u3000]*")


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
        texts = [lines[i] for i in found]
        values = _of_text(texts, boxes, pages) if cell is None else _of_cell([t.text for t in texts], boxes, cell)
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


def _of_text(lines: Sequence[Line], boxes: Sequence[Box | None], pages: Sequence[int | None]) -> list[bool | None]:
    """Tell of the lines outside of tables whether they're full: the next one's first word had no room beside them."""
    result: list[bool | None] = []
    hanging = False
    for i, box in enumerate(boxes):
        after = boxes[i + 1] if i + 1 < len(boxes) else None
        if box is None or after is None:
            result.append(False)
            hanging = False
            continue
        hanging = _hangs(lines[i], box, after, below=hanging) and not lines[i + 1].is_marked()
        if _other_size(box, after) or (_is_indented(boxes, pages, i + 1) and not hanging):
            result.append(None)
            continue
        left, right, size = _edge(boxes, pages, i, side=0), _edge(boxes, pages, i, side=2), box[3] - box[1]
        room = _LEAST_ROOM
        if lines[i].width >= _NARROWEST and not _CLOSED.search(lines[i].text) and _is_led(boxes, pages, i):
            room = max(room, _first_width(lines[i + 1].text) + 0.3)
            if right is None and _MARKS.search(lines[i].text + lines[i + 1].text):
                right = _edge(boxes, pages, i, side=2, within=size)  # lines with ragged ends
            if right is None and _is_first_of_two(lines[i], box, after):
                right = box[2]
            right = _column_edge(lines, boxes, pages, i, right)
        # a date or signature set to the right reaches the edge too
        result.append(
            right is not None and box[2] >= right - room * size and (left is None or box[0] < left + 5 * size)
        )
    return result


def _is_first_of_two(line: Line, box: Box, after: Box) -> bool:
    """Tell whether a long line of prose is indented by two characters against the next: a paragraph by itself."""
    indent = (box[0] - after[0]) / (box[3] - box[1])
    return line.width >= _LONG and 1.5 < indent < 2.6 and after[2] < box[2] and _MARKS.search(line.text) is not None


def _column_edge(
    lines: Sequence[Line], boxes: Sequence[Box | None], pages: Sequence[int | None], i: int, right: float | None
) -> float | None:
    """Return the right edge of the lines of prose just above and below line ``i``, if that's far left of ``right``.

    Lines as wide as the page stand above columns and say nothing about their edges.
    """
    box = boxes[i]
    if box is None or right is None or right - box[2] <= _FAR * (box[3] - box[1]):
        return right
    size = box[3] - box[1]
    found = [box[2]]
    for step in (-1, 1):
        for n in range(i + step, i + step * _NEIGHBOURS, step):
            other = boxes[n] if 0 <= n < len(boxes) else None
            if other is None or pages[n] != pages[i] or other[2] > box[2] + _FAR * size:
                break
            if abs(other[0] - box[0]) > _FAR * size:
                break
            if _MARKS.search(lines[n].text):
                found.append(other[2])
    edge = max(found)
    even = sum(x1 >= edge - 1.5 * size for x1 in found)
    return edge if even >= _LEAST + 1 and even >= 0.7 * len(found) and _MARKS.search(lines[i].text) else right


def _hangs(line: Line, box: Box, after: Box, *, below: bool) -> bool:
    """Tell whether the next line begins where a marker's text does, or stands under one that does (``below``)."""
    size = box[3] - box[1]
    if below and abs(after[0] - box[0]) <= 0.3 * size:
        return True
    marker = _MARKER.match(line.text)
    if marker is None or _CLOSED.search(line.text):
        return False
    share = _columns(marker[0]) / max(1, _columns(line.text))
    return abs(box[0] + share * (box[2] - box[0]) - after[0]) <= _HANG * size


def _columns(text: str) -> int:
    """Return the width of a text, a Chinese character counted as two."""
    return len(text.encode("gbk", "replace"))


def _is_led(boxes: Sequence[Box | None], pages: Sequence[int | None], i: int) -> bool:
    """Tell whether no more than the usual leading parts a line from the next, or a page's or column's end does."""
    own = _leading(boxes, pages, i)
    if own is None:
        return True
    near = [_leading(boxes, pages, n) for n in range(max(0, i - _WINDOW), min(len(boxes) - 1, i + _WINDOW))]
    return own <= _WIDER * median(gap for gap in near if gap is not None)


def _leading(boxes: Sequence[Box | None], pages: Sequence[int | None], i: int) -> float | None:
    """Return how far below a line the next one of its page stands, None where it isn't below it."""
    box, after = boxes[i], boxes[i + 1]
    if box is None or after is None or pages[i] != pages[i + 1] or after[1] >= box[1]:
        return None
    return box[1] - after[1]


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
    """Return the width of what can't be parted at a text's start: a Latin word or a character and its marks."""
    token = _TOKEN.match(text)
    if token is None:
        return 1.0
    return sum(_LATIN if char.isascii() else 1.0 for char in token[0])


def _other_size(box: Box, after: Box) -> bool:
    """Tell whether two lines are printed in clearly different sizes."""
    a, b = box[3] - box[1], after[3] - after[1]
    return max(a, b) > _TALLER * min(a, b)


def _edge(
    boxes: Sequence[Box | None], pages: Sequence[int | None], i: int, *, side: int, within: float = _SAME_EDGE
) -> float | None:
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
    own = _shared([edge for edge, same in near if same], side, within)
    return own if own is not None else _shared([edge for edge, _ in near], side, within)


def _shared(edges: list[float], side: int, within: float) -> float | None:
    """Return the outermost edge that several lines share (they differ by ``within`` points at most), or None."""
    edges.sort(reverse=side == 2)
    for at in range(len(edges) - _LEAST + 1):
        if abs(edges[at] - edges[at + _LEAST - 1]) <= within:
            return edges[at]
    return None


def _is_indented(boxes: Sequence[Box | None], pages: Sequence[int | None], i: int) -> bool:
    """Tell whether a line begins one character and more right of its column's left edge."""
    box = boxes[i]
    edge = _edge(boxes, pages, i, side=0)
    return box is not None and edge is not None and box[0] > edge + _INDENT * (box[3] - box[1])
