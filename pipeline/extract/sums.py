"""Totals and their parts: which figures are parts of which, and whether they add up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from pipeline.core.document import Document
from pipeline.core.issues import Issue, issue
from pipeline.core.layers import CleanText, Measure
from pipeline.core.strict import digest
from pipeline.core.values import SUM_MATCH, SUM_MISMATCH
from pipeline.extract.data import Claim, SumsFile, read

_SUMMED = frozenset({"money", "count", "area", "other"})
# a list that names only some parts falls short by more than this share of the total
_NEAR = Decimal("0.15")
_BACK, _MOST_PARTS, _LONGEST_GAP, _COMPARED = 3, 40, 100, 24
_MAGNITUDE = {"千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12}
_PRINTED = re.compile(r"\d+\.(?P<places>\d+)\s?(?P<magnitude>[百千]?[万亿]+|千)?")


@dataclass(frozen=True, slots=True)
class SumRules:
    """The claims of configs/patterns/sums.toml and what may stand between totals and parts."""

    claims: tuple[Claim, ...]
    between: re.Pattern[str]
    label: re.Pattern[str]
    joints: re.Pattern[str]
    joints_of_lines: re.Pattern[str]
    compares: re.Pattern[str]
    digest: str


@dataclass(frozen=True, slots=True)
class Sum:
    """A total and its parts, by their places among the measures; ``right`` is ``None`` where nothing can be said."""

    total: int
    parts: tuple[int, ...]
    value: Decimal
    right: bool | None


def load_sum_rules(folder: Path) -> SumRules:
    """Return the rules of ``folder`` (configs)."""
    file, content = read(folder, "patterns/sums.toml", SumsFile)
    compares = re.compile(rf"(?:{'|'.join(file.compares)})$")
    return SumRules(file.claim, file.between, file.label, file.joints, file.joints_of_lines, compares, digest(content))


def find_sums(text: str, measures: Sequence[Measure], *, rules: SumRules) -> tuple[Sum, ...]:
    """Return the totals with their parts, in order of the text; a measure is a part of one total at most.

    ``measures`` are in order of the text. Parts have the unit and the basis of their total and stand in its sentence.
    """
    reader = _Reader(text, measures, rules)
    found: list[Sum] = []
    taken: set[int] = set()
    for at in range(len(reader.places)):
        for claim in rules.claims:
            made = reader.behind(at, claim) if claim.side == "behind" else reader.before(at, claim)
            if made is not None and taken.isdisjoint(made.parts):
                found.append(made)
                taken.update(made.parts)
                break
    return tuple(sorted(found, key=lambda one: one.total))


def link_sums(text: CleanText, measures: Sequence[Measure], *, rules: SumRules) -> tuple[Measure, ...]:
    """Return the measures, each total in one group with its parts and its ``rule`` telling whether they add up."""
    result = list(measures)
    groups = _Groups(measures)
    for one in find_sums(text.text, measures, rules=rules):
        groups.join((one.total, *one.parts))
        if one.right is not None:
            total = result[one.total]
            result[one.total] = replace(total, rule=f"{total.rule}；{SUM_MATCH if one.right else SUM_MISMATCH}")
    numbered = zip(result, groups.numbers(), strict=True)
    return tuple(m if m.group == group else replace(m, group=group) for m, group in numbered)


def wrong_sums(measures: Sequence[Measure], doc: Document, *, rules: SumRules) -> Iterator[Issue]:
    """Yield an issue for each total whose parts don't add up, at its place (raw offsets)."""
    if doc.text is None:
        return
    text, offsets = doc.text.text, doc.text.offsets()
    for one in find_sums(text, measures, rules=rules):
        if one.right is False:
            total = measures[one.total]
            quotes = [_quote(text, measures[place]) for place in one.parts]
            difference = abs(one.value - (_value(total) or Decimal(0)))
            yield issue(
                "measures",
                "number.sum",
                span=offsets.to_source(total.start, total.end),
                quote=_quote(text, total),
                parts="、".join(quotes),
                sum=_plain(one.value),
                difference=_plain(difference),
                unit=total.unit or "",
            )


class _Reader:
    """Reads the sums of one document; ``places`` are those of the measures that can be added up."""

    def __init__(self, text: str, measures: Sequence[Measure], rules: SumRules) -> None:
        """Look up what can be added up."""
        self._text, self._measures, self._rules = text, measures, rules
        self.places = [i for i, m in enumerate(measures) if m.kind in _SUMMED and m.unit and _value(m) is not None]

    def behind(self, at: int, claim: Claim) -> Sum | None:
        """Return the sum whose claim stands behind the figure at ``places[at]``, or ``None``.

        The total is that figure, or one before it in the sentence to which the parts add up.
        """
        text, rules = self._text, self._rules
        nearest = self._measures[self.places[at]]
        opened = rules.between.match(text, nearest.end, nearest.end + _LONGEST_GAP)
        said = claim.pattern.match(text, opened.end()) if opened else None
        if said is None or said.end() > nearest.evidence_end:
            return None
        joints = rules.joints_of_lines if said[0].rstrip().endswith(("：", ":")) else rules.joints
        for back in range(at, max(-1, at - _BACK), -1):
            total = self._measures[self.places[back]]
            if total.evidence_start != nearest.evidence_start:
                break
            parts = self._parts(at + 1, said.end(), total, joints)
            if not parts or (claim.closing and not claim.closing.match(text, self._measures[parts[-1]].end)):
                continue
            made = self._judged(self.places[back], parts, claim)
            compared = rules.compares.search(text[max(0, total.start - _COMPARED) : total.start]) is not None
            if made.right or (back == at and not compared):
                return made
        return None

    def before(self, at: int, claim: Claim) -> Sum | None:
        """Return the sum whose total stands at ``places[at]`` behind its parts and the claim, or ``None``."""
        total = self._measures[self.places[at]]
        parts: list[int] = []
        end = total.start
        for back in range(at - 1, max(-1, at - 1 - _MOST_PARTS), -1):
            part = self._measures[self.places[back]]
            gap = self._rules.joints if parts else claim.pattern
            if not _same_sum(total, part) or end - part.end > _LONGEST_GAP:
                break
            if not gap.fullmatch(self._text, part.end, end):
                break
            parts.insert(0, self.places[back])
            end = part.start
        return self._judged(self.places[at], parts, claim) if len(parts) > 1 else None

    def _parts(self, at: int, start: int, total: Measure, joints: re.Pattern[str]) -> list[int]:
        """Return the places of the parts that follow from ``start`` on: one list, none as large as the total."""
        limit = _value(total) or Decimal(0)
        parts: list[int] = []
        for place in self.places[at : at + _MOST_PARTS]:
            part = self._measures[place]
            if part.start - start > _LONGEST_GAP:
                break
            if not _same_sum(total, part):
                continue  # 其中企业201名（占27%）、…
            before = self._text[start : part.start]
            listed = joints.fullmatch(before) and not self._rules.compares.search(before)
            if not (listed if parts else self._rules.label.fullmatch(before)) or (_value(part) or limit) >= limit:
                break
            parts.append(place)
            start = part.end
        return parts

    def _judged(self, total: int, parts: list[int], claim: Claim) -> Sum:
        """Return the sum with what can be said of it: nothing of one part, nor of rough figures that don't add up."""
        members = [self._measures[place] for place in (total, *parts)]
        whole, *values = (_value(m) or Decimal(0) for m in members)
        value = sum(values, Decimal(0))
        slack = sum((_rounding(self._text, m) for m in members), Decimal(0))
        right: bool | None = None
        if len(parts) > 1 and abs(value - whole) <= slack:
            right = True
        elif len(parts) > 1 and all(m.bound == "exact" for m in members):
            claims = claim.complete == "always" or value > whole or whole - value <= whole * _NEAR
            right = False if claims else None
        return Sum(total, tuple(parts), value, right)


def _same_sum(total: Measure, part: Measure) -> bool:
    """Tell whether a figure can be a part of ``total`` by its unit, basis and sentence."""
    one = (total.kind, total.unit, total.per, total.evidence_start)
    return one == (part.kind, part.unit, part.per, part.evidence_start) and _value(part) is not None


def _value(measure: Measure) -> Decimal | None:
    """Return the figure of a measure; ``None`` for a range."""
    if measure.bound == "range":
        return None
    return measure.value_min if measure.value_min is not None else measure.value_max


def _rounding(text: str, measure: Measure) -> Decimal:
    """Return by how much a figure printed with decimals may be rounded: 1.97万公里 → 50."""
    printed = _PRINTED.search(text, measure.start, measure.end)
    if printed is None:
        return Decimal(0)
    step = Decimal(10) ** -len(printed["places"])
    return step / 2 * _MAGNITUDE.get(printed["magnitude"] or "", 1)


def _quote(text: str, measure: Measure) -> str:
    """Return a figure as printed, on one line."""
    return "".join(text[measure.start : measure.end].split())


def _plain(value: Decimal) -> str:
    """Return a number as people write it."""
    return f"{value.normalize():f}"


class _Groups:
    """The groups of measures while some are joined; numbered by their first member."""

    def __init__(self, measures: Iterable[Measure]) -> None:
        """Take over the groups there are."""
        self._of = [m.group for m in measures]
        self._parent: dict[int, int] = {}
        self._next = max((group for group in self._of if group is not None), default=-1) + 1

    def join(self, places: Iterable[int]) -> None:
        """Put the measures at ``places`` and all that share their groups into one group."""
        roots = set()
        for place in places:
            group = self._of[place]
            if group is None:
                group = self._of[place] = self._next
                self._next += 1
            roots.add(self._root(group))
        first = min(roots)
        for root in roots:
            self._parent[root] = first

    def numbers(self) -> list[int | None]:
        """Return each measure's group, counted from 0 in order of the text."""
        order: dict[int, int] = {}
        return [None if g is None else order.setdefault(self._root(g), len(order)) for g in self._of]

    def _root(self, group: int) -> int:
        """Return the group that ``group`` has become."""
        while (above := self._parent.get(group, group)) != group:
            group = above
        return group
