"""Passages in a grid: the framework matrix (document × code → quotations); matrices and grids as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.table.matrices import EVERY, UNITS, Matrix, Percent, Question, distinct, matrix, passages
from pipeline.table.matrices_axes import Axis, Head
from pipeline.table.query import SECONDS
from pipeline.table.words import unwrap

if TYPE_CHECKING:
    import pyarrow as pa

VERSION = 1


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage in the cell (``row``, ``col``): its document and place, and why it stands there.

    ``context`` is the sentence of a measure; ``ref`` the id of the coding, measure or document, empty for words found.
    """

    row: int
    col: int
    doc_id: str
    source_name: str
    section: str | None
    page: int | None
    start: int
    end: int
    quote: str | None
    context: str | None
    coder: str | None
    rule: str | None
    ref: str

    @property
    def text(self) -> str:
        """The passage on one line: the sentence where there is one."""
        return unwrap(self.context or self.quote or "")

    def place(self, *, file: bool = True) -> str:
        """Return where it stands: 「甲.pdf，一、 引才，第2页，12–45」."""
        parts = [self.source_name if file else "", self.section or "", f"第{self.page}页" if self.page else ""]
        return "，".join([*(unwrap(part) for part in parts if part), f"{self.start}–{self.end}"])


@dataclass(frozen=True, slots=True)
class Framework:
    """A grid of passages, in the order of rows, columns, documents and places.

    ``behind`` counts all passages of each cell; of a cell that has very many ``passages`` may hold fewer.
    """

    name: str
    zh: str
    rows: tuple[Head, ...]
    cols: tuple[Head, ...]
    behind: tuple[tuple[int, ...], ...]
    passages: tuple[Passage, ...]
    notes: tuple[str, ...] = ()
    by_document: bool = False

    @property
    def labels(self) -> tuple[list[str], list[str]]:
        """The labels of rows and columns, equal ones told apart."""
        return distinct(self.rows), distinct(self.cols)

    def cells(self) -> Mapping[tuple[int, int], Sequence[Passage]]:
        """Return the passages of each cell that has some."""
        found: dict[tuple[int, int], list[Passage]] = {}
        for one in self.passages:
            found.setdefault((one.row, one.col), []).append(one)
        return found


def framework(out: Path, question: Question, *, most: int = EVERY, seconds: float = SECONDS) -> Framework:
    """Return the passages behind every cell of a matrix, at most ``most`` of each. Raises as ``matrix`` does."""
    found = matrix(out, question, seconds=seconds)
    return of_matrix(found, passages(out, found, most=most, seconds=seconds))


def of_matrix(found: Matrix, rows: pa.Table) -> Framework:
    """Return a matrix with its passages as a framework."""
    return Framework(
        name=f"框架矩阵：{found.name}",
        zh=found.rows.zh,
        rows=found.rows.heads,
        cols=found.cols.heads,
        behind=found.behind,
        passages=tuple(read_passages(rows)),
        notes=tuple(note for note in found.notes if "合计" not in note),
        by_document=found.rows.name == "document",
    )


def read_passages(found: pa.Table) -> list[Passage]:
    """Return the rows of ``matrices.passages``."""
    columns = [found.column(name).to_pylist() for name in Passage.__slots__]
    return [Passage(*row) for row in zip(*columns, strict=True)]


def room(behind: Sequence[Sequence[int]], most: int) -> int:
    """Return how many passages of each cell to keep so that there are at most ``most`` in all."""
    counts = [count for row in behind for count in row if count]
    if sum(counts) <= most:
        return EVERY
    low, high = 0, max(counts)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if sum(min(count, middle) for count in counts) <= most else (low, middle - 1)
    return low


def matrix_data(found: Matrix, *, percent: Percent | None = None) -> dict[str, Any]:
    """Return a matrix as plain data for JSON; see docs/matrices.md."""
    return {
        "kind": "matrix",
        "version": VERSION,
        "name": found.name,
        "question": asdict(found.question),
        "unit": {"name": found.unit, "label": UNITS[found.unit]},
        "rows": _axis(found.rows, found.row_totals, found.row_bases),
        "columns": _axis(found.cols, found.col_totals, found.col_bases),
        "cells": [list(row) for row in found.cells],
        "behind": [list(row) for row in found.behind],
        "total": found.total,
        "base": found.base,
        "percent": None if percent is None else {"by": percent, "cells": [list(row) for row in found.shares(percent)]},
        "notes": list(found.notes),
    }


def framework_data(found: Framework) -> dict[str, Any]:
    """Return a framework or comparison of cases as plain data for JSON; see docs/matrices.md."""
    return {
        "kind": "framework",
        "version": VERSION,
        "name": found.name,
        "rows": {"label": found.zh, "heads": _heads(found.rows)},
        "columns": {"heads": _heads(found.cols)},
        "behind": [list(row) for row in found.behind],
        "passages": [asdict(one) for one in found.passages],
        "notes": list(found.notes),
    }


def _axis(axis: Axis, totals: Sequence[Any], bases: Sequence[Any]) -> dict[str, Any]:
    """Return one side of a matrix as plain data."""
    heads = [
        head | {"total": total, "base": base}
        for head, total, base in zip(_heads(axis.heads), totals, bases, strict=True)
    ]
    return {"axis": axis.name, "label": axis.zh, "heads": heads}


def _heads(heads: Sequence[Head]) -> list[dict[str, Any]]:
    """Return heads as plain data; the key of a code is 「codebook:code」."""
    return [
        {"key": head.key.replace("\x1f", ":"), "label": head.label, "depth": head.depth, "note": head.note}
        for head in heads
    ]
