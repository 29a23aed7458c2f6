"""Fits the weights of a pointing model: conditional maximum likelihood with an L2 penalty, by L-BFGS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from pipeline.extract import pointing
from pipeline.extract.borders import LONGEST
from pipeline.extract.page import Page
from pipeline.extract.pointing import Asked, Span

# a feature must stand in so many right choices, or in so many places at all
_IN_RIGHT, _ANYWHERE = 2, 15
_LEAST = 0.01


@dataclass
class _Rows:
    """A sparse matrix of ones under construction, a row at a time."""

    columns: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=lambda: [0])

    def add(self, columns: Iterable[int]) -> int:
        """Append a row and return its number."""
        self.columns.extend(columns)
        self.ends.append(len(self.columns))
        return len(self.ends) - 2

    def matrix(self, width: int) -> csr_matrix:
        """Return the matrix."""
        ones = np.ones(len(self.columns), dtype=np.float64)
        return csr_matrix((ones, self.columns, self.ends), shape=(len(self.ends) - 1, width))


class Design:
    """The choices of many questions in factored form: a candidate is a start, an end and a span of its own."""

    def __init__(self) -> None:
        """Start with no question."""
        self._index: dict[str, int] = {}
        self._starts, self._ends, self._spans = _Rows(), _Rows(), _Rows()
        self._start_of: list[int] = []
        self._end_of: list[int] = []
        self._right: list[bool] = []
        self._question: list[int] = []
        self._owner: list[str] = []

    def add(self, owner: str, page: Page, asked: Asked, spans: Sequence[Span], right: set[Span | None]) -> None:
        """Add a question of ``owner``: its candidate ``spans`` (nothing is one too), the ``right`` ones among them."""
        empty = self._starts.add(()), self._ends.add(())
        self._choice(empty, pointing.nothing_features(page, asked), None in right)
        rows: dict[int, tuple[int, int]] = {}
        for span in spans:
            for at in span:
                if at not in rows:
                    rows[at] = self._place(page, at, asked)
            features = pointing.length_features(min(span[1] - span[0], LONGEST), asked.role, asked.kind)
            features += pointing.span_features(page, span, asked)
            self._choice((rows[span[0]][0], rows[span[1]][1]), features, span in right)
        self._owner.append(owner)

    def _place(self, page: Page, at: int, asked: Asked) -> tuple[int, int]:
        starts, ends = (self._ids(features) for features in pointing.question(page, at, asked))
        return self._starts.add(starts), self._ends.add(ends)

    def _choice(self, rows: tuple[int, int], features: list[str], right: bool) -> None:
        self._spans.add(self._ids(features))
        self._start_of.append(rows[0])
        self._end_of.append(rows[1])
        self._right.append(right)
        self._question.append(len(self._owner))

    def _ids(self, features: list[str]) -> list[int]:
        return [self._index.setdefault(feature, len(self._index)) for feature in features]

    def fit(self, owners: Mapping[str, float], penalty: float = 1.5, rounds: int = 100) -> dict[str, float]:
        """Return the weights by feature learned from the questions of ``owners``; the smallest are left out.

        ``owners`` tells how much a question of each counts.
        """
        asked = np.array([owner in owners for owner in self._owner])
        counts = np.array([owners[owner] for owner in self._owner if owner in owners])
        taken = np.flatnonzero(asked[self._question])
        width = len(self._index)
        starts, start_of = _packed(self._starts.matrix(width), np.array(self._start_of)[taken])
        ends, end_of = _packed(self._ends.matrix(width), np.array(self._end_of)[taken])
        spans = self._spans.matrix(width)[taken]
        right, question = np.array(self._right)[taken], np.cumsum(asked)[np.array(self._question)[taken]] - 1
        first = np.flatnonzero(np.r_[True, question[1:] != question[:-1]])
        parts = (starts, ends, spans)
        in_right = parts[0][start_of[right]].sum(0) + parts[1][end_of[right]].sum(0) + parts[2][right].sum(0)
        anywhere = sum(part.sum(0) for part in parts)
        kept = np.flatnonzero((np.asarray(in_right) >= _IN_RIGHT) | (np.asarray(anywhere) >= _ANYWHERE))
        starts, ends, spans = (part[:, kept] for part in parts)
        back = [part.T.tocsr() for part in (starts, ends, spans)]

        def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
            score = (starts @ weights)[start_of] + (ends @ weights)[end_of] + spans @ weights
            share = np.exp(score - np.maximum.reduceat(score, first)[question])
            total = np.add.reduceat(share, first)
            good = np.where(right, share, 0.0)
            good_total = np.add.reduceat(good, first)
            pull = (share / total[question] - good / good_total[question]) * counts[question]
            slope = back[0] @ np.bincount(start_of, pull, starts.shape[0])
            slope += back[1] @ np.bincount(end_of, pull, ends.shape[0])
            slope += back[2] @ pull + penalty * weights
            return float(counts @ np.log(total / good_total) + penalty / 2 * weights @ weights), slope

        found = minimize(loss, np.zeros(len(kept)), jac=True, method="L-BFGS-B", options={"maxiter": rounds})
        names = list(self._index)
        return {
            names[column]: round(float(weight), 3)
            for column, weight in zip(kept, found.x, strict=True)
            if abs(weight) >= _LEAST
        }


def _packed(matrix: csr_matrix, rows: np.ndarray) -> tuple[csr_matrix, np.ndarray]:
    """Return the rows of ``matrix`` that are used, and ``rows`` by their new numbers."""
    used, numbers = np.unique(rows, return_inverse=True)
    return matrix[used], numbers
