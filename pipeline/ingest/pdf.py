"""PDF with a text layer: blocks for printed lines and table cells, with page and boxes.

pdfium gives the characters, pdfminer where pdfium can't (pdf_document; docs/decisions/0007-pdf-reader.md); the layout
is ours: pdf_glyphs → pdf_grid, pdf_lines → pdf_tables, pdf_columns → pdf_page → pdf_flow. Between two pages stands one
``\\f`` instead of ``\\n``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

from pipeline.core import cores
from pipeline.core.config import PdfSettings
from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.issues import Issue, issue
from pipeline.core.layers import RawText
from pipeline.ingest.builder import TextBuilder
from pipeline.ingest.ocr_engine import Recogniser
from pipeline.ingest.ocr_pdf import PdfScans
from pipeline.ingest.pdf_document import PDFIUM, OpenedPdf, Why, opened
from pipeline.ingest.pdf_flow import write_flow
from pipeline.ingest.pdf_page import PageParts
from pipeline.ingest.pdf_share import read_pages

_MOST_FAILURES = 100  # pages on end that can't be opened before the rest is given up: a false /Count may say 10⁹
_MOST_NAMED = 20  # page numbers in a message
_ALONE = PdfSettings(reader="pdfium", processes=1)
_REASONS: dict[Why, str] = {"file": "文件结构有损坏", "page": "页面打不开", "text": "字符没有对应的文字"}


@dataclass(slots=True)
class _Pages:
    """What was seen of the pages, numbers from 1; ``by_other`` are those read by the reader that isn't the first."""

    count: int = 0
    damaged: list[int] = field(default_factory=list)
    garbled: list[int] = field(default_factory=list)
    by_other: dict[int, Why] = field(default_factory=dict)
    unmapped: int = 0


def read_pdf(
    source: Source,
    content: bytes,
    *,
    max_chars: int,
    ocr: Recogniser | None = None,
    pdf: PdfSettings | None = None,
) -> RawText:
    """Return the text of all pages in reading order: blocks of kind line, cell and furniture, boxes in points.

    Pages without text layer or with an unreadable one are recognised if ``ocr`` is there. Those that can't be, damaged
    pages and unmapped characters are doubts. ``pdf`` says which reader comes first and how many processes read a long
    file (None: pdfium, this one alone). Raises UnreadableFile: ``ingest.encrypted``, ``ingest.damaged``,
    ``ingest.scanned``, ``ingest.not-recognised``, ``ingest.no-text``, ``ingest.too-long``.
    """
    settings = pdf or _ALONE
    pages, scans = _Pages(), PdfScans(source.name, ocr, PDFIUM)
    with opened(source.name, content, settings.reader, max_chars) as document:
        parts = list(_page_parts(document, pages, scans, settings.processes or cores.share()))
        title = document.title()
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


def _page_parts(document: OpenedPdf, pages: _Pages, scans: PdfScans, processes: int) -> Iterator[PageParts]:
    """Yield the pages with text taken apart; count them all, note those that are damaged, scanned or garbled."""
    failed = 0
    with closing(read_pages(document, processes)) as reads:
        for number, read in enumerate(reads, 1):
            if read.parts is None:
                pages.damaged.append(number)
                failed += 1
                if failed >= _MOST_FAILURES:
                    return
                continue
            failed = 0
            pages.count = number
            parts = scans.take(document.handle, read.parts)
            if parts is read.parts and read.why:
                pages.by_other[number] = read.why
            pages.unmapped += parts.unmapped
            if parts.garbled:
                pages.garbled.append(number)
            if parts.sheets:
                yield parts


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
    if pages.by_other:
        detail = "、".join(_REASONS[why] for why in dict.fromkeys(pages.by_other.values()))
        places = _listed([*pages.by_other])
        count = len(pages.by_other)
        doubts.append(issue("ingest", "ingest.other-reader", name=name, count=count, pages=places, detail=detail))
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
