"""Moves a trained coder toward what a person gave, as far as documents held out bear it.

The present model's weights are where it starts: for each code the change of the weights is what maximises the
likelihood of the lessons under a normal prior around no change (maximum a posteriori adaptation). How wide the prior
is, the ``reach``, is chosen for each code by log-likelihood over folds of documents, 0 (no change) among the choices: a
few corrections that say nothing new leave a code as it was. Thresholds stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from pipeline.coding.learn import Lessons
from pipeline.coding.learned import CodeId, CodeModel, Floats, term_features, with_digest

REACHES = (0.0, 0.1, 0.5, 2.5, 10.0, 40.0)
FOLDS = 4


def only(model: CodeModel, codes: Sequence[CodeId]) -> CodeModel:
    """Return ``model`` for these of its codes, in this order."""
    chosen = [model.codes.index(code) for code in codes]
    count = len(model.codes)
    arrays = {field.name: getattr(model, field.name) for field in fields(model)}
    judged: dict[str, Any] = {
        name: array[..., chosen]
        for name, array in arrays.items()
        if isinstance(array, np.ndarray) and name != "idf" and array.shape[-1] == count
    }
    return replace(model, codes=tuple(codes), **judged)


def tuned(name: str, base: CodeModel, lessons: Lessons) -> CodeModel:
    """Return ``base`` moved toward ``lessons``, whose codes and features are in its order; deterministic."""
    rows, start = _rows(base, lessons), _log_odds(base, lessons)
    fold = _folds(lessons.groups)
    moves = np.zeros((rows.shape[1], len(base.codes)))
    for k in range(len(base.codes)):
        used = lessons.weights[:, k] > 0
        if not used.any():
            continue
        given, weights = lessons.given[used, k], lessons.weights[used, k]
        part = _Part(rows[used], start[used, k], given, weights)
        moves[:, k] = part.moved(_reach(part, fold[used]))
    grams, terms = len(base.vocabulary), base.terms.shape[0]
    found = replace(
        base,
        name=name,
        grams=base.grams * base.slope + moves[:grams],
        terms=base.terms * base.slope + moves[grams : grams + terms],
        intercept=base.intercept * base.slope + base.shift + moves[-1],
        slope=np.ones(len(base.codes)),
        shift=np.zeros(len(base.codes)),
    )
    return with_digest(found)


def _rows(base: CodeModel, lessons: Lessons) -> Any:
    """Return what the model sees of each clause: n-grams, terms and 1."""
    from scipy.sparse import csr_matrix, hstack

    terms = term_features(lessons.strengths, lessons.raw)
    ones = np.ones((len(lessons.texts), 1))
    return hstack([base.weighed(lessons.texts), csr_matrix(np.hstack([terms, ones]))]).tocsr()


def _log_odds(base: CodeModel, lessons: Lessons) -> Floats:
    """Return what the model says now: N × K."""
    chances = np.clip(base.judge(base.weighed(lessons.texts), lessons.strengths, lessons.raw), 1e-12, 1 - 1e-12)
    return np.asarray(np.log(chances / (1 - chances)))


def _folds(groups: Sequence[int]) -> Any:
    """Return the fold of each clause; those of one document are in one."""
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) % FOLDS for group in groups])


class _Part:
    """The lessons of one code: rows, the log odds now, given or not, how much each counts."""

    def __init__(self, rows: Any, start: Floats, given: Floats, weights: Floats) -> None:
        """Keep them."""
        self.rows, self.start, self.given, self.weights = rows, start, given, weights

    def where(self, kept: Any) -> _Part:
        """Return the lessons that are ``kept``."""
        return _Part(self.rows[kept], self.start[kept], self.given[kept], self.weights[kept])

    def moved(self, reach: float) -> Floats:
        """Return the change of the weights."""
        from scipy.optimize import minimize

        width = self.rows.shape[1]
        if not reach or not len(self.given):
            return np.zeros(width)
        seen = np.unique(self.rows.indices)
        rows = self.rows[:, seen]

        def worth(move: Floats) -> tuple[float, Floats]:
            odds = self.start + rows @ move
            loss = float(self.weights @ (np.logaddexp(0, odds) - self.given * odds))
            pull = rows.T @ (self.weights * (1 / (1 + np.exp(-np.clip(odds, -40, 40))) - self.given))
            return loss + float(move @ move) / (2 * reach), pull + move / reach

        found = minimize(worth, np.zeros(len(seen)), jac=True, method="L-BFGS-B", options={"maxiter": 200})
        moves = np.zeros(width)
        moves[seen] = found.x
        return moves

    def losses(self, move: Floats) -> Floats:
        """Return minus the log-likelihood of each lesson after a move."""
        odds = self.start + self.rows @ move
        return np.asarray(self.weights * (np.logaddexp(0, odds) - self.given * odds))


def _reach(part: _Part, fold: Any) -> float:
    """Return how far to go: the least that does about as well on documents held out as what does best there.

    About: by no more than a standard error of the difference (Breiman et al. 1984). The least change without a second
    document.
    """
    folds = [one for one in range(FOLDS) if (fold == one).any()]
    if len(folds) < 2:
        return REACHES[1]
    losses = [
        np.concatenate([part.where(fold == one).losses(part.where(fold != one).moved(reach)) for one in folds])
        for reach in REACHES
    ]
    best = losses[int(np.argmin([some.sum() for some in losses]))]
    worse = (some - best for some in losses)
    good = (float(some.sum()) <= float(some.std()) * np.sqrt(len(some)) for some in worse)
    return next(reach for reach, one in zip(REACHES, good, strict=True) if one)
