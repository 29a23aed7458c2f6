"""Sentences: full sentences to quote as evidence, with their words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from pipeline.core.layers import CleanText, Section, Sentence
from pipeline.segment.words import Segmenter

LONGEST = 2000
"""A stretch without an end that is longer (in characters) is cut at a weaker mark: nobody can quote it."""

# Tried in this order at each place: what must not be split (a title, a short bracket with one inside), an end with the
# closing marks that follow it, a line break. ； only borders a clause, so it ends nothing.
_MARKS = re.compile(
    r"《[^《》\n]{1,120}》"
    r"|（(?:[^（）\n]|（[^（）\n]{0,30}）){1,100}）"
    r"|\((?:[^()\n]|\([^()\n]{0,30}\)){1,100}\)"
    r"|(?P<end>(?:[。！？]|[!?](?![a-zA-Z0-9=&/]))[。！？!?”’」』】）)》〉\"']*)"
    r"|(?P<line>[\n\r\v\f\x85\u2028\u2029])"
)
_WEAKER = (re.compile(r"[；;]"), re.compile(r"[，,、：\s]"))


def cut(text: CleanText, outline: tuple[Section, ...], *, segmenter: Segmenter) -> tuple[Sentence, ...]:
    """Return the sentences of ``text`` in order; every character but white space between them is in exactly one.

    A sentence ends at 。！？ with its closing quotes and brackets, at a line break, and where a section or the text
    after its heading begins. Nothing is split inside 《》 or a short bracket. Empty for a text of white space.
    """
    return tuple(
        Sentence(start, end, tuple(accumulate(map(len, segmenter.words(text.text[start:end])), initial=start))[1:])
        for start, end in spans(text.text, borders(outline))
    )


def borders(outline: tuple[Section, ...]) -> tuple[int, ...]:
    """Return where sections start and where a section with a heading goes on after it, sorted."""
    starts = {section.start for section in outline}
    bodies = {section.body for section in outline if section.heading}
    return tuple(sorted(starts | bodies))


def spans(text: str, fixed: tuple[int, ...] = ()) -> Iterator[tuple[int, int]]:
    """Yield the spans of the sentences, without white space around them; ``fixed`` are places that must be borders."""
    at = 0
    for border in (*fixed, len(text)):
        if border > at:
            yield from _between(text, at, border)
            at = border


def _between(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield the sentences of ``text[start:stop]``."""
    at = start
    for mark in _MARKS.finditer(text, start, stop):
        if mark.lastgroup is not None:
            yield from _trimmed(text, at, mark.end())
            at = mark.end()
    yield from _trimmed(text, at, stop)


def _trimmed(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield the span without white space around it, in pieces if it's too long, or nothing if nothing is left."""
    piece = text[start:stop]
    start += len(piece) - len(piece.lstrip())
    stop = start + len(piece.strip())
    while stop - start > LONGEST:
        at = _weaker(text, start, start + LONGEST)
        end = start + len(text[start:at].rstrip())
        yield start, end
        start = at + len(text[at:stop]) - len(text[at:stop].lstrip())
    if stop > start:
        yield start, stop


def _weaker(text: str, start: int, limit: int) -> int:
    """Return the place after the last ；, else after the last ，、： or space of the second half, else the limit."""
    for pattern in _WEAKER:
        ends = [mark.end() for mark in pattern.finditer(text, (start + limit) // 2, limit)]
        if ends:
            return ends[-1]
    return limit
