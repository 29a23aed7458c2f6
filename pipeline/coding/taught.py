"""Learns a trained coder from what people have coded, and judges it against the present coder on the same clauses.

People's lessons are few: a model of them alone knows less than the coder they corrected. So the new model starts where
the present coder is and moves toward people as far as held-out documents bear it (``tune``). Where a present model
judges the codes that's where it starts; else from a model fitted to what the present coder gives by its terms; a code
that the present coder hardly ever gives has nowhere to start from and is learned from people alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.coding.around import Around
from pipeline.coding.arrays import Floats, Masks
from pipeline.coding.learn import FOLDS, Lessons, fit
from pipeline.coding.learned import CodeId, CodeModel
from pipeline.coding.tune import only, tuned

LEAST_CLAUSES, LEAST_GIVEN = 20, 5
DOUBTFUL = 0.3  # what a code counts that people differ on, or that was seen and left as it was


@dataclass(frozen=True, slots=True)
class Clauses:
    """N clauses, what the terms say of them (N × F, damped and raw) and what people and the present coder gave (N × K).

    ``read``: N, by people. ``given`` and ``sure`` (0 … 1) are theirs; ``machine`` and ``doubted`` the present coder's.
    ``groups``: clauses of one document share a number; ``around``: what stands around them.
    """

    texts: tuple[str, ...]
    strengths: Floats
    raw: Floats
    groups: tuple[int, ...]
    around: Around
    read: Masks
    given: Masks
    sure: Floats
    machine: Masks
    doubted: Masks

    def of_codes(self, columns: Sequence[int]) -> Clauses:
        """Return the clauses with these codes only."""
        chosen = list(columns)
        parts = (self.given[:, chosen], self.sure[:, chosen], self.machine[:, chosen], self.doubted[:, chosen])
        return Clauses(self.texts, self.strengths, self.raw, self.groups, self.around, self.read, *parts)

    def where(self, kept: Masks) -> Clauses:
        """Return the clauses of whole documents that are ``kept`` (N)."""
        return Clauses(
            tuple(text for text, one in zip(self.texts, kept, strict=True) if one),
            self.strengths[kept],
            self.raw[kept],
            tuple(group for group, one in zip(self.groups, kept, strict=True) if one),
            self.around.where(kept),
            self.read[kept],
            self.given[kept],
            self.sure[kept],
            self.machine[kept],
            self.doubted[kept],
        )


@dataclass(frozen=True, slots=True)
class Score:
    """How one code does over the clauses people are sure of: against theirs, the new model and the present coder.

    ``given`` of ``read`` clauses have the code. Without clauses of two documents there are no figures of the model.
    """

    code: CodeId
    read: int
    given: int
    f1: float | None
    kappa: float | None
    present_f1: float
    present_kappa: float | None


def learnable(clauses: Clauses) -> list[int]:
    """Return the codes that can be learned: given, and not given, often enough by people who are sure."""
    sure = clauses.read[:, None] & (clauses.sure >= 1)
    given, missing = (sure & clauses.given).sum(0), (sure & ~clauses.given).sum(0)
    return [k for k in range(clauses.given.shape[1]) if min(given[k], missing[k]) >= LEAST_GIVEN]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be learned: K codes by the terms of F features, and the present model of all of them, if any."""

    codes: tuple[CodeId, ...]
    features: tuple[CodeId, ...]
    base: CodeModel | None = None


def teach(name: str, clauses: Clauses, plan: Plan) -> CodeModel:
    """Return the model of ``clauses``; deterministic."""
    decided = clauses.sure * clauses.read[:, None]
    if plan.base is not None:
        return tuned(name, only(plan.base, plan.codes), _lessons(clauses, clauses.given, decided))
    alone = clauses.machine.sum(0) < LEAST_GIVEN
    sure = np.where(alone, clauses.sure, np.where(clauses.doubted, DOUBTFUL, 1.0))
    start = fit(
        name, _lessons(clauses, np.where(alone, clauses.given, clauses.machine), sure), plan.codes, plan.features
    )
    return tuned(name, start, _lessons(clauses, clauses.given, np.where(alone, 0.0, decided)))


def _lessons(clauses: Clauses, given: Masks, weights: Floats) -> Lessons:
    """Return what there is to learn of clauses."""
    return Lessons(
        clauses.texts, clauses.strengths, clauses.raw, given.astype(float), weights, clauses.groups, clauses.around
    )


def judged(clauses: Clauses, plan: Plan) -> Iterator[Score]:
    """Yield how each code does in documents the model hadn't seen, beside the present coder."""
    found = held_out(clauses, plan)
    for k, code in enumerate(plan.codes):
        sure = clauses.read & (clauses.sure[:, k] >= 1)
        given, present = clauses.given[sure, k], clauses.machine[sure, k]
        own = None if found is None else found[sure, k]
        yield Score(
            code,
            int(sure.sum()),
            int(given.sum()),
            None if own is None else f1(own, given),
            None if own is None else kappa(own, given),
            f1(present, given),
            kappa(present, given),
        )


def held_out(clauses: Clauses, plan: Plan) -> Masks | None:
    """Return what models give that were fitted, thresholds and all, without the clause's document: N × K.

    None when people have read in one document only.
    """
    groups = np.array(clauses.groups)
    readable = list(dict.fromkeys(groups[clauses.read].tolist()))
    if len(readable) < 2:
        return None
    found = np.zeros(clauses.given.shape, bool)
    for one in range(min(FOLDS, len(readable))):
        held = np.isin(groups, readable[one::FOLDS])
        model = teach("held out", clauses.where(~held), plan)
        part = clauses.where(held)
        chances = model.judge(model.weighed(part.texts), part.strengths, part.raw, part.around)
        found[held] = chances >= model.threshold
    return found


def f1(found: Masks, given: Masks) -> float:
    """Return F1; 0 without anything in common."""
    hits = int((found & given).sum())
    return 2 * hits / max(1, int(found.sum()) + int(given.sum()))


def kappa(found: Masks, given: Masks) -> float | None:
    """Return Cohen's κ; None where it isn't defined."""
    if not len(given):
        return None
    agreed, a, b = float((found == given).mean()), float(found.mean()), float(given.mean())
    chance = a * b + (1 - a) * (1 - b)
    return (agreed - chance) / (1 - chance) if chance < 1 else None
