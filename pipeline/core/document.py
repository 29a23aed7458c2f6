"""A document: its source and its layers. ``None`` means "not run", ``()`` means "ran, found nothing"."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from pipeline.core.layers import (
    Bag,
    CleanText,
    Coding,
    Head,
    Measure,
    Mention,
    Part,
    RawText,
    Reference,
    Section,
    Sentence,
)
from pipeline.core.tables import Table, find_tables


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document comes from: ``name`` of the file, ``path`` as given, ``sha256`` in hex, ``size`` in bytes.

    One document of a file that holds many is named ``FILE#ID``; ``file_sha256`` is then the whole file's, and
    ``sha256`` that of the file's and the id (``member``).
    """

    name: str
    path: str
    sha256: str
    size: int
    file_sha256: str | None = None

    def member(self, member_id: str) -> Source:
        """Return the source of the document ``member_id`` within this file."""
        own = hashlib.sha256(f"{self.sha256}#{member_id}".encode()).hexdigest()
        # a path that no file can have
        return Source(f"{self.name}#{member_id}", f"{self.path}/#{member_id}", own, self.size, self.sha256)

    @property
    def doc_id(self) -> str:
        """The first 16 hex digits of the SHA-256 of the bytes."""
        return self.sha256[:16]


@dataclass(frozen=True, slots=True)
class Document:
    """A source with the layers made so far. ``content`` (the bytes) is handed in by the runner and never kept."""

    source: Source
    content: bytes | None = None
    raw: RawText | None = None
    text: CleanText | None = None
    parts: tuple[Part, ...] | None = None
    head: Head | None = None
    outline: tuple[Section, ...] | None = None
    references: tuple[Reference, ...] | None = None
    sentences: tuple[Sentence, ...] | None = None
    bag: Bag | None = None
    mentions: tuple[Mention, ...] | None = None
    measures: tuple[Measure, ...] | None = None
    codings: tuple[Coding, ...] | None = None

    @classmethod
    def of_text(cls, text: str, name: str = "") -> Document:
        """Return a document over a plain text that comes from no file."""
        data = text.encode("utf-8", errors="surrogatepass")
        source = Source(name, name, hashlib.sha256(data).hexdigest(), len(data))
        return cls(source, raw=RawText(text, "text/plain"))

    @property
    def doc_id(self) -> str:
        """The source's document id."""
        return self.source.doc_id

    def tables(self) -> list[Table]:
        """Return the tables of the clean text, rows of cells with their heads; none before it's made."""
        return find_tables(self.raw, self.text) if self.text else []

    def with_layer(self, name: str, value: Any) -> Document:
        """Return this document with layer ``name`` set."""
        return replace(self, **{name: value})
