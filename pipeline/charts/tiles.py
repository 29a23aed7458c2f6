"""A map of squares: one for each province-level division at about its place, shaded by its figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from pipeline.charts import colours
from pipeline.charts.bars import Mark
from pipeline.charts.drawing import WIDTH, Box, Chart, Shape, Words, checked_link, clean, number, values_checked
from pipeline.core.config import configs_dir
from pipeline.core.strict import build, read_text, read_toml

_FILE = "charts/tiles.toml"
_GAP = 3.0


class Tile(BaseModel):
    """A province's square: the first two digits of its code, its short name, its column and row from the top left."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^\d{2}$")
    name: str = Field(min_length=1)
    column: int = Field(ge=0, le=20)
    row: int = Field(ge=0, le=20)


class _Tiles(BaseModel):
    """The file of tiles."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tiles: tuple[Tile, ...] = Field(min_length=1)


@cache
def load_tiles() -> tuple[Tile, ...]:
    """Return the packaged tiles. Raises PipelineError for a broken file."""
    path = configs_dir() / _FILE
    data, lines = read_toml(read_text(path, "省份方格图"), path.name)
    return build(_Tiles, data, lines, path.name).tiles


def tile_map(title: str, desc: str, marks: Mapping[str, Mark], *, unit: str = "", tiles: Sequence[Tile] = ()) -> Chart:
    """Return the map; ``marks`` are by the first two digits of the code, a province without one stays pale.

    Raises ValueError without marks, for a negative value, or a code that has no tile.
    """
    tiles = tiles or load_tiles()
    values_checked([mark.value for mark in marks.values()])
    if strange := set(marks) - {tile.code for tile in tiles}:
        raise ValueError(f"no tile for {sorted(strange)}")
    side = WIDTH / (max(tile.column for tile in tiles) - min(tile.column for tile in tiles) + 1)
    first = min(tile.column for tile in tiles)
    top = max(mark.value for mark in marks.values()) or 1.0
    shapes: list[Shape] = []
    for tile in tiles:
        mark = marks.get(tile.code)
        shapes += _tile(tile, mark, ((tile.column - first) * side, tile.row * side, side), top, unit)
    return Chart(clean(title), clean(desc), WIDTH, (max(tile.row for tile in tiles) + 1) * side, tuple(shapes))


def _tile(tile: Tile, mark: Mark | None, place: tuple[float, float, float], top: float, unit: str) -> list[Shape]:
    """Return one square with name and figure; ``place`` is its corner and side."""
    x, y, side = place
    value = mark.value if mark else 0.0
    fill = colours.shade(value / top) if value else colours.NOTHING
    link = checked_link(mark.link) if mark and value else ""
    told = (clean(mark.note) if mark else "") or f"{tile.name}：{number(value)}{unit}"
    inner = side - _GAP
    ink, kind = (colours.ink_on(fill), "on") if value else (colours.SOFT, "soft")
    shapes: list[Shape] = [Box(x, y, inner, inner, fill, tip=told, link=link)]
    base = y + inner * (0.45 if value else 0.6)
    shapes.append(Words(x + inner / 2, base, tile.name, "middle", 12, ink, link=link, kind=kind))
    if value:
        shapes.append(
            Words(x + inner / 2, y + inner * 0.83, number(value), "middle", 12, ink, True, link=link, kind="on")
        )
    return shapes
