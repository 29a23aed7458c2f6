"""Which pages of a PDF have to be recognised, and their pictures."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from threading import Lock
from typing import Any

import pypdfium2.raw as pdfium

from pipeline.core.issues import Issue
from pipeline.core.layers import Block
from pipeline.ingest.ocr import DPI, LONGEST_SIDE, Page, Picture, Tally, scored
from pipeline.ingest.ocr_engine import Recogniser
from pipeline.ingest.pdf_page import PageParts

_FEW = 40  # characters: a stamp, an app's name or a page number over a scan
_COVERS = 0.3  # share of the page that its pictures cover when they may hold its text


class PdfScans:
    """The pages of one PDF that are pictures of text. Without a recogniser they are only counted."""

    __slots__ = ("_lock", "_pages", "_recognised", "_tally", "_thin", "name")

    def __init__(self, name: str, recogniser: Recogniser | None, lock: Lock) -> None:
        """Keep what the pages need; ``lock`` is held while pdfium works."""
        self.name = name
        self._lock = lock
        self._tally = Tally(name, recogniser)
        self._recognised: dict[int, Page] = {}
        self._pages = 0
        self._thin: list[int] = []  # scans with a few characters over them, left as they are without a recogniser

    def take(self, document: Any, parts: PageParts) -> PageParts:
        """Return the parts recognised on the page if its text layer can't be used, else ``parts``.

        ``document`` is a loaded ``FPDF_DOCUMENT``, None when pdfium can't open the file.
        """
        self._pages += 1
        length = _length(parts)
        if not self._needs(document, parts, length):
            return parts
        if length and self._tally.recogniser is None:
            if not parts.garbled:
                self._thin.append(parts.number)
            return parts
        found = self._tally.attempt(parts.number, lambda: self._picture(document, parts.number - 1))
        if found is None or (found.length <= length and length and not parts.garbled):
            return parts
        self._tally.note(parts.number, found)
        self._recognised[parts.number] = found
        return found.parts

    def scored(self, blocks: Sequence[Block]) -> tuple[Block, ...]:
        """Return the blocks, the recognised ones with how sure the engine is."""
        return scored(blocks, self._recognised)

    def refuse(self, count: int) -> None:
        """Raise UnreadableFile when it's for its pictures that the file of ``count`` pages has no text."""
        self._tally.refuse(count)

    def doubts(self) -> list[Issue]:
        """Return what a reader should know of these pages."""
        # a few such pages are covers and figures, most of them an app that stamps its name on scans
        few = 2 * len(self._thin) <= self._pages
        (self._tally.pictures if few else self._tally.unread).extend(self._thin)
        return self._tally.doubts()

    def _needs(self, document: Any, parts: PageParts, length: int) -> bool:
        """Tell whether a page's text layer can't be used while something is drawn on it."""
        if not length:
            return parts.drawn
        if length >= _FEW:
            return parts.garbled
        with self._lock:
            page = _page(document, parts.number - 1)
            if not page:
                return False
            try:
                covered = sum(area for area, _ in _images(page))
            finally:
                pdfium.FPDF_ClosePage(page)
        x0, y0, x1, y1 = parts.box
        return covered >= _COVERS * (x1 - x0) * (y1 - y0)

    def _picture(self, document: Any, index: int) -> Picture:
        """Return a page as a picture. Raises ValueError when pdfium can't open it or an image on it is too large."""
        recogniser = self._tally.recogniser
        with self._lock:
            page = _page(document, index)
            if not page:
                raise ValueError("页面打不开，画不成图片")
            try:
                largest = max((pixels for _, pixels in _images(page)), default=0)
                if recogniser is not None and largest > recogniser.settings.max_pixels:
                    raise ValueError(f"图片有 {largest} 像素，超过上限 {recogniser.settings.max_pixels}")
                return _render(page)
            finally:
                pdfium.FPDF_ClosePage(page)


def _page(document: Any, index: int) -> Any | None:
    """Return a loaded page, None when pdfium can't open it."""
    return pdfium.FPDF_LoadPage(document, index) if document else None


def _length(parts: PageParts) -> int:
    """Return how many characters a page's text layer has."""
    lines = [piece.text for sheet in parts.sheets for piece in sheet.pieces]
    cells = [cell.text for sheet in parts.sheets for table in sheet.tables for cell in table.cells]
    return sum(len("".join(text.split())) for text in (*lines, *cells))


def _images(page: Any) -> list[tuple[float, int]]:
    """Return for each picture on a page the area it covers, in square points, and its pixels."""
    found = []
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    width, height = ctypes.c_uint(), ctypes.c_uint()
    for index in range(pdfium.FPDFPage_CountObjects(page)):
        item = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_IMAGE:
            continue
        area = 0.0
        if pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            area = max(0.0, right.value - left.value) * max(0.0, top.value - bottom.value)
        sized = pdfium.FPDFImageObj_GetImagePixelSize(item, width, height)
        found.append((area, width.value * height.value if sized else 0))
    return found


def _render(page: Any) -> Picture:
    """Return what a page shows in shades of grey."""
    import numpy as np

    wide, high = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    scale = min(DPI / 72, LONGEST_SIDE / max(wide, high, 1.0))
    width, height = max(1, round(wide * scale)), max(1, round(high * scale))
    bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_Gray, None, 0)
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        flags = pdfium.FPDF_ANNOT | pdfium.FPDF_GRAYSCALE
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, flags)
        stride = pdfium.FPDFBitmap_GetStride(bitmap)
        buffer = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * height)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    image = np.frombuffer(buffer, np.uint8).reshape(height, stride)[:, :width]
    rect = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, ctypes.byref(rect))
    box = (rect.left, rect.bottom, rect.right, rect.top)
    return Picture(image, scale, box, pdfium.FPDFPage_GetRotation(page))
