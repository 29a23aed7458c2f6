"""What a PDF page draws, by pdfminer.six: the second reader, for what pdfium can't open or maps to no characters.

Its layout analysis isn't used: characters and paths become the same ``Drawn`` that pdfium's do, so that our layout
runs over both. It's ten times slower, and written in Python: a damaged file raises, it doesn't end the process.
"""

from __future__ import annotations

import io
import logging
import math
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from pdfminer import pdfexceptions, psexceptions
from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTChar, LTContainer, LTCurve, LTFigure
from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFNoValidXRef, PDFPasswordIncorrect
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.utils import decode_text

from pipeline.core.errors import UnreadableFile
from pipeline.ingest.pdf_glyphs import (
    BELOW,
    MOST_SHAPES,
    SKEW,
    UNMAPPED,
    Box,
    Drawn,
    Glyph,
    Point,
    filled_shape,
    sort_strokes,
    straight_strokes,
    to_sheets,
    turn_of,
    turned,
)

# All that pdfminer was seen to raise on damaged files: its own two families and what its parsing lets through.
DAMAGE = (
    pdfexceptions.PDFException,
    psexceptions.PSException,
    struct.error,
    zlib.error,
    AssertionError,
    AttributeError,
    LookupError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
    ZeroDivisionError,
    EOFError,
    NotImplementedError,
)
_UNKNOWN = re.compile(r"\(cid:\d+\)")  # so pdfminer writes a character that its font doesn't map
# The standard wants a new line here; CNKI's writer puts a space, and pdfminer then finds no page.
_XREF_ON_ONE_LINE = re.compile(rb"startxref[ \t](?=[ \t]*\d+\s*%%EOF)")
_HEADER = re.compile(rb"%PDF-\d")
_CATALOGUE = re.compile(rb"(\d{1,10})\s+\d+\s+obj\b(?:(?!endobj).){0,2000}?/Type\s*/Catalog\b", re.DOTALL)
_MOST_PAGES = 100_000
_MOST_TABLES = 1_000  # cross-reference tables, one for each time the file was saved
_MOST_FORMS = 10_000  # forms and pictures drawn on a page; forms that draw each other twice over never end
_DEEPEST = 20  # forms within forms
_MOST_ITEMS = 1_000_000  # characters and paths of a page, spaces and all


class MinedDocument:
    """A file as pdfminer sees it: its pages by index from 0, its title."""

    __slots__ = ("_device", "_document", "_interpreter", "_pages")

    def __init__(self, name: str, content: bytes) -> None:
        """Find the pages. Raises UnreadableFile: ``ingest.encrypted``, ``ingest.damaged``."""
        logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every odd font
        try:
            self._document, self._pages = _opened(_mended(content))
        except (PDFPasswordIncorrect, PDFEncryptionError) as error:
            raise UnreadableFile("ingest.encrypted", name=name) from error
        except (*DAMAGE, MemoryError) as error:
            raise UnreadableFile("ingest.damaged", name=name, detail="不是完整的 PDF，找不到页面") from error
        resources = PDFResourceManager()
        self._device = _Device(resources)
        self._interpreter = PDFPageInterpreter(resources, self._device)

    def __len__(self) -> int:
        """Return how many pages there are."""
        return len(self._pages)

    def drawn(self, index: int, most: int) -> Drawn | None:
        """Return what a page draws, None when it can't be read. Raises OverflowError(count), MemoryError.

        ``most`` is the greatest number of characters of a page.
        """
        if index >= len(self._pages):
            return None
        page = self._pages[index]
        page.rotate = 0  # coordinates are those of the page as it's stored
        self._device.begin()
        try:
            self._interpreter.process_page(page)
            glyphs = _glyphs(self._device.get_result(), page.mediabox)
            across, down, count = _rules(self._device.get_result(), page.mediabox)
        except DAMAGE:
            return None  # counted and reported as a damaged page
        total = sum(map(len, glyphs.values()))
        if total > most:
            raise OverflowError(total)
        return Drawn(to_sheets(glyphs, across, down), count > 0, _box(page))

    def title(self) -> str | None:
        """Return the title of the file's own metadata, or None."""
        for info in self._document.info:
            value = info.get("Title") if isinstance(info, dict) else None
            if isinstance(value, bytes) and (title := decode_text(value).strip("\x00 \t\r\n")):
                return title
        return None


class _Document(PDFDocument):
    """pdfminer's document, whose tables that name each other as their forerunners end."""

    def read_xref_from(self, parser: Any, start: int, xrefs: list[Any]) -> None:
        """Read the cross-reference table at ``start`` and those before it, each once."""
        seen: set[int] = self.__dict__.setdefault("_seen_tables", set())
        if start in seen:
            return
        if len(seen) >= _MOST_TABLES:
            raise PDFNoValidXRef(f"more than {_MOST_TABLES} cross-reference tables")
        seen.add(start)
        super().read_xref_from(parser, start, xrefs)


class _Device(PDFPageAggregator):
    """Collects what a page draws; a page that draws without end raises OverflowError."""

    def __init__(self, resources: PDFResourceManager) -> None:
        """Collect without pdfminer's own layout."""
        super().__init__(resources, laparams=None)
        self.begin()

    def begin(self) -> None:
        """Count from nothing: a page begins."""
        self.forms = self.depth = self.items = 0
        self.result = None
        self._stack: list[Any] = []

    def begin_figure(self, name: str, bbox: Any, matrix: Any) -> None:
        """Count a form or picture."""
        self.forms += 1
        self.depth += 1
        if self.forms > _MOST_FORMS or self.depth > _DEEPEST:
            raise RecursionError("forms without end")
        super().begin_figure(name, bbox, matrix)

    def end_figure(self, name: str) -> None:
        """Leave a form or picture."""
        self.depth -= 1
        super().end_figure(name)

    def render_char(self, matrix: Any, font: Any, fontsize: float, scaling: float, rise: float, *rest: Any) -> float:
        """Count a character; keep the size and rise that its box depends on, no size for vertical writing."""
        self._count()
        advance = super().render_char(matrix, font, fontsize, scaling, rise, *rest)
        letter: Any = self.cur_item._objs[-1]
        letter.set_as = (0.0 if font.is_vertical() else fontsize, rise)
        return float(advance)

    def paint_path(self, *args: Any, **kwargs: Any) -> None:
        """Count a path."""
        self._count()
        super().paint_path(*args, **kwargs)

    def _count(self) -> None:
        """Count one more thing drawn."""
        self.items += 1
        if self.items > _MOST_ITEMS:
            raise OverflowError(f"more than {_MOST_ITEMS} things on a page")


def _mended(content: bytes) -> bytes:
    """Return the file from its header on, as offsets count from there, with ``startxref`` as the standard wants it."""
    header = _HEADER.search(content)
    content = content[header.start() :] if header else content
    return _XREF_ON_ONE_LINE.sub(b"startxref\n", content)


def _opened(content: bytes) -> tuple[PDFDocument, list[PDFPage]]:
    """Return the document and its pages. Raises what pdfminer raises."""
    try:
        document = _Document(PDFParser(io.BytesIO(content)))
        return document, _pages(document)
    except (PDFPasswordIncorrect, PDFEncryptionError):
        raise
    except DAMAGE:
        # Without a trailer that it can use pdfminer finds no page. Given one, it lists the objects itself.
        cut = content[: content.rfind(b"endobj") + 6]  # beyond lies half an object, which would swallow the trailer
        document = _Document(PDFParser(io.BytesIO(cut.replace(b"trailer", b"ignored") + _trailer(content))))
        return document, _pages(document)


def _trailer(content: bytes) -> bytes:
    """Return a trailer that names the file's catalogue, an empty one when there's none: all pages then count."""
    found = [*_CATALOGUE.finditer(content)]
    root = b"%d 0 R" % int(found[-1][1]) if found else b"<< /Type /Catalog >>"
    return b"\ntrailer\n<< /Root %s >>\nstartxref\n0\n%%%%EOF\n" % root


def _pages(document: PDFDocument) -> list[PDFPage]:
    """Return the pages, up to the first that can't be made out. Raises what pdfminer raises when there's none."""
    pages: list[PDFPage] = []
    try:
        pages.extend(islice(PDFPage.create_pages(document), _MOST_PAGES))
    except DAMAGE:
        if not pages:
            raise
    if not pages:
        raise PDFNoValidXRef("找不到页面")
    return pages


def _box(page: PDFPage) -> Box:
    """Return the part of the sheet that's shown."""
    whole: Box = page.mediabox
    box = page.cropbox
    shown = max(whole[0], box[0]), max(whole[1], box[1]), min(whole[2], box[2]), min(whole[3], box[3])
    return shown if shown[0] < shown[2] and shown[1] < shown[3] else whole


def _items(holder: Any) -> Iterator[Any]:
    """Yield what a page draws in the file's order, what's in its forms and figures too."""
    for item in holder:
        if isinstance(item, LTFigure | LTContainer):
            yield from _items(item)
        else:
            yield item


def _glyphs(page: Any, origin: Sequence[float]) -> dict[int, list[Glyph]]:
    """Return the page's characters by turn, without spaces."""
    result: dict[int, list[Glyph]] = {}
    spaces = 0
    for item in _items(page):
        if not isinstance(item, LTChar):
            continue
        text = _text(item)
        if not text.strip("\xad"):
            continue
        if text.isspace():
            spaces += len(text)
            continue
        a, b = item.matrix[:2]
        turn = turn_of(math.atan2(b, a))
        box = _char_box(item, turn, origin)
        # a ligature is several characters side by side, as pdfium gives it
        wide = (box[2] - box[0]) / len(text)
        for place, character in enumerate(text):
            x0 = box[0] + place * wide
            glyph = Glyph(character, x0, box[1], x0 + wide, box[3], spaces)
            result.setdefault(turn, []).append(glyph)
            spaces = 0
    return result


def _text(item: Any) -> str:
    """Return the text of a character, UNMAPPED for what its font doesn't map."""
    text: str = item.get_text()
    if _UNKNOWN.fullmatch(text):
        return UNMAPPED
    return "".join(UNMAPPED if ord(c) < 32 and c not in "\t\n\f\r" else c for c in text)


def _char_box(item: Any, turn: int, origin: Sequence[float]) -> Box:
    """Return the box of a character in the coordinates of its sheet, of the height ours have (see pdf_glyphs)."""
    x, y = origin[0], origin[1]
    raw = turned((item.x0 + x, item.y0 + y, item.x1 + x, item.y1 + y), max(turn, 0))
    size, rise = item.set_as
    _, _, c, d, e, f = item.matrix
    em = size * math.hypot(c, d)
    if turn == SKEW or em <= 0:
        return raw
    left, base = e + c * rise + x, f + d * rise + y
    _, base, _, _ = turned((left, base, left, base), turn)
    return raw[0], base - BELOW * em, raw[2], base + (1 - BELOW) * em


def _rules(page: Any, origin: Sequence[float]) -> tuple[list[Box], list[Box], int]:
    """Return the page's level and upright rules and the number of things it draws."""
    across: list[Box] = []
    down: list[Box] = []
    count = shapes = 0
    for item in _items(page):
        count += 1
        if not isinstance(item, LTCurve) or not (item.stroke or item.fill):
            continue
        shapes += 1
        if shapes > MOST_SHAPES:
            return [], [], count
        points = _outline(item, origin)
        sort_strokes(straight_strokes(points) if item.stroke else filled_shape(points), across, down)
    return across, down, count


def _outline(item: Any, origin: Sequence[float]) -> list[Point]:
    """Return the points of a path on the page, none when a part of it is curved."""
    points: list[Point] = []
    for operator, *ends in item.original_path or ():
        if operator == "h":
            points.append(points[0])
        elif operator in "ml":
            points.append((ends[0][0] + origin[0], ends[0][1] + origin[1]))
        else:
            return []
    return points
