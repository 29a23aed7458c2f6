"""People's codings into a finished run: the one place besides a run itself that writes its tables."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.running.hold import hold
from pipeline.running.trouble import of_duckdb, told

if TYPE_CHECKING:
    from pipeline.qda.keeping import Imported


def import_codings(
    out: Path, file: Path, *, coder: str | None = None, reviewed: bool = False, dry_run: bool = False
) -> Imported:
    """Import the codings of ``file`` into the run ``out``; with ``dry_run`` only say what that would bring.

    A filled sample workbook is taken back as ``import_sample`` does. Raises PipelineError when ``out`` holds no
    finished run or is in use, or ``file`` can't be read or isn't of it.
    """
    from pipeline.qda.incoming import check_coder, compare_file
    from pipeline.qda.keeping import prepare
    from pipeline.qda.sample_sheet import is_sample

    check_coder(coder)
    if is_sample(file):
        return import_sample(out, file, coder=coder, dry_run=dry_run)

    def made() -> Imported:
        return prepare(out, compare_file(out, file, coder=coder, reviewed=reviewed))

    return _import(out, made, dry_run)


def import_sample(out: Path, file: Path, *, coder: str | None = None, dry_run: bool = False) -> Imported:
    """Take the filled sample workbook ``file`` back into the run ``out``; ``coder`` goes before the name in it.

    Raises PipelineError as ``import_codings`` does, and with every mistake in the workbook.
    """
    from pipeline.qda.sample_import import prepare_sample

    return _import(out, lambda: prepare_sample(out, file, coder=coder or ""), dry_run)


def _import(out: Path, made: Callable[[], Imported], dry_run: bool) -> Imported:
    """Keep what ``made`` returns, with the run held from before it is made until it is in the tables."""
    import duckdb

    from pipeline.qda.keeping import store
    from pipeline.table.query import connect

    with connect(out):
        pass  # a folder without a run is refused before anything is made in it
    with told(out), closing(hold(out)):
        imported = made()
        if dry_run:
            return imported
        try:
            return store(out, imported)
        except duckdb.Error as error:
            if (refusal := of_duckdb(str(error), out)) is None:
                raise
            raise refusal from error
