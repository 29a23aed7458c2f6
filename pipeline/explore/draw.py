"""Draws one page of a PDF: ``python -m pipeline.explore.draw FILE PAGE SHA256`` writes a line of JSON and a PNG.

Run as a process of its own, since a damaged file may bring the reader down. The line holds ``left``, ``bottom``,
``right`` and ``top`` of what is shown, in PDF points of the page as it is stored, and ``turns``, the quarter turns to
the right by which it is shown. Exit code 3: the file isn't the one with this SHA-256; 4: it has no such page.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
from pathlib import Path

OTHER_FILE, NO_PAGE = 3, 4
_DOTS_PER_POINT = 2.0
_MOST_DOTS = 12_000_000


def draw(content: bytes, page: int) -> bytes | None:
    """Return the line and the picture of a page, counted from 1; None when there is no such page."""
    import pypdfium2 as pdfium

    with pdfium.PdfDocument(content) as document:
        if not 1 <= page <= len(document):
            return None
        shown = document[page - 1]
        left, bottom, right, top = shown.get_bbox()
        wide, high = max(right - left, 1.0), max(top - bottom, 1.0)
        scale = min(_DOTS_PER_POINT, (_MOST_DOTS / (wide * high)) ** 0.5)
        picture = shown.render(scale=scale).to_pil().convert("RGB")
        size = {"left": left, "bottom": bottom, "right": right, "top": top, "turns": shown.get_rotation() // 90}
    written = io.BytesIO()
    picture.save(written, "PNG")
    return json.dumps(size).encode() + b"\n" + written.getvalue()


def main(path: str, page: str, sha256: str) -> int:
    """Write a page to standard output and return the exit code."""
    content = Path(path).read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        return OTHER_FILE
    found = draw(content, int(page))
    if found is None:
        return NO_PAGE
    sys.stdout.buffer.write(found)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
