"""A text with its word borders and clause marks, which the learned parts look at."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import accumulate, pairwise

import numpy as np

from pipeline.core.layers import Sentence
from pipeline.extract.borders import Borders, Ints
from pipeline.extract.spans import SpanRules
from pipeline.extract.tables import column_heads

CLAUSE_MARKS = frozenset("，,。；;！!？?\n\t")
SEGMENT_MARKS = CLAUSE_MARKS - frozenset("，,")
_CLAUSE = re.compile(f"[{''.join(sorted(CLAUSE_MARKS))}]")
_OPENER = re.compile(r"对|给予|奖励|补助|支持|鼓励|凡|获得|认定")
_FIGURE = re.compile(r"\d[\d.,]*")
_DIGIT = re.compile(r"\d")
# words for those who get something (``pointing``), by their first characters alone: they overlap in 个人才
_TAKER = re.compile(r"企(?=业)|单(?=位)|个(?=人)|人(?=[才员])|机(?=构)|项(?=目)|团(?=队)|组(?=织)|者(?![，。])")
_PAIRS = re.compile(r"[（(《“]|[）)》”\"]|\n")
_KIND = {"）": "（", ")": "（", "(": "（", "》": "《", "”": "“", '"': "“"}
# words the segmenter likes to glue to what they govern
_WORD_PARTS = re.compile(r"一次性|每年|每月|最高")


class Page:
    """The word borders and clause marks of one text. Offsets are into the clean text."""

    def __init__(self, text: str, sentences: tuple[Sentence, ...], rules: SpanRules) -> None:
        """Index ``text`` and the words of its ``sentences``; ``rules`` say which of them end a slot."""
        borders = {0, len(text)}
        for sentence in sentences:
            borders.add(sentence.start)
            borders.update(sentence.words)
        for pattern in (_CLAUSE, _WORD_PARTS):
            for found in pattern.finditer(text):
                borders.update(found.span())
        self.text, self.rules = text, rules
        self.borders = sorted(borders)
        self.marks = [found.start() for found in _CLAUSE.finditer(text)]
        self.segments = [0, *accumulate(text[mark] in SEGMENT_MARKS for mark in self.marks)]
        self.heads = column_heads(text)
        self.openers = [found.start() for found in _OPENER.finditer(text)]
        self._around: dict[int, tuple[str, str]] = {}

    @cached_property
    def limits(self) -> Ints:
        """How far a span that begins at each border may reach: to the clause's end, but over no word that makes it a
        clause (市财政|按照…) and not out of the brackets it begins in (博士|学位）); nowhere from within who gives
        (由用人单位给予)."""
        own, text = set(self.borders), self.text
        words = [found.start() for found in self.rules.ends.finditer(text)]
        words += [found.start() for found in self.rules.ends_alone.finditer(text) if own.issuperset(found.span())]
        stops, at = np.array(sorted({*self.marks, *words, len(text)})), np.array(self.borders)
        closing = np.full(len(at), len(text))
        for opened, closed in self._brackets():  # the inner ones come later
            closing[bisect_right(self.borders, opened) : bisect_right(self.borders, closed)] = closed
        limits: Ints = np.minimum(stops[np.searchsorted(stops, at)], closing)
        for start, end in self._payers(own):
            within = slice(bisect_left(self.borders, start), bisect_left(self.borders, end))
            limits[within] = at[within]
        return limits

    def _payers(self, own: set[int]) -> list[tuple[int, int]]:
        """Return the spans of who gives (由用人单位给予) behind a 由 that is a word by the borders ``own``."""
        found = (found for payer in self.rules.payers for found in payer.finditer(self.text))
        return [who.span("who") for who in found if own.issuperset((who.start(), who.start("who")))]

    def _brackets(self) -> list[tuple[int, int]]:
        """Return where brackets and quotes open and close, in order; none goes over the end of its line."""
        pairs: list[tuple[int, int]] = []
        opened: list[tuple[str, int]] = []
        for found in _PAIRS.finditer(self.text):
            mark, at = found[0], found.start()
            kind = _KIND.get(mark, mark)
            if mark == "\n":
                opened.clear()
            elif mark in "（(《“":
                opened.append((kind, at))
            elif opened and opened[-1][0] == kind:
                pairs.append((opened.pop()[1], at))
        return sorted(pairs)

    def limit(self, at: int) -> int:
        """Return how far a span that begins at the border ``at`` may reach."""
        return int(self.limits[bisect_left(self.borders, at)])

    @cached_property
    def border_arrays(self) -> Borders:
        """The borders as arrays."""
        return Borders(self, CLAUSE_MARKS)

    @cached_property
    def _digits(self) -> tuple[list[int], list[int]]:
        """Where the digits stand, and the number of the figure each belongs to."""
        found = [
            (digit.start(), number)
            for number, figure in enumerate(_FIGURE.finditer(self.text))
            for digit in _DIGIT.finditer(self.text, *figure.span())
        ]
        return [at for at, _ in found], [number for _, number in found]

    @cached_property
    def _takers(self) -> tuple[list[int], list[int]]:
        """Where words for those who get something begin and end; they may overlap."""
        starts = [found.start() for found in _TAKER.finditer(self.text)]
        return starts, [start + (1 if self.text[start] == "者" else 2) for start in starts]

    def figures_between(self, low: int, high: int) -> int:
        """Return how many figures stand in ``low``..``high``, those cut at either end included."""
        places, numbers = self._digits
        first, last = bisect_left(places, low), bisect_left(places, high)
        return numbers[last - 1] - numbers[first] + 1 if first < last else 0

    def takers_between(self, low: int, high: int, most: int) -> int:
        """Return how many words for those who get something stand in ``low``..``high``, at most ``most``."""
        starts, ends = self._takers
        count = 0
        for place in range(bisect_left(starts, low), len(starts)):
            if count == most or ends[place] > high:
                break
            if starts[place] >= low:
                count, low = count + 1, ends[place]
        return count

    def head_of(self, at: int) -> tuple[int, int] | None:
        """Return the span of the head of the table column in which ``at`` lies, ``None`` outside of tables."""
        index = bisect_right(self.heads, (at + 1,)) - 1
        if index < 0 or at >= self.heads[index][1]:
            return None
        return self.heads[index][2:]

    def word_before(self, at: int) -> str:
        """Return the word that ends at ``at`` or the part of it before ``at``; empty at the text's start."""
        index = bisect_left(self.borders, at)
        return self.text[self.borders[index - 1] : at] if index else ""

    def word_behind(self, at: int) -> str:
        """Return the word that begins at ``at`` or the rest of it; empty at the text's end."""
        index = bisect_right(self.borders, at)
        return self.text[at : self.borders[index]] if index < len(self.borders) else ""

    def around(self, at: int) -> tuple[str, str]:
        """Return ``word_before`` and ``word_behind`` of ``at``, looked up once."""
        if (found := self._around.get(at)) is None:
            found = self._around[at] = self.word_before(at), self.word_behind(at)
        return found

    def places(self, low: int, high: int) -> list[int]:
        """Return the borders from ``low`` to ``high``, both included."""
        return self.borders[bisect_left(self.borders, low) : bisect_right(self.borders, high)]

    def words(self, low: int, high: int) -> list[str]:
        """Return the words between ``low`` and ``high``; what is cut at either end is left out."""
        places = self.places(low, high)
        return [self.text[a:b] for a, b in pairwise(places)]

    def marks_between(self, low: int, high: int) -> tuple[int, int]:
        """Return how many clause marks stand in ``low``..``high``, and how many of them end a segment."""
        first, last = bisect_left(self.marks, low), bisect_left(self.marks, high)
        return last - first, self.segments[last] - self.segments[first]

    def openers_between(self, low: int, high: int) -> int:
        """Return how many words that give something or name who gets it begin in ``low``..``high``."""
        return bisect_left(self.openers, high) - bisect_left(self.openers, low)

    def counts(self, at: int) -> tuple[int, int, int]:
        """Return how many clause marks, segment ends and openers begin before ``at``."""
        marks = bisect_left(self.marks, at)
        return marks, self.segments[marks], bisect_left(self.openers, at)

    def clause_start(self, at: int) -> int:
        """Return where the clause around ``at`` begins: behind the last clause mark before it."""
        index = bisect_left(self.marks, at)
        return self.marks[index - 1] + 1 if index else 0

    def clause_end(self, at: int) -> int:
        """Return the first clause mark at or behind ``at``, the text's end if there is none."""
        index = bisect_left(self.marks, at)
        return self.marks[index] if index < len(self.marks) else len(self.text)
