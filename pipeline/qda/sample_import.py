"""A filled sample workbook as an import: every coding in it is new, and only its rows count as read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pipeline.qda.books import Shelf, load_shelf
from pipeline.qda.incoming import Compared, Comparison
from pipeline.qda.keeping import Entry, Imported
from pipeline.qda.sample_sheet import read_sample
from pipeline.table.people import Reading
from pipeline.table.query import connect


def prepare_sample(out: Path, file: Path, *, coder: str = "") -> Imported:
    """Return what taking the filled sample ``file`` back into the run ``out`` would keep; nothing is written.

    Raises PipelineError as ``read_sample`` does.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    reading = read_sample(out, file, imported=now, coder=coder.strip())
    with connect(out) as connection:
        sql = "SELECT doc_id, source_name FROM documents WHERE list_contains(?, doc_id)"
        names = dict(connection.execute(sql, [list(reading.doc_ids)]).fetchall())
    comparison = Comparison(
        file=file,
        project_name="",
        origin="cewen agreement --sample",
        reviewer=reading.coders[0],
        reviewed=True,
        documents=tuple(Compared(doc_id, names[doc_id], "", ()) for doc_id in reading.doc_ids),
        themes=(),
        troubles=(),
        older=(),
        how={},
        repaired=0,
    )
    return Imported(comparison, _entries(reading, names, load_shelf(out)), reading)


def _entries(reading: Reading, names: dict[str, str], shelf: Shelf) -> tuple[Entry, ...]:
    """Return the codings as people read them."""
    return tuple(
        Entry(
            kind="new",
            doc_id=one.doc_id,
            document=names[one.doc_id],
            start=one.start,
            end=one.end,
            quote=one.quote,
            machine_code="",
            machine_start=None,
            machine_end=None,
            code="/".join(shelf.path(one.codebook, one.code)),
            coder=one.coder,
        )
        for one in reading.codings
    )
