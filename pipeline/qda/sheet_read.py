"""Reads a plain table of codings (xlsx, csv, tsv): a row each, heads in Chinese or English, positions if there are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.core.errors import PipelineError, UnreadableFile
from pipeline.core.issues import issue
from pipeline.ingest.delimited import read_grid
from pipeline.ingest.grid import Grid, Line
from pipeline.ingest.xlsx import sheets_of
from pipeline.qda import memo
from pipeline.qda.code_match import split_path
from pipeline.qda.given import NOWHERE, Given, Trouble, position
from pipeline.qda.project import Mark, Paper, Project, Theme
from pipeline.table.cells import FORMULA_STARTS

# what a column may be called, the likeliest first
_HEADS = {
    "document": ("文档", "文件名", "文件", "文档名", "source_name", "document", "filename", "file", "doc", "source"),
    "doc_id": ("文档编号", "doc_id"),
    "start": ("起", "起点", "开始", "start", "start_offset"),
    "end": ("止", "终点", "结束", "end", "end_offset"),
    "quote": ("原文", "引文", "被编码的文字", "文字", "语句", "条款", "quote", "segment", "text", "clause"),
    "path": ("代码路径", "编码路径", "code_path", "codepath", "path"),
    "code": ("代码", "编码", "代码名称", "标签", "code", "label", "codename", "名称", "name"),
    "codebook": ("编码本", "codebook"),
    "coder": ("编码者", "编码人", "标注者", "coder", "annotator"),
    "created": ("编码时间", "时间", "created", "date"),
    "note": ("备注", "编码备注", "memo", "note", "comment"),
}
_HEAD_ROWS = 10
_MOST_CHARS, _MOST_ROWS = 100_000_000, 1_048_576
_SEVERAL = re.compile(r"[；;\n|]")


def read_sheet(file: Path) -> Given:
    """Return the codings of a table. Raises PipelineError when it can't be read or lacks a column it needs."""
    grids, hidden = _grids(file)
    for grid in grids:
        for place, line in enumerate(grid.lines[:_HEAD_ROWS]):
            columns = _columns(line)
            if _enough(columns):
                return _Table(file, _unmerged(grid, place + 1), columns).read(hidden)
    raise PipelineError(
        f"{file}: 没有找到编码表的表头。应有“文档”、“代码”和“原文”（或“起”“止”）各列，可有“编码者”“编码本”"
    )


def _grids(file: Path) -> tuple[Sequence[Grid], int]:
    """Return the sheets of a file, and how many rows of it are hidden."""
    try:
        content = file.read_bytes()
        if file.suffix.casefold() == ".xlsx":
            found = sheets_of(content, file.name, max_chars=_MOST_CHARS, most_rows=_MOST_ROWS)
            return [grid for grid, _ in found], sum(hidden for _, hidden in found)
        return [read_grid(file.name, content)], 0
    except UnreadableFile as error:
        detail: dict[str, Any] = {"name": str(file), **error.detail}
        raise PipelineError(issue("ingest", error.code, **detail).message) from error
    except OSError as error:
        raise PipelineError(f"{file}: 读不出来（{error.strerror}），请检查路径和权限") from error


def _unmerged(grid: Grid, first: int) -> list[Line]:
    """Return the rows from ``first`` on, with the value of a merged area in each of its rows."""
    values = {line.number: line.cells for line in grid.lines}
    fills: dict[int, dict[int, str]] = {}
    last = grid.lines[-1].number
    for top, left, bottom, _ in grid.merged:
        value = values.get(top, {}).get(left)
        if value:
            for number in range(top + 1, min(bottom, last) + 1):
                fills.setdefault(number, {})[left] = value
    return [Line(line.number, {**fills.get(line.number, {}), **line.cells}) for line in grid.lines[first:]]


def _columns(line: Line) -> dict[str, int]:
    """Return which column holds what."""
    heads: dict[str, int] = {}
    for column, cell in sorted(line.cells.items()):
        heads.setdefault(_plain(cell), column)
    found = {}
    for what, names in _HEADS.items():
        if (name := next((name for name in map(_plain, names) if name in heads), None)) is not None:
            found[what] = heads[name]
    return found


def _plain(head: str) -> str:
    """Return a head as it is compared."""
    return re.sub(r"[\s_\-]", "", unicodedata.normalize("NFKC", head).casefold())


def _enough(columns: dict[str, int]) -> bool:
    """Tell whether the columns say where which code was given."""
    placed = "quote" in columns or {"start", "end"} <= columns.keys()
    return placed and bool({"document", "doc_id"} & columns.keys()) and bool({"path", "code"} & columns.keys())


class _Table:
    """The rows of one table being read."""

    def __init__(self, file: Path, lines: Sequence[Line], columns: dict[str, int]) -> None:
        """Keep the rows."""
        self._file, self._lines, self._columns = file, lines, columns
        self._troubles: list[Trouble] = []
        self._themes: dict[tuple[str, ...], Theme] = {}

    def read(self, hidden: int) -> Given:
        """Return all codings by document, in the order of the rows; tell of rows that are hidden."""
        if hidden:
            self._troubles.append(Trouble("", f"{hidden} 行", "", "被隐藏或筛去，没有读，请取消筛选后再导入"))
        papers: dict[tuple[str, str], list[Mark]] = {}
        for line in self._lines:
            name, doc_id = self._cell(line, "document"), self._cell(line, "doc_id")
            if not name and not doc_id:
                self._troubles.append(Trouble("", f"第 {line.number} 行", self._quote(line), "没有写明文档"))
                continue
            marks = papers.setdefault((name or doc_id, doc_id), [])
            marks += self._marks(line, name or doc_id)
        found = tuple(Paper(name, "", tuple(marks), doc_id=doc_id) for (name, doc_id), marks in papers.items())
        coders = tuple(dict.fromkeys(mark.coder for paper in found for mark in paper.marks if mark.coder))
        project = Project(self._file.stem, found, tuple(self._themes.values()), coders, origin="table")
        return Given(project, tuple(self._troubles))

    def _marks(self, line: Line, document: str) -> Iterator[Mark]:
        """Yield the codings of a row; a row without a code says that the document was read."""
        quote = self._quote(line)
        start, end = (self._position(line, what) for what in ("start", "end"))
        codes = list(self._codes(line))
        if not quote and start == NOWHERE:
            if codes:
                self._troubles.append(Trouble(document, f"第 {line.number} 行", "", "没有原文，也没有起止位置"))
            return
        user = self._cell(line, "coder")
        coder = memo.user_name(user)
        for path in codes:
            yield Mark(start, end, path, coder, quote, self._cell(line, "note"), self._cell(line, "created"))

    def _codes(self, line: Line) -> Iterator[tuple[str, ...]]:
        """Yield the codes of a row, and keep what it says of their ids."""
        book = self._cell(line, "codebook")
        ids = _SEVERAL.split(self._cell(line, "code"))
        texts = _SEVERAL.split(self._cell(line, "path")) if self._cell(line, "path") else ids
        for place, text in enumerate(texts):
            path = split_path(text)
            if not path:
                continue
            known = ids[place].strip() if place < len(ids) else ""
            if book and path[0] != book:
                path = (book, *path)
            said = memo.pairs([(memo.CODE, f"{book}/{known}")]) if book and known else ""
            self._themes.setdefault(path, Theme(path, True, said))
            yield path

    def _cell(self, line: Line, what: str) -> str:
        """Return a cell of a row; empty when the table has no such column."""
        return line.cells.get(self._columns.get(what, -1), "").strip()

    def _quote(self, line: Line) -> str:
        """Return the quote, without the mark that keeps spreadsheets from taking it for a formula."""
        quote = self._cell(line, "quote")
        return quote[1:] if quote.startswith("'") and quote[1:].startswith(FORMULA_STARTS) else quote

    def _position(self, line: Line, what: str) -> int:
        """Return a position; ``NOWHERE`` without one."""
        return position(self._cell(line, what).replace(",", "").removesuffix(".0"))
