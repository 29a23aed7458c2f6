"""Scores the candidates of many questions at once by their starts, ends and lengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pipeline.extract.borders import LONGEST, Bools, Ints, Words, ranges
from pipeline.extract.page import Page
from pipeline.extract.pointer_tables import CLAUSES, OPENERS, SEGMENTS, SIZES, Floats, Tables
from pipeline.extract.pointing import Asked, Span, size

_FAR = np.array([size(n) for n in range(400)])
# a span as one number, in order of starts, then ends
_WIDE = 1 << 32


@dataclass(frozen=True, slots=True)
class Draft:
    """The candidates in reach of one question, in order of the text, as numbers; and their scores."""

    spans: Ints
    scores: Floats

    def span(self, row: int) -> Span:
        """Return the span of candidate number ``row``."""
        return divmod(int(self.spans[row]), _WIDE)

    def row(self, span: Span) -> int | None:
        """Return the number of the candidate ``span``, ``None`` when it isn't one."""
        wanted = span[0] * _WIDE + span[1]
        row = int(self.spans.searchsorted(wanted))
        return row if row < len(self.spans) and self.spans[row] == wanted else None


class Drafts:
    """Scores candidates on one page."""

    def __init__(self, page: Page, tables: Tables) -> None:
        """Start with no question."""
        self._page, self._tables = page, tables
        self._borders = page.border_arrays
        self._words = Words(page, tables.vocabulary, tables.unknown)

    def of(self, questions: Sequence[Asked]) -> list[Draft]:
        """Return the candidates in reach of each question (``pointing.candidates``), with their scores."""
        b, tables = self._borders, self._tables
        # the borders in reach: a stretch before the list and one behind it for each question
        reach = np.array([(asked.low, asked.list_end) for asked in questions])
        until = np.array([(asked.list_start, asked.high) for asked in questions])
        begins = np.searchsorted(b.at, reach.ravel())
        ends = np.searchsorted(b.at, until.ravel(), "right")
        counts = np.maximum(ends - begins, 0)
        rows, stretch = ranges(begins, counts), np.repeat(np.arange(len(begins)), counts)
        start_scores, end_scores = self._scores(rows, stretch, questions)
        # the spans from each border to those behind it in its stretch
        first = b.first[rows]
        many = np.maximum(np.minimum(b.last[rows], ends[stretch] - 1) - first + 1, 0)
        start = np.repeat(np.arange(len(rows)), many)
        end = ranges(np.arange(len(rows)) + first - rows, many)
        at = b.at[rows]
        kinds = np.array([tables.number(asked.role, asked.kind) for asked in questions])
        length = kinds[stretch[start] // 2] * (LONGEST + 1) + at[end] - at[start]
        scores = start_scores[start] + end_scores[end] + tables.lengths[length]
        spans = at[start] * _WIDE + at[end]
        borders = np.concatenate(([0], np.cumsum(many)))[np.concatenate(([0], np.cumsum(counts)))[::2]].tolist()
        return [Draft(spans[a:b], scores[a:b]) for a, b in pairwise(borders)]

    def elsewhere(self, spans: Sequence[Span], asked: Asked) -> Floats:
        """Return the scores of ``spans`` that may be out of reach."""
        at = np.array(spans).ravel()
        rows = np.searchsorted(self._borders.at, at)
        starts, ends = self._scores(rows, (at >= asked.list_end).astype(np.int64), [asked])
        length = np.minimum(at[1::2] - at[::2], LONGEST)
        kind = self._tables.number(asked.role, asked.kind)
        scores: Floats = starts[::2] + ends[1::2] + self._tables.lengths[kind * (LONGEST + 1) + length]
        return scores

    def _scores(self, rows: Ints, stretch: Ints, questions: Sequence[Asked]) -> tuple[Floats, Floats]:
        """Return the scores of borders as starts and as ends.

        ``stretch`` is twice the number of a border's question, and one more for those behind its list.
        """
        tables, width = self._tables, self._tables.width
        kinds = np.array([tables.number(asked.role, asked.kind) for asked in questions])[stretch // 2]
        roles = np.array([tables.role(asked.role) for asked in questions])[stretch // 2] * width
        placed, openers, lying = self._lying(rows, stretch, questions)
        lying += kinds * (2 * CLAUSES * SEGMENTS * SIZES * 4 * OPENERS)
        before, before_two, behind, behind_two, last, last_two, first = self._words.around(rows)
        placed, openers = placed * width, openers * width
        w = tables.words
        starts = tables.lying["S"][lying] + tables.placed["S"][placed + before] + tables.opened["S"][openers + before]
        starts += (
            w["s-"][roles + before]
            + w["s-"][roles + before_two]
            + w["s+"][roles + behind]
            + w["s+"][roles + behind_two]
            + w["sc"][roles + last]
        )
        ends = tables.lying["E"][lying] + tables.placed["E"][placed + first] + tables.opened["E"][openers + last]
        ends += (
            w["e-"][roles + before]
            + w["e+"][roles + behind]
            + w["e+"][roles + behind_two]
            + w["ec"][roles + last]
            + w["ed"][roles + last_two]
            + w["en"][roles + first]
        )
        return starts, ends

    def _lying(self, rows: Ints, stretch: Ints, questions: Sequence[Asked]) -> tuple[Ints, Ints, Ints]:
        """Return how borders lie to the lists asked about: side, clauses and segments; openers; the whole Grid."""
        b = self._borders
        near = np.array([offset for asked in questions for offset in (asked.list_start, asked.list_end)])
        marks, segments, openers = np.array([self._page.counts(offset) for offset in near.tolist()]).T
        at, behind = b.at[rows], stretch & 1
        clauses = np.minimum(np.abs(marks[stretch] - b.marks[rows]), CLAUSES - 1)
        parts = np.minimum(np.abs(segments[stretch] - b.segments[rows]), SEGMENTS - 1)
        opened = np.where(behind, OPENERS - 1, np.clip(openers[stretch] - b.openers[rows], 0, OPENERS - 2))
        far = _FAR[np.minimum(np.abs(at - near[stretch]), len(_FAR) - 1)]
        stop: Bools = b.stop[rows] | (at == near[stretch - behind])
        placed = (behind * CLAUSES + clauses) * SEGMENTS + parts
        return placed, opened, (((placed * SIZES + far) * 2 + b.edge[rows]) * 2 + stop) * OPENERS + opened
