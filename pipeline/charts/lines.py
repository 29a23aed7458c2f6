"""Lines with bands of uncertainty over years, one small panel for each curve, all at the same scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.charts import colours
from pipeline.charts.drawing import (
    SIZE,
    WIDTH,
    Box,
    Chart,
    Path,
    Shape,
    Words,
    checked_link,
    clean,
    fitted,
    inside,
    number,
    text_width,
    ticks,
    values_checked,
)

_PLOT, _TOP, _BOTTOM = 84.0, 24.0, 24.0
_BETWEEN, _EDGE = 22.0, 14.0
_DOT = 5.0


@dataclass(frozen=True, slots=True)
class Band:
    """A value with the ends of its interval, both None where none is given."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """A name and a value for each place, None where there is none; ``link`` is where its name leads."""

    label: str
    points: tuple[Band | None, ...]
    link: str = ""


@dataclass(frozen=True, slots=True)
class _Panel:
    """Where a panel is and its scale: value → height, place → distance."""

    x: float
    y: float
    width: float
    top: float
    places: int

    def at(self, place: int, value: float) -> tuple[float, float]:
        """Return the point of a value, in pixels."""
        step = self.width / max(self.places, 1)
        return self.x + step * (place + 0.5), self.y + _TOP + _PLOT * (1 - min(value, self.top) / self.top)


def panels(
    title: str, desc: str, heads: Sequence[str], curves: Sequence[Curve], *, unit: str = "", across: int = 2
) -> Chart:
    """Return a panel for each curve over ``heads``, ``across`` in a row: line, points, band of the interval.

    Raises ValueError without heads or curves, when lengths differ, or for a negative value.
    """
    drawn = [point for curve in curves for point in curve.points if point is not None]
    values_checked([one for point in drawn for one in (point.value, point.low or 0.0, point.high or 0.0)])
    if not heads or any(len(curve.points) != len(heads) for curve in curves):
        raise ValueError("each curve needs a point, or None, for each head")
    marks = ticks(max(max(point.value, point.high or 0.0) for point in drawn) or 1.0, 2)
    across = max(1, min(across, len(curves)))
    left = max(text_width(number(mark) + unit, 11) for mark in marks) + 6
    wide = (WIDTH - _EDGE - left * across - _BETWEEN * (across - 1)) / across
    tall = _TOP + _PLOT + _BOTTOM + 8
    shapes: list[Shape] = []
    for place, curve in enumerate(curves):
        x = (place % across) * (wide + left + _BETWEEN) + left
        panel = _Panel(x, (place // across) * tall, wide, marks[-1], len(heads))
        shapes += _frame(panel, curve, marks, unit, left)
        shapes += _heads(panel, heads)
        shapes += _band(panel, curve)
        shapes += _line(panel, curve, heads, unit)
    rows = -(-len(curves) // across)
    return Chart(clean(title), clean(desc), WIDTH, rows * tall, tuple(shapes))


def _frame(panel: _Panel, curve: Curve, marks: Sequence[float], unit: str, left: float) -> list[Shape]:
    """Return a panel's name, lines across and their figures."""
    name = fitted(curve.label, panel.width + left, 12)
    link = checked_link(curve.link)
    tip = clean(curve.label) if name != clean(curve.label) else ""
    shapes: list[Shape] = [Words(panel.x - left, panel.y + SIZE, name, size=12, bold=True, tip=tip, link=link)]
    for mark in marks:
        y = panel.at(0, mark)[1]
        shapes.append(Path(((panel.x, y), (panel.x + panel.width, y)), colours.LINE, 1.0, kind="grid"))
        shapes.append(Words(panel.x - 5, y + 4, number(mark) + unit, "end", 11, colours.SOFT, kind="soft"))
    return shapes


def _heads(panel: _Panel, heads: Sequence[str]) -> list[Shape]:
    """Return the names below, leaving out some where they would run into each other."""
    widest = max(text_width(clean(head), 11) for head in heads) + 6
    every = max(1, -(-int(widest) // max(int(panel.width / len(heads)), 1)))
    y = panel.y + _TOP + _PLOT + 15
    return [
        inside(panel.at(place, 0)[0], y, fitted(head, panel.width, 11), 11, colours.SOFT, "soft")
        for place, head in enumerate(heads)
        if (len(heads) - 1 - place) % every == 0
    ]


def _runs(curve: Curve) -> list[list[tuple[int, Band]]]:
    """Return the stretches of a curve without gaps, as place and point."""
    runs: list[list[tuple[int, Band]]] = [[]]
    for place, point in enumerate(curve.points):
        if point is None:
            runs.append([])
        else:
            runs[-1].append((place, point))
    return [run for run in runs if run]


def _band(panel: _Panel, curve: Curve) -> list[Shape]:
    """Return the areas of the intervals: one for each stretch that has them, a bar where it is a single point."""
    shapes: list[Shape] = []
    known = Curve(
        curve.label, tuple(p if p and p.low is not None and p.high is not None else None for p in curve.points)
    )
    for run in _runs(known):
        upper = [panel.at(place, point.high or 0.0) for place, point in run]
        lower = [panel.at(place, point.low or 0.0) for place, point in run]
        if len(run) == 1:
            shapes.append(Path((upper[0], lower[0]), colours.MAIN, 6.0, opacity=0.25, kind="band"))
        else:
            outline = (*upper, *reversed(lower))
            shapes.append(Path(outline, colours.MAIN, 0.0, filled=True, opacity=0.25, kind="band"))
    return shapes


def _line(panel: _Panel, curve: Curve, heads: Sequence[str], unit: str) -> list[Shape]:
    """Return the line and its points; those without an interval are hollow."""
    shapes: list[Shape] = []
    for run in _runs(curve):
        points = [(place, point, panel.at(place, point.value)) for place, point in run]
        if len(points) > 1:
            shapes.append(Path(tuple(at for *_, at in points), colours.MAIN, 1.5))
        for place, point, (x, y) in points:
            tip = f"{clean(curve.label)} {clean(heads[place])}：{number(point.value)}{unit}"
            sure = point.low is not None and point.high is not None
            if sure:
                tip += f"（{number(point.low or 0.0)}–{number(point.high or 0.0)}）"
            fill = colours.MAIN if sure else "#ffffff"
            shapes.append(Box(x - _DOT / 2, y - _DOT / 2, _DOT, _DOT, fill, tip=tip, edge=colours.MAIN))
    return shapes
