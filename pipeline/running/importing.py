"""People's codings into a finished run: the one place besides a run itself that writes its tables."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.running.store import hold
from pipeline.running.trouble import of_duckdb, told

if TYPE_CHECKING:
    from pipeline.qda.keeping import Imported
    from pipeline.table.people import Reading


def import_codings(
    out: Path, file: Path, *, coder: str | None = None, reviewed: bool = False, dry_run: bool = False
) -> Imported:
    """Import the codings of ``file`` into the run ``out``; with ``dry_run`` only say what that would bring.

    Raises PipelineError when ``out`` holds no finished run or is in use, or ``file`` can't be read or isn't of it.
    """
    import duckdb

    from pipeline.qda.incoming import compare_file
    from pipeline.qda.keeping import prepare, store
    from pipeline.table.query import connect

    with connect(out):
        pass  # a folder without a run is refused before anything is made in it
    with told(out), closing(hold(out)):
        imported = prepare(out, compare_file(out, file, coder=coder, reviewed=reviewed))
        if dry_run:
            return imported
        try:
            return store(out, imported)
        except duckdb.Error as error:
            if (refusal := of_duckdb(str(error), out)) is None:
                raise
            raise refusal from error


def take_sample(out: Path, file: Path) -> Reading:
    """Take the filled sample ``file`` into the run ``out`` and return what it says.

    Raises PipelineError when ``out`` holds no finished run or is in use, or for mistakes in the file.
    """
    from datetime import UTC, datetime

    from pipeline.qda.sample_sheet import read_sample
    from pipeline.table.people import keep
    from pipeline.table.people_rows import add_people

    reading = read_sample(out, file, imported=datetime.now(UTC).isoformat(timespec="seconds"))
    with told(out), closing(hold(out)):
        keep(out, reading)
        add_people(out)
    return reading
