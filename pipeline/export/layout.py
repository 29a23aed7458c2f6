"""How the columns of a workbook look: width, wrapping, which are hidden. By name, the same in every table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pipeline.table.derive import Column
from pipeline.table.workbook import Look

# for people, in characters of Excel's standard font; a Chinese character takes two
_WIDTHS = {
    "source_name": 24,
    "title": 34,
    "quote": 14,
    "unit": 7,
    "bound": 7,
    "role": 10,
    "kind": 8,
    "per": 10,
    "time": 12,
    "item": 20,
    "beneficiary": 22,
    "condition": 26,
    "agency": 20,
    "instrument": 12,
    "action": 10,
    "evidence": 60,
    "section": 26,
    "section_path": 30,
    "topic": 20,
    "label": 24,
    "top_terms": 50,
    "doc_number": 20,
    "issuer": 22,
    "addressee": 22,
    "doc_kind": 8,
    "level": 7,
    "region": 14,
    "source_path": 24,
    "heading": 30,
    "number": 10,
    "message": 70,
    "definition": 60,
    "source": 40,
    "name": 18,
    "code": 22,
    "code_path": 30,
    "raw_text": 24,
    "clean_text": 24,
    "rule": 20,
    "coder": 20,
    "model": 18,
    "term": 16,
}
_WRAPPED = frozenset(
    {"evidence", "quote", "message", "definition", "source", "top_terms", "condition", "title", "item", "beneficiary"}
)
_NARROW = 10


def looks(columns: Sequence[Column], hidden: frozenset[str] = frozenset()) -> list[Look]:
    """Return the look of each column; ``hidden`` are names of columns folded away."""
    return [
        Look(_width(column), wrap=_wraps(column) and column.name not in hidden, hidden=column.name in hidden)
        for column in columns
    ]


def _width(column: Column) -> int:
    """Return a column's width: ids, places and counts are narrow."""
    if column.type is Decimal:
        return 14
    if column.name.startswith("codes"):
        return 22
    if is_date(column):
        return 12
    return _WIDTHS.get(column.name, _NARROW)


def is_date(column: Column) -> bool:
    """Tell whether a column holds dates, as precise as the source is."""
    return column.name.endswith("_date") or column.name == "expiry"


def _wraps(column: Column) -> bool:
    """Tell whether a column's text goes over several lines."""
    return column.name in _WRAPPED or column.name.startswith("codes")
