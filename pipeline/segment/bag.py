"""The bag of words of a document: its content words, for topic models."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.config import SegmentSettings
from pipeline.core.errors import PipelineError
from pipeline.core.layers import Bag, CleanText, Sentence
from pipeline.core.strict import digest
from pipeline.segment.words import load_terms, read_lists, rows

SUFFIX, KEPT, NUMERAL = "后缀", "保留", "数字"
"""Categories of a stop list with a meaning of their own; rows of every other category are words left out."""

# two Chinese characters or more, and no digit or Latin letter (full width too)
_CONTENT = re.compile(r"(?=(?:[^\u3400-\u9fff]*[\u3400-\u9fff]){2})[^\s\da-zA-Z\uff21-\uff3a\uff41-\uff5a]+")


@dataclass(frozen=True, slots=True)
class StopWords:
    """Words to leave out of bags: by themselves, by their ending (unless ``kept``), or made of ``numerals`` only."""

    words: frozenset[str]
    suffixes: tuple[str, ...]
    kept: frozenset[str]
    numerals: frozenset[str]
    digest: str

    def leave_out(self, word: str) -> bool:
        """Tell whether ``word`` says nothing about a document's subject."""
        if word in self.kept:
            return False
        if word in self.words or not _CONTENT.fullmatch(word):
            return True
        return word.endswith(self.suffixes) or self.numerals.issuperset(word)


def load_stop_words(names: Sequence[str], folder: Path, *, without: Collection[str] = ()) -> StopWords:
    """Return the stop lists ``names`` of the configs folder (word, category; a name with ``/`` is a path of your own).

    Rows of the categories ``without`` are passed over.
    Raises PipelineError with every mistake: a file that can't be read, a row that has no category.
    """
    by_category: dict[str, list[str]] = {SUFFIX: [], KEPT: [], NUMERAL: []}
    plain: list[str] = []
    mistakes: list[str] = []
    content = []
    for name, path, data in read_lists(names, folder, mistakes):
        content.append(data)
        for number, row in rows(data, path, mistakes):
            if len(row) != 2 or not row[0].strip() or not row[1].strip():
                mistakes.append(f"{name}:{number}: 应为两列：词、制表符、类别")
                continue
            if row[1].strip() not in without:
                by_category.get(row[1].strip(), plain).append(row[0].strip())
    if mistakes:
        raise PipelineError(*mistakes)
    return StopWords(
        words=frozenset(plain),
        suffixes=tuple(dict.fromkeys(by_category[SUFFIX])),
        kept=frozenset(by_category[KEPT]),
        numerals=frozenset("".join(by_category[NUMERAL])),
        digest=digest(*content, *sorted(without)),
    )


def list_mistakes(settings: SegmentSettings, folder: Path) -> list[str]:
    """Return every mistake in the lexicons and stop lists of ``settings``; ``folder`` is the configs folder."""
    mistakes: list[str] = []
    for load, names in ((load_terms, settings.lexicons), (load_stop_words, settings.stop_words)):
        try:
            load(names, folder)
        except PipelineError as error:
            mistakes += error.mistakes
    return mistakes


def count_words(text: CleanText, sentences: tuple[Sentence, ...], *, stop_words: StopWords) -> Bag:
    """Return how often each content word stands in ``sentences``, sorted by word; empty when there is none.

    A content word has two Chinese characters or more, no digit or Latin letter, and isn't a stop word. Two of them
    with nothing between, in one sentence, are a pair.
    """
    whole = text.text
    counts: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for sentence in sentences:
        start, last = sentence.start, ""
        for end in sentence.words:
            word = whole[start:end]
            if end - start > 1:
                counts[word] += 1
                if last:
                    pairs[last, word] += 1
            last = word if end - start > 1 else ""
            start = end
    kept = sorted(word for word in counts if not stop_words.leave_out(word))
    place = {word: i for i, word in enumerate(kept)}
    beside = sorted((place[a], place[b], n) for (a, b), n in pairs.items() if a in place and b in place)
    return Bag(tuple(kept), tuple(counts[word] for word in kept), tuple(beside))
