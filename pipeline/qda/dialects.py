"""How programs read a .qdpx where REFI-QDA 1.5 is silent or isn't followed: line ends, byte-order mark, offsets.

Measured are ``spec`` (imports of QualCoder 4) and what NVivo 12.6 for Windows itself writes (``nvivo``); whether NVivo
reads it so, and ``atlas`` and ``maxqda``, are unproven (docs/exchange.md).
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

GETA = "\u3013"  # 〓, what printers put in place of a character they lack
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Dialect:
    """A way of writing texts and offsets.

    ``newline_counts`` is how many characters a line end counts; with ``utf16`` the unit is UTF-16, else code points.
    The mark at the beginning never counts. ``origin`` is added to the project's origin: QualCoder counts CRLF as one
    where that holds ``ATLAS``.
    """

    name: str
    zh: str
    origin: str = ""
    bom: bool = False
    newline: str = "\n"
    newline_counts: int = 1
    utf16: bool = False
    grouped_variables: bool = False  # 「政策文件:地区」

    def file_text(self, text: str) -> str:
        """Return what is written to the file of a text with LF."""
        return (_BOM if self.bom else "") + text.replace("\n", self.newline)

    def plain_text(self, written: str) -> str:
        """Return the text with LF of what is written in the file; the way back of ``file_text``."""
        return written.removeprefix(_BOM).replace("\r\n", "\n")


DIALECTS = {
    dialect.name: dialect
    for dialect in (
        Dialect("spec", "标准写法，QualCoder 等"),
        Dialect("nvivo", "NVivo", "NVivo", True, "\r\n", 2, True, True),
        Dialect("atlas", "ATLAS.ti", "ATLAS.ti", newline="\r\n"),
        Dialect("maxqda", "MAXQDA", "MAXQDA", newline="\r\n"),
    )
}


class Ruler:
    """Counts places of one text (with LF) as a dialect does."""

    __slots__ = ("_extra",)

    def __init__(self, text: str, dialect: Dialect) -> None:
        """Find the characters that count more than one; O(length)."""
        newlines = dialect.newline_counts > 1
        self._extra = [
            at for at, char in enumerate(text) if (newlines and char == "\n") or (dialect.utf16 and char > "\uffff")
        ]

    def there(self, at: int) -> int:
        """Return the dialect's place of a code point offset."""
        return at + bisect_left(self._extra, at)

    def back(self, at: int) -> int:
        """Return the code point offset of the dialect's place; a place inside a character is the character's."""
        low, high = 0, at
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.there(middle) <= at else (low, middle - 1)
        return low


def without_astral(text: str) -> tuple[str, int]:
    """Return ``text`` with 〓 for each character beyond U+FFFF, one for one, and how many there were.

    Then code points and UTF-16 units are the same, and no program can count wrong.
    """
    count = sum(char > "\uffff" for char in text)
    return ("".join(GETA if char > "\uffff" else char for char in text), count) if count else (text, 0)
