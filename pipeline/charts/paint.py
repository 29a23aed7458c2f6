"""Draws a chart's shapes with matplotlib, one figure filled by one axes whose units are pixels."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pipeline.charts.drawing import Box, Chart, Path, Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PIXELS = 72  # to an inch, so that a pixel is matplotlib's point
FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
)
# the same for whoever shows an SVG or a page
FAMILY = ", ".join([*(f"'{name}'" for name in FONTS), "sans-serif"])
# matplotlib's settings and Python's filter of warnings belong to the whole process: one chart at a time
_LOCK = threading.Lock()


@contextmanager
def painting() -> Iterator[None]:
    """Set what drawing needs, for one chart at a time."""
    import matplotlib

    with (
        _LOCK,
        warnings.catch_warnings(),
        matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "cewen", "path.simplify": False}),
    ):
        # an SVG's words are drawn by whoever shows it; the font they are measured with here needn't have them
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from", category=UserWarning)
        yield


def painted(chart: Chart, family: str, *, name: Callable[[int], str] | None = None) -> Figure:
    """Return the figure with words in the font ``family``; ``name`` gives each shape's id by its place."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(chart.width / PIXELS, chart.height / PIXELS), dpi=PIXELS, facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, chart.width)
    axes.set_ylim(chart.height, 0)
    axes.axis("off")
    for place, shape in enumerate(chart.shapes):
        artist = _artist(axes, shape, family)
        artist.set_zorder(2 + place)
        artist.set_clip_on(False)
        if name is not None:
            artist.set_gid(name(place))
            artist.set_url(getattr(shape, "link", "") or None)
    return figure


def _artist(axes: Axes, shape: Box | Words | Path, family: str) -> Any:
    """Return a shape as matplotlib's, added to the axes."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Polygon, Rectangle

    if isinstance(shape, Words):
        side = {"start": "left", "middle": "center", "end": "right"}[shape.anchor]
        return axes.text(
            shape.x,
            shape.y,
            shape.text,
            ha=side,
            va="baseline",
            fontsize=shape.size,
            color=shape.fill,
            fontfamily=family,
            fontweight="bold" if shape.bold else "normal",
            parse_math=False,
        )
    if isinstance(shape, Box):
        edge = {"edgecolor": shape.edge, "linewidth": 1.0} if shape.edge else {"linewidth": 0}
        return axes.add_patch(Rectangle((shape.x, shape.y), shape.width, shape.height, facecolor=shape.fill, **edge))
    if shape.filled:
        return axes.add_patch(
            Polygon(shape.points, closed=True, facecolor=shape.colour, linewidth=0, alpha=shape.opacity)
        )
    line = Line2D(
        [x for x, _ in shape.points],
        [y for _, y in shape.points],
        color=shape.colour,
        linewidth=shape.width,
        alpha=shape.opacity,
        solid_capstyle="butt",
    )
    return axes.add_line(line)
