"""The data mentions are read with: units, set-aside rules and bound words."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.core.layers import Bound
from pipeline.core.strict import digest
from pipeline.extract.units import Units, load_units

# how far back and ahead of a number the rules may look, in characters
REACH = 16


@dataclass(frozen=True, slots=True)
class Region:
    """Numbers that begin inside a match of ``pattern`` are set aside by rule ``name``."""

    name: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Near:
    """A number with these surroundings is set aside by rule ``name``.

    ``unit``: "after" begins behind the unit, which must be there;
    ``bare``: only numbers without a unit; ``kinds``: only numbers with a unit of these kinds, empty for any.
    """

    name: str
    before: re.Pattern[str] | None
    numeral: re.Pattern[str] | None
    after: re.Pattern[str] | None
    unit: bool
    bare: bool
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BoundWord:
    """``pattern`` before or after a figure gives it ``bound``, unless its kind is one of ``kinds_not``."""

    bound: Bound
    pattern: re.Pattern[str]
    kinds_not: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MentionLexicon:
    """Everything ``find_mentions`` needs to know."""

    units: Units
    regions: tuple[Region, ...]
    nears: tuple[Near, ...]
    bounds_before: tuple[BoundWord, ...]
    bounds_after: tuple[BoundWord, ...]
    digest: str


def load_mention_lexicon(folder: Path) -> MentionLexicon:
    """Return the lexicon of ``folder`` (configs): units.toml, patterns/set_aside.toml, patterns/bounds.toml."""
    units = load_units(folder)
    aside = (folder / "patterns" / "set_aside.toml").read_text(encoding="utf-8")
    bounds = (folder / "patterns" / "bounds.toml").read_text(encoding="utf-8")
    rules, words = tomllib.loads(aside), tomllib.loads(bounds)["bound"]
    return MentionLexicon(
        units=units,
        regions=tuple(Region(r["name"], re.compile(r["pattern"])) for r in rules["region"]),
        nears=tuple(_near(r) for r in rules["near"]),
        bounds_before=tuple(_bound_word(w) for w in words if w["side"] == "before"),
        bounds_after=tuple(_bound_word(w) for w in words if w["side"] == "after"),
        digest=digest(units.digest, aside, bounds),
    )


def _bound_word(entry: dict[str, Any]) -> BoundWord:
    """Return one compiled bound word."""
    return BoundWord(entry["bound"], re.compile(entry["pattern"]), tuple(entry.get("kinds_not", ())))


def _near(rule: dict[str, Any]) -> Near:
    """Return one compiled near rule."""
    return Near(
        rule["name"],
        re.compile(rule["before"]) if "before" in rule else None,
        re.compile(rule["self"]) if "self" in rule else None,
        re.compile(rule["after"]) if "after" in rule else None,
        bool(rule.get("unit", False)),
        bool(rule.get("bare", False)),
        tuple(rule.get("kinds", ())),
    )
