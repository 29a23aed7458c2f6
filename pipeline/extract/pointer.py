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
    side_features,
    special_features,
    tidied,
    whole_features,
)
from pipeline.extract.span_cues import gap_features, in_list, is_amount, lines_between, next_figure_features

# how many spans of the best starts and ends are looked at whole
_FINALISTS = 20
# a span may be chosen for the others it agrees with if it is so likely itself, against the likeliest
_LIKELY = 0.3
# a draft so far behind the best is not looked at, a share so small not counted
_HOPELESS, _NEGLIGIBLE = 8.0, 0.005
# a span looked at whole that is so far behind the best isn't read as words
_UNREAD = 7.0

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
    """A span looked at whole: its words as printed, its marks, whether it's a figure alone, its score."""

    words: str
    marks: str
    amount: bool
    score: float


class _Lie(NamedTuple):
    """How a span lies to the list of figures: its score, and the name of its line when that is another one."""

    score: float
    line: str


class PagePointer:
    """Chooses spans of one page."""

    def __init__(self, pointer: Pointer, page: Page) -> None:
        """Start with no question."""
        self._pointer, self._page = pointer, page
        self._drafting = Drafts(page, pointer.tables)
        self._drafts: dict[tuple[object, ...], Draft] = {}
        self._wholes: dict[Span, _Whole] = {}
        self._names: dict[Span, str] = {}

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
        self._look_at(finalists, scores, asked)
        nothing = self._pointer.sum(nothing_features(self._page, asked))
        top = float(scores.max(initial=nothing))
        total = exp(nothing - top) + float(np.exp(scores - top).sum())
        shares: Shares = {}
        for score, row in sorted((-float(scores[row]), row) for row in finalists):
            if -score < top - _UNREAD:
                break
            name = self._name(finalists[row])
            span, share = shares.get(name, (finalists[row], 0.0))
            shares[name] = span, share + exp(-score - top) / total
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

    def _look_at(self, finalists: dict[int, Span], scores: Floats, asked: Asked) -> None:
        """Add to the ``scores`` of the finalists, by row, what they are as a whole (``pointing.span_features``)."""
        page, pointer, role = self._page, self._pointer, asked.role
        weight = pointer.weights.get
        again: dict[str, float] = {}
        for words, names in again_features(page, asked):
            again[words] = again.get(words, 0.0) + pointer.sum(names)
        special = bool(asked.tiers) or asked.head is not None
        amount, listed = weight(f"amount{role}", 0.0), in_list(page, asked.list_start)
        counted = [weight(f"ub{at_list:d}{asked.unit}", 0.0) for at_list in (False, True)]
        lies: dict[int, _Lie] = {}
        units: dict[int, float] = {}
        for row, span in finalists.items():
            start, end = span
            whole = self._wholes.get(span) or self._whole(span)
            # what stands between hangs on the end alone before the list, on the start alone behind it
            place = end if end <= asked.list_start else -start
            lie = lies.get(place)
            if lie is None:
                lie = lies[place] = self._lie(span, asked, listed=listed)
            if end not in units:
                units[end] = weight(f"u{asked.unit}~{page.around(end)[0]}", 0.0)
                if end > asked.list_start:
                    units[end] += pointer.sum(next_figure_features(page, end, role))
            score = whole.score + lie.score + units[end] + counted[start == asked.list_end]
            score += pointer.marks(whole.marks, role) + again.get(whole.words, 0.0)
            if lie.line:
                score += weight(lie.line + page.around(start)[0], 0.0)
            if whole.amount:
                score += amount
            if special:
                score += pointer.sum(special_features(span, asked))
            scores[row] += score

    def _lie(self, span: Span, asked: Asked, *, listed: bool) -> _Lie:
        """Return how ``span`` lies to the list of figures, which is an item of a list of lines when ``listed``."""
        pointer, role, end = self._pointer, asked.role, span[1]
        score = pointer.between(*between(self._page, span, asked), role)
        score += pointer.sum(gap_features(self._page, span, asked.list_start, asked.list_end, asked.kind))
        if asked.told:
            score += pointer.sum(side_features(self._page, span, asked))
        if end > asked.list_start:
            return _Lie(score, "")
        lines, colon = lines_between(self._page, end, asked.list_start)
        score += pointer.weights.get(f"L{lines}{colon:d}{listed:d}{role}", 0.0)
        return _Lie(score, f"L{lines}{colon:d}-" if lines else "")

    def _whole(self, span: Span) -> _Whole:
        """Look at a span whole, once for the page."""
        words = self._page.text[slice(*span)]
        score = self._pointer.sum(whole_features(self._page, span))
        whole = self._wholes[span] = _Whole(words, marks_in(words), is_amount(words), score)
        return whole

    def _name(self, span: Span) -> str:
        """Return what the words of a span name, read once for the page."""
        if (name := self._names.get(span)) is None:
            text = self._page.text
            name = self._names[span] = squeezed(text[slice(*tidied(text, span))])
        return name


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
