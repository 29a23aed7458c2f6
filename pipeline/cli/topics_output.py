"""What the commands about topics share: options, and rows with Chinese headings to a terminal or a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

import click

from pipeline.cli.output import TABLE_ROWS, print_fitting, print_table, say_more, write_table
from pipeline.cli.params import Decorator, coded
from pipeline.core.config import TopicSettings
from pipeline.core.topic_words import UNITS

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = get_args(TopicSettings.model_fields["model"].annotation)

where_option: Decorator = click.option(
    "--where", multiple=True, metavar="名称=值", help="只用符合的文档，如 年份=2019-2022、地区=浙江,江苏。"
)


def model_option(help_text: str) -> Decorator:
    """Return the option for the kind of model."""
    return click.option("--model", type=click.Choice(KINDS), metavar="模型", help=help_text)


def unit_option(help_text: str) -> Decorator:
    """Return the option for the unit a model is fitted on."""
    return click.option("--unit", type=coded(UNITS), metavar="单位", help=help_text)


def give(rows: Sequence[Any], row: type, heads: Mapping[str, str], form: str, target: Path | None) -> None:
    """Print or write ``rows``, all of the dataclass ``row``, which also says what the columns are when there is none.

    ``heads`` are the columns people see and what they call them; they see figures rounded. Files and other formats
    have all columns.
    """
    if target is None and form == "table":
        shown = [[rounded(getattr(one, name)) for name in heads] for one in rows[:TABLE_ROWS]]
        print_fitting(list(heads.values()), shown)
        say_more(len(rows))
        return
    found = as_table(rows, row)
    if target is not None:
        write_table(found, target, [heads.get(name, name) for name in found.column_names])
    else:
        print_table(found, form)


def as_table(rows: Sequence[Any], row: type) -> pa.Table:
    """Return dataclasses of the type ``row`` as an Arrow table. Raises TypeError when a field is no text or number."""
    import pyarrow as pa

    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    hints = get_type_hints(row)
    names = [field.name for field in fields(row)]
    schema = pa.schema([(name, kinds[_scalar(row, name, hints[name])]) for name in names])
    return pa.table([[getattr(one, name) for one in rows] for name in names], schema=schema)


def _scalar(row: type, name: str, hint: Any) -> type:
    """Return the type of a field's values, apart from None."""
    members = [one for one in get_args(hint) if one is not NoneType] if isinstance(hint, UnionType) else [hint]
    kind = str if get_origin(members[0]) is Literal else members[0]
    if len(members) > 1 or kind not in (str, int, float, bool):
        raise TypeError(f"{row.__name__}.{name}: no column can hold {hint}")
    return kind


def rounded(value: Any) -> Any:
    """Return a value as people read it."""
    if isinstance(value, bool):
        return "是" if value else ""
    if not isinstance(value, float):
        return value
    return float(f"{value:.3g}") if abs(value) < 1 else round(value, 2)
