"""Character n-grams of many short texts at once: the time is linear in the text, whatever the vocabulary's size.

An n-gram is a number: its characters' code points, sixteen bits each, so that four fit. Characters beyond U+FFFF count
as U+FFFD. White space is left out and figures become 0 before anything is counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LONGEST = 4
_SPACE, _FIGURES = re.compile(r"\s+"), re.compile(r"[0-9０-９]+(?:[.．,，][0-9０-９]+)*")
Keys = np.ndarray[Any, np.dtype[np.uint64]]


def plain(text: str) -> str:
    """Return ``text`` as it is counted: 「奖励 50万元」 → 「奖励0万元」."""
    return _FIGURES.sub("0", _SPACE.sub("", text))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The n-grams that count: ``keys[n - 1]`` are those of n characters, sorted; their columns follow in that order."""

    keys: tuple[Keys, ...]

    def __len__(self) -> int:
        """Return how many n-grams there are."""
        return sum(len(some) for some in self.keys)

    def word(self, column: int) -> str:
        """Return the n-gram of a column. Raises IndexError when there is none."""
        for n, some in enumerate(self.keys, 1):
            if column < len(some):
                return _spelled(int(some[column]), n)
            column -= len(some)
        raise IndexError(column)

    def count(self, texts: Sequence[str]) -> csr_matrix:
        """Return how often each n-gram stands in each text: texts × n-grams."""
        from scipy.sparse import csr_matrix

        rows, columns, before = [], [], 0
        for n, found, owners in _grams(texts):
            known = self.keys[n - 1]
            if len(known):
                places = np.minimum(np.searchsorted(known, found), len(known) - 1)
                hits = known[places] == found
                rows.append(owners[hits])
                columns.append(places[hits] + before)
            before += len(known)
        row = np.concatenate(rows) if rows else np.zeros(0, np.int64)
        column = np.concatenate(columns) if columns else np.zeros(0, np.int64)
        ones = np.ones(len(row), np.float64)
        counts = csr_matrix((ones, (row, column)), shape=(len(texts), len(self)))
        counts.sum_duplicates()
        return counts


def vocabulary(texts: Sequence[str], *, most: int, least_texts: int) -> Vocabulary:
    """Return the ``most`` n-grams that stand in the most texts, each in at least ``least_texts``.

    All that stand in as many texts as the last of them are kept too, so there may be more.
    """
    numbers: list[Keys] = []
    spread: list[np.ndarray[Any, np.dtype[np.int64]]] = []
    for _, found, owners in _grams(texts):
        order = np.lexsort((owners, found))
        found, owners = found[order], owners[order]
        first = np.ones(len(found), bool)
        first[1:] = (found[1:] != found[:-1]) | (owners[1:] != owners[:-1])
        keys, counts = np.unique(found[first], return_counts=True)
        numbers.append(keys[counts >= least_texts])
        spread.append(counts[counts >= least_texts])
    every = np.concatenate(spread) if spread else np.zeros(0, np.int64)
    floor = int(np.sort(every)[-most]) if len(every) > most else 0
    return Vocabulary(tuple(keys[counts >= floor] for keys, counts in zip(numbers, spread, strict=True)))


def _grams(texts: Sequence[str]) -> list[tuple[int, Keys, np.ndarray[Any, np.dtype[np.int64]]]]:
    """Return for n = 1 … ``LONGEST`` all n-grams and the text each stands in."""
    plains = [plain(text) for text in texts]
    letters = np.frombuffer("".join(plains).encode("utf-32-le", errors="surrogatepass"), np.uint32)
    letters = np.where(letters > 0xFFFF, 0xFFFD, letters).astype(np.uint64)
    owner = np.repeat(np.arange(len(plains), dtype=np.int64), [len(one) for one in plains])
    found = []
    grams = np.zeros(len(letters), np.uint64)
    for n in range(1, LONGEST + 1):
        size = max(0, len(letters) - n + 1)
        grams = (grams[:size] << np.uint64(16)) | letters[n - 1 :]
        whole = owner[:size] == owner[n - 1 :]
        found.append((n, grams[whole], owner[:size][whole]))
    return found


def _spelled(key: int, n: int) -> str:
    """Return the characters of an n-gram."""
    return "".join(chr(key >> 16 * (n - 1 - place) & 0xFFFF) for place in range(n))
