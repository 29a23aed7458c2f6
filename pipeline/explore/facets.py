"""The form beside the measure table: facets to tick, texts to type, and what is chosen, each to be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    names = (*queries.COLUMNS[:3], queries.CODE, *queries.COLUMNS[3:])
    chosen = {name: _chosen(name, asked) for name in names}
    key = ("facets", filters, *(tuple(values) for values in chosen.values()))
    counted = store.remember(cursor, key, partial(_counted, cursor, filters, chosen))
    found = []
    for name in names:
        listed = {value for value, _, _ in counted[name]}
        choices = (
            *(Choice(value, shown(name, value), None, True) for value in chosen[name] if value not in listed),
            *(Choice(value, label, number, value in chosen[name]) for value, label, number in counted[name]),
        )
        found.append(Facet(name, LABELS[name], choices, name in _OPEN or bool(chosen[name])))
    return found


def _chosen(name: str, asked: Asked) -> list[str]:
    """Return the values of a facet that are asked for, as its choices have them; texts to look for are none of them."""
    how = how_of(name)[1]
    given = [value.strip() for one, value in asked if one == name and value.strip()]
    if how.values is not None:
        given = [code_of(how.values, value) or value for value in given]
    if name == queries.CODE:
        given = [value for value in given if ":" in value]
    kept = [value for value in given if how.whole is None or value.startswith("=")]
    return list(dict.fromkeys(kept))


def _counted(
    cursor: duckdb.DuckDBPyConnection, filters: Filters, chosen: Mapping[str, Sequence[str]]
) -> dict[str, list[tuple[str, str, int]]]:
    """Return facet → its values as the address has them, their labels and counts."""
    whole = {name for name in chosen if how_of(name)[1].whole is not None}
    bare = {name: [value[1:] if name in whole else value for value in values] for name, values in chosen.items()}
    found = {queries.CODE: queries.code_counts(cursor, filters)}
    for name, values in queries.column_counts(cursor, filters, bare).items():
        found[name] = [
            (f"={value or ''}" if name in whole else str(value), _label(name, value), count)
            for value, count in values
            if name in whole or value is not None
        ]
    return found


def _label(name: str, value: Any) -> str:
    """Return a column's value as people read it."""
    return str(WORDS.get(name, {}).get(value, value)) if value not in (None, "") else _EMPTY


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
