"""Coordinate groups that share out a list of figures: which member is whose, and what each is called.

对国家级、省级、市级企业技术中心分别给予100万元、50万元、20万元: the second figure is of 省级, in full 省级企业技术中心.
"""

from __future__ import annotations

import re

from pipeline.extract.page import Page
from pipeline.extract.pointing import Asked, Span

_AND = re.compile(r"、|和(?!谐|平)|以及|及(?!以|其|格)|与|或者?|[/／]")
_QUOTED = re.compile(r"“([^“”\n]{1,16})”")
_QUOTES = re.compile(rf"{_QUOTED.pattern}(?:(?:{_AND.pattern})?{_QUOTED.pattern})+")
_FIGURE = re.compile(r"\s*[\d.,]+(?:[-—–~～至][\d.,]+)?\s*(?:[%％‰]|[万亿]?元)?\s*")
_NUMBERED = re.compile(r"\s*\d\s?[类档级等层]")
_AND_QUOTES = re.compile(rf"{_AND.pattern}|(?<=”)(?=“)")
_SENTENCE = re.compile(r"[。；;\n]")


def coordinated(page: Page, low: int, at: int, n: int) -> tuple[tuple[Span, ...], ...]:
    """Return the groups of ``n`` coordinate members (A类、B类、C类人才) in the clauses from ``low`` to ``at``."""
    groups: list[tuple[Span, ...]] = []
    start = low
    while start < at:
        stop = min(page.clause_end(start), at)
        parts = _members(page.text, start, stop, n)
        if parts:
            groups.append(parts)
            # 认定的A类、B类: what all share stands before the first only
            if (first := page.text.rfind("的", *parts[0])) >= 0:
                groups.append(((first + 1, parts[0][1]), *parts[1:]))
        start = stop + 1
    return tuple(groups)


def _members(text: str, start: int, stop: int, n: int) -> tuple[Span, ...]:
    """Return the ``n`` coordinate members of a clause, quotes side by side as members too; empty for another number.

    Figures are no members (按房价的20%、15%), unless they number classes (1、2、3类人才).
    """
    for mark in (_AND, _AND_QUOTES):
        borders = [start, *(border for found in mark.finditer(text, start, stop) for border in found.span()), stop]
        parts = tuple(zip(borders[::2], borders[1::2], strict=True))
        if len(parts) == n and all(b > a for a, b in parts):
            figures = any(_FIGURE.fullmatch(text, *part) for part in parts)
            return () if figures and not _NUMBERED.match(text, parts[-1][0]) else parts
    return ()


def own_tier(page: Page, span: Span, asked: Asked, n: int) -> Span:
    """Return the member of a coordinate group a measure's place in its list falls to, where ``span`` holds others too.

    对A、B、C类人才分别给予30万元、20万元、10万元: the second is B's, though the words chosen are of all three.
    ``n`` is how many figures the list has. Names of tiers side by side are shared out whichever was chosen. Nothing
    is shared out where as many thresholds stand between: 商会、协会达到1000万元、1亿元的分别奖励….
    """
    if n < 2 or _by_thresholds(page, span, asked, n):
        return span
    for group in (*asked.tiers, _members(page.text, *span, n)):
        held = [member for member in group if span[0] < member[1] and member[0] < span[1]]
        if len(held) > 1 and (own := group[asked.place]) in held and group[0][0] <= span[0] <= span[1] <= group[-1][1]:
            return max(own[0], span[0]), min(own[1], span[1])
    for group in _tier_runs(page, asked.low, asked.list_start, n):
        if group[0][0] <= span[0] and span[1] <= _end_of_noun(page, group[-1]):
            return group[asked.place]
    for group in _quote_runs(page.text, asked.low, asked.list_start, n):
        if group[0][0] <= span[0] + 1 and span[1] <= page.limit(group[-1][1] + 1):
            return group[asked.place]
    return span


def _quote_runs(text: str, low: int, high: int, n: int) -> list[tuple[Span, ...]]:
    """Return the runs of ``n`` names in quotes side by side (“A”“B”) from ``low`` to ``high``, nearest first."""
    found = _QUOTES.finditer(text, low, high)
    runs = [tuple(name.span(1) for name in _QUOTED.finditer(text, *run.span())) for run in found]
    return [run for run in reversed(runs) if len(run) == n]


def _by_thresholds(page: Page, span: Span, asked: Asked, n: int) -> bool:
    """Tell whether ``n`` figures stand in one sentence between a span and the list."""
    if page.figures_between(span[1], asked.list_start) != n:
        return False
    return _SENTENCE.search(page.text, span[1], asked.list_start) is None


def _tier_runs(page: Page, low: int, high: int, n: int) -> list[tuple[Span, ...]]:
    """Return the runs of ``n`` names of tiers (国家级、省级和市级) from ``low`` to ``high``, nearest first."""
    runs = []
    for tier in page.rules.tiers:
        for found in tier.run.finditer(page.text, low, high):
            members = tuple(member.span() for member in tier.own.finditer(page.text, *found.span()))
            if len(members) == n:
                runs.append(members)
    return sorted(runs, reverse=True)


def _end_of_noun(page: Page, last: Span) -> int:
    """Return where the noun behind the last of the tiers ends, the tier's own end without one."""
    tiers = page.rules.tiers
    found = next((found for tier in tiers if (found := tier.shared.match(page.text, last[0]))), None)
    return found.end() if found else last[1]


def called(page: Page, span: Span) -> str | None:
    """Return what the tier at ``span`` is called in full: with the noun that the last of the coordinate tiers has.

    国家级 of 国家级、省级企业技术中心 is 国家级企业技术中心; as printed where it's no bare tier or no noun follows.
    ``None`` for a level of government that is no tier of anything: 市级每年遴选20个项目.
    """
    text, rules = page.text, page.rules
    words = text[slice(*span)]
    for tier in rules.tiers:
        if tier.own.fullmatch(words):
            if found := tier.shared.match(text, span[0]):
                return f"{found['own']}{found['ending'] or found['last'] or ''}{found['noun']}"
            return words if not tier.level or rules.stands_alone.match(text, span[1]) else None
    return words
