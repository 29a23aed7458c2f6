"""Matrices as workbooks: the matrix, every passage behind it (a cell leads to its own), and how to read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.core.errors import PipelineError
from pipeline.table.cells import plain_number
from pipeline.table.matrices import PERCENTS, UNITS, Matrix, Percent, passages
from pipeline.table.matrices_axes import Head
from pipeline.table.matrices_frame import Framework, Passage, read_passages, room
from pipeline.table.words import unwrap
from pipeline.table.workbook import MAX_CELL, MAX_ROWS, bare_workbook, cell_text

MAX_COLUMNS, MAX_LINKS = 16_384, 65_000
# a sheet of more passages than this takes minutes to write and to open
ROOM = 200_000
DETAILS = "明细"
_HEADS = ("行", "列", "文件", "章节", "页", "起", "止", "原文", "所在句", "编码者", "规则", "编号")
_WIDTHS = (18, 18, 26, 28, 6, 8, 8, 60, 50, 20, 30, 34)
# points of a line; Excel takes rows up to 409 points
_LINE, _HIGHEST = 16, 400
_CELL_WIDTH, _COUNT_WIDTH = 56, 5
_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Written:
    """What went into a workbook: passages listed, passages for which the sheet had no room, cells cut."""

    passages: int
    left_out: int = 0
    cut: int = 0


def write_matrix(
    out: Path, found: Matrix, target: Path, *, percent: Percent | None = None, most: int | None = None
) -> Written:
    """Write a matrix with totals, its shares if asked for, and every passage behind it.

    Of each cell ``most`` passages, without it as many as ``ROOM`` rows hold. Raises PipelineError when it is too wide.
    """
    _check(len(found.cols.heads) + 2)
    most = min(room(found.behind, ROOM if most is None else MAX_ROWS - 1), most or MAX_ROWS)
    firsts, listed = _firsts(found.behind, most)
    left_out = sum(map(sum, found.behind)) - listed
    rows, cols = found.labels

    def fill(book: _Book) -> None:
        book.matrix(found, firsts)
        if percent is not None:
            book.shares(found, percent)
        table = passages(out, found, most=most, seconds=_SECONDS)
        lines = (one for batch in table.to_batches(max_chunksize=5_000) for one in read_passages(batch))
        book.details(lines, rows, cols)
        book.notes(found.name, [f"格中为{UNITS[found.unit]}", *found.notes, *_limits(left_out, most, 0)])

    _write(target, fill)
    return Written(listed, left_out)


def write_framework(found: Framework, target: Path) -> Written:
    """Write a grid of quotations with their places and, on a sheet of its own, every passage."""
    _check(2 * len(found.cols) + 1)
    most = room(_kept(found), MAX_ROWS - 1)
    firsts, listed = _firsts(_kept(found), most)
    left_out = sum(map(sum, found.behind)) - listed
    rows, cols = found.labels
    cut = 0

    def fill(book: _Book) -> None:
        nonlocal cut
        cut = book.framework(found, firsts)
        kept = (one for cell in _cells_in_order(found) for one in cell[:most])
        book.details(kept, rows, cols)
        book.notes(found.name, [*found.notes, *_limits(left_out, most, cut)])

    _write(target, fill)
    return Written(listed, left_out, cut)


def _cells_in_order(found: Framework) -> Iterable[Sequence[Passage]]:
    """Yield the passages of each cell, row by row."""
    cells = found.cells()
    return (cells[key] for key in sorted(cells))


def _kept(found: Framework) -> list[list[int]]:
    """Return how many passages of each cell a framework has."""
    counts = [[0] * len(found.cols) for _ in found.rows]
    for one in found.passages:
        counts[one.row][one.col] += 1
    return counts


def _limits(left_out: int, most: int, cut: int) -> list[str]:
    """Return what didn't fit, in words."""
    found = []
    if left_out:
        found.append(
            f"明细每格最多列 {most} 处，另有 {left_out} 处没有列出"
            if most < MAX_ROWS
            else f"另有 {left_out} 处没有列出"
        )
    if cut:
        found.append(f"{cut} 格超过单元格 {MAX_CELL} 字的上限，格末注明还有几处；全部见“{DETAILS}”")
    return found


def _check(columns: int) -> None:
    """Raise PipelineError when a sheet hasn't got so many columns."""
    if columns > MAX_COLUMNS:
        raise PipelineError(f"要 {columns} 列，Excel 最多 {MAX_COLUMNS} 列：请把行和列对调，或用“名称=值,值”只取要的列")


def _firsts(behind: Sequence[Sequence[int]], most: int) -> tuple[dict[tuple[int, int], int], int]:
    """Return the row of the sheet of passages (from 1) where each cell's begin, and how many there are in all."""
    found, at = {}, 0
    for r, row in enumerate(behind):
        for c, count in enumerate(row):
            if kept := min(count, most):
                found[r, c] = at + 2
                at += kept
    return found, at


def cell_of(passages_of: Sequence[Passage], *, more: int = 0, file: bool = True) -> tuple[str, bool]:
    """Return the quotations of a cell with their places, and whether some didn't fit; ``more`` aren't given at all."""
    lines: list[str] = []
    used, most = 0, MAX_CELL - 40
    for one in passages_of:
        line = f"“{one.text}”（{one.place(file=file)}）"
        units = len(line.encode("utf-16-le")) // 2 + 1
        if used + units > most and lines:
            return "\n".join([*lines, f"……另有 {len(passages_of) - len(lines) + more} 处，见“{DETAILS}”"]), True
        lines.append(line)
        used += units
    if more:
        lines.append(f"……另有 {more} 处")
    return "\n".join(lines), used > most


def _write(target: Path, fill: Callable[[_Book], None]) -> None:
    """Write a workbook; it appears only once it is complete. Raises PipelineError when it can't be written."""
    with bare_workbook(target) as opened:
        fill(_Book(opened))


@dataclass(slots=True)
class _Book:
    """A workbook being written."""

    workbook: Any
    formats: dict[str, Any] = field(init=False)
    links: int = 0

    def __post_init__(self) -> None:
        add = self.workbook.add_format
        head = {"bold": True, "bg_color": "#DDE6F0", "text_wrap": True, "valign": "vcenter"}
        self.formats = {
            "head": add(head | {"bottom": 1}),
            "top": add(head | {"bottom": 1, "align": "right"}),
            "n": add({"num_format": "#,##0"}),
            "zero": add({"num_format": "#,##0", "font_color": "#A0A0A0"}),
            "link": add({"num_format": "#,##0", "font_color": "#1F4E9E"}),
            "total": add({"num_format": "#,##0", "bold": True, "bg_color": "#F2F2F2"}),
            "count": add({"valign": "top", "font_color": "#1F4E9E"}),
            "share": add({"num_format": "0.0%"}),
            "wrap": add({"text_wrap": True, "valign": "top"}),
            "cell": add({"text_wrap": True, "valign": "top", "border": 1, "border_color": "#C8C8C8"}),
            "side": add(head | {"valign": "top", "border": 1, "border_color": "#C8C8C8"}),
            "plain": add({"valign": "top"}),
        } | {f"depth{n}": add(head | {"indent": n}) for n in range(9)}

    def matrix(self, found: Matrix, firsts: dict[tuple[int, int], int]) -> None:
        """Write the sheet of the matrix, with totals; a cell leads to its first passage."""
        sheet = self._grid(UNITS[found.unit], found, [*found.labels[1], "合计"])
        for r, row in enumerate(found.cells):
            self._side(sheet, r + 1, found.labels[0][r], found.rows.heads[r])
            for c, value in enumerate(row):
                name = "link" if (r, c) in firsts else "zero"
                self._link(sheet, (r + 1, c + 1), firsts.get((r, c)), name)
                self._number(sheet, (r + 1, c + 1), value, name)
            self._number(sheet, (r + 1, len(row) + 1), found.row_totals[r], "total")
        last = len(found.cells) + 1
        sheet.write_string(last, 0, "合计", self.formats["head"])
        for c, value in enumerate([*found.col_totals, found.total]):
            self._number(sheet, (last, c + 1), value, "total")
        if found.cells and found.cols.heads:
            scale = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#9DC3E6"}
            sheet.conditional_format(1, 1, len(found.cells), len(found.cols.heads), scale)

    def shares(self, found: Matrix, by: Percent) -> None:
        """Write the sheet of shares."""
        sheet = self._grid(PERCENTS[by], found, found.labels[1])
        for r, row in enumerate(found.shares(by)):
            self._side(sheet, r + 1, found.labels[0][r], found.rows.heads[r])
            for c, value in enumerate(row):
                if value is not None:
                    sheet.write_number(r + 1, c + 1, value, self.formats["share"])

    def _grid(self, name: str, found: Matrix, heads: Sequence[str]) -> Any:
        """Return a new sheet with its heads."""
        sheet = self.workbook.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        _page(sheet)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, max(len(heads), 1), 16 if found.unit == "money" else 12)
        sheet.set_row(0, 2 * _LINE + 4)
        sheet.write_string(0, 0, cell_text(f"{found.rows.zh} \\ {found.cols.zh}"), self.formats["head"])
        for c, head in enumerate(heads):
            sheet.write_string(0, c + 1, cell_text(unwrap(head)), self.formats["top"])
        return sheet

    def _side(self, sheet: Any, row: int, label: str, head: Head) -> None:
        """Write the head of a row, indented as deep as it lies."""
        sheet.write_string(row, 0, cell_text(unwrap(label)), self.formats[f"depth{min(head.depth, 8)}"])

    def _link(self, sheet: Any, cell: tuple[int, int], first: int | None, form: str) -> None:
        """Let a cell lead to a row of the passages; what is written after it stands in the cell."""
        if first is not None and self.links < MAX_LINKS:
            self.links += 1
            sheet.write_url(*cell, f"internal:'{DETAILS}'!A{first}", self.formats[form], DETAILS)

    def _number(self, sheet: Any, cell: tuple[int, int], value: Any, form: str) -> None:
        """Write a number; nothing where there is none."""
        if value is not None:
            plain = plain_number(value) if isinstance(value, Decimal) else value
            sheet.write_number(*cell, plain, self.formats[form])

    def framework(self, found: Framework, firsts: dict[tuple[int, int], int]) -> int:
        """Write the sheet of quotations; return how many cells were cut."""
        sheet = self.workbook.add_worksheet("框架矩阵" if found.name != "案例比较" else "案例比较")
        rows, cols = found.labels
        sheet.freeze_panes(1, 1)
        _page(sheet)
        sheet.set_column(0, 0, 24)
        sheet.write_string(0, 0, found.zh, self.formats["head"])
        for c, head in enumerate(cols):
            sheet.set_column(2 * c + 1, 2 * c + 1, _COUNT_WIDTH)
            sheet.set_column(2 * c + 2, 2 * c + 2, _CELL_WIDTH)
            sheet.write_string(0, 2 * c + 1, "处", self.formats["top"])
            sheet.write_string(0, 2 * c + 2, cell_text(unwrap(head)), self.formats["head"])
        cells, cut = found.cells(), 0
        for r, label in enumerate(rows):
            texts = []
            for c in range(len(cols)):
                there = cells.get((r, c), ())
                text, was_cut = cell_of(there, more=found.behind[r][c] - len(there), file=not found.by_document)
                texts.append(text)
                cut += was_cut
            sheet.set_row(r + 1, min(_HIGHEST, _LINE * max([1, *map(_lines, texts)]) + 4))
            note = found.rows[r].note
            head = f"{label}\n{note}" if note not in ("", label) else label
            sheet.write_string(r + 1, 0, cell_text(head), self.formats["side"])
            self._quotations(sheet, r, texts, found.behind[r], firsts)
        return cut

    def _quotations(
        self, sheet: Any, r: int, texts: Sequence[str], behind: Sequence[int], firsts: dict[tuple[int, int], int]
    ) -> None:
        """Write the cells of one row, before each the number of its passages, which leads to the first.

        The quotations themselves are no links: LibreOffice would show them on one line.
        """
        for c, text in enumerate(texts):
            if not text:
                sheet.write_blank(r + 1, 2 * c + 2, None, self.formats["cell"])
                continue
            self._link(sheet, (r + 1, 2 * c + 1), firsts.get((r, c)), "count")
            self._number(sheet, (r + 1, 2 * c + 1), behind[c], "count")
            sheet.write_string(r + 1, 2 * c + 2, cell_text(text), self.formats["cell"])

    def details(self, found: Iterable[Passage], rows: Sequence[str], cols: Sequence[str]) -> None:
        """Write the sheet of passages."""
        sheet = self.workbook.add_worksheet(DETAILS)
        sheet.freeze_panes(1, 2)
        _page(sheet)
        for c, (head, width) in enumerate(zip(_HEADS, _WIDTHS, strict=True)):
            sheet.set_column(c, c, width)
            sheet.write_string(0, c, head, self.formats["head"])
        at = 0
        for at, one in enumerate(found, 1):
            line = (rows[one.row], cols[one.col], one.source_name, one.section, one.page, one.start, one.end)
            texts = (one.quote, one.context, one.coder, one.rule, one.ref)
            for c, value in enumerate((*line, *texts)):
                if isinstance(value, str):
                    form = self.formats["wrap" if c in (7, 8) else "plain"]
                    sheet.write_string(at, c, cell_text(unwrap(value)), form)
                elif value is not None:
                    sheet.write_number(at, c, value, self.formats["plain"])
        sheet.autofilter(0, 0, max(at, 1), len(_HEADS) - 1)

    def notes(self, name: str, lines: Sequence[str]) -> None:
        """Write the sheet that says how to read the others."""
        sheet = self.workbook.add_worksheet("说明")
        sheet.set_column(0, 0, 100)
        more = [f"点格中（引文前）的数字可到“{DETAILS}”中它的第一处"]
        if self.links >= MAX_LINKS:
            more = [f"只有前 {MAX_LINKS} 格有链接（Excel 的上限），其余可在“{DETAILS}”中按行、列筛选"]
        for r, text in enumerate([name, *lines, *more, "起、止是原始文本（raw_text）中的字符位置，从 0 起，不含“止”"]):
            sheet.write_string(r, 0, cell_text(unwrap(text)), self.formats["head" if not r else "wrap"])


def _page(sheet: Any) -> None:
    """Let a sheet print across, as wide as the page, with its heads on each page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _lines(text: str) -> int:
    """Return how many lines a text takes in a cell of a framework."""
    wide = [len(line) + sum(char > "\u2e7f" for char in line) for line in text.split("\n")]
    return sum(max(1, -(-width // (_CELL_WIDTH - 2))) for width in wide)
