"""What a chart is made of: rectangles, words, lines and areas at places in pixels from the top left.

Charts are laid out here and not by matplotlib, with widths of characters that don't depend on the fonts of a machine:
the same data give the same picture everywhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from unicodedata import east_asian_width

from pipeline.core.errors import PipelineError

WIDTH = 480.0  # of a chart, in pixels: on a phone its words stay readable
SIZE = 13.0  # of words
_SCHEMES = re.compile(r"(?:https?://|/|#|\?|\./)", re.IGNORECASE)
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+"
)
_QUARTERS = 100  # from here on quarter steps of counts (25, 250) are whole
_NARROW = 0.58  # of the size: a letter or figure beside a Chinese character's 1
_BROAD = frozenset("%@&MW…—")


class ChartError(PipelineError):
    """A chart that can't be drawn or saved; the message, in Chinese, says why and what to do."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; ``tip`` is what it says when pointed at or read aloud, ``link`` where it leads."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    tip: str = ""
    link: str = ""
    edge: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """One line of words whose base line begins, has its middle or ends (``anchor``) at a place."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    size: float = SIZE
    fill: str = "#1d2733"
    bold: bool = False
    tip: str = ""
    link: str = ""
    kind: str = "ink"


@dataclass(frozen=True, slots=True)
class Path:
    """A line through points, or with ``filled`` the area they surround."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float = 1.5
    filled: bool = False
    opacity: float = 1.0
    tip: str = ""
    kind: str = "line"


Shape = Box | Words | Path


@dataclass(frozen=True, slots=True)
class Chart:
    """A finished picture: its title and what it shows in a sentence, for those who can't see it, and its shapes."""

    title: str
    desc: str
    width: float
    height: float
    shapes: tuple[Shape, ...] = field(repr=False)


def clean(text: str) -> str:
    """Return ``text`` on one line without control characters and marks that turn the direction of writing."""
    return _CONTROL.sub(" ", text).strip()


def checked_link(link: str) -> str:
    """Return ``link`` when it leads to a page: http(s), or a path, query or place of the own site.

    Raises ValueError for any other scheme (``javascript:``).
    """
    if link and (not _SCHEMES.match(link) or link.startswith("//")):
        raise ValueError(f"no link of a chart: {link!r}")
    return clean(link)


def text_width(text: str, size: float = SIZE) -> float:
    """Return about how wide ``text`` is in pixels: a Chinese character is as wide as high, others some half."""
    return sum(1.0 if char in _BROAD or east_asian_width(char) in "WFA" else _NARROW for char in text) * size


def fitted(text: str, width: float, size: float = SIZE) -> str:
    """Return ``text`` cut to ``width`` pixels, with … where something is left out."""
    text = clean(text)
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text + "…"


def inside(x: float, y: float, text: str, size: float, fill: str = "#1d2733", kind: str = "ink") -> Words:
    """Return words with their middle at ``x``, or as near to it as the chart's right edge lets them be."""
    half = text_width(text, size) / 2
    return Words(min(x, WIDTH - half), y, text, "middle", size, fill, kind=kind)


def number(value: float) -> str:
    """Return a figure as people read it: 12,345; 0.25; 3.5."""
    if value == round(value):
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.3g}"


def ticks(top: float, most: int = 4, *, whole: bool = False) -> tuple[float, ...]:
    """Return round values from 0 to at least ``top``, at most ``most`` steps; ``whole``: of counts, no half steps.

    Raises ValueError for ``top`` ≤ 0.
    """
    from matplotlib.ticker import MaxNLocator

    if not top > 0:
        raise ValueError("the largest value isn't above zero")
    if whole and top <= most:
        return tuple(float(one) for one in range(math.ceil(top) + 1))
    steps = [1, 2, 5, 10] if whole and top < _QUARTERS else [1, 2, 2.5, 5, 10]
    found = MaxNLocator(nbins=most, integer=whole or top >= most, steps=steps).tick_values(0, top)
    return tuple(round(float(one), 12) for one in found if one >= 0)


def values_checked(values: Sequence[float]) -> None:
    """Raise ValueError when there are no values, or one is no number from 0 up: nothing to draw."""
    if not values:
        raise ValueError("a chart of no values")
    if not all(0 <= value < float("inf") for value in values):
        raise ValueError("values of a chart must be numbers from 0 up")
