"""PDF with a text layer: one block for each printed line, with its page and box.

``text`` is the lines joined by ``\\n``; between two pages stands one ``\\f`` instead.
"""

from __future__ import annotations

import io
import itertools
import logging
import re
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pdfminer import layout, pdfexceptions, psexceptions
from pdfminer.converter import PDFPageAggregator
from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.utils import decode_text

from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.issues import Issue, issue
from pipeline.core.layers import RawText
from pipeline.ingest.builder import TextBuilder
from pipeline.ingest.ocr import Recogniser
from pipeline.ingest.ocr_pdf import PdfScans

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
_UNMAPPED = re.compile(r"\(cid:\d+\)")
_MOST_BESIDE = 0.1  # share of lines that may stand beside another on a page of one column
_XREF_ON_ONE_LINE = re.compile(rb"startxref[ \t](?=[ \t]*\d+\s*%%EOF)")


# in each thread the objects met so far on the page at hand: address → number and object; absent between pages
_met = threading.local()


@dataclass(slots=True)
class _Pages:
    """What was seen of the pages, numbers from 1."""

    count: int = 0
    damaged: list[int] = field(default_factory=list)


def read_pdf(source: Source, content: bytes, *, max_chars: int, ocr: Recogniser | None = None) -> RawText:
    """Return the text of all pages in reading order, one block a line, boxes in points.

    Pages without text layer are recognised if ``ocr`` is there. Those that can't be, damaged pages and unmapped
    characters are doubts. Raises UnreadableFile: ``ingest.encrypted``, ``ingest.damaged``, ``ingest.scanned``,
    ``ingest.not-recognised``, ``ingest.no-text``, ``ingest.too-long``.
    """
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every odd font
    # The standard wants a new line here; CNKI's writer puts a space, and pdfminer then finds no page.
    content = _XREF_ON_ONE_LINE.sub(b"startxref\n", content)
    document = _open(source.name, content)
    builder = TextBuilder(source.name, max_chars)
    pages, scans = _Pages(), PdfScans(source.name, content, ocr)
    for page_layout in _layouts(document, pages):
        _add_page(page_layout, builder, pages, scans)
    text = builder.text
    if not text:
        scans.refuse(pages.count)
        _refuse(source.name, pages)
    return RawText(
        text=text,
        media_type="application/pdf",
        n_pages=pages.count,
        blocks=builder.blocks,
        title=_title(document),
        doubts=(*_doubts(source.name, content, text, pages), *scans.doubts()),
    )


def _open(name: str, content: bytes) -> PDFDocument:
    """Return the parsed document. Raises UnreadableFile."""
    try:
        return PDFDocument(PDFParser(io.BytesIO(content)))
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise UnreadableFile("ingest.encrypted", name=name) from error
    except DAMAGE as error:
        raise UnreadableFile("ingest.damaged", name=name, detail=_words(error)) from error


def _layouts(document: PDFDocument, pages: _Pages) -> Iterator[layout.LTPage]:
    """Yield the pages' layouts; count them, and note those that can't be laid out."""
    # Chinese leading is wider than half a line, so the default line_margin makes every line a box of its own and mixes
    # columns; boxes_flow below 0 weighs the vertical order more (measured on two-column pages).
    parameters = layout.LAParams(line_margin=1.6, boxes_flow=-0.5, all_texts=True)
    resources = PDFResourceManager()
    device = PDFPageAggregator(resources, laparams=parameters)
    interpreter = PDFPageInterpreter(resources, device)
    stream = PDFPage.create_pages(document)
    while True:
        try:
            page = next(stream, None)
            if page is None:
                return
        except DAMAGE:
            pages.damaged.append(pages.count + 1)
            return
        pages.count += 1
        try:
            with _steady_ids():
                interpreter.process_page(page)
            result = device.get_result()
        except DAMAGE:
            pages.damaged.append(pages.count)
            continue
        yield result


@contextmanager
def _steady_ids() -> Iterator[None]:
    """Let pdfminer's layout break ties by the order in which it meets objects.

    It compares ``id()``, a memory address, so two boxes at one distance came in another order from run to run. The
    replacement stays in place, since other threads may be amid a page; those that don't ask for it get the address.
    """
    layout.__dict__["id"] = _steady_id
    _met.objects = {}
    try:
        yield
    finally:
        del _met.objects


def _steady_id(item: object) -> int:
    """Return the number of ``item`` on this thread's page, from 0; outside ``_steady_ids`` its ``id()``."""
    known: dict[int, tuple[int, object]] | None = getattr(_met, "objects", None)
    if known is None:
        return id(item)
    # the object is kept too, so that its address isn't given to another one meanwhile
    return known.setdefault(id(item), (len(known), item))[0]


def _add_page(page: layout.LTPage, builder: TextBuilder, pages: _Pages, scans: PdfScans) -> None:
    """Add the page's lines, those of its text layer or the recognised ones."""
    lines = _in_order(list(_lines(page)))
    if scans.take(page, pages.count, [line.get_text() for line in lines], builder):
        return
    before = "\f"
    for line in lines:
        text = line.get_text().rstrip("\n")
        if not text.strip():
            continue
        x0, y0, x1, y1 = (round(value, 1) for value in line.bbox)
        builder.add_line(text, before=before, page=pages.count, box=(x0, y0, x1, y1))
        before = "\n"


def _in_order(lines: list[Any]) -> list[Any]:
    """Return the lines from top to bottom if the page has one column, else in pdfminer's order.

    pdfminer's boxes now and then swap two paragraphs of a plain page; where hardly any line stands beside another, the
    height alone gives the order.
    """
    down = sorted(lines, key=lambda line: (-round(line.y1), line.x0))
    beside = sum(
        1
        for upper, lower in itertools.pairwise(down)
        if min(upper.y1, lower.y1) - max(upper.y0, lower.y0) > 0.5 * min(upper.height, lower.height)
    )
    return down if beside <= _MOST_BESIDE * len(down) else lines


def _lines(item: Any) -> Iterator[Any]:
    """Yield the text lines within ``item`` in reading order, those of figures too."""
    for child in item:
        if isinstance(child, layout.LTTextLine):
            yield child
        elif isinstance(child, layout.LTTextBox | layout.LTFigure):
            yield from _lines(child)


def _refuse(name: str, pages: _Pages) -> None:
    """Raise the reason why there is no text at all."""
    if pages.damaged or not pages.count:
        raise UnreadableFile("ingest.damaged", name=name, detail="没有一页读得出来")
    raise UnreadableFile("ingest.no-text", name=name)


def _doubts(name: str, content: bytes, text: str, pages: _Pages) -> tuple[Issue, ...]:
    """Return what a reader should know."""
    doubts = []
    if pages.damaged:
        places = "、".join(map(str, pages.damaged))
        doubts.append(issue("ingest", "ingest.partial", name=name, detail=f"第 {places} 页读不出来"))
    elif b"%%EOF" not in content[-2048:]:
        doubts.append(issue("ingest", "ingest.partial", name=name, detail=f"文件末尾缺失，只读出 {pages.count} 页"))
    if unmapped := _UNMAPPED.findall(text):
        doubts.append(issue("ingest", "ingest.unmapped", name=name, count=len(unmapped)))
    return tuple(doubts)


def _title(document: PDFDocument) -> str | None:
    """Return the title of the file's own metadata, or None."""
    for info in document.info:
        value = info.get("Title")
        if isinstance(value, bytes) and (title := decode_text(value).strip("\x00 \t\r\n")):
            return title
    return None


def _words(error: Exception) -> str:
    """Return an exception for a message."""
    return f"{type(error).__name__}: {error}".rstrip(": ")[:200]
