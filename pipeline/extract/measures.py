"""Puts mentions together to measures: role, basis, time, item, beneficiary, groups of tiers and of rate with cap."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.core.layers import CleanText, Head, Measure, Mention, Role, Section, Sentence
from pipeline.core.strict import digest
from pipeline.extract.context import Context, Surroundings
from pipeline.extract.finish import FinishRules, finish, load_finish_rules
from pipeline.extract.mentions import lists
from pipeline.extract.per import PerRules, is_cap, load_per_rules, per_of
from pipeline.extract.roles import RoleRules, load_role_rules, role_of, tense_of
from pipeline.extract.slots import SlotRules, action_of, agency_of, beneficiary_of, item_of, load_slot_rules, tier_names
from pipeline.extract.when import Times

_REACHED = re.compile(r"(?:达到?了?|(?:已|年)?满)(?:了|人民币)?\s?$")
_PART_REACH = 24
# how much a paragraph's own words weigh against those of so many neighbours on each side
_OWN_WEIGHT, _NEAR = 0.5, 2
_SEGMENT_END = re.compile(r"[。；;！？\n]")
_PIECE_END = re.compile(r"[，,。；;！？\n]")
_AS_MUCH_AS = re.compile(r"高达\s?$")
_OWN_CAP = re.compile(r"\s*(?:同一|单个|每家|每户|单户|单家|每个)[^，。；]{1,10}(?:最高|不超过|累计|每年|年度)")
_SHARES = re.compile(r"分别|依次|各")


@dataclass(frozen=True, slots=True)
class MeasureRules:
    """Everything ``find_measures`` needs to know."""

    roles: RoleRules
    per: PerRules
    slots: SlotRules
    finish: FinishRules
    digest: str


def load_measure_rules(folder: Path) -> MeasureRules:
    """Return the rules of ``folder`` (configs)."""
    roles, per, slots = load_role_rules(folder), load_per_rules(folder), load_slot_rules(folder)
    last = load_finish_rules(folder)
    return MeasureRules(roles, per, slots, last, digest(roles.digest, per.digest, slots.digest, last.digest))


def find_measures(
    text: CleanText,
    head: Head,
    outline: tuple[Section, ...],
    sentences: tuple[Sentence, ...],
    mentions: tuple[Mention, ...],
    *,
    rules: MeasureRules,
) -> tuple[Measure, ...]:
    """Return one measure for each claimed mention, and those without a figure (kind none), in order of the text."""
    plain = text.text
    surroundings, times = Surroundings(plain, sentences, outline), Times(plain)
    tenses = _Tenses(plain, rules.roles)
    made: list[tuple[Measure, Context]] = []
    group = -1
    part = False
    for members in lists(plain, mentions):
        run = [mentions[i] for i in members]
        built = []
        for mention in run:
            context = surroundings.of(mention, run[0], run[-1])
            decided = role_of(
                mention, context, tense=tenses.at(mention.start), doc_kind=head.doc_kind, rules=rules.roles
            )
            measure = _measure(plain, mention, context, decided, times, rules)
            begin, end = surroundings.section_text(mention.start)
            agency = agency_of(context.sentence, plain[max(begin, mention.end) : end], rules.slots)
            beneficiary = beneficiary_of(context, len(run), rules.slots) if measure.role == "benefit" else None
            built.append((replace(measure, agency=agency, beneficiary=beneficiary), context))
        built = _alike([(_with_item(m, made, c), c) for m, c in built])
        part = _is_part(plain, made[-1][0], built[0], part) if made else False
        if part:  # 安排8000万元，其中风险补偿4000万元、贴息2000万元
            built = [(replace(m, role="budget", beneficiary=None), c) for m, c in built]
        joins = bool(made) and (_continues(made[-1], built[0]) or _caps(plain, made[-1][0], built[0]))
        grouped = joins or len(built) > 1 or built[0][0].role == "benefit"
        group += grouped and not joins
        number = group if grouped else None
        previous = made[-1][0] if joins else None
        for place, (measure, context) in enumerate(built):
            with_list = _with_list(measure, place, len(built), context, previous)
            made.append((replace(with_list, group=number), context))
    figures = _with_conditions(plain, [measure for measure, _ in made])
    return finish(text, outline, sentences, figures, rules=rules.finish)


def _is_part(text: str, last: Measure, following: tuple[Measure, Context], was_part: bool) -> bool:
    """Tell whether a measure is part of the budget stated before it: 其中 stands between, or the parts go on."""
    measure, context = following
    if last.role != "budget" or last.unit != measure.unit or last.start < context.evidence_start:
        return False
    gap = text[last.end : measure.start]
    return "其中" in gap or (was_part and gap.startswith(("、", "，", "和", "及")) and len(gap) <= _PART_REACH)


class _Tenses:
    """The tense of each paragraph of a text, leaning on its neighbours': reports and plans come in stretches."""

    def __init__(self, text: str, rules: RoleRules) -> None:
        """Read all paragraphs once."""
        self._starts: list[int] = []
        own: list[float] = []
        at = 0
        for line in text.split("\n"):
            if line.strip():
                self._starts.append(at)
                own.append(tense_of(line, rules))
            at += len(line) + 1
        self._tenses = [
            _OWN_WEIGHT * tense + (1 - _OWN_WEIGHT) * _mean(own[max(0, i - _NEAR) : i] + own[i + 1 : i + 1 + _NEAR])
            for i, tense in enumerate(own)
        ]

    def at(self, offset: int) -> float:
        """Return the tense around ``offset``, from -1 (only reports) to 1 (only plans)."""
        return self._tenses[bisect_right(self._starts, offset) - 1]


def _mean(values: list[float]) -> float:
    """Return the mean, 0 for none."""
    return sum(values) / len(values) if values else 0.0


def _measure(
    text: str, mention: Mention, context: Context, decided: tuple[Role, float], times: Times, rules: MeasureRules
) -> Measure:
    """Return the measure of one mention by itself, in the role decided for it with some confidence."""
    role, confidence = decided
    bound = mention.bound
    if role == "condition" and bound == "exact" and _REACHED.search(context.list_piece):
        bound = "min"
    if role == "benefit" and bound == "exact" and _AS_MUCH_AS.search(context.list_piece):
        bound = "max"
    return Measure(
        start=mention.start,
        end=mention.end,
        evidence_start=context.evidence_start,
        evidence_end=max(context.evidence_end, mention.end),
        kind=mention.kind,
        rule=mention.rule,
        value_min=None if bound == "max" else mention.value_min,
        value_max=None if bound == "min" else mention.value_max,
        unit=mention.unit,
        bound=bound,
        role=role,
        per=per_of(text, mention, context, role, rules.per),
        time=times.at(mention.start, context.evidence_start),
        item=item_of(text, mention, context, role, rules.slots),
        action=action_of(context, rules.slots),
        confidence=confidence,
    )


def _with_item(measure: Measure, made: list[tuple[Measure, Context]], context: Context) -> Measure:
    """Return ``measure`` with the item before it where its own piece names none (…收入64亿元，增长8%)."""
    if measure.item or not made or measure.kind != "percent":
        return measure
    last = made[-1][0]
    return replace(measure, item=last.item) if last.start >= context.evidence_start else measure


def _alike(built: list[tuple[Measure, Context]]) -> list[tuple[Measure, Context]]:
    """Return the members of one list with the role most of them have (the first's when even)."""
    roles = [measure.role for measure, _ in built]
    role = max(dict.fromkeys(roles), key=roles.count)
    giver = next((m.beneficiary for m, _ in built if m.role == role), None)
    return [
        (m if m.role == role else replace(m, role=role, beneficiary=giver if role == "benefit" else None), c)
        for m, c in built
    ]


def _continues(last: tuple[Measure, Context], following: tuple[Measure, Context]) -> bool:
    """Tell whether a benefit goes on with the one before it: same sentence part, no new 对… of its own."""
    (before, _), (after, context) = last, following
    if before.role != "benefit" or after.role != "benefit" or before.end < context.segment_start:
        return False
    return re.search(r"(?:^|[，,])\s*(?:对|另|其他)", context.list_piece) is None


def _caps(text: str, last: Measure, following: tuple[Measure, Context]) -> bool:
    """Tell whether a sentence of its own caps the benefit before it in the paragraph: 同一企业每年最高3000万元。"""
    measure, context = following
    if last.role != "benefit" or measure.role != "benefit" or measure.bound != "max":
        return False
    return _OWN_CAP.match(context.sentence) is not None and "\n" not in text[last.end : measure.start]


def _with_list(measure: Measure, place: int, n: int, context: Context, previous: Measure | None) -> Measure:
    """Return ``measure`` with what its list and the benefit it continues give it."""
    beneficiary, per = measure.beneficiary, measure.per
    if measure.role != "benefit":
        return measure
    if n > 1 and beneficiary and (names := tier_names(beneficiary, n)) and _shared(context):
        beneficiary = names[place]
    own_cap = previous is not None and _OWN_CAP.match(context.sentence) is not None
    item = previous.item if previous is not None and own_cap else measure.item
    if previous is not None and (own_cap or is_cap(context)):
        beneficiary = previous.beneficiary
        if not per and measure.bound == "max" and measure.kind == "money" and "累计" not in context.list_piece:
            per = previous.per
    elif previous is not None and beneficiary is None:
        beneficiary = previous.beneficiary
    return replace(measure, beneficiary=beneficiary, per=per, item=item, instrument=item)


def _shared(context: Context) -> bool:
    """Tell whether the list is handed out one by one (分别, 依次, 各)."""
    return _SHARES.search(context.sentence[: max(0, context.list_start - context.sentence_start)]) is not None


def _with_conditions(text: str, measures: list[Measure]) -> list[Measure]:
    """Return the measures, each benefit with the words of the conditions stated before it in its sentence part."""
    result = []
    stated: list[Measure] = []
    for measure in measures:
        if stated and _SEGMENT_END.search(text, stated[-1].end, measure.start):
            stated = []
        if measure.role == "condition":
            stated.append(measure)
        elif measure.role == "benefit" and stated:
            start = max(text.rfind(mark, 0, stated[0].start) for mark in "，,。；;\n")
            stop = _PIECE_END.search(text, stated[-1].end)
            words = text[start + 1 : stop.start() if stop else len(text)].strip().removeprefix("对").removesuffix("的")
            measure = replace(measure, condition=words)
        result.append(measure)
    return result
