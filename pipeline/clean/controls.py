"""New lines of every kind become ``\\n``; characters that can't be seen go."""

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


def break_pages(text: str, blocks: Sequence[Block]) -> list[Edit]:
    """Return edits that make a form feed a new line."""
    return [Edit(m.start(), m.end(), "\n", "page-break") for m in re.finditer("\f", text)]
