"""Finds in a text which chains (产业链, 创新链 …) are linked by which verb. Pure; the patterns are data.

Chains side by side are a group. A directed link (围绕产业链部署创新链) leads from each chain of one group to each
of the next; an undirected one (推动创新链产业链资金链人才链深度融合) joins all chains of a group with each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from pipeline.scoring.chain_rules import ChainRules, DirectedRule


@dataclass(frozen=True, slots=True)
class Link:
    """Two chains linked at ``[start, end)`` of the text; undirected ones are in the order of the rules' names.

    ``lack``: the text says that they aren't, or not enough (人才链与产业链匹配不足).
    """

    a: str
    b: str
    verb: str
    directed: bool
    lack: bool
    rule: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch of text between breaks that names a chain: the chains, the links, and whether 四链 stands alone."""

    start: int
    end: int
    chains: tuple[str, ...]
    links: tuple[Link, ...]
    unnamed: bool


@dataclass(frozen=True, slots=True)
class _Group:
    """Chains side by side; a place in the text."""

    start: int
    end: int
    names: tuple[str, ...]


def read_chains(text: str, rules: ChainRules) -> Iterator[Stretch]:
    """Yield every stretch of ``text`` that names a chain, in order."""
    at = 0
    for end in [*(mark.start() for mark in rules.breaks.finditer(text)), len(text)]:
        if "链" in text[at:end] and (found := _stretch(text[at:end], at, rules)):
            yield found
        at = end + 1


def _stretch(text: str, offset: int, rules: ChainRules) -> Stretch | None:
    """Return one stretch, or None when it names no chain."""
    groups = list(_groups(text, rules))
    names = {name for group in groups for name in group.names}
    chains = tuple(name for name in rules.names if name in names)
    unnamed = len(chains) < 2 and rules.unnamed.search(text) is not None
    if not chains and not unnamed:
        return None
    links = [
        Link(one.a, one.b, one.verb, one.directed, one.lack, one.rule, one.start + offset, one.end + offset)
        for one in _links(text, groups, rules)
    ]
    return Stretch(offset, offset + len(text), chains, tuple(dict.fromkeys(links)), unnamed)


def _groups(text: str, rules: ChainRules) -> Iterator[_Group]:
    """Yield the groups of chains in order."""
    singles = list(_counted(text, rules))
    reach = [(group.start, group.end) for group in singles]
    for found in rules.mention.finditer(text):
        if not any(start <= found.start() < end for start, end in reach):
            singles.append(_loose(text, _Group(found.start(), found.end(), (f"{found['name']}链",)), rules))
    singles.sort(key=lambda group: group.start)
    current: _Group | None = None
    for one in singles:
        if current is None:
            current = one
        elif rules.joint.fullmatch(text, current.end, one.start) and not set(one.names) & set(current.names):
            current = _Group(current.start, one.end, (*current.names, *one.names))
        else:
            yield current
            current = one
    if current is not None:
        yield current


def _counted(text: str, rules: ChainRules) -> Iterator[_Group]:
    """Yield groups like 「产业、创新、资金、人才四链」, if there are as many as it says."""
    for found in rules.counted.finditer(text):
        names = tuple(dict.fromkeys(re.findall("|".join(name[:-1] for name in rules.names), found[0])))
        digit = next((rules.numbers[c] for c in reversed(found[0]) if c in rules.numbers), None)
        number = digit or next((int(c) for c in reversed(found[0]) if c.isdigit()), len(names))
        if len(names) == number:
            yield _Group(found.start(), found.end(), tuple(f"{name}链" for name in names))


def _loose(text: str, group: _Group, rules: ChainRules) -> _Group:
    """Return a chain with the names without 链 that stand before it: 「推动教育、人才、产业链」."""
    start, names = group.start, list(group.names)
    while found := rules.loose.search(text, 0, start):
        start = found.start()
        names.insert(0, f"{found['name']}链")
    if start == group.start or not rules.starts.search(text, 0, start) or len(set(names)) < len(names):
        return group
    return _Group(start, group.end, tuple(names))


def _links(text: str, groups: list[_Group], rules: ChainRules) -> Iterator[Link]:
    """Yield the links of a stretch."""
    last = -1
    for number, group in enumerate(groups):
        low = groups[number - 1].end if number else 0
        following = groups[number + 1] if number + 1 < len(groups) else None
        high = following.start if following else len(text)
        yield from _together(text, group, (low, high), rules)
        if following is None:
            continue
        found = list(_directed(text, group, following, low, rules, last))
        if found:
            last = following.end
        else:
            found = list(_apart(text, (group, following), rules))
        yield from found


def _directed(text: str, one: _Group, other: _Group, low: int, rules: ChainRules, last: int) -> Iterator[Link]:
    """Yield the links from one group to the next by the first rule that fits."""
    for rule in rules.directed:
        if (place := _fits(text, (one, other), low, rule, last, rules.follows)) is None:
            continue
        verb, start, end = place
        sides = (other, one) if rule.reverse else (one, other)
        for a in sides[0].names:
            for b in sides[1].names:
                if a != b:
                    yield Link(a, b, verb, True, _lacks(text, end, rules), rule.name, start, end)
        return


def _fits(
    text: str, pair: tuple[_Group, _Group], low: int, rule: DirectedRule, last: int, follows: re.Pattern[str]
) -> tuple[str, int, int] | None:
    """Return verb, start and end of the link if ``rule`` fits two groups."""
    one, other = pair
    start, end = one.start, other.end
    if rule.follows and (last < 0 or not follows.fullmatch(text, last, start)):
        return None
    between = rule.between.fullmatch(text, one.end, other.start)
    if between is None:
        return None
    found = between
    if rule.before is not None:
        before = rule.before.fullmatch(text, low, start)
        if before is None:
            return None
        start = before.start("at")
    if rule.after is not None:
        after = rule.after.match(text, end)
        if after is None:
            return None
        end = after.end()
        found = after if "verb" in after.re.groupindex else between
    return found["verb"], start, end


def _together(text: str, group: _Group, reach: tuple[int, int], rules: ChainRules) -> Iterator[Link]:
    """Yield the links among the chains of one group."""
    if len(group.names) < 2:
        return
    if after := rules.after.match(text, group.end, reach[1]):
        verb, start, end, rule = after["verb"], group.start, after.end(), "并列融合"
    elif (before := rules.before.search(text, reach[0], group.start)) and not rules.before_not.match(text, group.end):
        verb, start, end, rule = before["verb"], before.start(), group.end, "融合并列"
    else:
        return
    yield from _pairs(text, group.names, verb, (start, end), rule, rules)


def _apart(text: str, pair: tuple[_Group, _Group], rules: ChainRules) -> Iterator[Link]:
    """Yield the links of two groups with words between them: 「产业链要与创新链深度融合」."""
    one, other = pair
    if not rules.apart.fullmatch(text, one.end, other.start):
        return
    if after := rules.after.match(text, other.end):
        for a in one.names:
            for b in other.names:
                if a != b:
                    yield from _pairs(text, (a, b), after["verb"], (one.start, after.end()), "A与B融合", rules)


def _pairs(
    text: str, names: tuple[str, ...], verb: str, place: tuple[int, int], rule: str, rules: ChainRules
) -> Iterator[Link]:
    """Yield an undirected link of every two of ``names``."""
    ordered = sorted(set(names), key=rules.names.index)
    for a, b in combinations(ordered, 2):
        yield Link(a, b, verb, False, _lacks(text, place[1], rules), rule, *place)


def _lacks(text: str, end: int, rules: ChainRules) -> bool:
    """Tell whether the words behind a link say that it's missing."""
    reach = min(end + rules.lack_within, len(text))
    stop = rules.lack_ends.search(text, end, reach)
    return rules.lack.search(text, end, stop.start() if stop else reach) is not None
