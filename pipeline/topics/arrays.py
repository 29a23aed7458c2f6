"""What every kind of topic model starts from and gives: TF-IDF values of a sample, and topics as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DIGITS = 8  # of the weights: what lies behind differs between processors


@dataclass(frozen=True, slots=True, eq=False)
class TopicArrays:
    """Topics, a row each in ``weights`` and a place in ``sizes``; for the rest see TopicModel."""

    weights: Floats
    sizes: Floats
    prior: Floats = field(default_factory=lambda: np.zeros(0))
    centres: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    codes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def tf_idf_matrix(counts: Any) -> tuple[Any, Floats]:
    """Return the TF-IDF matrix (sublinear, rows of length 1) and the idf of each word, as ``model.tf_idf`` has it."""
    documents = counts.shape[0]
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.round(np.log((1 + documents) / (1 + frequency)) + 1, DIGITS)
    values = counts.astype(np.float64)
    values.data = (1 + np.log(values.data)) * idf[values.indices]
    lengths = np.sqrt(np.add.reduceat(values.data**2, values.indptr[:-1]))
    values.data /= np.repeat(lengths, np.diff(values.indptr))
    return values, idf


def even(rows: Floats) -> Floats:
    """Return ``rows`` scaled to length 1, but for empty ones."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1.0), dtype=np.float64)
