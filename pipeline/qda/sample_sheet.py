"""A sample of clauses as a workbook that a person fills in, and back as a Reading.

Sheet 抽样: a row for each clause with a column for each code, to be filled with 1. A row counts as read when 已读 or
one of its codes is filled: an empty row is one nobody has looked at, not one without codes. Its clause is known by the
hidden column 编号 (「doc_id:start-end」, raw offsets), its codes by the headings 「名称（codebook:code）」; both may be
sorted, and rows and columns may be left out. Only the rows read count as read: ``Reading.stretches``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.core.errors import PipelineError, UnreadableFile
from pipeline.core.issues import issue
from pipeline.ingest.grid import Grid, Line
from pipeline.ingest.xlsx import sheets_of
from pipeline.table.people import Reading, Stretch, coding_id
from pipeline.table.query import connect
from pipeline.table.schema import CodeRow, CodingRow
from pipeline.table.words import unwrap
from pipeline.table.workbook import Look, Sheet, workbook

SHEET, NOTES, CODES = "抽样", "说明", "代码"
_ID, _READ, _CODER = "编号", "已读", "编码者"
_UNNAMED = "（请把这一格改成您的姓名）"
_HEADS = ("序号", "文件名", "章节", "条款", _READ)
_CODE = re.compile(r"（([\w\-]+):([\w\-]+)）\s*$")
_PLACE = re.compile(r"(.+):(\d+)-(\d+)")
_YES = frozenset(["1", "1.0", "√", "✓", "✔", "v", "V", "y", "Y", "是", "有", "对", "true", "TRUE", "True"])
_NO = frozenset(["", "0", "0.0", "否", "无", "false", "FALSE", "False"])
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')  # what names of files can't have
_MOST_CHARS, _MOST_ROWS, _LISTED = 50_000_000, 100_000, 20
_HOW = (
    ("怎么填", "“抽样”页一行一条。属于某个代码就在它的列里填 1，可填几个；都不属于就只填“已读”。"),
    ("已读", "没有填代码、也没有填“已读”的行，算作没有读过，不参加比较。"),
    ("上级代码", "填了下级代码，上级不必再填：比较时下级的编码也算上级的。各代码的定义见“代码”页。"),
    ("不要改动", "请不要改条款的文字、各列的标题和最右边隐藏的“编号”列；行的次序可以改。"),
    ("收回", "填好后：cewen agreement 结果 --filled 本文件.xlsx，或 cewen import 结果 本文件.xlsx"),
)


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A clause as it is shown: place (raw offsets), file name, section and text."""

    doc_id: str
    start: int
    end: int
    source_name: str
    section: str
    text: str


def write_sample(rows: Sequence[SampleRow], codes: Sequence[CodeRow], drawn: str, target: Path) -> None:
    """Write the workbook; ``drawn`` says how the sample was drawn."""
    heads = (*_HEADS, *(f"{code.name}（{code.codebook}:{code.code}）" for code in codes), _ID)
    looks = [Look(6), Look(24), Look(24), Look(70, wrap=True), Look(6)]
    looks += [*[Look(12)] * len(codes), Look(30, hidden=True)]
    blank = [None] * (1 + len(codes))
    with workbook(target) as book:
        lines = (
            [number, row.source_name, unwrap(row.section), unwrap(row.text), *blank, _id(row)]
            for number, row in enumerate(rows, 1)
        )
        notes = [(_CODER, _UNNAMED), *_HOW, ("抽样", drawn)]
        book.sheet(Sheet(SHEET, heads, looks, len(_HEADS)), lines)
        book.workbook.get_worksheet_by_name(SHEET).data_validation(
            1, len(_HEADS) - 1, max(len(rows), 1), len(heads) - 2, {"validate": "list", "source": ["1"]}
        )
        book.sheet(Sheet(NOTES, ("条目", "说明"), (Look(14), Look(100, wrap=True))), notes)
        defined = ((c.codebook, c.code_path, c.name, c.definition) for c in codes)
        columns = (Look(18), Look(30), Look(20), Look(90, wrap=True))
        book.sheet(Sheet(CODES, ("编码本", "代码路径", "名称", "定义"), columns), defined)


def _id(row: SampleRow) -> str:
    """Return what a clause is known by."""
    return f"{row.doc_id}:{row.start}-{row.end}"


def read_sample(out: Path, path: Path, *, imported: str, coder: str = "") -> Reading:
    """Return what the filled workbook ``path`` says about the run in ``out``; ``coder`` goes before the name in it.

    Raises PipelineError with every mistake: no such sheet, no name, an unknown code or clause, a clause whose text is
    another in the run, a cell that is neither yes nor no.
    """
    grids = {grid.name: grid for grid in _grids(path)}
    if SHEET not in grids:
        raise PipelineError(f"{path}: 没有“{SHEET}”页，不是 cewen agreement --sample 写的表")
    name = coder or _coder(grids.get(NOTES))
    mistakes = [] if name else [f"{path}: 没有编码者的姓名，请写在“{NOTES}”页“{_CODER}”一行"]
    with connect(out) as connection:
        sql = "SELECT codebook, code, code_path, parent, name, definition, source FROM codes"
        codes = {(str(row[0]), str(row[1])): CodeRow(*row) for row in connection.execute(sql).fetchall()}
        sheet = _Filled(path, grids[SHEET], codes, mistakes)
        ids = list(dict.fromkeys(place[0] for place, _ in sheet.found))
        sql = "SELECT doc_id, raw_text FROM documents WHERE list_contains(?, doc_id)"
        texts = {str(key): str(text or "") for key, text in connection.execute(sql, [ids]).fetchall()}
    sheet.check(texts)
    if not sheet.found and len(mistakes) == (not name):
        mistakes.append(f"{path}: 一行也没有填：没有代码、也没有“{_READ}”的行算作没有读过")
    if mistakes:
        raise PipelineError(*mistakes[:_LISTED], *_more(mistakes))
    file = _UNSAFE.sub("_", f"{name}·{path.name}")
    reading = _reading(file, imported, name, sheet.found, (texts, codes))
    return replace(reading, codebooks=sheet.codebooks())


def is_sample(path: Path) -> bool:
    """Tell whether a file is a sample workbook, filled or not; one that can't be read is none."""
    if path.suffix.casefold() != ".xlsx" or not path.is_file():
        return False
    try:
        found = sheets_of(path.read_bytes(), path.name, max_chars=_MOST_CHARS, most_rows=_MOST_ROWS)
    except (OSError, UnreadableFile):
        return False  # the reader of coded files says what is wrong with it
    firsts = [next(iter(grid.lines), Line(1, {})).cells.values() for grid, _ in found if grid.name == SHEET]
    return any({_ID, _READ} & {text.strip() for text in first} for first in firsts)


def _more(mistakes: Sequence[str]) -> list[str]:
    """Return how many mistakes aren't listed."""
    return [f"另有 {len(mistakes) - _LISTED} 处同样的错误"] if len(mistakes) > _LISTED else []


def _grids(path: Path) -> list[Grid]:
    """Return the sheets of a workbook. Raises PipelineError when it can't be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PipelineError(f"{path}: 读不出来（{error.strerror}）") from error
    try:
        found = sheets_of(content, path.name, max_chars=_MOST_CHARS, most_rows=_MOST_ROWS)
    except UnreadableFile as error:
        detail: dict[str, Any] = {"name": path.name, **error.detail}
        raise PipelineError(issue("ingest", error.code, **detail).message) from error
    filtered = [
        f"{path}: “{grid.name}”页有 {hidden} 行被隐藏或筛选掉，请取消后保存再收回" for grid, hidden in found if hidden
    ]
    if filtered:
        raise PipelineError(*filtered)
    return [grid for grid, _ in found]


def _coder(notes: Grid | None) -> str:
    """Return the name in the notes; empty when there is none."""
    lines = notes.lines if notes else []
    name = next((line.cells.get(1, "").strip() for line in lines if line.cells.get(0, "").strip() == _CODER), "")
    return "" if name == _UNNAMED else name


_Place = tuple[str, int, int]


class _Filled:
    """The rows of a filled sheet that were read: place and codes; mistakes go to the list handed in."""

    def __init__(self, path: Path, grid: Grid, codes: Mapping[tuple[str, str], CodeRow], mistakes: list[str]) -> None:
        """Read all rows."""
        self.path, self.mistakes = path, mistakes
        self.found: list[tuple[_Place, tuple[tuple[str, str], ...]]] = []
        self._texts: list[tuple[int, str]] = []
        lines = iter(grid.lines)
        heads = next(lines, Line(1, {})).cells
        places = {text.strip(): column for column, text in heads.items()}
        self._columns = dict(self._codes(heads, codes))
        if lacking := [head for head in (_ID, _READ, "条款") if head not in places]:
            mistakes.append(f"{path}: “{SHEET}”页缺少列 {'、'.join(lacking)}")
            return
        for line in lines:
            self._row(line, places)

    def _codes(
        self, heads: Mapping[int, str], codes: Mapping[tuple[str, str], CodeRow]
    ) -> Iterator[tuple[int, tuple[str, str]]]:
        """Yield column and code of each heading of a code."""
        for column, text in heads.items():
            if found := _CODE.search(text):
                key = (found[1], found[2])
                if key in codes:
                    yield column, key
                else:
                    self.mistakes.append(f"{self.path}: 运行结果里没有代码 {key[0]}:{key[1]}（列“{text.strip()}”）")

    def _row(self, line: Line, places: Mapping[str, int]) -> None:
        """Read one row; one that nobody filled says nothing."""
        given = tuple(key for column, key in self._columns.items() if self._yes(line, column))
        if not given and not self._yes(line, places[_READ]):
            return
        place = _PLACE.fullmatch(line.cells.get(places[_ID], "").strip())
        if place is None:
            self.mistakes.append(f"{self.path}: “{SHEET}”页第 {line.number} 行的编号缺失或被改动，不知道是哪一条")
            return
        self.found.append(((place[1], int(place[2]), int(place[3])), given))
        self._texts.append((line.number, line.cells.get(places["条款"], "")))

    def _yes(self, line: Line, column: int) -> bool:
        """Tell whether a cell says yes."""
        text = line.cells.get(column, "").strip()
        if text not in _YES and text not in _NO:
            self.mistakes.append(
                f"{self.path}: “{SHEET}”页第 {line.number} 行第 {column + 1} 列“{text}”看不懂，应为 1 或空"
            )
        return text in _YES

    def codebooks(self) -> tuple[str, ...]:
        """Return the codebooks the sheet has columns of."""
        return tuple(dict.fromkeys(book for book, _ in self._columns.values()))

    def check(self, texts: Mapping[str, str]) -> None:
        """Note rows whose clause isn't in the run, or has another text there."""
        for ((doc_id, start, end), _), (number, text) in zip(self.found, self._texts, strict=True):
            if doc_id not in texts:
                self.mistakes.append(f"{self.path}: “{SHEET}”页第 {number} 行的文档 {doc_id} 不在这次运行里")
            elif _plain(texts[doc_id][start:end]) != _plain(text):
                self.mistakes.append(
                    f"{self.path}: “{SHEET}”页第 {number} 行的条款与运行结果的原文不同，请不要改动条款"
                )


def _plain(text: str) -> str:
    """Return a text as it's compared: as long as a cell takes, without what cells don't keep."""
    return re.sub(r"[\s\x00-\x1f\x7f\ufffd]+", "", text)[:1000]


def _reading(
    name: str,
    imported: str,
    coder: str,
    found: Iterable[tuple[_Place, tuple[tuple[str, str], ...]]],
    known: tuple[Mapping[str, str], Mapping[tuple[str, str], CodeRow]],
) -> Reading:
    """Return the Reading of the rows read."""
    texts, codes = known
    stretches: dict[Stretch, None] = {}
    rows: dict[str, CodingRow] = {}
    for (doc_id, start, end), given in found:
        stretches[Stretch(doc_id, start, end)] = None
        for book, code in given:
            key = coding_id(doc_id, start, end, book, code, coder)
            rows[key] = CodingRow(
                coding_id=key,
                doc_id=doc_id,
                codebook=book,
                code=code,
                code_path=codes[book, code].code_path,
                start=start,
                end=end,
                quote=texts[doc_id][start:end],
                coder=coder,
                score=None,
                rule=None,
                created=imported,
                page=None,
                boxes=None,
            )
    doc_ids = tuple(dict.fromkeys(stretch.doc_id for stretch in stretches))
    return Reading(name, imported, (coder,), doc_ids, (), tuple(rows.values()), stretches=tuple(stretches))
