"""The data mentions are read with: units, set-aside rules and bound words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.strict import digest
from pipeline.extract.data import AsideFile, BoundsFile, BoundWord, Near, Region, read
from pipeline.extract.tables import TableRules, load_table_rules
from pipeline.extract.units import Units, load_units

# how far back and ahead of a number the rules may look, in characters
REACH = 16


@dataclass(frozen=True, slots=True)
class MentionLexicon:
    """Everything ``find_mentions`` needs to know."""

    units: Units
    regions: tuple[Region, ...]
    nears: tuple[Near, ...]
    bounds_before: tuple[BoundWord, ...]
    bounds_after: tuple[BoundWord, ...]
    spread: re.Pattern[str]
    tables: TableRules
    digest: str


def load_mention_lexicon(folder: Path) -> MentionLexicon:
    """Return the lexicon of ``folder`` (configs): units.toml and patterns/set_aside, bounds and tables.toml.

    Raises PipelineError with the mistakes of the first file that has any.
    """
    units, tables = load_units(folder), load_table_rules(folder)
    aside, aside_text = read(folder, "patterns/set_aside.toml", AsideFile)
    bounds, bounds_text = read(folder, "patterns/bounds.toml", BoundsFile)
    return MentionLexicon(
        units=units,
        regions=aside.region,
        nears=aside.near,
        bounds_before=tuple(word for word in bounds.bound if word.side == "before"),
        bounds_after=tuple(word for word in bounds.bound if word.side == "after"),
        spread=bounds.spread.pattern,
        tables=tables,
        digest=digest(units.digest, tables.digest, aside_text, bounds_text),
    )
