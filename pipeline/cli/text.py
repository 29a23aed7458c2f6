"""Text in columns: a Chinese character is two columns wide on a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

MAX_CELL = 40
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def width(text: str) -> int:
    """Return how many terminal columns ``text`` takes."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """Return ``text`` filled up with spaces to ``columns``; ``right`` puts the text at the right."""
    space = " " * max(columns - width(text), 0)
    return space + text if right else text + space


def cut(text: str, columns: int) -> str:
    """Return ``text`` on one line without control characters, cut with 「…」 to ``columns``."""
    text = _CONTROL.sub(" ", text)
    if width(text) <= columns:
        return text
    kept, used = [], 1
    for char in text:
        used += width(char)
        if used > columns:
            break
        kept.append(char)
    return "".join(kept) + "…"


def grid(heads: Sequence[str], rows: Iterable[Sequence[object]], *, columns: int = MAX_CELL) -> str:
    """Return rows in aligned columns under their headings; numbers at the right, empty values as nothing."""
    kept = [list(row) for row in rows]
    cells = [["" if value is None else cut(str(value), columns) for value in row] for row in kept]
    numeric = [bool(kept) and all(row[i] is None or (_is_number(row[i])) for row in kept) for i in range(len(heads))]
    wide = [max([width(head), *(width(row[i]) for row in cells)]) for i, head in enumerate(heads)]
    lines = [heads, ["─" * columns_of for columns_of in wide], *cells]
    return "\n".join(
        "  ".join(pad(cell, wide[i], right=numeric[i]) for i, cell in enumerate(line)).rstrip() for line in lines
    )


def _is_number(value: object) -> bool:
    """Tell whether a value is a number (a truth value isn't)."""
    from numbers import Number

    return isinstance(value, Number) and not isinstance(value, bool)
