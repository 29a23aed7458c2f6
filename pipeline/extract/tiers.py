"""Coordinate groups that share out a list of figures: which member is whose, and what each is called.

对国家级、省级、市级企业技术中心分别给予100万元、50万元、20万元: the second figure is of 省级, in full 省级企业技术中心.
"""

from __future__ import annotations

import re

from pipeline.extract.page import Page
from pipeline.extract.pointing import Asked, Span

_AND = re.compile(r"、|和(?!谐|平)|以及|及(?!以|其|格)|与|或者?|[/／]")
_AND_QUOTES = re.compile(rf"{_AND.pattern}|(?<=”)(?=“)")
# names of tiers that need a noun behind them, with what may end them: levels of government, letters, ranks of prizes
_TIERS = (
    ("国家|自治区|省部|部|省|(?![拟已未])[\u4e00-\u9fff]{2}市|市|州|县|区", "级"),
    ("[A-Z]", "[类级档]"),
    ("[特一二三四五六]", "(?!)"),
)
# what follows a tier and is no noun it stands before; and where such a noun ends
_NO_NOUN = (
    r"[、和及与或/／的经被获\d]|新(?!型|兴|材)|分别|依次|一次性|给予|予以|奖励|补助|资助|补贴|支持|扶持"
    r"|可|按|每|最高|不|以[上下]|财政|配套"
)
_IN_NOUN = (
    r"(?:[^，,。；;：:、\n\s“”（）()\d]|（[^（）\n]{1,16}）|\([^()\n]{1,16}\)|\s(?=[\u4e00-\u9fff])|“[^“”\n]{1,12}”)"
)
_NOUN_END = (
    r"的|[，,。；;：:、\n]|\d|分别|依次|给予|予以|通过|获得|验收|认定|审定|称号|一次性|不超过|奖励|按|并|且|来|各|每"
    r"|(?:以及|和|及|与|或)(?:国家|省|市|县|区)|$"
)
_NOUN = rf"(?!{_NO_NOUN}){_IN_NOUN}{{2,24}}?(?={_NOUN_END})"


def _shared(name: str, ending: str) -> re.Pattern[str]:
    """Return the pattern of a tier and, behind the tiers beside it, the noun all share."""
    one = rf"(?:{name})"
    return re.compile(
        rf"(?P<own>{one})(?P<ending>{ending})?+"
        rf"(?:\s?(?:[、/／]|和|及|与|或)\s?{one}\s?(?P<last>{ending})?+)*+的?+(?P<noun>{_NOUN})"
    )


_SHARED = tuple((re.compile(f"(?:{name})(?:{ending})?"), _shared(name, ending)) for name, ending in _TIERS)


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
    """Return the ``n`` coordinate members of a clause, quotes side by side as members too; empty for another number."""
    for mark in (_AND, _AND_QUOTES):
        borders = [start, *(border for found in mark.finditer(text, start, stop) for border in found.span()), stop]
        parts = tuple(zip(borders[::2], borders[1::2], strict=True))
        if len(parts) == n and all(b > a for a, b in parts):
            return parts
    return ()


def own_tier(span: Span, asked: Asked) -> Span:
    """Return the member of a coordinate group a measure's place in its list falls to, where ``span`` holds others too.

    对A、B、C类人才分别给予30万元、20万元、10万元: the second is B's, though the words chosen are of all three.
    """
    for group in asked.tiers:
        held = [member for member in group if span[0] < member[1] and member[0] < span[1]]
        own = group[asked.place]
        if len(held) > 1 and own in held and group[0][0] <= span[0] and span[1] <= group[-1][1]:
            return max(own[0], span[0]), min(own[1], span[1])
    return span


def called(text: str, span: Span) -> str:
    """Return what the tier at ``span`` is called in full: with the noun that the last of the coordinate tiers has.

    国家级 of 国家级、省级企业技术中心 is 国家级企业技术中心; as printed where it's no bare tier or no noun follows.
    """
    words = text[slice(*span)]
    for tier, shared in _SHARED:
        if tier.fullmatch(words):
            found = shared.match(text, span[0])
            return f"{found['own']}{found['ending'] or found['last'] or ''}{found['noun']}" if found else words
    return words
