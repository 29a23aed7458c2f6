"""What the weighted terms of the codebooks say of clauses, and which terms they are.

A clause's sum for a code adds, for each distinct term, its weight (a repeated term counts up to twice), and what the
headings above it say, up to the codebook's ``heading_weight``. A parent's sum includes its children's. In a long clause
words meet by chance: above ``SHORT`` characters the sum is divided by 1 + (length - SHORT) / SLOPE; what is left is the
strength.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.coding.codebook import Codebook, Term, walk
from pipeline.coding.matcher import Matcher, build_matcher
from pipeline.coding.units import Unit
from pipeline.core.layers import Section, Sentence

SHORT = 100
SLOPE = 300
_TITLE = re.compile(r"《[^《》\n]{1,100}》")


@dataclass(frozen=True, slots=True)
class Use:
    """What a word does for a code: its code's number, its weight, the numbers of the words it needs or is voided by."""

    code: int
    weight: float
    near: frozenset[int]
    unless: frozenset[int]


@dataclass(frozen=True, slots=True)
class Target:
    """A code as it is applied: ``line`` holds its own number and those of its parents."""

    codebook: str
    code: str
    version: str
    line: tuple[int, ...]
    heading_weight: float


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of all codebooks made ready: one matcher, what each of its words does, and the codes in order."""

    matcher: Matcher
    uses: tuple[tuple[Use, ...], ...]
    phrases: frozenset[int]
    targets: tuple[Target, ...]


def build_terms(codebooks: Sequence[Codebook]) -> Terms:
    """Return the terms of ``codebooks``."""
    targets: list[Target] = []
    entries: list[tuple[int, Term, tuple[str, ...], tuple[str, ...]]] = []
    for book in codebooks:
        numbers: dict[str, int] = {}
        for path in walk(book.codes):
            own = numbers[path[-1].code] = len(targets)
            line = tuple(numbers[code.code] for code in reversed(path))
            targets.append(Target(book.codebook, path[-1].code, book.version, line, book.heading_weight))
            for term in path[-1].terms:
                entries.append((own, term, _spelled(term.near, book), _spelled(term.unless, book)))
    matcher = build_matcher(word for _, term, near, unless in entries for word in (term.term, *near, *unless))
    number = {word: index for index, word in enumerate(matcher.words)}
    uses: list[list[Use]] = [[] for _ in matcher.words]
    for code_number, term, near, unless in entries:
        needed, voiding = frozenset(number[w] for w in near), frozenset(number[w] for w in unless)
        uses[number[term.term]].append(Use(code_number, term.weight, needed, voiding))
    phrases = frozenset(phrase for some in uses for use in some for phrase in use.unless)
    return Terms(matcher, tuple(tuple(some) for some in uses), phrases, tuple(targets))


def _spelled(words: tuple[str, ...], book: Codebook) -> tuple[str, ...]:
    """Return ``words`` with each 「$group」 replaced by the group's words."""
    spelled = [one for word in words for one in (book.groups[word[1:]] if word.startswith("$") else (word,))]
    return tuple(dict.fromkeys(spelled))


_Tally = dict[int, dict[int, list[float]]]  # code → word → [weight, count]
Evidence = dict[int, dict[tuple[int, bool], tuple[float, int]]]  # code → (word, from a heading) → (worth, count)


def gather(
    text: str, outline: tuple[Section, ...], sentences: tuple[Sentence, ...], units: Sequence[Unit], *, terms: Terms
) -> list[Evidence]:
    """Return what speaks for the codes in each of ``units``: its own words and, if it has any, those of headings above.

    Words inside 《》 don't count.
    """
    reader = _read(text, units, sentences, terms)
    headings: dict[int, _Tally] = {}
    found: list[Evidence] = []
    for unit in units:
        own = _tally(reader, unit.start, unit.end, _company(reader, outline, unit))
        found.append(_evidence(own, _headings_above(reader, outline, unit, headings), terms) if own else {})
    return found


def total(words: dict[tuple[int, bool], tuple[float, int]]) -> float:
    """Return the sum of what speaks for a code."""
    return sum(worth for worth, _ in words.values())


def damping(unit: Unit) -> float:
    """Return what the sums of a clause are divided by."""
    return 1 + max(0, unit.end - unit.start - SHORT) / SLOPE


def spoken(words: dict[tuple[int, bool], tuple[float, int]], terms: Terms) -> str:
    """Return the words that speak for a code, the clause's own first: 「引进×2+人才×1+标题:引才×1」."""
    ordered = sorted(words.items(), key=lambda item: (item[0][1], -item[1][0], item[0][0]))
    return "+".join(f"{'标题:' if above else ''}{terms.matcher.words[n]}×{count}" for (n, above), (_, count) in ordered)


@dataclass(frozen=True, slots=True)
class _Reader:
    """The hits of one text outside titles: start, end, word; and for each hit the sentence it stands in."""

    terms: Terms
    hits: list[tuple[int, int, int]]
    starts: list[int]
    sentence: list[int]
    words_of: dict[int, set[int]]


def _read(text: str, units: Sequence[Unit], sentences: tuple[Sentence, ...], terms: Terms) -> _Reader:
    """Return all hits with their sentences; a clause always starts a new sentence."""
    titles = [found.span() for found in _TITLE.finditer(text)]
    title_starts = [start for start, _ in titles]
    borders = sorted({sentence.start for sentence in sentences} | {unit.start for unit in units})
    reader = _Reader(terms, [], [], [], {})
    words = terms.matcher.words
    for start, number in terms.matcher.find(text):
        before = bisect_right(title_starts, start) - 1
        if before >= 0 and start < titles[before][1]:
            continue
        sentence = bisect_right(borders, start)
        reader.hits.append((start, start + len(words[number]), number))
        reader.starts.append(start)
        reader.sentence.append(sentence)
        reader.words_of.setdefault(sentence, set()).add(number)
    return reader


class _Phrases:
    """The voiding phrases of a clause, by their starts: a hit is compared with those in reach only."""

    def __init__(self, hits: list[tuple[int, int, int]]) -> None:
        """Keep the hits, which are in order."""
        self._hits = hits
        self._starts = [start for start, _, _ in hits]
        self._longest = max((end - start for start, end, _ in hits), default=0)

    def touch(self, start: int, end: int, unless: frozenset[int]) -> bool:
        """Tell whether one of the phrases ``unless`` overlaps ``[start, end)``."""
        first, last = bisect_right(self._starts, start - self._longest), bisect_left(self._starts, end)
        return any(n in unless and start < e for _, e, n in self._hits[first:last])


def _tally(reader: _Reader, start: int, end: int, company: set[int]) -> _Tally:
    """Return what the hits in ``[start, end)`` say for each code; ``company`` are words that stand in the heading."""
    first, last = bisect_left(reader.starts, start), bisect_left(reader.starts, end)
    terms, tally, reach = reader.terms, _Tally(), dict[int, int]()
    phrases = _Phrases([hit for hit in reader.hits[first:last] if hit[2] in terms.phrases])
    for index in range(first, last):
        hit_start, hit_end, number = reader.hits[index]
        for use in terms.uses[number]:
            if hit_end <= reach.get(use.code, 0):
                continue  # inside a longer word of the same code
            if (
                use.near
                and use.near.isdisjoint(reader.words_of[reader.sentence[index]])
                and use.near.isdisjoint(company)
            ):
                continue
            if use.unless and phrases.touch(hit_start, hit_end, use.unless):
                continue
            reach[use.code] = hit_end
            tally.setdefault(use.code, {}).setdefault(number, [use.weight, 0])[1] += 1
    return tally


def _company(reader: _Reader, outline: tuple[Section, ...], unit: Unit) -> set[int]:
    """Return the words in the heading right above ``unit``."""
    if unit.section is None:
        return set()
    section = outline[unit.section]
    first, last = bisect_left(reader.starts, section.start), bisect_left(reader.starts, section.body)
    return {number for _, _, number in reader.hits[first:last]}


def _headings_above(
    reader: _Reader, outline: tuple[Section, ...], unit: Unit, known: dict[int, _Tally]
) -> list[_Tally]:
    """Return what each heading above ``unit`` says, nearest first, without one that is part of the clause itself."""
    tallies: list[_Tally] = []
    index = unit.section
    while index is not None:
        section = outline[index]
        if section.start < unit.start:
            if index not in known:
                known[index] = _tally(reader, section.start, section.body, set())
            tallies.append(known[index])
        index = section.parent
    return tallies


def _evidence(own: _Tally, headings: Iterable[_Tally], terms: Terms) -> Evidence:
    """Return what speaks for each code and its parents, in the clause and above it.

    Headings only strengthen what the clause itself says, and together add at most the codebook's ``heading_weight``.
    """
    evidence: Evidence = {}
    for code_number, words in own.items():
        found = {(n, False): (w * (2 - 2 ** (1 - count)), int(count)) for n, (w, count) in words.items()}
        above: dict[int, float] = {}
        for tally in headings:
            for n, (weight, _) in tally.get(code_number, {}).items():
                if n not in words:
                    above[n] = weight
        share = terms.targets[code_number].heading_weight / max(1.0, sum(above.values()))
        found |= {(n, True): (weight * share, 1) for n, weight in above.items()}
        for number in terms.targets[code_number].line:
            merged = evidence.setdefault(number, {})
            for key, value in found.items():
                merged[key] = max(merged.get(key, value), value)
    return evidence
