"""Where coders disagree: the unit, its text and place, and what each of them gave it with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.scoring.coders import Coded, CodeKey, Given
from pipeline.scoring.unit_sheet import Sheet
from pipeline.table.query import connect

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Evidence:
    """A code a coder gave a unit: the names from the top, whether all agree on it, the reason, what was marked."""

    codebook: str
    code: str
    path: str
    agreed: bool
    rule: str | None
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A unit not all coders who read it have coded alike; ``given`` by coder in the order of the sheet.

    ``section``: number and heading it stands under.
    """

    doc_id: str
    source_name: str
    section: str
    start: int
    end: int
    quote: str
    given: tuple[tuple[str, tuple[Evidence, ...]], ...]


def disagreeing(sheet: Sheet) -> list[int]:
    """Return the rows of the sheet that two coders have read and coded differently, in order."""
    values, read = sheet.coded & sheet.read, sheet.read
    some, not_all = np.any(values, axis=1), np.any(~sheet.coded & read, axis=1)
    differ = np.any(some & not_all, axis=1)
    return [int(row) for row in np.flatnonzero(differ)]


def disagreements(out: Path, coded: Coded, sheet: Sheet, rows: Sequence[int]) -> tuple[Disagreement, ...]:
    """Return these rows of the sheet with text, place and evidence."""
    wanted = list(dict.fromkeys(sheet.doc_ids[int(sheet.paper[row])] for row in rows))
    with connect(out) as connection:
        texts, sections = texts_of(connection, wanted)
    found = []
    for row in rows:
        doc = sheet.doc_ids[int(sheet.paper[row])]
        start, end = (int(place) for place in sheet.places[row])
        given = tuple(
            (coder.name, _evidence(coded, sheet, row, number))
            for number, coder in enumerate(sheet.coders)
            if sheet.read[row, number].any()
        )
        name, quote = coded.papers[doc].source_name, texts[doc][start:end]
        found.append(Disagreement(doc, name, section_at(sections[doc], start), start, end, quote, given))
    return tuple(found)


def texts_of(
    connection: duckdb.DuckDBPyConnection, doc_ids: Sequence[str]
) -> tuple[dict[str, str], dict[str, list[tuple[int, int, str]]]]:
    """Return the raw text of documents, and their sections in order: start, end, number with heading."""
    sections: dict[str, list[tuple[int, int, str]]] = {doc_id: [] for doc_id in doc_ids}
    sql = "SELECT doc_id, raw_text FROM documents WHERE list_contains(?, doc_id)"
    texts = {str(key): str(text or "") for key, text in connection.execute(sql, [list(doc_ids)]).fetchall()}
    sql = 'SELECT doc_id, start, "end", number, heading FROM sections WHERE list_contains(?, doc_id) ORDER BY rowid'
    for doc_id, start, end, number, heading in connection.execute(sql, [list(doc_ids)]).fetchall():
        sections[doc_id].append((start, end, f"{number}{heading}"))
    return texts, sections


def section_at(sections: Sequence[tuple[int, int, str]], at: int) -> str:
    """Return the deepest section around a place; empty when there is none."""
    return next((name for start, end, name in reversed(sections) if start <= at < end), "")


def _evidence(coded: Coded, sheet: Sheet, row: int, number: int) -> tuple[Evidence, ...]:
    """Return what a coder gave a unit, each code once and no parent of another, those not agreed on first."""
    start, end = sheet.places[row]
    columns = np.flatnonzero(sheet.coded[row, number] & sheet.read[row, number])
    codes = {sheet.codes[column]: bool(_alike(sheet, row, int(column))) for column in columns}
    parents = {
        CodeKey(key.codebook, above)
        for key, agreed in codes.items()
        for above in coded.codes[key].line[:-1]
        # a parent the others didn't give either is the same disagreement as its child
        if codes.get(CodeKey(key.codebook, above)) in (agreed, True)
    }
    coder = sheet.coders[number]
    doc = sheet.doc_ids[int(sheet.paper[row])]
    near = [given for given in coder.codings.get(doc, ()) if given.start < end and given.end > start]
    found = [_one(coded, key, agreed, near) for key, agreed in codes.items() if key not in parents]
    return tuple(sorted(found, key=lambda one: one.agreed))


def _alike(sheet: Sheet, row: int, column: int) -> bool:
    """Tell whether all who read a unit for a code gave it."""
    return bool(sheet.coded[row, sheet.read[row, :, column], column].all())


def _one(coded: Coded, key: CodeKey, agreed: bool, near: Sequence[Given]) -> Evidence:
    """Return the evidence for one code: the first coding of it in the unit, or of a child of it."""
    of_code = [given for given in near if given.key == key]
    of_child = [
        given for given in near if given.key.codebook == key.codebook and key.code in coded.codes[given.key].line
    ]
    first = (of_code or of_child)[0]
    return Evidence(*key, path_of(coded, key), agreed, first.rule, first.start, first.end, first.quote)


def path_of(coded: Coded, key: CodeKey) -> str:
    """Return the names of a code from the top down: 「引育用留/引」."""
    names = [
        coded.codes[one].name if (one := CodeKey(key.codebook, code)) in coded.codes else code
        for code in coded.codes[key].line
    ]
    return "/".join(names)
