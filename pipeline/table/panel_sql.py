"""The SQL behind a panel: what there is in each unit, as long rows that ``panel`` turns into columns.

Every statement takes the parameters of ``matrices_sql``: no keys of rows and columns, and $3 the coders.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.table.filters import HIGH
from pipeline.table.matrices_axes import Axis
from pipeline.table.matrices_sql import given_sql

# amounts that can be added: in 元, with a value, a fact that is told twice once
_MONEY = f"m.kind = 'money' AND m.unit = '元' AND {HIGH.replace('value_', 'm.value_')} IS NOT NULL"
_FACT = f"coalesce(m.fact_id, m.measure_id) AS fact, max({HIGH.replace('value_', 'm.value_')}) AS value"
_MEASURES = "cells x JOIN read d ON d.doc = x.doc JOIN measures m ON m.doc_id = d.doc_id"
_NAMED = "(SELECT DISTINCT id, codebook, top FROM tops) t"
_CODED = (
    f"cells x JOIN given g ON g.doc = x.doc JOIN {_NAMED} ON t.id = g.code JOIN read d ON d.doc = x.doc"
    ' JOIN measures m ON m.doc_id = d.doc_id AND g.start <= m.start AND g."end" >= m."end"'
)


def statements(axes: Sequence[Axis]) -> dict[str, str]:
    """Return the statements of a panel over ``axes`` of documents; each row begins with the keys k0, k1 ….

    documents: n, characters. measures: role, n, none (those without a figure). money: role, n, sum, highest.
    codes: codebook, code, n (places). coded: codebook, code, n (measures). coded money: codebook, code, sum.
    left out: one figure, the documents that lack a key.
    """
    names = [f"k{at}" for at in range(len(axes))]
    keys = ", ".join(f"x.{name}" for name in names)
    inner = ", ".join(f"{axis.sql} AS {name}" for axis, name in zip(axes, names, strict=True))
    said = " AND ".join(f"{name} <> ''" for name in names)
    head = (
        given_sql(only=False)
        + f",\ncells AS MATERIALIZED (SELECT DISTINCT * FROM (SELECT d.doc, {inner} FROM read d) WHERE {said})\n"
    )
    facts = f"SELECT {keys}, m.role, {_FACT} FROM {_MEASURES} WHERE {_MONEY} GROUP BY ALL"
    coded = (
        f"SELECT {keys}, t.codebook, t.top, {_FACT} FROM {_CODED} WHERE {_MONEY} AND m.role = 'benefit' GROUP BY ALL"
    )
    return {
        "documents": f"{head}SELECT {keys}, count(*), coalesce(sum(d.n_chars), 0)"
        " FROM cells x JOIN read d ON d.doc = x.doc GROUP BY ALL",
        "measures": f"{head}SELECT {keys}, m.role, count(*), count(*) FILTER (m.kind = 'none')"
        f" FROM {_MEASURES} GROUP BY ALL",
        "money": f"{head}SELECT {keys}, x.role, count(*), sum(x.value), max(x.value) FROM ({facts}) x GROUP BY ALL",
        "codes": f"{head}SELECT {keys}, t.codebook, t.top, count(DISTINCT g.key)"
        f" FROM cells x JOIN given g ON g.doc = x.doc JOIN {_NAMED} ON t.id = g.code GROUP BY ALL",
        "coded": f"{head}SELECT {keys}, t.codebook, t.top, count(DISTINCT m.rowid) FROM {_CODED} GROUP BY ALL",
        "coded money": f"{head}SELECT {keys}, x.codebook, x.top, sum(x.value) FROM ({coded}) x GROUP BY ALL",
        "left out": f"{head}SELECT count(*) FROM read WHERE doc NOT IN (SELECT doc FROM cells)",
    }


def companions_sql(axis: Axis, names: Sequence[str]) -> str:
    """Return the statement with the key of ``axis`` and what else documents say under it, its first value."""
    inner = ", ".join([f"{axis.sql} AS key", *(f"d.{name} AS own_{name}" for name in names)])
    listed = ", ".join(f"min(own_{name})" for name in names)
    return f"{given_sql(only=False)}\nSELECT key, {listed} FROM (SELECT {inner} FROM read d) GROUP BY key"
