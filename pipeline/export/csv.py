"""A folder of CSV files, one for each table, with a byte-order mark so that Excel reads them as UTF-8."""

from __future__ import annotations

from pathlib import Path

from pipeline.export.knowledge import NAME, knowledge_columns, knowledge_rows
from pipeline.export.notes import DICTIONARY_HEADINGS, NOTES, dictionary
from pipeline.table.cells import rows, write_csv
from pipeline.table.derive import columns
from pipeline.table.schema import TABLES


def export_csv(out: Path, folder: Path) -> None:
    """Write knowledge.csv, NAME.csv for each table of a finished run, 数据字典.csv and 说明.csv into ``folder``.

    Headings are the column names, values as in the tables. Raises PipelineError when ``out`` has no tables.
    """
    view = knowledge_columns(out)
    write_csv(folder / f"{NAME}.csv", [column.name for column in view], knowledge_rows(out, view))
    for table in TABLES:
        write_csv(folder / f"{table.name}.csv", [column.name for column in columns(table.row)], rows(out, table))
    write_csv(folder / "数据字典.csv", DICTIONARY_HEADINGS, dictionary(view))
    write_csv(folder / "说明.csv", ("条目", "说明"), NOTES)
