"""Names of issuing bodies: what is one, and where joint issuers printed without a gap part."""

from __future__ import annotations

import re

from pipeline.structure.pieces import squeeze
from pipeline.structure.rules import HeadRules

_NAME = re.compile(r"[\u4e00-\u9fff（）()·“”]+")
_FOREIGN = re.compile(
    r"关于|印发|如下|根据|负责|通知|[的了将向等]|附件|牵头|会议|目录|名单|明细|细则|附件|以上|意见|办法|措施|方案|规定|政策|允许|设立|符合|予以"
)
_BETWEEN = re.compile(r"[\s、，,;；]+")
_SHORTEST, _LONGEST = 2, 45
_RELATIVE = "省市县区州"
_HOME = re.compile(r"(?:中共)?(?P<place>[\u4e00-\u9fff]{1,7}?[省市县区州])")


def is_agency(name: str, rules: HeadRules) -> bool:
    """Tell whether ``name`` (without spaces) may be the name of one issuing body."""
    if name in rules.national:
        return True
    if not _SHORTEST < len(name) <= _LONGEST or not _NAME.fullmatch(name) or _FOREIGN.search(name):
        return False
    return bool(rules.agency_ending.search(name)) and not rules.agency_not.search(name)


def split_issuers(text: str, start: int, end: int, rules: HeadRules) -> list[tuple[str, int, int]]:
    """Return the bodies named in ``text[start:end]`` with their spans; ``[]`` when any part of it is none."""
    names: list[tuple[str, int, int]] = []
    at = start
    for found in [*_BETWEEN.finditer(text, start, end), None]:
        stop = found.start() if found else end
        if stop > at:
            names += _cut(text, at, stop, rules)
        at = found.end() if found else end
    if names and all(is_agency(name, rules) for name, _, _ in names):
        return names
    whole = squeeze(text[start:end])
    return [(whole, start, end)] if is_agency(whole, rules) else []


def _cut(text: str, start: int, end: int, rules: HeadRules) -> list[tuple[str, int, int]]:
    """Cut a run of names: where what stands before is a body and what comes after begins like another."""
    names: list[tuple[str, int, int]] = []
    at = start
    for place in range(start + _SHORTEST, end - _SHORTEST):
        if not _begins(text, at, place, end, rules):
            continue
        name = text[at:place]
        if is_agency(name, rules) and is_agency(text[place:end], rules):
            names.append((name, at, place))
            at = place
    names.append((text[at:end], at, end))
    return names


def _begins(text: str, first: int, place: int, end: int, rules: HeadRules) -> bool:
    """Tell whether a new name begins at ``place``, given that the last began at ``first``."""
    before = text[first:place]
    if text.startswith("中共", place):
        return True
    if any(text.startswith(name, place) for name in rules.national if len(name) > _SHORTEST):
        return True
    if before in rules.national:  # 国家税务总局云州市税务局 is one body
        return False
    if text[place] == text[first] and text[first] in _RELATIVE:
        return True
    home = _HOME.match(text, first, place)
    if home and text.startswith(home["place"], place):  # 云州市教育局云州市财政局, in the table of divisions or not
        return True
    found = rules.divisions.at(text, place, end)
    return found is not None and not found.short
