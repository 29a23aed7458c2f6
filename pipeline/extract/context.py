"""What stands around a mention: its piece, segment, sentence, list and headings."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from pipeline.core.layers import Mention, Section, Sentence

_PIECE = re.compile(r"[，,。；;！？!?\n\t]")
_SEGMENT = re.compile(r"[。；;！？!?\n\t]")
_REACH = 120
# sentences can be as long as a table; only so much of one before a figure is looked at
_SENTENCE_REACH = 400
_LIST_LINE = re.compile(r"\s*(?:[-—–]{2}|[（(]?[一二三四五六七八九十\d]{1,2}[）)、.．]|[●•·■◆①-⑳])")
_MOST_LINES = 12
_OPENS_WITH_YEAR = re.compile(r".{0,16}(?:到|至|截至)\s?(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Context:
    """The texts around one mention (see configs/patterns/roles.toml for their borders) and where they start.

    ``sentence`` is the sentence around the mention, at most 400 characters before it and 120 behind, and
    ``sentence_start`` where that text begins; ``evidence_start`` and ``evidence_end`` are the whole sentence's.
    ``list_start`` is where the first mention of its list starts; ``governing`` is the line that governs the list of
    lines the mention stands in (empty when there is none); offsets are into the clean text.
    """

    piece: str
    segment: str
    segment_start: int
    behind: str
    rest: str
    sentence: str
    sentence_start: int
    evidence_start: int
    evidence_end: int
    list_piece: str
    list_start: int
    list_end: int
    headings: str
    governing: str


class Surroundings:
    """Finds the context of mentions in one document."""

    def __init__(self, text: str, sentences: tuple[Sentence, ...], outline: tuple[Section, ...]) -> None:
        """Index the layers of one document."""
        self._text = text
        self._sentences = sentences
        self._starts = [s.start for s in sentences]
        self._outline = outline
        self._section_starts = [s.start for s in outline]

    def of(self, mention: Mention, first: Mention, last: Mention) -> Context:
        """Return the context of ``mention``, which belongs to the list from ``first`` to ``last``."""
        text, start, end = self._text, mention.start, mention.end
        sentence = self.sentence_at(start)
        low = max(0, start - _REACH)
        near = max(sentence[0], start - _SENTENCE_REACH)
        segment_start = self._border(_SEGMENT, low, start)
        piece_start = self._border(_PIECE, low, start)
        list_low = max(0, first.start - _REACH)
        list_piece_start = self._border(_PIECE, list_low, first.start)
        return Context(
            piece=text[piece_start:start],
            segment=text[segment_start:start],
            segment_start=segment_start,
            behind=self._until(_PIECE, end, 48),
            rest=self._until(_SEGMENT, end, _REACH),
            sentence=text[near : min(sentence[1], end + _REACH)],
            sentence_start=near,
            evidence_start=sentence[0],
            evidence_end=sentence[1],
            list_piece=text[list_piece_start : first.start],
            list_start=first.start,
            list_end=last.end,
            headings=self._headings(start),
            governing=self._governing(start),
        )

    def sentence_at(self, at: int) -> tuple[int, int]:
        """Return the span of the sentence around offset ``at`` (the offset's line where no sentence covers it)."""
        index = bisect_right(self._starts, at) - 1
        if index >= 0 and at < self._sentences[index].end:
            return self._sentences[index].start, self._sentences[index].end
        begin = self._text.rfind("\n", 0, at) + 1
        stop = self._text.find("\n", at)
        return begin, len(self._text) if stop < 0 else stop

    def _governing(self, at: int) -> str:
        """Return the line that governs the list line around ``at``, or an empty text."""
        span = governing_line(self._text, at)
        return self._text[span[0] : span[1]].strip() if span else ""

    def section_text(self, at: int) -> tuple[int, int]:
        """Return the span of the deepest section around offset ``at`` (empty where there is none)."""
        index = bisect_right(self._section_starts, at) - 1
        while index >= 0:
            section = self._outline[index]
            if section.start <= at < section.end:
                return section.start, section.end
            index = section.parent if section.parent is not None else -1
        return at, at

    def _border(self, pattern: re.Pattern[str], low: int, high: int) -> int:
        """Return where the stretch before ``high`` begins: behind the last border mark, not before ``low``."""
        begin = low
        for found in pattern.finditer(self._text, low, high):
            begin = found.end()
        return begin

    def _until(self, pattern: re.Pattern[str], start: int, reach: int) -> str:
        """Return the text from ``start`` to the next border mark, at most ``reach`` characters, with the mark."""
        stop = min(len(self._text), start + reach)
        found = pattern.search(self._text, start, stop)
        return self._text[start : found.end() if found else stop]

    def _headings(self, at: int) -> str:
        """Return the headings above offset ``at``, outermost last, joined by line breaks."""
        index = bisect_right(self._section_starts, at) - 1
        words = []
        while index is not None and index >= 0:
            section = self._outline[index]
            if section.start <= at < section.end:
                words.append(section.heading)
            index = section.parent if section.parent is not None else -1
        return "\n".join(words)


def governing_line(text: str, at: int) -> tuple[int, int] | None:
    """Return the span of the line above a run of list lines that governs them: it ends in a colon or opens with a year.

    ``None`` when ``at`` stands in no list line or none governs it.
    """
    line = text.rfind("\n", 0, at) + 1
    for _ in range(_MOST_LINES):
        if line == 0 or _LIST_LINE.match(text, line) is None:
            return None
        end = line - 1
        line = text.rfind("\n", 0, end) + 1
        above = text[line:end].strip()
        if above.endswith(("：", ":")) or (_LIST_LINE.match(above) is None and _OPENS_WITH_YEAR.match(above)):
            return line, end
    return None
