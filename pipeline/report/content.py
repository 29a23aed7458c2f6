"""What a report is made of: tables and pictures, each picture with the table of its figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.charts import Chart, Mark, Series, bars, columns
from pipeline.charts.drawing import WIDTH
from pipeline.table.matrices_axes import MISSING
from pipeline.table.summary import yuan
from pipeline.table.words import unwrap

_FIGURES = re.compile(r"[\d.,%（）()–~−\-—亿万元 ]*")
_LONG = 16  # characters
_YEARS, _PERIODS = 40, (5, 10, 20, 50, 100, 200, 500)  # more years than these are taken together by so many


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its heading, its columns and its cells as people read them."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """What each column holds: 「n」 figures only (never the first), 「w」 long texts, or short words."""
        return tuple(self._kind(place) for place in range(len(self.heads)))

    def _kind(self, place: int) -> str:
        """Return what a column holds."""
        cells = [row[place] for row in self.rows]
        if place and all(_FIGURES.fullmatch(cell) for cell in cells):
            return "n"
        return "w" if any(len(cell) > _LONG for cell in cells) else ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its name for files, what must be known to read it, and its figures as a table."""

    key: str
    chart: Chart
    grid: Grid
    note: str = ""

    @property
    def wide(self) -> bool:
        """Whether it's wider than half a page."""
        return self.chart.width > WIDTH


def told(value: object) -> str:
    """Return a cell as people read it: numbers with separators, empty for none."""
    if value is None:
        return ""
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"
    return str(value)


def grid(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Grid:
    """Return a table of values."""
    return Grid(title, tuple(heads), tuple(tuple(told(cell) for cell in row) for row in rows))


def filled(table: Grid) -> Grid:
    """Return a table without the columns that say nothing; the first stays."""
    kept = [place for place in range(len(table.heads)) if not place or any(row[place] for row in table.rows)]
    heads = tuple(table.heads[place] for place in kept)
    return Grid(table.title, heads, tuple(tuple(row[place] for place in kept) for row in table.rows))


def percent(part: float, whole: float) -> str:
    """Return a share: 「12.5%」; 「—」 of nothing."""
    return f"{part / whole * 100:.1f}%" if whole else "—"


def amount(value: Decimal | float) -> str:
    """Return an amount as people say it, a float to four figures: 「50万元」「1.25亿元」."""
    return yuan(_rounded(Decimal(str(value))) if isinstance(value, float) else value)


def _rounded(value: Decimal) -> Decimal:
    """Return a value to four figures."""
    places = value.adjusted() - 3
    return value.scaleb(-places).to_integral_value().scaleb(places)


def short(text: str, most: int) -> str:
    """Return a text on one line, cut to ``most`` characters."""
    line = unwrap(text)
    return line if len(line) <= most else line[: most - 1] + "…"


def bar_figure(
    key: str,
    title: str,
    counts: Sequence[tuple[str, int]],
    *,
    unit: str,
    head: str,
    most: int = 15,
    words: Mapping[str, str] | None = None,
) -> Figure | None:
    """Return lying bars of counts by name, those beyond ``most`` told below; nothing for fewer than two names.

    '' stands for what isn't said and comes last; ``words`` gives names their Chinese word.
    """
    known = [((words or {}).get(name, name), n) for name, n in counts if name]
    missing = sum(n for name, n in counts if not name)
    if len(known) < 2:
        return None
    shown = known[:most]
    rest = known[most:]
    note = f"另有 {len(rest)} 种，共 {sum(n for _, n in rest):,}{unit}。" if rest else ""
    note += f"没有写明的 {missing:,}{unit}。" if missing else ""
    total = sum(n for _, n in known) + missing
    desc = f"{title}：" + "，".join(f"{name} {n:,}{unit}" for name, n in shown[:5])
    rows = [(name, n, percent(n, total)) for name, n in shown]
    rows += [(MISSING, missing, percent(missing, total))] if missing else []
    chart = bars(title, desc, [Mark(name, n) for name, n in shown], unit=unit)
    return Figure(key, chart, grid(title, (head, unit + "数", "占比"), rows), note)


def year_figure(
    key: str, title: str, counts: Sequence[tuple[int, str, int]], order: Mapping[str, str], *, unit: str, of: int
) -> Figure | None:
    """Return standing bars by year, stacked by the keys of ``order`` (key → name), those not in it last.

    Years without any are shown too; very many years are taken together; a note tells how many of all (``of``) have no
    year. Nothing for fewer than two years.
    """
    years = sorted({year for year, _, _ in counts})
    if len(years) < 2:
        return None
    spans = _spans(years)
    found: dict[tuple[str, str], int] = {}
    for year, name, n in counts:
        span = next(label for label, first, last in spans if first <= year <= last)
        found[span, name] = found.get((span, name), 0) + n
    there = {name for _, name in found}
    names = [name for name in order if name in there] + sorted(there - set(order) - {""}) + [""] * ("" in there)
    labels = [order.get(name, name) or MISSING for name in names]
    heads = [label for label, _, _ in spans]
    stacks = [
        Series(label, tuple(found.get((head, name), 0) for head in heads))
        for name, label in zip(names, labels, strict=True)
    ]
    totals = [sum(one.values[place] for one in stacks) for place in range(len(heads))]
    desc = (
        f"{title}：{heads[0]} 至 {heads[-1]}，最多的是 {heads[totals.index(max(totals))]}（{max(totals):,.0f}{unit}）"
    )
    rows = [(head, *(int(one.values[place]) for one in stacks), int(totals[place])) for place, head in enumerate(heads)]
    undated = of - int(sum(totals))
    note = f"没有写明年份的 {undated}{unit}不在图中。" if undated else ""
    return Figure(
        key, columns(title, desc, heads, stacks, unit=unit), grid(title, ("年份", *labels, "合计"), rows), note
    )


def _spans(years: Sequence[int]) -> list[tuple[str, int, int]]:
    """Return label, first and last year of each bar, from the first year to the last."""
    if years[-1] - years[0] < _YEARS:
        return [(str(year), year, year) for year in range(years[0], years[-1] + 1)]
    length = next((one for one in _PERIODS if years[-1] - years[0] < _YEARS * one), _PERIODS[-1])
    first = years[0] // length * length
    ends = [(low, min(low + length - 1, years[-1])) for low in range(first, years[-1] + 1, length)]
    return [(f"{max(low, years[0])}–{high}", low, high) for low, high in ends]
