"""The SQL behind a matrix: what stands in each cell, how many, and the passages themselves.

Parameters of every statement: $1 keys of the rows, $2 keys of the columns, $3 coders. Nothing that people type stands
in the text of a statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.table.matrices_axes import READ, SEPARATOR, Axis

Base = Literal["codings", "measures", "coded measures", "documents", "pairs", "shared units"]
Within = Literal["clause", "section", "document"]
Unit = Literal["codings", "documents", "characters", "measures", "money", "sections"]

# A child's coding counts for its parents, at one place once, whether or not the parent's own coding is in the table.
_GIVEN = """
WITH RECURSIVE
row_heads AS (SELECT unnest($1::VARCHAR[]) AS key, unnest(range(len($1::VARCHAR[]))) AS r),
col_heads AS (SELECT unnest($2::VARCHAR[]) AS key, unnest(range(len($2::VARCHAR[]))) AS c),
coders AS (SELECT unnest($3::VARCHAR[]) AS coder),
read AS (SELECT rowid AS position, * EXCLUDE (raw_text, clean_text) FROM documents WHERE {read}),
up AS (
  SELECT DISTINCT codebook, code, code AS top FROM codings
  UNION
  SELECT u.codebook, u.code, c.parent
  FROM up u JOIN codes c ON c.codebook = u.codebook AND c.code = u.top WHERE c.parent IS NOT NULL
),
given AS MATERIALIZED (
  SELECT c.doc_id, c.start, c."end", c.codebook, u.top AS code, c.coder,
    coalesce(min(c.rowid) FILTER (c.code = u.top), min(c.rowid)) AS origin
  FROM codings c JOIN up u ON u.codebook = c.codebook AND u.code = c.code
  JOIN coders k ON k.coder = c.coder JOIN read d ON d.doc_id = c.doc_id
  GROUP BY ALL
)"""
_KEYED = """,
keyed AS MATERIALIZED (
  SELECT g.doc_id, g.start, g."end", g.coder, g.origin, g.codebook || chr({separator}) || g.code AS code
  FROM given g
)"""
# Codings meet where they overlap; most have the very same place, which is looked up first.
_PAIRS = """,
spans AS MATERIALIZED (SELECT DISTINCT doc_id, start, "end" FROM keyed),
meet AS (
  SELECT doc_id, start AS s1, "end" AS e1, start AS s2, "end" AS e2 FROM spans
  UNION ALL
  SELECT a.doc_id, a.start, a."end", b.start, b."end" FROM spans a JOIN spans b
  ON a.doc_id = b.doc_id AND a.start < b."end" AND b.start < a."end" AND (a.start <> b.start OR a."end" <> b."end")
),
hits AS MATERIALIZED (
  SELECT h.r, k.c, t.doc_id, greatest(s1, s2) AS start, least(e1, e2) AS "end", a.origin, a.coder,
    t.doc_id || ':' || greatest(s1, s2) || '-' || least(e1, e2) AS key, NULL::DECIMAL(20, 4) AS value
  FROM meet t
  JOIN keyed a ON a.doc_id = t.doc_id AND a.start = s1 AND a."end" = e1
  JOIN keyed b ON b.doc_id = t.doc_id AND b.start = s2 AND b."end" = e2
  JOIN row_heads h ON h.key = a.code JOIN col_heads k ON k.key = b.code
  WHERE a.code <> b.code OR (s1 = s2 AND e1 = e2)
)"""
_UNITS = """,
placed AS MATERIALIZED (
  SELECT g.*, {unit} AS key
  FROM keyed g ASOF LEFT JOIN sections s ON s.doc_id = g.doc_id AND s.start <= g.start
),
present AS MATERIALIZED (SELECT DISTINCT doc_id, key, code FROM placed),
hits AS MATERIALIZED (
  SELECT h.r, k.c, a.doc_id, a.key, a.code AS one, b.code AS other
  FROM present a JOIN present b ON b.key = a.key
  JOIN row_heads h ON h.key = a.code JOIN col_heads k ON k.key = b.code
)"""
_UNIT_OF = {"document": "g.doc_id", "section": "g.doc_id || ':' || coalesce(s.section_id, '')"}
_OWN = """,
row_own AS (SELECT h.r, x.* FROM {source} x JOIN row_heads h ON h.key = x.code),
col_own AS (SELECT k.c, x.* FROM {source} x JOIN col_heads k ON k.key = x.code),
all_own AS (
  SELECT * FROM {source} x WHERE x.code IN (SELECT key FROM row_heads) OR x.code IN (SELECT key FROM col_heads)
)"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is counted where: the statement's beginning (with the relation ``hits``), its base, unit and scope."""

    head: str
    base: Base
    unit: Unit
    within: Within


def base_of(rows: Axis, cols: Axis, unit: Unit | None, within: Within) -> Base:
    """Return what the cells of two axes are made of."""
    if rows.name == cols.name == "code":
        return "pairs" if within == "clause" else "shared units"
    sides = {rows.of, cols.of}
    if "coding" in sides:
        return "coded measures" if "measure" in sides or unit in ("measures", "money") else "codings"
    return "measures" if "measure" in sides or unit in ("measures", "money") else "documents"


def given_sql() -> str:
    """Return the beginning of every statement: heads, coders, documents read, and ``given``: who coded what where."""
    return _GIVEN.format(read=READ)


def plan(rows: Axis, cols: Axis, base: Base, unit: Unit, within: Within) -> Plan:
    """Return the plan of a matrix."""
    head = given_sql()
    if base in ("pairs", "shared units"):
        head += _KEYED.format(separator=ord(SEPARATOR))
        if base == "pairs":
            head += _PAIRS
            own = "(SELECT *, doc_id || ':' || start || '-' || \"end\" AS key FROM keyed)"
        else:
            head += _UNITS.format(unit=_UNIT_OF[within])
            own = "present"
        return Plan(head + _OWN.format(source=own), base, unit, within)
    return Plan(
        head + _docs("row", "r", rows) + _docs("col", "c", cols) + _hits(rows, cols, base, unit), base, unit, within
    )


def _docs(side: str, index: str, axis: Axis) -> str:
    """Return the relation that leads documents to the heads of one side."""
    if axis.of != "document":
        return ""
    return (
        f",\n{side}_docs AS (SELECT x.doc_id, h.{index} FROM (SELECT d.doc_id, {axis.sql} AS key FROM read d) x"
        f" JOIN {side}_heads h ON h.key = x.key)"
    )


def _hits(rows: Axis, cols: Axis, base: Base, unit: Unit) -> str:
    """Return the relation with one row for each thing in each cell."""
    one = {"codings": "g", "measures": "m", "coded measures": "m", "documents": "d"}[base]
    source = {
        "codings": "given g",
        "measures": "measures m JOIN read d ON d.doc_id = m.doc_id",
        "coded measures": "given g JOIN measures m"
        ' ON m.doc_id = g.doc_id AND g.start <= m.start AND g."end" >= m."end"',
        "documents": "read d",
    }[base]
    fields = {
        "codings": "g.doc_id, g.start, g.\"end\", g.origin, g.coder, g.doc_id || ':' || g.start || '-' || g.\"end\" AS"
        " key, NULL::DECIMAL(20, 4) AS value",
        "documents": "d.doc_id, 0 AS start, coalesce(d.n_chars, 0) AS \"end\", d.position AS origin, '' AS coder,"
        " d.doc_id AS key, NULL::DECIMAL(20, 4) AS value",
    }.get(
        base,
        f'm.doc_id, m.start, m."end", m.rowid AS origin, {"g.coder" if base != "measures" else "NULL"} AS coder,'
        " m.measure_id AS key, CASE WHEN m.kind = 'money' AND m.unit = '元' THEN coalesce(m.value_max, m.value_min) END"
        " AS value, coalesce(m.fact_id, m.measure_id) AS fact",
    )
    only = " WHERE m.kind = 'money' AND m.unit = '元' AND coalesce(m.value_max, m.value_min) IS NOT NULL"
    only = only if unit == "money" else ""
    joins = " ".join(_join(side, index, axis, one) for side, index, axis in (("row", "r", rows), ("col", "c", cols)))
    return f",\nhits AS MATERIALIZED (SELECT row_side.r, col_side.c, {fields} FROM {source} {joins}{only})"


def _join(side: str, index: str, axis: Axis, one: str) -> str:
    """Return the join of one side's heads."""
    if axis.of == "document":
        return f"JOIN {side}_docs {side}_side ON {side}_side.doc_id = {one}.doc_id"
    return f"JOIN {side}_heads {side}_side ON {side}_side.key = {axis.sql}"


def counts_sql(made: Plan) -> str:
    """Return the statement with the columns r, c, n: cells, totals of rows (c NULL), of columns (r NULL), of all."""
    own = made.base in ("pairs", "shared units")
    sources = ("hits", "row_own", "col_own", "all_own") if own else ("hits",) * 4
    sides: tuple[tuple[str, ...], ...] = (("r", "c"), ("r",), ("c",), ())
    parts = [_count(made.unit, source, by) for source, by in zip(sources, sides, strict=True)]
    return f"{made.head}\n" + "\nUNION ALL\n".join(parts)


def bases_sql(made: Plan, side: str) -> str:
    """Return the statement with i, n: how many documents there are under each head of a side; i NULL: in all."""
    index = "r" if side == "row" else "c"
    return (
        f"{made.head}\nSELECT {index} AS i, count(DISTINCT doc_id) AS n FROM {side}_docs"
        f" GROUP BY GROUPING SETS (({index}), ())"
    )


def _count(unit: Unit, source: str, by: tuple[str, ...]) -> str:
    """Return the SELECT that counts one relation by rows, columns, both or not at all."""
    shown = ", ".join(name if name in by else f"NULL::BIGINT AS {name}" for name in ("r", "c"))
    listed = ", ".join(by)
    group = f" GROUP BY {listed}" if by else ""
    if unit == "characters":
        within = f'PARTITION BY {", ".join([*by, "doc_id"])} ORDER BY start, "end"'
        earlier = f'max("end") OVER ({within} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)'
        spans = f'SELECT DISTINCT {", ".join([*by, "doc_id"])}, start, "end" FROM {source}'
        source = f'(SELECT *, greatest(0, "end" - greatest(start, coalesce({earlier}, start))) AS own FROM ({spans}))'
        return f"SELECT {shown}, coalesce(sum(own), 0) AS n FROM {source}{group}"
    if unit == "money":
        facts = f"SELECT {', '.join([*by, 'fact'])}, max(value) AS value FROM {source} GROUP BY ALL"
        return f"SELECT {shown}, sum(value) AS n FROM ({facts}){group}"
    counted = "doc_id" if unit == "documents" else "key"
    return f"SELECT {shown}, count(DISTINCT {counted}) AS n FROM {source}{group}"


def behind_sql(made: Plan) -> str:
    """Return the statement with r, c, n: how many passages stand behind each cell."""
    if made.base == "shared units":
        return f"{made.head}\nSELECT r, c, count(*) AS n FROM ({_shared()}) GROUP BY r, c"
    return f"{made.head}\n{_count('codings', 'hits', ('r', 'c'))}"


def _shared() -> str:
    """Return the codings of either code in the sections or documents that have both."""
    return (
        'SELECT h.r, h.c, p.doc_id, p.start, p."end", min(p.origin) AS origin, min(p.coder) AS coder, h.key'
        " FROM hits h JOIN placed p ON p.key = h.key AND p.code IN (h.one, h.other)"
        ' GROUP BY h.r, h.c, p.doc_id, p.start, p."end", h.key, p.code'
    )


SECTIONED = "trim(s.number || ' ' || s.heading)"


def details_sql(made: Plan, *, cell: bool) -> str:
    """Return the statement with the passages behind all cells, at most $4 of each, or behind the cell ($5, $6).

    In the order of rows, columns, documents and places. A place that several coders coded is one passage.
    """
    where = " WHERE r = $5 AND c = $6" if cell else ""
    shared = made.base == "shared units"
    grouped = f'SELECT r, c, doc_id, key, start, "end", {"origin" if shared else "min(origin) AS origin"}'
    source = f"({_shared()})" if shared else "hits"
    coders = "string_agg(DISTINCT coder, '；' ORDER BY coder) AS coder"
    order = 'd.position, x.start, x."end", x.origin'
    quote, context, rule, ref, page, join = _sources(made.base)
    return (
        f"{made.head},\nx AS ({grouped}, {coders} FROM {source}{where} GROUP BY ALL),\n"
        "kept AS (SELECT x.*, d.position, d.source_name, d.title FROM x JOIN read d ON d.doc_id = x.doc_id"
        f" QUALIFY row_number() OVER (PARTITION BY r, c ORDER BY {order}) <= $4)\n"
        f"SELECT x.r AS row, x.c AS col, x.doc_id, x.source_name, {SECTIONED} AS section, {page} AS page, x.start,"
        f' x."end", {quote} AS quote, {context} AS context, x.coder, {rule} AS rule, {ref} AS ref'
        f" FROM kept x ASOF LEFT JOIN sections s ON s.doc_id = x.doc_id AND s.start <= x.start {join}"
        ' ORDER BY x.r, x.c, x.position, x.start, x."end", x.origin'
    )


def _sources(base: Base) -> tuple[str, str, str, str, str, str]:
    """Return where quote, context, rule, reference and page come from, and the join they need."""
    if base == "documents":
        return "x.title", "NULL", "NULL", "x.doc_id", "NULL::BIGINT", ""
    if base in ("measures", "coded measures"):
        return "o.quote", "o.evidence", "o.rule", "o.measure_id", "o.page", "JOIN measures o ON o.rowid = x.origin"
    join = "JOIN codings o ON o.rowid = x.origin"
    if base != "pairs":
        return "o.quote", "NULL", "o.rule", "o.coding_id", "o.page", join
    part = 'substring(o.quote, CAST(x.start - o.start + 1 AS BIGINT), CAST(x."end" - x.start AS BIGINT))'
    return part, "NULL", "o.rule", "o.coding_id", "o.page", join
