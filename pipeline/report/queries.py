"""All SQL of the report. Each function takes a connection to a finished run and gives plain rows or counts.

Unless said otherwise a content counts once: documents that couldn't be read and copies of another are left out (copies
have no measures or codings). Amounts are in 元, the upper end where there is one; a fact stated again counts once.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipeline.table.matrices_axes import READ
from pipeline.table.query import COPIES
from pipeline.table.review import DOUBTS

if TYPE_CHECKING:
    import duckdb

Counts = list[tuple[str, int]]
# columns of documents and of measures that may be counted
_DOCUMENT_COLUMNS = frozenset({"level", "doc_kind", "media_type", "region", "issuer", "year", "status"})
_MEASURE_COLUMNS = frozenset({"kind", "role", "bound", "instrument", "item", "beneficiary", "unit", "per"})
_HIGH = "coalesce(m.value_max, m.value_min)"
_FACT = "coalesce(m.fact_id, m.measure_id)"
_OF = "FROM measures m JOIN documents d ON d.doc_id = m.doc_id"
_TARGET = "coalesce(target_doc_id, doc_number, regexp_replace(title, ?, ''))"
# each stated amount of money that someone gets, once
_MONEY = f"""
SELECT {_FACT} AS fact, max({_HIGH}) AS value, any_value(m.per ORDER BY m.rowid) AS per
FROM measures m
WHERE m.kind = 'money' AND m.role = 'benefit' AND m.unit = '元' AND {_HIGH} > 0
GROUP BY 1"""
SURE = 0.4  # a doubtful figure may be no benefit at all, and would stand on top where it is large


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long the documents read are: characters in all, shortest, median, longest; pages where there are any."""

    documents: int
    characters: int
    shortest: int
    median: float
    longest: int
    pages: int
    paged: int
    sections: int


@dataclass(frozen=True, slots=True)
class Quoted:
    """A measure with its place: amount, who gets it for what, quote, its sentence and offset there, document, place."""

    value: Decimal
    per: str | None
    beneficiary: str | None
    item: str | None
    quote: str
    evidence: str
    offset: int
    source_name: str
    title: str | None
    section: str | None
    page: int | None
    start: int
    end: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Amounts by their basis: how many facts, smallest, quartiles, largest."""

    per: str | None
    n: int
    low: Decimal
    lower: float
    median: float
    upper: float
    high: Decimal


@dataclass(frozen=True, slots=True)
class Cited:
    """A document others refer to: mentions, documents that do, and by which relation."""

    title: str
    doc_number: str | None
    mentions: int
    documents: int
    relations: str
    known: bool


def _all(connection: duckdb.DuckDBPyConnection, sql: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """Return all rows of a statement."""
    return connection.execute(sql, values or []).fetchall()


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """Return the single value of a statement."""
    return _all(connection, sql)[0][0]


def statuses(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return how many of all files' documents ended as done, partial, failed; copies are among the partial."""
    return dict(_all(connection, "SELECT status, count(*) FROM documents GROUP BY 1"))


def copies(connection: duckdb.DuckDBPyConnection) -> int:
    """Return how many documents have the content of another."""
    return int(_one(connection, f"SELECT count(*) FROM documents WHERE doc_id IN {COPIES}"))


def lengths(connection: duckdb.DuckDBPyConnection) -> Lengths:
    """Return how many documents were read and how long they are."""
    sql = f"""
SELECT count(*), coalesce(sum(n_chars), 0), coalesce(min(n_chars), 0), coalesce(median(n_chars), 0),
  coalesce(max(n_chars), 0), coalesce(sum(n_pages), 0), count(n_pages),
  (SELECT count(*) FROM sections WHERE doc_id IN (SELECT doc_id FROM documents WHERE {READ}))
FROM documents WHERE {READ}"""
    documents, characters, shortest, median, longest, pages, paged, sections = _all(connection, sql)[0]
    counts = (int(documents), int(characters), int(shortest))
    return Lengths(*counts, float(median), int(longest), int(pages), int(paged), int(sections))


def documents_by(connection: duckdb.DuckDBPyConnection, column: str) -> Counts:
    """Return how many documents read have each value of a column, most first; '' stands for none."""
    if column not in _DOCUMENT_COLUMNS:
        raise ValueError(column)
    sql = f"SELECT coalesce(CAST({column} AS VARCHAR), ''), count(*) FROM documents WHERE {READ} GROUP BY 1"
    return _counts(_all(connection, f"{sql} ORDER BY 2 DESC, 1"))


def documents_by_issuer(connection: duckdb.DuckDBPyConnection) -> Counts:
    """Return how many documents each agency issued, most first; a document of several counts for each."""
    sql = f"""
SELECT trim(issuer), count(DISTINCT doc_id) AS n
FROM (SELECT doc_id, unnest(string_split(issuer, '；')) AS issuer FROM documents WHERE issuer IS NOT NULL AND {READ})
WHERE trim(issuer) <> '' GROUP BY 1 ORDER BY n DESC, 1"""
    return _counts(_all(connection, sql))


def documents_by_year_and_level(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str, int]]:
    """Return year, level ('' for none) and number of the documents that have a year."""
    sql = f"SELECT year, coalesce(level, ''), count(*) FROM documents WHERE year IS NOT NULL AND {READ} GROUP BY ALL"
    return [(int(year), str(level), int(n)) for year, level, n in _all(connection, f"{sql} ORDER BY 1, 2")]


def places(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int]]:
    """Return region, its code ('' for none) and the number of documents read; those without a region among them."""
    sql = f"SELECT coalesce(region, ''), coalesce(region_code, ''), count(*) FROM documents WHERE {READ}"
    return [(str(a), str(b), int(n)) for a, b, n in _all(connection, f"{sql} GROUP BY 1, 2 ORDER BY 1, 2")]


def measures(connection: duckdb.DuckDBPyConnection) -> tuple[int, int, int]:
    """Return the number of measures, of facts (a fact stated again once), and of documents that have any."""
    sql = f"SELECT count(*), count(DISTINCT {_FACT}), count(DISTINCT m.doc_id) FROM measures m"
    row = _all(connection, sql)[0]
    return int(row[0]), int(row[1]), int(row[2])


def measures_by(connection: duckdb.DuckDBPyConnection, column: str, *, role: str | None = None) -> Counts:
    """Return how many measures have each value of a column, most first; '' stands for none; ``role`` keeps one."""
    if column not in _MEASURE_COLUMNS:
        raise ValueError(column)
    where, values = ("WHERE role = ?", [role]) if role else ("", [])
    sql = f"SELECT coalesce({column}, ''), count(*) FROM measures {where} GROUP BY 1 ORDER BY 2 DESC, 1"
    return _counts(_all(connection, sql, values))


def kinds_by_roles(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    """Return kind and role → number of measures."""
    rows = _all(connection, "SELECT kind, role, count(*) FROM measures GROUP BY 1, 2")
    return {(str(kind), str(role)): int(n) for kind, role, n in rows}


def measures_by_year(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str, int]]:
    """Return year of the document, role and number of measures, where the year is known."""
    sql = f"SELECT d.year, m.role, count(*) {_OF} WHERE d.year IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"
    return [(int(year), str(role), int(n)) for year, role, n in _all(connection, sql)]


def money_values(connection: duckdb.DuckDBPyConnection, edges: tuple[int, ...]) -> list[int]:
    """Return how many amounts lie below the first edge, between each two (the lower one is in), from the last on."""
    bounds = [0, *edges]
    cases = [f"count(*) FILTER (value >= {low} AND value < {high})" for low, high in zip(bounds, edges, strict=False)]
    cases.append(f"count(*) FILTER (value >= {edges[-1]})")
    return [int(one) for one in _all(connection, f"SELECT {', '.join(cases)} FROM ({_MONEY})")[0]]


def money_spread(connection: duckdb.DuckDBPyConnection) -> list[Spread]:
    """Return the amounts by their basis (per), most frequent first."""
    sql = f"""
SELECT per, count(*) AS n, min(value), quantile_cont(CAST(value AS DOUBLE), 0.25), median(CAST(value AS DOUBLE)),
  quantile_cont(CAST(value AS DOUBLE), 0.75), max(value)
FROM ({_MONEY}) GROUP BY 1 ORDER BY n DESC, per NULLS FIRST"""
    return [
        Spread(per, int(n), low, float(lower), float(median), float(upper), high)
        for per, n, low, lower, median, upper, high in _all(connection, sql)
    ]


def money_median(connection: duckdb.DuckDBPyConnection) -> float | None:
    """Return the median of the amounts, None without any."""
    found = _one(connection, f"SELECT median(CAST(value AS DOUBLE)) FROM ({_MONEY})")
    return None if found is None else float(found)


def largest(connection: duckdb.DuckDBPyConnection, most: int) -> list[Quoted]:
    """Return the largest benefits in money with their places, each sentence's figure once; doubtful ones left out."""
    sql = f"""
WITH ranked AS (
  SELECT m.*, {_HIGH} AS value, row_number() OVER (PARTITION BY m.quote, m.evidence, m.doc_id ORDER BY m.rowid) AS nth,
    m.rowid AS position
  FROM measures m
  WHERE m.kind = 'money' AND m.role = 'benefit' AND m.unit = '元' AND {_HIGH} IS NOT NULL AND m.confidence >= {SURE}
)
SELECT r.value, r.per, r.beneficiary, r.item, r.quote, r.evidence, r.start - r.evidence_start, d.source_name, d.title,
  nullif(trim(s.number || ' ' || s.heading), ''), r.page, r.start, r."end", r.confidence
FROM ranked r JOIN documents d ON d.doc_id = r.doc_id LEFT JOIN sections s ON s.section_id = r.section_id
WHERE r.nth = 1 ORDER BY r.value DESC, r.position LIMIT ?"""
    return [Quoted(*row) for row in _all(connection, sql, [most])]


def coded(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int, int]]:
    """Return codebook, coder, codings and documents with any, in the tables' order."""
    sql = "SELECT codebook, coder, count(*), count(DISTINCT doc_id) FROM codings GROUP BY 1, 2 ORDER BY min(rowid)"
    return [(str(book), str(coder), int(n), int(docs)) for book, coder, n, docs in _all(connection, sql)]


def codebook_sources(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return codebook → name, version and origin as the table ``codes`` tells them."""
    rows = _all(connection, "SELECT codebook, coalesce(any_value(source ORDER BY rowid), '') FROM codes GROUP BY 1")
    return {str(book): str(source) for book, source in rows}


def references(connection: duckdb.DuckDBPyConnection, prefix: str) -> tuple[int, int, int, int]:
    """Return mentions of other documents, documents with any, documents named, mentions of documents of this run.

    ``prefix``: a pattern of what titles may begin with or not and be the same.
    """
    sql = f"""
SELECT count(*), count(DISTINCT doc_id), count(DISTINCT {_TARGET}), count(target_doc_id) FROM "references"
WHERE target_doc_id IS NULL OR target_doc_id <> doc_id"""
    row = _all(connection, sql, [prefix])[0]
    return int(row[0]), int(row[1]), int(row[2]), int(row[3])


def relations(connection: duckdb.DuckDBPyConnection) -> Counts:
    """Return how many mentions each relation has, most first."""
    own = "target_doc_id IS NULL OR target_doc_id <> doc_id"
    sql = f'SELECT relation, count(*) FROM "references" WHERE {own} GROUP BY 1 ORDER BY 2 DESC, 1'
    return _counts(_all(connection, sql))


def most_cited(connection: duckdb.DuckDBPyConnection, prefix: str, most: int) -> list[Cited]:
    """Return the documents most documents refer to; one is known by its place in the run, its number or its title.

    What a document says of itself isn't counted.
    """
    sql = f"""
WITH mentions AS (
  SELECT {_TARGET} AS target, * FROM "references"
  WHERE target_doc_id IS NULL OR target_doc_id <> doc_id
), related AS (
  SELECT target, string_agg(relation || ' ' || n, '，' ORDER BY n DESC, relation) AS told
  FROM (SELECT target, relation, count(*) AS n FROM mentions GROUP BY 1, 2) GROUP BY 1
)
SELECT any_value(title ORDER BY length(title) DESC, m.doc_id, start), any_value(doc_number ORDER BY m.doc_id, start),
  count(*), count(DISTINCT m.doc_id) AS documents, any_value(told), bool_or(target_doc_id IS NOT NULL)
FROM mentions m JOIN related r ON r.target = m.target
GROUP BY m.target ORDER BY documents DESC, count(*) DESC, 1 LIMIT ?"""
    return [Cited(*row) for row in _all(connection, sql, [prefix, most])]


def issues(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int, int, str]]:
    """Return severity, code, number, documents concerned and the first message; errors first, then most frequent."""
    sql = """
SELECT severity, code, count(*), count(DISTINCT doc_id), any_value(message ORDER BY rowid) FROM issues
GROUP BY 1, 2 ORDER BY list_position(['error', 'warning', 'info'], severity), 3 DESC, 2"""
    return [(str(a), str(b), int(n), int(docs), str(words)) for a, b, n, docs, words in _all(connection, sql)]


def not_read(connection: duckdb.DuckDBPyConnection, most: int) -> list[tuple[str, str]]:
    """Return the files that failed, each with its first error."""
    sql = """
SELECT d.source_name, coalesce(
  (SELECT any_value(i.message ORDER BY i.rowid) FROM issues i WHERE i.doc_id = d.doc_id AND i.severity = 'error'), '')
FROM documents d WHERE d.status = 'failed' ORDER BY d.rowid LIMIT ?"""
    return [(str(name), str(words)) for name, words in _all(connection, sql, [most])]


def confidences(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """Return how many measures have a confidence in each tenth: 0 to 0.1, …, 0.9 to 1."""
    sql = "SELECT CAST(least(floor(confidence * 10), 9) AS INTEGER), count(*) FROM measures GROUP BY 1"
    found = {int(tenth): int(n) for tenth, n in _all(connection, sql)}
    return [found.get(tenth, 0) for tenth in range(10)]


def doubts(connection: duckdb.DuckDBPyConnection) -> tuple[int, Counts]:
    """Return how many measures are doubtful, and how many for each reason; one may have several."""
    each = ", ".join(f"count(*) FILTER ({one.sql()})" for one in DOUBTS)
    anyone = " OR ".join(f"({one.sql()})" for one in DOUBTS)
    row = _all(connection, f"SELECT count(*) FILTER ({anyone}), {each} FROM measures")[0]
    found = [(one.zh, int(n)) for one, n in zip(DOUBTS, row[1:], strict=True) if n]
    return int(row[0]), sorted(found, key=lambda pair: -pair[1])


def suggestions(connection: duckdb.DuckDBPyConnection) -> int:
    """Return how many codes the machine was in doubt about and didn't give."""
    return int(_one(connection, "SELECT count(*) FROM suggestions"))


def years(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """Return the years of the documents read, in order."""
    sql = f"SELECT DISTINCT year FROM documents WHERE year IS NOT NULL AND {READ} ORDER BY 1"
    return [int(row[0]) for row in _all(connection, sql)]


def topic_documents(connection: duckdb.DuckDBPyConnection) -> int:
    """Return how many documents have topics."""
    return int(_one(connection, "SELECT count(DISTINCT doc_id) FROM doc_topics"))


def topic_years(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """Return the years of the documents that have topics, in order."""
    sql = "SELECT DISTINCT year FROM documents WHERE year IS NOT NULL AND doc_id IN (SELECT doc_id FROM doc_topics)"
    return [int(row[0]) for row in _all(connection, f"{sql} AND {READ} ORDER BY 1")]


def _counts(rows: list[tuple[Any, ...]]) -> Counts:
    """Return rows as counts by name."""
    return [(str(name), int(n)) for name, n in rows]
