"""Puts mentions together to measures: role, basis, time, item, beneficiary, groups of tiers and of rate with cap."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pipeline.core.layers import CleanText, Head, Measure, Mention, Role, Section, Sentence
from pipeline.core.strict import digest
from pipeline.extract.conditions import with_conditions
from pipeline.extract.context import Context, Surroundings
from pipeline.extract.finish import FinishRules, finish, load_finish_rules
from pipeline.extract.governed import in_own_row
from pipeline.extract.groups import Groups
from pipeline.extract.mentions import lists
from pipeline.extract.models import MeasureModels, load_measure_models
from pipeline.extract.page import Page
from pipeline.extract.per import PerRules, load_per_rules, per_of
from pipeline.extract.pointer import PagePointer, Pointer
from pipeline.extract.pointing import Asked, Span, tidied
from pipeline.extract.role_features import Features, features_of
from pipeline.extract.roles import RoleRules, judge, load_role_rules, settle, tense_of
from pipeline.extract.slots import SlotRules, action_of, agency_of, load_slot_rules
from pipeline.extract.tiers import called, coordinated, own_tier
from pipeline.extract.when import Times

_REACHED = re.compile(r"(?:达到?了?|(?:已|年|(?<!每))满)(?:了|人民币)?\s?$")
# how much a paragraph's own words weigh against those of so many neighbours on each side
_OWN_WEIGHT, _NEAR = 0.5, 2
_AS_MUCH_AS = re.compile(r"高达\s?$")
# how many figures back the row above a table's row of totals is looked for
_MOST_CELLS = 40
# how far before its sentence and its list a measure's item or beneficiary may stand
_BEFORE_SENTENCE, _TIER_REACH = 100, 150
# so many spans chosen before are remembered, and the items of so many measures
_REMEMBERED, _MOST_MEASURED = 3, 20


class Reach(NamedTuple):
    """How many characters before and behind a measure's list a slot's words may stand.

    ``told``: the words beside the list tell on which side they stand (新增|20家, 达到|30%).
    """

    back: int
    ahead: int
    told: bool = False


ITEM, BENEFICIARY = Reach(80, 30, told=True), Reach(150, 40)


@dataclass(frozen=True, slots=True)
class MeasureRules:
    """Everything ``find_measures`` needs to know: the grammar's data and what was learned."""

    roles: RoleRules
    per: PerRules
    slots: SlotRules
    finish: FinishRules
    models: MeasureModels
    digest: str


def load_measure_rules(configs: Path, models: Path) -> MeasureRules:
    """Return the rules of ``configs`` and the fitted parts of ``models``. Raises PipelineError with their mistakes."""
    roles, per, slots = load_role_rules(configs), load_per_rules(configs), load_slot_rules(configs)
    last, learned = load_finish_rules(configs), load_measure_models(models)
    marks = digest(roles.digest, per.digest, slots.digest, last.digest, learned.digest)
    return MeasureRules(roles, per, slots, last, learned, marks)


@dataclass(frozen=True, slots=True)
class Placed:
    """A claimed mention with its surroundings: its place in its list of ``n``, and the features of its role."""

    mention: Mention
    context: Context
    place: int
    n: int
    features: Features


def placed_mentions(
    page: Page,
    head: Head,
    outline: tuple[Section, ...],
    sentences: tuple[Sentence, ...],
    mentions: tuple[Mention, ...],
    *,
    rules: RoleRules,
) -> list[Placed]:
    """Return the claimed mentions in order of the text, with what their roles are judged by."""
    surroundings, tenses = Surroundings(page.text, sentences, outline), _Tenses(page.text, rules)
    result = []
    for members in lists(page.text, mentions):
        run = [mentions[i] for i in members]
        for place, mention in enumerate(run):
            context = surroundings.of(mention, run[0], run[-1])
            tense = tenses.at(mention.start)
            judged = judge(mention, context, tense=tense, doc_kind=head.doc_kind, rules=rules)
            features = features_of(page, mention, context, judged, tense=tense, doc_kind=head.doc_kind)
            result.append(Placed(mention, context, place, len(run), features))
    return result


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
    page = Page(plain, sentences, rules.slots.spans)
    placed = placed_mentions(page, head, outline, sentences, mentions, rules=rules.roles)
    surroundings, times, groups = Surroundings(plain, sentences, outline), Times(plain), Groups(plain)
    made: list[Measure] = []
    built: list[tuple[Measure, Context]] = []
    for filled in fill(page, placed, rules):
        mention, context = filled.placed.mention, filled.placed.context
        section_end = surroundings.section_text(mention.start)[1]
        agency = agency_of(plain, context, mention.end, section_end, rules.slots)
        built.append((_measure(plain, filled, agency, times, rules), context))
        if filled.placed.place == filled.placed.n - 1:
            made += groups.add(built)
            built = []
    figures = with_conditions(plain, made, rules.slots)
    return finish(text, outline, sentences, figures, times=times, rules=rules.finish)


@dataclass(frozen=True, slots=True)
class Filled:
    """What the models say of one measure, and how sure they are of its role, item and beneficiary."""

    placed: Placed
    role: Role
    item: str | None
    beneficiary: str | None
    sure: tuple[float, float, float]


def fill(page: Page, placed: Sequence[Placed], rules: MeasureRules) -> Iterator[Filled]:
    """Yield what the models say of the measures of one text, in order; what words settle stands against them."""
    models = rules.models
    judged: list[tuple[Placed, tuple[Role, float]]] = []
    for p, (role, sure) in zip(placed, models.roles_of([p.features for p in placed]), strict=True):
        above = _row_above(p, judged, rules.roles)
        judged.append((p, (above or settle(page.text, role, p.mention, p.context, rules.roles), sure)))
    items = _Slot(page, models.item, ITEM, [(p, role) for p, (role, _) in judged])
    given = [(p, role) for p, (role, _) in judged if role == "benefit"]
    beneficiaries = _Slot(page, models.beneficiary, BENEFICIARY, given, shared_out=True)
    measured: deque[tuple[Placed, str | None]] = deque(maxlen=_MOST_MEASURED)
    for p, (role, sure) in judged:
        item, item_sure = items.next(p.n)
        item = _grown(page, p, measured) or item
        measured.append((p, item))
        who, who_sure = beneficiaries.next(p.n) if role == "benefit" else (None, 1.0)
        if who is not None and not rules.slots.group.search(who):
            # what is given or what for, not who
            who = None if who == item or rules.slots.spans.purpose.search(who) else who
        yield Filled(p, role, item, who, (sure, item_sure, who_sure))


def _grown(page: Page, placed: Placed, measured: Iterable[tuple[Placed, str | None]]) -> str | None:
    """Return what grew where a clause tells only by how much (收入58亿元，增长8%), else ``None``.

    As many figures of the clause before it as it has itself are shared out one to one.
    """
    context = placed.context
    if placed.mention.kind != "percent" or not page.rules.growth.fullmatch(context.list_piece):
        return None
    stop = context.list_start - len(context.list_piece)
    start = max(context.evidence_start, page.clause_start(stop - 1))
    before = [(p.mention.kind, item) for p, item in measured if start <= p.mention.start and p.mention.end < stop]
    if len(before) != placed.n or any(kind == "percent" for kind, _ in before):
        return None
    return before[placed.place][1]


def _row_above(placed: Placed, judged: Sequence[tuple[Placed, tuple[Role, float]]], rules: RoleRules) -> Role | None:
    """Return the role of the row right above for the figures of a table's row of totals, ``None`` for others."""
    context = placed.context
    if not rules.totals.match(context.sentence):
        return None
    for p, (role, _) in reversed(judged[-_MOST_CELLS:]):
        if p.context.evidence_start < context.evidence_start and p.mention.kind == placed.mention.kind:
            return role if context.evidence_start - p.context.evidence_end <= 1 else None
    return None


def asked_of(page: Page, placed: Placed, role: str, before: Sequence[Span], reach: Reach) -> Asked:
    """Return the question for a slot of one measure in ``role``; ``before`` are the spans chosen before it."""
    context = placed.context
    start, stop = context.list_start, context.list_end
    tiers = max(context.evidence_start, start - _TIER_REACH)
    return Asked(
        start,
        stop,
        max(0, context.evidence_start - _BEFORE_SENTENCE, start - reach.back),
        min(len(page.text), stop + reach.ahead),
        placed.mention.kind,
        role,
        placed.place,
        tuple(before[:_REMEMBERED]),
        coordinated(page, tiers, start, placed.n) if placed.n > 1 else (),
        page.head_of(placed.mention.start),
        placed.mention.unit or "",
        reach.told,
    )


def remember(page: Page, before: list[Span], span: Span | None) -> None:
    """Put ``span`` before the spans chosen earlier; one with the words of the latest takes its place."""
    if span is None:
        return
    if before and page.text[slice(*before[0])] == page.text[slice(*span)]:
        before[0] = span
    else:
        before.insert(0, span)
        del before[_REMEMBERED:]


class _Slot:
    """Fills one slot of the measures of a page, one after the other."""

    def __init__(
        self,
        page: Page,
        pointer: Pointer,
        reach: Reach,
        measures: Sequence[tuple[Placed, str]],
        *,
        shared_out: bool = False,
    ) -> None:
        """Ask about all ``measures`` with their roles; no span is chosen yet.

        ``shared_out``: a coordinate group with as many members as a list has figures is shared out among them.
        Indicators aren't, which share their last words (城镇、农村居民人均可支配收入).
        """
        questions = [asked_of(page, placed, role, (), reach) for placed, role in measures]
        self._page, self._shared_out = page, shared_out
        self._pointer = PagePointer(pointer, page)
        self._pointer.prepare(questions)
        self._questions = iter(questions)
        self._before: list[Span] = []

    def next(self, n: int) -> tuple[str | None, float]:
        """Return the words that fill the slot of the next measure, ``None`` for nothing, and their probability.

        ``n``: how many figures its list has.
        """
        asked = next(self._questions)._replace(before=tuple(self._before))
        span, sure = self._pointer.choose(asked)
        if self._shared_out:
            span = self._own(span, asked, n)
        text = self._page.text
        if span:
            span = in_own_row(text, asked.list_start, span, self._page.rules.stage, self._page.rules.row_name)
        remember(self._page, self._before, span)
        if span is None:
            return None, sure
        span = tidied(text, span)
        return called(self._page, span) if self._shared_out else text[slice(*span)], sure

    def _own(self, span: Span | None, asked: Asked, n: int) -> Span | None:
        """Return the tier of a measure by its place in its list; also where nothing was chosen beside others' tiers."""
        if span is not None:
            return own_tier(self._page, span, asked, n)
        beside = self._before[0] if asked.place and self._before else None
        own = own_tier(self._page, beside, asked, n) if beside else None
        return own if own != beside else None


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


def _measure(text: str, filled: Filled, agency: str | None, times: Times, rules: MeasureRules) -> Measure:
    """Return one measure as it is read by itself."""
    mention, context, role = filled.placed.mention, filled.placed.context, filled.role
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
        time=times.of(mention, context, role),
        item=filled.item,
        beneficiary=filled.beneficiary,
        agency=agency,
        action=action_of(text, context, role, rules.slots),
        confidence=rules.models.confidence(role, mention.kind, filled.sure),
    )
