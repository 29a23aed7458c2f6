"""What a PDF page draws, by pdfium: its characters with boxes and the straight rules of its tables.

All coordinates are PDF points, origin bottom left, of the page as it's stored: its /Rotate changes nothing here.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pypdfium2.raw as pdfium

Box = tuple[float, float, float, float]
Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]

UNMAPPED = "\ufffd"  # stands for a character whose font doesn't say which it is
SKEW = -1  # the turn of text that stands neither upright nor at a right angle, such as a watermark
_PLAIN: Matrix = (1, 0, 0, 1, 0, 0)
_THIN = 3.5  # points: a filled shape so narrow is a rule
_SHORTEST = 3.0
_SLOPE = 0.02
_NEARLY = 0.1  # radians by which text may be off a right angle
MOST_SHAPES = 30_000  # maps and drawings have more; they hold no tables
BELOW = 0.15  # ems of a character below the baseline
_VERTICAL = 0.3  # share of its width by which a character of vertical writing begins left of its own place
_DEEPEST = 4  # forms within forms


@dataclass(frozen=True, slots=True)
class Glyph:
    """A printed character and its box; ``spaces`` counts the file's own spaces before it."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    spaces: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line along one axis: from ``low`` to ``high``, at ``at`` on the other axis."""

    at: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """All characters of a page that read in one direction, in the file's order, and the page's rules.

    Coordinates are turned so that the text stands upright; ``turn`` counts quarter turns (or is SKEW): see ``unturn``.
    """

    turn: int
    glyphs: tuple[Glyph, ...]
    across: tuple[Rule, ...]
    down: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page: its sheets, that with most text first, and if it draws anything at all."""

    sheets: tuple[Sheet, ...]
    drawn: bool
    box: Box


def turned(box: Box, turn: int) -> Box:
    """Return ``box`` in the coordinates of a sheet whose text is turned left by ``turn`` quarters."""
    x0, y0, x1, y1 = box
    if turn == 1:
        return y0, -x1, y1, -x0
    if turn == 2:
        return -x1, -y1, -x0, -y0
    return (-y1, x0, -y0, x1) if turn == 3 else box


def unturn(box: Box, turn: int) -> Box:
    """Return a sheet's box in the page's own coordinates."""
    return turned(box, (4 - turn) % 4) if turn > 0 else box


def read_drawn(page: Any, most: int) -> Drawn:
    """Return what a loaded page (a ``FPDF_PAGE``) draws. Raises OverflowError for more than ``most`` characters."""
    by_turn = _glyphs(page, most)
    across, down, count = _rules(page)
    rect = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, ctypes.byref(rect))
    box = rect.left, rect.bottom, rect.right, rect.top
    return Drawn(to_sheets(by_turn, across, down), count > 0, box)


def to_sheets(by_turn: Mapping[int, Sequence[Glyph]], across: Sequence[Box], down: Sequence[Box]) -> tuple[Sheet, ...]:
    """Return a page's characters by turn as its sheets, that with most text first, each with the page's rules.

    The characters' coordinates are turned already, those of the rules aren't.
    """
    sheets = []
    for turn, glyphs in sorted(by_turn.items(), key=lambda item: (item[0] == SKEW, -len(item[1]))):
        lying, standing = [turned(box, max(turn, 0)) for box in across], [turned(box, max(turn, 0)) for box in down]
        if turn in (1, 3):
            lying, standing = standing, lying
        sheets.append(
            Sheet(
                turn,
                tuple(glyphs),
                tuple(Rule((b[1] + b[3]) / 2, b[0], b[2]) for b in lying),
                tuple(Rule((b[0] + b[2]) / 2, b[1], b[3]) for b in standing),
            )
        )
    return tuple(sheets)


def _glyphs(page: Any, most: int) -> dict[int, list[Glyph]]:
    """Return the page's characters by turn, without spaces; pdfium's own guesses at spaces and new lines are left."""
    text_page = pdfium.FPDFText_LoadPage(page)
    if not text_page:
        return {}
    try:
        count = pdfium.FPDFText_CountChars(text_page)
        if count > most:
            raise OverflowError(count)
        return _read_glyphs(text_page, count)
    finally:
        pdfium.FPDFText_ClosePage(text_page)


def _read_glyphs(text_page: Any, count: int) -> dict[int, list[Glyph]]:
    """Return the characters of a text page by turn."""
    result: dict[int, list[Glyph]] = {}
    generated, angle_of, boxes = pdfium.FPDFText_IsGenerated, pdfium.FPDFText_GetCharAngle, _Boxes()
    spaces = high = 0
    for index in range(count):
        if generated(text_page, index) == 1:
            continue
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        text = _character(text_page, index, code, high)
        high = 0
        if text.isspace() or text == "\xad":
            spaces += text.isspace()
            continue
        turn = turn_of(-angle_of(text_page, index))  # pdfium counts to the right
        box = boxes.of(text_page, index, turn)
        if box is not None:
            result.setdefault(turn, []).append(Glyph(text, *box, spaces))
            spaces = 0
    return result


def _character(text_page: Any, index: int, code: int, high: int) -> str:
    """Return a character by its code (and the first half of a pair before it), UNMAPPED when it has none."""
    if 0xDC00 <= code < 0xE000:
        return chr(0x10000 + ((high - 0xD800) << 10) + code - 0xDC00) if high else UNMAPPED
    if code == 2:
        return "-"  # so pdfium marks a hyphen at a line's end
    if code < 32 and code not in (9, 10, 12, 13):
        return UNMAPPED
    lost = code == 0xFFFE or pdfium.FPDFText_HasUnicodeMapError(text_page, index) == 1
    return UNMAPPED if lost else chr(code)


class _Boxes:
    """Reads characters' boxes; holds the memory that pdfium writes to.

    The widths are the font's; the heights aren't, as fonts give what they like: Times New Roman is a third higher than
    a Song of its size. All characters reach from below the baseline to one em above that.
    """

    __slots__ = ("_matrix", "_rect", "_x", "_y")

    def __init__(self) -> None:
        """Set the memory aside."""
        self._rect, self._matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()

    def of(self, text_page: Any, index: int, turn: int) -> Box | None:
        """Return the box of a character in the coordinates of its sheet, None when it has none."""
        rect, matrix = self._rect, self._matrix
        if not pdfium.FPDFText_GetLooseCharBox(text_page, index, rect):
            return None
        x0, y0, x1, y1 = turned((rect.left, rect.bottom, rect.right, rect.top), max(turn, 0))
        if not pdfium.FPDFText_GetCharOrigin(text_page, index, self._x, self._y):
            return x0, y0, x1, y1
        pdfium.FPDFText_GetMatrix(text_page, index, matrix)
        x, y, _, _ = turned((self._x.value, self._y.value, self._x.value, self._y.value), max(turn, 0))
        em = pdfium.FPDFText_GetFontSize(text_page, index) * math.hypot(matrix.c, matrix.d)
        upright = turn != SKEW and x - x0 < _VERTICAL * (x1 - x0) and em > 0
        return (x0, y - BELOW * em, x1, y + (1 - BELOW) * em) if upright else (x0, y0, x1, y1)


def turn_of(angle: float) -> int:
    """Return the quarter turns to the left of an angle to the left in radians, SKEW when it's none."""
    if angle == 0:
        return 0
    quarters = angle / (math.pi / 2)
    nearest = round(quarters)
    return nearest % 4 if abs(quarters - nearest) * math.pi / 2 <= _NEARLY else SKEW


def _rules(page: Any) -> tuple[list[Box], list[Box], int]:
    """Return the page's level and upright rules and the number of things it draws."""
    across: list[Box] = []
    down: list[Box] = []
    count = shapes = 0
    for item, matrix in _objects(page, pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject, _PLAIN, 0):
        count += 1
        if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        shapes += 1
        if shapes > MOST_SHAPES:
            return [], [], count
        sort_strokes(_strokes(item, matrix), across, down)
    return across, down, count


def sort_strokes(strokes: Iterable[Box], across: list[Box], down: list[Box]) -> None:
    """Add the boxes that are thin enough for rules to the level or the upright ones."""
    for x0, y0, x1, y1 in strokes:
        if y1 - y0 <= _THIN and x1 - x0 > max(_SHORTEST, y1 - y0):
            across.append((x0, y0, x1, y1))
        elif x1 - x0 <= _THIN and y1 - y0 > max(_SHORTEST, x1 - x0):
            down.append((x0, y0, x1, y1))


def _objects(holder: Any, count: Any, get: Any, matrix: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
    """Yield the objects of a page or form, those of forms within it too, with the matrix they're drawn through."""
    for index in range(count(holder)):
        item = get(holder, index)
        if depth < _DEEPEST and pdfium.FPDFPageObj_GetType(item) == pdfium.FPDF_PAGEOBJ_FORM:
            inner = _times(_matrix(item), matrix)
            yield from _objects(item, pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject, inner, depth + 1)
        else:
            yield item, matrix


def _matrix(item: Any) -> Matrix:
    """Return an object's own matrix."""
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(item, ctypes.byref(found)):
        return _PLAIN
    return found.a, found.b, found.c, found.d, found.e, found.f


def _times(m: Matrix, n: Matrix) -> Matrix:
    """Return the matrix that does ``m`` first, then ``n``."""
    a, b, c, d, e, f = m
    p, q, r, s, t, u = n
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _strokes(item: Any, matrix: Matrix) -> Iterator[Box]:
    """Yield the boxes of a path's straight strokes; of a shape that's only filled, its box when that's thin."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item, ctypes.byref(fill), ctypes.byref(stroke))
    if not fill.value and not stroke.value:
        return
    for points in _outlines(item, _times(_matrix(item), matrix)):
        yield from (straight_strokes(points) if stroke.value else filled_shape(points))


def straight_strokes(points: Sequence[Point]) -> Iterator[Box]:
    """Yield the boxes of the strokes between ``points`` that are level or upright."""
    for (ax, ay), (bx, by) in pairwise(points):
        if abs(ax - bx) <= _SLOPE * abs(ay - by) or abs(ay - by) <= _SLOPE * abs(ax - bx):
            yield min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def filled_shape(points: Sequence[Point]) -> Iterator[Box]:
    """Yield the box of a shape that's only filled."""
    if len(points) > 2:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        yield min(xs), min(ys), max(xs), max(ys)


def _outlines(item: Any, matrix: Matrix) -> Iterator[Sequence[Point]]:
    """Yield the points of each part of a path, on the page; a part with a curve is left out."""
    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[Point] = []
    curved = False
    for index in range(pdfium.FPDFPath_CountSegments(item)):
        part = pdfium.FPDFPath_GetPathSegment(item, index)
        kind = pdfium.FPDFPathSegment_GetType(part)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            if points and not curved:
                yield points
            points, curved = [], False
        curved = curved or kind == pdfium.FPDF_SEGMENT_BEZIERTO
        pdfium.FPDFPathSegment_GetPoint(part, ctypes.byref(x), ctypes.byref(y))
        points.append((a * x.value + c * y.value + e, b * x.value + d * y.value + f))
        if pdfium.FPDFPathSegment_GetClose(part):
            points.append(points[0])
    if points and not curved:
        yield points
