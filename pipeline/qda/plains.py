"""The exported text of single documents of a finished run, with the way back to the raw text."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from pathlib import Path

from pipeline.qda.parts import Item, own_pieces
from pipeline.qda.texts import Plain
from pipeline.table.cells import rows
from pipeline.table.schema import TABLES, DocumentRow

_COLUMNS = ("doc_id", "source_name", "raw_text", "clean_text", "n_chars")


def plains(out: Path, doc_ids: Collection[str]) -> dict[str, Plain]:
    """Return the exported text of each of ``doc_ids`` that has one whose way back to the raw text is known."""
    table = next(one for one in TABLES if one.row is DocumentRow)
    found: dict[str, Plain] = {}
    seen: set[str] = set()
    for raw, group in groupby(rows(out, table, names=_COLUMNS), key=lambda row: row[2]):
        members = [row for row in group if row[0] not in seen]
        seen.update(row[0] for row in members)
        if not raw or not any(row[0] in doc_ids for row in members):
            continue
        items = [Item(name, clean or "", n_chars or 0) for _, name, _, clean, n_chars in members]
        for row, pieces in zip(members, own_pieces(raw, items), strict=True):
            if pieces is not None and row[0] in doc_ids:
                found[row[0]] = Plain(raw, pieces)
    return found
