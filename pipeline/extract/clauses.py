"""Sentences cut into clauses, from comma to comma, for what is read clause by clause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.core.layers import Sentence

# what stands in quotation marks, a title or a short bracket belongs to its clause
KEPT = re.compile(r"“[^“”\n]{0,60}”|《[^《》\n]{0,80}》|（[^（）\n]{0,80}）|\([^()\n]{0,80}\)")
_BORDER = re.compile(rf"{KEPT.pattern}|(?P<mark>[，,。；;！？!?：:\n\t\v\f\r]+)")
_COMMAS, _COLONS = ("，", ","), ("：", ":")
_LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch from comma to comma, without white space around it (clean offsets).

    ``joined``: a comma stands in front of it. ``label``: what stands before the last colon in front of it.
    """

    start: int
    end: int
    joined: bool
    label: str


def cut_clauses(text: str, sentence: Sentence) -> tuple[Clause, ...]:
    """Return the clauses of a sentence in order."""
    found: list[Clause] = []
    label = mark = ""
    for start, end, behind in _stretches(text, sentence):
        piece = text[start:end]
        start += len(piece) - len(piece.lstrip())
        end = start + len(piece.strip())
        if end > start:
            found.append(Clause(start, end, mark in _COMMAS, label))
        if behind in _COLONS:
            label = text[max(start, end - _LONGEST_LABEL) : end]
        mark = behind
    return tuple(found)


def _stretches(text: str, sentence: Sentence) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and the mark behind of what stands between the marks of a sentence."""
    at = sentence.start
    for border in _BORDER.finditer(text, sentence.start, sentence.end):
        if border["mark"] is not None:
            yield at, border.start(), border["mark"]
            at = border.end()
    yield at, sentence.end, ""


class Lines:
    """The lines of a text that stand in a list, with the line that governs them: above the list, ending in a colon."""

    _ITEM = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|[①-⑳●•·■◆]|[-—–]{1,2}")

    def __init__(self, text: str) -> None:
        """Read all lines once."""
        self.starts: list[int] = []
        self.governing: list[str] = []
        at, above = 0, ""
        for line in text.split("\n"):
            self.starts.append(at)
            at += len(line) + 1
            stripped = line.strip()
            listed = not stripped or self._ITEM.match(stripped) is not None
            above = above if listed else ""
            self.governing.append(above)
            if stripped.endswith(_COLONS):
                above = stripped[-_LONGEST_LABEL:]
