"""What a measure without a figure says beside its deed: for whom, on what condition, by whom, when, with what."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from pipeline.core.layers import Section, Sentence
from pipeline.extract.clauses import Clause, Lines
from pipeline.extract.data import DeedEntry
from pipeline.extract.deed_rules import DeedRules
from pipeline.extract.when import Times

_LONGEST = 30
_BACK, _REACH = 3, 160
_TO = re.compile(
    r"(?:对于?|为|给予?|向|面向|针对|支持|帮助|协助)(?P<who>[^，。；、：]{1,60}?(?:、[^，。；、：]{1,30}){0,4})$"
)
_LEADS = re.compile(r"^(?:符合条件的|满足条件的|凡|每[位名个家]|其|各类|广大|所有|我[市省县区]|全[市省县区])+")
_THEIR_DEED = re.compile(r"(?:创新创业|创业|就业|创新|发展|投资|融资|生活|入学|就医|转型)+$")
_FUNDS = ("基金", "资金")
_NO_GROUP = re.compile(r"[由在以按从经通其将把于该对为向]|向[^，]{0,4}申请")
_FIGURE = re.compile(r"\d")
_CONDITION = re.compile(r"^(?:对于?|凡是?|如|若|经|其中)?(?P<words>.{3,80}?)的$")
_IN_CHARGE = re.compile(
    r"由(?P<who>[^，。；]{2,30}?(?:局|厅|部|委|办|部门|中心|政府|委员会|单位|机构|企业|院|公司|协会|小组|办公室))(?=会同|牵头|负责|组织|统筹|具体|承担|联合|按|根据|依|对|为|给|予|帮|提|代|建|制|另|参|审|核|认|发|定|实|推|编|安|优|开|选|协|$)"
)
_AGENCY = re.compile(
    r"^(?:[一二三四五六七八九十]是|第[一二三四五六七八九十百\d]+条|[（(][一二三四五六七八九十\d]+[）)]|\d+[.．、]|同时|此外|另外|\s)*(?P<who>[^，。；：的由对经为在以与就通\s]{0,20}?(?:局|厅|委|部|部门|政府|委员会|办公室|管委会|党委|领导小组|法院|银行|中心|协会|联合会|主管部门|单位|机构|国家|国务院|各地|各级))(?:要|应当?|须|负责|牵头|会同[^，。；]{2,20}|可以?|将|依法|定期|[、和及与]?(?:各)?(?:有关|相关)?(?:部门|单位)|\s)*$"
)
_SUBJECT_TAIL = re.compile(
    r"(?:可以?|均?可|能|应当?|按规定|依法|优先|同等|给予|享受|将|还|也|均|都|直接|继续|经.{2,10})+$"
)


class Passage:
    """A sentence with its clauses, and where it says that it reports or aims (looked up once, when asked for)."""

    def __init__(self, sentence: Sentence, clauses: tuple[Clause, ...]) -> None:
        """Keep the clauses."""
        self.sentence = sentence
        self.clauses = clauses
        self._first: dict[str, int] = {}

    def says_before(self, at: int, words: re.Pattern[str], text: str) -> bool:
        """Tell whether the sentence has one of ``words`` before offset ``at``."""
        first = self._first.get(words.pattern)
        if first is None:
            found = words.search(text, self.sentence.start, self.sentence.end)
            first = self._first[words.pattern] = found.start() if found else len(text)
        return first < at


class Slots:
    """Reads the slots of deeds in one document."""

    def __init__(self, text: str, outline: tuple[Section, ...], times: Times, rules: DeedRules) -> None:
        """Index the sections, the lines of lists and the labels of agencies."""
        self._text = text
        self._rules = rules
        self._outline = outline
        self._starts = [section.start for section in outline]
        self._times = times
        self._lines = Lines(text)
        self._labels = list(rules.labels.finditer(text))
        self._label_starts = [label.start() for label in self._labels]

    def governing(self, at: int) -> str:
        """Return the line that governs the list of lines around ``at``; empty when there is none."""
        return self._lines.governing[bisect_right(self._lines.starts, at) - 1]

    def time(self, at: int, sentence_start: int) -> str | None:
        """Return the time the sentence ties the deed to, as for measures with a figure."""
        return self._times.at(at, sentence_start)

    def reported(self, passage: Passage, at: int) -> bool:
        """Tell whether the sentence says before ``at`` that it reports."""
        return passage.says_before(at, self._rules.past_sentence, self._text)

    def aimed(self, passage: Passage, at: int) -> bool:
        """Tell whether the sentence says before ``at`` that it sets an aim."""
        return passage.says_before(at, self._rules.aim, self._text)

    def headings(self, at: int) -> str:
        """Return the headings above offset ``at``, innermost first, joined by line breaks."""
        return "\n".join(section.heading for section in self._sections(at))

    def _sections(self, at: int) -> list[Section]:
        """Return the sections around offset ``at``, innermost first."""
        index: int | None = bisect_right(self._starts, at) - 1
        found = []
        while index is not None and index >= 0:
            section = self._outline[index]
            if section.start <= at < section.end:
                found.append(section)
            index = section.parent
        return found

    def beneficiary(self, passage: Passage, place: int, start: int, behind: int, *, entry: DeedEntry) -> str | None:
        """Return who gets something, or ``None``.

        In this order: whom 对…, 为… names before the verb in its clause; the group the object begins with; the 对…
        phrase or the subject of a clause before. Of a deed that is only ``given`` the first will do.
        """
        text, rules = self._text, self._rules
        clause = passage.clauses[place]
        before = rules.leads.sub("", text[clause.start : start])
        if who := self._whom(before):
            return who
        if entry.role == "given":
            return None
        if found := rules.agent.match(text[behind : clause.end]):
            return _bare(found["who"])
        if entry.whom and (found := rules.receiver.match(text, behind, clause.end)):
            return _bare(found["who"])
        if who := self._group(_SUBJECT_TAIL.sub("", before)):
            return who
        for words in self._before(passage, place):
            who = None if words.endswith("的") else self._whom(words) or self._group(words)
            if who:
                return who
        return None

    def done_by_a_group(self, before: str) -> bool:
        """Tell whether what stands before a verb is a group that does it: no 鼓励…, no 为…."""
        subject = self._rules.leads.sub("", before)
        return self._group(subject) is not None and not self._rules.opening.match(subject) and not _TO.search(subject)

    def _before(self, passage: Passage, place: int) -> Iterator[str]:
        """Yield the ends of the clauses before ``place`` in its part of the sentence, the nearest first."""
        for at in range(place, max(0, place - _BACK), -1):
            if not passage.clauses[at].joined:
                return
            before = passage.clauses[at - 1]
            yield self._text[max(before.start, before.end - _REACH) : before.end]

    def _whom(self, phrase: str) -> str | None:
        """Return the group of the 对… phrase that ends ``phrase``, or ``None``."""
        found = _TO.search(phrase)
        return self._group(_THEIR_DEED.sub("", found["who"]), whom=True) if found else None

    def _group(self, phrase: str, *, whom: bool = False) -> str | None:
        """Return ``phrase`` as the name of a group when it ends in one, without figures, at most 30 characters."""
        phrase = _bare(phrase)
        if phrase.endswith(_FUNDS):
            return None
        ends = [m for m in self._rules.group.finditer(phrase) if m.end() == len(phrase)]
        if not ends or (not whom and (_NO_GROUP.match(phrase) or self._rules.verbs.match(phrase))):
            return None
        if len(phrase) > _LONGEST or _FIGURE.search(phrase):
            phrase = re.split(r"的(?=[^的]{2,30}$)", phrase)[-1]
        return phrase if 2 <= len(phrase) <= _LONGEST and not _FIGURE.search(phrase) else None

    def condition(self, passage: Passage, place: int) -> str | None:
        """Return the words of the condition right before the deed: 对…的，, or ``None``."""
        for words in self._before(passage, place):
            if found := _CONDITION.match(words):
                return found["words"]
        return None

    def agency(self, passage: Passage, place: int, start: int) -> str | None:
        """Return who is to do it: 由…, the subject of its clause or of the sentence, else the section's 责任单位."""
        text, clauses = self._text, passage.clauses
        before = text[clauses[place].start : start]
        if found := _IN_CHARGE.search(before) or self._subject(before):
            return found["who"]
        if place:
            last, first = clauses[place - 1], clauses[0]
            if found := _IN_CHARGE.search(text, max(last.start, last.end - _REACH), last.end):
                return found["who"]
            if first.end - first.start <= _REACH and (found := self._subject(text[first.start : first.end])):
                return found["who"]
        sections = self._sections(start)
        stop = sections[0].end if sections else passage.sentence.end
        index = bisect_left(self._label_starts, start)
        if index < len(self._labels) and self._labels[index].start() < stop:
            return self._labels[index]["who"].strip(" ，,；")
        return None

    def _subject(self, before: str) -> re.Match[str] | None:
        """Return the match of an agency that ``before`` consists of."""
        found = _AGENCY.match(self._rules.leads.sub("", before))
        if found is None or self._rules.verbs.search(found["who"]) or self._rules.leading.match(found["who"]):
            return None
        return found

    def instrument(self, phrase: str) -> str | None:
        """Return the last instrument that an object names, or ``None``."""
        names = [found[0] for found in self._rules.instrument.finditer(phrase)]
        return names[-1] if names else None


def _bare(phrase: str) -> str:
    """Return the words of a group without what only leads to it."""
    return _LEADS.sub("", phrase.strip()).strip("的 ")
