"""A page as lines and tables in the order they're read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from pipeline.ingest.pdf_columns import in_columns
from pipeline.ingest.pdf_glyphs import SKEW, UNMAPPED, Box, Drawn, Glyph, Rule, Sheet
from pipeline.ingest.pdf_grid import find_grids
from pipeline.ingest.pdf_lines import Line, join, to_pieces, to_rows
from pipeline.ingest.pdf_open_tables import find_open_tables
from pipeline.ingest.pdf_tables import Printed, Table, fill_grids

_MOST_RULES = 20_000
_TABLE = "\0"  # begins the text of a stand-in for a slice of a table
_SHORT_RULE = 0.5  # share of the text's width that the rule above footnotes takes at most
_SHORTER_RULE = 0.4  # the same where footnotes are as large as the text
_SMALLER = 0.93  # a footnote's height to the text's
_FOOTNOTE = re.compile(r"[①-⑳*†‡※\uff0a]|[\[〔（(]?\d{1,3}[\]〕）)]?(?![\d.])|注")
_GARBLED = 0.3  # share of a page's characters that must be unreadable
_LEAST_GARBLED = 20
_FOREIGN = re.compile("[\x80-\xff\ufffd\ue000-\uf8ff]")
_USUAL = frozenset("·×÷±°§«»®©²³¹µ\xa0")


@dataclass(frozen=True, slots=True)
class SheetParts:
    """What reads in one direction on a page: the pieces of its lines, its tables, its rules beside those."""

    turn: int
    pieces: tuple[Line, ...]
    tables: tuple[Table, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class PageParts:
    """A page taken apart; ``number`` counts from 1, ``box`` is the page's own, ``unmapped`` counts lost letters."""

    number: int
    sheets: tuple[SheetParts, ...]
    box: Box
    drawn: bool
    unmapped: int = 0
    garbled: bool = False


def take_apart(drawn: Drawn, number: int) -> PageParts:
    """Return the pieces and tables of a page."""
    glyphs = [glyph for sheet in drawn.sheets for glyph in sheet.glyphs]
    unmapped = sum(glyph.text == UNMAPPED for glyph in glyphs)
    sheets = tuple(_sheet(sheet, number) for sheet in drawn.sheets)
    return PageParts(number, sheets, drawn.box, drawn.drawn or bool(glyphs), unmapped, _is_garbled(glyphs))


def readable(drawn: Drawn) -> tuple[int, int]:
    """Return how many of a page's characters can be read and how many can't."""
    glyphs = [glyph for sheet in drawn.sheets for glyph in sheet.glyphs]
    odd = _odd(glyphs)
    return len(glyphs) - odd, odd


def _odd(glyphs: Sequence[Glyph]) -> int:
    """Return how many characters are unmapped, of private use or bytes read in a wrong encoding."""
    return sum(len(_FOREIGN.findall(glyph.text)) for glyph in glyphs if glyph.text not in _USUAL)


def _is_garbled(glyphs: Sequence[Glyph]) -> bool:
    """Tell whether much of a page's text is unreadable."""
    return _odd(glyphs) >= max(_LEAST_GARBLED, _GARBLED * len(glyphs))


def _sheet(sheet: Sheet, number: int) -> SheetParts:
    """Return the parts of one sheet."""
    if sheet.turn == SKEW:
        return SheetParts(0, tuple(_by_file(sheet.glyphs)), (), ())
    if len(sheet.across) + len(sheet.down) > _MOST_RULES:
        return SheetParts(sheet.turn, tuple(to_pieces(sheet.glyphs)), (), ())
    grids = find_grids(sheet.across, sheet.down)
    tables, outside = fill_grids(grids, sheet.glyphs, number, sheet.turn)
    rules = tuple(
        rule
        for rule in sheet.across
        if not any(t.box[1] - 3 <= rule.at <= t.box[3] + 3 and rule.low >= t.box[0] - 3 for t in tables)
    )
    more, pieces = find_open_tables(to_pieces(outside), rules, number, sheet.turn)
    return SheetParts(sheet.turn, tuple(pieces), (*tables, *more), rules)


def _by_file(glyphs: Sequence[Glyph]) -> Iterator[Line]:
    """Yield text set at a slant (watermarks) as the file writes it, cut where it jumps."""
    run: list[Glyph] = []
    for glyph in [*glyphs, None]:
        far = run and glyph is not None and abs(glyph.x0 - run[-1].x0) > 4 * (run[-1].y1 - run[-1].y0)
        if run and (glyph is None or far):
            x0, y0 = min(g.x0 for g in run), min(g.y0 for g in run)
            x1, y1 = max(g.x1 for g in run), max(g.y1 for g in run)
            yield Line("".join(g.text for g in run), x0, y0, x1, y1, run[0].y1 - run[0].y0)
            run = []
        if glyph is not None:
            run.append(glyph)


def in_order(sheet: SheetParts, number: int, gone: Collection[int]) -> tuple[list[Printed | Table], int]:
    """Return the sheet's lines and tables in reading order and how many at its end are lines of footnotes.

    ``gone`` are the indices of pieces to leave out.
    """
    pieces = [piece for index, piece in enumerate(sheet.pieces) if index not in gone]
    notes = _footnotes(pieces, sheet)
    held = {id(piece) for piece in notes}
    body = [piece for piece in pieces if id(piece) not in held]
    groups = in_columns([*body, *_stand_ins(body, sheet.tables)])
    result: list[Printed | Table] = []
    placed: set[int] = set()
    before_notes = 0
    for group in [*groups, notes]:
        before_notes = len(result)
        for row in to_rows(group):
            text = [piece for piece in row if not piece.text.startswith(_TABLE)]
            if text:
                result.append(Printed(join(text), number, sheet.turn))
            for piece in row:
                if piece.text.startswith(_TABLE) and (index := int(piece.text[1:])) not in placed:
                    placed.add(index)
                    result.append(sheet.tables[index])
    return result, len(result) - before_notes


def _stand_ins(body: Sequence[Line], tables: Sequence[Table]) -> Iterator[Line]:
    """Yield slices as high as a line for each table, so that tables take part in the search for columns."""
    height = median([piece.height for piece in body] or [12.0])
    for index, table in enumerate(tables):
        x0, y0, x1, y1 = table.box
        count = max(1, min(200, int((y1 - y0) / max(height, 1.0))))
        step = (y1 - y0) / count
        for n in range(count):
            top = y1 - n * step
            yield Line(f"{_TABLE}{index}", x0, top - step, x1, top, step)


def _footnotes(pieces: Sequence[Line], sheet: SheetParts) -> list[Line]:
    """Return the lines below a short rule in the page's lower part, small or below its left end; they're read last."""
    if not pieces:
        return []
    heights = sorted((piece.height, len(piece.text)) for piece in pieces)
    usual = _weighted_median(heights)
    left, right = min(piece.x0 for piece in pieces), max(piece.x1 for piece in pieces)
    low, high = min(piece.y0 for piece in pieces), max(piece.y1 for piece in pieces)
    for rule in sorted(sheet.rules, key=lambda rule: -rule.at):
        if rule.at > low + 0.6 * (high - low) or rule.high - rule.low > _SHORT_RULE * (right - left):
            continue
        under = [p for p in pieces if p.y1 <= rule.at + 2]
        below = [p for p in under if p.height <= _SMALLER * usual and p.x0 >= rule.low - 12]
        if not below and abs(rule.low - left) <= 3 and rule.high - rule.low <= _SHORTER_RULE * (right - left):
            below = under
        if not below:
            continue
        first = max(below, key=lambda piece: piece.y1)
        if rule.at - first.y1 <= 2 * first.height and _FOOTNOTE.match(first.text.strip()):
            return below
    return []


def _weighted_median(heights: Sequence[tuple[float, int]]) -> float:
    """Return the height of the middle character."""
    half, seen = sum(count for _, count in heights) / 2, 0
    for height, count in heights:
        seen += count
        if seen >= half:
            return height
    return 0.0
