"""Cuts a text into clauses, the units that get codes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.core.layers import Section, Sentence

LONGEST = 400  # characters; a longer paragraph is cut at sentence borders
_PARAGRAPH = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """A clause ``[start, end)`` and the section it stands in (its index in the outline), if any."""

    start: int
    end: int
    section: int | None


def cut_units(text: str, outline: tuple[Section, ...], sentences: tuple[Sentence, ...]) -> tuple[Unit, ...]:
    """Return the clauses in order: paragraphs without the white space around them; no text gives ``()``.

    A heading that stands alone above its text is context, not a clause; a heading with nothing under it is one.
    """
    starts = [sentence.start for sentence in sentences]
    units: list[Unit] = []
    opened: list[Section] = []
    coming = 0
    for found in _PARAGRAPH.finditer(text):
        start = found.end() - len(found[0].lstrip())
        end = found.start() + len(found[0].rstrip())
        if start >= end:
            continue
        while coming < len(outline) and outline[coming].start <= start:
            opened.append(outline[coming])
            coming += 1
        while opened and opened[-1].end <= start:
            opened.pop()
        section = opened[-1] if opened else None
        if section and end <= section.body and text[section.body : section.end].strip():
            continue
        index = section.index if section else None
        units += [Unit(s, e, index) for s, e in _pieces(text, start, end, sentences, starts)]
    return tuple(units)


def _pieces(
    text: str, start: int, end: int, sentences: tuple[Sentence, ...], starts: list[int]
) -> Iterator[tuple[int, int]]:
    """Yield ``[start, end)`` whole, or in pieces of whole sentences, each as near to ``LONGEST`` as they allow."""
    piece = start
    if end - start > LONGEST:
        for sentence in sentences[bisect_left(starts, start + 1) : bisect_left(starts, end)]:
            if sentence.end - piece > LONGEST and sentence.start > piece:
                yield piece, piece + len(text[piece : sentence.start].rstrip())
                piece = sentence.start
    yield piece, end
