"""The view ``knowledge`` for readers: what they look for first, then metadata, then ids and places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.table.derive import Column
from pipeline.table.overlay import read_rows
from pipeline.table.query import connect
from pipeline.table.view import codebook_names, view_columns

NAME, ZH = "knowledge", "政策知识表"
_FIRST = (
    "source_name",
    "title",
    "quote",
    "value_min",
    "value_max",
    "unit",
    "bound",
    "role",
    "kind",
    "per",
    "time",
    "item",
    "beneficiary",
    "condition",
    "agency",
    "instrument",
    "action",
    "evidence",
    "section",
)
_DOCUMENT = (
    "topic",
    "doc_number",
    "issuer",
    "issue_date",
    "doc_kind",
    "level",
    "region",
    "year",
    "page",
    "confidence",
)
# for programs and for finding the place again; hidden in a workbook
_LAST = (
    "codes",
    "section_path",
    "region_code",
    "topic_id",
    "rule",
    "group_id",
    "fact_id",
    "measure_id",
    "doc_id",
    "section_id",
    "start",
    "end",
    "evidence_start",
    "evidence_end",
    "boxes",
)
HIDDEN = frozenset(_LAST)


def knowledge_columns(out: Path) -> tuple[Column, ...]:
    """Return the view's columns in a reader's order. Raises PipelineError when ``out`` holds no finished run."""
    with connect(out) as connection:
        found = {column.name: column for column in view_columns(codebook_names(connection))}
    placed = [*_FIRST, *_DOCUMENT, *_LAST]
    others = [name for name in found if name not in placed]  # the codebooks' columns
    return tuple(found[name] for name in (*_FIRST, *others, *_DOCUMENT, *_LAST))


def knowledge_rows(out: Path, columns: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
    """Yield the view's rows in the documents' order, with the values of ``columns``, people's corrections applied."""
    listed = ", ".join(f'k."{column.name}"' for column in columns)
    return read_rows(out, f"SELECT {listed} FROM knowledge k JOIN measures m USING (measure_id) ORDER BY m.rowid")
