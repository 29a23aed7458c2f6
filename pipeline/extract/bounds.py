"""Bounds: what the words around a number say about its direction; a word at either end of a list governs the list."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.core.layers import Bound, Mention
from pipeline.extract.lexicon import FAR, REACH, MentionLexicon
from pipeline.extract.tables import NumberCell, cell_at

# what stands between two members of a list whose names stand between the figures: 100万元、B类50万元
_COMMA = re.compile("[，,；]")
_NAMED = re.compile(r"(?:\s?[、，,；]\s?(?:和|及|以及)?|和|及|以及)[^\s、，,；。：:（）()\d]{1,10}")


def with_bounds(text: str, mentions: list[Mention], groups: list[list[int]], lexicon: MentionLexicon) -> list[Mention]:
    """Return the mentions with bounds read from the words around them; ``groups`` are the places of each list's."""
    result = list(mentions)
    spread: tuple[int, Bound] | None = None  # the last number of a list with names, and the bound of the list
    for members in groups:
        own = [_own_bound(text, mentions[i], lexicon) for i in members]
        bounds = _of_list(own, _last_stop(text, [mentions[i] for i in members]))
        first = members[0]
        if spread is not None and bounds[0] is None and _goes_on(text, mentions[spread[0]], mentions[first]):
            bounds = [bound or spread[1] for bound in bounds]
            spread = members[-1], spread[1]
        else:
            governs = lexicon.spread.search(text, max(0, mentions[first].start - 2 * REACH), mentions[first].start)
            spread = (members[-1], bounds[0] or "max") if governs else None
            if governs and bounds[0] is None:
                bounds = [bound or "max" for bound in bounds]
        for i, bound in zip(members, bounds, strict=True):
            if mentions[i].bound != "range" and bound is not None:
                result[i] = replace(mentions[i], bound=bound)
    return [_bare(text, mention, lexicon) if mention.fate == "unclaimed" else mention for mention in result]


def with_table_bounds(mentions: list[Mention], cells: list[NumberCell]) -> list[Mention]:
    """Return the mentions with the bounds that the heads of tables give those without one of their own."""
    starts = [cell.start for cell in cells]
    result = []
    for mention in mentions:
        cell = cell_at(cells, starts, mention.start) if cells and mention.bound == "exact" else None
        result.append(mention if cell is None or cell.bound is None else replace(mention, bound=cell.bound))
    return result


def _last_stop(text: str, members: list[Mention]) -> int:
    """Return the place of the first member that no comma parts from the last one."""
    stops = (i for i in range(len(members) - 1, 0, -1) if _COMMA.search(text, members[i - 1].end, members[i].start))
    return next(stops, 0)


def _of_list(own: list[tuple[Bound | None, Bound | None]], stop: int) -> list[Bound | None]:
    """Return the bounds of the members of a list from the words before and behind each of them.

    A word behind the last one governs the members from ``stop`` on: those no comma parts from it.
    """
    result: list[Bound | None] = []
    for place, (before, after) in enumerate(own):
        ahead = own[0][0] if before is None else before
        behind = own[-1][1] if after is None and place >= stop and own[-1][1] in ("min", "max") else after
        result.append(behind if behind in ("min", "max") else ahead or behind)
    return result


def _goes_on(text: str, last: Mention, mention: Mention) -> bool:
    """Tell whether a number is the next of a list with names between its figures."""
    if (last.kind, last.unit) != (mention.kind, mention.unit) or mention.start - last.end > REACH:
        return False
    return _NAMED.fullmatch(text, last.end, mention.start) is not None


def _bare(text: str, mention: Mention, lexicon: MentionLexicon) -> Mention:
    """Return a bare number with its bound."""
    ahead, behind = _own_bound(text, mention, lexicon)
    return mention if mention.bound == "range" else replace(mention, bound=behind or ahead or "exact")


def _own_bound(text: str, mention: Mention, lexicon: MentionLexicon) -> tuple[Bound | None, Bound | None]:
    """Return the bounds that the words right before and right behind a mention give it."""
    before = text[max(0, mention.start - REACH) : mention.start]
    ahead = behind = None
    for word in lexicon.bounds_before:
        if mention.kind not in word.kinds_not and word.pattern.search(before):
            ahead = word.bound
            break
    else:
        ahead = _far_bound(text, mention, lexicon)
    for word in lexicon.bounds_after:
        if mention.kind not in word.kinds_not and word.pattern.match(text, mention.end):
            behind = word.bound
            break
    return ahead, behind or ("approx" if mention.bound == "approx" else None)


def _far_bound(text: str, mention: Mention, lexicon: MentionLexicon) -> Bound | None:
    """Return the bound that words further before a mention give it: 不超过…实际承担风险部分的50%."""
    before = text[max(0, mention.start - FAR) : mention.start]
    words = (word for word in lexicon.bounds_far if mention.kind not in word.kinds_not)
    return next((word.bound for word in words if word.pattern.search(before)), None)
