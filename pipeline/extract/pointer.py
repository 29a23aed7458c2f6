"""Chooses the span that fills a slot: the model of ``pointing.py``, its weights in tables, scored by numpy.

What follows from starts, ends and lengths is scored for all questions about a page at once (``drafts.py``), the best
candidates are then looked at whole. A test holds the choice against the features' names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp
from typing import NamedTuple

import numpy as np

from pipeline.core.wording import same_squeezed, squeezed
from pipeline.extract.drafts import Draft, Drafts
from pipeline.extract.page import Page
from pipeline.extract.pointer_tables import Floats, Tables
from pipeline.extract.pointing import (
    Asked,
    Span,
    Weights,
    again_features,
    between,
    between_features,
    marks_in,
    nothing_features,
    special_features,
    tidied,
    whole_features,
)
from pipeline.extract.span_cues import line_features, unit_features

# how many spans of the best starts and ends are looked at whole
_FINALISTS = 20
# a span may be chosen for the others it agrees with if it is so likely itself, against the likeliest
_LIKELY = 0.3
# a draft so far behind the best is not looked at, a share so small not counted
_HOPELESS, _NEGLIGIBLE = 8.0, 0.005

Shares = dict[str, tuple[Span, float]]


class Pointer:
    """Weights by feature, and the tables made of them."""

    def __init__(self, weights: Weights) -> None:
        """Sort ``weights`` into tables."""
        self.weights = weights
        self.tables = Tables(weights)
        self._between: dict[tuple[str, int, int, str], float] = {}
        self._marks: dict[tuple[str, str], float] = {}

    def sum(self, features: Iterable[str]) -> float:
        """Return the sum of the weights of ``features``."""
        get = self.weights.get
        return sum([get(feature, 0.0) for feature in features])

    def between(self, side: str, figures: int, takers: int, role: str) -> float:
        """Return the score of what stands between a span and the list of figures."""
        key = side, figures, takers, role
        if key not in self._between:
            self._between[key] = self.sum(between_features(*key))
        return self._between[key]

    def marks(self, marks: str, role: str) -> float:
        """Return the score of the marks a span has."""
        key = marks, role
        if key not in self._marks:
            self._marks[key] = self.sum(f"{mark}{role}" for mark in marks)
        return self._marks[key]


class _Whole(NamedTuple):
    """A span looked at whole: its words as printed and as they name something, its marks, its score."""

    words: str
    name: str
    marks: str
    score: float


class PagePointer:
    """Chooses spans of one page."""

    def __init__(self, pointer: Pointer, page: Page) -> None:
        """Start with no question."""
        self._pointer, self._page = pointer, page
        self._drafting = Drafts(page, pointer.tables)
        self._drafts: dict[tuple[object, ...], Draft] = {}
        self._wholes: dict[Span, _Whole] = {}

    def prepare(self, questions: Sequence[Asked]) -> None:
        """Draft the answers to ``questions`` at once: faster than one by one. What was chosen before plays no part."""
        wanted = {_key(asked): asked for asked in questions}
        drafts = self._drafting.of(list(wanted.values())) if wanted else ()
        self._drafts.update(zip(wanted, drafts, strict=True))

    def choose(self, asked: Asked) -> tuple[Span | None, float]:
        """Return the span most likely to say what is asked for, ``None`` for nothing, and how likely that is.

        A span says what those say that name the same (``core.wording.same_words``): of the likely spans the one is
        chosen that agrees with most of the probability (minimum Bayes risk: Kumar and Byrne 2004).
        """
        return agreed(*self.shares(asked))

    def shares(self, asked: Asked) -> tuple[Shares, float]:
        """Return the span of each likely wording and its probability, the likeliest first; and that of nothing."""
        known, extra, scores = self._scored(asked)
        finalists = self._finalists(asked, known, extra, scores)
        names = self._look_at(finalists, scores, asked)
        nothing = self._pointer.sum(nothing_features(self._page, asked))
        top = float(scores.max(initial=nothing))
        total = exp(nothing - top) + float(np.exp(scores - top).sum())
        shares: Shares = {}
        for score, row in sorted((-float(scores[row]), row) for row in finalists):
            span, share = shares.get(names[row], (finalists[row], 0.0))
            shares[names[row]] = span, share + exp(-score - top) / total
        return shares, exp(nothing - top) / total

    def drafts(self, asked: Asked) -> tuple[list[Span], Floats]:
        """Return every candidate, with the scores of their starts, ends and lengths."""
        _, extra, scores = self._scored(asked)
        draft = self._draft(asked)
        return [*draft.at(range(len(draft.scores))), *extra], scores

    def _draft(self, asked: Asked) -> Draft:
        """Return the candidates in reach of a question."""
        if (key := _key(asked)) not in self._drafts:
            self.prepare([asked])
        return self._drafts[key]

    def _scored(self, asked: Asked) -> tuple[dict[Span, int], list[Span], Floats]:
        """Return the rows of what stands elsewhere and is in reach, what is not, and all scores (a copy), its last."""
        draft = self._draft(asked)
        known, extra = {}, []
        for span in asked.elsewhere:
            row = draft.row(span)
            if row is None:
                extra.append(span)
            else:
                known[span] = row
        if not extra:
            return known, extra, draft.scores.copy()
        return known, extra, np.concatenate([draft.scores, self._drafting.elsewhere(extra, asked)])

    def _finalists(self, asked: Asked, known: dict[Span, int], extra: list[Span], scores: Floats) -> dict[int, Span]:
        """Return the spans that are looked at whole, by row: the best, and those that something speaks for."""
        draft = self._draft(asked)
        best = np.arange(len(scores))
        if len(scores) > _FINALISTS:
            best = np.argpartition(-scores, _FINALISTS)[:_FINALISTS]
        good = scores[best]
        best = best[(good > good.max(initial=-np.inf) - _HOPELESS) & (best < len(draft.scores))]
        found = dict(zip(best.tolist(), draft.at(best), strict=True))
        found.update((row, span) for span, row in known.items())
        found.update(enumerate(extra, len(draft.scores)))
        members = (span for group in asked.tiers for span in group)
        found.update((row, span) for span in members if (row := draft.row(span)) is not None)
        return found

    def _look_at(self, finalists: dict[int, Span], scores: Floats, asked: Asked) -> dict[int, str]:
        """Add to the ``scores`` of the finalists, by row, what they are as a whole; return what they name."""
        page, pointer, role = self._page, self._pointer, asked.role
        again = [(words, pointer.sum(names)) for words, names in again_features(page, asked)]
        special = bool(asked.tiers) or asked.head is not None
        apart: dict[int, float] = {}
        names = {}
        for row, span in finalists.items():
            whole = self._wholes.get(span) or self._whole(span)
            # what stands between hangs on the end alone before the list, on the start alone behind it
            place = span[1] if span[1] <= asked.list_start else -span[0]
            if place not in apart:
                apart[place] = pointer.between(*between(page, span, asked), role)
            score = whole.score + apart[place] + pointer.marks(whole.marks, role)
            score += sum([more for words, more in again if words == whole.words])
            score += pointer.sum(line_features(page, span, asked.list_start, role))
            score += pointer.sum(unit_features(page, span, asked.list_end, asked.unit, role))
            scores[row] += score + (pointer.sum(special_features(span, asked)) if special else 0.0)
            names[row] = whole.name
        return names

    def _whole(self, span: Span) -> _Whole:
        """Look at a span whole, once for the page."""
        text = self._page.text
        words = text[slice(*span)]
        name = squeezed(text[slice(*tidied(text, span))])
        whole = _Whole(words, name, marks_in(words), self._pointer.sum(whole_features(self._page, span)))
        self._wholes[span] = whole
        return whole


def _key(asked: Asked) -> tuple[object, ...]:
    """Return what two questions have in common that have the same candidates in reach with the same scores."""
    return asked.list_start, asked.list_end, asked.low, asked.high, asked.kind, asked.role


def agreed(shares: dict[str, tuple[Span, float]], nothing: float) -> tuple[Span | None, float]:
    """Return the span with whose words most of the probability agrees, and how much; ``None`` for nothing.

    ``shares`` holds the span of each wording, without white space, and its probability.
    """
    counted = {words: found for words, found in shares.items() if found[1] >= _NEGLIGIBLE}
    least = _LIKELY * max((share for _, share in counted.values()), default=0.0)
    best: Span | None = None
    sure = nothing
    for words, (span, share) in counted.items():
        if share >= least:
            agreeing = sum(other for said, (_, other) in counted.items() if same_squeezed(words, said))
            if agreeing > sure:
                best, sure = span, agreeing
    return best, sure
