"""Gives codes to clauses by the weighted terms of the codebooks, and keeps the terms that fired.

A clause's sum for a code adds, for each distinct term, its weight (a repeated term counts up to twice), and what the
headings above it say, up to the codebook's ``heading_weight``. A parent's sum includes its children's. In a long clause
words meet by chance: above ``SHORT`` characters the sum is divided by 1 + (length - SHORT) / SLOPE. A code is given
when what is left, the strength, reaches the threshold. ``Coding.score`` is 1 - 2^-strength: 0.5 at 1, 0.75 at 2.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.coding.codebook import Codebook, Term, walk
from pipeline.coding.matcher import Matcher, build_matcher
from pipeline.coding.units import Unit, cut_units
from pipeline.core.layers import CleanText, Coding, Section, Sentence
from pipeline.core.strict import digest

ALGORITHM = "1"  # raise it when the same codebook would give other codings
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
    coder: str
    line: tuple[int, ...]
    heading_weight: float


@dataclass(frozen=True, slots=True)
class Coder:
    """All codebooks made ready: one matcher, what each of its words does, and the codes in order."""

    matcher: Matcher
    uses: tuple[tuple[Use, ...], ...]
    phrases: frozenset[int]
    targets: tuple[Target, ...]
    threshold: float
    digest: str


def build_coder(codebooks: Sequence[Codebook], threshold: float) -> Coder:
    """Return the coder of ``codebooks``; a code is given when the weights reach ``threshold``."""
    targets: list[Target] = []
    entries: list[tuple[int, Term, tuple[str, ...], tuple[str, ...]]] = []
    for book in codebooks:
        numbers: dict[str, int] = {}
        for path in walk(book.codes):
            own = numbers[path[-1].code] = len(targets)
            line = tuple(numbers[code.code] for code in reversed(path))
            coder = f"machine:terms@{book.version}"
            targets.append(Target(book.codebook, path[-1].code, coder, line, book.heading_weight))
            for term in path[-1].terms:
                entries.append((own, term, _spelled(term.near, book), _spelled(term.unless, book)))
    matcher = build_matcher(word for _, term, near, unless in entries for word in (term.term, *near, *unless))
    number = {word: index for index, word in enumerate(matcher.words)}
    uses: list[list[Use]] = [[] for _ in matcher.words]
    for code_number, term, near, unless in entries:
        needed, voiding = frozenset(number[w] for w in near), frozenset(number[w] for w in unless)
        uses[number[term.term]].append(Use(code_number, term.weight, needed, voiding))
    phrases = frozenset(phrase for some in uses for use in some for phrase in use.unless)
    key = digest(ALGORITHM, repr(threshold), *(book.digest for book in codebooks))
    return Coder(matcher, tuple(tuple(some) for some in uses), phrases, tuple(targets), threshold, key)


def _spelled(words: tuple[str, ...], book: Codebook) -> tuple[str, ...]:
    """Return ``words`` with each 「$group」 replaced by the group's words."""
    spelled = [one for word in words for one in (book.groups[word[1:]] if word.startswith("$") else (word,))]
    return tuple(dict.fromkeys(spelled))


def code(
    text: CleanText, outline: tuple[Section, ...], sentences: tuple[Sentence, ...], *, coder: Coder
) -> tuple[Coding, ...]:
    """Return the codings of all clauses, in the order of the text and then of the codebooks.

    A coding's span is its clause (offsets into the clean text); a clause may get any number of codes. Words inside
    《》 don't count. Nothing found gives ``()``.
    """
    units = cut_units(text.text, outline, sentences)
    reader = _read(text.text, units, sentences, coder)
    headings: dict[int, _Tally] = {}
    codings: list[Coding] = []
    for unit in units:
        own = _tally(reader, unit.start, unit.end, _company(reader, outline, unit))
        if own:
            path = _headings_above(reader, outline, unit, headings)
            codings += _codings(unit, _evidence(own, path, coder), coder)
    return tuple(codings)


_Tally = dict[int, dict[int, list[float]]]  # code → word → [weight, count]
_Evidence = dict[int, dict[tuple[int, bool], tuple[float, int]]]  # code → (word, from a heading) → (worth, count)


@dataclass(frozen=True, slots=True)
class _Reader:
    """The hits of one text outside titles: start, end, word; and for each hit the sentence it stands in."""

    coder: Coder
    hits: list[tuple[int, int, int]]
    starts: list[int]
    sentence: list[int]
    words_of: dict[int, set[int]]


def _read(text: str, units: tuple[Unit, ...], sentences: tuple[Sentence, ...], coder: Coder) -> _Reader:
    """Return all hits with their sentences; a clause always starts a new sentence."""
    titles = [found.span() for found in _TITLE.finditer(text)]
    title_starts = [start for start, _ in titles]
    borders = sorted({sentence.start for sentence in sentences} | {unit.start for unit in units})
    reader = _Reader(coder, [], [], [], {})
    words = coder.matcher.words
    for start, number in coder.matcher.find(text):
        before = bisect_right(title_starts, start) - 1
        if before >= 0 and start < titles[before][1]:
            continue
        sentence = bisect_right(borders, start)
        reader.hits.append((start, start + len(words[number]), number))
        reader.starts.append(start)
        reader.sentence.append(sentence)
        reader.words_of.setdefault(sentence, set()).add(number)
    return reader


def _tally(reader: _Reader, start: int, end: int, company: set[int]) -> _Tally:
    """Return what the hits in ``[start, end)`` say for each code; ``company`` are words that stand in the heading."""
    first, last = bisect_left(reader.starts, start), bisect_left(reader.starts, end)
    coder, tally, reach = reader.coder, _Tally(), dict[int, int]()
    phrases = [hit for hit in reader.hits[first:last] if hit[2] in coder.phrases]
    for index in range(first, last):
        hit_start, hit_end, number = reader.hits[index]
        for use in coder.uses[number]:
            if hit_end <= reach.get(use.code, 0):
                continue  # inside a longer word of the same code
            if (
                use.near
                and use.near.isdisjoint(reader.words_of[reader.sentence[index]])
                and use.near.isdisjoint(company)
            ):
                continue
            if use.unless and any(n in use.unless and s < hit_end and hit_start < e for s, e, n in phrases):
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


def _evidence(own: _Tally, headings: Iterable[_Tally], coder: Coder) -> _Evidence:
    """Return what speaks for each code and its parents, in the clause and above it.

    Headings only strengthen what the clause itself says, and together add at most the codebook's ``heading_weight``.
    """
    evidence: _Evidence = {}
    for code_number, words in own.items():
        found = {(n, False): (w * (2 - 2 ** (1 - count)), int(count)) for n, (w, count) in words.items()}
        above: dict[int, float] = {}
        for tally in headings:
            for n, (weight, _) in tally.get(code_number, {}).items():
                if n not in words:
                    above[n] = weight
        share = coder.targets[code_number].heading_weight / max(1.0, sum(above.values()))
        found |= {(n, True): (weight * share, 1) for n, weight in above.items()}
        for number in coder.targets[code_number].line:
            merged = evidence.setdefault(number, {})
            for key, value in found.items():
                merged[key] = max(merged.get(key, value), value)
    return evidence


def _codings(unit: Unit, evidence: _Evidence, coder: Coder) -> list[Coding]:
    """Return the codings of one clause in the codebooks' order."""
    codings: list[Coding] = []
    length = 1 + max(0, unit.end - unit.start - SHORT) / SLOPE
    for number in sorted(evidence):
        strength = sum(worth for worth, _ in evidence[number].values()) / length
        if strength < coder.threshold - 1e-9:
            continue
        target = coder.targets[number]
        words = [
            f"{'标题:' if above else ''}{coder.matcher.words[n]}×{count}"
            for (n, above), (_, count) in sorted(
                evidence[number].items(), key=lambda item: (item[0][1], -item[1][0], item[0][0])
            )
        ]
        score = round(1 - 0.5**strength, 4)
        codings.append(Coding(unit.start, unit.end, target.codebook, target.code, target.coder, score, "+".join(words)))
    return codings


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that doesn't get its code (``wanted``), or a counter-example that does, by ``rule``.

    ``number`` counts the examples, or the counter-examples, of the code from 0.
    """

    codebook: str
    code: str
    name: str
    number: int
    example: str
    wanted: bool
    rule: str

    def __str__(self) -> str:
        """Return it as a Chinese sentence."""
        why = "没有得到" if self.wanted else f"不应得到（{self.rule}）"
        return f"{self.codebook}: {self.code}（{self.name}）{why}：「{self.example}」"


def example_failures(codebook: Codebook, threshold: float) -> tuple[Failure, ...]:
    """Return each example that doesn't get its code and each counter-example that does, in the codebook's order.

    A code without words of its own or below it is given by people only; its examples can't fail.
    """
    coder = build_coder([codebook], threshold)
    failures: list[Failure] = []
    for path in walk(codebook.codes):
        entry = path[-1]
        if not any(below[-1].terms for below in walk([entry])):
            continue
        for wanted, examples in ((True, entry.examples), (False, entry.counter_examples)):
            for number, example in enumerate(examples):
                found = {c.code: c.rule for c in code(CleanText(example, ()), (), (), coder=coder)}
                if (entry.code in found) != wanted:
                    why = found.get(entry.code, "")
                    failures.append(Failure(codebook.codebook, entry.code, entry.name, number, example, wanted, why))
    return tuple(failures)


def failing_examples(codebook: Codebook, threshold: float) -> tuple[str, ...]:
    """Return a Chinese sentence for each of ``example_failures``."""
    return tuple(str(failure) for failure in example_failures(codebook, threshold))
