"""Recognises the text of page images (extra ``ocr``): pages of a PDF without usable text, and picture files.

What's recognised goes through the layout of the PDF reader, so that lines, columns and tables become the same blocks;
each has its page, its box and how sure the engine is. Boxes are those of the page with its lines set level.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.core.errors import UnreadableFile
from pipeline.core.issues import Issue, issue
from pipeline.core.layers import Block
from pipeline.core.pulse import beat
from pipeline.ingest.ocr_engine import Engine, Recogniser, Seen
from pipeline.ingest.ocr_rules import find_rules
from pipeline.ingest.ocr_upright import Line, as_drawn, set_upright, slope_of
from pipeline.ingest.pdf_glyphs import Box, turned
from pipeline.ingest.pdf_page import PageParts, take_apart

DPI = 200  # measured: docs/decisions/0008-ocr.md
LONGEST_SIDE = 3400  # pixels, A3: larger sheets are read at a lower resolution, as memory grows with the area
_TALL = 1.5  # a line so much higher than wide is a line set sideways
_AS_GOOD = 0.1  # by so much may a page set upright be read less surely than one that lies
_HAN = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z0-9]")
# marks whose width the picture doesn't tell: engines mix both widths within one pair of brackets
_WIDE = str.maketrans("(),:;?!", "（），：；？！")
_MARKS = re.compile(r"[(),:;?!]")
_MOST_DETAIL = 200
# one page at a time is enough for a process
_one_page = threading.Lock()


@dataclass(frozen=True, slots=True)
class Picture:
    """A page to recognise: its grey image as it's shown, pixels for each point, its box in points as it's stored.

    ``turn`` counts the quarter turns to the right by which it's shown (the page's /Rotate).
    """

    image: Any
    scale: float
    box: Box
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A recognised page: its parts for the layout, its lines with boxes of the stored page, the average score."""

    parts: PageParts
    lines: tuple[Line, ...]
    score: float

    @property
    def length(self) -> int:
        """How many characters were recognised."""
        return sum(len(line.text) for line in self.lines)


def recognise(recogniser: Recogniser, picture: Picture, number: int) -> Page:
    """Return what is written on the page ``number``. Raises what the engine raises."""
    with _one_page:
        image, seen, quarters = _turned(recogniser.engine(), picture.image, recogniser.settings.doubt_below)
    seen = [line for line in seen if line.text.strip()]
    height, width = image.shape
    slope = slope_of(seen)
    lines = [_with_marks(line) for line in set_upright(seen, slope, (width, height), picture.scale)]
    rules = find_rules(image, slope, picture.scale)
    turn = (picture.turn - quarters) % 4
    parts = take_apart(as_drawn(lines, rules, picture.box, turn), number)
    x, y, _, _ = turned(picture.box, turn)
    back = (4 - turn) % 4
    stored = tuple(replace(line, box=turned(_moved(line.box, x, y), back)) for line in lines)
    return Page(parts, stored, _mean(seen))


def _moved(box: Box, x: float, y: float) -> Box:
    """Return a box moved to the right and upwards."""
    return box[0] + x, box[1] + y, box[2] + x, box[3] + y


def _mean(seen: Sequence[Seen]) -> float:
    """Return the average score of the characters, 1 when there are none."""
    total = sum(len(line.text) for line in seen)
    return sum(line.score * len(line.text) for line in seen) / total if total else 1.0


def _turned(engine: Engine, image: Any, doubt_below: float) -> tuple[Any, list[Seen], int]:
    """Return the image the way round it can be read best, its lines, and by how many quarters to the left it's turned.

    Only pages in doubt are tried otherwise than as they are.
    """
    import numpy as np

    seen = engine(image)
    tall = sum(len(line.text) for line in seen if _is_tall(line)) > 0.5 * sum(len(line.text) for line in seen)
    if tall:
        quarters: tuple[int, ...] = (1, 3)
    elif _mean(seen) < doubt_below:
        quarters = (2,)
    else:
        return image, seen, 0
    best = image, seen, 0
    # engines read lines that run down as well as others, but their boxes are of no use then
    least = _mean(seen) - (_AS_GOOD if tall else 0.0)
    for quarter in quarters:
        turned_image = np.ascontiguousarray(np.rot90(image, quarter))
        other = engine(turned_image)
        if other and _mean(other) > least:
            best, least = (turned_image, other, quarter), _mean(other)
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
    return replace(line, text=text)


def _mark(match: re.Match[str], text: str) -> str:
    """Return a mark in the width it has in Chinese text, unless it stands among Latin letters or digits."""
    mark, at = match[0], match.start()
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    latin = bool(_LATIN.match(before)), bool(_LATIN.match(after))
    plain = all(latin) if mark in "()" else latin[0] or not before
    return mark if plain else mark.translate(_WIDE)


def scored(blocks: Sequence[Block], pages: dict[int, Page]) -> tuple[Block, ...]:
    """Return the blocks, those of recognised ``pages`` with the average score of the lines that lie in them."""
    return tuple(replace(block, score=_score(block, pages)) if block.page in pages else block for block in blocks)


def _score(block: Block, pages: dict[int, Page]) -> float | None:
    """Return the average score of the lines in a block, None for an empty one."""
    places = [(place.page, place.box) for place in block.lines]
    if not places and block.page is not None and block.box is not None and block.end > block.start:
        places = [(block.page, block.box)]
    total = weight = 0.0
    for number, box in places:
        inside = [line for line in pages[number].lines if _lies_in(line.box, box)] if number in pages else []
        total += sum(line.score * len(line.text) for line in inside)
        weight += sum(len(line.text) for line in inside)
    return round(min(1.0, max(0.0, total / weight)), 3) if weight else None


def _lies_in(line: Box, box: Box) -> bool:
    """Tell whether a line and a box share more than half of the smaller one."""
    wide, high = min(line[2], box[2]) - max(line[0], box[0]), min(line[3], box[3]) - max(line[1], box[1])
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (line, box)]
    return wide > 0 and high > 0 and wide * high > 0.5 * min(areas)


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

    def attempt(self, number: int, picture: Callable[[], Picture]) -> Page | None:
        """Return what's written on the page that ``picture`` gives, None when it isn't or can't be read."""
        if self.recogniser is None:
            self.unread.append(number)
            return None
        if len(self.scores) + len(self.empty) + len(self.failed) >= self.recogniser.settings.max_pages:
            self.beyond.append(number)
            return None
        try:
            page = recognise(self.recogniser, picture(), number)
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
