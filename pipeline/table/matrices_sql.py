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
# Documents, codes and places are numbers from here on: comparing texts would take most of the time.
_GIVEN = """
WITH RECURSIVE
row_heads AS (SELECT unnest($1::VARCHAR[]) AS key, unnest(range(len($1::VARCHAR[]))) AS r),
col_heads AS (SELECT unnest($2::VARCHAR[]) AS key, unnest(range(len($2::VARCHAR[]))) AS c),
coders AS (SELECT unnest($3::VARCHAR[]) AS coder),
read AS (SELECT rowid AS doc, * EXCLUDE (raw_text, clean_text) FROM documents WHERE {read}),
up AS (
  SELECT DISTINCT codebook, code, code AS top FROM codings
  UNION
  SELECT u.codebook, u.code, c.parent
  FROM up u JOIN codes c ON c.codebook = u.codebook AND c.code = u.top WHERE c.parent IS NOT NULL
),
tops AS MATERIALIZED (
  SELECT codebook, code, top, key, dense_rank() OVER (ORDER BY key) AS id
  FROM (SELECT *, codebook || chr({separator}) || top AS key FROM up)
),
row_codes AS (SELECT DISTINCT h.r, t.id FROM row_heads h JOIN tops t ON t.key = h.key),
col_codes AS (SELECT DISTINCT h.c, t.id FROM col_heads h JOIN tops t ON t.key = h.key),
coded AS (
  SELECT d.doc, c.start, c."end", t.id AS code, c.coder,
    coalesce(min(c.rowid) FILTER (c.code = t.top), min(c.rowid)) AS origin
  FROM codings c JOIN tops t ON t.codebook = c.codebook AND t.code = c.code
  JOIN coders k ON k.coder = c.coder JOIN read d ON d.doc_id = c.doc_id
  {only}
  GROUP BY ALL
),
given AS MATERIALIZED (SELECT *, dense_rank() OVER (ORDER BY doc, start, "end") AS key FROM coded)"""
_ONLY = "WHERE t.id IN (SELECT id FROM row_codes UNION ALL SELECT id FROM col_codes)"
# Codings meet where they overlap; most have the very same place.
_PAIRS = """,
keyed AS MATERIALIZED (SELECT DISTINCT key, code FROM given),
spans AS MATERIALIZED (SELECT DISTINCT doc, start, "end", key FROM given),
meet AS (
  SELECT doc, key AS one, key AS other, start, "end" FROM spans
  UNION ALL
  SELECT a.doc, a.key, b.key, greatest(a.start, b.start), least(a."end", b."end") FROM spans a JOIN spans b
  ON a.doc = b.doc AND a.start < b."end" AND b.start < a."end" AND a.key <> b.key
),
places AS MATERIALIZED (SELECT *, dense_rank() OVER (ORDER BY doc, start, "end") AS key FROM meet),
hits AS MATERIALIZED (
  SELECT DISTINCT h.r, k.c, t.doc, t.start, t."end", t.key
  FROM places t JOIN keyed a ON a.key = t.one JOIN keyed b ON b.key = t.other
  JOIN row_codes h ON h.id = a.code JOIN col_codes k ON k.id = b.code
  WHERE a.code <> b.code OR t.one = t.other
),
row_own AS (SELECT h.r, g.* FROM given g JOIN row_codes h ON h.id = g.code),
col_own AS (SELECT k.c, g.* FROM given g JOIN col_codes k ON k.id = g.code),
all_own AS (SELECT * FROM given)"""
_UNITS = """,
headings AS (SELECT s.rowid AS section, d.doc, s.start FROM sections s JOIN read d ON d.doc_id = s.doc_id),
placed AS MATERIALIZED (
  SELECT g.* EXCLUDE (key), {unit} AS key
  FROM given g ASOF LEFT JOIN headings s ON s.doc = g.doc AND s.start <= g.start
),
present AS MATERIALIZED (SELECT doc, key, code, count(DISTINCT (start, "end")) AS n FROM placed GROUP BY ALL),
hits AS MATERIALIZED (
  SELECT h.r, k.c, a.doc, a.key, a.code AS one, b.code AS other,
    a.n + CASE WHEN a.code = b.code THEN 0 ELSE b.n END AS n
  FROM present a JOIN present b ON b.key = a.key
  JOIN row_codes h ON h.id = a.code JOIN col_codes k ON k.id = b.code
),
row_own AS (SELECT h.r, p.* FROM present p JOIN row_codes h ON h.id = p.code),
col_own AS (SELECT k.c, p.* FROM present p JOIN col_codes k ON k.id = p.code),
all_own AS (SELECT * FROM present)"""
_UNIT_OF = {"document": "g.doc", "section": "coalesce(s.section, -1 - g.doc)"}


SECTIONED = "trim(s.number || ' ' || s.heading)"


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


def given_sql(*, only: bool = True) -> str:
    """Return the beginning of every statement: heads, coders, documents read, and ``given``: who coded what where.

    ``only`` keeps the codes that are heads.
    """
    return _GIVEN.format(read=READ, separator=ord(SEPARATOR), only=_ONLY if only else "")


def plan(rows: Axis, cols: Axis, base: Base, unit: Unit, within: Within) -> Plan:
    """Return the plan of a matrix."""
    head = given_sql(only="code" in (rows.name, cols.name))
    if base == "pairs":
        return Plan(head + _PAIRS, base, unit, within)
    if base == "shared units":
        return Plan(head + _UNITS.format(unit=_UNIT_OF[within]), base, unit, within)
    docs = _docs("row", "r", rows) + _docs("col", "c", cols)
    return Plan(head + docs + _hits(rows, cols, base, unit), base, unit, within)


def _docs(side: str, index: str, axis: Axis) -> str:
    """Return the relation that leads documents to the heads of one side."""
    if axis.of != "document":
        return ""
    return (
        f",\n{side}_docs AS (SELECT x.doc, h.{index} FROM (SELECT d.doc, {axis.sql} AS key FROM read d) x"
        f" JOIN {side}_heads h ON h.key = x.key)"
    )


_SOURCES: dict[Base, str] = {
    "codings": "given g",
    "measures": "kept m",
    "coded measures": 'given g JOIN kept m ON m.doc = g.doc AND g.start <= m.start AND g."end" >= m."end"',
    "documents": "read d",
}


def _hits(rows: Axis, cols: Axis, base: Base, unit: Unit) -> str:
    """Return the relation with one row for each thing in each cell."""
    one = {"codings": "g", "measures": "m", "coded measures": "m", "documents": "d"}[base]
    fields = {
        "codings": 'g.doc, g.start, g."end", g.origin, g.coder, g.key',
        "documents": "d.doc, 0 AS start, coalesce(d.n_chars, 0) AS \"end\", d.doc AS origin, '' AS coder, d.doc AS key",
    }.get(
        base, f'm.doc, m.start, m."end", m.key AS origin, {"NULL" if base == "measures" else "g.coder"} AS coder, m.key'
    )
    money = "m.kind = 'money' AND m.unit = '元' AND coalesce(m.value_max, m.value_min) IS NOT NULL"
    if unit == "money":
        fields += ", coalesce(m.value_max, m.value_min) AS value, coalesce(m.fact_id, m.measure_id) AS fact"
    kept = ""
    if one == "m":
        where = f" WHERE {money}" if unit == "money" else ""
        kept = (
            f",\nkept AS (SELECT m.rowid AS key, d.doc, m.* FROM measures m JOIN read d ON d.doc_id = m.doc_id{where})"
        )
    joins = " ".join(_join(side, index, axis, one) for side, index, axis in (("row", "r", rows), ("col", "c", cols)))
    return f"{kept},\nhits AS MATERIALIZED (SELECT row_side.r, col_side.c, {fields} FROM {_SOURCES[base]} {joins})"


def _join(side: str, index: str, axis: Axis, one: str) -> str:
    """Return the join of one side's heads."""
    if axis.of == "document":
        return f"JOIN {side}_docs {side}_side ON {side}_side.doc = {one}.doc"
    if axis.name == "code":
        return f"JOIN {side}_codes {side}_side ON {side}_side.id = g.code"
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
        f"{made.head}\nSELECT {index} AS i, count(DISTINCT doc) AS n FROM {side}_docs"
        f" GROUP BY GROUPING SETS (({index}), ())"
    )


def _count(unit: Unit, source: str, by: tuple[str, ...]) -> str:
    """Return the SELECT that counts one relation by rows, columns, both or not at all."""
    shown = ", ".join(name if name in by else f"NULL::BIGINT AS {name}" for name in ("r", "c"))
    listed = ", ".join(by)
    group = f" GROUP BY {listed}" if by else ""
    if unit == "characters":
        within = f'PARTITION BY {", ".join([*by, "doc"])} ORDER BY start, "end"'
        earlier = f'max("end") OVER ({within} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)'
        spans = f'SELECT DISTINCT {", ".join([*by, "doc"])}, start, "end" FROM {source}'
        source = f'(SELECT *, greatest(0, "end" - greatest(start, coalesce({earlier}, start))) AS own FROM ({spans}))'
        return f"SELECT {shown}, coalesce(sum(own), 0) AS n FROM {source}{group}"
    if unit == "money":
        facts = f"SELECT {', '.join([*by, 'fact'])}, max(value) AS value FROM {source} GROUP BY ALL"
        return f"SELECT {shown}, sum(value) AS n FROM ({facts}){group}"
    counted = "doc" if unit == "documents" else "key"
    return f"SELECT {shown}, count(DISTINCT {counted}) AS n FROM {source}{group}"


def behind_sql(made: Plan) -> str:
    """Return the statement with r, c, n: how many passages stand behind each cell."""
    if made.base == "shared units":
        return f"{made.head}\nSELECT r, c, sum(n) AS n FROM hits GROUP BY r, c"
    return f"{made.head}\n{_count('codings', 'hits', ('r', 'c'))}"


def _passages(base: Base) -> str:
    """Return the SELECT of what stands in the cells, with the rowid of each thing and its coder."""
    if base == "pairs":
        return (
            "SELECT h.*, g.origin, g.coder FROM (FROM hits QUALIFY row_number() OVER"
            ' (PARTITION BY r, c ORDER BY doc, start, "end") <= $4) h JOIN row_codes k ON k.r = h.r JOIN given g'
            ' ON g.doc = h.doc AND g.code = k.id AND g.start <= h.start AND g."end" >= h."end"'
        )
    if base == "shared units":
        return (
            'SELECT h.r, h.c, p.doc, p.start, p."end", p.origin, p.coder, hash(p.key, p.code) AS key FROM hits h'
            " JOIN placed p ON p.key = h.key AND p.code IN (h.one, h.other)"
        )
    return "SELECT * FROM hits h"


def details_sql(made: Plan) -> str:
    """Return the statement with the passages behind all cells, at most $4 of each.

    In the order of rows, columns, documents and places. A place that several coders coded is one passage.
    """
    inner = _passages(made.base)
    coders = "string_agg(DISTINCT coder, '；' ORDER BY coder) AS coder"
    order = 'x.doc, x.start, x."end", x.origin'
    quote, context, rule, ref, page, join = _sources(made.base)
    return (
        f'{made.head},\nx AS (SELECT r, c, doc, key, start, "end", min(origin) AS origin, {coders} FROM ({inner})'
        " GROUP BY ALL),\n"
        f"shown AS (SELECT x.* FROM x QUALIFY row_number() OVER (PARTITION BY r, c ORDER BY {order}) <= $4)\n"
        f"SELECT x.r AS row, x.c AS col, d.doc_id, d.source_name, {SECTIONED} AS section, {page} AS page, x.start,"
        f' x."end", {quote} AS quote, {context} AS context, x.coder, {rule} AS rule, {ref} AS ref'
        " FROM shown x JOIN read d ON d.doc = x.doc"
        f" ASOF LEFT JOIN sections s ON s.doc_id = d.doc_id AND s.start <= x.start {join} ORDER BY x.r, x.c, {order}"
    )


def _sources(base: Base) -> tuple[str, str, str, str, str, str]:
    """Return where quote, context, rule, reference and page come from, and the join they need."""
    if base == "documents":
        return "d.title", "NULL", "NULL", "d.doc_id", "NULL::BIGINT", ""
    if base in ("measures", "coded measures"):
        return "o.quote", "o.evidence", "o.rule", "o.measure_id", "o.page", "JOIN measures o ON o.rowid = x.origin"
    join = "JOIN codings o ON o.rowid = x.origin"
    if base != "pairs":
        return "o.quote", "NULL", "o.rule", "o.coding_id", "o.page", join
    part = 'substring(o.quote, CAST(x.start - o.start + 1 AS BIGINT), CAST(x."end" - x.start AS BIGINT))'
    return part, "NULL", "o.rule", "o.coding_id", "o.page", join
