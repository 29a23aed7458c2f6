"""Measures without a figure: clauses with an action and an object that commit someone to do or to give something."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.core.layers import CleanText, Measure, Role, Section, Sentence
from pipeline.extract.clauses import KEPT, Clause, cut_clauses
from pipeline.extract.deed_rules import Deed, DeedRules
from pipeline.extract.deed_slots import Passage, Slots
from pipeline.extract.when import Times

_ENDS = "。；;！!”）)"
_LONGEST_TITLE, _LONGEST_NUMBER = 30, 12
_LONGEST_CLAUSE, _LONGEST_OBJECT, _LONGEST_ANY = 160, 80, 40
# a name adds to the confidence: nobody names what isn't planned
_NAMED = 0.05
_NUMBERING = re.compile(
    r"^(?:\s|[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}(?:是|要|、)|\d{1,2}[.．、]"
    r"|第[一二三四五六七八九十百\d]{1,4}[条章节款]?|[①-⑳●•·■◆]|首先|其次|再次|最后|同时|此外|另外|或者?|并|且|和|及|以及|即|对此|为此|其中)+"
)
_QUOTED = re.compile(r"[“”、和与及\s]*“(?P<name>[^“”\n]{2,14})”")
_LAST_NAME = re.compile(r"“([^“”]+)”$")
_PLAIN = re.compile(r"[“”《》（）()\s\d]")
_GIVEN, _PROMISED = frozenset({"money", "percent"}), frozenset({"benefit", "budget"})


@dataclass(frozen=True, slots=True)
class _Found:
    """A deed in its clause: where it, its object and its action end, and what it was found by (clean offsets)."""

    deed: Deed
    place: int
    start: int
    action_end: int
    object_start: int
    end: int
    named: bool = False
    past: bool = False


def find_deeds(
    text: CleanText,
    outline: tuple[Section, ...],
    sentences: tuple[Sentence, ...],
    measures: tuple[Measure, ...],
    *,
    times: Times,
    rules: DeedRules,
) -> tuple[Measure, ...]:
    """Return the measures of kind none, in order of the text.

    ``measures`` are those with a figure: a clause whose object carries one of them isn't told again. ``times`` are the
    text's. Names handed out in one clause (推行“轮候制”“积分制”) are a measure each and share a group, numbered on from
    the groups there are.
    """
    finder = _Finder(text.text, outline, measures, times, rules)
    group = max((m.group for m in measures if m.group is not None), default=-1)
    result: list[Measure] = []
    for sentence in sentences:
        for members in finder.of(sentence):
            if len(members) > 1:
                group += 1
                members = [replace(m, group=group) for m in members]
            result.extend(members)
    return tuple(result)


class _Finder:
    """Finds the deeds of one document."""

    def __init__(
        self, text: str, outline: tuple[Section, ...], measures: tuple[Measure, ...], times: Times, rules: DeedRules
    ) -> None:
        """Index the figures and the headings."""
        self._text = text
        self._rules = rules
        self._figures = sorted(measures, key=lambda m: m.start)
        self._starts = [m.start for m in self._figures]
        self._slots = Slots(text, outline, times, rules)
        self._headings = {s.start: s for s in outline if s.heading and s.body > s.start}

    def of(self, sentence: Sentence) -> Iterator[list[Measure]]:
        """Yield the measures of one sentence, those of one deed together."""
        text, rules = self._text, self._rules
        span = (sentence.start, sentence.end)
        hinted = rules.hint.search(text, *span) is not None
        runs = list(rules.verbs.finditer(text, *span))
        if not (hinted or runs) or self._is_heading(sentence):
            return
        passage = Passage(sentence, cut_clauses(text, sentence))
        candidates = self._all_candidates(passage, runs, hinted=hinted)
        if not candidates or rules.skip.search(text, *span):
            return
        for clause, finds in candidates:
            at = clause.start
            for found in sorted(finds, key=lambda one: (one.start, -one.end)):
                if found.start < at or self._told(found, passage) or self._talked_about(found, passage):
                    continue
                at = found.end
                yield self._measures(found, passage)

    def _is_heading(self, sentence: Sentence) -> bool:
        """Tell whether a sentence is only a heading, title or label: no item of a list, which ends like a sentence."""
        text = self._text
        heading = self._headings.get(sentence.start)
        closed = text[sentence.end - 1] in _ENDS
        if closed and self._runs_in(sentence):
            return True
        if heading is not None and sentence.end <= heading.body:
            return not closed or text[heading.body : heading.end].strip() != ""
        return not closed and not any(mark in text[sentence.start : sentence.end] for mark in "，；。")

    def _runs_in(self, sentence: Sentence) -> bool:
        """Tell whether a short sentence of one clause opens its line and is spelt out behind it."""
        text = self._text
        if sentence.end - sentence.start > _LONGEST_TITLE or "，" in text[sentence.start : sentence.end]:
            return False
        opens = text[max(0, sentence.start - _LONGEST_NUMBER) : sentence.start].rpartition("\n")
        number = opens[2] if opens[1] or sentence.start <= _LONGEST_NUMBER else None
        if number is None or _NUMBERING.sub("", number):
            return False
        return text[sentence.end : sentence.end + 1] not in ("", "\n", "（", "(")

    def _all_candidates(
        self, passage: Passage, runs: list[re.Match[str]], *, hinted: bool
    ) -> list[tuple[Clause, list[_Found]]]:
        """Return the clauses of a sentence in which the entries find something; ``runs`` are its verbs."""
        starts = [run.start() for run in runs]
        found = []
        for place, clause in enumerate(passage.clauses):
            own = runs[bisect_left(starts, clause.start) : bisect_left(starts, clause.end)]
            if (own or hinted) and clause.end - clause.start <= _LONGEST_CLAUSE:
                found.append((clause, list(self._candidates(place, clause, own, hinted=hinted))))
        return [(clause, finds) for clause, finds in found if finds]

    def _candidates(self, place: int, clause: Clause, runs: list[re.Match[str]], *, hinted: bool) -> Iterator[_Found]:
        """Yield what the entries find in one clause, whose verbs are ``runs``; the finds may overlap."""
        rules, text = self._rules, self._text
        kept: list[tuple[int, int]] | None = None
        for run in runs:
            if not self._opens(text[clause.start : run.start()]):
                continue
            if kept is None:
                kept = [match.span() for match in KEPT.finditer(text, clause.start, clause.end)]
            if any(start <= run.start() < end for start, end in kept):
                continue
            for deed in rules.deeds[rules.verb_of(run[0])]:
                found = self._find(deed, run, place, clause.end)
                if found and not any(start < found.end < end for start, end in kept):
                    yield found
        hinted = hinted and rules.hint.search(text, clause.start, clause.end) is not None
        for deed in rules.frames if hinted else ():
            assert deed.pattern is not None
            match = deed.pattern.search(text, clause.start, clause.end)
            if match and (deed.head is None or deed.head.search(match["object"])):
                yield _Found(deed, place, match.start(), match.end("action"), match.start("object"), match.end())

    def _opens(self, before: str) -> bool:
        """Tell whether a verb with ``before`` in front of it opens its clause, and isn't denied."""
        rules = self._rules
        if rules.negation.search(before):
            return False
        rest = rules.past_before.sub("", rules.leads.sub("", before))
        rest = rules.leading.sub("", _NUMBERING.sub("", rules.leads.sub("", rest)))
        if not rest or rules.opening.match(rest) or (rules.subject.search(rest) and not rules.verbs.match(rest)):
            return True
        return rest.endswith(("、", "和", "并", "以及", " ")) and len(rest) > 4

    def _find(self, deed: Deed, run: re.Match[str], place: int, limit: int) -> _Found | None:
        """Return the deed that begins with the verb ``run`` when its object is one of the entry's, else ``None``."""
        rules, text, entry = self._rules, self._text, deed.entry
        at = run.end()
        past = rules.past_before.search(text[max(0, run.start() - _LONGEST_TITLE) : run.start()]) is not None
        if behind := rules.past_behind.match(text, at):
            past, at = True, behind.end()
        rest = text[at : min(limit, at + _LONGEST_OBJECT)].rstrip()
        if rules.no_object.match(rest):
            return None
        end, own, name = self._object_end(deed, rest)
        if end is None or rest.endswith("的") or (entry.least and rules.slogan.search(rest[:end])):
            return None
        if name is None and len(_PLAIN.sub("", deed.generic.sub("", own))) < entry.least:
            return None
        return _Found(deed, place, run.start(), run.end(), at, at + end, name is not None, past)

    def _object_end(self, deed: Deed, rest: str) -> tuple[int | None, str, str | None]:
        """Return where the object at the beginning of ``rest`` ends, its words before the noun, the name it ends in.

        The noun is the shortest it can be: 大赛 of 技能大赛.
        """
        entry = deed.entry
        if entry.agents:
            agent = self._rules.agent.match(rest)
            return (agent.end(), agent["then"], None) if agent else (None, "", None)
        if deed.head and deed.noun and (found := deed.head.search(rest)):
            start, stop = found.span("head")
            if deed.owner and deed.owner.search(rest, 0, start):
                return None, "", None
            while following := next((i for i in range(start + 1, stop) if deed.noun.fullmatch(rest, i, stop)), None):
                start = following
            return found.end(), rest[:start], found["name"] if entry.named else None
        whole = entry.any and 0 < len(rest) <= _LONGEST_ANY and "的" not in rest
        return (len(rest), rest, None) if whole else (None, "", None)

    def _talked_about(self, found: _Found, passage: Passage) -> bool:
        """Tell whether the clause only names the deed: it's forbidden, a rule on it follows, or it's a condition."""
        rules, text = self._rules, self._text
        clause = passage.clauses[found.place]
        if clause.joined:
            before = passage.clauses[found.place - 1]
            if rules.forbids.search(text, before.start, before.end):
                return True
        following = passage.clauses[found.place + 1] if found.place + 1 < len(passage.clauses) else None
        if following and following.joined and not KEPT.sub("", text[found.end : clause.end]).strip():
            if rules.talked_about.match(text, following.start):
                return True
            rewarded = found.deed.entry.role != "benefit" and rules.rewarded.match(text, following.start)
            if rewarded and self._slots.done_by_a_group(text[clause.start : found.start]):
                return True
        return rules.no_deeds_under.search(clause.label or self._slots.governing(found.start)) is not None

    def _told(self, found: _Found, passage: Passage) -> bool:
        """Tell whether a measure with a figure tells the deed already."""
        if self._within(found.start, found.end):
            return True
        entry, place = found.deed.entry, found.place
        if entry.role != "benefit" or entry.agents:
            return False
        clause = passage.clauses[place]
        if any(m.role != "condition" and m.kind in _GIVEN for m in self._within(clause.start, clause.end)):
            return True
        return any(
            near is not clause
            and self._rules.continues.match(self._text, near.start)
            and any(m.role in _PROMISED for m in self._within(near.start, near.end))
            for near in passage.clauses[max(0, place - 1) : place + 2]
        )

    def _within(self, start: int, end: int) -> list[Measure]:
        """Return the measures with a figure that begin inside a span."""
        return self._figures[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def _measures(self, found: _Found, passage: Passage) -> list[Measure]:
        """Return the measures one deed makes: one, or one for each of the names its object consists of."""
        slots, entry = self._slots, found.deed.entry
        phrase = self._text[found.object_start : found.end]
        role, who = self._role(found, passage)
        measure = Measure(
            start=found.start,
            end=found.end,
            evidence_start=passage.sentence.start,
            evidence_end=passage.sentence.end,
            kind="none",
            rule=f"举措：{entry.name}",
            role=role,
            time=slots.time(found.start, passage.sentence.start),
            item=phrase,
            beneficiary=who,
            condition=slots.condition(passage, found.place) if role == "benefit" else None,
            agency=slots.agency(passage, found.place, found.start),
            instrument=slots.instrument(phrase) if entry.role == "benefit" else None,
            action=self._text[found.start : found.action_end],
            confidence=round(min(1.0, entry.strength + _NAMED * found.named), 2),
        )
        return _by_name(self._text, measure, found.object_start) if found.named else [measure]

    def _role(self, found: _Found, passage: Passage) -> tuple[Role, str | None]:
        """Return the role of a deed and, for a benefit, who gets it."""
        rules, entry, slots = self._rules, found.deed.entry, self._slots
        headings = slots.headings(found.start)
        if found.past or rules.past_heading.search(headings):
            return "fact", None
        if slots.aimed(passage, found.start) or rules.aim_heading.search(headings):
            return "target", None
        if slots.reported(passage, found.start):
            return "fact", None
        if entry.role == "other":
            return "other", None
        who = slots.beneficiary(passage, found.place, found.start, found.object_start, entry=entry)
        return ("other", None) if entry.role == "given" and who is None else ("benefit", who)


def _by_name(text: str, measure: Measure, object_start: int) -> list[Measure]:
    """Return one measure for each name of an object that ends in names: 人才住房“轮候制”“积分制”."""
    opening = text.find("“", object_start, measure.end)
    spans = []
    at = opening
    while at >= 0 and (found := _QUOTED.match(text, at)) and found.end() <= measure.end:
        spans.append((found.start("name") - 1, found.end(), found["name"]))
        at = found.end()
    if not spans or spans[-1][1] != measure.end:
        name = _LAST_NAME.search(text, object_start, measure.end)
        return [replace(measure, instrument=name[1] if name else None)]
    first = replace(measure, end=spans[0][1], item=text[object_start : spans[0][1]], instrument=spans[0][2])
    return [first, *(replace(measure, start=s, end=e, item=name, instrument=name) for s, e, name in spans[1:])]
