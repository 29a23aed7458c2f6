"""Units: what a surface after a numeral means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pipeline.core.layers import Kind
from pipeline.core.strict import digest
from pipeline.extract.data import UnitsFile, any_of, read

_BORDER = "(?![A-Za-z0-9Ωμ²³/])"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit's kind, its canonical name (``None`` for multiples), factor and which Chinese numerals it takes.

    ``chinese``: "all", "several" (two and more) or "figure" (only numerals with 十百千万亿 in them).
    """

    kind: Kind
    name: str | None
    factor: Decimal
    chinese: str


@dataclass(frozen=True, slots=True)
class Units:
    """All units by surface, with the pattern that matches the longest one.

    ``by_mark`` holds the units whose mark stands before the number (￥500); ``marks`` finds one right before it, and
    ``mark_ends`` are the characters that may stand between a mark or a label and its number, or end a mark. ``bare``
    holds patterns of indicators whose figures have no unit; behind or before ``paid_before`` and ``paid_after`` numbers
    in 万 or 亿 are money.
    """

    by_surface: dict[str, Unit]
    pattern: re.Pattern[str]
    by_mark: dict[str, Unit]
    marks: re.Pattern[str]
    longest_mark: int
    mark_ends: frozenset[str]
    bare: tuple[tuple[re.Pattern[str], Unit], ...]
    paid_before: re.Pattern[str]
    paid_after: re.Pattern[str]
    digest: str


def load_units(folder: Path) -> Units:
    """Return the units of ``folder``/units.toml. Raises PipelineError with its mistakes."""
    file, content = read(folder, "units.toml", UnitsFile)
    by_surface: dict[str, Unit] = {}
    by_mark: dict[str, Unit] = {}
    for entry in file.unit:
        chinese = entry.chinese or ("figure" if entry.kind == "other" else "all")
        for surface in entry.surfaces:
            named = entry.unit or (surface if entry.kind != "multiple" else None)
            by_surface[surface] = Unit(entry.kind, named, entry.factor, chinese)
        for mark in entry.before:
            by_mark[mark] = Unit(entry.kind, entry.unit, entry.factor, chinese)
    marks = re.compile(rf"({any_of(by_mark)})[ \u3000]?$")
    return Units(
        by_surface,
        re.compile(_pattern(by_surface, {s: e.unless for e in file.unit if e.unless for s in e.surfaces})),
        by_mark,
        marks,
        max(map(len, by_mark)),
        frozenset({mark[-1] for mark in by_mark} | set("：: \u3000")),
        tuple((bare.pattern, Unit(bare.kind, None, Decimal(1), "all")) for bare in file.bare),
        _paid(file, "before"),
        _paid(file, "after"),
        digest(content),
    )


def _paid(file: UnitsFile, side: Literal["before", "after"]) -> re.Pattern[str]:
    """Return the pattern of what stands on ``side`` of money without a unit."""
    return re.compile("|".join(entry.pattern.pattern for entry in file.paid if entry.side == side))


def _pattern(surfaces: Iterable[str], unless: dict[str, str]) -> str:
    """Return a pattern of the longest surface; Latin letters end where the word does: 5m, but not 5mg, 5m³ or 5m/s."""
    longest_first = sorted(surfaces, key=len, reverse=True)
    borders = (
        (s, _BORDER if re.search("[A-Za-z]$", s) else f"(?!{unless[s]})" if s in unless else "") for s in longest_first
    )
    return "|".join(re.escape(surface) + border for surface, border in borders)
