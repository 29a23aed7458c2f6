"""JSON Lines files, one for each table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.core.files import completed
from pipeline.export.content import Chosen, Content, beside, bundle, is_single, written
from pipeline.table.cells import as_json


def export_jsonl(out: Path, place: Path, **options: Any) -> tuple[str, ...]:
    """Write tables of a finished run into the folder ``place``, or one into the file ``place``; return what to tell.

    One object a line; keys are column names. ``options`` and errors as of ``csv.export_csv``.
    """
    chosen = Chosen(**options)
    made = bundle(out, chosen, single=is_single(place, ".jsonl"))
    written(place, made, ".jsonl", _write, beside=beside(made, "jsonl", chosen))
    return made.told


def _write(content: Content, target: Path) -> None:
    """Write one file; it appears only once it is complete."""
    with completed(target) as fresh, fresh.open("w", encoding="utf-8", newline="\n") as file:
        for row in content.read():
            record = {column.name: as_json(value) for column, value in zip(content.columns, row, strict=True)}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
