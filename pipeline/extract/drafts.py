"""Scores the candidates of many questions at once by their starts, ends and lengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

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

    def at(self, rows: Ints | range) -> list[Span]:
        """Return the spans of the candidates ``rows``."""
        return [divmod(span, _WIDE) for span in self.spans[rows].tolist()]

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
        many = np.maximum(np.minimum(b.last[rows], ends[stretch] - 1) - rows, 0)
        start = np.repeat(np.arange(len(rows)), many)
        end = ranges(np.arange(1, len(rows) + 1), many)
        ended = b.ends[rows[end]]
        start, end = start[ended], end[ended]
        at = b.at[rows]
        kinds = np.array([tables.number(asked.role, asked.kind) for asked in questions])
        length = kinds[stretch[start] // 2] * (LONGEST + 1) + at[end] - at[start]
        scores = start_scores[start] + end_scores[end] + tables.lengths[length]
        spans = at[start] * _WIDE + at[end]
        kept = np.bincount(start, minlength=len(rows))
        borders = np.concatenate(([0], np.cumsum(kept)))[np.concatenate(([0], np.cumsum(counts)))[::2]].tolist()
        return [Draft(spans[a:b], scores[a:b]) for a, b in pairwise(borders)]

    def elsewhere(self, spans: Sequence[Span], asked: Asked) -> list[float]:
        """Return the scores of a few ``spans`` that may be out of reach."""
        tables = self._tables
        kind, role = tables.number(asked.role, asked.kind), tables.role(asked.role)
        rows = np.searchsorted(self._borders.at, np.array(spans).ravel())
        words = self._words.around(rows).T.tolist()
        places = [
            self._weighed(*self._lies(row, asked), kind, role, around)
            for row, around in zip(rows.tolist(), words, strict=True)
        ]
        lengths = [kind * (LONGEST + 1) + min(end - start, LONGEST) for start, end in spans]
        scored = zip(places[::2], places[1::2], lengths, strict=True)
        return [float(start[0] + end[1] + tables.lengths[length]) for start, end, length in scored]

    def _scores(self, rows: Ints, stretch: Ints, questions: Sequence[Asked]) -> tuple[Floats, Floats]:
        """Return the scores of borders as starts and as ends.

        ``stretch`` is twice the number of a border's question, and one more for those behind its list.
        """
        tables, question = self._tables, stretch // 2
        kinds = np.array([tables.number(asked.role, asked.kind) for asked in questions])[question]
        roles = np.array([tables.role(asked.role) for asked in questions])[question]
        return self._weighed(*self._lying(rows, stretch, questions), kinds, roles, self._words.around(rows))

    def _weighed(self, placed: Any, openers: Any, lying: Any, kind: Any, role: Any, words: Any) -> tuple[Any, Any]:
        """Return what places weigh as starts and as ends, by numbers: of one place, or arrays of them."""
        tables, w, width = self._tables, self._tables.words, self._tables.width
        before, before_two, behind, behind_two, last, last_two, first = words
        lying, placed, openers, role = kind * tables.grids + lying, placed * width, openers * width, role * width
        starts = tables.lying["S"][lying] + tables.placed["S"][placed + before] + tables.opened["S"][openers + before]
        starts += (
            w["s-"][role + before]
            + w["s-"][role + before_two]
            + w["s+"][role + behind]
            + w["s+"][role + behind_two]
            + w["sc"][role + last]
        )
        ends = tables.lying["E"][lying] + tables.placed["E"][placed + first] + tables.opened["E"][openers + last]
        ends += (
            w["e-"][role + before]
            + w["e+"][role + behind]
            + w["e+"][role + behind_two]
            + w["ec"][role + last]
            + w["ed"][role + last_two]
            + w["en"][role + first]
        )
        return starts, ends

    def _lying(self, rows: Ints, stretch: Ints, questions: Sequence[Asked]) -> tuple[Ints, Ints, Ints]:
        """Return how borders lie to the lists asked about, as arrays of what ``grid`` tells of one, in numbers."""
        b = self._borders
        near = np.array([offset for asked in questions for offset in (asked.list_start, asked.list_end)])
        marks, segments, openers = np.array([self._page.counts(offset) for offset in near.tolist()]).T
        at, behind = b.at[rows], stretch & 1
        clauses = np.minimum(np.abs(marks[stretch] - b.marks[rows]), CLAUSES - 1)
        parts = np.minimum(np.abs(segments[stretch] - b.segments[rows]), SEGMENTS - 1)
        opened = np.where(behind, OPENERS - 1, np.minimum(openers[stretch] - b.openers[rows], OPENERS - 2))
        far = _FAR[np.minimum(np.abs(at - near[stretch]), len(_FAR) - 1)]
        stop: Bools = b.stop[rows] | (at == near[stretch - behind])
        return _numbers(behind, clauses, parts, far, b.edge[rows], stop, opened)

    def _lies(self, row: int, asked: Asked) -> tuple[int, int, int]:
        """Return how one border lies to the list asked about, as ``_lying`` does."""
        b, at = self._borders, self._page.borders[row]
        behind = at >= asked.list_end
        near = asked.list_end if behind else asked.list_start
        (marks, segments, openers), here = self._page.counts(near), self._page.counts(at)
        clauses, parts = min(abs(marks - here[0]), CLAUSES - 1), min(abs(segments - here[1]), SEGMENTS - 1)
        opened = OPENERS - 1 if behind else max(0, min(openers - here[2], OPENERS - 2))
        stop = bool(b.stop[row]) or at == asked.list_start
        return _numbers(behind, clauses, parts, size(abs(at - near)), bool(b.edge[row]), stop, opened)


def _numbers(
    behind: Any, clauses: Any, segments: Any, far: Any, edge: Any, stop: Any, openers: Any
) -> tuple[Any, Any, Any]:
    """Return the numbers of side, clauses and segments; of openers; and of the whole Grid: of one, or arrays."""
    placed = (behind * CLAUSES + clauses) * SEGMENTS + segments
    return placed, openers, (((placed * SIZES + far) * 2 + edge) * 2 + stop) * OPENERS + openers
