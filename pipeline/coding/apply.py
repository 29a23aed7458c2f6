"""Gives codes to clauses: by the terms of the codebooks, and where a model was trained for a code, by the model.

By terms a code is given when its strength (see ``terms``) reaches the threshold; the score is 1 - 2^-strength: 0.5 at
1, 0.75 at 2. A trained code (see ``learned``) is given when its probability, which is its score, reaches the model's
own threshold. Codes below a trained code go by terms, and only where it is given. What falls short of that, but not
far, is kept as a doubt (``given`` false): nobody's coding, only something to look at. A clause that only says who is
responsible is given nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.coding.around import Around, around
from pipeline.coding.arrays import Floats
from pipeline.coding.codebook import Codebook
from pipeline.coding.duties import Duties
from pipeline.coding.learned import CodeModel
from pipeline.coding.terms import Evidence, Target, Terms, build_terms, damping, gather, spoken, total
from pipeline.coding.units import Unit, cut_units
from pipeline.core.layers import CleanText, Coding, Head, Section, Sentence
from pipeline.core.strict import digest

ALGORITHM = "5"  # raise it when the same codebooks and models would give other codings
DOUBT = 0.7  # by terms, a clause is put up for review from this share of the threshold on


@dataclass(frozen=True, slots=True)
class _Trained:
    """A model as it is applied: which targets it judges (target → its column) and which its features are."""

    model: CodeModel
    columns: dict[int, int]
    features: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Coder:
    """Codebooks and models made ready; ``shown`` are the numbers of the targets that are given."""

    terms: Terms
    trained: tuple[_Trained, ...]
    shown: tuple[int, ...]
    threshold: float
    digest: str
    duties: Duties | None = None

    def passes_over(self, clause: str) -> bool:
        """Tell whether a clause gets no codes whatever it says: it only says who is responsible."""
        return self.duties is not None and self.duties.alone(clause)


def build_coder(
    codebooks: Sequence[Codebook],
    threshold: float,
    *,
    models: Sequence[CodeModel] = (),
    helpers: Sequence[Codebook] = (),
    duties: Duties | None = None,
) -> Coder:
    """Return the coder of ``codebooks``; a later model has the say on a code that an earlier one judges too.

    ``helpers`` are codebooks whose terms only help the models to judge; ``duties`` tells the clauses that only say who
    is responsible. Raises KeyError when a model needs a code that neither has.
    """
    terms = build_terms((*codebooks, *helpers))
    number = {(target.codebook, target.code): n for n, target in enumerate(terms.targets)}
    wanted = {book.codebook for book in codebooks}
    shown = tuple(n for n, target in enumerate(terms.targets) if target.codebook in wanted)
    trained: list[_Trained] = []
    taken: set[int] = set()
    for model in reversed(models):
        columns = {number[code]: k for k, code in enumerate(model.codes) if code[0] in wanted and code in number}
        columns = {n: k for n, k in columns.items() if n not in taken}
        taken |= set(columns)
        if columns:
            trained.append(_Trained(model, columns, tuple(number[code] for code in model.features)))
    books = [book.digest for book in (*codebooks, *helpers)]
    key = digest(
        ALGORITHM, repr(threshold), *books, *(one.model.digest for one in trained), duties.digest if duties else ""
    )
    return Coder(terms, tuple(trained), shown, threshold, key, duties)


def code(
    text: CleanText,
    outline: tuple[Section, ...],
    sentences: tuple[Sentence, ...],
    head: Head | None = None,
    *,
    coder: Coder,
) -> tuple[Coding, ...]:
    """Return the codings of all clauses, in the order of the text and then of the codebooks, doubts among them.

    A coding's span is its clause (offsets into the clean text); a clause may get any number of codes. Nothing found
    gives ``()``. What ``head`` knows as addressees or imprint gets no codes: it says who reads, not what is done.
    """
    cut, readers = cut_units(text.text, outline, sentences), _readers(head)
    units = tuple(
        unit
        for unit in cut
        if not coder.passes_over(text.text[unit.start : unit.end])
        and not any(start < unit.end and unit.start < end for start, end in readers)
    )
    evidence = gather(text.text, outline, sentences, units, terms=coder.terms)
    here = around(units, outline)
    judged = [_Judged(one, text.text, units, evidence, here) for one in coder.trained if units]
    codings: list[Coding] = []
    for place, unit in enumerate(units):
        clause = _Clause(coder, unit, evidence[place], judged, place)
        codings += [coding for number in coder.shown if (coding := clause.coding(number))]
    return tuple(codings)


def _readers(head: Head | None) -> list[tuple[int, int]]:
    """Return where a document names those it goes to and who printed it, offsets into the clean text."""
    fields = (head.addressee, head.copied_to, head.printed_by) if head is not None else ()
    return [(field.start, field.end) for field in fields if field is not None]


def strengths(units: Sequence[Unit], evidence: Sequence[Evidence], numbers: Sequence[int]) -> tuple[Floats, Floats]:
    """Return how strongly the terms speak for the targets ``numbers`` in each unit, damped and raw: units × targets."""
    raw = np.array([[total(found.get(n, {})) for n in numbers] for found in evidence], float)
    raw = raw.reshape(len(units), len(numbers))
    return raw / np.array([[damping(unit)] for unit in units]), raw


class _Judged:
    """What a model says of all clauses of a text."""

    def __init__(
        self, trained: _Trained, text: str, units: Sequence[Unit], evidence: Sequence[Evidence], here: Around
    ) -> None:
        """Judge all clauses at once."""
        self.trained = trained
        model = trained.model
        self.weighed = model.weighed([text[unit.start : unit.end] for unit in units])
        strong, raw = strengths(units, evidence, trained.features)
        self.chances = model.judge(self.weighed, strong, raw, here)
        self.alone = model.judge(self.weighed, strong, raw) if model.context else self.chances

    def rule(self, place: int, column: int, words: str) -> str:
        """Return the reason for a judgement: the terms and strings that spoke most for it, and if it hangs on more.

        「上下文」: by itself the clause wouldn't have been given the code.
        """
        strings = [one for one in self.trained.model.speaking(self.weighed, place, column) if one not in words]
        threshold = self.trained.model.threshold[column]
        around_it = self.alone[place, column] < threshold <= self.chances[place, column]
        parts = (words, f"字串:{'、'.join(strings)}" if strings else "", "上下文" if around_it else "")
        return "；".join(part for part in parts if part)


class _Clause:
    """The decisions on one clause."""

    def __init__(self, coder: Coder, unit: Unit, evidence: Evidence, judged: Sequence[_Judged], place: int) -> None:
        """Keep what they are made from."""
        self._coder, self._unit, self._evidence, self._place = coder, unit, evidence, place
        self._judges = {number: one for one in judged for number in one.trained.columns}

    def coding(self, number: int) -> Coding | None:
        """Return the coding of a target, given or in doubt; None when there is nothing to say."""
        target = self._coder.terms.targets[number]
        words = self._evidence.get(number, {})
        if judged := self._judges.get(number):
            model, column = judged.trained.model, judged.trained.columns[number]
            chance = float(judged.chances[self._place, column])
            if chance < model.doubt[column]:
                return None
            rule = judged.rule(self._place, column, spoken(words, self._coder.terms))
            given = chance >= float(model.threshold[column]) and self._above(number)
            return self._made(target, f"learned@{target.version}-{model.digest}", chance, rule, given)
        strength = total(words) / damping(self._unit)
        if strength < self._coder.threshold * DOUBT:
            return None
        given = strength >= self._coder.threshold - 1e-9 and self._above(number)
        return self._made(target, f"terms@{target.version}", 1 - 0.5**strength, spoken(words, self._coder.terms), given)

    def _above(self, number: int) -> bool:
        """Tell whether the trained codes above a target are given."""
        for parent in self._coder.terms.targets[number].line:
            if judged := self._judges.get(parent):
                column = judged.trained.columns[parent]
                if judged.chances[self._place, column] < judged.trained.model.threshold[column]:
                    return False
        return True

    def _made(self, target: Target, coder: str, score: float, rule: str, given: bool) -> Coding:
        """Return a coding by the machine."""
        unit = self._unit
        return Coding(
            unit.start, unit.end, target.codebook, target.code, f"machine:{coder}", round(score, 4), rule, given
        )
