"""Rules of a page → the grids of its ruled tables, with merged cells."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.ingest.pdf_glyphs import Box, Rule

_SAME = 3.0  # points within which rules are one: double borders, and cells each drawn with its own
_BREAK = 4.5  # points between dashes of one rule
_TOUCH = 3.5  # points by which rules that meet may miss each other
_OPEN = 6.0  # points by which rules must jut out to show a border that isn't drawn
_COVERED = 0.6  # share of a cell's side that must be drawn to part it from its neighbour
_ODD = 0.15  # share of a grid's area that cells which aren't rectangles may take
_MOST_PAIRS, _MOST_CELLS = 1_000_000, 40_000


@dataclass(frozen=True, slots=True)
class Area:
    """A cell of a grid: first row and column, rows and columns it spans, and its box."""

    row: int
    column: int
    rows: int
    columns: int
    box: Box


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table: column borders from left to right, row borders from top to bottom, cells by row and column.

    ``owner`` gives for each elementary field, row by row, the index of its cell. ``top`` and ``bottom`` tell whether
    those borders are drawn.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    areas: tuple[Area, ...]
    owner: tuple[int, ...]
    top: bool
    bottom: bool

    @property
    def box(self) -> Box:
        """The box of the whole table."""
        return self.xs[0], self.ys[-1], self.xs[-1], self.ys[0]

    def area_at(self, x: float, y: float) -> int | None:
        """Return the index of the cell in which a point lies, None outside of the table."""
        if not (self.xs[0] <= x < self.xs[-1] and self.ys[-1] < y <= self.ys[0]):
            return None
        column = bisect_right(self.xs, x) - 1
        row = bisect_right(self.ys, -y, key=lambda border: -border) - 1
        return self.owner[row * (len(self.xs) - 1) + column]


def find_grids(across: Iterable[Rule], down: Iterable[Rule]) -> list[Grid]:
    """Return the ruled tables of a page, the largest first; none within another."""
    level, upright = merge_rules(across), merge_rules(down)
    if len(level) * len(upright) > _MOST_PAIRS:
        return []
    grids = [grid for lying, standing in _groups(level, upright) if (grid := _grid(lying, standing)) is not None]
    grids.sort(key=lambda grid: -_size(grid.box))
    kept: list[Grid] = []
    for grid in grids:
        if not any(_within(grid.box, other.box) for other in kept):
            kept.append(grid)
    return kept


def merge_rules(rules: Iterable[Rule]) -> list[Rule]:
    """Return rules with those on one line that touch, overlap or are dashes of one joined."""
    lines: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if lines and rule.at - lines[-1][0].at <= _SAME:
            lines[-1].append(rule)
        else:
            lines.append([rule])
    merged: list[Rule] = []
    for line in lines:
        at = sum(rule.at for rule in line) / len(line)
        line.sort(key=lambda rule: rule.low)
        low, high = line[0].low, line[0].high
        for rule in line[1:]:
            if rule.low <= high + _BREAK:
                high = max(high, rule.high)
            else:
                merged.append(Rule(at, low, high))
                low, high = rule.low, rule.high
        merged.append(Rule(at, low, high))
    return merged


def _groups(level: list[Rule], upright: list[Rule]) -> Iterable[tuple[list[Rule], list[Rule]]]:
    """Yield the rules that hang together: level ones, upright ones."""
    parent = list(range(len(level) + len(upright)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, a in enumerate(level):
        for j, b in enumerate(upright, len(level)):
            beside = a.low - _TOUCH <= b.at <= a.high + _TOUCH
            if beside and b.low - _TOUCH <= a.at <= b.high + _TOUCH:
                parent[root(i)] = root(j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, rule in enumerate([*level, *upright]):
        groups.setdefault(root(i), ([], []))[i >= len(level)].append(rule)
    for lying, standing in groups.values():
        if len(lying) >= 2 and standing:
            yield lying, standing


def _grid(level: list[Rule], upright: list[Rule]) -> Grid | None:
    """Return the grid of rules that hang together, None when they're no table."""
    left, right = min(rule.low for rule in level), max(rule.high for rule in level)
    low, high = min(rule.low for rule in upright), max(rule.high for rule in upright)
    xs, ys = _places(upright), _places(level)
    # a border that isn't drawn: the rules of the other direction end on one line beyond the last drawn one
    if xs[0] - left > _OPEN:
        xs.insert(0, left)
    if right - xs[-1] > _OPEN:
        xs.append(right)
    top, bottom = high - ys[-1] <= _OPEN, ys[0] - low <= _OPEN
    ys = ([] if bottom else [low]) + ys + ([] if top else [high])
    columns, rows = len(xs) - 1, len(ys) - 1
    if columns < 1 or rows < 1 or columns * rows < 2 or columns * rows > _MOST_CELLS:
        return None
    ys.reverse()
    areas, owner = _cells(xs, ys, level, upright)
    odd = sum(_size(area.box) for area, count in areas if count != area.rows * area.columns)
    whole = _size((xs[0], ys[-1], xs[-1], ys[0]))
    if len(areas) < 2 or odd > _ODD * whole:
        return None
    return Grid(tuple(xs), tuple(ys), tuple(area for area, _ in areas), tuple(owner), top, bottom)


def _places(rules: Iterable[Rule]) -> list[float]:
    """Return the different places of rules, sorted."""
    places: list[float] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if not places or rule.at - places[-1] > _SAME:
            places.append(rule.at)
    return places


def _cells(
    xs: Sequence[float], ys: Sequence[float], level: list[Rule], upright: list[Rule]
) -> tuple[list[tuple[Area, int]], list[int]]:
    """Return the cells with the number of fields in each, and for each field its cell; ``ys`` run downwards."""
    columns, rows = len(xs) - 1, len(ys) - 1
    by_x = {x: [rule for rule in upright if abs(rule.at - x) <= _SAME] for x in xs}
    by_y = {y: [rule for rule in level if abs(rule.at - y) <= _SAME] for y in ys}
    parent = list(range(columns * rows))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for row in range(rows):
        for column in range(columns):
            here = row * columns + column
            if column + 1 < columns and not _drawn(by_x[xs[column + 1]], ys[row + 1], ys[row]):
                parent[root(here + 1)] = root(here)
            if row + 1 < rows and not _drawn(by_y[ys[row + 1]], xs[column], xs[column + 1]):
                parent[root(here + columns)] = root(here)
    fields: dict[int, list[int]] = {}
    for here in range(columns * rows):
        fields.setdefault(root(here), []).append(here)
    areas: list[tuple[Area, int]] = []
    owner = [0] * (columns * rows)
    for found in sorted(fields.values(), key=lambda found: (found[0] // columns, min(i % columns for i in found))):
        across, along = [i % columns for i in found], [i // columns for i in found]
        c0, c1, r0, r1 = min(across), max(across), min(along), max(along)
        for here in found:
            owner[here] = len(areas)
        box = (xs[c0], ys[r1 + 1], xs[c1 + 1], ys[r0])
        areas.append((Area(r0, c0, r1 - r0 + 1, c1 - c0 + 1, box), len(found)))
    return areas, owner


def _drawn(rules: Iterable[Rule], low: float, high: float) -> bool:
    """Tell whether most of ``low``..``high`` is drawn."""
    return sum(max(0.0, min(high, rule.high) - max(low, rule.low)) for rule in rules) >= _COVERED * (high - low)


def _size(box: Box) -> float:
    """Return a box's area."""
    return (box[2] - box[0]) * (box[3] - box[1])


def _within(inner: Box, outer: Box) -> bool:
    """Tell whether the middle of ``inner`` lies in ``outer``."""
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]
