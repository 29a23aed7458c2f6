"""A chart as PNG, for programs that take no SVG. It needs a Chinese font on the machine."""

from __future__ import annotations

import io

from pipeline.charts.drawing import Chart, ChartError
from pipeline.charts.paint import FONTS, PIXELS, painted, painting

_ALSO = ("Noto Sans CJK TC", "Noto Sans CJK JP", "Heiti SC", "STHeiti", "Arial Unicode MS", "SimSun", "Songti SC")


def chinese_font() -> str | None:
    """Return a Chinese font that is installed on this machine, None when there is none."""
    from matplotlib.font_manager import fontManager

    installed = {entry.name for entry in fontManager.ttflist}
    return next((name for name in (*FONTS, *_ALSO) if name in installed), None)


def png(chart: Chart, *, scale: float = 2.0) -> bytes:
    """Return the chart as PNG on white, ``scale`` pixels for each of the chart's.

    Raises ChartError when no Chinese font is installed.
    """
    family = chinese_font()
    if family is None:
        raise ChartError(
            "本机没有中文字体，画不出 PNG 图。请安装思源黑体（Debian/Ubuntu：apt install fonts-noto-cjk）后再试，"
            "或改用 SVG 图：SVG 不需要本机字体"
        )
    buffer = io.BytesIO()
    with painting():
        figure = painted(chart, family)
        figure.savefig(buffer, format="png", dpi=PIXELS * scale, metadata={"Software": None})
    return buffer.getvalue()
