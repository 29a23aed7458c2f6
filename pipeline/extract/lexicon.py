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
    """Everything ``find_mentions`` needs to know.

    ``regions`` are names with patterns whose group 1 is the region; ``nears_of_units`` are the near rules for numbers
    with a unit, ``nears_of_bare`` those for numbers without.
    """

    units: Units
    regions: tuple[tuple[str, re.Pattern[str]], ...]
    nears_of_units: tuple[Near, ...]
    nears_of_bare: tuple[Near, ...]
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
        regions=tuple((region.name, _finder(region)) for region in aside.region),
        nears_of_units=tuple(near for near in aside.near if not near.bare),
        nears_of_bare=tuple(near for near in aside.near if not near.unit and not near.kinds),
        bounds_before=tuple(word for word in bounds.bound if word.side == "before"),
        bounds_after=tuple(word for word in bounds.bound if word.side == "after"),
        spread=bounds.spread.pattern,
        tables=tables,
        digest=digest(units.digest, tables.digest, aside_text, bounds_text),
    )


def _finder(region: Region) -> re.Pattern[str]:
    """Return a pattern whose group 1 is a match of the region's at any of its start characters.

    It consumes that one character, which the search for a character class finds fast, then looks at the match from
    there: several times faster than the search for a pattern of many alternatives. Search for the
    next one from the end of the group.
    """
    return re.compile(rf"[{region.starts}](?<=(?=({region.pattern.pattern})).)")
