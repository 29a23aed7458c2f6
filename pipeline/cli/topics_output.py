"""What the commands about topics share: rows with Chinese headings, to a terminal or a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from pipeline.cli.output import FORMATS, print_fitting, print_table, say, write_table
from pipeline.cli.params import Decorator

_ROWS = 100

format_option: Decorator = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", metavar="格式", help="输出格式，默认 table。"
)
target_option: Decorator = click.option(
    "--output", "-o", "target", type=Path, metavar="文件", help="写入文件：.csv、.json、.parquet。"
)
where_option: Decorator = click.option(
    "--where", multiple=True, metavar="名称=值", help="只用符合的文档，如 年份=2019-2022、地区=浙江,江苏。"
)


def give(rows: Sequence[Mapping[str, Any]], heads: Mapping[str, str], form: str, target: Path | None) -> None:
    """Print or write rows. ``heads`` are the columns and what people call them; people see figures rounded."""
    if target is not None or form != "table":
        import pyarrow as pa

        found = pa.Table.from_pylist([dict(row) for row in rows])
        if target is not None:
            write_table(found, target)
        else:
            print_table(found, form)
        return
    print_fitting(list(heads.values()), [[_plain(row.get(name)) for name in heads] for row in rows[:_ROWS]])
    if len(rows) > _ROWS:
        say(f"显示 {_ROWS} 行，共 {len(rows)} 行；要全部请用 -o 文件（csv、json、parquet）。")


def _plain(value: Any) -> Any:
    """Return a value as people read it."""
    if isinstance(value, bool):
        return "是" if value else ""
    return float(f"{value:.3g}") if isinstance(value, float) and abs(value) < 1 else _round(value)


def _round(value: Any) -> Any:
    """Return a figure of one or more with two digits behind the point."""
    return round(value, 2) if isinstance(value, float) else value
