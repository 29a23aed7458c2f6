"""Codes run on from clause to clause: for each code a chain of two states (given or not) along a document.

A linear-chain conditional random field (Lafferty, McCallum and Pereira 2001) for each code. What speaks for a code in a
clause are the log odds of a coder and the strength of the code's own terms; what binds neighbours is a weight for
staying the same, and another where a section begins. These four weights are shared by all codes, so that frequent ones
teach rare ones; each code has a bias beside them. They are found where the likelihood of people's decisions under a
normal prior around "nothing changes" is highest; what nobody decided is summed over.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    grid = _Grid(around)
    stay = chain[2, bound] + around.opens[:, None] * chain[3, bound]
    given, _, _ = grid.summed(found[:, bound], stay)
    given = np.clip(given, 1e-12, 1 - 1e-12)
    found[:, bound] = np.log(given) - np.log(1 - given)
    return found


def fitted(odds: Floats, own: Floats, around: Around, decided: Masks, given: Masks) -> Floats:
    """Return the weights of chains, 5 × K, learned where ``decided`` (N × K); ``given``: N × K."""
    from scipy.optimize import minimize

    codes = odds.shape[1]
    if not decided.any():
        return neutral(codes)
    grid = _Grid(around)
    clamp = np.where(decided, np.where(given, SURE, -SURE), 0.0)
    opens = around.opens[:, None] * 1.0
    start = neutral(codes)[:4, 0]

    def worth(point: Floats) -> tuple[float, Floats]:
        scale, terms, stay, border = point[:4]
        outcome = odds * scale + own * terms + point[4:]
        ties = np.broadcast_to(stay + opens * border, odds.shape)
        free, free_same, all_ways = grid.summed(outcome, ties)
        bound, bound_same, their_ways = grid.summed(outcome + clamp, ties)
        # the clamped sum holds SURE/2 for each decision that is kept, a constant
        loss = all_ways - their_ways
        pull, same = free - bound, free_same - bound_same
        move = point[:4] - start
        slope = [float((pull * odds).sum()), float((pull * own).sum()), float(same.sum()), float((same * opens).sum())]
        loss += float(move @ move) / (2 * WIDTH) + float(point[4:] @ point[4:]) / (2 * BIAS_WIDTH)
        return loss, np.concatenate([np.array(slope) + move / WIDTH, pull.sum(axis=0) + point[4:] / BIAS_WIDTH])

    found = minimize(
        worth, np.concatenate([start, np.zeros(codes)]), jac=True, method="L-BFGS-B", options={"maxiter": 60}
    ).x
    return np.vstack([np.repeat(found[:4, None], codes, axis=1), found[4:]])


def neutral(codes: int) -> Floats:
    """Return the weights, 5 × K, of chains that change nothing."""
    chain = np.zeros((len(PARTS), codes))
    chain[0] = 1.0
    return chain


@dataclass(frozen=True, slots=True)
class _Grid:
    """Clauses laid out as places × documents, so that all documents are gone through at once."""

    rows: Ints
    columns: Ints
    shape: tuple[int, int]

    def __init__(self, around: Around) -> None:
        """Lay them out."""
        starts = around.starts()
        lengths = np.diff(starts)
        object.__setattr__(self, "rows", np.arange(len(around.first)) - np.repeat(starts[:-1], lengths))
        object.__setattr__(self, "columns", np.repeat(np.arange(len(lengths)), lengths))
        object.__setattr__(self, "shape", (int(lengths.max(initial=0)), len(lengths)))

    def laid(self, values: Floats) -> Floats:
        """Return N × K values as places × documents × K, 0 where there is no clause."""
        grid = np.zeros((*self.shape, values.shape[1]))
        grid[self.rows, self.columns] = values
        return grid

    def summed(self, odds: Floats, ties: Floats) -> tuple[Floats, Floats, float]:
        """Sum over all ways by forward-backward (Rabiner 1989).

        ``ties``: N × K, the weight of being the same as the clause before. Return the probability of given (N × K),
        of being the same as the clause before (N × K; 1/2 for the first), and the log of the sum over all ways.
        """
        half, tie = self.laid(odds) / 2, np.exp(self.laid(ties))
        length = self.shape[0]
        there = np.abs(half)
        yes, no = np.exp(half - there), np.exp(-half - there)
        ways = float(there.sum())
        ahead_yes, ahead_no = np.empty_like(half), np.empty_like(half)
        from_yes = from_no = np.full(half.shape[1:], 0.5)
        for n in range(length):
            a = (from_yes * tie[n] + from_no) * yes[n] if n else yes[n]
            b = (from_no * tie[n] + from_yes) * no[n] if n else no[n]
            total = a + b
            ways += float(np.log(total).sum())
            from_yes, from_no = a / total, b / total
            ahead_yes[n], ahead_no[n] = from_yes, from_no
        back_yes, back_no = np.full(half.shape, 0.5), np.full(half.shape, 0.5)
        for n in range(length - 1, 0, -1):
            a, b = yes[n] * back_yes[n], no[n] * back_no[n]
            after_yes, after_no = a * tie[n] + b, b * tie[n] + a
            total = after_yes + after_no
            back_yes[n - 1], back_no[n - 1] = after_yes / total, after_no / total
        given = ahead_yes * back_yes
        given = given / (given + ahead_no * back_no)
        same = np.full(half.shape, 0.5)
        if length > 1:
            a, b = yes[1:] * back_yes[1:], no[1:] * back_no[1:]
            kept = (ahead_yes[:-1] * a + ahead_no[:-1] * b) * tie[1:]
            turned = ahead_yes[:-1] * b + ahead_no[:-1] * a
            same[1:] = kept / (kept + turned)
        return given[self.rows, self.columns], same[self.rows, self.columns], ways
