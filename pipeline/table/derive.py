"""From a row class: its columns, Arrow schema, comments and headings. Nothing else knows what a table looks like."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pipeline.table.schema import Col, Row, Table

if TYPE_CHECKING:
    import pyarrow as pa

PRECISION, SCALE = 20, 4


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, the plain Python type of its values, whether it may be empty, and what people see of it."""

    name: str
    type: type[str] | type[int] | type[float] | type[Decimal]
    nullable: bool
    col: Col


def columns(row: type[Row]) -> tuple[Column, ...]:
    """Return the columns of a row class in order.

    Raises TypeError when a field has no Col, a type no table can hold, or a value list that isn't its Literal's.
    """
    plain: Any = row
    return read_columns(plain)


@cache
def read_columns(row: Any) -> tuple[Column, ...]:
    """Return the columns of any annotated dataclass; see ``columns``."""
    hints = get_type_hints(row, include_extras=True)
    return tuple(_column(f"{row.__name__}.{field.name}", field.name, hints[field.name]) for field in fields(row))


def _column(where: str, name: str, hint: Any) -> Column:
    """Return the column of one annotated field."""
    if get_origin(hint) is not Annotated or not isinstance(get_args(hint)[1], Col):
        raise TypeError(f"{where}: expected Annotated[type, Col(…)], got {hint}")
    plain, col = get_args(hint)[:2]
    nullable = False
    if get_origin(plain) in (Union, UnionType):
        members = [member for member in get_args(plain) if member is not NoneType]
        nullable = len(members) < len(get_args(plain))
        if len(members) != 1:
            raise TypeError(f"{where}: one type or one type and None, got {plain}")
        plain = members[0]
    if get_origin(plain) is Literal:
        if col.values is None or set(col.values) != set(get_args(plain)):
            raise TypeError(f"{where}: the value list must name exactly {get_args(plain)}")
        plain = str
    elif col.values is not None:
        raise TypeError(f"{where}: a value list needs a Literal type")
    if plain not in (str, int, float, Decimal):
        raise TypeError(f"{where}: no column type for {plain}")
    return Column(name, plain, nullable, col)


def arrow_schema(table: Table) -> pa.Schema:
    """Return the Arrow schema of ``table``; each field's metadata holds its Chinese heading, note and value words."""
    return column_schema(columns(table.row), table.zh)


def column_schema(found: Sequence[Column], zh: str) -> pa.Schema:
    """Return the Arrow schema of some columns, as ``arrow_schema`` does; ``zh`` is what people call the table."""
    import pyarrow as pa

    types = {str: pa.string(), int: pa.int64(), float: pa.float64(), Decimal: pa.decimal128(PRECISION, SCALE)}
    return pa.schema(
        [pa.field(c.name, types[c.type], c.nullable, metadata=_metadata(c.col)) for c in found],
        metadata={"zh": zh},
    )


def _metadata(col: Col) -> dict[str, str]:
    """Return a field's metadata."""
    found = {"zh": col.zh, "note": col.note}
    if col.values is not None:
        found["values"] = json.dumps(dict(col.values), ensure_ascii=False)
    return found


def comments(table: Table) -> dict[str, str]:
    """Return column → Chinese comment: heading, note and the words of a closed list."""
    return {column.name: comment(column.col) for column in columns(table.row)}


def comment(col: Col) -> str:
    """Return one column's comment: 「限定：确数、上限……（exact 确数、max 上限……）」."""
    words = "、".join(f"{key} {word}" if key != word else key for key, word in (col.values or {}).items())
    return f"{col.zh}：{col.note}" + (f"（{words}）" if words else "")


def headings(table: Table) -> list[str]:
    """Return the Chinese headings in column order; one that occurs twice gets its column name in brackets."""
    return distinct_headings(columns(table.row))


def distinct_headings(found: Sequence[Column]) -> list[str]:
    """Return the Chinese headings of ``found``; one that occurs twice gets its column name in brackets."""
    names = [column.col.zh for column in found]
    return [
        name if names.count(name) == 1 else f"{name}（{column.name}）"
        for name, column in zip(names, found, strict=True)
    ]


def long_columns(table: Table) -> tuple[str, ...]:
    """Return the names of the columns that count towards the size of a row group."""
    return tuple(column.name for column in columns(table.row) if column.col.long)
