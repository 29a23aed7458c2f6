"""Running heads, feet and page numbers: lines that come back at one height on many pages."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from pipeline.ingest.pdf_lines import Line, to_rows

_NEAR_BORDER = 3  # rows at the top and at the bottom of a page that are looked at
_SAME_HEIGHT = 6.0  # points by which a running line moves
_LEAST_PAGES = 3
_COVERED = 0.4  # share of the pages from first to last that a running line stands on
_LONGEST = 120
_MOST = 0.5  # share of the pages from which on a running line belongs to the whole document
_DIGITS = re.compile(r"\d+")
_ROMAN = re.compile(r"[ivxlcIVXLC]{1,7}")
_NUMBER = re.compile(r"[-—–―·•~～ ]*(?:第 ?)?#(?: ?页)?(?:[ ,，/／（(]*(?:共 ?)?#(?: ?页)?[）)]?)?[-—–―·•~～ ]*")
_PAGE_DIGITS = 6

_TURNS = 0.8  # share of the pages that two alternating lines stand on
_MOST_HEADS = 40  # lines at one height that are compared

Place = tuple[int, int]  # page's index and the piece's index on it
_Spot = tuple[str, int, bool, int]  # a line without its numbers, its turn, whether it's at the top, its height


@dataclass(frozen=True, slots=True)
class Face:
    """The pieces that read in one direction on a page, and the heights of the page's borders in their coordinates."""

    page: int
    turn: int
    top: float
    bottom: float
    pieces: tuple[Line, ...]


def find_furniture(faces: Sequence[Face]) -> dict[int, set[int]]:
    """Return the pieces that are furniture: for the index of a face the indices of its pieces."""
    same: dict[_Spot, list[Place]] = defaultdict(list)
    for number, face in enumerate(faces):
        for index, top in _at_borders(face.pieces):
            piece = face.pieces[index]
            key = _key(piece.text)
            if len(key) <= _LONGEST and not key.endswith("。"):
                # measured from the nearer border, as pages may differ in size
                place = face.top - piece.y1 if top else piece.y0 - face.bottom
                same[key, face.turn, top, round(place / _SAME_HEIGHT)].append((number, index))
    counts = Counter("".join(piece.text.split()) for face in faces for piece in face.pieces)
    gone: dict[int, set[int]] = defaultdict(set)
    alternating = _alternating(faces, same)
    for (key, turn, top, height), found in same.items():
        near = [place for h in (height - 1, height, height + 1) for place in same.get((key, turn, top, h), ())]
        if _runs(faces, key, near) or (key, turn, top, height) in alternating:
            kept = _heading(faces, near, counts)
            for number, index in found:
                if (number, index) != kept:
                    gone[number].add(index)
    return {number: _outermost(faces[number].pieces, found) for number, found in gone.items()}


def _alternating(faces: Sequence[Face], same: Mapping[_Spot, list[Place]]) -> set[_Spot]:
    """Return the lines that stand on odd or on even pages only, each at one place, with another on those between."""
    kept: dict[tuple[int, bool, int], list[tuple[_Spot, set[int]]]] = defaultdict(list)
    for spot, found in same.items():
        key, turn, top, height = spot
        pages = {faces[number].page for number, _ in found}
        numbered = "#" not in key or len({faces[n].pieces[i].text for n, i in found}) == 1 or _counts(faces, found)
        if len(pages) >= 2 and len({page % 2 for page in pages}) == 1 and numbered:
            for near in (height - 1, height, height + 1):
                kept[turn, top, near].append((spot, pages))
    result: set[_Spot] = set()
    for group in kept.values():
        for (one, odd), (other, even) in combinations(group[:_MOST_HEADS], 2):
            pages = odd | even
            if min(odd) % 2 != min(even) % 2 and len(pages) >= _TURNS * (max(pages) - min(pages) + 1):
                result |= {one, other}
    return result


def _outermost(pieces: Sequence[Line], gone: set[int]) -> set[int]:
    """Return those of ``gone`` that no row of other text parts from the page's border, as it would in a form."""
    rows = [[index for index, _ in row] for row in _indexed_rows(pieces)]
    kept: set[int] = set()
    for outer in (rows, rows[::-1]):
        for row in outer:
            if not gone.intersection(row):
                break
            kept.update(gone.intersection(row))
    return kept


def _heading(faces: Sequence[Face], found: Sequence[Place], counts: Counter[str]) -> Place | None:
    """Return the first of the lines when it's the only place that says what a part of the document is called.

    A head over most pages names the whole document; one that stands elsewhere too repeats that.
    """
    on = {faces[number].page for number, _ in found}
    first = min(found)
    text = "".join(faces[first[0]].pieces[first[1]].text.split())
    if len(on) >= _MOST * len({face.page for face in faces}) or _DIGITS.search(text):
        return None
    return first if counts[text] <= len(found) else None


def _at_borders(pieces: Sequence[Line]) -> list[tuple[int, bool]]:
    """Return the indices of the pieces in a page's outer rows, with True for those at the top."""
    rows = _indexed_rows(pieces)
    top = [(index, True) for row in rows[:_NEAR_BORDER] for index, _ in row]
    bottom = [(index, False) for row in rows[_NEAR_BORDER:][-_NEAR_BORDER:] for index, _ in row]
    return top + bottom


def _indexed_rows(pieces: Sequence[Line]) -> list[list[tuple[int, Line]]]:
    """Return the pieces by rows from top to bottom, each with its index."""
    places = {id(piece): index for index, piece in enumerate(pieces)}
    return [[(places[id(piece)], piece) for piece in row] for row in to_rows(pieces)]


def _key(text: str) -> str:
    """Return a line without spaces, each number as #."""
    squeezed = "".join(text.split())
    return "#" if _ROMAN.fullmatch(squeezed) else _DIGITS.sub("#", squeezed)


def _runs(faces: Sequence[Face], key: str, found: Sequence[Place]) -> bool:
    """Tell whether repetitions of a line make it a running one."""
    on = {faces[number].page for number, _ in found}
    texts = {faces[number].pieces[index].text for number, index in found}
    if len(on) < 2 or len(on) < _COVERED * (max(on) - min(on) + 1):
        return False
    if "#" in key:
        number = _NUMBER.fullmatch(key) is not None
        if len(texts) == 1:
            return len(on) >= _LEAST_PAGES and not number
        return _counts(faces, found) and (number or len(on) >= _LEAST_PAGES)
    return len(on) >= _LEAST_PAGES or (len(faces) == 2 and _stands_still(faces, found))


def _stands_still(faces: Sequence[Face], found: Sequence[Place]) -> bool:
    """Tell whether two pages both begin or both end with one line at one place."""
    boxes = [faces[number].pieces[index].box for number, index in found]
    for number, index in found:
        pieces = faces[number].pieces
        if pieces[index].y1 < max(p.y1 for p in pieces) and pieces[index].y0 > min(p.y0 for p in pieces):
            return False
    return all(abs(a - b) <= 1.0 for box in boxes for a, b in zip(box, boxes[0], strict=True))


def _counts(faces: Sequence[Face], found: Sequence[Place]) -> bool:
    """Tell whether a number in the lines goes up with the pages, most often by the same step."""
    shifts: dict[tuple[int, int], int] = defaultdict(int)
    for number, index in found:
        text = "".join(faces[number].pieces[index].text.split())
        numbers = [int(n[-_PAGE_DIGITS:]) for n in _DIGITS.findall(text)] or [_roman(text)]
        for place, value in enumerate(numbers):
            shifts[place, value - faces[number].page] += 1
    pages = len({faces[number].page for number, _ in found})
    return max(shifts.values(), default=0) >= max(2, pages // 2)


def _roman(text: str) -> int:
    """Return the value of a Roman numeral."""
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}.get(char, 0) for char in text.lower()]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
