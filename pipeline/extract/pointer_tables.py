"""The weights of a pointing model in tables, by number instead of by name.

What a feature of a place (``pointing.place_features``, ``grid_features``, ``word_features``) weighs is found by the
numbers of the words around the place, of the role, and of how the place lies to the measure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from math import prod
from typing import get_args

import numpy as np
import numpy.typing as npt

from pipeline.core.layers import Role
from pipeline.extract.borders import LONGEST
from pipeline.extract.pointing import Weights, length_features

Floats = npt.NDArray[np.float64]

# values of a Grid's fields: behind, clauses, segments, far, edge, stop, openers (9 behind the list, here the last)
CLAUSES, SEGMENTS, SIZES, OPENERS = 4, 3, 13, 5
_GRID = (2, CLAUSES, SEGMENTS, SIZES, 2, 2, OPENERS)
_EDGE, _STOP = 4, 5
_ROLES = {role: number for number, role in enumerate(get_args(Role))}
_PARTS = ("s-", "s+", "sc", "e-", "e+", "ec", "ed", "en")
_ROLE_NAMES = "|".join(_ROLES)
_WORDS = re.compile(rf"(?P<part>{'|'.join(map(re.escape, _PARTS))})(?P<words>.*?)(?P<role>{_ROLE_NAMES})?", re.S)
_PLACED = re.compile(r"(?P<end>[SE])(?P<side>[AB])(?P<clauses>[0-3])(?P<segments>[0-2])[-+](?P<words>.*)", re.S)
_OPENED = re.compile(r"(?P<end>[SE])o(?P<openers>[0-39])(?P<words>.*)", re.S)

Word = tuple[int, str, float]


class Tables:
    """The tables of one model. Each is flat: a row of ``width`` words for every other number."""

    def __init__(self, weights: Weights) -> None:
        """Sort ``weights`` into tables."""
        self._weights = weights
        self.vocabulary: dict[str, int] = {"": 0}
        placed: dict[str, list[Word]] = {"S": [], "E": []}
        opened: dict[str, list[Word]] = {"S": [], "E": []}
        words: dict[str, list[Word]] = {part: [] for part in _PARTS}
        always: dict[str, list[Word]] = {part: [] for part in _PARTS}
        for name, weight in weights.items():
            if found := _PLACED.fullmatch(name):
                side, clauses, segments = found["side"] == "A", int(found["clauses"]), int(found["segments"])
                placed[found["end"]].append(((side * CLAUSES + clauses) * SEGMENTS + segments, found["words"], weight))
            elif found := _OPENED.fullmatch(name):
                row = min(int(found["openers"]), OPENERS - 1)
                opened[found["end"]].append((row, found["words"], weight))
            elif found := _WORDS.fullmatch(name):
                role = found["role"]
                (words if role else always)[found["part"]].append((_ROLES[role] if role else 0, found["words"], weight))
        kinds = (placed, opened, words, always)
        for _, word, _ in (entry for kind in kinds for rows in kind.values() for entry in rows):
            self.vocabulary.setdefault(word, len(self.vocabulary))
        # the last number stands for words without weights
        self.unknown = len(self.vocabulary)
        self.width = self.unknown + 1
        self.placed = {end: self._table(rows, 2 * CLAUSES * SEGMENTS) for end, rows in placed.items()}
        self.opened = {end: self._table(rows, OPENERS) for end, rows in opened.items()}
        # what a word weighs whatever the role is added to what it weighs for each
        self.words = {
            part: np.tile(self._table(always[part], 1), len(_ROLES)) + self._table(words[part], len(_ROLES))
            for part in _PARTS
        }
        self._numbers: dict[tuple[str, str], int] = {}
        self.grids = prod(_GRID)
        self.lengths = np.zeros(0)
        self.lying = {end: np.zeros(0) for end in "SE"}

    def _table(self, entries: list[Word], rows: int) -> Floats:
        """Return a flat table of ``rows`` rows that holds the sums of the weights in ``entries``."""
        number, width = self.vocabulary, self.width
        places = [row * width + number[word] for row, word, _ in entries]
        return np.bincount(places, [weight for _, _, weight in entries], rows * width).astype(np.float64)

    @staticmethod
    def role(role: str) -> int:
        """Return the number of ``role`` in ``words``."""
        return _ROLES[role]

    def number(self, role: str, kind: str) -> int:
        """Return the number of measures of ``kind`` in ``role`` in ``lying`` and ``lengths``, made when first met.

        ``lying`` has a score for every Grid, numbered in the order of its fields; ``lengths`` one up to LONGEST.
        """
        key = role, kind
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers)
            lengths = [
                sum(self._weights.get(f, 0.0) for f in length_features(n, role, kind)) for n in range(LONGEST + 1)
            ]
            self.lengths = np.append(self.lengths, lengths)
            for end, flag in (("S", _EDGE), ("E", _STOP)):
                self.lying[end] = np.append(self.lying[end], self._grid(end, flag, *key))
        return self._numbers[key]

    def _grid(self, end: str, flag: int, role: str, kind: str) -> Floats:
        """Return the scores of every Grid (``pointing.grid_features``); ``flag`` is the axis of edge or stop."""
        # which fields of a Grid a feature names, and how it is written
        parts: tuple[tuple[tuple[int, ...], Callable[..., str]], ...] = (
            ((0, 1, 2), lambda side, clauses, segments: f"{end}{'BA'[side]}{clauses}{segments}{role}"),
            ((0, 1, 2), lambda side, clauses, segments: f"{end}{'BA'[side]}{clauses}{segments}{kind}"),
            ((0, 3), lambda side, far: f"{end}{'BA'[side]}{far}{role}"),
            ((0, 1, 3), lambda side, clauses, far: f"{end}{'BA'[side]}{clauses}{far}{kind}"),
            ((0, 1, 2, flag), lambda side, clauses, segments, at: f"{end}{at}{'BA'[side]}{clauses}{segments}{role}"),
            ((6,), lambda openers: f"{end}o{9 if openers == OPENERS - 1 else openers}{role}"),
        )
        total = np.zeros(_GRID)
        for axes, name in parts:
            own = [_GRID[axis] if axis in axes else 1 for axis in range(len(_GRID))]
            values = [self._weights.get(name(*place), 0.0) for place in product(*(range(_GRID[a]) for a in axes))]
            total += np.array(values).reshape(own)
        return total.ravel()
