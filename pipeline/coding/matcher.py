"""Finds all occurrences of many words in one pass over a text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import add


@dataclass(frozen=True, slots=True)
class Matcher:
    """Words by their first two characters, longest first. Two-character keys leave few candidates in Chinese text."""

    words: tuple[str, ...]
    index: dict[str, tuple[tuple[str, int], ...]]

    def find(self, text: str) -> list[tuple[int, int]]:
        """Return (start, number of the word) of every occurrence, also overlapping, by start, then longest first."""
        found: list[tuple[int, int]] = []
        look_up = self.index.get
        for at, candidates in enumerate(map(look_up, map(add, text, text[1:]))):
            if candidates:
                for word, number in candidates:
                    if text.startswith(word, at):
                        found.append((at, number))
        return found


def build_matcher(words: Iterable[str]) -> Matcher:
    """Return a matcher of ``words``, numbered in their order. Raises ValueError for a word of one character."""
    numbered = tuple(dict.fromkeys(words))
    index: dict[str, list[tuple[str, int]]] = {}
    for number, word in enumerate(numbered):
        if len(word) < 2:
            raise ValueError(f"{word!r} is shorter than two characters")
        index.setdefault(word[:2], []).append((word, number))
    longest_first = {key: tuple(sorted(value, key=lambda v: (-len(v[0]), v[0]))) for key, value in index.items()}
    return Matcher(numbered, longest_first)
