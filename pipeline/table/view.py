"""The view ``knowledge``: one wide row per measure with its document's metadata, heading, codes and main topic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.table.derive import Column, columns, comment
from pipeline.table.schema import Col, DocumentRow, MeasureRow

if TYPE_CHECKING:
    import duckdb

DOCUMENT_COLUMNS = (
    "source_name",
    "title",
    "doc_number",
    "issuer",
    "issue_date",
    "doc_kind",
    "level",
    "region",
    "region_code",
    "year",
)
OWN_COLUMNS = {
    "section": Col("章节", "措施所在章节的序号和标题"),
    "section_path": Col("章节路径", "从最高一级起的章节，以 > 连接"),
    "codes": Col("编码", "含有本措施的语句的全部编码，“编码本:名称”，以；连接"),
    "topic_id": Col("主题编号", "文档权重最大的主题"),
    "topic": Col("主题", "文档权重最大的主题的名称"),
}
# the tables of the view's SELECT, and what stands for them when it is about some measures only
_WHOLE = ("measures", "sections", "doc_topics")
_NEAR = ("picked", "their_sections", "their_topics")
_OF_BOOK = "含有本措施的语句在编码本 {} 中的编码，以；连接"
_BOOK = re.compile(r"(.*?)：" + _OF_BOOK.format(r"([\w\-]+)"))


def code_columns(codebooks: Sequence[str]) -> dict[str, str]:
    """Return codebook → the view's column for it: 「codes_silian」. Names that would be equal get a number."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for book in codebooks:
        plain = name = "codes_" + re.sub(r"\W", "_", book)
        while name.casefold() in taken:
            name = f"{plain}_{len(taken)}"
        taken.add(name.casefold())
        found[book] = name
    return found


def view_sql(codebooks: Sequence[str]) -> str:
    """Return the CREATE VIEW statement; each codebook gets a column of its own beside ``codes``."""
    return f"CREATE OR REPLACE VIEW knowledge AS\n{select_sql(codebooks)}"


def select_sql(codebooks: Sequence[str], picked: str | None = None) -> str:
    """Return the view's SELECT; ``picked`` is a SELECT of the rows of ``measures`` it is about, default all.

    Sections, codings and topics of other documents aren't looked at then, so that a page of rows costs little.
    """
    names = code_columns(codebooks)
    per_book = "".join(
        f",\n    string_agg(name, '；' ORDER BY position) FILTER (codebook = {_text(book)}) AS {_name(name)}"
        for book, name in names.items()
    )
    book_columns = "".join(f",\n  k.{_name(name)}" for name in names.values())
    measure_columns = ", ".join(f"m.{_name(column.name)}" for column in columns(MeasureRow))
    document_columns = ", ".join(f"d.{_name(name)}" for name in DOCUMENT_COLUMNS)
    source, sections, doc_topics = _NEAR if picked else _WHOLE
    first = _narrowed(picked) if picked else ""
    return f"""
WITH RECURSIVE
{first}paths AS (
  SELECT section_id, trim(number || ' ' || heading) AS section, trim(number || ' ' || heading) AS section_path
  FROM {sections} WHERE parent_id IS NULL
  UNION ALL
  SELECT s.section_id, trim(s.number || ' ' || s.heading), p.section_path || ' > ' || trim(s.number || ' ' || s.heading)
  FROM {sections} s JOIN paths p ON s.parent_id = p.section_id
),
given AS (
  SELECT DISTINCT m.measure_id, c.codebook, c.code
  FROM {source} m JOIN codings c ON c.doc_id = m.doc_id AND c.start <= m.start AND c."end" >= m."end"
),
named AS (
  SELECT g.measure_id, g.codebook, coalesce(n.name, g.code) AS name, n.rowid AS position
  FROM given g LEFT JOIN codes n ON n.codebook = g.codebook AND n.code = g.code
),
coded AS (
  SELECT measure_id,
    string_agg(codebook || ':' || name, '；' ORDER BY position) AS codes{per_book}
  FROM named GROUP BY measure_id
),
main_topics AS (
  SELECT doc_id, topic_id FROM {doc_topics}
  QUALIFY row_number() OVER (PARTITION BY doc_id ORDER BY weight DESC, topic_id) = 1
)
SELECT {measure_columns},
  {document_columns},
  p.section, p.section_path,
  k.codes{book_columns},
  x.topic_id, t.label AS topic
FROM {source} m
LEFT JOIN documents d ON d.doc_id = m.doc_id
LEFT JOIN paths p ON p.section_id = m.section_id
LEFT JOIN coded k ON k.measure_id = m.measure_id
LEFT JOIN main_topics x ON x.doc_id = m.doc_id
LEFT JOIN topics t ON t.topic_id = x.topic_id
"""


def _narrowed(picked: str) -> str:
    """Return the parts of WITH that make ``_NEAR`` of ``_WHOLE`` for the rows ``picked`` of ``measures``."""
    return f"picked AS MATERIALIZED ({picked}),\n" + "".join(
        f"{near} AS MATERIALIZED (SELECT * FROM {whole} WHERE doc_id IN (SELECT doc_id FROM picked)),\n"
        for near, whole in zip(_NEAR[1:], _WHOLE[1:], strict=True)
    )


def view_columns(codebooks: Mapping[str, str]) -> tuple[Column, ...]:
    """Return the view's columns in order; ``codebooks`` leads each codebook to the name people know it by."""
    document = {column.name: column for column in columns(DocumentRow)}
    own = [Column(name, str, True, col) for name, col in OWN_COLUMNS.items()]
    books = [
        Column(column, str, True, Col(codebooks[book], _OF_BOOK.format(book)))
        for book, column in code_columns(list(codebooks)).items()
    ]
    measure = columns(MeasureRow)
    return (*measure, *(document[name] for name in DOCUMENT_COLUMNS), *own[:3], *books, *own[3:])


def view_comments(codebooks: Mapping[str, str]) -> dict[str, str]:
    """Return column → Chinese comment of the view, in column order."""
    return {column.name: comment(column.col) for column in view_columns(codebooks)}


def heading_of(comment: str) -> str:
    """Return the heading a column's comment begins with."""
    return comment.split("：", 1)[0]


def codebook_names(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return codebook → the name people know it by, for the codebooks of a run, in their order."""
    found = connection.execute(
        "SELECT comment FROM duckdb_columns() WHERE table_name = 'knowledge' AND NOT internal"
        " AND database_name = current_database() ORDER BY column_index"
    ).fetchall()
    return dict(_named(str(row[0]) for row in found))


def _named(comments: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Yield codebook and name from the comments of the codebooks' columns."""
    for words in comments:
        if found := _BOOK.fullmatch(words):
            yield found[2], found[1]


def _text(value: str) -> str:
    """Return an SQL text literal."""
    return "'" + value.replace("'", "''") + "'"


def _name(value: str) -> str:
    """Return a quoted SQL name."""
    return '"' + value.replace('"', '""') + '"'
