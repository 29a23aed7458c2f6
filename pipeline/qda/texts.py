"""The text of a document as other programs get it, and the way between it and the raw text.

REFI-QDA 1.5 is silent about line ends and byte-order marks, and XML 1.0 forbids most control characters. So the text
has LF only, no mark at its beginning, and in place of what is forbidden U+FFFD, one for one; a form feed and a vertical
tab become line ends. Nothing else is changed. One item of a file that holds many is exported alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.core.offsets import Edit, OffsetMap, apply

REPLACED = "\ufffd"
_MARK = "\ufeff"
_FORBIDDEN = "\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_BAD = re.compile(f"[{_FORBIDDEN}]")
_CRLF = re.compile("\r\n")
_BREAKS = str.maketrans("\r\v\f", "\n\n\n")


def visible(text: str) -> str:
    """Return ``text`` with U+FFFD in place of each character that XML 1.0 forbids, line ends as LF, lengths kept."""
    return _BAD.sub(REPLACED, text.translate(_BREAKS))


class Plain:
    """A document's text for other programs. ``text`` is what they get; ``replaced`` how many characters were none."""

    __slots__ = ("_spans", "replaced", "text")

    def __init__(self, raw: str, pieces: Sequence[tuple[int, int]] | None = None) -> None:
        """Make it from the raw text; ``pieces`` are the spans of it that are the document's own, in order."""
        edits = list(_edits(raw, [(0, len(raw))] if pieces is None else pieces))
        self._spans = OffsetMap(edits)
        text = apply(raw, edits)
        self.replaced = len(_BAD.findall(text)) + text.startswith(_MARK)
        self.text = visible(REPLACED + text[1:] if text.startswith(_MARK) else text)

    def inward(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of ``text`` that holds what is left of a raw span; empty when nothing is."""
        return self._spans.from_source(start, end)

    def outward(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw span of a span of ``text``. An end between CR and LF takes both."""
        return self._spans.to_source(start, end)


def _edits(raw: str, pieces: Sequence[tuple[int, int]]) -> list[Edit]:
    """Return what takes out the rest, with a line end between two pieces, and the CR before each LF."""
    found = []
    at = 0
    for start, end in pieces:
        if start > at:
            found.append(Edit(at, start, "\n" if at else "", "other"))
        found += [Edit(one.start(), one.start() + 1, "", "crlf") for one in _CRLF.finditer(raw, start, end)]
        at = end
    if at < len(raw):
        found.append(Edit(at, len(raw), "", "other"))
    return found
