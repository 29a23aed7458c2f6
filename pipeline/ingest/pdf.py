"""PDF with a text layer: blocks for printed lines and table cells, with page and boxes.

pdfium gives the characters (docs/decisions/0007-pdf-reader.md); the layout is ours: pdf_glyphs → pdf_grid, pdf_lines →
pdf_tables, pdf_columns → pdf_page → pdf_flow. Between two pages stands one ``\\f`` instead of ``\\n``.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as pdfium

from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.issues import Issue, issue
from pipeline.core.layers import RawText
from pipeline.ingest.builder import TextBuilder
from pipeline.ingest.ocr_engine import Recogniser
from pipeline.ingest.ocr_pdf import PdfScans
from pipeline.ingest.pdf_flow import write_flow
from pipeline.ingest.pdf_glyphs import read_drawn
from pipeline.ingest.pdf_memory import bounded_memory
from pipeline.ingest.pdf_page import PageParts, take_apart

_MOST_FAILURES = 100  # pages on end that can't be opened before the rest is given up: a false /Count may say 10⁹
_MOST_NAMED = 20  # page numbers in a message

# pdfium isn't safe for threads
_pdfium = threading.Lock()


@dataclass(slots=True)
class _Pages:
    """What was seen of the pages, numbers from 1."""

    count: int = 0
    damaged: list[int] = field(default_factory=list)
    garbled: list[int] = field(default_factory=list)
    unmapped: int = 0


def read_pdf(source: Source, content: bytes, *, max_chars: int, ocr: Recogniser | None = None) -> RawText:
    """Return the text of all pages in reading order: blocks of kind line, cell and furniture, boxes in points.

    Pages without text layer or with an unreadable one are recognised if ``ocr`` is there. Those that can't be, damaged
    pages and unmapped characters are doubts. Raises UnreadableFile: ``ingest.encrypted``, ``ingest.damaged``,
    ``ingest.scanned``, ``ingest.not-recognised``, ``ingest.no-text``, ``ingest.too-long``.
    """
    pages, scans = _Pages(), PdfScans(source.name, ocr, _pdfium)
    with _opened(source.name, content) as document:
        parts = list(_page_parts(document, pages, scans, max_chars))
        title = _title(document)
    builder = TextBuilder(source.name, max_chars)
    write_flow(parts, builder)
    text = builder.text
    if not text:
        scans.refuse(pages.count)
        _refuse(source.name, pages)
    return RawText(
        text=text,
        media_type="application/pdf",
        n_pages=pages.count,
        blocks=scans.scored(builder.blocks),
        title=title,
        doubts=(*_doubts(source.name, content, pages), *scans.doubts()),
    )


@contextmanager
def _opened(name: str, content: bytes) -> Iterator[Any]:
    """Give the opened document. Raises UnreadableFile."""
    with _pdfium, bounded_memory():
        pdfium.FPDF_InitLibrary()
        document = pdfium.FPDF_LoadMemDocument64(content, len(content), None)
        reason = 0 if document else pdfium.FPDF_GetLastError()
    if not document:
        if reason in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise UnreadableFile("ingest.encrypted", name=name)
        raise UnreadableFile("ingest.damaged", name=name, detail="不是完整的 PDF，找不到页面")
    try:
        yield document
    finally:
        with _pdfium:
            pdfium.FPDF_CloseDocument(document)


def _page_parts(document: Any, pages: _Pages, scans: PdfScans, most: int) -> Iterator[PageParts]:
    """Yield the pages with text taken apart; count them all, note those that are damaged, scanned or garbled."""
    with _pdfium:
        total = pdfium.FPDF_GetPageCount(document)
    failed = 0
    for index in range(total):
        with _pdfium, bounded_memory():
            drawn = _drawn(document, index, scans.name, most)
        if drawn is None:
            pages.damaged.append(index + 1)
            failed += 1
            if failed >= _MOST_FAILURES:
                break
            continue
        failed = 0
        pages.count = index + 1
        parts = scans.take(document, take_apart(drawn, index + 1))
        pages.unmapped += parts.unmapped
        if parts.garbled:
            pages.garbled.append(parts.number)
        if parts.sheets:
            yield parts


def _drawn(document: Any, index: int, name: str, most: int) -> Any | None:
    """Return what a page draws, None when it can't be opened. Raises UnreadableFile("ingest.too-long")."""
    page = pdfium.FPDF_LoadPage(document, index)
    if not page:
        return None
    try:
        return read_drawn(page, most)
    except MemoryError as error:
        raise UnreadableFile("ingest.damaged", name=name, detail=f"第 {index + 1} 页要占用过多内存") from error
    except OverflowError as error:
        raise UnreadableFile("ingest.too-long", name=name, count=error.args[0], limit=most) from error
    finally:
        pdfium.FPDF_ClosePage(page)


def _refuse(name: str, pages: _Pages) -> None:
    """Raise the reason why there is no text at all."""
    if pages.damaged or not pages.count:
        raise UnreadableFile("ingest.damaged", name=name, detail="没有一页读得出来")
    raise UnreadableFile("ingest.no-text", name=name)


def _doubts(name: str, content: bytes, pages: _Pages) -> tuple[Issue, ...]:
    """Return what a reader should know."""
    doubts = []
    if pages.damaged:
        doubts.append(issue("ingest", "ingest.partial", name=name, detail=f"第 {_listed(pages.damaged)} 页读不出来"))
    elif b"%%EOF" not in content[-2048:]:
        doubts.append(issue("ingest", "ingest.partial", name=name, detail=f"文件末尾缺失，只读出 {pages.count} 页"))
    if pages.garbled:
        places = _listed(pages.garbled)
        doubts.append(issue("ingest", "ingest.garbled-pages", name=name, count=len(pages.garbled), pages=places))
    if pages.unmapped:
        doubts.append(issue("ingest", "ingest.unmapped", name=name, count=pages.unmapped))
    return tuple(doubts)


def _listed(numbers: list[int]) -> str:
    """Return page numbers for a message, the first ones of many."""
    more = " 等" if len(numbers) > _MOST_NAMED else ""
    return "、".join(map(str, numbers[:_MOST_NAMED])) + more


def _title(document: Any) -> str | None:
    """Return the title of the file's own metadata, or None."""
    with _pdfium:
        size = pdfium.FPDF_GetMetaText(document, b"Title", None, 0)
        buffer = ctypes.create_string_buffer(size)
        pdfium.FPDF_GetMetaText(document, b"Title", buffer, size)
    return buffer.raw.decode("utf-16-le", "replace").strip("\x00 \t\r\n") or None
