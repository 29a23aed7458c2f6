"""Which measures state the same fact: same kind, figure and unit, names that fit, nothing that contradicts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.core.layers import CleanText, Measure

# roles that one fact may get in two sentences: what is aimed at isn't what was reached
_ALIKE = frozenset(
    frozenset(pair)
    for pair in (
        ("fact", "benefit"),
        ("fact", "condition"),
        ("fact", "other"),
        ("fact", "budget"),
        ("benefit", "budget"),
        ("benefit", "other"),
        ("budget", "other"),
        ("budget", "target"),
        ("target", "other"),
        ("condition", "other"),
    )
)
_OPPOSED = frozenset({frozenset(("max", "min"))})
# how many facts with the same figure, and wordings of one, a measure is compared with
_MOST_FACTS, _MOST_WORDINGS = 16, 4
_SAME_WORDS, _SAME_AROUND, _SAME_CLAUSE = 0.5, 0.75, 0.8
_REACH, _WIDE = 40, 60
_LEAST_PAIRS = 4
_PIECE = re.compile(r"[，,。；;：:！？\n（()）]")
_PLAIN = re.compile(r"[^一-龥A-Za-z]|的|率|数量|总数|总量|总额")
_SPLIT = re.compile(r"[（(）)\d、]|以及|及其?|和|与|的|进行|开展|如")
_LEADS = re.compile(
    r"^(?:如|其中|全[市省县区国]|我[市省县区]|本[市省县区]|计划|力争|促成|带动|推动|实现|新增|引进|设立|建成|累计|占全[国省市县区]|占)+"
)
_SHORTEST = 3


def number_facts(text: CleanText, measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """Return the measures with their fact's number, counted from 0 in order of the text.

    Measures state one fact when kind, figure and unit are the same, bounds, roles, times and bases don't contradict,
    and their items are the same or one names the other more closely. Where an item is missing, and for benefits and
    conditions, the words around must agree too. Each measure joins the first fact all whose wordings it fits.
    """
    blocks: dict[tuple[object, ...], _Block] = {}
    numbers: list[int] = []
    count = 0
    for measure in measures:
        wording = _Wording(text.text, measure)
        block = blocks.setdefault(_block_of(measure, wording), _Block())
        number = block.find(wording)
        if number is None:
            number, count = count, count + 1
        block.add(number, wording)
        numbers.append(number)
    return tuple(replace(m, fact=number) for m, number in zip(measures, numbers, strict=True))


def _block_of(measure: Measure, wording: _Wording) -> tuple[object, ...]:
    """Return what measures of one fact must have in common."""
    if measure.kind == "none":
        return ("none", measure.instrument or "", wording.names)
    if measure.bound == "range":
        return (measure.kind, measure.unit, measure.value_min, measure.value_max)
    value = measure.value_min if measure.value_min is not None else measure.value_max
    return (measure.kind, measure.unit, value)


class _Wording:
    """One statement of a fact, made ready for comparing."""

    __slots__ = ("around", "clause", "group", "measure", "names")

    def __init__(self, text: str, measure: Measure) -> None:
        """Read the names and the words around the figure, without the figure itself."""
        self.measure = measure
        self.names = tuple(name for part in _SPLIT.split(measure.item or "") if len(name := _name(part)) > 1)
        self.group = _name(measure.beneficiary or "")
        self.clause = frozenset[str]() if measure.kind == "none" else _clause(text, measure)
        promised = measure.role in ("benefit", "condition") and measure.kind != "none"
        self.around = _around(text, measure) if promised else frozenset[str]()

    def key(self) -> tuple[object, ...]:
        """Return what makes two wordings equal for comparing."""
        m = self.measure
        return (m.role, m.bound, m.time, m.per, self.names, self.group, self.clause, self.around, m.evidence_start)

    def fits(self, other: _Wording) -> bool:
        """Tell whether both may state one fact."""
        one, two = self.measure, other.measure
        if one.role != two.role and frozenset((one.role, two.role)) not in _ALIKE:
            return False
        if frozenset((one.bound, two.bound)) in _OPPOSED or (one.per and two.per and one.per != two.per):
            return False
        if one.time and two.time and not (one.time.startswith(two.time) or two.time.startswith(one.time)):
            return False
        if one.kind == "none":
            return (one.role == "fact") == (two.role == "fact")
        if one.evidence_start == two.evidence_start:
            return False
        likeness = _likeness(self.clause, other.clause)
        if not self.names or not other.names:
            return likeness >= _SAME_CLAUSE
        if not any(_named_alike(a, b, likeness) for a in self.names for b in other.names):
            return False
        if one.role in ("benefit", "condition") and two.role == one.role:
            if self.group and other.group and not _named_alike(self.group, other.group, likeness):
                return False
            return _likeness(self.around, other.around) >= _SAME_AROUND
        return True


@dataclass(slots=True)
class _Block:
    """The facts that share kind, figure and unit, with their wordings, and the numbers of wordings seen before."""

    facts: dict[int, list[_Wording]] = field(default_factory=dict)
    seen: dict[tuple[object, ...], int] = field(default_factory=dict)

    def find(self, wording: _Wording) -> int | None:
        """Return the number of the fact that ``wording`` states, ``None`` for a new one."""
        if (number := self.seen.get(wording.key())) is not None:
            return number
        for number, wordings in self.facts.items():
            if all(wording.fits(other) for other in wordings):
                return number
        return None

    def add(self, number: int, wording: _Wording) -> None:
        """Keep a wording of fact ``number``."""
        self.seen.setdefault(wording.key(), number)
        if number not in self.facts and len(self.facts) == _MOST_FACTS:
            return
        wordings = self.facts.setdefault(number, [])
        if len(wordings) < _MOST_WORDINGS and all(w.key() != wording.key() for w in wordings):
            wordings.append(wording)


def _name(phrase: str) -> str:
    """Return a name without signs, figures and what only leads to it."""
    return _LEADS.sub("", _PLAIN.sub("", phrase)).removesuffix("累计")


def _named_alike(one: str, two: str, likeness: float) -> bool:
    """Tell whether two names are the same or one names the other more closely (高端人才缺口, 人才缺口).

    A name of one or two characters says little: the clauses must agree as well.
    """
    short, long = sorted((one, two), key=len)
    if short == long:
        return True
    if short in long:
        return len(short) >= _SHORTEST or likeness >= _SAME_WORDS
    if len(short) >= 4 and len(long) <= len(short) + 4:
        rest = iter(long)
        return all(character in rest for character in short)
    return False


def _clause(text: str, measure: Measure) -> frozenset[str]:
    """Return the pairs of characters in the clause around a figure, without the figure."""
    low, high = max(0, measure.start - _REACH), min(len(text), measure.end + _REACH)
    begins = [found.end() for found in _PIECE.finditer(text, low, measure.start)]
    end = _PIECE.search(text, measure.end, high)
    before = _PLAIN.sub("", text[begins[-1] if begins else low : measure.start])
    behind = _PLAIN.sub("", text[measure.end : end.start() if end else high])
    return frozenset(part[i : i + 2] for part in (before, behind) for i in range(len(part) - 1))


def _around(text: str, measure: Measure) -> frozenset[str]:
    """Return the pairs of characters in the sentence around a figure, without the figure."""
    before = _PLAIN.sub("", text[max(measure.evidence_start, measure.start - _WIDE) : measure.start])
    behind = _PLAIN.sub("", text[measure.end : min(measure.evidence_end, measure.end + _WIDE)])
    return frozenset(part[i : i + 2] for part in (before, behind) for i in range(len(part) - 1))


def _likeness(one: frozenset[str], two: frozenset[str]) -> float:
    """Return the share of the smaller clause's pairs that the other has too; 0 when one says next to nothing."""
    least = min(len(one), len(two))
    return len(one & two) / least if least >= _LEAST_PAIRS else 0.0
