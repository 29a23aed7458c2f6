"""What failed, what is in doubt, and how sure the machine is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.charts import Series, columns
from pipeline.report import queries
from pipeline.report.content import Figure, Grid, grid, percent, short
from pipeline.table.schema import SEVERITIES

if TYPE_CHECKING:
    import duckdb

_LOW = 7  # tenths from here on count as sure


@dataclass(frozen=True, slots=True)
class Limits:
    """The section: issues, doubtful measures, confidence. ``sure``: measures with a confidence of 0.7 or more."""

    issues: Grid | None
    doubtful: int
    doubts: Grid | None
    sure: int
    figure: Figure | None
    unclaimed: int
    recognised: int


def read_limits(connection: duckdb.DuckDBPyConnection) -> Limits:
    """Return what there is to know against the run's figures."""
    found = queries.issues(connection)
    counts = {code: n for _, code, n, _, _ in found}
    rows = [
        (SEVERITIES[severity], code, n, documents, short(message, 200))
        for severity, code, n, documents, message in found
    ]
    total, _, _ = queries.measures(connection)
    doubtful, reasons = queries.doubts(connection)
    tenths = queries.confidences(connection)
    heads = ("程度", "问题", "次数", "文档", "例如和怎么办")
    return Limits(
        issues=grid("问题", heads, rows) if rows else None,
        doubtful=doubtful,
        doubts=grid("措施的疑点", ("疑点", "条数", "占措施"), [(name, n, percent(n, total)) for name, n in reasons])
        if reasons
        else None,
        sure=sum(tenths[_LOW:]),
        figure=_confidence(tenths) if total > 1 else None,
        unclaimed=counts.get("number.unclaimed", 0),
        recognised=counts.get("ingest.recognised", 0),
    )


def _confidence(tenths: list[int]) -> Figure:
    """Return how confidence is spread."""
    heads = [f"{place / 10:.1f}" for place in range(10)]
    title = "措施的把握"
    total = sum(tenths)
    desc = f"{title}：0.9 以上 {percent(tenths[9], total)}，0.5 以下 {percent(sum(tenths[:5]), total)}"
    rows = [
        (f"{place / 10:.1f} 至{'' if place == 9 else '不到'} {(place + 1) / 10:.1f}", n, percent(n, total))
        for place, n in enumerate(tenths)
    ]
    chart = columns(title, desc, heads, [Series("措施", tuple(tenths))], unit="条")
    note = "把握是模型估计的“这条记录每一项都对”的概率，在与训练文字相近的文字上校准；横轴为每一段的下端。"
    return Figure("confidence", chart, grid(title, ("把握", "条数", "占比"), rows), note)
