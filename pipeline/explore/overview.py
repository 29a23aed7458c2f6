"""The first page: what the run holds, in figures and charts that lead to what they count."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from starlette.requests import Request

from pipeline.charts import Band, Chart, Curve, Mark, Series, bars, columns, load_tiles, panels, svg, tile_map
from pipeline.explore.pages import Page, Sheet
from pipeline.explore.queries import codes, documents
from pipeline.explore.queries import overview as queries
from pipeline.explore.reviewed import reviews
from pipeline.explore.shown import WORDS, address
from pipeline.explore.store import Store
from pipeline.scoring.topic_shares import topic_shares

if TYPE_CHECKING:
    import duckdb

_MOST, _CODES, _PANELS = 12, 15, 8
_YEARS = 15  # single years up to so many, else periods of five
_NOT_WRITTEN = "未写明"
_HEADS = ("图", "组", "项", "值", "区间下限", "区间上限")


@dataclass(frozen=True, slots=True)
class Datum:
    """One value of a figure: its group (a series, empty for none), item, value, the ends of its interval."""

    group: str
    item: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart as SVG with its values; ``note`` says how to read it."""

    title: str
    svg: Markup
    data: tuple[Datum, ...]
    note: str = ""


def overview_page(request: Request, store: Store) -> Page:
    """Return the numbers and charts of the run; they are drawn once."""
    with store.cursor() as cursor:
        known = reviews(store, cursor)
        totals = store.remember(cursor, "totals", lambda: queries.totals(cursor))
        figures = _figures(store, cursor)

    def rows() -> Iterator[Sequence[Any]]:
        for one in figures:
            for datum in one.data:
                yield one.title, datum.group, datum.item, datum.value, datum.low, datum.high

    return Page(
        "概览",
        "overview.html",
        Sheet("概览", _HEADS, rows),
        {"totals": totals, "figures": [{"title": one.title, "note": one.note, "data": _plain(one)} for one in figures]},
        {"totals": totals, "figures": figures, "reviewed": len(known.layer.records), "applied": known.applied},
        "overview",
    )


def _plain(figure: Figure) -> list[dict[str, Any]]:
    """Return a figure's values as plain data."""
    return [{name: getattr(one, name) for name in Datum.__slots__} for one in figure.data]


def _figures(store: Store, cursor: duckdb.DuckDBPyConnection) -> list[Figure]:
    """Return the charts there is something to draw for; only those of measures are drawn again after a correction."""
    counts = store.counts
    found = (
        *counts.remember("by document", lambda: (_by_year(cursor), _by_province(cursor), _by_kind(cursor))),
        *store.remember(cursor, "by measure", lambda: [_of_measures(cursor, *one) for one in _MEASURES.items()]),
        *counts.remember("by code", lambda: [*_of_codes(cursor)]),
        *counts.remember("by topic", lambda: (_topic_sizes(cursor), _topics(store, cursor))),
    )
    return [figure for figure in found if figure is not None]


_MEASURES = {"role": "措施的作用", "kind": "措施的类型", "instrument": "支持方式", "beneficiary": "受益对象"}


def _figure(title: str, make: Callable[[str, str], Chart], data: Sequence[Datum], unit: str, note: str = "") -> Figure:
    """Return a figure; what it shows is told in words too, for those who can't see it."""
    told = "，".join(f"{one.group} {one.item} {one.value:g}{unit}".strip() for one in data[:8])
    more = f"，等 {len(data)} 项" if len(data) > 8 else ""
    return Figure(title, Markup(svg(make(title, f"{title}：{told}{more}"))), tuple(data), note)


def _bars(title: str, rows: Sequence[tuple[str, int, str]], unit: str, note: str = "") -> Figure | None:
    """Return lying bars of name, number and link; nothing without rows."""
    if not rows:
        return None
    marks = [Mark(name, n, link) for name, n, link in rows]
    data = [Datum("", name, n) for name, n, _ in rows]
    return _figure(title, lambda head, desc: bars(head, desc, marks, unit=unit), data, unit, note)


def _by_year(cursor: duckdb.DuckDBPyConnection) -> Figure | None:
    """Return documents by year, stacked by level."""
    rows = queries.years_and_levels(cursor)
    if not rows:
        return None
    years = list(range(rows[0][0], rows[-1][0] + 1))
    if len(years) > 80:  # a year misread far away mustn't flatten all others
        years = sorted({year for year, _, _ in rows})
    counts = {(year, level): n for year, level, n in rows}
    found = {level for _, level, _ in rows}
    levels = [*(level for level in queries.LEVELS if level in found), *sorted(found - {*queries.LEVELS, ""})]
    levels += [""] if "" in found else []
    series = [
        Series(
            level or _NOT_WRITTEN,
            tuple(float(counts.get((year, level), 0)) for year in years),
            tuple(address("/documents", [("year", year), ("level", level)]) for year in years),
        )
        for level in levels
    ]
    heads = [str(year) for year in years]
    data = [Datum(level or _NOT_WRITTEN, str(year), n) for year, level, n in rows]
    return _figure("各年文档数（按层级）", lambda head, desc: columns(head, desc, heads, series, unit="篇"), data, "篇")


def _by_province(cursor: duckdb.DuckDBPyConnection) -> Figure | None:
    """Return documents by province as a map of squares."""
    names = {tile.code: tile.name for tile in load_tiles()}
    counts = queries.provinces(cursor, names)
    if not counts:
        return None
    marks = {code: Mark(names[code], n, address("/documents", [("province", code)])) for code, n in counts.items()}
    data = [Datum("", names[code], n) for code, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    note = "每省一格，位置大致如地图，含省以下各级；没有写明省份的不在图中。"
    return _figure("各省文档数", lambda head, desc: tile_map(head, desc, marks, unit="篇"), data, "篇", note)


def _by_kind(cursor: duckdb.DuckDBPyConnection) -> Figure | None:
    """Return documents by kind."""
    rows = queries.document_kinds(cursor, _MOST)
    return _bars("文种", [(kind, n, address("/documents", [("doc_kind", kind)])) for kind, n in rows], "篇")


def _of_measures(cursor: duckdb.DuckDBPyConnection, column: str, title: str) -> Figure | None:
    """Return measures by a column."""
    words = WORDS.get(column)
    rows = queries.measures_by(cursor, column, _MOST)
    listed = [
        (words[value] if words else value, n, address("/measures", [(column, value if words else f"={value}")]))
        for value, n in rows
    ]
    return _bars(title, listed, "条")


def _of_codes(cursor: duckdb.DuckDBPyConnection) -> Iterator[Figure | None]:
    """Yield a chart for each codebook that was used: its codes of the highest level, or those given most."""
    tree = codes.tree(cursor)
    for book, name in documents.codebooks(cursor).items():
        used = [row for row in tree if row["codebook"] == book and row["passages"]]
        top = [row for row in used if row["depth"] == 0]
        shown = top if len(top) > 1 else sorted(used, key=lambda row: -row["passages"])
        rows = [
            (row["name"], row["passages"], address("/code", [("book", book), ("code", row["code"])]))
            for row in shown[:_CODES]
        ]
        yield _bars(f"编码：{name}", rows, "处", "下级代码的编码也计入上级，同一处只计一次。")


def _topic_sizes(cursor: duckdb.DuckDBPyConnection) -> Figure | None:
    """Return topics by the documents whose largest topic they are."""
    rows = [
        (f"{topic} {label}", n, address("/measures", [("topic", topic)]))
        for topic, label, n in queries.topic_sizes(cursor)[:_MOST]
    ]
    return _bars("主题（以它为最大主题的文档）", rows, "篇")


def _topics(store: Store, cursor: duckdb.DuckDBPyConnection) -> Figure | None:
    """Return the largest topics over the years, with intervals."""
    years = queries.topic_years(cursor)
    if len(years) < 2:
        return None
    # the test of differences isn't shown here, so nothing is drawn for it
    shares = topic_shares(store.out, "年份" if len(years) <= _YEARS else "年份/5", draws=1)
    groups = [group for group in shares.groups if group.key]
    largest = sorted(shares.tests, key=lambda one: (-one.share, one.topic_id))[:_PANELS]
    found = {(one.topic_id, one.group): one for one in shares.shares}
    curves: list[Curve] = []
    data: list[Datum] = []
    for topic in largest:
        name = f"{topic.topic_id} {topic.topic}"
        points = []
        for group in groups:
            one = found[topic.topic_id, group.label]
            low, high = (end * 100 for end in one.interval) if one.interval else (None, None)
            points.append(Band(one.share * 100, low, high))
            data.append(Datum(name, group.label, round(one.share * 100, 2), _rounded(low), _rounded(high)))
        curves.append(Curve(name, tuple(points), address("/measures", [("topic", topic.topic_id)])))
    heads = [group.label for group in groups]
    note = "线为各篇主题权重的平均，带为 95% 区间；空心的点不足 5 篇，没有区间。"
    return _figure("各年的主题份额", lambda head, desc: panels(head, desc, heads, curves, unit="%"), data, "%", note)


def _rounded(value: float | None) -> float | None:
    """Return a percentage as it is shown."""
    return None if value is None else round(value, 2)
