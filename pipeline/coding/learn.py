"""Fits a trained coder (``learned``) on coded clauses, and judges it on clauses it hasn't seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.coding.around import Around
from pipeline.coding.arrays import Floats, Masks
from pipeline.coding.grams import Vocabulary, vocabulary
from pipeline.coding.learned import CodeId, CodeModel, sigmoid, term_features, weigh, with_digest

GRAMS, LEAST_TEXTS, PENALTY = 10_000, 3, 8.0
FOLDS = 5
LOWEST, HIGHEST, STEPS = 0.1, 0.7, 61
DOUBT = 0.5  # a code is put up for review from this share of its threshold on


@dataclass(frozen=True, slots=True)
class Lessons:
    """Coded clauses: N texts, what the terms say (N × F, damped and raw), K codes given or not, how much each counts.

    ``weights`` N × K: 0 leaves a clause out for a code. ``groups``: clauses of one document share a number. With
    ``around`` the clauses are those of whole documents in order, to be judged where they stand.
    """

    texts: tuple[str, ...]
    strengths: Floats
    raw: Floats
    given: Floats
    weights: Floats
    groups: tuple[int, ...]
    around: Around | None = None


@dataclass(frozen=True, slots=True)
class _Fitted:
    """A model before its probabilities are made right."""

    vocabulary: Vocabulary
    idf: Floats
    grams: Floats
    terms: Floats
    intercept: Floats

    def outcome(self, texts: Sequence[str], strengths: Floats, raw: Floats) -> Floats:
        """Return the log odds: texts × K."""
        grams = weigh(self.vocabulary.count(texts), self.idf) @ self.grams
        return np.asarray(grams + term_features(strengths, raw) @ self.terms + self.intercept)


def fit(name: str, lessons: Lessons, codes: Sequence[CodeId], features: Sequence[CodeId]) -> CodeModel:
    """Return the model of ``lessons`` for ``codes``; deterministic. ``features``: what the strengths' columns are.

    Thresholds and scaling come from folds of documents the model hadn't seen.
    """
    outcome = unseen(lessons)
    slope, shift = np.ones(len(codes)), np.zeros(len(codes))
    threshold = np.zeros(len(codes))
    for k in range(len(codes)):
        slope[k], shift[k] = _scaling(outcome[:, k], lessons.given[:, k], lessons.weights[:, k])
        chances = sigmoid(outcome[:, k] * slope[k] + shift[k])
        threshold[k] = best_threshold(chances, lessons.given[:, k], lessons.weights[:, k])
    fitted = _fit(lessons, np.ones(len(lessons.texts), bool))
    found = CodeModel(
        name=name,
        codes=tuple(codes),
        features=tuple(features),
        vocabulary=fitted.vocabulary,
        idf=fitted.idf,
        grams=fitted.grams,
        terms=fitted.terms,
        intercept=fitted.intercept,
        slope=slope,
        shift=shift,
        threshold=threshold,
        doubt=threshold * DOUBT,
        digest="",
    )
    return with_digest(found)


def unseen(lessons: Lessons, folds: int = FOLDS) -> Floats:
    """Return the log odds of every clause by a model fitted without its document: N × K."""
    fold = np.array([group % folds for group in _ranked(lessons.groups)])
    outcome = np.zeros(lessons.given.shape)
    for one in range(folds):
        held = fold == one
        if not held.any():
            continue
        fitted = _fit(lessons, ~held)
        texts = [text for text, out in zip(lessons.texts, held, strict=True) if out]
        outcome[held] = fitted.outcome(texts, lessons.strengths[held], lessons.raw[held])
    return outcome


def _ranked(groups: Sequence[int]) -> list[int]:
    """Return the groups numbered from 0 in order of their first clause."""
    numbers: dict[int, int] = {}
    return [numbers.setdefault(group, len(numbers)) for group in groups]


def _fit(lessons: Lessons, kept: Masks) -> _Fitted:
    """Return the model of the clauses that are ``kept``."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    texts = [text for text, one in zip(lessons.texts, kept, strict=True) if one]
    words = vocabulary(texts, most=GRAMS, least_texts=LEAST_TEXTS)
    counts = words.count(texts)
    idf = np.log((1 + len(texts)) / (1 + np.bincount(counts.indices, minlength=len(words)))) + 1
    features = term_features(lessons.strengths[kept], lessons.raw[kept])
    rows = hstack([weigh(counts, idf), csr_matrix(features)]).tocsr()
    weight = np.zeros((rows.shape[1], lessons.given.shape[1]))
    intercept = np.full(lessons.given.shape[1], -10.0)
    for k in range(lessons.given.shape[1]):
        used = lessons.weights[kept, k] > 0
        given = lessons.given[kept, k][used] > 0
        if given.all() or not given.any():
            intercept[k] = 10.0 if given.any() else -10.0
            continue
        model = LogisticRegression(C=PENALTY, solver="liblinear", max_iter=300, random_state=0)
        model.fit(rows[used], given, lessons.weights[kept, k][used])
        weight[:, k], intercept[k] = model.coef_[0], model.intercept_[0]
    return _Fitted(words, idf, weight[: len(words)], weight[len(words) :], intercept)


def _scaling(outcome: Floats, given: Floats, weights: Floats) -> tuple[float, float]:
    """Return the slope and shift that make log odds right (Platt 1999); 1 and 0 for a code never or always given."""
    from sklearn.linear_model import LogisticRegression

    used = weights > 0
    if len(set(given[used])) < 2:
        return 1.0, 0.0
    model = LogisticRegression(C=1e3, solver="lbfgs", max_iter=300)
    model.fit(outcome[used, None], given[used] > 0, weights[used])
    slope = float(model.coef_[0, 0])
    return (slope, float(model.intercept_[0])) if slope > 0 else (1.0, 0.0)


def best_threshold(chances: Floats, given: Floats, weights: Floats) -> float:
    """Return the threshold for the best F1: half of the best F1 that can be reached (Lipton et al. 2014).

    It's one half when nothing is reached.
    """
    best = max(_f1(chances >= t, given > 0, weights) for t in np.linspace(LOWEST, HIGHEST, STEPS))
    return best / 2 if best else 0.5


def _f1(found: Masks, given: Masks, weights: Floats) -> float:
    """Return the weighted F1; 0 when nothing is given or found."""
    hits = float(weights[found & given].sum())
    wrong = float(weights[found ^ given].sum())
    return 2 * hits / (2 * hits + wrong) if hits else 0.0
