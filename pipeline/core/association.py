"""How much oftener than by chance two things stand together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def npmi(both: ArrayLike, first: ArrayLike, second: ArrayLike, *, added: float = 0.0) -> NDArray[np.float64]:
    """Return normalised pointwise mutual information (Bouma 2009): -1 never together, 0 by chance, 1 always.

    ``both``, ``first`` and ``second`` are the shares of places where both stand, and where each does. ``added`` goes
    onto ``both`` so that its logarithm exists; -1 and 1 are then only come near to, as in gensim's coherence.
    """
    share = np.asarray(both, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        scores: Any = np.log((share + added) / np.multiply(first, second)) / -np.log(share + added)
    if not added:
        scores = np.where(share == 0, -1.0, np.where(share >= 1, 1.0, scores))
    return np.asarray(scores, dtype=np.float64)
