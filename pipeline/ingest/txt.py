"""Plain text and Markdown: the decoded file as it stands."""

from __future__ import annotations

from pipeline.core.document import Source
from pipeline.core.issues import Issue, issue
from pipeline.core.layers import RawText
from pipeline.ingest.decode import Decoded, decode


def read_txt(source: Source, content: bytes, *, max_chars: int) -> RawText:
    """Return the decoded text, no newline changed, byte-order mark dropped. Raises UnreadableFile (see ``decode``)."""
    decoded = decode(content, source.name, max_chars=max_chars)
    return RawText(
        text=decoded.text,
        media_type="text/plain",
        encoding=decoded.encoding,
        doubts=encoding_doubts(decoded, source.name),
    )


def encoding_doubts(decoded: Decoded, name: str) -> tuple[Issue, ...]:
    """Return what a reader should know about how the bytes were decoded."""
    doubts = []
    if decoded.guessed:
        doubts.append(issue("ingest", "ingest.encoding-guessed", name=name, encoding=decoded.encoding))
    if decoded.replaced:
        doubts.append(issue("ingest", "ingest.replaced", name=name, count=decoded.replaced))
    return tuple(doubts)
