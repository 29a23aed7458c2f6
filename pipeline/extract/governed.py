"""Lists written in lines: which sentence above governs the line a measure stands in."""

from __future__ import annotations

import re

LIST_LINE = re.compile(
    r"\s*(?:[-—–]{2}|[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|[一二三四五六七八九十]是|[●•·■◆①-⑳])"
)
_SENTENCE_END = re.compile(r"[。！？；]\s*(?=.)")
_MOST_LINES, _LONGEST = 12, 300


def governing_sentence(text: str, at: int) -> tuple[int, int] | None:
    """Return the span of the sentence in the line above that ends in a colon and governs the line around ``at``.

    The lines between are list lines or end in a semicolon. ``None`` without one; lines of more than 300 characters
    make no list.
    """
    line, after = _line(text, at)
    if line is None:
        return None
    listed = LIST_LINE.match(text, line) is not None or text[line:after].rstrip().endswith(("；", ";"))
    for number in range(_MOST_LINES):
        end = line - 1
        line, _ = _line(text, end) if end > 0 else (None, 0)
        if line is None:
            return None
        said = text[line:end].rstrip()
        if said.endswith(("：", ":")):
            starts = [line, *(found.end() for found in _SENTENCE_END.finditer(text, line, end))]
            return (starts[-1], line + len(said)) if listed or number else None
        if LIST_LINE.match(text, line) is None and not said.endswith(("；", ";")):
            return None
    return None


def _line(text: str, at: int) -> tuple[int | None, int]:
    """Return where the line around ``at`` begins and ends, ``None`` for its begin when it's too long."""
    begin = text.rfind("\n", max(0, at - _LONGEST), at) + 1
    if begin == 0 and at > _LONGEST:
        return None, at
    end = text.find("\n", at, at + _LONGEST)
    return begin, end if end >= 0 else min(len(text), at + _LONGEST)
