"""Finds all occurrences of many words in one pass over a text (Aho and Corasick, 1975)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Matcher:
    """Words and their automaton: the time depends on the text and its hits, not on how many words there are."""

    words: tuple[str, ...]
    automaton: Any

    def find(self, text: str) -> list[tuple[int, int]]:
        """Return (start, number of the word) of every occurrence, also overlapping, by start, then longest first."""
        if not self.words:
            return []
        found = [(last - length + 1, -length, number) for last, (length, number) in self.automaton.iter(text)]
        found.sort()
        return [(start, number) for start, _, number in found]


def build_matcher(words: Iterable[str]) -> Matcher:
    """Return a matcher of ``words``, numbered in their order. Raises ValueError for a word of one character."""
    from ahocorasick import Automaton

    numbered = tuple(dict.fromkeys(words))
    automaton = Automaton()
    for number, word in enumerate(numbered):
        if len(word) < 2:
            raise ValueError(f"{word!r} is shorter than two characters")
        automaton.add_word(word, (len(word), number))
    automaton.make_automaton()
    return Matcher(numbered, automaton)
