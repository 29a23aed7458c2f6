"""The measures: what is given, to whom, how much; the largest benefits with their places."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.charts import Mark, bars
from pipeline.report import queries
from pipeline.report.content import Figure, Grid, amount, bar_figure, grid, percent, short, year_figure
from pipeline.table.schema import KINDS, ROLES
from pipeline.table.words import per_words, unwrap

if TYPE_CHECKING:
    import duckdb

_EDGES = (1_000, 10_000, 50_000, 100_000, 500_000, 1_000_000, 5_000_000, 10_000_000, 100_000_000)
_BEFORE, _AFTER = 60, 60  # characters of a sentence around the figure
_MOST = 10
# so many bases are listed
_BASES = 12


@dataclass(frozen=True, slots=True)
class Largest:
    """A large benefit as the report quotes it: sentence before, figure, sentence after, and where it stands."""

    value: str
    what: str
    before: str
    quote: str
    after: str
    title: str
    source_name: str
    place: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Measures:
    """The section's figures: measures, facts, documents with any, amounts; tables, pictures, quoted benefits."""

    total: int
    facts: int
    documents: int
    benefits: int
    amounts: int
    median: str
    roles: Grid
    spread: Grid | None
    largest: tuple[Largest, ...]
    figures: tuple[Figure, ...]


def read_measures(connection: duckdb.DuckDBPyConnection) -> Measures | None:
    """Return what the run's measures are, nothing when it has none."""
    total, facts, documents = queries.measures(connection)
    if not total:
        return None
    crossed = queries.kinds_by_roles(connection)
    spread = queries.money_spread(connection)
    values = queries.money_values(connection, _EDGES)
    middle = queries.money_median(connection)
    return Measures(
        total=total,
        facts=facts,
        documents=documents,
        benefits=sum(n for (_, role), n in crossed.items() if role == "benefit"),
        amounts=sum(values),
        median=amount(middle) if middle is not None else "",
        roles=_roles(crossed, total),
        spread=_spread(spread) if spread else None,
        largest=tuple(_largest(one) for one in queries.largest(connection, _MOST)),
        figures=tuple(one for one in _figures(connection, crossed, values) if one is not None),
    )


def _roles(crossed: dict[tuple[str, str], int], total: int) -> Grid:
    """Return the table of kinds by roles."""
    roles = [role for role in ROLES if any(role == there for _, there in crossed)]
    kinds = [kind for kind in KINDS if any(kind == there for there, _ in crossed)]
    rows: list[tuple[object, ...]] = []
    for kind in kinds:
        counts = [crossed.get((kind, role), 0) for role in roles]
        rows.append((KINDS[kind], *counts, sum(counts), percent(sum(counts), total)))
    sums = [sum(n for (_, there), n in crossed.items() if there == role) for role in roles]
    rows.append(("合计", *sums, total, "100.0%"))
    return grid("措施：类型 × 作用", ("类型", *(ROLES[role] for role in roles), "合计", "占比"), rows)


def _spread(spread: list[queries.Spread]) -> Grid:
    """Return the table of amounts by basis."""
    rows = [
        (
            per_words(one.per) or "（没有写明）",
            one.n,
            *(amount(value) for value in (one.low, one.lower, one.median, one.upper, one.high)),
        )
        for one in spread
    ]
    if others := spread[_BASES:]:
        rows[_BASES:] = [(f"其他 {len(others)} 种", sum(one.n for one in others), *[None] * 5)]
    heads = ("计量基准", "条", "最小", "下四分位", "中位数", "上四分位", "最大")
    return grid("优惠支持的金额，按计量基准", heads, rows)


def _figures(
    connection: duckdb.DuckDBPyConnection, crossed: dict[tuple[str, str], int], values: list[int]
) -> list[Figure | None]:
    """Return the pictures there are data for."""

    def summed(side: int, order: dict[str, str]) -> queries.Counts:
        found = [(name, sum(n for key, n in crossed.items() if key[side] == name)) for name in order]
        return sorted((pair for pair in found if pair[1]), key=lambda pair: -pair[1])

    def benefits(column: str) -> queries.Counts:
        return queries.measures_by(connection, column, role="benefit")

    return [
        bar_figure("measures_role", "各作用的措施", summed(1, ROLES), unit="条", head="作用", words=ROLES),
        bar_figure("measures_kind", "各类型的措施", summed(0, KINDS), unit="条", head="类型", words=KINDS),
        year_figure(
            "measures_year",
            "各年文档中的措施（按作用）",
            queries.measures_by_year(connection),
            ROLES,
            unit="条",
            of=sum(crossed.values()),
        ),
        bar_figure(
            "measures_instrument", "优惠支持的方式", benefits("instrument"), unit="条", head="支持方式", most=12
        ),
        bar_figure("measures_item", "优惠支持的事项", benefits("item"), unit="条", head="事项", most=12),
        bar_figure(
            "measures_beneficiary", "优惠支持的受益对象", benefits("beneficiary"), unit="条", head="受益对象", most=12
        ),
        _money(values),
    ]


def _money(values: list[int]) -> Figure | None:
    """Return how the amounts are spread, from the first class that has any to the last; nothing for fewer than two."""
    there = [place for place, n in enumerate(values) if n]
    if sum(values) < 2 or len(there) < 2:
        return None
    edges = [amount(float(edge)) for edge in _EDGES]
    names = [
        f"不到 {edges[0]}",
        *(f"{a} 至不到 {b}" for a, b in pairwise(edges)),
        f"{edges[-1]}以上",
    ]
    shown = [(names[place], values[place]) for place in range(there[0], there[-1] + 1)]
    title = "优惠支持的金额"
    desc = f"{title}：" + "，".join(f"{name} {n}条" for name, n in shown)
    chart = bars(title, desc, [Mark(name, n) for name, n in shown], unit="条")
    rows = [(name, n, percent(n, sum(values))) for name, n in shown]
    note = "取上限（没有上限的取下限）；同一事实只计一次；每人每月的、一次性的、整个项目的都在其中，分开的见下表。"
    return Figure("measures_money", chart, grid(title, ("金额", "条数", "占比"), rows), note)


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    """Return what stands before and after a place of a text, on one line, with the blanks of a table's cells."""
    before, after = text[:start], text[end:]
    gap = " " if before.endswith((" ", "\t")) else ""
    return unwrap(before) + gap, (" " if after.startswith((" ", "\t")) else "") + unwrap(after)


def _largest(one: queries.Quoted) -> Largest:
    """Return a benefit as it is quoted."""
    before, after = _around(one.evidence, one.offset, one.offset + len(one.quote))
    parts = [short(one.section, 40) if one.section else "", f"第 {one.page} 页" if one.page else ""]
    place = "，".join([*(part for part in parts if part), f"第 {one.start}–{one.end} 字"])
    per = per_words(one.per)
    return Largest(
        value=amount(one.value) + (f"（{per}）" if per else ""),
        what="，".join(short(text, 40) for text in (one.beneficiary, one.item) if text),
        before=before if len(before) <= _BEFORE else "…" + before[-_BEFORE:],
        quote=unwrap(one.quote),
        after=after if len(after) <= _AFTER else after[:_AFTER] + "…",
        title=short(one.title or "", 60),
        source_name=one.source_name,
        place=place,
        confidence=one.confidence,
    )
