"""Units: what a surface after a numeral means."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pipeline.core.layers import Kind
from pipeline.core.strict import digest


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
    """Return the units of ``folder``/units.toml."""
    content = (folder / "units.toml").read_text(encoding="utf-8")
    by_surface: dict[str, Unit] = {}
    for entry in tomllib.loads(content)["unit"]:
        factor, chinese = (
            Decimal(entry.get("factor", "1")),
            entry.get("chinese", "figure" if entry["kind"] == "other" else "all"),
        )
        for surface in entry["surfaces"]:
            named = entry.get("unit") if entry["kind"] not in ("count", "other") or "unit" in entry else surface
            by_surface[surface] = Unit(entry["kind"], named, factor, chinese)
    surfaces = sorted(by_surface, key=len, reverse=True)
    return Units(by_surface, re.compile("|".join(re.escape(s) for s in surfaces)), digest(content))
