"""The order in which a page is read: columns one after the other, headings over several columns before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.ingest.pdf_lines import Line, to_rows

_GUTTER = 0.8  # heights of a line that columns are apart at least
_WIDEST, _MOST_GUTTERS = 2000.0, 8  # points of a gap between columns: text further off lies outside of any page
_LEAST_ROWS = 3
_NARROWEST = 6.0  # heights of a line that a column is wide at least
_FILLED = 0.55  # share of a column's width that its lines fill, by their median
_MOST_PIECES = 4000  # a page with more is a drawing or a trap
_PARTED = 2.2  # a gap between rows so many times the usual one ends a column that has no other beside it


@dataclass(frozen=True, slots=True)
class _Split:
    """Rows ``first``..``last`` (excluded) in two columns, parted at ``at``."""

    first: int
    last: int
    at: float


def in_columns(pieces: Sequence[Line]) -> list[list[Line]]:
    """Return groups of pieces in reading order, each one column wide."""
    if len(pieces) > _MOST_PIECES:
        return [list(pieces)]
    return _split(list(pieces), 0)


def _split(pieces: list[Line], depth: int) -> list[list[Line]]:
    """Return the groups of a region: what stands above columns, each column, what stands below."""
    rows = to_rows(pieces)
    found = _best_split(rows) if len(rows) >= _LEAST_ROWS and depth < 6 else None
    if found is None:
        return [pieces] if pieces else []
    above = [piece for row in rows[: found.first] for piece in row]
    below = [piece for row in rows[found.last :] for piece in row]
    inside = [piece for row in rows[found.first : found.last] for piece in row]
    left = [piece for piece in inside if piece.x1 <= found.at]
    right = [piece for piece in inside if piece.x1 > found.at]
    groups: list[list[Line]] = []
    for part in (above, left, right, below):
        groups += _split(part, depth + 1)
    return groups


def _best_split(rows: list[list[Line]]) -> _Split | None:
    """Return the split of rows into columns that takes most rows with text on both sides."""
    height = median(piece.height for row in rows for piece in row)
    best: tuple[int, _Split] | None = None
    for at in _gutters(rows, height):
        for first, last in _free_runs(rows, at):
            split = _trimmed(rows, _Split(first, last, at))
            both = _both(rows, split) if split else 0
            if split and both >= _LEAST_ROWS and (best is None or both > best[0]) and _are_columns(rows, split, height):
                best = both, split
    return best[1] if best else None


def _gutters(rows: list[list[Line]], height: float) -> list[float]:
    """Return the places where gaps between neighbours in a row lie most often."""
    counts: dict[int, int] = {}
    step = max(height / 2, 1.0)
    for row in rows:
        for a, b in pairwise(row):
            if _GUTTER * height <= b.x0 - a.x1 <= _WIDEST:
                for place in range(int(a.x1 / step) + 1, int(b.x0 / step) + 1):
                    counts[place] = counts.get(place, 0) + 1
    usual = [place for place, count in counts.items() if count >= _LEAST_ROWS]
    usual.sort(key=lambda place: -counts[place])
    kept: list[int] = []
    for place in usual:
        if all(abs(place - other) > 4 for other in kept):
            kept.append(place)
        if len(kept) == _MOST_GUTTERS:
            break
    return [place * step for place in kept]


def _free_runs(rows: list[list[Line]], at: float) -> list[tuple[int, int]]:
    """Return the runs of rows in which no piece crosses ``at``."""
    runs: list[tuple[int, int]] = []
    start = 0
    for i, row in enumerate([*rows, None]):
        if row is None or any(piece.x0 < at < piece.x1 for piece in row):
            if i - start >= _LEAST_ROWS:
                runs.append((start, i))
            start = i + 1
    return runs


def _trimmed(rows: list[list[Line]], split: _Split) -> _Split | None:
    """Return the split without rows at its ends that stand apart from it and have text on one side only."""
    two = [i for i in range(split.first, split.last) if _sides(rows[i], split.at) == (True, True)]
    if not two:
        return None
    steps = [rows[i][0].y1 - rows[i + 1][0].y1 for i in range(two[0], two[-1])]
    usual = median(steps) if steps else 0.0
    first, last = two[0], two[-1] + 1
    while first > split.first and rows[first - 1][0].y1 - rows[first][0].y1 <= _PARTED * usual / 1.5:
        first -= 1
    while last < split.last and rows[last - 1][0].y1 - rows[last][0].y1 <= _PARTED * usual:
        last += 1
    return _Split(first, last, split.at)


def _sides(row: Sequence[Line], at: float) -> tuple[bool, bool]:
    """Tell whether a row has text left and right of ``at``."""
    return any(piece.x1 <= at for piece in row), any(piece.x1 > at for piece in row)


def _both(rows: list[list[Line]], split: _Split) -> int:
    """Return how many rows have text on both sides."""
    return sum(_sides(row, split.at) == (True, True) for row in rows[split.first : split.last])


def _are_columns(rows: list[list[Line]], split: _Split, height: float) -> bool:
    """Tell whether both sides are running text: wide enough and mostly filled, unlike a table's columns."""
    for right in (False, True):
        side = [[p for p in row if (p.x1 > split.at) == right] for row in rows[split.first : split.last]]
        side = [row for row in side if row]
        low, high = min(row[0].x0 for row in side), max(row[-1].x1 for row in side)
        filled = [sum(p.x1 - p.x0 for p in row) / max(high - low, 1.0) for row in side]
        if high - low < _NARROWEST * height or median(filled) < _FILLED:
            return False
    return True
