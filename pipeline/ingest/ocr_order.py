"""Sets a page's recognised lines upright and puts them into reading order, by ruled lines and columns.

Everything here is in points of the page set upright, x to the right and y upwards.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from statistics import fmean

from pipeline.ingest.ocr_engine import Seen
from pipeline.ingest.ocr_rules import Rule, Rules

Box = tuple[float, float, float, float]
_LONG = 6  # times its height that a line must be wide to tell the slope
_LEAST_SLOPE, _MOST_SLOPE = 0.001, 0.17
_AIRY = 1.2  # a line is at most so many times as high as its characters are wide
_COVERS = 0.85  # share of a group's width or height that a rule must run along to part it
_SAME_RULE = 3.0  # points
_OVER = 0.2  # share of a line's height that a stroke may be longer than it
_WORD_GAP = 1.5  # line heights between two pieces of one line
_ALIGNED = 3  # rows of all columns that must lie level for the columns to be those of a table
# two columns of prose: how many lines each has, how wide they are in characters and as a share of the column
_PROSE_LINES, _PROSE_CHARS, _PROSE_WIDTH, _CROSSING = 4, 8, 0.6, 0.25


@dataclass(frozen=True, slots=True)
class Line:
    """A recognised line: ``box`` is where it is on the page set upright, ``place`` where on the page as it is."""

    text: str
    score: float
    box: Box
    place: Box


Row = tuple[Line, ...]  # lines side by side, from left to right


def slope_of(seen: Sequence[Seen]) -> float:
    """Return by how many pixels a page's lines fall for each pixel to the right: the median over its characters."""
    slopes: list[tuple[float, float]] = []
    for line in seen:
        (ax, ay), (bx, by), _, (dx, dy) = line.corners
        width = math.dist((ax, ay), (bx, by))
        if width > _LONG * math.dist((ax, ay), (dx, dy)) and abs(by - ay) < _MOST_SLOPE * (bx - ax):
            slopes.append(((by - ay) / (bx - ax), width))
    half, total = sum(width for _, width in slopes) / 2, 0.0
    for slope, width in sorted(slopes):
        total += width
        if total >= half:
            return slope if abs(slope) >= _LEAST_SLOPE else 0.0
    return 0.0


def set_upright(seen: Iterable[Seen], slope: float, size: tuple[int, int], scale: float) -> list[Line]:
    """Return lines in points; ``size`` is the image's width and height, ``scale`` its pixels for each point."""
    width, height = size
    angle = math.atan(slope)
    cos, sin = math.cos(angle), math.sin(angle)
    lines = []
    for line in seen:
        a, b, c, d = line.corners
        x, y = fmean(p[0] for p in line.corners), fmean(p[1] for p in line.corners)
        wide = (math.dist(a, b) + math.dist(d, c)) / 2
        # boxes of short lines come out too high
        high = min((math.dist(a, d) + math.dist(b, c)) / 2, _AIRY * wide / max(1.0, columns(line.text) / 2))
        right, down = x - width / 2, y - height / 2
        level = (width / 2 + right * cos + down * sin, height / 2 - right * sin + down * cos)
        boxes = [
            (
                (cx - wide / 2) / scale,
                (height - cy - high / 2) / scale,
                (cx + wide / 2) / scale,
                (height - cy + high / 2) / scale,
            )
            for cx, cy in (level, (x, y))
        ]
        lines.append(Line(line.text, line.score, boxes[0], boxes[1]))
    return lines


def columns(text: str) -> int:
    """Return a text's width in columns: two for a Chinese character, one for a Latin one."""
    return len(text.encode("gbk", "replace"))


def rules_in_points(rules: Rules, lines: Sequence[Line], height: int, scale: float) -> Rules:
    """Return the rules as the ``lines`` are measured, without those within a line: strokes of its characters."""
    across = tuple(Rule((height - r.at) / scale, r.low / scale, r.high / scale) for r in rules.across)
    down = tuple(Rule(r.at / scale, (height - r.high) / scale, (height - r.low) / scale) for r in rules.down)
    return Rules(across, tuple(rule for rule in down if not any(_is_stroke(rule, line) for line in lines)))


def _is_stroke(rule: Rule, line: Line) -> bool:
    """Tell whether a rule down the page is hardly longer than the line of text it stands in."""
    x0, y0, x1, y1 = line.box
    high = (y1 - y0) * (1 + _OVER)
    return x0 <= rule.at <= x1 and rule.high - rule.low <= high and min(rule.high, y1) > max(rule.low, y0)


def read(lines: Sequence[Line], rules: Rules) -> list[Row]:
    """Return the rows of a page, or part of one, in reading order.

    What ruled lines part stays apart: upper cells before lower ones, then the left before the right. Columns of prose
    are read one after the other. Cells of one line each, side by side, are one row.
    """
    if len(lines) < 2:
        return [tuple(lines)] if lines else []
    if len(parts := _parted(lines, rules.across, side=1)) > 1:
        return list(chain.from_iterable(read(part, rules) for part in reversed(parts)))
    if len(parts := _parted(lines, rules.down, side=0)) > 1:
        cells = [read(part, rules) for part in parts]
        if all(len(cell) == 1 for cell in cells):
            return [tuple(line for cell in cells for line in cell[0])]
        if not _is_level(cells):
            return list(chain.from_iterable(cells))
    elif len(parts := _prose_columns(lines)) > 1:
        return list(chain.from_iterable(_rows(part) for part in parts))
    return _rows(lines)


def _middle(line: Line, side: int) -> float:
    """Return the middle of a line's box: ``side`` 0 its x, 1 its y."""
    return (line.box[side] + line.box[side + 2]) / 2


def _parted(lines: Sequence[Line], rules: Sequence[Rule], *, side: int) -> list[list[Line]]:
    """Return the groups that rules along the whole of ``lines`` part them into, by rising x (``side`` 0) or y (1)."""
    other = 1 - side
    low, high = min(line.box[other] for line in lines), max(line.box[other + 2] for line in lines)
    middles = sorted(_middle(line, side) for line in lines)
    between = sorted((rule for rule in rules if middles[0] < rule.at < middles[-1]), key=lambda rule: rule.at)
    borders: list[float] = []
    for rule in between:
        same = [r for r in between if abs(r.at - rule.at) <= _SAME_RULE]
        if _covered(same, low, high) >= _COVERS * (high - low) and (not borders or rule.at > borders[-1] + _SAME_RULE):
            borders.append(rule.at)
    groups: list[list[Line]] = [[] for _ in range(len(borders) + 1)]
    for line in lines:
        groups[sum(border < _middle(line, side) for border in borders)].append(line)
    return [group for group in groups if group]


def _covered(rules: Sequence[Rule], low: float, high: float) -> float:
    """Return how much of ``low`` to ``high`` the rules run along."""
    total, at = 0.0, low
    for rule in sorted(rules, key=lambda rule: rule.low):
        start, end = max(at, rule.low), min(high, rule.high)
        if end > start:
            total, at = total + end - start, end
    return total


def _is_level(cells: Sequence[Sequence[Row]]) -> bool:
    """Tell whether all columns have the same rows at the same heights: a table without rules across."""
    if len({len(cell) for cell in cells}) > 1 or len(cells[0]) < _ALIGNED:
        return False
    return all(_beside(a[0], b[0]) for left, right in pairwise(cells) for a, b in zip(left, right, strict=True))


def _beside(a: Line, b: Line) -> bool:
    """Tell whether two lines stand at one height."""
    lower = min(a.box[3] - a.box[1], b.box[3] - b.box[1])
    return min(a.box[3], b.box[3]) - max(a.box[1], b.box[1]) > 0.5 * lower


def _prose_columns(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the lines of two columns of prose as groups in reading order; what runs over both parts the page.

    Returns one group when there is no such pair of columns. A list of labels beside text isn't one.
    """
    left, right = min(line.box[0] for line in lines), max(line.box[2] for line in lines)
    third = (right - left) / 3
    edges = sorted({line.box[2] for line in lines if left + third < line.box[2] < right - third})
    best: tuple[int, float] | None = None
    for edge in edges:
        crossing = sum(line.box[0] < edge + 1 < line.box[2] - 1 for line in lines)
        best = min(best or (crossing, edge), (crossing, edge))
    if best is None or best[0] > _CROSSING * len(lines):
        return [list(lines)]
    gutter = best[1] + 1
    sides: tuple[Callable[[Line], bool], ...] = (lambda line: line.box[2] <= gutter, lambda line: line.box[0] >= gutter)
    if not all(_is_prose([line for line in lines if inside(line)]) for inside in sides):
        return [list(lines)]
    groups: list[list[Line]] = [[], [], []]
    result: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -_middle(line, 1)):
        place = next((i for i, inside in enumerate(sides) if inside(line)), 2)
        if (place == 2) != bool(groups[2]) and any(groups):
            result += groups
            groups = [[], [], []]
        groups[place].append(line)
    return [group for group in [*result, *groups] if group]


def _is_prose(lines: Sequence[Line]) -> bool:
    """Tell whether most of a column's lines fill it."""
    if len(lines) < _PROSE_LINES:
        return False
    width = max(line.box[2] for line in lines) - min(line.box[0] for line in lines)
    wide = [
        line
        for line in lines
        if line.box[2] - line.box[0] > _PROSE_WIDTH * width and columns(line.text) >= 2 * _PROSE_CHARS
    ]
    return len(wide) > 0.5 * len(lines)


def _rows(lines: Sequence[Line]) -> list[Row]:
    """Return the rows from top to bottom; pieces of one printed line are put together."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (-_middle(line, 1), line.box[0])):
        if rows and _beside(rows[-1][0], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [_whole(sorted(row, key=lambda line: line.box[0])) for row in rows]


def _whole(row: Sequence[Line]) -> Row:
    """Return a row with the pieces that stand close together made one line."""
    result: list[Line] = []
    for line in row:
        before = result[-1] if result else None
        if before is None or line.box[0] - before.box[2] > _WORD_GAP * (line.box[3] - line.box[1]):
            result.append(line)
            continue
        shares = len(before.text), len(line.text)
        score = (before.score * shares[0] + line.score * shares[1]) / max(1, sum(shares))
        text = f"{before.text} {line.text}"
        result[-1] = Line(text, score, _union(before.box, line.box), _union(before.place, line.place))
    return tuple(result)


def _union(a: Box, b: Box) -> Box:
    """Return the box around two boxes."""
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
