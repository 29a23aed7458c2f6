"""New lines of every kind become ``\\n``; characters that can't be seen go; bullets of symbol fonts become 「•」."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.core.layers import Block
from pipeline.core.offsets import Edit

_ODD = re.compile(
    "\r\n?|[\v\x85\u2028\u2029]|[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\ufeff\ufff9-\ufffb\ufe0e\ufe0f]+"
)
PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
# bullets of the fonts Symbol and Wingdings, as Word writes them, where a line or a cell begins
_BULLET = re.compile("(?:^|(?<=[\n\f\r\t]))[ \u3000\xa0]{0,40}([\uf0b7\uf0a7\uf06c\uf06e\uf0d8\uf0fc\uf076])")


def normalise_newlines(text: str, blocks: Sequence[Block]) -> list[Edit]:
    """Return edits that make each line end ``\\n`` and take out control and zero-width characters.

    A form feed stays: it shows the furniture cleaner where a page ends.
    """
    return [
        Edit(m.start(), m.end(), "\n", "newline")
        if m[0][0] in "\r\v\x85\u2028\u2029"
        else Edit(*m.span(), "", "control")
        for m in _ODD.finditer(text)
    ]


def set_bullets(text: str, blocks: Sequence[Block]) -> list[Edit]:
    """Return edits that make the private-use bullets of Word, at a line's start, 「•」."""
    return [Edit(*m.span(1), "•", "bullet") for m in _BULLET.finditer(text)]


def unknown_characters(text: str) -> list[re.Match[str]]:
    """Return the private-use characters that aren't bullets."""
    bullets = {m.start(1) for m in _BULLET.finditer(text)}
    return [m for m in PRIVATE_USE.finditer(text) if m.start() not in bullets]


def break_pages(text: str, blocks: Sequence[Block]) -> list[Edit]:
    """Return edits that make a form feed a new line."""
    return [Edit(m.start(), m.end(), "\n", "page-break") for m in re.finditer("\f", text)]
