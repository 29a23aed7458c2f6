"""A folder of JSON Lines files, one for each table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pipeline.core.files import completed
from pipeline.export.knowledge import NAME, knowledge_columns, knowledge_rows
from pipeline.table.cells import as_json, rows
from pipeline.table.derive import Column, columns
from pipeline.table.schema import TABLES


def export_jsonl(out: Path, folder: Path) -> None:
    """Write knowledge.jsonl and NAME.jsonl for each table of a finished run into ``folder``.

    One object a line; keys are column names. Raises PipelineError when ``out`` has no tables.
    """
    view = knowledge_columns(out)
    _write(folder / f"{NAME}.jsonl", view, knowledge_rows(out, view))
    for table in TABLES:
        _write(folder / f"{table.name}.jsonl", columns(table.row), rows(out, table))


def _write(target: Path, found: Sequence[Column], lines: Iterable[Sequence[Any]]) -> None:
    """Write one file; it appears only once it is complete."""
    with completed(target) as fresh, fresh.open("w", encoding="utf-8", newline="\n") as file:
        for row in lines:
            record = {column.name: as_json(value) for column, value in zip(found, row, strict=True)}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
