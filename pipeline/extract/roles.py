"""The role of a measure: weighted cues of configs/patterns/roles.toml, and whether a paragraph reports or plans."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from pipeline.core.layers import Bound, Kind, Mention, Role
from pipeline.core.strict import digest
from pipeline.extract.context import Context
from pipeline.extract.data import Cue, RolesFile, Settled, TenseFile, any_of, read
from pipeline.extract.governed import column_said

_YEAR = re.compile(r"(?:19|20)\d\d(?=年|\s?$|\t|（|\()")
# what tense adds to fact and target; a paragraph that only plans or only reports gets all of it
_TENSE = 1.6
_PLANNABLE = frozenset({"money", "count", "percent", "area", "multiple", "ratio", "other"})


@dataclass(frozen=True, slots=True)
class RoleRules:
    """All cues, what is settled by words alone, the order that breaks ties, rows of totals and words of both tenses."""

    cues: tuple[Cue, ...]
    settled: tuple[Settled, ...]
    order: tuple[Role, ...]
    totals: re.Pattern[str]
    past: re.Pattern[str]
    future: re.Pattern[str]
    digest: str
    _asked: dict[tuple[Kind, Bound, str | None], tuple[tuple[int, Cue], ...]] = field(default_factory=dict)

    def cues_for(self, kind: Kind, bound: Bound, doc_kind: str | None) -> tuple[tuple[int, Cue], ...]:
        """Return the cues about measures of ``kind`` and ``bound`` in documents of ``doc_kind``, with their numbers."""
        key = kind, bound, doc_kind
        if key not in self._asked:
            self._asked[key] = tuple(
                (number, cue)
                for number, cue in enumerate(self.cues)
                if (not cue.kinds or kind in cue.kinds)
                and (not cue.bounds or bound in cue.bounds)
                and (not cue.doc_kinds or doc_kind in cue.doc_kinds)
            )
        return self._asked[key]


def load_role_rules(folder: Path) -> RoleRules:
    """Return the rules of ``folder`` (configs): patterns/roles.toml and patterns/tense.toml."""
    roles, roles_text = read(folder, "patterns/roles.toml", RolesFile)
    tense, tense_text = read(folder, "patterns/tense.toml", TenseFile)
    past, future = re.compile(any_of(tense.past)), re.compile(any_of(tense.future))
    marks = digest(roles_text, tense_text)
    return RoleRules(roles.cue, roles.settled, roles.order, roles.totals.pattern, past, future, marks)


def tense_of(paragraph: str, rules: RoleRules) -> float:
    """Return from -1 (only reports) to 1 (only plans) what ``paragraph`` does; 0 when its words don't tell."""
    past, future = len(rules.past.findall(paragraph)), len(rules.future.findall(paragraph))
    return (future - past) / (future + past) if past + future else 0.0


@dataclass(frozen=True, slots=True)
class Judged:
    """What the cues say of one measure: the heaviest role, its lead (0 to 1) over the next, and the cues that fired."""

    role: Role
    lead: float
    fired: tuple[int, ...]


def judge(mention: Mention, context: Context, *, tense: float, doc_kind: str | None, rules: RoleRules) -> Judged:
    """Return what the cues say of ``mention``, whose paragraph has ``tense`` (see ``tense_of``)."""
    weights: dict[Role, float] = dict.fromkeys(get_args(Role), 0.0)
    places = _places(context)
    fired = []
    for index, cue in rules.cues_for(mention.kind, mention.bound, doc_kind):
        if cue.pattern.search(places[cue.where]):
            fired.append(index)
            if cue.without is None or not cue.without.search(context.list_piece):
                weights[cue.role] += cue.weight
    if mention.kind in _PLANNABLE:
        weights["target"] += max(0.0, tense) * _TENSE
        weights["fact"] += max(0.0, -tense) * _TENSE
    if max(weights.values()) <= 0:
        weights["condition" if mention.kind == "duration" else "fact"] = 0.1
    ranked = sorted(rules.order, key=lambda role: -weights[role])
    best, second = weights[ranked[0]], max(0.0, weights[ranked[1]])
    return Judged(ranked[0], (best - second) / best, tuple(fired))


def settle(text: str, role: Role, mention: Mention, context: Context, rules: RoleRules) -> Role:
    """Return the role of ``mention``, which was judged to be ``role``: another where its words settle it."""
    places: dict[str, str] = {}
    own, row = column_said(text, mention.start) or ("", "")
    for rule in rules.settled:
        if role in rule.judged and (not rule.kinds or mention.kind in rule.kinds):
            places = places or {**_places(context), "column": f"{own}\t{row}" if row else ""}
            if rule.pattern.search(places[rule.where]) and rule.year in (None, _year_among(own, row)):
                return rule.role
    return role


def _year_among(own: str, row: str) -> str | None:
    """Return how the year in the head of a column lies to those of ``row``: earliest of several, or later than one."""
    mine, every = _YEAR.search(own), sorted(found[0] for found in _YEAR.finditer(row.split("\n")[0]))
    if mine is None or len(set(every)) < 2:
        return None
    return "earliest" if mine[0] == every[0] else "later"


def _places(context: Context) -> dict[str, str]:
    """Return the texts around a mention by the names the cues have for them."""
    return {
        "piece": context.piece,
        "segment": context.segment,
        "behind": context.behind,
        "rest": context.rest,
        "sentence": context.sentence,
        "heading": context.headings,
        "list": context.list_piece,
    }
