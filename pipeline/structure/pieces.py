"""The top of a text in pieces: lines, and what wide gaps make of lines that lost their breaks."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOP = 3000
_MOST = 80
_BREAK = re.compile(r"\r?\n|\r|<br\s*/?>|[ \u3000\t\xa0\u2000-\u200b]{2,}|\t")
# 「标  题：」 is one label, and the cell to the right of a label is its value
_LABEL_HEAD = re.compile(r"[\u4e00-\u9fff](?:[ \u3000]{1,4}[\u4e00-\u9fff]){0,2}")
_LABEL_TAIL = re.compile(r"[\u4e00-\u9fff](?:[ \u3000]{1,4}[\u4e00-\u9fff]){0,2}[ \u3000]{0,4}[：:]")
_LABEL = re.compile(r"[\u4e00-\u9fff \u3000]{2,12}[：:]")
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
        if found and _goes_on(raw.strip(_DECORATION), found.group(), text, found.end()):
            continue
        if trimmed := raw.strip(_DECORATION):
            start = at + raw.index(trimmed)
            pieces.append(Piece(start, start + len(trimmed), trimmed))
            if len(pieces) == _MOST:
                break
        at = found.end() if found else stop
    return tuple(pieces)


def _goes_on(before: str, gap: str, text: str, at: int) -> bool:
    """Tell whether a gap stands inside a label, or between a label and its value in the next cell."""
    if not gap.strip(SPACES.replace("\n", "").replace("\r", "")) and _LABEL_HEAD.fullmatch(before):
        return bool(_LABEL_TAIL.match(text, at))
    return "\t" in gap and bool(_LABEL.fullmatch(before)) and text[at : at + 1] not in ("", "\n", "\r")


def squeeze(text: str) -> str:
    """Return ``text`` without white space, but for one space between Latin words."""
    kept = _LATIN.sub("\0", text.strip())
    return _SPACES.sub("", kept).replace("\0", " ")
