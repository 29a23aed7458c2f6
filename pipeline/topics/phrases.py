"""Phrases: two words that stand together far more often than chance (科技·创新 → 科技创新) become one.

Scored by normalised pointwise mutual information (Bouma 2009), as gensim's ``Phrases(scoring="npmi")`` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from pipeline.core.association import npmi

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

Word = TypeVar("Word", int, str)


def score(together: Ints, first: Ints, second: Ints, total: int) -> NDArray[np.float64]:
    """Return the NPMI, from -1 to 1 to six digits, of pairs counted ``together``, by their words' own counts."""
    return np.asarray(np.round(npmi(together / total, first / total, second / total), 6), dtype=np.float64)


def join(
    counts: Mapping[Word, int], pairs: Iterable[tuple[Word, Word, int]], phrases: Mapping[tuple[Word, Word], Word]
) -> dict[Word, int]:
    """Return a document's counts with its phrases counted as words, and no longer as the two words they are made of."""
    result = dict(counts)
    for first, second, n in pairs:
        if (phrase := phrases.get((first, second))) is not None:
            result[phrase] = result.get(phrase, 0) + n
            for word in (first, second):
                result[word] = max(0, result[word] - n)
    return {word: n for word, n in result.items() if n}
