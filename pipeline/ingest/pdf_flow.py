"""All pages of a PDF as one flow: furniture found by repetition, tables joined over page breaks, blocks in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.core.layers import BlockKind
from pipeline.ingest.builder import PrintedLine, TextBuilder
from pipeline.ingest.pdf_furniture import Face, find_furniture
from pipeline.ingest.pdf_glyphs import Box, turned, unturn
from pipeline.ingest.pdf_page import PageParts, in_order
from pipeline.ingest.pdf_tables import Printed, Table, goes_on, join_tables

_GOES_ON = re.compile(r"[（(]?续 ?表[\d—\-.一二三四五六七八九十 ]*[）)]?|[（(](?:上页)?(?:续|接上[页表])[）)]")

_MARKED = re.compile(
    r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|第[一二三四五六七八九十百\d]{1,4}[章节条]|"
    r"\d{1,2}(?:[、．]|\.(?!\d))|附[件录]"
)
_ENDS = re.compile(r"[。！？!?；：…][”’」』）)》〉]*\s*$")


@dataclass(frozen=True, slots=True)
class _Item:
    """A line of text, of a footnote or of furniture, or the parts of a table, in the order of the text."""

    page: int
    text: Printed | None = None
    furniture: bool = False
    note: bool = False
    parts: tuple[Table, ...] = ()


def write_flow(pages: Sequence[PageParts], builder: TextBuilder) -> None:
    """Add the text of all pages to ``builder``."""
    flow = _notes_after_paragraphs(_flow(pages))
    page = 0
    number = 0
    for item in flow:
        if item.text is not None:
            kind: BlockKind = "furniture" if item.furniture else "line"
            line = _printed(item.text, "\n")
            before, page = ("\f", item.page) if item.page > page else ("\n", page)
            builder.add_printed([line], kind, before=before, page=item.page, box=line.box)
        else:
            table, _ = join_tables(item.parts)
            page = _write_table(table, number, page, builder)
            number += 1


def _write_table(table: Table, number: int, page: int, builder: TextBuilder) -> int:
    """Add a table's cells, rows parted by new lines and cells by tabs; return the page reached after ``page``."""
    row = -1
    for cell in table.cells:
        before = "\t" if cell.row == row else "\n"
        row = cell.row
        if before == "\n" and cell.page > page:
            before = "\f"
        page = max(page, cell.page)
        lines = []
        for printed in cell.lines:
            # one form feed for a new page, though several cells of a row may reach into it
            lines.append(_printed(printed, "\f" if printed.page > page else "\n"))
            page = max(page, printed.page)
        builder.add_printed(
            lines,
            "cell",
            before=before,
            page=cell.page,
            box=_rounded(unturn(cell.box, table.turn)),
            cell=(number, cell.row, cell.column),
        )
    return page


def _flow(pages: Sequence[PageParts]) -> list[_Item]:
    """Return the items of all pages; a table that goes on is one item, furniture on its way stands before it."""
    flow: list[_Item] = []
    for page, (above, body, below) in zip(pages, _by_page(pages), strict=True):
        last = next((i for i in range(len(flow) - 1, -1, -1) if not flow[i].furniture), None)
        table = flow[last].parts if last is not None else ()
        aside = 1 if len(body) > 1 and body[0].text and _GOES_ON.fullmatch(body[0].text.line.text.strip()) else 0
        parts = body[aside].parts if len(body) > aside else ()
        if last is not None and table and parts and _adjoin(table[-1], parts[0], page.number):
            moved = [*flow[last + 1 :], *above, *(_as_furniture(item) for item in body[:aside])]
            joined = _Item(flow[last].page, parts=(*table, *parts))
            repeated = join_tables((table[0], parts[0]))[1]
            moved += [_Item(page.number, text=printed, furniture=True) for printed in repeated]
            flow[last:] = [*moved, joined, *body[aside + 1 :], *below]
        else:
            flow += [*above, *body, *below]
    return flow


def _notes_after_paragraphs(flow: Sequence[_Item]) -> list[_Item]:
    """Return the items with each page's footnotes after the paragraph that goes on on the next page."""
    result: list[_Item] = []
    held: list[_Item] = []
    last: Printed | None = None  # the line of text before
    right = 0.0  # where lines of its page end
    for item in flow:
        if item.note and (held or (last is not None and _is_cut(last, right))):
            held.append(item)
            continue
        if held and not item.furniture and (item.text is None or _begins_anew(last, item.text, right)):
            result += held
            held = []
        result.append(item)
        if item.note or (item.text is None and item.parts):
            last = None
        elif item.text is not None and not item.furniture:
            x1 = item.text.line.x1
            right = max(right, x1) if last is not None and last.page == item.page else x1
            last = item.text
    return [*result, *held]


def _is_cut(last: Printed, right: float) -> bool:
    """Tell whether a page's last line goes on on the next page."""
    return not _ENDS.search(last.line.text) and last.line.x1 >= right - 3 * last.line.height


def _begins_anew(last: Printed | None, printed: Printed, right: float) -> bool:
    """Tell whether a line begins a paragraph: by its marker, after a sentence's end by its place."""
    line = printed.line
    if last is None or _MARKED.match(line.text.strip()):
        return True
    if not _ENDS.search(last.line.text):
        return False
    short = last.line.x1 < right - last.line.height
    return printed.page == last.page and (line.x0 > last.line.x0 + line.height or short)


def _as_furniture(item: _Item) -> _Item:
    """Return a line as furniture."""
    return _Item(item.page, text=item.text, furniture=True)


def _adjoin(first: Table, second: Table, page: int) -> bool:
    """Tell whether ``second``, first on ``page``, is the rest of ``first``, last on the page before."""
    return first.page == page - 1 and goes_on(first, second)


def _by_page(pages: Sequence[PageParts]) -> Iterator[tuple[list[_Item], list[_Item], list[_Item]]]:
    """Yield for each page the furniture at its top, its text and tables, the furniture at its bottom."""
    faces = []
    for page in pages:
        for sheet in page.sheets:
            _, bottom, _, top = turned(page.box, sheet.turn)
            faces.append(Face(page.number, sheet.turn, top, bottom, sheet.pieces))
    gone = find_furniture(faces)
    number = 0
    for page in pages:
        above: list[_Item] = []
        below: list[_Item] = []
        body: list[_Item] = []
        for sheet in page.sheets:
            face, out = faces[number], gone.get(number, set())
            number += 1
            for index in sorted(out):
                piece = sheet.pieces[index]
                upper = (piece.y0 + piece.y1) / 2 > (face.top + face.bottom) / 2
                printed = Printed(piece, page.number, sheet.turn)
                (above if upper else below).append(_Item(page.number, text=printed, furniture=True))
            items, notes = in_order(sheet, page.number, out)
            for index, item in enumerate(items):
                if isinstance(item, Table):
                    body.append(_Item(page.number, parts=(item,)))
                else:
                    body.append(_Item(page.number, text=item, note=index >= len(items) - notes))
        yield above, body, below


def _printed(printed: Printed, before: str) -> PrintedLine:
    """Return a line for the builder, its box in the page's own coordinates."""
    box = _rounded(unturn(printed.line.box, printed.turn))
    return PrintedLine(printed.line.text, printed.page, box, printed.turn, before)


def _rounded(box: Box) -> Box:
    """Return a box to a tenth of a point."""
    x0, y0, x1, y1 = (round(value, 1) for value in box)
    return x0, y0, x1, y1
