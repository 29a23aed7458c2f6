"""Numbers of topics side by side as a plot (SVG written by hand, fonts of the system) and as a section of the page.

Nothing is loaded from anywhere: the plot shows on any machine with a Chinese font, on paper and without colours too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, floor

from pipeline.charts.paint import FAMILY
from pipeline.topics.choose import COHERENT, Row, Sweep, sentences, table

_WIDE, _LEFT, _RIGHT = 720, 56, 16
_HEAD, _PANEL, _GAP, _FOOT = 34, 190, 64, 50  # heights: above the first panel, of one, between two, below
_APART = 28  # pixels between labels of the axis of k, at least
_INK, _SOFT, _LINE, _BAND = "#1d2733", "#5b6b7b", "#d9e0e7", "#e8eff6"


@dataclass(frozen=True, slots=True)
class _Series:
    """A line of a panel: its name, a value a row, standard errors or nothing, and how it's drawn."""

    name: str
    values: tuple[float, ...]
    errors: tuple[float, ...]
    color: str
    dash: str
    marker: str


@dataclass(frozen=True, slots=True)
class _Panel:
    """One of the two diagrams, from ``low`` to ``high`` in steps of ``step``, its upper edge at ``top``."""

    title: str
    series: tuple[_Series, ...]
    low: float
    high: float
    step: float
    top: int

    def y(self, value: float) -> float:
        """Return where a value stands."""
        return self.top + _PANEL * (self.high - value) / (self.high - self.low)


def plot(found: Sweep) -> str:
    """Return the plot of a sweep of one number or more as an SVG file, the same for the same sweep.

    Coherence (c_v and NPMI) above; below the stability over seeds and over samples and the share of coherent topics.
    Bars are standard errors; numbers on the plateau have a grey ground, and none is chosen.
    """
    return _svg(found, ' xmlns="http://www.w3.org/2000/svg"') + "\n"


def section(found: Sweep, *, same: bool) -> str:
    """Return the plot, its table and what they say as HTML. ``same``: the documents haven't changed since."""
    rows = table(found)
    heads = "".join(f'<th class="n">{escape(head)}</th>' for head in rows[0])
    cells = ["".join(f'<td class="n">{escape(str(value))}</td>' for value in row.values()) for row in rows]
    notes = list(sentences(found))
    if not same:
        notes.insert(0, "此后文档或其内容有变化，以下是变化前的比较，请重新运行 cewen topics choose。")
    lines = [
        f'<h2 id="choice">主题数的比较（模型 {escape(found.model)}）</h2>',
        *(f"<p>{escape(note)}</p>" for note in notes),
        _svg(found, ""),
        f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>',
        *(f"<tr>{row}</tr>" for row in cells),
        "</tbody></table></div>",
    ]
    return "\n".join(lines)


def _svg(found: Sweep, namespace: str) -> str:
    """Return the plot as an SVG element."""
    rows = found.rows
    panels = _panels(rows)
    bottom = panels[-1].top + _PANEL
    tall = bottom + _FOOT
    told = f"主题数 {'、'.join(str(row.k) for row in rows)} 的一致性和稳定性"
    return "\n".join(
        [
            f'<svg{namespace} viewBox="0 0 {_WIDE} {tall}" width="{_WIDE}" height="{tall}" role="img"'
            f' aria-label="{told}" style="width:100%;max-width:{_WIDE}px;height:auto"'
            f' font-family="{FAMILY}" font-size="13" fill="{_INK}">',
            f'<rect width="{_WIDE}" height="{tall}" fill="#fff"/>',
            *(line for number, panel in enumerate(panels) for line in _panel(panel, rows, named=not number)),
            f'<text x="{(_LEFT + _WIDE - _RIGHT) / 2:g}" y="{bottom + 40}" text-anchor="middle">主题数 k</text>',
            "</svg>",
        ]
    )


def _panels(rows: Sequence[Row]) -> tuple[_Panel, _Panel]:
    """Return the two diagrams."""
    npmi, held = tuple(row.npmi_error for row in rows), tuple(row.sample_error for row in rows)
    coherence = (
        _Series("C_V", tuple(row.c_v for row in rows), (), "#1f5f99", "", "circle"),
        _Series("NPMI（±标准误）", tuple(row.npmi for row in rows), npmi, "#b3541e", "6 3", "square"),
    )
    stable = (
        _Series("换种子", tuple(row.seed_stability for row in rows), (), "#1f5f99", "", "circle"),
        _Series("抽样（±标准误）", tuple(row.sample_stability for row in rows), held, "#b3541e", "6 3", "square"),
        _Series(
            f"连贯主题占比（NPMI > {COHERENT:g}）", tuple(row.coherent for row in rows), (), "#3a7d44", "2 3", "up"
        ),
    )
    ends = [end for row in rows for end in (row.npmi - row.npmi_error, row.npmi + row.npmi_error, row.c_v)]
    low, high = floor(min(0.0, *ends) * 5) / 5, max(ceil(max(ends) * 5) / 5, 0.2)
    first = _Panel("词的一致性", coherence, low, high, 0.2, _HEAD)
    return first, _Panel("稳定性与连贯主题占比", stable, 0.0, 1.0, 0.2, _HEAD + _PANEL + _GAP)


def _panel(panel: _Panel, rows: Sequence[Row], *, named: bool) -> Iterator[str]:
    """Yield a diagram; ``named``: the plateau is told by name."""
    bottom = panel.top + _PANEL
    yield from _bands(panel, rows, named=named)
    for number in range(round((panel.high - panel.low) / panel.step) + 1):
        value = round(panel.low + number * panel.step, 6)
        y = f"{panel.y(value):.1f}"
        color = _SOFT if value == 0 else _LINE
        yield f'<line x1="{_LEFT}" x2="{_WIDE - _RIGHT}" y1="{y}" y2="{y}" stroke="{color}"/>'
        yield f'<text x="{_LEFT - 8}" y="{y}" dy="4.5" text-anchor="end">{value:.1f}</text>'
    last = float("-inf")
    for row in rows:
        x = _x(row.k, rows)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{bottom}" y2="{bottom + 5}" stroke="{_SOFT}"/>'
        if x - last >= _APART:
            yield f'<text x="{x:.1f}" y="{bottom + 20}" text-anchor="middle">{row.k}</text>'
            last = x
    yield from _legend(panel)
    for series in panel.series:
        yield from _line(panel, series, [_x(row.k, rows) for row in rows])


def _x(k: float, rows: Sequence[Row]) -> float:
    """Return where a number of topics stands."""
    first, last = rows[0].k, rows[-1].k
    left, right = _LEFT + 24.0, _WIDE - _RIGHT - 24.0
    return (left + right) / 2 if first == last else left + (right - left) * (k - first) / (last - first)


def _bands(panel: _Panel, rows: Sequence[Row], *, named: bool) -> Iterator[str]:
    """Yield the ground of the numbers on the plateau, each half of the way to its neighbours, one for neighbours."""
    places = [_x(row.k, rows) for row in rows]
    borders = [_LEFT, *((a + b) / 2 for a, b in pairwise(places)), _WIDE - _RIGHT]
    at = 0
    while at < len(rows):
        end = at
        while end < len(rows) and rows[end].plateau:
            end += 1
        if end > at:
            left, right = borders[at], borders[end]
            size = f'x="{left:.1f}" y="{panel.top}" width="{right - left:.1f}" height="{_PANEL}"'
            yield f'<rect class="plateau" {size} fill="{_BAND}"/>'
            if named:
                yield f'<text x="{(left + right) / 2:.1f}" y="{panel.top + 15}" text-anchor="middle">平台</text>'
        at = max(end, at + 1)


def _legend(panel: _Panel) -> Iterator[str]:
    """Yield the title of a diagram and the names of its lines."""
    y = panel.top - 14
    yield f'<text x="{_LEFT}" y="{y}" font-weight="bold">{panel.title}</text>'
    x = _LEFT + 13.0 * len(panel.title) + 24
    for series in panel.series:
        yield f'<line x1="{x:g}" x2="{x + 28:g}" y1="{y - 4}" y2="{y - 4}" {_stroke(series)}/>'
        yield _marker(series, x + 14, y - 4)
        yield f'<text x="{x + 34:g}" y="{y}">{escape(series.name)}</text>'
        x += 34 + sum(13 if ord(char) > 0x2000 else 7.5 for char in series.name) + 18


def _line(panel: _Panel, series: _Series, places: Sequence[float]) -> Iterator[str]:
    """Yield one line with its errors and its marks, which tell their value."""
    heights = [panel.y(value) for value in series.values]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(places, heights, strict=True))
    for x, value, error in zip(places, series.values, series.errors, strict=False):
        low, high = panel.y(max(value - error, panel.low)), panel.y(min(value + error, panel.high))
        yield f'<path d="M{x:.1f} {low:.1f}V{high:.1f}M{x - 4:.1f} {low:.1f}h8M{x - 4:.1f} {high:.1f}h8"'
        yield f' stroke="{series.color}" fill="none"/>'
    yield f'<polyline points="{points}" fill="none" {_stroke(series)}/>'
    for x, y, value in zip(places, heights, series.values, strict=True):
        yield f"<g><title>{escape(series.name)} {value:.3f}</title>{_marker(series, x, y)}</g>"


def _stroke(series: _Series) -> str:
    """Return how a line is drawn."""
    dash = f' stroke-dasharray="{series.dash}"' if series.dash else ""
    return f'stroke="{series.color}" stroke-width="2"{dash}'


def _marker(series: _Series, x: float, y: float) -> str:
    """Return a mark in the shape of the line's, so that lines differ without colours too."""
    if series.marker == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{series.color}"/>'
    if series.marker == "square":
        return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{series.color}"/>'
    return f'<path d="M{x:.1f} {y - 5:.1f}l5 9h-10z" fill="{series.color}"/>'
