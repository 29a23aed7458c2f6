"""``run.sqlite``: which documents there are, what's done, what came out, what went wrong. Written by the parent only.

One transaction for each document, so that a run killed at any moment leaves a whole store. Values are compressed JSON.

A file that holds many documents ends as ``opened``: its documents are rows of their own (``within`` names the file),
which begin with the layers that opening it gave them.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.core import outputs
from pipeline.core.document import Source
from pipeline.core.errors import PipelineError
from pipeline.core.issues import Issue, issue
from pipeline.core.strict import digest
from pipeline.running.inputs import STAGE, Fingerprint, InputFile, Listing
from pipeline.running.plan import Plan

VERSION = 2
_APPLICATION = 0x63777731  # "cww1" in the file's header, so that no other program's database is taken for ours
_PAGE = 500
_ROOM = 1 << 20  # places in the order behind each file, for the documents within it

_SCHEMA = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE document(
  path TEXT PRIMARY KEY, seq INTEGER NOT NULL, name TEXT NOT NULL, file BLOB NOT NULL, within TEXT,
  size INTEGER, mtime_ns INTEGER, sha256 TEXT, doc_id TEXT NOT NULL DEFAULT '', duplicate_of TEXT,
  status TEXT NOT NULL DEFAULT 'waiting' CHECK(status IN ('waiting', 'done', 'partial', 'failed', 'opened')),
  plan_key TEXT NOT NULL DEFAULT '');
CREATE INDEX document_seq ON document(seq);
CREATE INDEX document_sha256 ON document(sha256, seq);
CREATE INDEX document_id ON document(doc_id);
CREATE INDEX document_within ON document(within) WHERE within IS NOT NULL;
CREATE INDEX document_queue ON document(status, size DESC, seq);
CREATE TABLE result(doc_id TEXT NOT NULL, stage TEXT NOT NULL, layer TEXT NOT NULL, key TEXT NOT NULL,
  value BLOB NOT NULL, PRIMARY KEY(doc_id, stage));
CREATE TABLE issue(id INTEGER PRIMARY KEY, path TEXT, stage TEXT NOT NULL, position INTEGER NOT NULL,
  code TEXT NOT NULL, severity TEXT NOT NULL, message TEXT NOT NULL,
  start INTEGER, "end" INTEGER, page INTEGER, traceback TEXT);
CREATE INDEX issue_path ON issue(path);
"""

# documents whose end isn't that of the plan the functions know of
_STALE = (
    "status <> 'waiting' AND sha256 IS NOT NULL AND duplicate_of IS NULL"
    " AND plan_key NOT IN (plan_key(path, sha256), late_key(path, sha256))"
    " AND (status <> 'opened' OR plan_key <> opened_key(name, path, sha256, size))"
)


class Task(NamedTuple):
    """A document to do: what the system opens, the key of each stage's result, the stages whose result is at hand."""

    source: Source
    file: str
    keys: dict[str, str]
    reuse: tuple[str, ...]
    plan_key: str


class Member(NamedTuple):
    """A document within a file, and what it begins with: ``(stage, layer, key, data)``, issues as plain data."""

    source: Source
    layers: Sequence[tuple[str, str, str, bytes]]
    issues: Sequence[dict[str, Any]]


class Finished(NamedTuple):
    """What came of a task: ``(stage, layer, data)`` and issues as plain data, or the documents within the file.

    ``plan_key`` empty: to be tried again.
    """

    task: Task
    layers: Sequence[tuple[str, str, bytes]]
    issues: Sequence[dict[str, Any]]
    plan_key: str
    members: Sequence[Member] = ()


class Store:
    """The run's database, open for writing. Whoever opens it must ``hold`` the output folder."""

    def __init__(self, out: Path, *, fresh: bool = False) -> None:
        """Open or make the store in ``out``, which must exist; ``fresh`` throws away the old one first.

        Raises PipelineError when the store is another program's or another version's, or can't be written.
        """
        self.path = out.resolve() / outputs.STORE
        if fresh:
            for suffix in ("", "-wal", "-shm", "-journal"):
                self.path.with_name(outputs.STORE + suffix).unlink(missing_ok=True)
        self.db = _open(self.path)

    def close(self) -> None:
        """Close the database as one plain file."""
        try:
            self.db.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError:
            # Someone reads the store just now: it stays in WAL mode, which is as good but has two files beside it.
            self.db.rollback()
        self.db.close()

    # ---- inputs

    def note_inputs(self, listing: Listing) -> list[str]:
        """Write down every file as waiting, keep what is known of the old ones, and drop those no longer given.

        Returns the paths of the files dropped, in order.
        """
        with self.db:
            self.db.execute("CREATE TEMP TABLE listing(path TEXT PRIMARY KEY, seq INTEGER, name TEXT, file BLOB)")
            self.db.executemany("INSERT INTO listing VALUES (?, ?, ?, ?)", _listed(listing.files))
            gone = self.db.execute(
                "SELECT path FROM document WHERE within IS NULL AND path NOT IN (SELECT path FROM listing) ORDER BY seq"
            ).fetchall()
            self.db.execute("DELETE FROM document WHERE coalesce(within, path) NOT IN (SELECT path FROM listing)")
            self.db.execute(
                "INSERT INTO document(path, seq, name, file) SELECT path, seq, name, file FROM listing WHERE true"
                " ON CONFLICT(path) DO UPDATE SET seq = excluded.seq, file = excluded.file"
                " WHERE seq <> excluded.seq OR file <> excluded.file"
            )
            self.db.execute(
                f"UPDATE document SET seq = f.seq + document.seq % {_ROOM} FROM document f"
                " WHERE f.path = document.within"
            )
            self._drop_strays()
            self.db.execute("DROP TABLE listing")
            self.set_run_issues(STAGE, listing.issues)
        return [str(row[0]) for row in gone]

    def files(self) -> Iterator[tuple[str, str, str, Fingerprint | None]]:
        """Yield path, name, what the system opens and the known fingerprint of each document, in order."""
        last = -1
        query = (
            "SELECT seq, path, name, file, size, mtime_ns, sha256 FROM document"
            " WHERE within IS NULL AND seq > ? ORDER BY seq LIMIT ?"
        )
        while rows := self.db.execute(query, (last, _PAGE)).fetchall():
            last = rows[-1][0]
            for _, path, name, file, size, mtime_ns, sha256 in rows:
                known = Fingerprint(size, mtime_ns, sha256) if sha256 and mtime_ns is not None else None
                yield path, name, os.fsdecode(file), known

    def note_fingerprints(self, found: Iterable[tuple[str, Fingerprint | Issue]]) -> None:
        """Write down fingerprints that are new, and the issues of files that have none."""
        with self.db:
            for path, what in found:
                if isinstance(what, Fingerprint):
                    query = "UPDATE document SET size = ?, mtime_ns = ?, sha256 = ? WHERE path = ?"
                    self.db.execute(query, (*what, path))
                    continue
                query = (
                    "UPDATE document SET size = NULL, mtime_ns = NULL, sha256 = NULL, status = 'failed', plan_key = ''"
                )
                self.db.execute(f"{query} WHERE path = ?", (path,))
                self._replace_issues(path, [asdict(what)])

    def settle(self, plan: Plan, time_limit: float) -> None:
        """Give each document its id, tell duplicates apart, and set waiting whatever the plan hasn't been run over.

        Results of documents that are no longer there are thrown away, and documents within files to be opened anew.
        """
        self.db.create_function("path_id", 1, _path_id, deterministic=True)
        self._know(plan, time_limit)
        with self.db:
            self.db.execute(
                "UPDATE document SET duplicate_of = (SELECT d.path FROM document d"
                " WHERE d.sha256 = document.sha256 AND d.seq < document.seq ORDER BY d.seq LIMIT 1)"
            )
            self.db.execute(
                "UPDATE document SET doc_id = CASE WHEN sha256 IS NULL THEN path_id(path)"
                " WHEN duplicate_of IS NULL THEN substr(sha256, 1, 16)"
                " ELSE substr(sha256, 1, 16) || '-' || substr(path_id(path), 1, 8) END"
            )
            self.db.execute("UPDATE document SET status = 'partial', plan_key = '' WHERE duplicate_of IS NOT NULL")
            query = "SELECT path, name, duplicate_of FROM document WHERE duplicate_of IS NOT NULL ORDER BY seq"
            for path, name, first in self.db.execute(query).fetchall():
                self._replace_issues(path, [asdict(issue(STAGE, "input.duplicate", name=name, first=first))])
            self.db.execute(f"UPDATE document SET status = 'waiting' WHERE {_STALE}")
            self.db.execute("DELETE FROM document WHERE within IN (SELECT path FROM document WHERE status <> 'opened')")
            self._drop_strays()
            self.set_meta("plan", ",".join(plan.order))

    def count_stale(self, plan: Plan, time_limit: float) -> int:
        """Return how many documents aren't as ``plan`` would make them, or wait to be done; nothing is changed."""
        self._know(plan, time_limit)
        query = f"SELECT count(*) FROM document WHERE status = 'waiting' OR {_STALE}"
        return int(self.db.execute(query).fetchone()[0])

    def _know(self, plan: Plan, limit: float) -> None:
        """Give SQL the functions that say which key a document has under ``plan``."""
        db = self.db
        db.create_function("plan_key", 2, plan.document_key, deterministic=True)
        db.create_function("opened_key", 4, lambda *source: plan.opened_key(Source(*source)), deterministic=True)
        db.create_function("late_key", 2, lambda p, s: late_key(plan.document_key(p, s), limit), deterministic=True)

    # ---- documents

    def count_waiting(self) -> int:
        """Return how many documents are to be done."""
        return int(self.db.execute("SELECT count(*) FROM document WHERE status = 'waiting'").fetchone()[0])

    def count_lost(self) -> int:
        """Return how many files are opened but hold no document, which would be a bug of ours."""
        query = (
            "SELECT count(*) FROM document WHERE status = 'opened'"
            " AND path NOT IN (SELECT within FROM document WHERE within IS NOT NULL)"
        )
        return int(self.db.execute(query).fetchone()[0])

    def tasks(self, plan: Plan) -> Iterator[Task]:
        """Yield each waiting document, the largest first: no worker is left alone with a long one at the end."""
        size, seq = 1 << 62, -1
        query = (
            "SELECT d.size, d.seq, d.path, d.name, d.file, d.sha256, f.sha256 FROM document d"
            " LEFT JOIN document f ON f.path = d.within WHERE d.status = 'waiting'"
            " AND (d.size < ? OR (d.size = ? AND d.seq > ?)) ORDER BY d.size DESC, d.seq LIMIT ?"
        )
        while rows := self.db.execute(query, (size, size, seq, _PAGE)).fetchall():
            size, seq = rows[-1][:2]
            for of_size, _, path, name, file, sha256, file_sha256 in rows:
                source = Source(name, path, sha256, of_size, file_sha256)
                keys = plan.keys(source)
                stored = dict(
                    self.db.execute("SELECT stage, key FROM result WHERE doc_id = ?", (source.doc_id,)).fetchall()
                )
                reuse = tuple(stage for stage, key in keys.items() if stored.get(stage) == key)
                yield Task(source, os.fsdecode(file), keys, reuse, plan.document_key(path, sha256))

    def write(self, finished: Finished) -> str:
        """Write down what came of a document, in one transaction, and return its status."""
        task = finished.task
        doc_id, path = task.source.doc_id, task.source.path
        keep = f"({', '.join('?' * len(task.reuse))})"
        with self.db:
            self.db.execute(f"DELETE FROM result WHERE doc_id = ? AND stage NOT IN {keep}", (doc_id, *task.reuse))
            self.db.execute(f"DELETE FROM issue WHERE path = ? AND stage NOT IN {keep}", (path, *task.reuse))
            rows = [(doc_id, stage, layer, task.keys[stage], data) for stage, layer, data in finished.layers]
            self.db.executemany("INSERT INTO result VALUES (?, ?, ?, ?, ?)", rows)
            self._insert_issues(path, finished.issues)
            self._insert_members(path, finished.members)
            query = "SELECT DISTINCT severity FROM issue WHERE path = ?"
            severities = {row[0] for row in self.db.execute(query, (path,))}
            status = "failed" if "error" in severities else "partial" if "warning" in severities else "done"
            status = "opened" if finished.members else status
            query = "UPDATE document SET status = ?, plan_key = ? WHERE path = ?"
            self.db.execute(query, (status, finished.plan_key, path))
            if any(found["code"] == "input.changed" for found in finished.issues):
                # its size and time may be the same as before: the next run must look at the content
                self.db.execute("UPDATE document SET mtime_ns = NULL WHERE path = ?", (path,))
        return status

    def _insert_members(self, path: str, members: Sequence[Member]) -> None:
        """Put in the documents within the file ``path``, waiting, in place of those there were."""
        self.db.execute("DELETE FROM issue WHERE path IN (SELECT path FROM document WHERE within = ?)", (path,))
        self.db.execute("DELETE FROM document WHERE within = ?", (path,))
        (seq, file) = self.db.execute("SELECT seq, file FROM document WHERE path = ?", (path,)).fetchone()
        query = (
            "INSERT INTO document(path, seq, name, file, within, size, sha256, doc_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        )
        for place, (source, layers, issues) in enumerate(members, 1):
            doc_id, size = source.doc_id, sum(len(data) for *_, data in layers)
            row = (source.path, seq + place, source.name, file, path, size, source.sha256, doc_id)
            self.db.execute(query, row)
            self.db.executemany("INSERT INTO result VALUES (?, ?, ?, ?, ?)", [(doc_id, *layer) for layer in layers])
            self._insert_issues(source.path, issues)

    def _drop_strays(self) -> None:
        """Throw away results and issues of documents that are no longer there."""
        self.db.execute("DELETE FROM result WHERE doc_id NOT IN (SELECT doc_id FROM document)")
        self.db.execute("DELETE FROM issue WHERE path IS NOT NULL AND path NOT IN (SELECT path FROM document)")

    def settle_duplicates(self) -> list[tuple[str, str]]:
        """Let duplicates of failed documents fail too; return path and message of each. For when nothing is waiting."""
        query = (
            "SELECT d.path, d.name, d.duplicate_of FROM document d JOIN document f ON f.path = d.duplicate_of"
            " WHERE f.status = 'failed' ORDER BY d.seq"
        )
        failed = []
        with self.db:
            for path, name, first in self.db.execute(query).fetchall():
                found = issue(STAGE, "input.duplicate-failed", name=name, first=first)
                self.db.execute("UPDATE document SET status = 'failed' WHERE path = ?", (path,))
                self._replace_issues(path, [asdict(found)])
                failed.append((path, found.message))
        return failed

    # ---- issues, notes

    def set_run_issues(self, stage: str, issues: Iterable[Issue]) -> None:
        """Replace the issues of ``stage`` that belong to no document."""
        self.db.execute("DELETE FROM issue WHERE path IS NULL AND stage = ?", (stage,))
        self._insert_issues(None, [asdict(found) for found in issues])

    def meta(self, key: str) -> str | None:
        """Return a note, ``None`` when there is none."""
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Keep a note."""
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def errors_of_run(self) -> int:
        """Return how many errors belong to no document, such as folders that couldn't be listed."""
        query = "SELECT count(*) FROM issue WHERE path IS NULL AND severity = 'error'"
        return int(self.db.execute(query).fetchone()[0])

    def state(self) -> str:
        """Return a digest of everything the tables are made from: each document, its key, and issues no key covers."""
        found = hashlib.sha256()
        for row in self.db.execute("SELECT path, doc_id, duplicate_of, status, plan_key FROM document ORDER BY seq"):
            found.update(repr(row).encode("utf-8", "surrogatepass"))
        query = (
            "SELECT path, stage, code, message FROM issue WHERE (path IS NULL AND stage = ?)"
            " OR path IN (SELECT path FROM document WHERE plan_key = '') ORDER BY path, stage, position"
        )
        for row in self.db.execute(query, (STAGE,)):
            found.update(repr(row).encode("utf-8", "surrogatepass"))
        return found.hexdigest()[:16]

    def _replace_issues(self, path: str, issues: Sequence[dict[str, Any]]) -> None:
        """Make ``issues`` all there are of a document."""
        self.db.execute("DELETE FROM issue WHERE path = ?", (path,))
        self._insert_issues(path, issues)

    def _insert_issues(self, path: str | None, issues: Sequence[dict[str, Any]]) -> None:
        """Add issues in their order."""
        columns = ("stage", "code", "severity", "message", "start", "end", "page", "traceback")
        rows = [(path, position, *(found.get(name) for name in columns)) for position, found in enumerate(issues)]
        query = 'INSERT INTO issue(path, position, stage, code, severity, message, start, "end", page, traceback)'
        self.db.executemany(f"{query} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def late_key(plan_key: str, time_limit: float) -> str:
    """Return the key of a document that took longer than ``time_limit`` seconds: another limit is another chance."""
    return digest(plan_key, "late", repr(time_limit))


def _open(path: Path) -> sqlite3.Connection:
    """Return a connection to our database at ``path``, made when it isn't there."""
    db = sqlite3.connect(path, timeout=60)
    try:
        if not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            # in one transaction: a store whose making is interrupted is empty, not half a store
            db.executescript(
                f"BEGIN; PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {VERSION}; {_SCHEMA} COMMIT;"
            )
        ours = db.execute("PRAGMA application_id").fetchone()[0] == _APPLICATION
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if not ours or version != VERSION:
            raise PipelineError(f"{path}: 不是本版本的运行记录，请换一个输出目录，或加 --fresh 从头运行")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.DatabaseError as error:
        db.close()
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise  # another folder of the same disk, or --fresh, would be no help
        raise PipelineError(f"{path}: 打不开运行记录（{error}），请换一个输出目录，或加 --fresh 从头运行") from error
    except PipelineError:
        db.close()
        raise
    return db


def _listed(files: Sequence[InputFile]) -> Iterator[tuple[str, int, str, bytes]]:
    """Yield the rows of the listing."""
    for place, (path, file) in enumerate(files):
        yield path, place * _ROOM, path.rpartition("/")[2], os.fsencode(file)


def _path_id(path: str) -> str:
    """Return an id for a document by its path, for files whose content isn't known or is another's too."""
    return hashlib.sha256(path.encode()).hexdigest()[:16]
