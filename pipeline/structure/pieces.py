"""The top of a text in pieces: lines, and what wide gaps make of lines that lost their breaks."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOP = 3000
_MOST = 80
_BREAK = re.compile(r"\r?\n|\r|<br\s*/?>|[ \u3000\t\xa0\u2000-\u200b]{2,}")
SPACES = " \u3000\t\r\n\xa0" + "".join(map(chr, range(0x2000, 0x200C)))  # what web pages use for gaps
_DECORATION = SPACES + "#*★☆>—-"
_SPACES = re.compile(r"\s+")
_LATIN = re.compile(r"(?<=[A-Za-z0-9,.])\s+(?=[A-Za-z])")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece at ``start:end`` (code points), without decoration at its ends."""

    start: int
    end: int
    text: str


def top_pieces(text: str) -> tuple[Piece, ...]:
    """Return the non-empty pieces of the first characters of ``text``; a byte-order mark is no piece."""
    stop = min(len(text), _TOP)
    if stop < len(text):  # end with a whole line, if it isn't long
        line = text.find("\n", stop, stop + 500)
        stop = line if line >= 0 else stop
    pieces: list[Piece] = []
    at = 0
    for found in [*_BREAK.finditer(text, 0, stop), None]:
        end = found.start() if found else stop
        raw = text[at:end]
        if trimmed := raw.strip(_DECORATION):
            start = at + raw.index(trimmed)
            pieces.append(Piece(start, start + len(trimmed), trimmed))
            if len(pieces) == _MOST:
                break
        at = found.end() if found else stop
    return tuple(pieces)


def squeeze(text: str) -> str:
    """Return ``text`` without white space, but for one space between Latin words."""
    kept = _LATIN.sub("\0", text.strip())
    return _SPACES.sub("", kept).replace("\0", " ")
