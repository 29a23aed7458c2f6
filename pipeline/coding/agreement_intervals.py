"""Bootstrap confidence intervals (percentile method, Efron & Tibshirani 1993, ch. 13), always with the same seed."""

from __future__ import annotations

import numpy as np

from pipeline.coding.agreement import Numbers

DRAWS = 1000
FEWEST_DOCUMENTS = 5
_LEVEL = (2.5, 97.5)
_CHUNK = 50
# of so many draws at least half must give a figure, or the interval would be that of the lucky ones
_DEFINED = 0.5


def resampled(blocks: Numbers, *, seed: int, draws: int = DRAWS) -> Numbers:
    """Return ``draws`` sums over as many blocks, drawn with replacement: (blocks, …) → (draws, …).

    A block is what is drawn whole: a document with all its units, or one unit. No blocks give sums of zero.
    """
    count = len(blocks)
    flat = blocks.reshape(count, -1) if count else np.zeros((1, int(np.prod(blocks.shape[1:]))))
    random = np.random.default_rng(seed)
    even = np.full(len(flat), 1 / len(flat))
    parts = [
        random.multinomial(len(flat), even, size=min(_CHUNK, draws - at)).astype(float) @ flat
        for at in range(0, draws, _CHUNK)
    ]
    return np.concatenate(parts).reshape((draws, *blocks.shape[1:]))


def interval(values: Numbers) -> tuple[float, float] | None:
    """Return the middle 95% of the drawn figures, or None when over half of the draws give none."""
    defined = values[np.isfinite(values)]
    if not len(values) or len(defined) < _DEFINED * len(values) or not len(defined):
        return None
    low, high = np.percentile(defined, _LEVEL)
    return float(low), float(high)
