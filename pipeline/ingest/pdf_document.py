"""A PDF opened by both readers: pdfium's pages, and pdfminer's where pdfium can't open them or maps no characters.

What's read of a page depends on the file, the page and the settings alone, so that pages may be read by any process.
"""

from __future__ import annotations

import ctypes
import importlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pypdfium2.raw as pdfium

from pipeline.core.errors import UnreadableFile
from pipeline.ingest.pdf_glyphs import Drawn, read_drawn
from pipeline.ingest.pdf_memory import bounded_memory
from pipeline.ingest.pdf_page import PageParts, readable, take_apart

if TYPE_CHECKING:
    from pipeline.ingest.pdf_miner import MinedDocument

Reader = Literal["pdfium", "pdfminer"]
# why a page was read by the other reader: the file can't be opened, the page can't, its characters aren't mapped
Why = Literal["file", "page", "text"]

# pdfium isn't safe for threads
PDFIUM = threading.Lock()


@dataclass(frozen=True, slots=True)
class PageRead:
    """A page taken apart, None when no reader can; ``why`` is set when it's from the reader that isn't the first."""

    parts: PageParts | None
    why: Why | None = None


class OpenedPdf:
    """An opened file. ``handle`` is pdfium's document, or None. Use ``opened``, which closes it."""

    __slots__ = ("_mined", "_most", "_order", "_whole", "content", "count", "handle", "name", "setup")

    def __init__(self, name: str, content: bytes, reader: Reader, most: int) -> None:
        """Open the file. Raises UnreadableFile: ``ingest.encrypted``, ``ingest.damaged``."""
        self.name = name
        self.content = content  # pdfium reads from it as long as the document is open
        self._most = most
        self.setup = (name, reader, most)  # all that another process needs to read the same, beside the content
        self._mined: MinedDocument | UnreadableFile | None = None
        self.handle = _load(name, content)
        self._whole: Why | None = None
        count = 0
        if self.handle:
            with PDFIUM:
                count = pdfium.FPDF_GetPageCount(self.handle)
        first = reader
        if reader == "pdfium" and not count:
            first, self._whole = "pdfminer", "file"
        mined = self._miner() if first == "pdfminer" else None
        if first == "pdfminer" and mined is None:
            if not count:
                self.close()
                assert isinstance(self._mined, UnreadableFile)
                raise self._mined
            first, self._whole = "pdfium", "file"
        self.count = len(mined) if mined is not None else count
        both: tuple[Callable[[int], Drawn | None], ...] = (self._by_pdfium, self._by_pdfminer)
        self._order = both if first == "pdfium" else both[::-1]

    def read(self, index: int) -> PageRead:
        """Return the page ``index``, from 0. Raises UnreadableFile: ``ingest.too-long``, ``ingest.damaged``."""
        first, second = self._order
        drawn = self._bounded(first, index)
        if drawn is None:
            other = self._second_try(second, index)
            return PageRead(None) if other is None else PageRead(take_apart(other, index + 1), self._whole or "page")
        parts = take_apart(drawn, index + 1)
        if parts.garbled:
            other = self._second_try(second, index)
            if other is not None and _reads_better(other, drawn):
                return PageRead(take_apart(other, index + 1), self._whole or "text")
        return PageRead(parts, self._whole)

    def title(self) -> str | None:
        """Return the title of the file's own metadata, or None."""
        if not self.handle:
            mined = self._miner()
            return None if mined is None else mined.title()
        with PDFIUM:
            size = pdfium.FPDF_GetMetaText(self.handle, b"Title", None, 0)
            buffer = ctypes.create_string_buffer(size)
            pdfium.FPDF_GetMetaText(self.handle, b"Title", buffer, size)
        return buffer.raw.decode("utf-16-le", "replace").strip("\x00 \t\r\n") or None

    def close(self) -> None:
        """Let go of the file."""
        if self.handle:
            with PDFIUM:
                pdfium.FPDF_CloseDocument(self.handle)
        self.handle = None

    def _bounded(self, reader: Callable[[int], Drawn | None], index: int) -> Drawn | None:
        """Return what a page draws, None when it can't be opened. Raises UnreadableFile beyond the bounds."""
        try:
            with PDFIUM, bounded_memory():
                return reader(index)
        except MemoryError as error:
            detail = f"第 {index + 1} 页要占用过多内存"
            raise UnreadableFile("ingest.damaged", name=self.name, detail=detail) from error
        except OverflowError as error:
            raise UnreadableFile("ingest.too-long", name=self.name, count=error.args[0], limit=self._most) from error

    def _second_try(self, reader: Callable[[int], Drawn | None], index: int) -> Drawn | None:
        """Return what the other reader makes of a page; a page beyond its bounds is one that it can't read."""
        try:
            return self._bounded(reader, index)
        except UnreadableFile:
            return None  # the caller reports the page as the first reader left it

    def _by_pdfium(self, index: int) -> Drawn | None:
        """Return what a page draws, None when pdfium can't open it."""
        page = pdfium.FPDF_LoadPage(self.handle, index) if self.handle else None
        if not page:
            return None
        try:
            return read_drawn(page, self._most)
        finally:
            pdfium.FPDF_ClosePage(page)

    def _by_pdfminer(self, index: int) -> Drawn | None:
        """Return what a page draws, None when pdfminer can't read it."""
        mined = self._miner()
        return None if mined is None else mined.drawn(index, self._most)

    def _miner(self) -> MinedDocument | None:
        """Return the file as opened by pdfminer, which is imported and opens it at the first call; None if it can't."""
        if self._mined is None:
            module = importlib.import_module("pipeline.ingest.pdf_miner")
            try:
                self._mined = module.MinedDocument(self.name, self.content)
            except UnreadableFile as error:
                self._mined = error
        return None if isinstance(self._mined, UnreadableFile) else self._mined


@contextmanager
def opened(name: str, content: bytes, reader: Reader, most: int) -> Iterator[OpenedPdf]:
    """Give the opened file; ``most`` is the greatest number of characters of a page. Raises UnreadableFile."""
    document = OpenedPdf(name, content, reader, most)
    try:
        yield document
    finally:
        document.close()


def _load(name: str, content: bytes) -> Any | None:
    """Return pdfium's document, None when it can't open it. Raises UnreadableFile("ingest.encrypted")."""
    with PDFIUM, bounded_memory():
        pdfium.FPDF_InitLibrary()
        document = pdfium.FPDF_LoadMemDocument64(content, len(content), None)
        reason = 0 if document else pdfium.FPDF_GetLastError()
    if document:
        return document
    if reason in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
        raise UnreadableFile("ingest.encrypted", name=name)
    return None


def _reads_better(other: Drawn, drawn: Drawn) -> bool:
    """Tell whether ``other`` has more characters that can be read than ``drawn``, and fewer that can't."""
    (good, bad), (old_good, old_bad) = readable(other), readable(drawn)
    return good > old_good and bad < old_bad
