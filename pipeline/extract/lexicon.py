"""The data mentions are read with: units, set-aside rules and bound words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.strict import digest
from pipeline.extract.data import AsideFile, BoundsFile, BoundWord, Near, Region, read
from pipeline.extract.tables import TableRules, load_table_rules
from pipeline.extract.units import Units, load_units

# how far back and ahead of a number the rules may look, in characters; and those for bounds that say they look far
REACH = 16
FAR = 48


# a pattern of numerals that may match Arabic or Chinese ones
_ARABIC, _HAN = re.compile(r"\\d|[0-9.]"), re.compile("[零〇一-龥]")


@dataclass(frozen=True, slots=True)
class MentionLexicon:
    """Everything ``find_mentions`` needs to know.

    ``regions`` are names with patterns whose group 1 is the region; ``nears`` are the near rules by whether the number
    has a unit and whether it begins with an Arabic digit.
    """

    units: Units
    regions: tuple[tuple[str, re.Pattern[str]], ...]
    nears: dict[tuple[bool, bool], tuple[Near, ...]]
    bounds_before: tuple[BoundWord, ...]
    bounds_far: tuple[BoundWord, ...]
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
        nears={(unit, arabic): _nears(aside.near, unit, arabic) for unit in (True, False) for arabic in (True, False)},
        bounds_before=tuple(word for word in bounds.bound if word.side == "before" and not word.far),
        bounds_far=tuple(word for word in bounds.bound if word.far),
        bounds_after=tuple(word for word in bounds.bound if word.side == "after"),
        spread=bounds.spread.pattern,
        tables=tables,
        digest=digest(units.digest, tables.digest, aside_text, bounds_text),
    )


def _nears(nears: tuple[Near, ...], unit: bool, arabic: bool) -> tuple[Near, ...]:
    """Return the rules that may set aside a number with or without a unit, in Arabic or Chinese digits."""
    kept = (near for near in nears if not (near.bare if unit else near.unit or near.kinds))
    return tuple(
        near
        for near in kept
        if near.numeral is None or bool((_ARABIC if arabic else _HAN).search(near.numeral.pattern))
    )


def _finder(region: Region) -> re.Pattern[str]:
    """Return a pattern whose group 1 is a match of the region's at any of its start characters.

    It consumes that one character, which the search for a character class finds fast, then looks at the match from
    there: several times faster than the search for a pattern of many alternatives. Search for the
    next one from the end of the group.
    """
    return re.compile(rf"[{region.starts}](?<=(?=({region.pattern.pattern})).)")
