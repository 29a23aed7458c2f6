"""A page's recognised lines and ruled lines as the PDF reader's layout takes them: characters and rules in points.

x goes to the right and y upwards, from the lower left corner of the page set upright.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from pipeline.ingest.ocr_engine import Seen
from pipeline.ingest.pdf_glyphs import Box, Drawn, Glyph, Rule, Sheet, turned

_LONG = 6  # times its height that a line must be wide to tell the slope
_LEAST_SLOPE, _MOST_SLOPE = 0.001, 0.17
_AIRY = 1.2  # a line is at most so many times as high as its characters are wide
_OVER = 0.2  # share of a line's height that a stroke may be longer than it


@dataclass(frozen=True, slots=True)
class Line:
    """A recognised line and its box."""

    text: str
    score: float
    box: Box


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
        right, down = fmean(p[0] for p in line.corners) - width / 2, fmean(p[1] for p in line.corners) - height / 2
        x, y = width / 2 + right * cos + down * sin, height / 2 + right * sin - down * cos
        wide = (math.dist(a, b) + math.dist(d, c)) / 2
        # boxes of short lines come out too high
        high = min((math.dist(a, d) + math.dist(b, c)) / 2, _AIRY * wide / max(1.0, columns(line.text) / 2))
        box = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        lines.append(Line(line.text, line.score, (box[0] / scale, box[1] / scale, box[2] / scale, box[3] / scale)))
    return lines


def columns(text: str) -> int:
    """Return a text's width in columns: two for a Chinese character, one for a Latin one."""
    return len(text.encode("gbk", "replace"))


def as_drawn(lines: Sequence[Line], rules: tuple[Sequence[Rule], Sequence[Rule]], page: Box, turn: int) -> Drawn:
    """Return a page that draws ``lines`` and ``rules`` (across, down).

    ``page`` is its box as stored, ``turn`` the quarter turns to the left by which its text is turned on it.
    """
    x, y, _, _ = turned(page, turn)
    glyphs = tuple(glyph for line in lines for glyph in _glyphs(line, x, y))
    across = tuple(Rule(rule.at + y, rule.low + x, rule.high + x) for rule in rules[0])
    down = tuple(
        Rule(rule.at + x, rule.low + y, rule.high + y)
        for rule in rules[1]
        if not any(_is_stroke(rule, line) for line in lines)
    )
    return Drawn((Sheet(turn, glyphs, across, down),) if glyphs else (), True, page)


def _glyphs(line: Line, x: float, y: float) -> Iterator[Glyph]:
    """Yield the characters of a line, moved by ``x`` and ``y``: each has its share of the line's width."""
    x0, y0, x1, y1 = line.box
    step = (x1 - x0) / max(1, columns(line.text))
    at, space = x0, False
    for char in line.text:
        wide = step * columns(char)
        if not char.isspace():
            yield Glyph(char, at + x, y0 + y, at + wide + x, y1 + y, space)
        at, space = at + wide, char.isspace()


def _is_stroke(rule: Rule, line: Line) -> bool:
    """Tell whether a rule down the page is hardly longer than the line of text it stands in: part of a character."""
    x0, y0, x1, y1 = line.box
    high = (y1 - y0) * (1 + _OVER)
    return x0 <= rule.at <= x1 and rule.high - rule.low <= high and min(rule.high, y1) > max(rule.low, y0)
