"""Which words name a place: the packaged list of provinces, cities and counties, and endings of the names of towns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from pipeline.core.config import configs_dir
from pipeline.core.strict import build, read_text, read_toml, read_tsv

_TOWNS, _PLACES = "patterns/towns.toml", "lexicons/places.tsv"


class TownsFile(BaseModel):
    """configs/patterns/towns.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    endings: tuple[str, ...] = Field(min_length=1)
    shortest: int = Field(ge=2)
    openings: tuple[str, ...]
    exceptions: tuple[str, ...]
    examples: tuple[str, ...] = Field(min_length=1)
    counter_examples: tuple[str, ...] = Field(alias="not", min_length=1)


@dataclass(frozen=True, slots=True)
class PlaceNames:
    """The names on the list, and by what a town's name is known."""

    listed: frozenset[str]
    towns: TownsFile

    def __contains__(self, word: str) -> bool:
        """Tell whether ``word`` names a place."""
        towns = self.towns
        return word in self.listed or (
            len(word) >= towns.shortest
            and word.endswith(towns.endings)
            and not word.startswith(towns.openings)
            and not word.endswith(towns.exceptions)
        )


def read_towns(folder: Path) -> TownsFile:
    """Return towns.toml of ``folder`` (configs). Raises PipelineError with its mistakes."""
    data, lines = read_toml(read_text(folder / _TOWNS, "地名规则"), _TOWNS)
    return build(TownsFile, data, lines, _TOWNS)


@cache
def place_names() -> PlaceNames:
    """Return the packaged names of places. Raises PipelineError when their files aren't right."""
    listed = frozenset(row[0] for row in read_tsv(configs_dir() / _PLACES))
    return PlaceNames(listed, read_towns(configs_dir()))
