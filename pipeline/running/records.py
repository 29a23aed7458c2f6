"""What a run has written down, read-only: documents, layers, issues. For tables, ``status``, ``issues``, ``show``."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal, NamedTuple

from pipeline.core import outputs
from pipeline.core.document import Document, Source
from pipeline.core.errors import PipelineError
from pipeline.core.issues import Issue
from pipeline.core.places import called
from pipeline.running.codec import decode, layer_types

Status = Literal["waiting", "done", "partial", "failed", "opened"]

_PAGE = 200
_COLUMNS = "d.seq, d.path, d.name, d.size, d.sha256, f.sha256, d.doc_id, d.duplicate_of, d.status"
_DOCUMENTS = "d.status <> 'opened'"
_FILES = "d.within IS NULL"


@dataclass(frozen=True, slots=True)
class Record:
    """One document, or one input file, as the store knows it.

    ``duplicate_of`` is the path of the first file with the same content. A file of many documents is ``opened``.
    """

    seq: int
    source: Source
    doc_id: str
    duplicate_of: str | None
    status: Status


class Trace(NamedTuple):
    """An issue with the id of its document (None for the whole run) and the traceback of a bug."""

    doc_id: str | None
    issue: Issue
    traceback: str | None


def tally(db: sqlite3.Connection) -> dict[str, int]:
    """Return how many documents have each status; a file of many counts as its documents."""
    query = f"SELECT status, count(*) FROM document d WHERE {_DOCUMENTS} GROUP BY status ORDER BY status"
    return dict(db.execute(query).fetchall())


def issue_counts(db: sqlite3.Connection) -> dict[str, int]:
    """Return how often each issue code occurs."""
    return dict(db.execute("SELECT code, count(*) FROM issue GROUP BY code ORDER BY code").fetchall())


class Records:
    """The store of the output folder ``out``. Can be read while a run is at work."""

    def __init__(self, out: Path) -> None:
        """Open the store. Raises PipelineError when ``out`` holds none."""
        path = out.resolve() / outputs.STORE
        if not path.is_file():
            raise PipelineError(f"{out}: 没有运行记录 {outputs.STORE}，请先用 cewen run … -o {out} 运行")
        self.db = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=60)
        try:
            plan = self.db.execute("SELECT value FROM meta WHERE key = 'plan'").fetchone()
        except sqlite3.DatabaseError as error:
            self.db.close()
            raise PipelineError(f"{path}: 打不开运行记录（{error}）") from error
        stages = plan[0].split(",") if plan else []
        self._order = {name: place for place, name in enumerate(["input", *stages, "run"])}

    def close(self) -> None:
        """Close the store."""
        self.db.close()

    def __enter__(self) -> Records:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the store."""
        self.close()

    def rows(self) -> Iterator[Record]:
        """Yield every document, in order, a page at a time; those of a file that holds many in its place."""
        return self._rows(_DOCUMENTS)

    def files(self) -> Iterator[Record]:
        """Yield every input file, in order."""
        return self._rows(_FILES)

    def _rows(self, which: str) -> Iterator[Record]:
        """Yield documents or files."""
        last = -1
        query = (
            f"SELECT {_COLUMNS} FROM document d LEFT JOIN document f ON f.path = d.within"
            f" WHERE {which} AND d.seq > ? ORDER BY d.seq LIMIT ?"
        )
        while rows := self.db.execute(query, (last, _PAGE)).fetchall():
            last = rows[-1][0]
            for seq, path, name, size, sha256, file_sha256, doc_id, duplicate_of, status in rows:
                source = Source(name, path, sha256 or "", size or 0, file_sha256)
                yield Record(seq, source, doc_id, duplicate_of, status)

    def find(self, name: str) -> list[Record]:
        """Return the documents whose id begins with ``name``, whose path or file name it is, or whose file's.

        Where there is none: those whose file name it is without its suffix, or begins.
        """
        if not name:
            return []
        path = PurePath(name).as_posix()  # as the paths are kept: 「./a.txt」 and, on Windows, 「in\\a.txt」 too
        found = [
            record for record in self.rows() if record.doc_id.startswith(name) or _is_called(record.source, name, path)
        ]
        if found:
            return found
        names = set(called(name, (record.source.name for record in self.rows())))
        return [record for record in self.rows() if record.source.name in names]

    def document(self, record: Record, layers: Collection[str] | None = None) -> Document:
        """Return the document with the layers there are (only ``layers``, when given); a duplicate has the first's."""
        doc = Document(record.source)
        wanted = sorted(layer_types() if layers is None else layers)
        query = f"SELECT layer, value FROM result WHERE doc_id = ? AND layer IN ({', '.join('?' * len(wanted))})"
        for layer, value in self.db.execute(query, (record.source.doc_id, *wanted)):
            doc = doc.with_layer(layer, decode(layer, value))
        return doc

    def documents_with(self, layer: str) -> Iterator[tuple[str, Document]]:
        """Yield id and document, holding ``layer`` only, of each document that has it, in order."""
        query = (
            "SELECT d.seq, d.doc_id, r.value FROM document d JOIN result r ON r.doc_id = d.doc_id"
            " WHERE d.duplicate_of IS NULL AND r.layer = ? AND d.seq > ? ORDER BY d.seq LIMIT ?"
        )
        last = -1
        while rows := self.db.execute(query, (layer, last, _PAGE)).fetchall():
            last = rows[-1][0]
            for _, doc_id, value in rows:
                yield doc_id, Document(Source("", "", "", 0)).with_layer(layer, decode(layer, value))

    def layer_keys(self, layer: str) -> Iterator[tuple[str, str]]:
        """Yield id and result key of each document that has ``layer``, in order."""
        yield from self.db.execute(
            "SELECT d.doc_id, r.key FROM document d JOIN result r ON r.doc_id = d.doc_id"
            " WHERE d.duplicate_of IS NULL AND r.layer = ? ORDER BY d.seq",
            (layer,),
        )

    def issues_of(self, record: Record) -> tuple[Trace, ...]:
        """Return what there is to know about one document, in the order of the stages."""
        return self._issues("path = ?", (record.source.path,), record.doc_id)

    def run_issues(self) -> tuple[Trace, ...]:
        """Return the issues that belong to no file."""
        return self._issues("path IS NULL", (), None)

    def file_issues(self) -> Iterator[tuple[Record, tuple[Trace, ...]]]:
        """Yield each file of many documents with the issues that belong to none of them."""
        for record in self._rows("d.status = 'opened'"):
            if found := self._issues("path = ?", (record.source.path,), None):
                yield record, found

    def tally(self) -> dict[str, int]:
        """Return how many documents have each status."""
        return tally(self.db)

    def issue_counts(self) -> dict[str, int]:
        """Return how often each issue code occurs."""
        return issue_counts(self.db)

    def _issues(self, where: str, values: tuple[str, ...], doc_id: str | None) -> tuple[Trace, ...]:
        """Return issues by the place of their stage in the plan: the order of arrival isn't the same in every run."""
        query = 'SELECT stage, position, code, severity, message, start, "end", page, traceback FROM issue'
        rows = self.db.execute(f"{query} WHERE {where}", values).fetchall()
        rows.sort(key=lambda row: (self._order.get(row[0], len(self._order)), row[0], row[1]))
        return tuple(Trace(doc_id, Issue(row[0], *row[2:8]), row[8]) for row in rows)


def _is_called(source: Source, name: str, path: str) -> bool:
    """Tell whether a document, or the file that holds it and others, has this name or path."""
    within = source.file_sha256 is not None and (
        source.name.startswith(f"{name}#") or source.path.startswith(f"{path}/#")
    )
    return within or name == source.name or path == source.path
