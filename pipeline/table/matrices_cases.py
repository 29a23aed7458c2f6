"""Comparison of cases: rows and columns people name, cells with quotations linked to their places.

A row is documents or sections, a column codes and words: 「科大硅谷=001*#科大硅谷」, 「做法=引育用留:引|词:设立」.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PipelineError
from pipeline.core.strict import Lines, line_of, parse_yaml, read_text
from pipeline.table.matrices import Question, read_coders
from pipeline.table.matrices_axes import (
    READ,
    SEPARATOR,
    Head,
    code_list,
    code_spellings,
    find_book,
    find_codes,
    known_books,
)
from pipeline.table.matrices_frame import Framework, Passage
from pipeline.table.matrices_sql import SECTIONED, given_sql
from pipeline.table.query import connect, fetch
from pipeline.table.sentences import Sentences
from pipeline.table.view import codebook_names
from pipeline.table.words import closest

if TYPE_CHECKING:
    import duckdb

_WORD, _CODE = ("词:", "词：", "word:"), ("代码:", "代码：", "code:")
_TEXTS = 50
_PART = re.compile(r"[^\s|｜]")


@dataclass(frozen=True, slots=True)
class Cases:
    """What is compared: names of rows and columns, each with what belongs to it, in order."""

    rows: tuple[tuple[str, tuple[str, ...]], ...]
    cols: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class _Range:
    """A part of a document that belongs to a row."""

    row: int
    doc_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Document:
    """What is known of a document without its text."""

    doc_id: str
    name: str
    n_chars: int


def named(given: str) -> tuple[str, tuple[str, ...]]:
    """Return name and parts of 「NAME=part|part」; without a 「=」 the name is the part."""
    name, equals, parts = given.partition("=")
    found = tuple(part.strip() for part in re.split(r"[|｜]", parts if equals else name) if part.strip())
    if not name.strip() or not found:
        raise PipelineError(f"“{given}”应写成“名称=内容|内容”")
    return name.strip(), found


def read_cases(path: Path) -> Cases:
    """Return the comparison described in a YAML file. Raises PipelineError with its mistakes."""
    data, lines, mistakes = parse_yaml(read_text(path, "案例表"), str(path))
    if not isinstance(data, dict) or set(data) - {"rows", "columns"} or not data:
        raise PipelineError(f"{path}: 应有 rows 和 columns 两项，其下每行写“名称: 内容”")
    sides = [_side(path, side, data.get(side), lines, mistakes) for side in ("rows", "columns")]
    if mistakes:
        raise PipelineError(*mistakes)
    return Cases(*sides)


def _side(
    path: Path, side: str, data: Any, lines: Lines, mistakes: list[str]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the rows or columns of a file, whose scalars are all text; ``mistakes`` get their lines."""
    if isinstance(data, list) and data and all(isinstance(one, str) for one in data):
        return tuple(named(one) for one in data)
    if not isinstance(data, dict) or not data:
        mistakes.append(f"{path}:{line_of((side,), lines)}: {side}：应逐行写“名称: 内容”，内容是文字或列表")
        return ()
    found = []
    for name, given in data.items():
        parts = given if isinstance(given, list) else [given]
        if not name.strip() or not parts or not all(isinstance(one, str) and _PART.search(one) for one in parts):
            mistakes.append(f"{path}:{line_of((side, name), lines)}: {side}.{name}：应是文字或文字的列表")
            continue
        found.append((name, tuple(part for one in parts for part in named(f"_={one}")[1])))
    return tuple(found)


def compare(out: Path, cases: Cases, *, coders: tuple[str, ...] = ()) -> Framework:
    """Return the passages of each case under each column: codings by its codes, sentences with its words.

    Raises PipelineError with every row that fits no document or section and every unknown code or coder.
    """
    if not cases.rows or not cases.cols:
        raise PipelineError("案例比较要有行（--case）和列（--column），或用 --cases 文件.yaml")
    with connect(out) as connection:
        mistakes: list[str] = []
        ranges = _ranges(connection, cases, mistakes)
        codes, words = _columns(connection, cases, mistakes)
        if mistakes:
            raise PipelineError(*mistakes)
        chosen = read_coders(connection, Question(rows="", cols="", coders=coders))
        found = _coded(connection, ranges, codes, chosen)
        found = [*found, *_worded(connection, ranges, words, found)]
        order = {
            str(row[0]): at for at, row in enumerate(connection.execute("SELECT doc_id FROM documents").fetchall())
        }
    found.sort(key=lambda one: (one.row, one.col, order[one.doc_id], one.start, one.end))
    behind = [[0] * len(cases.cols) for _ in cases.rows]
    for one in found:
        behind[one.row][one.col] += 1
    taken = [(name, "、".join(part for at, part in words if at == col)) for col, (name, _) in enumerate(cases.cols)]
    notes = ["编码以起点所在的章节归入案例；词语找到的是所在的整句"]
    notes += [f"列“{name}”中作为词语查找的：{parts}" for name, parts in taken if parts]
    return Framework(
        name="案例比较",
        zh="案例",
        rows=tuple(Head(name, name, note="；".join(parts)) for name, parts in cases.rows),
        cols=tuple(Head(name, name, note="；".join(parts)) for name, parts in cases.cols),
        behind=tuple(tuple(row) for row in behind),
        passages=tuple(found),
        notes=tuple(notes),
    )


def _ranges(connection: duckdb.DuckDBPyConnection, cases: Cases, mistakes: list[str]) -> list[_Range]:
    """Return the parts of documents of each row, none within another of its row."""
    documents = [
        _Document(str(doc_id), str(name), int(n or 0))
        for doc_id, name, n in connection.execute(
            f"SELECT doc_id, source_name, n_chars FROM documents WHERE {READ} ORDER BY rowid"
        ).fetchall()
    ]
    sections = connection.execute(
        'SELECT doc_id, number, heading, start, "end" FROM sections ORDER BY rowid'
    ).fetchall()
    found: list[_Range] = []
    for row, (name, parts) in enumerate(cases.rows):
        own: list[_Range] = []
        for part in parts:
            ranges = _selected(part, documents, sections, row)
            if not ranges:
                there = [one.name for one in documents] + [str(section[2]) for section in sections]
                mistakes.append(f"行“{name}”：没有文档或章节合于“{part}”{closest(part.rpartition('#')[2], there)}")
            own += ranges
        found += [one for one in dict.fromkeys(own) if not any(_inside(one, other) for other in own)]
    return found


def _inside(one: _Range, other: _Range) -> bool:
    """Tell whether one part lies in another, larger one."""
    larger = other.end - other.start > one.end - one.start
    return larger and one.doc_id == other.doc_id and other.start <= one.start and one.end <= other.end


def _selected(part: str, documents: Sequence[_Document], sections: Iterable[Sequence[Any]], row: int) -> list[_Range]:
    """Return what 「glob」, 「glob#heading」, 「#heading」 or plain words (file or heading) mean."""
    name, mark, heading = part.partition("#")
    exact = [one for one in documents if part in (one.name, one.doc_id)]
    if exact or not mark:
        docs = exact or [one for one in documents if fnmatch.fnmatchcase(one.name, part)]
        docs = docs or [one for one in documents if part in one.name]
        if docs:
            return [_Range(row, one.doc_id, 0, one.n_chars) for one in docs]
        name, heading = "", part
    meant = {
        one.doc_id
        for one in documents
        if not name or name in (one.doc_id, one.name) or fnmatch.fnmatchcase(one.name, name) or name in one.name
    }
    wanted = _bare(heading)
    if not wanted:
        return []
    return [
        _Range(row, str(doc_id), int(start), int(end))
        for doc_id, number, words, start, end in sections
        if str(doc_id) in meant and (wanted in _bare(f"{number}{words}") or wanted == _bare(str(number)))
    ]


def _bare(text: str) -> str:
    """Return a text without white space and the usual quotation marks."""
    return re.sub('[\\s“”"「」『』‘’]+', "", text)


def _columns(
    connection: duckdb.DuckDBPyConnection, cases: Cases, mistakes: list[str]
) -> tuple[list[tuple[int, str, str]], list[tuple[int, str]]]:
    """Return the codes (column, key, name) and the words (column, word) of the columns."""
    names = codebook_names(connection)
    known = code_list(connection, known_books(connection))
    codes: list[tuple[int, str, str]] = []
    words: list[tuple[int, str]] = []
    for col, (name, parts) in enumerate(cases.cols):
        for part in parts:
            forced, plain = _forced(part)
            found = [] if forced == "word" else find_codes(known, names, plain)
            book = re.split("[:：]", plain)[0]
            if found:
                codes += [(col, f"{one.book}{SEPARATOR}{one.code}", one.name) for one in found]
            elif forced == "code" or (forced is None and book != plain and find_book(connection, names, book)):
                mistakes.append(f"列“{name}”：没有代码“{plain}”{closest(plain, code_spellings(known, names))}")
            else:
                words.append((col, plain))
    return codes, words


def _forced(part: str) -> tuple[str | None, str]:
    """Return whether a part must be a word or a code, and the part itself."""
    for kind, marks in (("word", _WORD), ("code", _CODE)):
        for mark in marks:
            if part.startswith(mark) and len(part) > len(mark):
                return kind, part.removeprefix(mark).strip()
    return None, part


def _coded(
    connection: duckdb.DuckDBPyConnection,
    ranges: Sequence[_Range],
    codes: Sequence[tuple[int, str, str]],
    coders: list[str],
) -> list[Passage]:
    """Return the codings of each cell, each place once."""
    sql = f"""{given_sql()},
ranges AS (SELECT unnest($4::VARCHAR[]) AS doc_id, unnest($5::BIGINT[]) AS low, unnest($6::BIGINT[]) AS high,
  unnest(range(len($4::VARCHAR[]))) AS at)
SELECT t.at AS row, h.r AS col, d.doc_id, d.source_name, {SECTIONED} AS section, o.page, g.start, g."end", o.quote,
  NULL::VARCHAR AS context, g.coder, o.rule, o.coding_id AS ref
FROM ranges t JOIN read d ON d.doc_id = t.doc_id
JOIN given g ON g.doc = d.doc AND g.start >= t.low AND g.start < t.high
JOIN row_codes h ON h.id = g.code JOIN codings o ON o.rowid = g.origin
ASOF LEFT JOIN sections s ON s.doc_id = d.doc_id AND s.start <= g.start
ORDER BY g.coder, h.r"""
    columns: list[list[Any]] = [[getattr(one, name) for one in ranges] for name in ("doc_id", "start", "end")]
    given = [[key for _, key, _ in codes], [], coders, *columns]
    found: dict[tuple[int, int, str, int, int], Passage] = {}
    for line in fetch(connection, sql, given).to_pylist():
        col, _, name = codes[line["col"]]
        rule = f"{name}：{line['rule']}" if line["rule"] else name
        one = Passage(**(line | {"row": ranges[line["row"]].row, "col": col, "rule": rule}))
        key = (one.row, one.col, one.doc_id, one.start, one.end)
        found[key] = _joined(found[key], one) if key in found else one
    return list(found.values())


def _joined(one: Passage, other: Passage) -> Passage:
    """Return a passage with the coders and rules of another of the same place."""
    coders = dict.fromkeys([*(one.coder or "").split("；"), other.coder or ""])
    rules = dict.fromkeys([*(one.rule or "").split("；"), other.rule or ""])
    return replace(one, coder="；".join(filter(None, coders)), rule="；".join(filter(None, rules)))


def _worded(
    connection: duckdb.DuckDBPyConnection,
    ranges: Sequence[_Range],
    words: Sequence[tuple[int, str]],
    coded: Iterable[Passage],
) -> list[Passage]:
    """Return the sentences with the words of each cell, but for those that lie in a passage coded there."""
    there: dict[tuple[int, int, str], list[tuple[int, int]]] = {}
    for one in coded:
        there.setdefault((one.row, one.col, one.doc_id), []).append((one.start, one.end))
    found: dict[tuple[int, int, str, int, int], Passage] = {}
    for text in _texts(connection, list(dict.fromkeys(one.doc_id for one in ranges)) if words else []):
        for part, col, word, (start, end) in _sentences(text, ranges, words):
            cell = (part.row, col, text.doc_id)
            if any(low <= start and end <= high for low, high in there.get(cell, ())):
                continue
            one = _sentence(text, (part.row, col), (start, end), word)
            key = (*cell, start, end)
            found[key] = _joined(found[key], one) if key in found else one
    return list(found.values())


def _texts(connection: duckdb.DuckDBPyConnection, doc_ids: Sequence[str]) -> Iterator[Sentences]:
    """Yield the texts of documents, a few in memory at a time."""
    sql = "SELECT doc_id, source_name, raw_text, clean_text FROM documents WHERE doc_id IN (SELECT unnest(?))"
    for at in range(0, len(doc_ids), _TEXTS):
        for row in connection.execute(sql, [doc_ids[at : at + _TEXTS]]).fetchall():
            doc_id, name, raw, clean = (str(value or "") for value in row)
            yield Sentences(connection, doc_id, name, raw, clean)


def _sentences(
    text: Sentences, ranges: Iterable[_Range], words: Sequence[tuple[int, str]]
) -> Iterator[tuple[_Range, int, str, tuple[int, int]]]:
    """Yield the sentences of one text: the part it belongs to, the column and its word, the place."""
    for part in ranges:
        if part.doc_id == text.doc_id:
            for col, word in words:
                for place in text.containing(word, part.start, part.end):
                    yield part, col, word, place


def _sentence(text: Sentences, cell: tuple[int, int], place: tuple[int, int], word: str) -> Passage:
    """Return a sentence with a word as a passage of a cell."""
    section, page = text.place(*place)
    return Passage(
        row=cell[0],
        col=cell[1],
        doc_id=text.doc_id,
        source_name=text.name,
        section=section,
        page=page,
        start=place[0],
        end=place[1],
        quote=text.raw[place[0] : place[1]],
        context=None,
        coder=None,
        rule=f"词：{word}",
        ref="",
    )
