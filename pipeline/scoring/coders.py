"""Who has coded a finished run: the machine and people, what each of them read, and all codings by coder.

What counts as read: the machine has read every document with text, files of the same content once. A person has read
the documents of her readings (``OUT/people``), of a sample only its stretches, each by the codebooks she used in that
reading; a person who is in the table but in no reading has read the documents with a coding of hers. A person's
readings go before her rows of the table, which may be older. What was read or coded in a copy of a file was so in the
first file of that content.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline.core.errors import PipelineError
from pipeline.table.coders import MACHINE, find_coders
from pipeline.table.people import Reading, readings
from pipeline.table.query import COPIES, connect
from pipeline.table.view import codebook_names
from pipeline.table.words import closest

if TYPE_CHECKING:
    import duckdb

MACHINE_ZH = "机器"
_PREFIX, _SHOWN = "machine:", "机器编码 "
Stretches = tuple[tuple[int, int], ...]
_WHOLE: Stretches = ()


class CodeKey(NamedTuple):
    """A code of a codebook."""

    codebook: str
    code: str


class Given(NamedTuple):
    """A code as a coder gave it: where, the reason (machine only) and what stands there."""

    start: int
    end: int
    key: CodeKey
    rule: str | None
    quote: str


@dataclass(frozen=True, slots=True)
class CodeName:
    """A code with its Chinese name and its line: the codes from the top down to itself."""

    key: CodeKey
    name: str
    line: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coder:
    """A coder with all codings by document.

    ``read`` leads the id of each document read to the stretches read, none: the whole of it; ``read_by`` the same for
    each codebook used. ``known_by`` says how that is known: ``all``, ``reading`` or ``codings``.
    ``partial`` are the readings that hold only what was done to the machine's codings (imports without --reviewed).
    """

    name: str
    read: Mapping[str, Stretches]
    read_by: Mapping[str, Mapping[str, Stretches]]
    known_by: str
    codings: Mapping[str, tuple[Given, ...]]
    partial: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name as people read it."""
        return MACHINE_ZH if self.name == MACHINE else self.name

    def codebooks(self) -> frozenset[str]:
        """Return the codebooks this coder has used."""
        return frozenset(self.read_by)

    def stretches(self, codebook: str, doc_id: str) -> Stretches | None:
        """Return what of a document was read by a codebook, () for the whole, None for nothing.

        Of a codebook never used: what was read at all.
        """
        return self.read_by.get(codebook, self.read).get(doc_id)


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: its file name and how many characters its raw text has."""

    source_name: str
    length: int


@dataclass(frozen=True, slots=True)
class Coded:
    """A run as its coders left it: the coders, the documents with text and the codes, each in order.

    ``copies`` are the names of files with the content of another; they are no documents of their own here.
    """

    coders: tuple[Coder, ...]
    papers: Mapping[str, Paper]
    codes: Mapping[CodeKey, CodeName]
    book_names: Mapping[str, str] = field(default_factory=dict)
    copies: tuple[str, ...] = ()

    def books(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """Return the ids of codebooks given by id or name. Raises PipelineError for one that isn't there."""
        return tuple(_ids_of(wanted, self.book_names, self.codes))


def _ids_of(wanted: Iterable[str], names: Mapping[str, str], codes: Iterable[CodeKey]) -> dict[str, None]:
    """Return the ids of codebooks given by id or name. Raises PipelineError for one that isn't there."""
    there = dict.fromkeys(key.codebook for key in codes)
    ids = {**{names.get(book, book): book for book in there}, **{book: book for book in there}}
    if mistakes := [f"没有编码本“{book}”{closest(book, ids)}" for book in wanted if book not in ids]:
        raise PipelineError(*mistakes)
    return dict.fromkeys(ids[book] for book in wanted)


def read_coded(out: Path, wanted: Sequence[str] = (), codebooks: Collection[str] = ()) -> Coded:
    """Return the codings of the ``wanted`` coders (default: all there are) in the run in ``out``.

    ``machine`` (机器) means all ``machine:…`` together; codings of other ``codebooks`` are left out when these are
    given. Raises PipelineError for a coder or codebook that isn't there, or fewer than two coders.
    """
    with connect(out) as connection:
        found = readings_of_firsts(out, connection)
        everybody = _everybody(connection, found)
        names = _meant(wanted, everybody) if wanted else list(everybody)
        if len(names) < 2:
            raise PipelineError(_too_few(out, everybody))
        papers, copies = _papers(connection), _copies(connection)
        codes, book_names = _codes(connection, found), codebook_names(connection)
        books = frozenset(_ids_of(codebooks, book_names, codes))
        coders = tuple(_coder(connection, name, found, papers, books) for name in names)
    for coder in coders:
        for some in coder.codings.values():
            for given in some:
                codes.setdefault(given.key, CodeName(given.key, given.key.code, (given.key.code,)))
    return Coded(coders, papers, codes, book_names, copies)


def read_people(out: Path, codebook: str) -> tuple[Coder, ...]:
    """Return the people who used ``codebook`` (an id) in the run in ``out``, with their codings by it; maybe nobody."""
    with connect(out) as connection:
        found = readings_of_firsts(out, connection)
        papers = _papers(connection)
        people = [name for name in _everybody(connection, found) if name != MACHINE]
        coders = [_coder(connection, name, found, papers, frozenset((codebook,))) for name in people]
    return tuple(coder for coder in coders if codebook in coder.read_by)


def readings_of_firsts(out: Path, connection: duckdb.DuckDBPyConnection) -> tuple[Reading, ...]:
    """Return all readings of the run in ``out``, those of copies as readings of the first file of that content."""
    firsts = _firsts(connection)
    return tuple(_led(reading, firsts) if firsts else reading for reading in readings(out))


def _led(reading: Reading, firsts: Mapping[str, str]) -> Reading:
    """Return a reading with the first's id in place of each copy's."""

    def ids(those: Iterable[str]) -> tuple[str, ...]:
        parts = (one.partition(":") for one in those)
        return tuple(dict.fromkeys(firsts.get(doc, doc) + colon + rest for doc, colon, rest in parts))

    return replace(
        reading,
        doc_ids=ids(reading.doc_ids),
        codings=tuple(replace(one, doc_id=firsts.get(one.doc_id, one.doc_id)) for one in reading.codings),
        stretches=tuple(replace(one, doc_id=firsts.get(one.doc_id, one.doc_id)) for one in reading.stretches),
        rejected=ids(reading.rejected),
        left=ids(reading.left),
    )


def _firsts(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return for the id of each copy that of the first file of its content."""
    sql = (
        "SELECT c.doc_id, f.doc_id FROM documents c JOIN documents f ON f.source_sha256 = c.source_sha256"
        f" WHERE c.doc_id IN {COPIES} AND f.doc_id NOT IN {COPIES}"
    )
    return {str(copy): str(first) for copy, first in connection.execute(sql).fetchall()}


def _everybody(connection: duckdb.DuckDBPyConnection, found: Sequence[Reading]) -> dict[str, None]:
    """Return the names of all coders, the machine first; its versions can be named but aren't listed."""
    table = [str(row[0]) for row in connection.execute("SELECT DISTINCT coder FROM codings ORDER BY 1").fetchall()]
    people = sorted({*(name for name in table if not name.startswith(_PREFIX)), *(c for r in found for c in r.coders)})
    machine = [MACHINE] if any(name.startswith(_PREFIX) for name in table) else []
    return dict.fromkeys([*machine, *people])


def _meant(wanted: Sequence[str], everybody: Collection[str]) -> list[str]:
    """Return the coders meant, each once."""
    names = [_PREFIX + name.removeprefix(_SHOWN) if name.startswith(_SHOWN) else name for name in wanted]
    listed = [name for name in names if not name.startswith(_PREFIX)]  # a version can be named, but isn't listed
    find_coders(listed, everybody)  # tells all mistakes at once
    found = [find_coders([name], everybody) if name in listed else [name] for name in names]
    return list(dict.fromkeys(name for some in found for name in some))


def _too_few(out: Path, everybody: Collection[str]) -> str:
    """Return what to do when there are no two coders."""
    there = "、".join(MACHINE_ZH if name == MACHINE else name for name in everybody) or "没有"
    return (
        f"{out}: 一致性要有至少两个编码者，现有的编码者：{there}。请先用 cewen import {out} 文件 导入人工编码，"
        f"或用 cewen agreement {out} --sample 条数 表.xlsx 抽样，填好后用 --filled 表.xlsx 收回"
    )


def _papers(connection: duckdb.DuckDBPyConnection) -> dict[str, Paper]:
    """Return the documents with text, in order; of files with the same content the first."""
    sql = (
        "SELECT doc_id, source_name, length(raw_text) FROM documents"
        f" WHERE raw_text IS NOT NULL AND doc_id NOT IN {COPIES} ORDER BY rowid"
    )
    return {str(row[0]): Paper(str(row[1]), int(row[2])) for row in connection.execute(sql).fetchall()}


def _copies(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Return the names of the files with the content of another, in order."""
    sql = f"SELECT source_name FROM documents WHERE doc_id IN {COPIES} ORDER BY rowid"
    return tuple(str(row[0]) for row in connection.execute(sql).fetchall())


def _codes(connection: duckdb.DuckDBPyConnection, found: Sequence[Reading]) -> dict[CodeKey, CodeName]:
    """Return the codes of the run and those people brought, in order."""
    rows = connection.execute("SELECT codebook, code, name, code_path FROM codes ORDER BY rowid").fetchall()
    rows += [(c.codebook, c.code, c.name, c.code_path) for reading in found for c in reading.codes]
    codes: dict[CodeKey, CodeName] = {}
    for book, code, name, path in rows:
        key = CodeKey(str(book), str(code))
        codes.setdefault(key, CodeName(key, str(name), tuple(str(path or code).split("/"))))
    return codes


def _coder(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    found: Sequence[Reading],
    papers: Mapping[str, Paper],
    books: frozenset[str],
) -> Coder:
    """Return one coder with what it read."""
    own = [reading for reading in found if name in reading.coders]
    if own:
        rows = [
            (c.doc_id, c.start, c.end, c.codebook, c.code, c.rule, c.quote)
            for reading in own
            for c in reading.codings
            if c.coder == name
        ]
        known_by = "reading"
        read, read_by = _read(own), {book: _read(some) for book, some in _by_book(own, name).items()}
    else:
        rows = _rows(connection, name)
        known_by = "all" if name == MACHINE or name.startswith(_PREFIX) else "codings"
        read = dict.fromkeys(papers if known_by == "all" else (row[0] for row in rows), _WHOLE)
        read_by = dict.fromkeys((row[3] for row in rows), read)
    codings: dict[str, dict[Given, None]] = {}
    for doc_id, start, end, book, code, rule, quote in rows:
        if not books or book in books:
            codings.setdefault(doc_id, {})[Given(start, end, CodeKey(book, code), rule, quote)] = None
    kept = {doc_id: read[doc_id] for doc_id in papers if doc_id in read}
    ordered = {doc: tuple(sorted(codings.get(doc, ()), key=lambda g: g[:3])) for doc in kept}
    used = {
        book: {doc_id: some[doc_id] for doc_id in papers if doc_id in some}
        for book, some in read_by.items()
        if not books or book in books
    }
    return Coder(name, kept, used, known_by, ordered, tuple(reading.name for reading in own if reading.is_partial))


def _by_book(own: Sequence[Reading], name: str) -> dict[str, list[Reading]]:
    """Return the readings of one coder by the codebooks used in them."""
    found: dict[str, list[Reading]] = {}
    for reading in own:
        given = (coding.codebook for coding in reading.codings if coding.coder == name)
        for book in dict.fromkeys([*reading.codebooks, *given]):
            found.setdefault(book, []).append(reading)
    return found


_Row = tuple[str, int, int, str, str, str | None, str]


def _rows(connection: duckdb.DuckDBPyConnection, name: str) -> list[_Row]:
    """Return the codings of one coder of the table."""
    where = "starts_with(coder, ?)" if name == MACHINE else "coder = ?"
    sql = f'SELECT doc_id, start, "end", codebook, code, rule, quote FROM codings WHERE {where} ORDER BY rowid'
    rows: list[_Row] = connection.execute(sql, [_PREFIX if name == MACHINE else name]).fetchall()
    firsts = _firsts(connection)
    return [(firsts.get(row[0], row[0]), *row[1:]) for row in rows]


def _read(own: Sequence[Reading]) -> dict[str, Stretches]:
    """Return what readings say was read: a document read as a whole in one of them is read as a whole."""
    parts: dict[str, set[tuple[int, int]]] = {}
    whole: set[str] = set()
    for reading in own:
        sampled = {stretch.doc_id for stretch in reading.stretches}
        whole |= set(reading.doc_ids) - sampled
        for stretch in reading.stretches:
            parts.setdefault(stretch.doc_id, set()).add((stretch.start, stretch.end))
    return {doc_id: tuple(sorted(spans)) for doc_id, spans in parts.items()} | dict.fromkeys(whole, _WHOLE)
