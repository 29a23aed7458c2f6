"""Bars: of categories, lying, each with its name and figure; of years, standing, stacked by series."""

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

_ROW, _BAR, _GAP = 24.0, 16.0, 8.0
_LABEL = 0.38  # of the width: names at most
_PLOT = 180.0  # height of standing bars
_NARROWEST = 36.0  # pixels between the years named below


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar: name, value from 0 up, where it leads, and what it says instead of 「name：value」 (``note``)."""

    label: str
    value: float
    link: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of the stacked bars: a name and a value (and link) for each year."""

    label: str
    values: tuple[float, ...]
    links: tuple[str, ...] = ()


def bars(title: str, desc: str, marks: Sequence[Mark], *, unit: str = "") -> Chart:
    """Return lying bars, one for each mark, in their order. Raises ValueError without marks or for a negative value."""
    values_checked([mark.value for mark in marks])
    longest = max(text_width(clean(mark.label)) for mark in marks)
    left = min(longest, WIDTH * _LABEL) + _GAP
    shown = [number(mark.value) + unit for mark in marks]
    room = WIDTH - left - max(text_width(text) for text in shown) - _GAP
    top = max(mark.value for mark in marks) or 1.0
    shapes: list[Shape] = []
    for row, (mark, text) in enumerate(zip(marks, shown, strict=True)):
        y, link = row * _ROW, checked_link(mark.link)
        base = y + _ROW / 2 + SIZE * 0.36
        tip = clean(mark.note) or f"{clean(mark.label)}：{text}"
        length = max(mark.value / top * room, 1.0 if mark.value else 0.0)
        label = fitted(mark.label, left - _GAP)
        shapes.append(Words(left - _GAP, base, label, "end", tip=tip if label != clean(mark.label) else "", link=link))
        if length:
            shapes.append(Box(left, y + (_ROW - _BAR) / 2, length, _BAR, colours.MAIN, tip=tip, link=link))
        shapes.append(Words(left + length + 5, base, text, fill=colours.SOFT, kind="soft"))
    return Chart(clean(title), clean(desc), WIDTH, len(marks) * _ROW + 2, tuple(shapes))


def columns(title: str, desc: str, heads: Sequence[str], series: Sequence[Series], *, unit: str = "") -> Chart:
    """Return standing bars over ``heads`` (years), each stacked of the series from the bottom up, with a legend.

    Raises ValueError without heads or series, when lengths differ, or for a negative value.
    """
    values_checked([value for one in series for value in one.values])
    if not heads or any(len(one.values) != len(heads) for one in series):
        raise ValueError("each series needs a value for each head")
    totals = [sum(one.values[place] for one in series) for place in range(len(heads))]
    marks = ticks(max(totals) or 1.0, whole=all(total == round(total) for total in totals))
    legend = _legend([one.label for one in series]) if len(series) > 1 else ([], 0.0)
    above = legend[1] + SIZE + 4
    left = max(text_width(number(one), 12) for one in marks) + _GAP
    step = (WIDTH - left) / len(heads)
    shapes: list[Shape] = [*legend[0], *_grid(marks, left, above)]
    shapes += _stacks(heads, series, (left, step), (above, marks[-1]), unit)
    shapes += _totals(totals, (left, step), (above, marks[-1]))
    shapes += _heads(heads, left, step, above + _PLOT)
    return Chart(clean(title), clean(desc), WIDTH, above + _PLOT + 22, tuple(shapes))


def _legend(labels: Sequence[str]) -> tuple[list[Shape], float]:
    """Return the legend, as many names a line as there is room for, and its height."""
    shapes: list[Shape] = []
    x, y = 0.0, 0.0
    for place, label in enumerate(labels):
        name = fitted(label, WIDTH - 20)
        wide = 18 + text_width(name, 12) + 12
        if x and x + wide > WIDTH:
            x, y = 0.0, y + 20
        shapes.append(Box(x, y + 3, 12, 12, colours.series(place)))
        shapes.append(Words(x + 17, y + 13.5, name, size=12))
        x += wide
    return shapes, y + 24


def _grid(marks: Sequence[float], left: float, above: float) -> list[Shape]:
    """Return the lines across with their figures."""
    shapes: list[Shape] = []
    for one in marks:
        y = above + _PLOT * (1 - one / marks[-1])
        shapes.append(Path(((left, y), (WIDTH, y)), colours.LINE, 1.0, kind="grid"))
        shapes.append(Words(left - _GAP, y + 4, number(one), "end", 12, colours.SOFT, kind="soft"))
    return shapes


def _stacks(
    heads: Sequence[str], series: Sequence[Series], across: tuple[float, float], up: tuple[float, float], unit: str
) -> list[Shape]:
    """Return the bars; ``across`` is the left edge and a year's width, ``up`` the upper edge and the value there."""
    shapes: list[Shape] = []
    wide = min(across[1] * 0.72, 44.0)
    for place, head in enumerate(heads):
        y = up[0] + _PLOT
        for index, one in enumerate(series):
            height = one.values[place] / up[1] * _PLOT
            if not height:
                continue
            y -= height
            named = f"{clean(head)} {clean(one.label)}".strip()
            tip = f"{named}：{number(one.values[place])}{unit}"
            link = checked_link(one.links[place]) if one.links else ""
            x = across[0] + across[1] * (place + 0.5) - wide / 2
            shapes.append(Box(x, y, wide, height, colours.series(index), tip=tip, link=link, edge="#ffffff"))
    return shapes


def _totals(totals: Sequence[float], across: tuple[float, float], up: tuple[float, float]) -> list[Shape]:
    """Return the figure over each bar, where there is room for it."""
    shown = [number(total) if total else "" for total in totals]
    if max(text_width(text, 12) for text in shown) > across[1]:
        return []
    return [
        Words(across[0] + across[1] * (place + 0.5), up[0] + _PLOT * (1 - total / up[1]) - 4, text, "middle", 12)
        for place, (total, text) in enumerate(zip(totals, shown, strict=True))
        if text
    ]


def _heads(heads: Sequence[str], left: float, step: float, base: float) -> list[Shape]:
    """Return the names below the bars, leaving out some where they would run into each other."""
    widest = max(max(text_width(clean(head), 12) for head in heads) + 6, _NARROWEST)
    every = max(1, -(-int(widest) // max(int(step), 1)))
    named = [(place, head) for place, head in enumerate(heads) if (len(heads) - 1 - place) % every == 0]
    return [
        inside(left + step * (place + 0.5), base + 16, fitted(head, max(step * every, 20), 12), 12)
        for place, head in named
    ]
