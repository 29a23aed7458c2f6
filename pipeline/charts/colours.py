"""Colours which people who are blind to some can tell apart, and shades of one colour for tables.

The series are those of Okabe and Ito (2008, Color Universal Design) without the yellow, too faint on white.
"""

from __future__ import annotations

INK = "#1d2733"
SOFT = "#5b6b7b"
LINE = "#d9e0e7"
NOTHING = "#f0f3f6"
MAIN = "#0072b2"
SERIES = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7", "#5b6b7b", "#000000")
OTHERS = "#a9b4bf"
_PALE, _DARK = (0xE4, 0xF0, 0xF8), (0x08, 0x45, 0x75)


def series(index: int) -> str:
    """Return the colour of a series by its place; beyond the last all are grey."""
    return SERIES[index] if index < len(SERIES) else OTHERS


def shade(part: float) -> str:
    """Return the shade for a share of the largest value, 0 to 1: pale to dark blue."""
    part = min(max(part, 0.0), 1.0)
    mixed = (round(low + (high - low) * part) for low, high in zip(_PALE, _DARK, strict=True))
    return "#" + "".join(f"{one:02x}" for one in mixed)


def ink_on(fill: str) -> str:
    """Return black or white, whichever reads better on ``fill`` (``#rrggbb``; relative luminance of WCAG 2)."""
    channels = [int(fill[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (light + 0.05) / 0.05 >= 1.05 / (light + 0.05) else "#ffffff"
