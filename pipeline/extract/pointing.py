"""Points at the words that fill a slot of a measure: a learned choice among the spans around its figure.

A candidate is a span between two word borders, without a clause mark inside, in the measure's sentence or a little
before it, or a span chosen for a measure before. Its score is a sum of weights of features of its start, of its end
and of the span itself; "nothing" is a candidate too. This is a conditional maximum-entropy model over candidates
(Berger, Della Pietra and Della Pietra 1996). Starts and ends are scored once each, so that many spans are cheap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp

from pipeline.extract.page import CLAUSE_MARKS, Page

Span = tuple[int, int]
Weights = Mapping[str, float]

LONGEST = 30
_AHEAD, _BACK = 36, 150
# how many spans of the best starts and ends are looked at whole
_FINALISTS = 16
_CLOSE = frozenset("）)》”")
_OPENER = re.compile(r"对|给予|奖励|补助|支持|鼓励|凡|获得|认定")
_AND = re.compile(r"、|和(?!谐|平)|以及|及(?!以|其|格)|与|或者?|[/／]")
_DIGIT = re.compile(r"\d")
_SIZES = (4, 5, 8, 12, 18, 26, 40, 60, 90)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: a slot of the measure whose list of figures runs from ``list_start`` to ``list_end``.

    ``floor`` is where the search may begin; ``kind`` and ``role`` are the measure's; ``place`` its place in the list
    from 0; ``before`` spans chosen for the measures before, the latest first; ``tiers`` the coordinate groups before
    the list that have as many members as the list; ``rule`` is the span a grammar proposes.
    """

    list_start: int
    list_end: int
    floor: int
    kind: str
    role: str
    place: int = 0
    before: tuple[Span, ...] = ()
    tiers: tuple[tuple[Span, ...], ...] = ()
    rule: Span | None = None


def coordinated(page: Page, low: int, at: int, n: int) -> tuple[tuple[Span, ...], ...]:
    """Return the groups of ``n`` coordinate members (A类、B类、C类人才) in the clauses from ``low`` to ``at``."""
    groups: list[tuple[Span, ...]] = []
    start = low
    while start < at:
        stop = min(page.clause_end(start), at)
        borders = [start, *(border for found in _AND.finditer(page.text, start, stop) for border in found.span()), stop]
        parts = tuple(zip(borders[::2], borders[1::2], strict=True))
        if len(parts) == n and all(b > a for a, b in parts):
            groups.append(parts)
            # 认定的A类、B类: what all share stands before the first only
            if (first := page.text.rfind("的", *parts[0])) >= 0:
                groups.append(((first + 1, parts[0][1]), *parts[1:]))
        start = stop + 1
    return tuple(groups)


def candidates(page: Page, asked: Asked) -> Iterator[Span]:
    """Yield every span that may fill the slot."""
    text = page.text
    low = max(asked.floor, asked.list_start - _BACK)
    places = page.places(low, asked.list_start)
    places += page.places(asked.list_end, min(len(text), asked.list_end + _AHEAD))
    seen: set[Span] = set()
    for index, start in enumerate(places):
        if text[start : start + 1] in _CLOSE:
            continue
        stop = min(page.clause_end(start), start + LONGEST)
        if start < asked.list_end:
            stop = min(stop, asked.list_start)
        for end in places[index + 1 :]:
            if end > stop:
                break
            if end - start > 1 or text[start].isalnum():
                seen.add((start, end))
                yield start, end
    for span in (*asked.before, *((asked.rule,) if asked.rule else ())):
        if span not in seen:
            seen.add(span)
            yield span


def size(n: int) -> int:
    """Return a coarse size of ``n`` characters."""
    return n if n < _SIZES[0] else _SIZES[0] + sum(n > limit for limit in _SIZES[1:])


def place_features(page: Page, at: int) -> tuple[list[str], list[str]]:
    """Return the features of ``at`` as a start and as an end that don't depend on the measure."""
    text = page.text
    before, behind = page.word_before(at), page.word_behind(at)
    second, third = page.word_behind(at + len(behind)), page.word_before(at - len(before))
    last = text[at - 1 : at] if at else ""
    starts = [f"s-{before}", f"s+{behind}", f"s+{behind}{second}", f"sc{last}", f"s-{third}{before}"]
    ends = [f"e-{before}", f"e+{behind}", f"ec{last}", f"ed{text[max(0, at - 2) : at]}", f"e+{behind}{second}"]
    return starts, [*ends, f"en{text[at : at + 1]}"]


def asked_features(page: Page, at: int, asked: Asked) -> tuple[list[str], list[str]]:
    """Return the features of ``at`` as a start and as an end that tell how it lies to the measure."""
    text, r, k = page.text, asked.role, asked.kind
    behind = at >= asked.list_end
    low, high = (asked.list_end, at) if behind else (at, asked.list_start)
    clauses, segments = page.marks_between(low, high)
    side = "A" if behind else "B"
    where, far = f"{side}{min(clauses, 3)}{min(segments, 2)}", size(high - low)
    last, first = text[at - 1 : at] if at else "\n", text[at : at + 1]
    edge, stop = last in CLAUSE_MARKS, first in CLAUSE_MARKS or at == asked.list_start
    openers = 9 if behind else min(3, len(_OPENER.findall(text, at, asked.list_start)))
    word = page.word_before(at)
    shared = (f"{where}{r}", f"{where}{k}", f"{side}{far}{r}", f"{where[:2]}{far}{k}")
    starts = [f"S{x}" for x in shared]
    ends = [f"E{x}" for x in shared]
    starts += [f"S{edge:d}{where}{r}", f"S{where}-{word}", f"So{openers}{r}", f"So{openers}{word}"]
    ends += [f"E{stop:d}{where}{r}", f"E{where}+{first}", f"Eo{openers}{r}", f"Eo{openers}{last}"]
    return starts, ends


def length_features(length: int, asked: Asked) -> list[str]:
    """Return the features of a span's length in characters."""
    return [f"l{size(length)}{asked.role}", f"l{size(length)}{asked.kind}"]


def span_features(page: Page, span: Span, asked: Asked) -> list[str]:
    """Return the features of a whole span but for its length."""
    words, r = page.text[span[0] : span[1]], asked.role
    features = []
    if "的" in words:
        features.append(f"的{r}")
    if "、" in words or "和" in words or "或" in words:
        features.append(f"、{r}")
    if _DIGIT.search(words):
        features.append(f"9{r}")
    if asked.rule is not None:
        features.append(f"rule{span == asked.rule:d}{r}")
        if span[0] == asked.rule[0]:
            features.append("rule<")
        if span[1] == asked.rule[1]:
            features.append("rule>")
    for place, earlier in enumerate(asked.before[:2]):
        if page.text[earlier[0] : earlier[1]] == words:
            segments = min(3, page.marks_between(earlier[1], asked.list_start)[1])
            features += [f"again{place}{r}", f"again{place}{segments}{r}", f"again{place}{asked.place > 0:d}{asked.kind}"]
    for group in asked.tiers:
        features += _tier_features(span, group, asked)
    return features


def _tier_features(span: Span, group: tuple[Span, ...], asked: Asked) -> list[str]:
    """Return how ``span`` lies to the members of a coordinate group that may share the list's figures out."""
    (start, end), own = span, group[asked.place]
    features = []
    if end == own[1]:
        features += [f"t]{len(group)}{start == own[0]:d}", f"t]{asked.role}"]
    if start == own[0]:
        features += [f"t[{end == own[1]:d}", f"t[{asked.role}"]
    if span in group and span != own:
        features.append("t!")
    if start <= group[0][0] and end >= group[-1][1]:
        features.append(f"t*{asked.role}")
    return features


def nothing_features(page: Page, asked: Asked) -> list[str]:
    """Return the features of the choice of no span."""
    r = asked.role
    return [
        "0",
        f"0{r}",
        f"0{asked.kind}{r}",
        f"0r{asked.rule is not None:d}{r}",
        f"0b{bool(asked.before):d}{r}",
        f"0-{page.word_before(asked.list_start)}",
        f"0+{page.word_behind(asked.list_end)}",
    ]


def with_role(features: Sequence[str], role: str) -> list[str]:
    """Return ``features`` and each once more together with ``role``."""
    return [*features, *(feature + role for feature in features)]


class Pointer:
    """Chooses spans of one page by weights."""

    def __init__(self, weights: Weights, page: Page) -> None:
        """Keep ``weights``, by feature, and the scores of the places of ``page`` as they are found."""
        self._weights = weights
        self._page = page
        self._places: dict[tuple[int, str], tuple[float, float]] = {}

    def choose(self, asked: Asked) -> tuple[Span | None, float]:
        """Return the most likely span, ``None`` for nothing, and its probability."""
        page = self._page
        lengths = [self._sum(length_features(length, asked)) for length in range(LONGEST + 1)]
        at: dict[int, tuple[float, float]] = {}
        drafts: list[tuple[float, Span]] = []
        for span in candidates(page, asked):
            start, end = span
            starts = at.get(start) or at.setdefault(start, self._place(start, asked))
            ends = at.get(end) or at.setdefault(end, self._place(end, asked))
            drafts.append((starts[0] + ends[1] + lengths[min(end - start, LONGEST)], span))
        drafts.sort(reverse=True)
        special = {*asked.before, asked.rule, *(span for group in asked.tiers for span in group)}
        choices: list[tuple[float, Span | None]] = [(self._sum(nothing_features(page, asked)), None)]
        for rank, (score, span) in enumerate(drafts):
            if rank < _FINALISTS or span in special:
                score += self._sum(span_features(page, span, asked))
            choices.append((score, span))
        top, best = max(choices, key=lambda choice: choice[0])
        return best, 1 / sum(exp(score - top) for score, _ in choices)

    def _sum(self, features: Sequence[str]) -> float:
        get = self._weights.get
        return sum([get(feature, 0.0) for feature in features])

    def _place(self, at: int, asked: Asked) -> tuple[float, float]:
        """Return the scores of ``at`` as a start and as an end."""
        key = at, asked.role
        if (fixed := self._places.get(key)) is None:
            starts, ends = place_features(self._page, at)
            fixed = self._sum(with_role(starts, asked.role)), self._sum(with_role(ends, asked.role))
            self._places[key] = fixed
        starts, ends = asked_features(self._page, at, asked)
        return fixed[0] + self._sum(starts), fixed[1] + self._sum(ends)
