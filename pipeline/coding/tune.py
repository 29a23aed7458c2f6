"""Moves a trained coder toward what a person gave, as far as documents held out bear it.

The present model's weights are where it starts: for each code the change of the weights is what maximises the
likelihood of the lessons under a normal prior around no change (maximum a posteriori adaptation). How wide the prior
is, the ``reach``, is chosen for each code by log-likelihood over folds of documents, 0 (no change) among the choices: a
few corrections that say nothing new leave a code as it was. Headings above the clauses are weighed too, from nothing
on; codes that moved are carried on from clause to clause (``chain``), learned on documents held out, which also give
their thresholds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from pipeline.coding.around import Around
from pipeline.coding.arrays import Floats, Masks
from pipeline.coding.chain import chained, fitted, neutral
from pipeline.coding.learn import DOUBT, Lessons, best_threshold
from pipeline.coding.learned import CodeId, CodeModel, Context, sigmoid, term_features, with_digest

REACHES = (0.0, 0.1, 0.5, 2.5, 10.0, 40.0)
FOLDS = 4


def only(model: CodeModel, codes: Sequence[CodeId]) -> CodeModel:
    """Return ``model`` for these of its codes, in this order."""
    chosen = [model.codes.index(code) for code in codes]
    context = model.context and Context(**_columns(model.context, chosen, len(model.codes)))
    return replace(model, codes=tuple(codes), context=context, **_columns(model, chosen, len(model.codes)))


def _columns(part: CodeModel | Context, chosen: Sequence[int], count: int) -> dict[str, Any]:
    """Return the arrays of ``part`` that have a column for each of ``count`` codes, for the chosen ones."""
    arrays = {field.name: getattr(part, field.name) for field in fields(part)}
    return {
        name: array[..., chosen]
        for name, array in arrays.items()
        if isinstance(array, np.ndarray) and name != "idf" and array.shape[-1] == count
    }


def tuned(name: str, base: CodeModel, lessons: Lessons) -> CodeModel:
    """Return ``base`` moved toward ``lessons``, whose codes and features are in its order; deterministic."""
    weighed = base.weighed(lessons.texts)
    rows = _rows(base, weighed, lessons)
    start = base.odds(weighed, lessons.strengths, lessons.raw, lessons.around)
    own = base.own(lessons.strengths)
    moves = []
    for k in range(len(base.codes)):
        chain = base.context.chain[:, k] if base.context else neutral(1)[:, 0]
        moves.append(_moved(rows, start[:, k], lessons, k, _Run(own[:, [k]], lessons.around, chain)))
    change = np.stack([move.change for move in moves], axis=1)
    grams, terms = len(base.vocabulary), base.terms.shape[0]
    found = replace(
        base,
        name=name,
        grams=base.grams * base.slope + change[:grams],
        terms=base.terms * base.slope + change[grams : grams + terms],
        intercept=base.intercept * base.slope + base.shift + change[grams + terms],
        slope=np.ones(len(base.codes)),
        shift=np.zeros(len(base.codes)),
    )
    if lessons.around:
        found = _in_context(found, change[grams + terms + 1 :], moves, lessons)
    return with_digest(found)


def _in_context(found: CodeModel, change: Floats, moves: Sequence[_Move], lessons: Lessons) -> CodeModel:
    """Return the model with its context moved too: headings, and chains and thresholds of codes that were tested."""
    if found.context is None and not any(move.reach for move in moves):
        return found
    around = lessons.around
    assert around is not None
    codes = len(found.codes)
    before = found.context or Context(np.zeros((len(found.vocabulary), codes)), neutral(codes))
    chain, threshold, doubt = before.chain.copy(), found.threshold.copy(), found.doubt.copy()
    gone = [k for k, move in enumerate(moves) if move.reach > 0 and move.tested]
    if gone:
        unseen = np.stack([moves[k].unseen for k in gone], axis=1)
        own, given, weights = found.own(lessons.strengths)[:, gone], lessons.given[:, gone], lessons.weights[:, gone]
        chain[:, gone] = fitted(unseen, own, around, weights >= 1, given > 0, chain[:, gone])
        chances = sigmoid(chained(unseen, own, around, chain[:, gone]))
        for n, k in enumerate(gone):
            threshold[k] = best_threshold(chances[:, n], given[:, n], weights[:, n])
            doubt[k] = threshold[k] * DOUBT
    return replace(found, context=Context(before.headings + change, chain), threshold=threshold, doubt=doubt)


def _rows(base: CodeModel, weighed: Any, lessons: Lessons) -> Any:
    """Return what the model sees of each clause: n-grams, terms, 1, and the n-grams of the headings above."""
    from scipy.sparse import csr_matrix, hstack

    terms = term_features(lessons.strengths, lessons.raw)
    parts = [weighed, csr_matrix(np.hstack([terms, np.ones((len(lessons.texts), 1))]))]
    if lessons.around:
        parts.append(base.above(lessons.around))
    return hstack(parts).tocsr()


@dataclass(frozen=True, slots=True)
class _Run:
    """How one code runs on from clause to clause now: its own terms (N × 1), the surroundings and its chain (5)."""

    own: Floats
    around: Around | None
    chain: Floats

    def on(self, odds: Floats) -> Floats:
        """Return log odds (N) as they are carried on."""
        if self.around is None:
            return odds
        return chained(odds[:, None], self.own, self.around, self.chain[:, None])[:, 0]


@dataclass(frozen=True, slots=True)
class _Move:
    """How one code moves: the change of its weights and the log odds of all clauses without their document (N).

    ``tested``: on documents held out.
    """

    reach: float
    change: Floats
    unseen: Floats
    tested: bool


def _moved(rows: Any, start: Floats, lessons: Lessons, code: int, run: _Run) -> _Move:
    """Return the move of one code: the least that does about as well on documents held out as what does best there.

    About: by no more than a standard error of the difference (Breiman et al. 1984). The least change without a second
    document, and none without lessons.
    """
    weights, given = lessons.weights[:, code], lessons.given[:, code]
    used = weights > 0
    every = _Part(rows, start, given, weights)
    if not used.any():
        return _Move(0.0, np.zeros(rows.shape[1]), start, False)
    fold = _folds(lessons.groups, used)
    folds = [one for one in range(FOLDS) if (fold[used] == one).any()]
    if len(folds) < 2:
        return _Move(REACHES[1], every.where(used).moved(REACHES[1]), start, False)
    unseen = np.repeat(start[None], len(REACHES), axis=0)
    for one in folds:
        part, held = every.where(used & (fold != one)), fold == one
        change = np.zeros(rows.shape[1])
        for n, reach in enumerate(REACHES[1:], 1):
            change = part.moved(reach, change)
            unseen[n, held] += rows[held] @ change
    odds = np.stack([run.on(one) for one in unseen])
    losses = weights * (np.logaddexp(0, odds) - given * odds)
    worse = losses - losses[int(losses.sum(axis=1).argmin())]
    error = worse.std(axis=1, where=used[None]) * np.sqrt(used.sum())
    chosen = int((worse.sum(axis=1) <= error).argmax())
    return _Move(REACHES[chosen], every.where(used).moved(REACHES[chosen]), unseen[chosen], True)


def _folds(groups: Sequence[int], used: Masks) -> Any:
    """Return the fold of each clause: those of one document are in one, documents with lessons are dealt out first."""
    numbers: dict[int, int] = {}
    for wanted in (True, False):
        for group, one in zip(groups, used, strict=True):
            if one == wanted:
                numbers.setdefault(group, len(numbers) % FOLDS)
    return np.array([numbers[group] for group in groups])


class _Part:
    """The lessons of one code: rows, the log odds now, given or not, how much each counts."""

    def __init__(self, rows: Any, start: Floats, given: Floats, weights: Floats) -> None:
        """Keep them."""
        self.rows, self.start, self.given, self.weights = rows, start, given, weights

    def where(self, kept: Any) -> _Part:
        """Return the lessons that are ``kept``."""
        return _Part(self.rows[kept], self.start[kept], self.given[kept], self.weights[kept])

    def moved(self, reach: float, near: Floats | None = None) -> Floats:
        """Return the change of the weights, looked for from ``near`` on."""
        from scipy.optimize import minimize

        moves = np.zeros(self.rows.shape[1])
        if not reach or not len(self.given):
            return moves
        seen = np.unique(self.rows.indices)
        rows = self.rows[:, seen]
        turned = rows.T.tocsr()

        def worth(move: Floats) -> tuple[float, Floats]:
            odds = self.start + rows @ move
            loss = float(self.weights @ (np.logaddexp(0, odds) - self.given * odds))
            pull = turned @ (self.weights * (sigmoid(odds) - self.given))
            return loss + float(move @ move) / (2 * reach), pull + move / reach

        first = np.zeros(len(seen)) if near is None else near[seen]
        moves[seen] = minimize(worth, first, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
        return moves
