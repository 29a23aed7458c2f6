"""Many tests at once: false discovery rate (Benjamini & Hochberg 1995), and p of a log-likelihood ratio."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def benjamini_hochberg(p: Sequence[float]) -> tuple[float, ...]:
    """Return Benjamini–Hochberg's adjusted p (q) of each test: calling all with q ≤ .05 found errs in 5% of them."""
    if not p:
        return ()
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(-values, kind="stable")
    scaled = values[order] * len(values) / np.arange(len(values), 0, -1)
    result = np.empty(len(values))
    result[order] = np.minimum(np.minimum.accumulate(scaled), 1.0)
    return tuple(float(q) for q in result)


def g2_p(g2: float) -> float:
    """Return the p of a G² with one degree of freedom."""
    return math.erfc(math.sqrt(max(g2, 0.0) / 2))
