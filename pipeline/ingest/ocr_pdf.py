"""Which pages of a PDF have to be recognised, and their pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pdfminer import layout

from pipeline.core.issues import Issue
from pipeline.ingest.builder import TextBuilder
from pipeline.ingest.ocr import DPI, LONGEST_SIDE, Recogniser, Tally, add_page

_FEW = 40  # characters: a stamp, an app's name or a page number over a scan
_COVERS = 0.3  # share of the page that its pictures cover when they may hold its text
_GARBLED = 0.5  # share of characters that no one can read
_UNREADABLE = re.compile(r"\(cid:\d+\)|[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")


class PdfScans:
    """The pages of one PDF that are pictures of text. Without a recogniser they are only counted."""

    __slots__ = ("_content", "_document", "_pages", "_tally", "_thin")

    def __init__(self, name: str, content: bytes, recogniser: Recogniser | None) -> None:
        """Keep what the pages need; the renderer opens the file at the first of them."""
        self._content = content
        self._document: Any = None
        self._tally = Tally(name, recogniser)
        self._pages = 0
        self._thin: list[int] = []  # scans with a few characters over them, left as they are without a recogniser

    def take(self, page: layout.LTPage, number: int, lines: Sequence[str], builder: TextBuilder) -> bool:
        """Recognise the page, if it needs it, into ``builder``; False when its text layer ``lines`` is to be kept.

        ``number`` counts from 1.
        """
        text = "".join(lines)
        self._pages += 1
        if not _needs(page, text):
            return False
        if text.strip() and self._tally.recogniser is None:
            self._thin.append(number)
            return False
        found = self._tally.attempt(number, lambda: self._picture(page, number - 1))
        if found is None or (found.length <= len(text) and text.strip() and not _UNREADABLE.search(text)):
            return False
        self._tally.note(number, found)
        add_page(found, builder, number)
        return True

    def refuse(self, count: int) -> None:
        """Raise UnreadableFile when it's for its pictures that the file of ``count`` pages has no text."""
        self._tally.refuse(count)

    def doubts(self) -> list[Issue]:
        """Return what a reader should know of these pages."""
        # a few such pages are covers and figures, most of them an app that stamps its name on scans
        few = 2 * len(self._thin) <= self._pages
        (self._tally.pictures if few else self._tally.unread).extend(self._thin)
        return self._tally.doubts()

    def _picture(self, page: layout.LTPage, index: int) -> tuple[Any, float]:
        """Return the page as a grey picture and its pixels for each point. Raises ValueError when it's too large."""
        import pypdfium2

        recogniser = self._tally.recogniser
        largest = max((image.srcsize[0] * image.srcsize[1] for image in _images(page)), default=0)
        if recogniser is not None and largest > recogniser.settings.max_pixels:
            raise ValueError(f"图片有 {largest} 像素，超过上限 {recogniser.settings.max_pixels}")
        if self._document is None:
            self._document = pypdfium2.PdfDocument(self._content)
        sheet = self._document[index]
        scale = min(DPI / 72, LONGEST_SIDE / max(sheet.get_size()))
        picture = sheet.render(scale=scale, grayscale=True).to_numpy().copy()
        sheet.close()
        return picture.reshape(picture.shape[:2]), scale


def _needs(page: layout.LTPage, text: str) -> bool:
    """Tell whether a page's text layer can't be used while something is drawn on it."""
    letters = "".join(text.split())
    if not letters:
        return any(True for _ in page)
    if len(letters) < _FEW:
        return _covered(page) >= _COVERS
    unreadable = _UNREADABLE.findall(letters)
    return len(unreadable) > _GARBLED * (len(letters) - sum(map(len, unreadable)) + len(unreadable))


def _covered(page: layout.LTPage) -> float:
    """Return the share of the page that its pictures cover, as if none lay over another."""
    area = sum(image.width * image.height for image in _images(page))
    return float(area / max(1.0, page.width * page.height))


def _images(item: Any) -> Iterator[layout.LTImage]:
    """Yield the pictures within ``item``, those of figures too."""
    for child in item:
        if isinstance(child, layout.LTImage):
            yield child
        elif isinstance(child, layout.LTFigure):
            yield from _images(child)
