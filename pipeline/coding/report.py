"""How well a trained coder does on clauses it hasn't seen: F1 of each code, calibration, and what a look is worth."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipeline.coding.arrays import Floats
from pipeline.coding.learn import Lessons
from pipeline.coding.learned import CodeModel, sigmoid

_BINS = 10


def judged_lines(lessons: Lessons, outcome: Floats, model: CodeModel) -> Iterator[str]:
    """Yield a table: for each code how often it's given, precision, recall, F1, threshold and calibration error.

    ``outcome``: log odds of each clause by a model that hadn't seen its document (N × K). ECE is the mean distance of
    probability and share in ten bins of probability (Naeini et al. 2015). ``doubt`` is the share of clauses put up for
    review, ``caught`` the share of the missed codes that are among them.
    """
    yield f"{'':32}{'given':>6}{'P':>7}{'R':>7}{'F1':>7}{'from':>7}{'ECE':>7}{'doubt':>7}{'caught':>7}"
    scores: dict[str, list[float]] = {}
    for k, (codebook, code) in enumerate(model.codes):
        chances = sigmoid(outcome[:, k] * model.slope[k] + model.shift[k])
        sure = lessons.weights[:, k] >= 1
        given, found = lessons.given[sure, k] > 0, chances[sure] >= model.threshold[k]
        doubted = ~found & (chances[sure] >= model.doubt[k])
        hits, missed = int((given & found).sum()), given & ~found
        precision, recall = hits / max(1, int(found.sum())), hits / max(1, int(given.sum()))
        f1 = 2 * hits / max(1, int(found.sum() + given.sum()))
        scores.setdefault(codebook, []).append(f1)
        caught = int((missed & doubted).sum()) / max(1, int(missed.sum()))
        figures = (precision, recall, f1, model.threshold[k], calibration_error(chances[sure], given))
        shown = "".join(f"{figure:7.3f}" for figure in (*figures, float(doubted.mean()), caught))
        yield f"{codebook + '.' + code:32}{int(given.sum()):6}{shown}"
    for codebook, some in scores.items():
        yield f"{codebook:32}{'macro F1':>20}{sum(some) / len(some):7.3f}"
    yield f"{'':32}{'macro F1':>20}{np.mean([sum(some) / len(some) for some in scores.values()]):7.3f}"


def calibration_error(chances: Floats, given: Floats) -> float:
    """Return the expected calibration error in ten bins of equal width; 0 without clauses."""
    if not len(chances):
        return 0.0
    bins = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    counts = np.bincount(bins, minlength=_BINS)
    gaps = np.abs(np.bincount(bins, chances, _BINS) - np.bincount(bins, given, _BINS))
    return float(gaps[counts > 0].sum() / len(chances))
