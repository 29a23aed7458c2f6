"""CSV files, one for each table, with a byte-order mark so that Excel reads them as UTF-8."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.export.content import Chosen, Content, beside, bundle, is_single, written
from pipeline.table.cells import write_csv


def export_csv(out: Path, place: Path, **options: Any) -> tuple[str, ...]:
    """Write tables of a finished run into the folder ``place``, or one into the file ``place``; return what to tell.

    ``options`` are the fields of ``content.Chosen``. Headings are the column names, values as in the tables; notes
    and data dictionary lie beside them. Raises PipelineError as ``content.bundle`` does.
    """
    chosen = Chosen(**options)
    made = bundle(out, chosen, single=is_single(place, ".csv"))
    written(place, made, ".csv", _write, beside=beside(made, "csv", chosen))
    return made.told


def _write(content: Content, target: Path) -> None:
    """Write one table."""
    write_csv(target, [column.name for column in content.columns], content.read())
