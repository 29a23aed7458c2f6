"""Row classes: the contract's columns, and what can't be derived is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

import pytest

from pipeline.core.issues import Severity
from pipeline.core.layers import Bound, Kind, Relation, Role
from pipeline.table import schema
from pipeline.table.derive import arrow_schema, columns, comments, headings, read_columns
from pipeline.table.schema import TABLES, Col

# those of CONTRACT.md, and what is beside it: suggestions
CONTRACT = {
    "documents": "doc_id source_name source_path source_sha256 media_type title doc_number issuer addressee issue_date"
    " effective_date expiry doc_kind level region region_code year n_pages n_chars status raw_text clean_text",
    "sections": "section_id doc_id parent_id level number heading start end",
    "measures": "measure_id doc_id kind value_min value_max unit bound role per time item beneficiary condition agency"
    " instrument action quote evidence start end evidence_start evidence_end section_id page boxes group_id fact_id"
    " confidence rule",
    "codings": "coding_id doc_id codebook code code_path start end quote coder score rule created page boxes",
    "suggestions": "suggestion_id doc_id codebook code code_path start end quote coder score rule page boxes",
    "codes": "codebook code code_path parent name definition source",
    "topics": "topic_id model label top_terms n_documents coherence",
    "doc_topics": "doc_id topic_id weight",
    "topic_terms": "topic_id rank term weight",
    "references": "reference_id doc_id start end title doc_number relation target_doc_id",
    "issues": "doc_id stage code severity message start end page",
}


def test_tables_and_columns_are_those_of_the_contract() -> None:
    assert {table.name: " ".join(column.name for column in columns(table.row)) for table in TABLES} == CONTRACT


def test_closed_lists_have_a_word_for_each_value() -> None:
    lists = ((Kind, schema.KINDS), (Bound, schema.BOUNDS), (Role, schema.ROLES), (Relation, schema.RELATIONS))
    for literal, words in (*lists, (Severity, schema.SEVERITIES), (schema.Status, schema.STATUSES)):
        assert set(get_args(literal)) == set(words)
        assert all(words.values())


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_has_chinese_words_everywhere(table: schema.Table) -> None:
    arrow = arrow_schema(table)
    assert len(set(headings(table))) == len(arrow)
    for field, note in zip(arrow, comments(table).values(), strict=True):
        assert field.metadata[b"zh"] and field.metadata[b"note"]
        assert note.startswith(field.metadata[b"zh"].decode())


def test_values_are_kept_in_the_types_the_contract_needs() -> None:
    arrow = arrow_schema(next(table for table in TABLES if table.name == "measures"))
    assert str(arrow.field("value_min").type) == "decimal128(20, 4)"
    assert str(arrow.field("start").type) == "int64"
    assert str(arrow.field("confidence").type) == "double"
    assert not arrow.field("quote").nullable and arrow.field("item").nullable


@dataclass
class NoCol:
    name: str


@dataclass
class WrongType:
    name: Annotated[bytes, Col("名", "注")]


@dataclass
class WrongList:
    name: Annotated[Literal["a", "b"], Col("名", "注", {"a": "甲"})]


@dataclass
class NoList:
    name: Annotated[Literal["a"], Col("名", "注")]


@dataclass
class ListForText:
    name: Annotated[str, Col("名", "注", {"a": "甲"})]


@dataclass
class TwoTypes:
    name: Annotated[int | str | None, Col("名", "注")]


@pytest.mark.parametrize("row", [NoCol, WrongType, WrongList, NoList, ListForText, TwoTypes])
def test_a_field_no_table_can_hold_is_refused_by_name(row: Any) -> None:
    with pytest.raises(TypeError, match=f"{row.__name__}.name"):
        read_columns(row)
