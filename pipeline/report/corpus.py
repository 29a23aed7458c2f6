"""The corpus: what was read, and what kinds of documents it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.charts import Mark, load_tiles, tile_map
from pipeline.report import queries
from pipeline.report.content import Figure, Grid, bar_figure, grid, percent, year_figure
from pipeline.report.queries import Lengths
from pipeline.report.words import Words

if TYPE_CHECKING:
    import duckdb

LEVELS = {name: name for name in ("国家", "省", "市", "县", "乡", "镇", "街道", "村")}


@dataclass(frozen=True, slots=True)
class Corpus:
    """The section's figures: files by how they ended, copies, lengths, years; tables and pictures."""

    done: int
    partial: int
    failed: int
    copies: int
    lengths: Lengths
    years: tuple[int, ...]
    undated: int
    levels: tuple[tuple[str, int], ...]
    media: Grid
    pdfs: int
    issuers: Grid | None
    not_read: tuple[tuple[str, str], ...]
    figures: tuple[Figure, ...]

    @property
    def files(self) -> int:
        """All documents, read or not."""
        return self.done + self.partial + self.failed


def read_corpus(connection: duckdb.DuckDBPyConnection, words: Words) -> Corpus:
    """Return what the run's documents are."""
    statuses = queries.statuses(connection)
    by_year = queries.documents_by_year_and_level(connection)
    lengths = queries.lengths(connection)
    media = queries.documents_by(connection, "media_type")
    issuers = [pair for pair in queries.documents_by_issuer(connection) if pair[1] > 1][:10]
    levels = queries.documents_by(connection, "level")
    return Corpus(
        done=statuses.get("done", 0),
        partial=statuses.get("partial", 0),
        failed=statuses.get("failed", 0),
        copies=queries.copies(connection),
        lengths=lengths,
        years=tuple(queries.years(connection)),
        undated=lengths.documents - sum(n for _, _, n in by_year),
        levels=tuple(_in_order(levels)),
        media=grid(
            "文件类型",
            ("类型", "文档", "占比"),
            [(words.media.get(name, name) or "不详", n, percent(n, lengths.documents)) for name, n in media],
        ),
        pdfs=dict(media).get("application/pdf", 0),
        issuers=grid("发文最多的机关", ("机关", "文档"), issuers) if issuers else None,
        not_read=tuple(queries.not_read(connection, 200)),
        figures=tuple(one for one in _figures(connection, by_year, levels, lengths.documents) if one is not None),
    )


def _in_order(levels: queries.Counts) -> queries.Counts:
    """Return counts by level, highest level first."""
    places = list(LEVELS)
    return sorted(levels, key=lambda pair: places.index(pair[0]) if pair[0] in places else len(places))


def _figures(
    connection: duckdb.DuckDBPyConnection, by_year: list[tuple[int, str, int]], levels: queries.Counts, documents: int
) -> list[Figure | None]:
    """Return the pictures there are data for; ``documents`` were read."""
    kinds = queries.documents_by(connection, "doc_kind")
    provinces: dict[str, int] = {}
    for region, code, n in queries.places(connection):
        name = province_of(region, code)
        provinces[name] = provinces.get(name, 0) + n
    return [
        year_figure("documents_year", "各年文档数（按层级）", by_year, LEVELS, unit="篇", of=documents),
        bar_figure("documents_level", "各层级文档数", _in_order(levels), unit="篇", head="层级"),
        bar_figure("documents_kind", "各文种文档数", kinds, unit="篇", head="文种"),
        province_map(provinces),
    ]


def province_of(region: str, code: str = "") -> str:
    """Return the two digits of a region's province by its code or its name, '' for none: 「浙江省台州市」 → 「33」."""
    tiles = load_tiles()
    known = {tile.code for tile in tiles}
    if code[:2] in known:
        return code[:2]
    return next((tile.code for tile in tiles if region.startswith(tile.name)), "")


def province_map(counts: dict[str, int]) -> Figure | None:
    """Return the tile map of documents by province; nothing where fewer than two provinces are known."""
    names = {tile.code: tile.name for tile in load_tiles()}
    found = {code: n for code, n in counts.items() if code}
    if len(found) < 2:
        return None
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    title = "各省文档数"
    desc = f"{title}：" + "，".join(f"{names[code]} {n}篇" for code, n in ordered[:5])
    chart = tile_map(title, desc, {code: Mark(names[code], n) for code, n in found.items()}, unit="篇")
    note = "每省一格，位置大致如地图；含省以下各级。"
    if elsewhere := counts.get("", 0):
        note += f"全国性的和看不出省份的 {elsewhere} 篇不在图中。"
    return Figure("documents_province", chart, grid(title, ("省份", "文档"), [(names[c], n) for c, n in ordered]), note)
