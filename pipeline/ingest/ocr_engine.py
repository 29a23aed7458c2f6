"""Text recognition engines behind one protocol. Their packages are imported when the first page needs them."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import metadata, util
from typing import Any, Protocol

from pipeline.core.config import OcrSettings

# module and distribution of what the extra ``ocr`` brings that recognition depends on
_PACKAGES = {
    "rapidocr": "rapidocr",
    "onnxruntime": "onnxruntime",
    "pypdfium2": "pypdfium2",
    "PIL": "pillow",
    "cv2": "opencv-python-headless",
}
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Seen:
    """A line as an engine sees it: its corners in pixels from the top left, clockwise from the text's own top left.

    ``score`` is how sure the engine is of the text, from 0 to 1.
    """

    text: str
    corners: tuple[Point, Point, Point, Point]
    score: float


class Engine(Protocol):
    """Recognises the lines of a page."""

    def __call__(self, image: Any) -> list[Seen]:
        """Return the lines of ``image`` (numpy, grey, rows of bytes), in any order. May raise what it likes."""


@dataclass(frozen=True, slots=True)
class Recogniser:
    """What recognition needs: how to get the engine, which is loaded for the first page, and the limits."""

    engine: Callable[[], Engine]
    settings: OcrSettings


def load(settings: OcrSettings) -> Recogniser | None:
    """Return the recogniser, None when it's turned off or the extra isn't installed. Imports no engine yet."""
    return Recogniser(load_rapidocr, settings) if settings.enabled and installed() else None


def describe(settings: OcrSettings) -> str:
    """Return all that what is recognised depends on, for keys of results: packages, settings; "" without OCR."""
    return f"{installed()} {settings!r}" if settings.enabled and installed() else ""


def installed() -> str:
    """Return names and versions of the packages recognition needs, or "" when one of them is missing."""
    if any(util.find_spec(module) is None for module in _PACKAGES):
        return ""
    return " ".join(f"{name}=={_version(name)}" for name in _PACKAGES.values())


def _version(distribution: str) -> str:
    """Return a package's version; "?" when it's installed under another name, as builds of OpenCV are."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "?"


@cache
def load_rapidocr() -> Engine:
    """Return RapidOCR with the models its wheel brings, loaded once for each process; it needs no network.

    Its classifier of upside-down lines is off: it turned whole lines of upright pages. Text it's hardly sure of is
    kept, with its score. One thread, as everywhere in a worker: the text then doesn't depend on the number of cores.
    """
    rapidocr = importlib.import_module("rapidocr")
    numpy = importlib.import_module("numpy")
    threads = "EngineConfig.onnxruntime"
    engine = rapidocr.RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.text_score": 0.0,
            "Global.max_side_len": 10_000,  # the page is rendered at the size it's to be read at
            "Global.log_level": "critical",  # it names its model files on standard error
            "Rec.rec_batch_num": 1,  # in a batch a line's text depends on its neighbours, and memory on the longest
            f"{threads}.intra_op_num_threads": 1,
            f"{threads}.inter_op_num_threads": 1,
        }
    )

    def recognise(image: Any) -> list[Seen]:
        found = engine(numpy.repeat(image[:, :, None], 3, axis=2))
        if found.boxes is None:
            return []
        return [
            Seen(text, _corners(box), float(score))
            for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        ]

    return recognise


def _corners(box: Any) -> tuple[Point, Point, Point, Point]:
    """Return the engine's array of four corners as plain numbers."""
    a, b, c, d = ((float(x), float(y)) for x, y in box)
    return a, b, c, d
