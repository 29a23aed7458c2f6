"""Units: what a surface after a numeral means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pipeline.core.layers import Kind
from pipeline.core.strict import digest
from pipeline.extract.data import UnitsFile, any_of, read


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
    """All units by surface, with the pattern that matches the longest one."""

    by_surface: dict[str, Unit]
    pattern: re.Pattern[str]
    digest: str


def load_units(folder: Path) -> Units:
    """Return the units of ``folder``/units.toml. Raises PipelineError with its mistakes."""
    file, content = read(folder, "units.toml", UnitsFile)
    by_surface: dict[str, Unit] = {}
    for entry in file.unit:
        chinese = entry.chinese or ("figure" if entry.kind == "other" else "all")
        for surface in entry.surfaces:
            named = entry.unit or (surface if entry.kind in ("count", "other") else None)
            by_surface[surface] = Unit(entry.kind, named, entry.factor, chinese)
    return Units(by_surface, re.compile(any_of(by_surface)), digest(content))
