"""``cewen topics list``: all topics of a finished run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import (
    check_target,
    format_option,
    print_table,
    say,
    say_dropped,
    show,
    target_option,
    write_table,
)
from pipeline.cli.params import out_argument
from pipeline.cli.text import fitting, table, terminal_columns
from pipeline.table.topics import HEADINGS

if TYPE_CHECKING:
    import pyarrow as pa

_SHOWN = ("topic_id", "label", "n_documents", "share", "coherence", "top_terms")


@click.command("list", add_help_option=False)
@out_argument
@format_option
@target_option
@help_option
def list_command(out: Path, form: str, target: Path | None) -> int:
    """列出全部主题：名称、主题词、文档数、占比、一致性。

    文档数是以它为最大主题的文档；占比是它在所有文档中的平均权重；一致性为 NPMI，-1 到 1，
    越大说明主题词越常同现——高不等于有意义，请看 cewen topics show 给出的原文。

    \b
    例子：
      cewen topics list 结果
      cewen topics list 结果 --format json
      cewen topics list 结果 -o 主题.csv
    """
    from pipeline.table.topics import topics

    check_target(target)
    found = topics(out)
    if target is not None:
        write_table(found, target, list(HEADINGS.values()))
    elif form != "table":
        print_table(found, form)
    else:
        print_topics(found)
    return 0


def print_topics(found: pa.Table) -> None:
    """Print the topics for people."""
    rows = [[_plain(name, row[name]) for name in _SHOWN] for row in found.to_pylist()]
    heads = [HEADINGS[name] for name in _SHOWN]
    kept, widths = fitting(heads, rows, total=terminal_columns(), wide=_SHOWN.index("top_terms"))
    show(table([heads[i] for i in kept], [[row[i] for i in kept] for row in rows], widths))
    say_dropped([head for i, head in enumerate(heads) if i not in kept])
    say(f"共 {found.num_rows} 个主题，模型 {found.column('model')[0].as_py()}。")


def _plain(name: str, value: Any) -> Any:
    """Return a value as people read it."""
    if value is None:
        return None
    if name == "share":
        return f"{value:.1%}"
    return round(value, 3) if name == "coherence" else value
