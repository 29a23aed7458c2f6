"""Codings with their documents, filtered without SQL, and the review queue: what the machine was least sure of first.

The queue holds the machine's codings (已给出) and its suggestions, which it didn't give (待给出). Of each code the
border lies between the highest score not given and the lowest given in the run; the nearer to it, the more doubtful.
What a person has coded or rejected isn't put up again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pipeline.table.filters import How, conditions
from pipeline.table.people import readings
from pipeline.table.query import SECONDS, connect, fetch
from pipeline.table.view import codebook_names

if TYPE_CHECKING:
    import pyarrow as pa

HEADINGS = {
    "state": "状态",
    "source_name": "文件名",
    "quote": "原文",
    "codebook": "编码本",
    "code": "代码",
    "name": "名称",
    "coder": "编码者",
    "score": "得分",
    "border": "界限",
    "rule": "规则",
    "start": "起",
    "end": "止",
    "page": "页码",
    "region": "地区",
    "year": "年份",
    "doc_id": "文档编号",
    "id": "编号",
}
_QUEUE_ONLY = ("state", "border")
_CODE = "codebook || ':' || code IN (SELECT unnest(string_split(?, chr(10))))"
_CODER = "(coder = ? OR starts_with(coder, ? || ':'))"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodingFilters:
    """What codings are asked for. Of a filter's values any will do; all filters must hold; no filter: all codings."""

    code: Annotated[
        tuple[str, ...],
        How(_CODE, "代码（连同下级）：代码或名称，前面可加编码本：attract、引、yinyuyongliu:attract、引育用留:引"),
    ] = ()
    codebook: Annotated[tuple[str, ...], How("codebook = ?", "编码本：标识或名称，例如 引育用留")] = ()
    coder: Annotated[tuple[str, ...], How(_CODER, "编码者：人名，机器 为全部机器编码")] = ()
    text: Annotated[tuple[str, ...], How("regexp_matches(quote, ?)", "原文含有的文字，不计空格和换行")] = ()
    region: Annotated[tuple[str, ...], How("contains(region, ?)", "地区全称含有的文字，例如 浙江")] = ()
    issuer: Annotated[tuple[str, ...], How("contains(issuer, ?)", "发文机关含有的文字")] = ()
    year: Annotated[tuple[int, ...], How("year = ?", "发文年份")] = ()
    doc: Annotated[tuple[str, ...], How("(doc_id = ? OR source_name = ?)", "文档编号（或开头几位）或文件名")] = ()


_ALL = """
SELECT coding_id AS id, doc_id, codebook, code, start, "end", quote, coder, score, rule, page, TRUE AS given,
  rowid AS position
FROM codings"""
_SUGGESTIONS = """
SELECT suggestion_id AS id, doc_id, codebook, code, start, "end", quote, coder, score, rule, page, FALSE AS given,
  rowid AS position
FROM suggestions"""
_QUEUE = f"""
SELECT * FROM ({_ALL} WHERE starts_with(coder, 'machine:')
  UNION ALL
  {_SUGGESTIONS})"""
# A suggestion may be above the border when a code above its own isn't given.
_BORDERS = """
SELECT codebook, code, coder,
  CASE WHEN low IS NULL THEN high WHEN high < low THEN (low + high) / 2 ELSE low END AS border
FROM (
  SELECT codebook, code, coder, min(score) FILTER (given) AS low, max(score) FILTER (NOT given) AS high
  FROM listed GROUP BY ALL)"""
_DECIDED = """
list_contains(?::VARCHAR[], l.id) OR EXISTS (
  SELECT 1 FROM codings p
  WHERE NOT starts_with(p.coder, 'machine:') AND p.doc_id = l.doc_id AND p.codebook = l.codebook AND p.code = l.code
    AND 2 * (least(p."end", l."end") - greatest(p.start, l.start)) >= least(p."end" - p.start, l."end" - l.start)
    AND p.start < l."end" AND l.start < p."end")"""


def codings(
    out: Path,
    filters: CodingFilters | None = None,
    *,
    review: bool = False,
    limit: int | None = None,
    seconds: float = SECONDS,
) -> pa.Table:
    """Return the codings that fit ``filters`` in their order, with the columns of ``HEADINGS``.

    ``review`` gives the queue instead, the most doubtful first, with the columns ``state`` and ``border``.
    Raises PipelineError with every code, codebook, coder, document and region the run doesn't have.
    """
    names = [name for name in HEADINGS if review or name not in _QUEUE_ONLY]
    order = "abs(score - border), position" if review else "position"
    sql, values = "SELECT " + ", ".join(f'"{name}"' for name in names), _rejected(out) if review else []
    with connect(out) as connection:
        where, more = conditions(filters or CodingFilters(), connection, codebook_names(connection))
        sql += f" FROM ({_joined(review)}){where} ORDER BY {order}, given DESC"
        return fetch(connection, sql, [*values, *more], limit=limit, seconds=seconds)


def count(out: Path, filters: CodingFilters | None = None, *, review: bool = False, seconds: float = SECONDS) -> int:
    """Return how many codings fit. Raises PipelineError as ``codings`` does."""
    values = _rejected(out) if review else []
    with connect(out) as connection:
        where, more = conditions(filters or CodingFilters(), connection, codebook_names(connection))
        sql = f"SELECT count(*) FROM ({_joined(review)}){where}"
        return int(fetch(connection, sql, [*values, *more], seconds=seconds).column(0)[0].as_py())


def unanswered(out: Path) -> frozenset[str]:
    """Return the ids of the suggestions that the queue holds: neither coded nor rejected by a person."""
    with connect(out) as connection:
        rows = connection.execute(f"SELECT id FROM ({_SUGGESTIONS}) l WHERE NOT ({_DECIDED})", _rejected(out))
        return frozenset(str(row[0]) for row in rows.fetchall())


def _rejected(out: Path) -> list[Any]:
    """Return the value of the queue's own ``?``: the ids of what people rejected."""
    return [sorted({one for reading in readings(out) for one in reading.rejected})]


def _joined(review: bool) -> str:
    """Return the SELECT of codings, or of the queue, with document, name and border."""
    border = (
        f"JOIN ({_BORDERS}) b ON b.codebook = l.codebook AND b.code = l.code AND b.coder = l.coder" if review else ""
    )
    state = "CASE WHEN l.given THEN '已给出' ELSE '待给出' END AS state, b.border," if review else ""
    return f"""
WITH listed AS ({_QUEUE if review else _ALL})
SELECT l.*, {state} coalesce(n.name, l.code) AS name, d.source_name, d.region, d.year, d.issuer
FROM listed l JOIN documents d ON d.doc_id = l.doc_id
  LEFT JOIN codes n ON n.codebook = l.codebook AND n.code = l.code {border}
{f"WHERE NOT ({_DECIDED})" if review else ""}"""
