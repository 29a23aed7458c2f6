"""The topics: words, documents, shares; shares by year with intervals and tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.charts import Band, Curve, panels
from pipeline.report import queries
from pipeline.report.content import Figure, Grid, grid
from pipeline.scoring.topic_shares import Share, TopicShares, topic_shares
from pipeline.table.query import connect
from pipeline.table.topics import topics

_YEARS = 15  # single years up to so many, else periods of five
_PANELS = 12
_FIRM = 3  # groups of enough documents, from which on the others aren't drawn


@dataclass(frozen=True, slots=True)
class Topics:
    """The section's figures: model, number of topics and of documents with any; tables, picture, notes."""

    model: str
    count: int
    documents: int
    table: Grid
    figure: Figure | None
    tests: Grid | None
    differing: int
    notes: tuple[str, ...]


def read_topics(out: Path) -> Topics | None:
    """Return the run's topics, nothing when it has none."""
    with connect(out) as connection:
        documents = queries.topic_documents(connection)
        if not documents:
            return None
        years = queries.topic_years(connection)
    rows = topics(out).to_pylist()
    table = grid(
        "主题",
        ("主题", "名称", "主题词", "文档", "占比", "一致性"),
        [
            (
                row["topic_id"],
                row["label"],
                "、".join(row["top_terms"].split("；")[:10]),
                row["n_documents"],
                f"{row['share'] * 100:.1f}%",
                None if row["coherence"] is None else f"{row['coherence']:.2f}",
            )
            for row in rows
        ],
    )
    shares = topic_shares(out, "年份" if len(years) <= _YEARS else "年份/5") if len(years) > 1 else None
    largest = [row["topic_id"] for row in sorted(rows, key=lambda row: (-row["share"], row["topic_id"]))][:_PANELS]
    tested = [one for one in shares.tests if one.q is not None] if shares else []
    return Topics(
        model=str(rows[0]["model"]),
        count=len(rows),
        documents=documents,
        table=table,
        figure=_figure(shares, largest) if shares else None,
        tests=_tests(shares) if shares and tested else None,
        differing=sum(one.q is not None and one.q < 0.05 for one in tested),
        notes=shares.notes if shares else (),
    )


def _figure(shares: TopicShares, largest: list[str]) -> Figure | None:
    """Return a panel for each of the largest topics; nothing when fewer than two groups say their year."""
    groups = [group for group in shares.groups if group.key]
    if len(groups) < 2:
        return None
    firm = [group for group in groups if not group.few]
    drawn = firm if len(firm) >= _FIRM else groups
    found = {(one.topic_id, one.group): one for one in shares.shares}
    names = {one.topic_id: one.topic for one in shares.tests}
    curves = []
    for topic_id in largest:
        points = []
        for group in drawn:
            one = found[topic_id, group.label]
            low, high = one.interval or (None, None)
            points.append(
                Band(one.share * 100, None if low is None else low * 100, None if high is None else high * 100)
            )
        curves.append(Curve(f"{topic_id} {names[topic_id]}", tuple(points)))
    title = "各年的主题份额"
    desc = f"{title}：{drawn[0].label} 至 {drawn[-1].label}，{len(curves)} 个主题各一幅，带为 95% 区间"
    note = "线为各篇主题权重的平均，带为 95% 区间。"
    note += "不足 5 篇的年份没有画出，见数据。" if drawn is firm else "空心的点不足 5 篇，没有区间。"
    if len(names) > len(largest):
        note += f"只画最大的 {len(largest)} 个。"
    heads = ("主题", *(f"{group.label}（{group.documents}篇）" for group in groups))
    rows = [
        (f"{topic_id} {name}", *(_told(found[topic_id, group.label]) for group in groups))
        for topic_id, name in names.items()
    ]
    chart = panels(title, desc, [group.label for group in drawn], curves, unit="%")
    return Figure("topics_year", chart, grid(f"{title}（%，括号内为 95% 区间）", heads, rows), note)


def _told(one: Share) -> str:
    """Return a share in percent with its interval."""
    between = f"（{one.interval[0] * 100:.1f}–{one.interval[1] * 100:.1f}）" if one.interval else ""
    return f"{one.share * 100:.1f}{between}"


def _tests(shares: TopicShares) -> Grid:
    """Return the table of tests: which topics differ among years."""
    rows = [
        (
            f"{one.topic_id} {one.topic}",
            f"{one.share * 100:.1f}%",
            None if one.spread is None else f"{one.spread * 100:.1f}",
            None if one.p is None else f"{one.p:.4f}",
            None if one.q is None else f"{one.q:.4f}",
        )
        for one in shares.tests
    ]
    heads = ("主题", "总份额", "最大差", "p", "q")
    return grid("主题份额是否因年份而异（最大差为百分点）", heads, rows)
