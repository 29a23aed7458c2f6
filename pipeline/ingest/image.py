"""Picture files: scans and photographs of pages, read by text recognition; each frame of a TIFF is a page."""

from __future__ import annotations

import io
import threading
from typing import Any

from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.layers import RawText
from pipeline.ingest.builder import TextBuilder
from pipeline.ingest.ocr import DPI, LONGEST_SIDE, Page, Picture, Tally, scored
from pipeline.ingest.ocr_engine import Recogniser
from pipeline.ingest.pdf_flow import write_flow

_PAPER = 842.0  # points of A4's longer side: the size of a picture that doesn't tell its own
_FINEST = 1200  # dots for each inch
_LARGEST = 1400.0  # points: A3 and some more; a photograph that claims to be larger doesn't know its size
_LIMIT = threading.Lock()  # Pillow's limit of pixels goes for the whole process


def read_image(source: Source, content: bytes, *, max_chars: int, ocr: Recogniser | None) -> RawText:
    """Return the text recognised on all pages of a picture, one block a line, boxes in points.

    Raises UnreadableFile: ``ingest.image`` without the extra, ``ingest.too-many-pixels``, ``ingest.damaged``,
    ``ingest.not-recognised``, ``ingest.too-long``.
    """
    if ocr is None:
        raise UnreadableFile("ingest.image", name=source.name)
    frames, count = _open(source.name, content, ocr)
    builder, tally = TextBuilder(source.name, max_chars), Tally(source.name, ocr)
    pages: dict[int, Page] = {}
    for number in range(1, count + 1):
        page = tally.attempt(number, lambda index=number - 1: _frame(frames, index, ocr))  # type: ignore[misc]
        if page is not None:
            tally.note(number, page)
            pages[number] = page
    write_flow([page.parts for page in pages.values() if page.parts.sheets], builder)
    if not builder.text:
        tally.refuse(count)
    return RawText(
        text=builder.text,
        media_type="image/*",
        n_pages=count,
        blocks=scored(builder.blocks, pages),
        doubts=tuple(tally.doubts()),
    )


def _open(name: str, content: bytes, ocr: Recogniser) -> tuple[Any, int]:
    """Return the picture, nothing of it decoded yet, and how many pages it has. Raises UnreadableFile."""
    from PIL import Image

    with _LIMIT:
        usual = Image.MAX_IMAGE_PIXELS
        try:
            Image.MAX_IMAGE_PIXELS = None  # our limit is checked below, before a pixel is decoded, and says what to do
            frames: Any = Image.open(io.BytesIO(content))
            count = frames.n_frames if frames.format == "TIFF" else 1  # frames of a GIF aren't pages
        except Exception as error:  # a damaged file raises whatever its format's reader came upon
            detail = f"{type(error).__name__}: {error}"[:200]
            raise UnreadableFile("ingest.damaged", name=name, detail=detail) from error
        finally:
            Image.MAX_IMAGE_PIXELS = usual
    if (pixels := frames.width * frames.height) > ocr.settings.max_pixels:
        raise UnreadableFile("ingest.too-many-pixels", name=name, count=pixels, limit=ocr.settings.max_pixels)
    return frames, count


def _frame(frames: Any, index: int, ocr: Recogniser) -> Picture:
    """Return a frame as a picture of a page. Raises ValueError when it's too large."""
    import numpy as np
    from PIL import Image, ImageOps

    frames.seek(index)
    if (pixels := frames.width * frames.height) > ocr.settings.max_pixels:
        raise ValueError(f"图片有 {pixels} 像素，超过上限 {ocr.settings.max_pixels}")
    image = ImageOps.exif_transpose(frames) or frames
    dots = frames.info.get("dpi", (0, 0))[0]
    longer = max(image.size)
    known = 0 < dots <= _FINEST and longer / dots * 72 <= _LARGEST
    scale = float(dots) / 72 if known else longer / _PAPER
    shrink = min(1.0, DPI / 72 / scale, LONGEST_SIDE / longer)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        paper = Image.new("RGBA", image.size, "white")  # what is transparent would become black
        image = Image.alpha_composite(paper, image.convert("RGBA"))
    grey = image.convert("L")
    if shrink < 1:
        grey = grey.resize((max(1, round(grey.width * shrink)), max(1, round(grey.height * shrink))))
    scale *= shrink
    return Picture(np.asarray(grey), scale, (0.0, 0.0, grey.width / scale, grey.height / scale))
