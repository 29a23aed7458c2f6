"""A topic's share by year as a drawing (SVG): a line through the years, the band of intervals, no script."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

_WIDE, _HIGH = 400, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 14, 12, 28  # margins of the drawing
_LABEL = 40  # so far apart the years below must stand
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)  # what the scale may end at
_SOLID = 1  # years further apart are joined by a dashed line


@dataclass(frozen=True, slots=True)
class Point:
    """A share, 0 to 1, in a group of documents, with its interval (None for too few documents)."""

    label: str
    documents: int
    share: float
    interval: tuple[float, float] | None

    @property
    def told(self) -> str:
        """The point in words: 「2019：33%（11%–67%），9 篇」."""
        between = "" if self.interval is None else f"（{self.interval[0]:.0%}–{self.interval[1]:.0%}）"
        return f"{self.label}：{self.share:.0%}{between}，{self.documents} 篇"


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a year and a share stand in the drawing."""

    first: int
    last: int
    top: float

    def x(self, year: int) -> float:
        """Return the place of a year; a single one stands in the middle."""
        part = (year - self.first) / (self.last - self.first) if self.last > self.first else 0.5
        return round(_LEFT + part * (_WIDE - _LEFT - _RIGHT), 1)

    def y(self, share: float) -> float:
        """Return the height of a share."""
        return round(_HIGH - _BOTTOM - min(share / self.top, 1) * (_HIGH - _TOP - _BOTTOM), 1)


def years_chart(points: Sequence[tuple[int, Point]], label: str) -> Iterator[str]:
    """Yield the drawing of a topic's shares by year, in order; nothing for fewer than two years.

    Years with an interval are filled circles with a band, others open ones. Years that aren't there leave a gap that a
    dashed line bridges.
    """
    if len(points) < 2:
        return
    most = max(max((point.share, *(point.interval or ()))) for _, point in points)
    scale = _Scale(points[0][0], points[-1][0], next((step for step in _STEPS if step >= most), 1.0))
    yield f'<svg class="years" viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-label="{escape(label)}">'
    yield from _axes(points, scale)
    yield from _bands(points, scale)
    for (a, one), (b, other) in pairwise(points):
        sure = b - a <= _SOLID and one.interval and other.interval
        ends = f'x1="{scale.x(a)}" y1="{scale.y(one.share)}" x2="{scale.x(b)}" y2="{scale.y(other.share)}"'
        yield f'<line class="{"line" if sure else "line gap"}" {ends}/>'
    for year, point in points:
        kind = "few" if point.interval is None else "own"
        place = f'cx="{scale.x(year)}" cy="{scale.y(point.share)}"'
        yield f'<circle class="{kind}" {place} r="3.5"><title>{escape(point.told)}</title></circle>'
    yield "</svg>"


def _axes(points: Sequence[tuple[int, Point]], scale: _Scale) -> Iterator[str]:
    """Yield lines at nothing, half and the top of the scale, and the years that have room below."""
    for share in (0.0, scale.top / 2, scale.top):
        y = scale.y(share)
        yield f'<line class="grid" x1="{_LEFT}" y1="{y}" x2="{_WIDE - _RIGHT}" y2="{y}"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{share * 100:.3g}%</text>'
    last = -math.inf
    for year, _ in points:
        x = scale.x(year)
        if x - last >= _LABEL:
            yield f'<text x="{x}" y="{_HIGH - 8}" text-anchor="middle">{year}</text>'
            last = x


def _bands(points: Sequence[tuple[int, Point]], scale: _Scale) -> Iterator[str]:
    """Yield the band over each run of years with intervals; a year by itself has an upright line."""
    run: list[tuple[int, tuple[float, float]]] = []
    for year, point in [*points, (0, None)]:
        between = point.interval if point else None
        if run and (between is None or year - run[-1][0] > _SOLID):
            yield _band(run, scale)
            run = []
        if between is not None:
            run.append((year, between))


def _band(run: Sequence[tuple[int, tuple[float, float]]], scale: _Scale) -> str:
    """Return the band of one run of years."""
    highs = [f"{scale.x(year)},{scale.y(high)}" for year, (_, high) in run]
    lows = [f"{scale.x(year)},{scale.y(low)}" for year, (low, _) in run]
    if len(run) == 1:
        (x, high), (_, low) = highs[0].split(","), lows[0].split(",")
        return f'<line class="whisker" x1="{x}" y1="{high}" x2="{x}" y2="{low}"/>'
    return f'<polygon class="band" points="{" ".join([*highs, *reversed(lows)])}"/>'
