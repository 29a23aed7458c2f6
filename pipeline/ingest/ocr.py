"""Recognises the text of page images (extra ``ocr``): pages of a PDF without usable text, and picture files.

One block for each line, with its page, its box and how sure the engine is. A page set askew by more than 1.5 degrees or
scanned sideways or upside down is read as if it were upright, and its boxes are those of the upright page.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.core.config import OcrSettings
from pipeline.core.errors import UnreadableFile
from pipeline.core.issues import Issue, issue
from pipeline.core.pulse import beat
from pipeline.ingest.builder import TextBuilder
from pipeline.ingest.ocr_engine import Engine, Seen, installed, load_rapidocr
from pipeline.ingest.ocr_order import Line, Row, read, rules_in_points, set_upright, slope_of
from pipeline.ingest.ocr_rules import find_rules

DPI = 200  # measured: docs/decisions/0008-ocr.md
LONGEST_SIDE = 4000  # pixels: larger sheets are read at a lower resolution
_ASKEW = math.tan(math.radians(1.5))
_TALL = 1.5  # a line so much higher than wide is a line set sideways
_HAN = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z0-9]")
# marks whose width the picture doesn't tell: engines mix both widths within one pair of brackets
_WIDE = str.maketrans("(),:;?!", "（），：；？！")
_MARKS = re.compile(r"[(),:;?!]")
_MOST_DETAIL = 200
# the PDF renderer isn't made for threads, and one page at a time is enough for a process
_one_page = threading.Lock()


@dataclass(frozen=True, slots=True)
class Recogniser:
    """What recognition needs: how to get the engine, which is loaded for the first page, and the limits."""

    engine: Callable[[], Engine]
    settings: OcrSettings


@dataclass(frozen=True, slots=True)
class Page:
    """A recognised page: its rows in reading order, and how sure the engine is on average of its characters."""

    rows: tuple[Row, ...]
    score: float

    @property
    def length(self) -> int:
        """How many characters were recognised."""
        return sum(len(line.text) for row in self.rows for line in row)


def load(settings: OcrSettings) -> Recogniser | None:
    """Return the recogniser, None when it's turned off or the extra isn't installed. Imports no engine yet."""
    return Recogniser(load_rapidocr, settings) if settings.enabled and installed() else None


def describe(settings: OcrSettings) -> str:
    """Return all that what is recognised depends on, for keys of results: packages, settings; "" without OCR."""
    return f"{installed()} {settings!r}" if settings.enabled and installed() else ""


def recognise(recogniser: Recogniser, image: Any, scale: float) -> Page:
    """Return what is written on a grey ``image`` of ``scale`` pixels for each point. Raises what the engine raises."""
    with _one_page:
        image, seen = _turned(recogniser.engine(), image, recogniser.settings.doubt_below)
    seen = [line for line in seen if line.text.strip()]
    height, width = image.shape
    slope = slope_of(seen)
    lines = [_with_marks(line) for line in set_upright(seen, slope, (width, height), scale)]
    rules = rules_in_points(find_rules(image, slope, scale), lines, height, scale)
    if abs(slope) > _ASKEW:
        lines = [Line(line.text, line.score, line.box, line.box) for line in lines]
    return Page(tuple(read(lines, rules)), _mean(seen))


def _mean(seen: Sequence[Seen]) -> float:
    """Return the average score of the characters, 1 when there are none."""
    total = sum(len(line.text) for line in seen)
    return sum(line.score * len(line.text) for line in seen) / total if total else 1.0


def _turned(engine: Engine, image: Any, doubt_below: float) -> tuple[Any, list[Seen]]:
    """Return the image the way round it can be read best, and its lines. Pages in doubt alone are tried otherwise."""
    import numpy as np

    seen = engine(image)
    tall = sum(len(line.text) for line in seen if _is_tall(line))
    if tall > 0.5 * sum(len(line.text) for line in seen):
        quarters: tuple[int, ...] = (1, 3)
    elif _mean(seen) < doubt_below:
        quarters = (2,)
    else:
        return image, seen
    best = image, seen
    for quarter in quarters:
        turned = np.ascontiguousarray(np.rot90(image, quarter))
        other = engine(turned)
        if _mean(other) > _mean(best[1]) and other:
            best = turned, other
    return best


def _is_tall(line: Seen) -> bool:
    """Tell whether a line of several characters runs down the page."""
    xs, ys = [x for x, _ in line.corners], [y for _, y in line.corners]
    return len(line.text) > 1 and max(ys) - min(ys) > _TALL * (max(xs) - min(xs))


def _with_marks(line: Line) -> Line:
    """Return the line with the marks beside Chinese characters made full-width."""
    if not _HAN.search(line.text):
        return line
    text = _MARKS.sub(lambda m: _mark(m, line.text), line.text)
    return Line(text, line.score, line.box, line.place)


def _mark(match: re.Match[str], text: str) -> str:
    """Return a mark in the width it has in Chinese text, unless it stands among Latin letters or digits."""
    mark, at = match[0], match.start()
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    latin = bool(_LATIN.match(before)), bool(_LATIN.match(after))
    plain = all(latin) if mark in "()" else latin[0] or not before
    return mark if plain else mark.translate(_WIDE)


def add_page(page: Page, builder: TextBuilder, number: int) -> None:
    """Put a page's lines into the text: a tab between cells of one row, else a new line, a form feed before a page."""
    before = "\f"
    for row in page.rows:
        for line in row:
            builder.add_line(line.text, before=before, page=number, box=_rounded(line.place), score=_three(line.score))
            before = "\t"
        before = "\n"


def _rounded(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Return a box in tenths of a point."""
    x0, y0, x1, y1 = (round(value, 1) for value in box)
    return x0, y0, x1, y1


def _three(score: float) -> float:
    """Return a score between 0 and 1 with three digits."""
    return round(min(1.0, max(0.0, score)), 3)


@dataclass(slots=True)
class Tally:
    """What became of a file's pages that needed recognition, numbers from 1."""

    name: str
    recogniser: Recogniser | None
    unread: list[int] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    beyond: list[int] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)
    scores: dict[int, tuple[float, int]] = field(default_factory=dict)  # page → score, characters
    failed: dict[int, str] = field(default_factory=dict)

    def attempt(self, number: int, picture: Callable[[], tuple[Any, float]]) -> Page | None:
        """Return the page that ``picture`` gives the image and scale of, None when it isn't or can't be read."""
        if self.recogniser is None:
            self.unread.append(number)
            return None
        if len(self.scores) + len(self.empty) + len(self.failed) >= self.recogniser.settings.max_pages:
            self.beyond.append(number)
            return None
        try:
            page = recognise(self.recogniser, *picture())
        except Exception as error:  # whatever engine and renderer raise costs this page only, and is reported
            self.failed[number] = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")[:_MOST_DETAIL]
            return None
        finally:
            beat()
        return page

    def note(self, number: int, page: Page) -> None:
        """Note what was recognised on a page."""
        if page.length:
            self.scores[number] = (page.score, page.length)
        else:
            self.empty.append(number)

    def refuse(self, count: int) -> None:
        """Raise why a file of ``count`` pages has no text at all, if it's because of its pictures."""
        if self.unread:
            raise UnreadableFile("ingest.scanned", name=self.name, count=count)
        if self.failed:
            detail = next(iter(self.failed.values()))
            raise UnreadableFile("ingest.not-recognised", name=self.name, count=count, detail=detail)
        if self.empty:
            raise UnreadableFile("ingest.not-recognised", name=self.name, count=count, detail="图像中没有认出文字")

    def doubts(self) -> list[Issue]:
        """Return what a reader should know about the recognised pages, and those that weren't."""
        found = [self._doubt("ingest.scanned-pages", self.unread)] if self.unread else []
        if self.pictures:
            found.append(self._doubt("ingest.pictures", self.pictures))
        if self.scores:
            mean = _weighted(self.scores.values())
            found.append(self._doubt("ingest.recognised", self.scores, score=f"{mean:.1%}"))
        if self.empty:
            found.append(self._doubt("ingest.recognised-empty", self.empty))
        if self.failed:
            detail = next(iter(self.failed.values()))
            found.append(self._doubt("ingest.recognition-failed", self.failed, detail=detail))
        if self.recogniser is None:
            return found
        settings = self.recogniser.settings
        low = {number: page for number, page in self.scores.items() if page[0] < settings.doubt_below}
        if low:
            limit, score = f"{settings.doubt_below:.0%}", f"{min(score for score, _ in low.values()):.1%}"
            found.append(self._doubt("ingest.recognised-doubtful", low, limit=limit, score=score))
        if self.beyond:
            found.append(self._doubt("ingest.too-many-scans", self.beyond, limit=settings.max_pages))
        return found

    def _doubt(self, code: str, pages: Iterable[int], **detail: Any) -> Issue:
        """Return the issue ``code`` about ``pages``, at the first of them."""
        numbers = sorted(pages)
        return issue(
            "ingest", code, page=numbers[0], name=self.name, count=len(numbers), pages=in_words(numbers), **detail
        )


def _weighted(pages: Iterable[tuple[float, int]]) -> float:
    """Return the average score of all characters."""
    known = list(pages)
    return sum(score * length for score, length in known) / sum(length for _, length in known)


def in_words(numbers: Sequence[int]) -> str:
    """Return rising page numbers as 「3、5–9」."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "、".join(f"{a}" if a == b else f"{a}、{b}" if b == a + 1 else f"{a}–{b}" for a, b in runs)
