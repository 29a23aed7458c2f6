"""A folder of JSON Lines files, one for each table."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.export.cells import as_json, rows
from pipeline.table.derive import columns
from pipeline.table.schema import TABLES


def export_jsonl(out: Path, folder: Path) -> None:
    """Write NAME.jsonl for each table of a finished run into ``folder``: one object a line, keys are column names.

    Raises PipelineError when ``out`` has no tables.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        names = [column.name for column in columns(table.row)]
        target = folder / f"{table.name}.jsonl"
        fresh = target.with_name(target.name + ".tmp")
        try:
            with fresh.open("w", encoding="utf-8", newline="\n") as file:
                for row in rows(out, table):
                    record = {name: as_json(value) for name, value in zip(names, row, strict=True)}
                    file.write(json.dumps(record, ensure_ascii=False) + "\n")
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
