"""A compared file becomes a reading of the run: rows of codings and codes, kept beside the machine's."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipeline.qda import memo
from pipeline.qda.books import Shelf, load_shelf
from pipeline.qda.build import CREATED
from pipeline.qda.compare import Change, Kind
from pipeline.qda.incoming import BY_PEOPLE, MEASURES, Compared, Comparison
from pipeline.qda.plains import plains
from pipeline.qda.project import Path as CodePath
from pipeline.qda.project import Theme
from pipeline.qda.scheme import load_scheme
from pipeline.qda.texts import Plain
from pipeline.table.cells import rows
from pipeline.table.people import Reading, Stretch, coding_id, keep, readings
from pipeline.table.people_rows import IMPORTED, add_people
from pipeline.table.schema import TABLES, CodeRow, CodingRow

_LONGEST = 120
_REJECTED = ("deleted", "moved", "recoded")


@dataclass(frozen=True, slots=True)
class Entry:
    """One coding compared, as people read it; positions are into the raw text, codes are paths of names.

    ``start`` and ``end`` of a deleted coding are the machine's. ``machine_start`` and ``machine_end`` tell where a
    moved one stood. ``known`` is one of a person's that an earlier import brought.
    """

    kind: Kind
    doc_id: str
    document: str
    start: int
    end: int
    quote: str
    machine_code: str
    machine_start: int | None
    machine_end: int | None
    code: str
    coder: str
    known: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import found. ``reading`` is what is kept; None when nothing in the file is a person's doing."""

    comparison: Comparison
    entries: tuple[Entry, ...]
    reading: Reading | None
    gone: tuple[tuple[str, int], ...] = field(default=())


def prepare(out: Path, comparison: Comparison) -> Imported:
    """Return what importing ``comparison`` into the run ``out`` would keep; nothing is written."""
    return _Keeper(out, comparison).prepare()


def store(out: Path, imported: Imported) -> Imported:
    """Keep what was imported and put it into the run's tables; an earlier import of the same file is replaced."""
    if imported.reading is None:
        return imported
    keep(out, imported.reading)
    added = add_people(out)
    return Imported(imported.comparison, imported.entries, imported.reading, added.gone)


def reading_name(file: Path) -> str:
    """Return the name of a file's reading: the file's own, shortened when it's too long for one more ending."""
    name = file.name
    if len(name.encode()) <= _LONGEST:
        return name
    return f"{name[: _LONGEST // 4]}…{hashlib.sha256(name.encode()).hexdigest()[:8]}{file.suffix}"


class _Keeper:
    """Makes one reading."""

    def __init__(self, out: Path, comparison: Comparison) -> None:
        """Look up codes, texts and what is there already."""
        self._comparison = comparison
        shelf: Shelf = load_shelf(out)
        self._measures = load_scheme().folder
        self._now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        doc_ids = {one.doc_id for one in comparison.documents}
        self._plains: dict[str, Plain] = plains(out, doc_ids)
        self._pages = dict(_pages(out, doc_ids))
        table = next(table for table in TABLES if table.row is CodeRow)
        codes = [CodeRow(*row) for row in rows(out, table)]
        self._codes = _Codes(comparison, shelf, codes)
        name = reading_name(comparison.file)
        others = [reading for reading in readings(out) if reading.name != name]
        self._known = {coding.coding_id for reading in others for coding in reading.codings}

    def prepare(self) -> Imported:
        """Return everything."""
        entries: list[Entry] = []
        codings: dict[str, CodingRow] = {}
        rejected: dict[str, None] = {}
        left: dict[str, None] = {}
        for document in self._comparison.documents:
            for change in document.changes:
                row = self._row(document, change) if change.given and change.coder else None
                known = row is not None and row.coding_id in self._known
                entries.append(self._entry(document, change, known))
                if row is not None and not known:
                    codings.setdefault(row.coding_id, row)
                noted = rejected if change.kind in _REJECTED else left if change.kind == "unchanged" else None
                if noted is not None and (machine_id := self._machine_id(document, change)):
                    noted[machine_id] = None
        return Imported(self._comparison, tuple(entries), self._reading(codings, tuple(rejected), tuple(left)))

    def _reading(
        self, codings: dict[str, CodingRow], rejected: tuple[str, ...], left: tuple[str, ...]
    ) -> Reading | None:
        """Return the reading; None when nobody did anything."""
        comparison = self._comparison
        coders = {coding.coder for coding in codings.values()}
        if rejected or comparison.reviewed:
            coders.add(comparison.reviewer)
        if not coders:
            return None
        stretches = tuple(self._stretches())
        of = stretches or comparison.documents
        return Reading(
            name=reading_name(comparison.file),
            imported=self._now,
            coders=tuple(sorted(coders)),
            doc_ids=tuple(dict.fromkeys(one.doc_id for one in of)),
            codes=tuple(self._codes.added.values()),
            codings=tuple(codings.values()),
            rejected=rejected,
            left=left,
            stretches=stretches,
        )

    def _stretches(self) -> Iterator[Stretch]:
        """Yield the raw stretches of a sample that were read; none when the file is no sample."""
        found = (
            Stretch(document.doc_id, *self._span(document, start, end))
            for document in self._comparison.documents
            for start, end in document.read
        )
        yield from dict.fromkeys(found)

    def _span(self, document: Compared, start: int, end: int) -> tuple[int, int]:
        """Return the raw span of a span of the exported text."""
        plain = self._plains.get(document.doc_id)
        return plain.outward(start, end) if plain else (start, end)

    def _row(self, document: Compared, change: Change) -> CodingRow:
        """Return the row of a person's coding."""
        mark = change.mark
        start, end = self._span(document, mark.start, mark.end)
        path = mark.theme
        if path[0] == self._measures:
            path = (MEASURES, *(f"{name}{BY_PEOPLE}" for name in path[1:]))
        code = self._codes.find(path)
        taken_over = change.given is not None and memo.is_machine(change.given.coder)
        page, boxes = self._pages.get((document.doc_id, start, end), (None, None))
        return CodingRow(
            coding_id=coding_id(document.doc_id, start, end, code.codebook, code.code, change.coder),
            doc_id=document.doc_id,
            codebook=code.codebook,
            code=code.code,
            code_path=code.code_path,
            start=start,
            end=end,
            quote=mark.quote,
            coder=change.coder,
            score=None,
            rule=None,
            created=self._now if taken_over or mark.created in ("", CREATED) else mark.created,
            page=page,
            boxes=boxes,
        )

    def _machine_id(self, document: Compared, change: Change) -> str | None:
        """Return the id of the machine's coding a change is about; None for a measure."""
        mark = change.machine
        code = self._codes.of_run(mark.theme) if mark else None
        if mark is None or code is None:
            return None
        start, end = self._span(document, mark.start, mark.end)
        return coding_id(document.doc_id, start, end, code.codebook, code.code, "")

    def _entry(self, document: Compared, change: Change, known: bool) -> Entry:
        """Return a change as people read it."""
        mark, machine = change.mark, change.machine
        start, end = self._span(document, mark.start, mark.end)
        stood = self._span(document, machine.start, machine.end) if machine else (None, None)
        return Entry(
            kind=change.kind,
            doc_id=document.doc_id,
            document=document.name,
            start=start,
            end=end,
            quote=mark.quote,
            machine_code="/".join(machine.theme) if machine else "",
            machine_start=stood[0],
            machine_end=stood[1],
            code="/".join(change.given.theme) if change.given else "",
            coder=change.coder,
            known=known,
        )


def _pages(out: Path, doc_ids: set[str]) -> Iterator[tuple[tuple[str, int, int], tuple[int | None, str | None]]]:
    """Yield page and boxes of the spans coded already, as far as they have any."""
    table = next(table for table in TABLES if table.row is CodingRow)
    for doc_id, start, end, page, boxes in rows(out, table, names=("doc_id", "start", "end", "page", "boxes")):
        if doc_id in doc_ids and page is not None:
            yield (doc_id, start, end), (page, boxes)


class _Codes:
    """The rows of codes by path; a path the run has none for gets one."""

    def __init__(self, comparison: Comparison, shelf: Shelf, codes: Sequence[CodeRow]) -> None:
        """Index the run's codes."""
        self.added: dict[tuple[str, str], CodeRow] = {}
        self._source = f"{IMPORTED}{comparison.file.name}"
        self._default = _identifier(comparison.project_name) or "人工编码"
        self._books = {path[0]: book for book, path in shelf.folders.items()}
        by_key = {(code.codebook, code.code): code for code in codes}
        self._run = {path: by_key[key] for key, path in shelf.paths.items() if key in by_key}
        self._found = dict(self._run)
        self._keys = set(by_key)
        self._memos = {theme.path: theme.memo for theme in comparison.themes}

    def of_run(self, path: CodePath) -> CodeRow | None:
        """Return the run's own code at ``path``, or None."""
        return self._run.get(path)

    def find(self, path: CodePath) -> CodeRow:
        """Return the code at ``path``; one that isn't the codebooks' is among ``added`` then, with those above it."""
        code = self._found.get(path) or self._make(path)
        if (code.source or "").startswith(IMPORTED) and (code.codebook, code.code) not in self.added:
            if len(path) > 2:
                self.find(path[:-1])
            self.added[code.codebook, code.code] = code
        return code

    def _make(self, path: CodePath) -> CodeRow:
        """Return a new code at ``path``, below the one above it."""
        above = self.find(path[:-1]) if len(path) > 2 else None
        book = above.codebook if above else self._book(path)
        names = [_identifier(path[-1]), _identifier("-".join(path[1:]))]
        names += [f"{names[0]}_{number}" for number in range(2, len(self._keys) + 3)]
        name = next(name for name in names if name and (book, name) not in self._keys)
        self._keys.add((book, name))
        code = CodeRow(
            codebook=book,
            code=name,
            code_path=f"{above.code_path}/{name}" if above else name,
            parent=above.code if above else None,
            name=path[-1],
            definition=_definition(Theme(path, True, self._memos.get(path, ""))) or None,
            source=self._source,
        )
        self._found[path] = code
        return code

    def _book(self, path: CodePath) -> str:
        """Return the codebook of a path without codes above it: the run's, else one named after the folder or file."""
        if len(path) < 2:
            return self._default
        return self._books.get(path[0]) or _identifier(path[0]) or self._default


def _identifier(name: str) -> str:
    """Return a name as a codebook or code may be called."""
    return re.sub(r"[^\w\-]+", "_", name).strip("_")[:60]


def _definition(theme: Theme) -> str:
    """Return what a code means: the definition in its description, else the description."""
    lines = memo.read_labelled(theme.memo)
    return lines.get("定义", "" if memo.CODE in memo.read_pairs(theme.memo) else theme.memo.strip())
