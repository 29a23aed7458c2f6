"""The form beside the measure table: facets to tick, texts to type, and what is chosen, each to be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pipeline.explore.asking import LABELS
from pipeline.explore.queries import facets as queries
from pipeline.explore.shown import WORDS, address
from pipeline.explore.store import Store
from pipeline.table.filters import Filters, how_of
from pipeline.table.words import code_of

if TYPE_CHECKING:
    import duckdb

Asked = Sequence[tuple[str, str]]
_EMPTY = "（未写明）"
# filters to type a value for, in the order of the form
_TYPED = (
    "text",
    "item",
    "beneficiary",
    "instrument",
    "agency",
    "region",
    "issuer",
    "topic",
    "code",
    "doc",
    "time",
    "unit",
    "min",
    "max",
)
_OPEN = frozenset({"role", "kind", "code", "region", "year"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet: as the address has it, as people read it, its measures (None: not counted)."""

    value: str
    label: str
    count: int | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its values; ``open`` is whether it is unfolded at first."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A field to type in: its name, label and value."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen filter, and the address without it."""

    label: str
    value: str
    without: str


def facets(store: Store, cursor: duckdb.DuckDBPyConnection, filters: Filters, asked: Asked) -> list[Facet]:
    """Return all facets of the measures that fit ``filters``; counts are kept for the next page of the same measures.

    Raises PipelineError for a filter value the run doesn't have.
    """
    found = []
    for name in (*queries.COLUMNS[:3], queries.CODE, *queries.COLUMNS[3:]):
        counted = store.counts.remember(("facet", name, filters), partial(_counted, cursor, filters, name))
        given = [value for one, value in asked if one == name]
        choices = _choices(name, counted, given)
        found.append(Facet(name, LABELS[name], choices, name in _OPEN or any(choice.chosen for choice in choices)))
    return found


def _counted(cursor: duckdb.DuckDBPyConnection, filters: Filters, name: str) -> list[tuple[str, str, int]]:
    """Return the values of a facet as the address has them, their labels and counts."""
    if name == queries.CODE:
        return queries.code_counts(cursor, filters)
    found = queries.column_counts(cursor, filters, name)
    return [(_value(name, value), _label(name, value), count) for value, count in found if _can_ask(name, value)]


def _can_ask(name: str, value: Any) -> bool:
    """Tell whether a filter can ask for a value; a missing one only where texts are compared as a whole."""
    return value is not None or how_of(name)[1].whole is not None


def _value(name: str, value: Any) -> str:
    """Return a column's value as the filter of this name takes it."""
    return f"={value or ''}" if how_of(name)[1].whole is not None else str(value)


def _label(name: str, value: Any) -> str:
    """Return a column's value as people read it."""
    return str(WORDS.get(name, {}).get(value, value)) if value not in (None, "") else _EMPTY


def _choices(name: str, counted: Sequence[tuple[str, str, int]], given: Sequence[str]) -> tuple[Choice, ...]:
    """Return the values to tick; those chosen that aren't among the most frequent stand first, uncounted."""
    words = how_of(name)[1].values
    chosen = {(code_of(words, value) or value) if words else value for value in given}
    if name not in queries.COLUMNS and name != queries.CODE:
        chosen = set()
    listed = {value for value, _, _ in counted}
    others = [value for value in sorted(chosen - listed) if name not in _TYPED or value.startswith("=")]
    return (
        *(Choice(value, shown(name, value), None, True) for value in others),
        *(Choice(value, label, count, value in chosen) for value, label, count in counted),
    )


def shown(name: str, value: str) -> str:
    """Return a filter's value in the address as people read it."""
    if value.startswith("=") and how_of(name)[1].whole is not None:
        return value[1:] or _EMPTY
    return WORDS.get(name, {}).get(value, value)


def typed(asked: Asked, found: Sequence[Facet]) -> list[Field]:
    """Return the fields to type in, with what is asked for and isn't ticked in a facet; each has room for one more."""
    ticked = {(facet.name, choice.value) for facet in found for choice in facet.choices if choice.chosen}
    fields = []
    for name in _TYPED:
        values = [value for one, value in asked if one == name and value.strip() and (name, value) not in ticked]
        fields += [Field(name, LABELS[name], value) for value in values or [""]]
    return fields


def chips(path: str, asked: Asked) -> list[Chip]:
    """Return what is chosen, each with the address without it (and back on the first page)."""
    kept = [(name, value) for name, value in asked if name != "page" and value.strip()]
    return [
        Chip(LABELS[name], shown(name, value), address(path, kept[:place] + kept[place + 1 :]))
        for place, (name, value) in enumerate(kept)
        if name in LABELS
    ]
