"""Chooses the span that fills a slot: the model of ``pointing.py`` with its weights in tables, scored by numpy.

The features of a place are looked up by number instead of by name: what follows from how it lies to the measure in
small tables, its words by their number in the model's vocabulary. A test holds the choice against the features' names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.core.wording import same_words, squeezed
from pipeline.extract.page import CLAUSE_MARKS, Page
from pipeline.extract.pointing import (
    CLOSE,
    LONGEST,
    Asked,
    Span,
    Weights,
    length_features,
    nothing_features,
    size,
    span_features,
    tidied,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# how many spans of the best starts and ends are looked at whole
_FINALISTS = 20
# a span may be chosen for the others it agrees with if it is so likely itself, against the likeliest
_LIKELY = 0.3
# a draft so far behind the best is not looked at, a share so small not counted
_HOPELESS, _NEGLIGIBLE = 8.0, 0.005
# values of a Grid's fields: behind, clauses, segments, far, edge, stop, openers (9 behind the list, here the last)
_CLAUSES, _SEGMENTS, _SIZES, _OPENERS = 4, 3, 13, 5
_FAR = np.array([size(n) for n in range(400)])
# kinds of word features (pointing.place_features)
_PARTS = ("s-", "s+", "sc", "e-", "e+", "ec", "ed", "en")
_KEY = re.compile(
    r"(?P<part>s-|s\+|sc|e-|e\+|ec|ed|en)(?P<words>.*?)(?P<role>benefit|budget|target|fact|condition|other)?", re.S
)
_PLACED = re.compile(r"(?P<end>[SE])(?P<side>[AB])(?P<clauses>[0-3])(?P<segments>[0-2])[-+](?P<words>.*)", re.S)
_OPENED = re.compile(r"(?P<end>[SE])o(?P<openers>[0-39])(?P<words>.*)", re.S)

_MARKS, _CLOSES = (np.array([ord(mark) for mark in sorted(marks)]) for marks in (CLAUSE_MARKS, CLOSE))

WordScores = dict[str, dict[str, float]]


class Pointer:
    """Weights by feature, and the tables made of them."""

    def __init__(self, weights: Weights) -> None:
        """Sort ``weights`` into tables."""
        self.weights = weights
        self.vocabulary: dict[str, int] = {"": 0}
        self._words: dict[str, WordScores] = {"": {}}
        self._merged: dict[str, tuple[dict[str, float], ...]] = {}
        self._lying: dict[tuple[str, str], tuple[Floats, Floats]] = {}
        self._lengths: dict[tuple[str, str], Floats] = {}
        placed, opened = [], []
        for name, weight in weights.items():
            if found := _PLACED.fullmatch(name):
                placed.append((found, weight))
            elif found := _OPENED.fullmatch(name):
                opened.append((found, weight))
            elif found := _KEY.fullmatch(name):
                scores = self._words.setdefault(found["role"] or "", {})
                scores.setdefault(found["part"], {})[found["words"]] = weight
        for found, _ in (*placed, *opened):
            self.vocabulary.setdefault(found["words"], len(self.vocabulary))
        # number 0 is the empty word, the last number stands for words without weights
        self.placed = _table(placed, (2 * _CLAUSES * _SEGMENTS, len(self.vocabulary) + 1), self._placed_at)
        self.opened = _table(opened, (_OPENERS, len(self.vocabulary) + 1), self._opened_at)

    def _placed_at(self, found: re.Match[str]) -> tuple[int, int]:
        at = ((found["side"] == "A") * _CLAUSES + int(found["clauses"])) * _SEGMENTS + int(found["segments"])
        return at, self.vocabulary[found["words"]]

    def _opened_at(self, found: re.Match[str]) -> tuple[int, int]:
        return min(int(found["openers"]), _OPENERS - 1), self.vocabulary[found["words"]]

    def sum(self, features: Iterable[str]) -> float:
        """Return the sum of the weights of ``features``."""
        get = self.weights.get
        return sum([get(feature, 0.0) for feature in features])

    def number(self, word: str) -> int:
        """Return the number of a word in the tables."""
        return self.vocabulary.get(word, len(self.vocabulary))

    def words(self, role: str) -> tuple[dict[str, float], ...]:
        """Return the scores of words at a place for ``role``, those whatever the role added, in the order of _PARTS."""
        if role not in self._merged:
            both = self._words[""], self._words.get(role, {})
            self._merged[role] = tuple(
                {
                    word: sum(scores.get(part, {}).get(word, 0.0) for scores in both)
                    for scores in both
                    for word in scores.get(part, {})
                }
                for part in _PARTS
            )
        return self._merged[role]

    def lengths(self, asked: Asked) -> Floats:
        """Return the score of each length of a span."""
        key = asked.role, asked.kind
        if key not in self._lengths:
            self._lengths[key] = np.array([self.sum(length_features(n, asked)) for n in range(LONGEST + 1)])
        return self._lengths[key]

    def lying(self, asked: Asked) -> tuple[Floats, Floats]:
        """Return the scores of every Grid as a start and as an end, numbered in the order of its fields."""
        key = asked.role, asked.kind
        if key not in self._lying:
            self._lying[key] = self._grid("S", 4, *key), self._grid("E", 5, *key)
        return self._lying[key]

    def _grid(self, end: str, flag: int, role: str, kind: str) -> Floats:
        """Return the scores of every Grid (``pointing.grid_features``); ``flag`` is the axis of edge or stop."""
        shape = (2, _CLAUSES, _SEGMENTS, _SIZES, 2, 2, _OPENERS)
        # which fields of a Grid a feature names, and how it is written
        parts: tuple[tuple[tuple[int, ...], Callable[..., str]], ...] = (
            ((0, 1, 2), lambda side, clauses, segments: f"{end}{'BA'[side]}{clauses}{segments}{role}"),
            ((0, 1, 2), lambda side, clauses, segments: f"{end}{'BA'[side]}{clauses}{segments}{kind}"),
            ((0, 3), lambda side, far: f"{end}{'BA'[side]}{far}{role}"),
            ((0, 1, 3), lambda side, clauses, far: f"{end}{'BA'[side]}{clauses}{far}{kind}"),
            ((0, 1, 2, flag), lambda side, clauses, segments, at: f"{end}{at}{'BA'[side]}{clauses}{segments}{role}"),
            ((6,), lambda openers: f"{end}o{9 if openers == _OPENERS - 1 else openers}{role}"),
        )
        total = np.zeros(shape)
        for axes, name in parts:
            own = [shape[axis] if axis in axes else 1 for axis in range(len(shape))]
            values = [self.weights.get(name(*place), 0.0) for place in product(*(range(shape[a]) for a in axes))]
            total += np.array(values).reshape(own)
        return total.ravel()


def _table(rows: list[tuple[re.Match[str], float]], shape: tuple[int, int], place: Any) -> tuple[Floats, Floats]:
    """Return the tables of starts and of ends that hold the weights of ``rows`` at their places."""
    tables = {"S": np.zeros(shape), "E": np.zeros(shape)}
    for found, weight in rows:
        tables[found["end"]][place(found)] = weight
    return tables["S"], tables["E"]


class _Borders:
    """What there is to know of the borders of a page, as arrays over them."""

    def __init__(self, page: Page) -> None:
        """Look at every border of ``page``."""
        text, at = page.text, np.array(page.borders)
        # a mark beyond each end, so that every border has a character on both sides
        codes = np.frombuffer(f"\n{text}\n".encode("utf-32-le", "surrogatepass"), dtype="<u4")
        before, behind = codes[at], codes[at + 1]
        kinds, kind = np.unique(behind, return_inverse=True)
        marks = np.searchsorted(page.marks, at)
        self.at = at
        self.marks, self.segments = marks, np.array(page.segments)[marks]
        self.openers = np.searchsorted(page.openers, at)
        self.clause_end = np.array([*page.marks, len(text)])[marks]
        self.edge = np.isin(before, _MARKS)
        self.stop = np.isin(behind, _MARKS) & (at < len(text))
        self.opens = ~np.isin(behind, _CLOSES)
        self.alone = ~np.array([chr(code).isalnum() for code in kinds], dtype=np.bool_)[kind]


class PagePointer:
    """Chooses spans of one page."""

    def __init__(self, pointer: Pointer, page: Page) -> None:
        """Look at the borders of the page."""
        self._pointer, self._page = pointer, page
        self._borders = _Borders(page)
        n = len(page.borders)
        # numbers of the word before, the character behind and the character before each border; -1 for not looked up
        self._numbers = np.full((3, n), -1)
        self._fixed: dict[str, Floats] = {}

    def choose(self, asked: Asked) -> tuple[Span | None, float]:
        """Return the span most likely to say what is asked for, ``None`` for nothing, and how likely that is.

        A span says what those say that name the same (``core.wording.same_words``): of the likely spans the one is
        chosen that agrees with most of the probability (minimum Bayes risk: Kumar and Byrne 2004).
        """
        page, pointer = self._page, self._pointer
        spans, scores = self.drafts(asked)
        finalists = self._finalists(spans, scores, asked)
        for row in finalists:
            scores[row] += pointer.sum(span_features(page, spans[row], asked))
        nothing = pointer.sum(nothing_features(page, asked))
        top = float(scores.max(initial=nothing))
        total = np.exp(nothing - top) + np.exp(scores - top).sum()
        shares: dict[str, tuple[Span, float]] = {}
        for row in sorted(finalists, key=lambda row: (-scores[row], row)):
            words = squeezed(page.text[slice(*tidied(page.text, spans[row]))])
            span, share = shares.get(words, (spans[row], 0.0))
            shares[words] = span, share + float(np.exp(scores[row] - top) / total)
        return agreed(shares, float(np.exp(nothing - top) / total))

    def _finalists(self, spans: list[Span], scores: Floats, asked: Asked) -> set[int]:
        """Return the rows of the spans that are looked at whole: the best, and those that something speaks for."""
        rows = np.arange(len(scores))
        if len(scores) > _FINALISTS:
            rows = np.argpartition(-scores, _FINALISTS)[:_FINALISTS]
        finalists = set(rows[scores[rows] > scores.max(initial=-np.inf) - _HOPELESS].tolist())
        special = {*asked.elsewhere, *(span for group in asked.tiers for span in group)}
        return finalists | ({row for row, span in enumerate(spans) if span in special} if special else set())

    def drafts(self, asked: Asked) -> tuple[list[Span], Floats]:
        """Return every candidate, with the scores of their starts, ends and lengths."""
        b, lengths = self._borders, self._pointer.lengths(asked)
        low, start, stop, high = np.searchsorted(b.at, (asked.low, asked.list_start, asked.list_end, asked.high))
        rows = np.r_[low : self._upto(start, asked.list_start), stop : self._upto(high, asked.high)]
        starts, ends = self._scores(rows, asked)
        at = b.at[rows]
        limit = np.minimum(b.clause_end[rows], at + LONGEST)
        limit = np.where(at < asked.list_end, np.minimum(limit, asked.list_start), limit)
        length = at[None, :] - at[:, None]
        fits = (length > 0) & (at[None, :] <= limit[:, None]) & b.opens[rows][:, None]
        fits &= (length > 1) | ~b.alone[rows][:, None]
        i, j = np.nonzero(fits)
        scores = starts[i] + ends[j] + lengths[length[i, j]]
        spans = list(zip(at[i].tolist(), at[j].tolist(), strict=True))
        known = set(spans) if asked.elsewhere else set()
        extra = [span for span in asked.elsewhere if span not in known]
        if extra:
            first, _ = self._scores(np.searchsorted(b.at, [span[0] for span in extra]), asked)
            _, last = self._scores(np.searchsorted(b.at, [span[1] for span in extra]), asked)
            own = lengths[np.minimum([span[1] - span[0] for span in extra], LONGEST)]
            return spans + extra, np.concatenate([scores, first + last + own])
        return spans, scores

    def _upto(self, row: int, offset: int) -> int:
        """Return ``row``, or the next where the border of ``row`` is at ``offset`` itself."""
        at = self._borders.at
        return row + 1 if row < len(at) and at[row] == offset else row

    def _scores(self, rows: Ints, asked: Asked) -> tuple[Floats, Floats]:
        """Return the scores of borders as starts and as ends."""
        b, pointer = self._borders, self._pointer
        at = b.at[rows]
        behind = at >= asked.list_end
        near = np.where(behind, asked.list_end, asked.list_start)
        here = self._counts(asked.list_end), self._counts(asked.list_start)
        clauses = np.minimum(np.abs(np.where(behind, here[0][0], here[1][0]) - b.marks[rows]), _CLAUSES - 1)
        segments = np.minimum(np.abs(np.where(behind, here[0][1], here[1][1]) - b.segments[rows]), _SEGMENTS - 1)
        openers = np.where(behind, _OPENERS - 1, np.minimum(here[1][2] - b.openers[rows], _OPENERS - 2))
        far = _FAR[np.minimum(np.abs(at - near), len(_FAR) - 1)]
        placed = (behind * _CLAUSES + clauses) * _SEGMENTS + segments
        stop = b.stop[rows] | (at == asked.list_start)
        code = (((placed * _SIZES + far) * 2 + b.edge[rows]) * 2 + stop) * _OPENERS + openers
        starts, ends = (table[code] for table in pointer.lying(asked))
        word, first, last = self._numbered(rows)
        starts = starts + pointer.placed[0][placed, word] + pointer.opened[0][openers, word]
        ends = ends + pointer.placed[1][placed, first] + pointer.opened[1][openers, last]
        fixed = self._words(rows, asked.role)
        return starts + fixed[0], ends + fixed[1]

    def _counts(self, offset: int) -> tuple[int, int, int]:
        """Return how many marks, segment ends and openers stand before ``offset``."""
        return self._page.counts(offset)

    def _numbered(self, rows: Ints) -> Ints:
        """Return the numbers of the words and characters at borders, each looked up once."""
        numbers, number = self._numbers, self._pointer.number
        text, at = self._page.text, self._page.borders
        for row in rows[numbers[0, rows] < 0].tolist():
            here = at[row]
            before = text[at[row - 1] : here] if row else ""
            numbers[:, row] = number(before), number(text[here : here + 1]), number(before[-1:])
        return numbers[:, rows]

    def _words(self, rows: Ints, role: str) -> Floats:
        """Return the scores of the words at borders as starts and as ends, each looked up once for a role."""
        if role not in self._fixed:
            self._fixed[role] = np.full((2, len(self._borders.at)), np.nan)
        fixed, tables = self._fixed[role], self._pointer.words(role)
        for row in rows[np.isnan(fixed[0, rows])].tolist():
            fixed[:, row] = self._look_up(row, tables)
        return fixed[:, rows]

    def _look_up(self, row: int, tables: tuple[dict[str, float], ...]) -> tuple[float, float]:
        """Return the score of the words around a border as a start and as an end (``pointing.place_features``)."""
        text, at = self._page.text, self._page.borders
        here = at[row]
        before = text[at[row - 1] : here] if row else ""
        third = text[at[row - 2] : at[row - 1]] if row > 1 else ""
        behind = text[here : at[row + 1]] if row + 1 < len(at) else ""
        second = text[at[row + 1] : at[row + 2]] if row + 2 < len(at) else ""
        last, two, first = text[here - 1 : here] if here else "", text[max(0, here - 2) : here], text[here : here + 1]
        s_before, s_behind, s_last, e_before, e_behind, e_last, e_two, e_first = tables
        start = (
            s_before.get(before, 0.0)
            + s_before.get(third + before, 0.0)
            + s_behind.get(behind, 0.0)
            + s_behind.get(behind + second, 0.0)
            + s_last.get(last, 0.0)
        )
        end = (
            e_before.get(before, 0.0)
            + e_behind.get(behind, 0.0)
            + e_behind.get(behind + second, 0.0)
            + e_last.get(last, 0.0)
            + e_two.get(two, 0.0)
            + e_first.get(first, 0.0)
        )
        return start, end


def agreed(shares: dict[str, tuple[Span, float]], nothing: float) -> tuple[Span | None, float]:
    """Return the span with whose words most of the probability agrees, and how much; ``None`` for nothing.

    ``shares`` holds the span of each wording and its probability.
    """
    counted = {words: found for words, found in shares.items() if found[1] >= _NEGLIGIBLE}
    least = _LIKELY * max((share for _, share in counted.values()), default=0.0)
    best: Span | None = None
    sure = nothing
    for words, (span, share) in counted.items():
        if share >= least:
            agreeing = sum(other for said, (_, other) in counted.items() if same_words(words, said))
            if agreeing > sure:
                best, sure = span, agreeing
    return best, sure
