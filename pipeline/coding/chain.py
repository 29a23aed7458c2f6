"""Codes run on from clause to clause: for each code a chain of two states (given or not) along a document.

A linear-chain conditional random field (Lafferty, McCallum and Pereira 2001) for each code. What speaks for a code in a
clause are the log odds of a coder and the strength of the code's own terms; what binds neighbours is a weight for
staying the same, and another where a section begins. These four weights are shared by all codes, so that frequent ones
teach rare ones; each code has a bias beside them. Learned are additions to the weights there are: where the likelihood
of people's decisions under a normal prior around no addition is highest. What nobody decided is summed over.
"""

from __future__ import annotations

import numpy as np

from pipeline.coding.around import Around
from pipeline.coding.arrays import Floats, Ints, Masks

PARTS = ("odds", "own terms", "same as before", "same where a section opens", "bias")
WIDTH, BIAS_WIDTH = 1.0, 0.05  # variances of the priors of the shared weights and of the biases
SURE = 50.0  # log odds of what people decided


def chained(odds: Floats, own: Floats, around: Around, chain: Floats) -> Floats:
    """Return the log odds of each code in view of the clauses around: N × K.

    ``odds``: N × K, those of the clauses alone; ``own``: N × K, how strongly the code's own terms speak; ``chain``:
    weights, 5 × K (see ``PARTS``).
    """
    found: Floats = odds * chain[0] + own * chain[1] + chain[4]
    bound = np.flatnonzero((chain[2] != 0) | (chain[3] != 0))
    if not len(bound) or not len(found):
        return found
    given, _, _ = _Grid(around).summed(found[:, bound], _ties(chain[:, bound], around))
    given = np.clip(given, 1e-12, 1 - 1e-12)
    found[:, bound] = np.log(given) - np.log(1 - given)
    return found


def fitted(odds: Floats, own: Floats, around: Around, decided: Masks, given: Masks, before: Floats) -> Floats:
    """Return the weights of chains, 5 × K, learned where ``decided`` (N × K), from the weights ``before`` on.

    ``given``: N × K. Documents where nobody decided anything say nothing.
    """
    from scipy.optimize import minimize

    document = np.cumsum(around.first)
    kept = np.isin(document, document[decided.any(axis=1)])
    odds, own, decided, given, around = odds[kept], own[kept], decided[kept], given[kept], around.where(kept)
    codes = odds.shape[1]
    if not len(odds):
        return before
    grid = _Grid(around)
    clamp = np.where(decided, np.where(given, SURE, -SURE), 0.0)
    opens = around.opens[:, None] * 1.0

    def worth(point: Floats) -> tuple[float, Floats]:
        chain = before + _spread(point, codes)
        outcome, ties = odds * chain[0] + own * chain[1] + chain[4], _ties(chain, around)
        free, free_same, all_ways = grid.summed(outcome, ties)
        bound, bound_same, their_ways = grid.summed(outcome + clamp, ties)
        # each decision that is kept adds SURE / 2 to the log of their ways: a constant
        loss = all_ways - their_ways
        pull, same = free - bound, free_same - bound_same
        shared = [float((pull * odds).sum()), float((pull * own).sum()), float(same.sum()), float((same * opens).sum())]
        loss += float(point[:4] @ point[:4]) / (2 * WIDTH) + float(point[4:] @ point[4:]) / (2 * BIAS_WIDTH)
        slope = np.concatenate([np.array(shared) + point[:4] / WIDTH, pull.sum(axis=0) + point[4:] / BIAS_WIDTH])
        return loss, slope

    found = minimize(worth, np.zeros(4 + codes), jac=True, method="L-BFGS-B", options={"maxiter": 60}).x
    return before + _spread(found, codes)


def _spread(point: Floats, codes: int) -> Floats:
    """Return four weights that all codes share and a bias for each as 5 × K."""
    return np.vstack([np.repeat(point[:4, None], codes, axis=1), point[4:]])


def _ties(chain: Floats, around: Around) -> Floats:
    """Return the weight of being the same as the clause before: N × K."""
    return np.asarray(chain[2] + around.opens[:, None] * chain[3])


def neutral(codes: int) -> Floats:
    """Return the weights, 5 × K, of chains that change nothing."""
    chain = np.zeros((len(PARTS), codes))
    chain[0] = 1.0
    return chain


class _Grid:
    """Clauses laid out as places × documents, so that many documents are gone through at once.

    Documents of like length are laid out together: no more than half of a layout is empty.
    """

    def __init__(self, around: Around) -> None:
        """Lay them out."""
        starts = around.starts()
        lengths = np.diff(starts)
        place = np.arange(len(around.first)) - np.repeat(starts[:-1], lengths)
        owner = np.repeat(np.arange(len(lengths)), lengths)
        size = np.ceil(np.log2(lengths)).astype(int)
        self._layouts: list[tuple[Ints, Ints, Ints]] = []  # clauses, their places, their columns
        for one in np.unique(size):
            clauses = np.flatnonzero(size[owner] == one)
            _, columns = np.unique(owner[clauses], return_inverse=True)
            self._layouts.append((clauses, place[clauses], columns))

    def summed(self, odds: Floats, ties: Floats) -> tuple[Floats, Floats, float]:
        """Sum over all ways by forward-backward (Rabiner 1989).

        ``ties``: N × K, the weight of being the same as the clause before. Return the probability of given (N × K),
        of being the same as the clause before (N × K; 1/2 for the first), and the log of the sum over all ways, but for
        a constant.
        """
        given, same, ways = np.empty_like(odds), np.empty_like(odds), 0.0
        for clauses, places, columns in self._layouts:
            shape = (int(places.max()) + 1, int(columns.max()) + 1, odds.shape[1])
            grids = np.zeros(shape), np.zeros(shape)
            for grid, values in zip(grids, (odds, ties), strict=True):
                grid[places, columns] = values[clauses]
            some_given, some_same, some_ways = _summed(*grids)
            given[clauses], same[clauses] = some_given[places, columns], some_same[places, columns]
            ways += some_ways
        return given, same, ways


def _summed(odds: Floats, ties: Floats) -> tuple[Floats, Floats, float]:
    """Return ``_Grid.summed`` of places × documents × K, 0 where there is no clause."""
    half, tie = odds / 2, np.exp(ties)
    length = len(half)
    there = np.abs(half)
    yes, no = np.exp(half - there), np.exp(-half - there)
    ways = float(there.sum())
    ahead_yes, ahead_no = np.empty_like(half), np.empty_like(half)
    for n in range(length):
        a, b = yes[n], no[n]
        if n:
            before_yes, before_no = ahead_yes[n - 1], ahead_no[n - 1]
            a, b = (before_yes * tie[n] + before_no) * a, (before_no * tie[n] + before_yes) * b
        total = a + b
        ways += float(np.log(total).sum())
        ahead_yes[n], ahead_no[n] = a / total, b / total
    back_yes, back_no = np.full(half.shape, 0.5), np.full(half.shape, 0.5)
    for n in range(length - 1, 0, -1):
        a, b = yes[n] * back_yes[n], no[n] * back_no[n]
        after_yes, after_no = a * tie[n] + b, b * tie[n] + a
        total = after_yes + after_no
        back_yes[n - 1], back_no[n - 1] = after_yes / total, after_no / total
    given = ahead_yes * back_yes
    given = given / (given + ahead_no * back_no)
    same = np.full(half.shape, 0.5)
    a, b = yes[1:] * back_yes[1:], no[1:] * back_no[1:]
    kept = (ahead_yes[:-1] * a + ahead_no[:-1] * b) * tie[1:]
    turned = ahead_yes[:-1] * b + ahead_no[:-1] * a
    same[1:] = kept / (kept + turned)
    return given, same, ways
