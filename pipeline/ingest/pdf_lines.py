"""Characters of a page → printed lines: what stands on one baseline; spaces where the print has them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.ingest.pdf_glyphs import Box, Glyph

# The gap that is a space, in heights of the line, between two Latin characters, Latin and Han, two Han. Word sets a
# quarter of an em between Han and Latin without a space in the text.
_GAPS = (0.18, 0.45, 0.35)
_DIGIT_GAP = 0.4  # digits of fonts that aren't embedded stand apart
_THINNEST = 0.05  # a space of the file's own so narrow isn't seen
_WIDEST_GAP = 1.3  # beyond it a new piece begins
_ON_LINE = 0.5  # share of the lower character's height that must be level with the line
_FAR_TALLER = 2.2  # times: raised marks are half as high as their line
_BACK = 0.7  # heights by which a character may begin left of the last one's end
_MOST_SPACES = 4
_RAISED = 0.75  # height of a raised mark to the text's at most
_LONGEST_MARK = 3
_OVERLAID = 3  # pieces of a row that are tried for one that a run goes on from or repeats
_SAME_PLACE = 0.35  # heights within which a character printed twice (false bold) repeats


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line or a piece of one, with its box; ``height`` is that of most of its characters."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    height: float

    @property
    def box(self) -> Box:
        """The line's box."""
        return self.x0, self.y0, self.x1, self.y1


def to_pieces(glyphs: Sequence[Glyph]) -> list[Line]:
    """Return the pieces of lines that ``glyphs`` make up, from top to bottom, from left to right."""
    pieces = []
    for row in _rows(_runs(glyphs)):
        merged: list[list[Glyph]] = []
        for run in sorted(row, key=lambda run: run[0].x0):
            near = range(len(merged) - 1, max(-1, len(merged) - _OVERLAID - 1), -1)
            if any(_repeats_run(merged[i], run) for i in near):
                continue
            place = next((i for i in near if _adjoins(merged[i], run)), None)
            if place is None:
                merged.append(run)
            else:
                merged[place] = merged[place] + run
        pieces += [_line(run) for run in merged]
    return pieces


def to_rows(pieces: Iterable[Line]) -> list[list[Line]]:
    """Return pieces of lines by rows from top to bottom, each row from left to right."""
    rows: list[list[Line]] = []
    heads: list[Line] = []
    for piece in sorted(pieces, key=lambda piece: -(piece.y0 + piece.y1)):
        # the last rows only: a tall heading may reach beside several small lines
        near = range(len(rows) - 1, max(-1, len(rows) - 4), -1)
        found = next((i for i in near if _level(heads[i], piece) and not _is_below(rows[i], piece)), None)
        if found is None:
            rows.append([piece])
            heads.append(piece)
        else:
            rows[found].append(piece)
            if piece.height > heads[found].height:
                heads[found] = piece
    for row in rows:
        row.sort(key=lambda piece: piece.x0)
    return rows


def join(row: Sequence[Line]) -> Line:
    """Return a row's pieces as one line, with as many spaces between them as fit, up to four."""
    if len(row) == 1:
        return row[0]
    text = row[0].text
    for a, b in pairwise(row):
        text += " " * max(1, min(_MOST_SPACES, round((b.x0 - a.x1) / (0.5 * max(a.height, b.height, 1))))) + b.text
    return Line(
        text,
        min(piece.x0 for piece in row),
        min(piece.y0 for piece in row),
        max(piece.x1 for piece in row),
        max(piece.y1 for piece in row),
        max(piece.height for piece in row),
    )


def to_lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """Return the lines of one column of text, from top to bottom."""
    return [join(row) for row in to_rows(to_pieces(glyphs))]


def _is_below(row: Sequence[Line], piece: Line) -> bool:
    """Tell whether a piece stands below one of a row: issuers of a joint letterhead, beside one tall 「文件」."""
    return any(
        min(other.x1, piece.x1) - max(other.x0, piece.x0) > 0.5 * min(other.x1 - other.x0, piece.x1 - piece.x0)
        for other in row
    )


def _level(a: Line | Glyph, b: Line | Glyph) -> bool:
    """Tell whether two pieces stand beside each other; beside a far taller one only what is at its middle."""
    lower, taller = sorted((a.y1 - a.y0, b.y1 - b.y0))
    if taller > _FAR_TALLER * lower:
        return abs(a.y0 + a.y1 - b.y0 - b.y1) <= lower
    return min(a.y1, b.y1) - max(a.y0, b.y0) >= _ON_LINE * min(a.y1 - a.y0, b.y1 - b.y0)


def _runs(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Return the characters in runs that the file itself writes one after the other on a line."""
    runs: list[list[Glyph]] = []
    last: Glyph | None = None
    for glyph in glyphs:
        if last is not None:
            height = max(last.y1 - last.y0, glyph.y1 - glyph.y0)
            gap = glyph.x0 - last.x1
            if -_BACK * height <= gap <= _WIDEST_GAP * height and _level(last, glyph) and glyph.x0 >= last.x0:
                if glyph.text != last.text or glyph.x0 - last.x0 > _SAME_PLACE * (last.x1 - last.x0):
                    runs[-1].append(glyph)
                    last = glyph
                continue
        runs.append([glyph])
        last = glyph
    return runs


def _rows(runs: list[list[Glyph]]) -> list[list[list[Glyph]]]:
    """Return the runs by rows from top to bottom."""
    marked = [(_line_box(run), run) for run in runs]
    marked.sort(key=lambda item: -(item[0].y0 + item[0].y1))
    rows: list[list[list[Glyph]]] = []
    heads: list[Glyph] = []
    for box, run in marked:
        found = next((i for i in range(len(rows) - 1, max(-1, len(rows) - 4), -1) if _level(heads[i], box)), None)
        if found is None:
            rows.append([run])
            heads.append(box)
        else:
            rows[found].append(run)
            if box.y1 - box.y0 > heads[found].y1 - heads[found].y0:
                heads[found] = box
    return rows


def _line_box(run: Sequence[Glyph]) -> Glyph:
    """Return the place of a run as one character: its most usual heights, so that a raised mark doesn't count."""
    middle = sorted(run, key=lambda glyph: glyph.y1 - glyph.y0)[len(run) // 2]
    return Glyph("", run[0].x0, middle.y0, run[-1].x1, middle.y1)


def _adjoins(left: Sequence[Glyph], right: Sequence[Glyph]) -> bool:
    """Tell whether ``right`` goes on where ``left`` ends; text printed over other text doesn't."""
    a, b = left[-1], right[0]
    height = max(a.y1 - a.y0, b.y1 - b.y0)
    return -_BACK * height <= b.x0 - a.x1 <= _WIDEST_GAP * height and b.x0 >= a.x0


def _repeats_run(left: Sequence[Glyph], right: Sequence[Glyph]) -> bool:
    """Tell whether ``right`` is part of ``left`` printed once more, as false bold is."""
    shift = _SAME_PLACE * (right[0].x1 - right[0].x0)
    at = bisect_left(left, right[0].x0 - shift, key=lambda glyph: glyph.x0)
    if len(left) - at < len(right):
        return False
    return all(_repeats(a, b) for a, b in zip(left[at : at + len(right)], right, strict=True))


def _repeats(a: Glyph, b: Glyph) -> bool:
    """Tell whether two characters are one printed twice."""
    return a.text == b.text and abs(a.x0 - b.x0) < _SAME_PLACE * (a.x1 - a.x0) and abs(a.y0 - b.y0) < a.y1 - a.y0


def _line(run: Sequence[Glyph]) -> Line:
    """Return a run as a line."""
    middle = _line_box(run)
    height = middle.y1 - middle.y0
    parts = [run[0].text]
    gaps = sorted(b.x0 - a.x1 for a, b in pairwise(run))
    spread = max(0.0, gaps[len(gaps) // 2]) if gaps else 0.0
    for a, b in pairwise(run):
        parts.append(_spaces(a, b, height, spread) + b.text)
    for start, end in _raised_marks(run):
        parts[start] = parts[start].replace(run[start].text, "〔" + run[start].text)
        parts[end - 1] += "〕"
    return Line(
        "".join(parts),
        min(glyph.x0 for glyph in run),
        min(glyph.y0 for glyph in run),
        max(glyph.x1 for glyph in run),
        max(glyph.y1 for glyph in run),
        height,
    )


def _raised_marks(run: Sequence[Glyph]) -> Iterator[tuple[int, int]]:
    """Yield where small raised digits touch a number's: a footnote's mark, set in brackets, is no part of it."""
    start = 0
    for end in range(1, len(run) + 1):
        if end < len(run) and _alike(run[start], run[end]):
            continue
        before, after = run[start - 1] if start else None, run[end] if end < len(run) else None
        near = [glyph for glyph in (before, after) if glyph is not None and glyph.text.isdigit()]
        if end - start <= _LONGEST_MARK and run[start].text.isdigit() and any(_is_raised(run[start], n) for n in near):
            yield start, end
        start = end


def _alike(a: Glyph, b: Glyph) -> bool:
    """Tell whether two characters are both digits or both none, and none is raised above the other."""
    return a.text.isdigit() == b.text.isdigit() and not _is_raised(a, b) and not _is_raised(b, a)


def _is_raised(mark: Glyph, beside: Glyph) -> bool:
    """Tell whether a character is set smaller and higher than the one beside it."""
    height = beside.y1 - beside.y0
    return mark.y1 - mark.y0 <= _RAISED * height and mark.y0 >= beside.y0 + 0.2 * height


def _spaces(a: Glyph, b: Glyph, height: float, spread: float) -> str:
    """Return the spaces printed between two characters of a line whose characters are mostly ``spread`` apart."""
    gap = b.x0 - a.x1
    han = (a.text > "\u2e7f") + (b.text > "\u2e7f")
    least = _DIGIT_GAP if a.text.isdigit() and b.text.isdigit() else _GAPS[han]
    if b.spaces and gap > _THINNEST * height:
        return " " * min(_MOST_SPACES, b.spaces)
    if gap > spread + least * height:
        return " " * max(1, min(_MOST_SPACES, round((gap - spread) / (0.5 * height))))
    return ""
