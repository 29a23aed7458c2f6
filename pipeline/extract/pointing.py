"""Candidates for the words that fill a slot of a measure, and the features they are chosen by (``pointer.py``).

A candidate is a span between two word borders, without a clause mark inside, in the measure's sentence or a little
before it, a span chosen for a measure before, or the head of the table's column. Its score is a sum of weights of
features of its start, of its end and of the span itself; "nothing" is a candidate too. This is a conditional
maximum-entropy model over candidates (Berger, Della Pietra and Della Pietra 1996).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.extract.borders import CLOSING, LONGEST, OPENING
from pipeline.extract.page import CLAUSE_MARKS, Page
from pipeline.extract.span_cues import gap_features, line_features, next_figure_features, unit_features

Span = tuple[int, int]
Weights = Mapping[str, float]

_LOOSE = frozenset("、：: \u3000")
_LOOSE_ENDS = _LOOSE | frozenset("“《（(")
_DIGIT = re.compile(r"\d")
# words for those who get something
_TAKER = re.compile(r"企业|单位|个人|人才|机构|人员|项目|团队|组织|者(?![，。])")
_SHORT, _FURTHEST = 6, 400
_LONGEST_QUOTE = 24
_OPEN_QUOTE = re.compile(r"[“《](?![^“《]*[”》\"])")
_CLOSED_QUOTE = re.compile(r"[^”》\"“《，,。；;！!？?\n\t\d]*[”》\"]")
MOST_FIGURES, MOST_TAKERS = 3, 2
_SIZES = (4, 5, 8, 12, 18, 26, 40, 60, 90)


class Asked(NamedTuple):
    """What is looked for: a slot of the measure whose list of figures runs from ``list_start`` to ``list_end``.

    ``low`` and ``high`` are where the search begins and ends; ``kind`` and ``role`` are the measure's; ``place`` its
    place in the list from 0; ``before`` spans chosen for the measures before, the latest first; ``tiers`` the
    coordinate groups before the list that have as many members as the list; ``head`` the head of its table's column;
    ``unit`` the measure's unit; ``told``: the words beside the list tell where to look.
    """

    list_start: int
    list_end: int
    low: int
    high: int
    kind: str
    role: str
    place: int = 0
    before: tuple[Span, ...] = ()
    tiers: tuple[tuple[Span, ...], ...] = ()
    head: Span | None = None
    unit: str = ""
    told: bool = False

    @property
    def elsewhere(self) -> list[Span]:
        """Spans that are candidates wherever they stand."""
        return list(dict.fromkeys(self.before if self.head is None else (*self.before, self.head)))


def candidates(page: Page, asked: Asked) -> Iterator[Span]:
    """Yield every span that may fill the slot: those in reach, then those chosen before and the column's head."""
    places = page.places(asked.low, asked.list_start) + page.places(asked.list_end, asked.high)
    seen: set[Span] = set()
    for index, start in enumerate(places):
        for end in _ends(page, asked, places, index):
            seen.add((start, end))
            yield start, end
    for span in asked.elsewhere:
        if span not in seen:
            yield span


def _ends(page: Page, asked: Asked, places: list[int], index: int) -> list[int]:
    """Return where spans that start at the ``index``-th of ``places`` may end."""
    text, start = page.text, places[index]
    if not may_begin(text[start : start + 1]):
        return []
    stop = min(page.limit(start), start + LONGEST)
    if start < asked.list_end:
        stop = min(stop, asked.list_start)
    return [end for end in places[index + 1 : bisect_right(places, stop)] if may_end(text[end - 1])]


def may_begin(character: str) -> bool:
    """Tell whether a span may begin with ``character``."""
    return character.isalnum() or character in OPENING


def may_end(character: str) -> bool:
    """Tell whether a span may end with ``character``: never with a quote it opens, so that no mark stands alone."""
    return character.isalnum() or character in CLOSING


def size(n: int) -> int:
    """Return a coarse size of ``n`` characters."""
    return n if n < _SIZES[0] else _SIZES[0] + bisect_left(_SIZES, n, 1) - 1


def place_features(page: Page, at: int) -> tuple[list[str], list[str]]:
    """Return the features of ``at`` as a start and as an end that don't depend on the measure."""
    text = page.text
    before, behind = page.word_before(at), page.word_behind(at)
    second, third = page.word_behind(at + len(behind)), page.word_before(at - len(before))
    last = text[at - 1 : at] if at else ""
    starts = [f"s-{before}", f"s+{behind}", f"s+{behind}{second}", f"sc{last}", f"s-{third}{before}"]
    ends = [f"e-{before}", f"e+{behind}", f"ec{last}", f"ed{text[max(0, at - 2) : at]}", f"e+{behind}{second}"]
    return starts, [*ends, f"en{text[at : at + 1]}"]


class Grid(NamedTuple):
    """How a place lies to the measure asked about, in few values.

    ``behind`` the list or before it; so many ``clauses`` and ``segments`` away, ``far`` a coarse distance;
    ``edge``: a clause begins here; ``stop``: a clause or the list ends here; ``openers``: so many between.
    """

    behind: bool
    clauses: int
    segments: int
    far: int
    edge: bool
    stop: bool
    openers: int


def grid(page: Page, at: int, asked: Asked) -> Grid:
    """Return how ``at`` lies to the measure."""
    text = page.text
    behind = at >= asked.list_end
    low, high = (asked.list_end, at) if behind else (at, asked.list_start)
    clauses, segments = page.marks_between(low, high)
    edge = at == 0 or text[at - 1] in CLAUSE_MARKS
    stop = at == asked.list_start or text[at : at + 1] in CLAUSE_MARKS
    openers = 9 if behind else min(3, page.openers_between(at, asked.list_start))
    return Grid(behind, min(clauses, 3), min(segments, 2), size(high - low), edge, stop, openers)


def grid_features(where: Grid, role: str, kind: str) -> tuple[list[str], list[str]]:
    """Return the features of a place as a start and as an end that follow from how it lies."""
    side = "A" if where.behind else "B"
    at = f"{side}{where.clauses}{where.segments}"
    shared = (f"{at}{role}", f"{at}{kind}", f"{side}{where.far}{role}", f"{at[:2]}{where.far}{kind}")
    starts, ends = [f"S{x}" for x in shared], [f"E{x}" for x in shared]
    starts += [f"S{where.edge:d}{at}{role}", f"So{where.openers}{role}"]
    ends += [f"E{where.stop:d}{at}{role}", f"Eo{where.openers}{role}"]
    return starts, ends


def word_features(page: Page, at: int, where: Grid) -> tuple[list[str], list[str]]:
    """Return the features of ``at`` as a start and as an end that join its words to how it lies."""
    word, text = page.word_before(at), page.text
    place = f"{'A' if where.behind else 'B'}{where.clauses}{where.segments}"
    starts = [f"S{place}-{word}", f"So{where.openers}{word}"]
    return starts, [f"E{place}+{text[at : at + 1]}", f"Eo{where.openers}{text[max(0, at - 1) : at]}"]


def length_features(length: int, role: str, kind: str) -> list[str]:
    """Return the features of a span's length in characters."""
    return [f"l{size(length)}{role}", f"l{size(length)}{kind}"]


def span_features(page: Page, span: Span, asked: Asked) -> list[str]:
    """Return the features of a whole span but for its length."""
    words = page.text[span[0] : span[1]]
    side, figures, takers = between(page, span, asked)
    features = [*whole_features(page, span), *between_features(side, figures, takers, asked.role)]
    features += line_features(page, span, asked.list_start, asked.role)
    features += unit_features(page, span, asked.list_end, asked.unit, asked.role)
    features += gap_features(page, span, asked.list_start, asked.list_end, asked.kind)
    features += side_features(page, span, asked) if asked.told else []
    if span[1] > asked.list_start:
        features += next_figure_features(page, span[1], asked.role)
    features += [f"{mark}{asked.role}" for mark in marks_in(words)]
    features += [name for said, names in again_features(page, asked) if said == words for name in names]
    return [*features, *special_features(span, asked)]


def whole_features(page: Page, span: Span) -> list[str]:
    """Return what the words of ``span`` are as a whole, and what stands on both sides of it."""
    start, end = span
    text = page.text
    (before, first), (last, _) = page.around(start), page.around(end)
    features = [f"w{before}_{text[end : end + 1]}", f"w{first}~{last}"]
    if end - start <= _SHORT:
        features.append(f"w{text[start:end]}")
    if _TAKER.fullmatch(text, start, end):
        clause = text.rfind("对", max(0, start - 100), start)
        said = "0" if clause < 0 else "1" if page.marks_between(clause, start)[1] == 0 else "2"
        features += [f"bare{said}", f"bare{said}{text[start:end]}"]
    return features


def marks_in(words: str) -> str:
    """Return which marks of a longer phrase ``words`` have: 的, a conjunction (、), a digit (9)."""
    joined = "、" in words or "和" in words or "或" in words
    return ("的" if "的" in words else "") + ("、" if joined else "") + ("9" if _DIGIT.search(words) else "")


def between(page: Page, span: Span, asked: Asked) -> tuple[str, int, int]:
    """Return on which side of the list of figures ``span`` stands, and how many figures and takers stand between."""
    start, end = span
    before = end <= asked.list_start
    low, high = (end, asked.list_start) if before else (asked.list_end, start)
    low = max(low, high - _FURTHEST)
    figures, takers = page.figures_between(low, high), page.takers_between(low, high, MOST_TAKERS)
    return "B" if before else "A", min(MOST_FIGURES, figures), takers


def side_features(page: Page, span: Span, asked: Asked) -> list[str]:
    """Return where ``span`` stands together with the words beside the list, which often tell: 新增|20家, 达到|30%."""
    start, end = span
    behind = end > asked.list_start
    low, high = (asked.list_end, start) if behind else (end, asked.list_start)
    clauses, segments = page.marks_between(low, high)
    at = f"{'A' if behind else 'B'}{min(clauses, 3)}{min(segments, 2)}"
    before, after = page.around(asked.list_start)[0], page.around(asked.list_end)[1]
    return [f"q-{before}{at}", f"q+{after}{at}", f"q-{before}{at}{asked.role}", f"q+{after}{at}{asked.role}"]


def between_features(side: str, figures: int, takers: int, role: str) -> list[str]:
    """Return the features of what stands between a span and the list of figures."""
    return [f"f{side}{figures}{role}", f"f{side}{takers}k{role}", f"f{side}{figures}{takers}"]


def again_features(page: Page, asked: Asked) -> list[tuple[str, list[str]]]:
    """Return the words of the spans chosen just before, with the features of saying them again."""
    found = []
    for place, earlier in enumerate(asked.before[:2]):
        segments = min(3, page.marks_between(earlier[1], asked.list_start)[1])
        names = [f"{asked.role}", f"{segments}{asked.role}", f"{asked.place > 0:d}{asked.kind}"]
        found.append((page.text[earlier[0] : earlier[1]], [f"again{place}{name}" for name in names]))
    return found


def special_features(span: Span, asked: Asked) -> list[str]:
    """Return how ``span`` lies to the coordinate groups and to the head of the column."""
    features: list[str] = []
    for group in asked.tiers:
        features += _tier_features(span, group, asked)
    if asked.head is not None:
        at = "=" if span == asked.head else "<" if span[1] <= asked.head[0] else ">"
        features += [f"h{at}", f"h{at}{asked.role}", f"h{at}{asked.kind}"]
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
        f"0b{bool(asked.before):d}{r}",
        f"0u{asked.unit}{r}",
        f"0-{page.word_before(asked.list_start)}",
        f"0+{page.word_behind(asked.list_end)}",
    ]


def with_role(features: Sequence[str], role: str) -> list[str]:
    """Return ``features`` and each once more together with ``role``."""
    return [*features, *(feature + role for feature in features)]


def question(page: Page, at: int, asked: Asked) -> tuple[list[str], list[str]]:
    """Return all features of ``at`` as a start and as an end."""
    where = grid(page, at, asked)
    parts = (place_features(page, at), grid_features(where, asked.role, asked.kind), word_features(page, at, where))
    starts, ends = zip(*parts, strict=True)
    return with_role(starts[0], asked.role) + starts[1] + starts[2], with_role(ends[0], asked.role) + ends[1] + ends[2]


def tidied(text: str, span: Span) -> Span:
    """Return ``span`` with whole quotes, without a label (摘要：…), and without marks and open brackets at its ends."""
    start, end = span
    words = text[start:end]
    if "：" in words or ":" in words:
        colon = max(text.rfind("：", start, end), text.rfind(":", start, end)) + 1
        start = colon if colon < end else start
    for bracket, closing in (("（", "）"), ("(", ")")):
        opened = text.rfind(bracket, start, end) if bracket in words else -1
        if opened >= 0 and text.find(closing, opened, end) < 0:
            # the figure stands in the brackets too: 结构性矛盾（人才缺口率42%）
            start, end = (opened + 1, end) if opened + 1 < end else (start, opened)
    if quote := _OPEN_QUOTE.search(text, start, end):
        closed = _CLOSED_QUOTE.match(text, end, quote.start() + _LONGEST_QUOTE)
        end = closed.end() if closed else end
    while start < end - 1 and text[start] in _LOOSE:
        start += 1
    while start < end - 1 and text[end - 1] in _LOOSE_ENDS:
        end -= 1
    return start, end
