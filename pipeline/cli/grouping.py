"""``cewen measures --group``: counts and sums by groups, and values as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.cli.output import TABLE_ROWS, print_fitting, print_table, say, say_more, write_table
from pipeline.core.errors import PipelineError
from pipeline.table.filters import Filters
from pipeline.table.schema import BOUNDS, KINDS, ROLES
from pipeline.table.words import NO_BOUND, is_unbound, per_words, unwrap

_WORDS = {"kind": KINDS, "role": ROLES, "bound": BOUNDS}
_UNSAID = "（未写明）"


def check_grouping(groups: Sequence[str], others: Mapping[str, object]) -> None:
    """Raise PipelineError when ``--sum`` stands alone or an option of ``others`` doesn't go with groups."""
    mistakes = [f"{name} 不能与 --group 同用" for name, given in others.items() if given]
    if not groups:
        mistakes.append("--sum 要与 --group 同用，例如 --group region,year --sum")
    if mistakes:
        raise PipelineError(*mistakes)


def give_groups(
    out: Path,
    groups: Sequence[str],
    filters: Filters,
    *,
    values: bool,
    form: str,
    target: Path | None,
    limit: int | None,
) -> None:
    """Print or write the groups of ``--group``."""
    from pipeline.table.grouping import grouped

    found = grouped(out, _names(groups), filters, values=values, limit=limit)
    heads = list(found.headings.values())
    if target is not None:
        write_table(found.table, target, heads, shown_row)
    elif form != "table":
        print_table(found.table, form)
    else:
        names = found.table.column_names
        rows = [
            [_group(name, row[name], names) for name in names] for row in found.table.slice(0, TABLE_ROWS).to_pylist()
        ]
        print_fitting(heads, rows)
        say_more(found.table.num_rows)
    for note in found.notes:
        say(note)


def _names(groups: Sequence[str]) -> list[str]:
    """Return what to group by: 「region,year」 are two, 「年份=2019-2022,2023-」 is one."""
    split = (one.replace("，", ",").split(",") if "=" not in one else [one] for one in groups)
    return [name.strip() for names in split for name in names if name.strip()]


def _group(name: str, value: Any, names: Sequence[str]) -> Any:
    """Return a cell; what names a group and is empty wasn't said."""
    if value is None and names.index(name) < names.index("n") and name not in ("kind", "unit", "per"):
        return _UNSAID
    return shown(name, value)


def shown_row(row: Mapping[str, Any]) -> list[Any]:
    """Return the values of a row (column → value) as people read them; a measure without a figure has no bound."""
    return [NO_BOUND if is_unbound(row, name) else shown(name, value) for name, value in row.items()]


def shown(name: str, value: Any) -> Any:
    """Return a value of the column ``name`` as people read it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    if not isinstance(value, str):
        return value
    if name == "per":
        return per_words(value)
    return _WORDS.get(name, {}).get(value, unwrap(value))
