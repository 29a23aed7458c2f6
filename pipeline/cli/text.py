"""Text in columns: a Chinese character is two columns wide on a terminal."""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Iterable, Sequence

MAX_CELL = 40
# A column of a table that must fit gets at least so much; where output goes to no terminal there is room for this.
_LEAST, _NO_TERMINAL = 12, 120
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# signs that take no room but turn the direction of what follows or hide in a text
_UNSEEN = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def width(text: str) -> int:
    """Return how many terminal columns ``text`` takes."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """Return ``text`` filled up with spaces to ``columns``; ``right`` puts the text at the right."""
    space = " " * max(columns - width(text), 0)
    return space + text if right else text + space


def inert(text: str) -> str:
    """Return ``text`` so that it does nothing to a terminal: control characters but line breaks become spaces.

    What hides or turns the direction of writing is left out. Escape sequences are no longer any.
    """
    return "\n".join(_UNSEEN.sub("", _CONTROL.sub(" ", line)) for line in text.split("\n"))


def cut(text: str, columns: int) -> str:
    """Return ``text`` on one line and ``inert``, cut with 「…」 to ``columns``."""
    text = inert(text.replace("\n", " "))
    if width(text) <= columns:
        return text
    kept, used = [], 1
    for char in text:
        used += width(char)
        if used > columns:
            break
        kept.append(char)
    return "".join(kept) + "…"


def around(text: str, start: int, end: int, columns: int) -> str:
    """Return ``text`` on one line, cut at both ends to ``columns`` so that ``[start, end)`` is in sight."""
    before, inside, after = text[:start], text[start:end], text[end:]
    room = columns - width(inside)
    if width(text) <= columns or room < 2:
        return cut(text, columns)
    left = max(room // 2, room - width(after))
    if width(before) > left:
        while before and width(before) > left - 1:
            before = before[1:]
        before = "…" + before
    return cut(before + inside + after, columns)


def terminal_columns() -> int:
    """Return how many columns the terminal has (or the variable COLUMNS says); 120 without one."""
    return shutil.get_terminal_size((_NO_TERMINAL, 24)).columns


def grid(heads: Sequence[str], rows: Iterable[Sequence[object]], *, columns: int = MAX_CELL) -> str:
    """Return rows in aligned columns under their headings; numbers at the right, empty values as nothing."""
    kept = [list(row) for row in rows]
    return _drawn(heads, kept, [columns] * len(heads))


def fitting(
    heads: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    total: int,
    importance: Sequence[int] = (),
    wide: int = -1,
) -> tuple[list[int], list[int]]:
    """Return the columns for which there is room in ``total`` terminal columns, in order, and the width of each.

    ``importance`` are numbers of columns, those to keep longest first (default: from the left). Numbers are never cut.
    The column ``wide`` takes what room the others leave; these are at most ``MAX_CELL`` wide, beside it half of that.
    """
    natural, least = [], []
    for number, head in enumerate(heads):
        cells = [row[number] for row in rows]
        full = max([width(inert(head)), *(width(inert(str(cell))) for cell in cells if cell is not None)])
        most = MAX_CELL if wide < 0 or _numeric(cells) else max(MAX_CELL // 2, width(head))
        natural.append(full if number == wide else min(full, most))
        smallest = full if _numeric(cells) else max(width(head), 3 * _LEAST if number == wide else _LEAST)
        least.append(min(natural[-1], smallest))
    kept: list[int] = []
    used = -2
    for number in importance or range(len(heads)):
        if used + 2 + least[number] <= total or not kept:
            kept.append(number)
            used += 2 + least[number]
    widths = {number: least[number] for number in kept}
    for number in sorted(kept, key=lambda one: one == wide):
        more = min(natural[number] - least[number], max(total - used, 0))
        widths[number] += more
        used += more
    kept.sort()
    return kept, [widths[number] for number in kept]


def table(heads: Sequence[str], rows: Sequence[Sequence[object]], widths: Sequence[int]) -> str:
    """Return rows in aligned columns of at most ``widths``."""
    return _drawn(heads, rows, widths)


def _drawn(heads: Sequence[str], rows: Sequence[Sequence[object]], widths: Sequence[int]) -> str:
    """Return the table as text."""
    cells = [
        ["" if value is None else cut(str(value), most) for value, most in zip(row, widths, strict=True)]
        for row in rows
    ]
    numeric = [_numeric([row[number] for row in rows]) for number in range(len(heads))]
    heads = [inert(head.replace("\n", " ")) for head in heads]
    wide = [max([width(head), *(width(row[i]) for row in cells)]) for i, head in enumerate(heads)]
    lines = [heads, ["─" * columns_of for columns_of in wide], *cells]
    return "\n".join(
        "  ".join(pad(cell, wide[i], right=numeric[i]) for i, cell in enumerate(line)).rstrip() for line in lines
    )


def _numeric(values: Sequence[object]) -> bool:
    """Tell whether a column holds numbers (and gaps) only."""
    return bool(values) and all(value is None or _is_number(value) for value in values)


def _is_number(value: object) -> bool:
    """Tell whether a value is a number (a truth value isn't)."""
    from numbers import Number

    return isinstance(value, Number) and not isinstance(value, bool)
