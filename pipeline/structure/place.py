"""The level a document speaks for and the region it's from, down to that level."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.structure.regions import Division, Found
from pipeline.structure.rules import HeadRules

_NATION = "国家"
_WHOLE = "全国"
_RELATIVE = {"省": "省", "市": "市", "县": "县", "区": "县", "州": "市"}
_ZONE = re.compile(
    r"(?P<zone>[\u4e00-\u9fff]{0,12}?(?:新区|港区|开发区|高新区|示范区|园区|保税区|度假区|集聚区|产业园|工业园|自贸区|试验区))"
    r"(?=开发建设|管理委员会|管委会|党工委|工委|$)"
)
_TITLE_ZONE = re.compile(
    r"(?!支持|促进|推进|推动|加快|鼓励|扶持|关于|加强|规范)(?P<zone>(?P<stem>[\u4e00-\u9fff]{0,6}?)(?:新区|经济技术开发区|高新技术产业开发区|开发区|高新区|工业园区|保税区|度假区))"
    r"(?![的和与及、]|建设|开发|规划|总体|国土|发展规划|条例|管理条例)"
)
_TOWN = re.compile(r"(?P<town>[\u4e00-\u9fff]{1,8}?(?:乡|镇|街道|苏木))(?=人民政府|政府|办事处|党|委|人大)")
_UNKNOWN = re.compile(
    r"(?P<place>[\u4e00-\u9fff]{2,6}?(?:省|市|县|区|州))"
    r"(?:委|人民政府|政府|人大|第[一二三四五六七八九十]+届|[\u4e00-\u9fff]{1,16}(?:局|厅|委员会|部|办公室|委)$)"
)
_NATIONAL = re.compile(r"^(?:中华人民共和国|中国(?!\S{0,6}[（(])|全国|国家|国务院|中共中央|中央)")
_OWN_NATION = re.compile(r"我国|全国|国家|中华人民共和国")
_WORD = re.compile(r"[\u4e00-\u9fff]")
# who hears a report, as printed right below its title
_HEARD = re.compile(
    r"在(?P<body>[\u4e00-\u9fff]{2,16}第[一二三四五六七八九十百]{1,4}届(?:人民代表大会|[\u4e00-\u9fff]{0,12}委员会))"
)
_LOCAL = re.compile(r"结合(?P<place>[\u4e00-\u9fff]{2,10}?)的?实际")
_NO_PLACE = ("各", "全", "本", "我", "该", "有关")
_NAMED = 2
_BELOW, _LONGEST_NAME = 200, 12
_TOP, _TAIL = 3000, 600


@dataclass(frozen=True, slots=True)
class Place:
    """Level, full name and code; each ``None`` when the text doesn't tell."""

    level: str | None
    region: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class Names:
    """The regions named in a text, with how often: by full name, and by short name too."""

    full: Counter[Division]
    ambiguous: Counter[tuple[Division, ...]]
    any: Counter[Division]


def read_names(text: str, rules: HeadRules) -> Names:
    """Return the regions named at the top and the end of ``text``."""
    full: Counter[Division] = Counter()
    ambiguous: Counter[tuple[Division, ...]] = Counter()
    anyhow: Counter[Division] = Counter()
    parts = (text,) if len(text) <= _TOP + _TAIL else (text[:_TOP], text[-_TAIL:])
    for part in parts:
        end = 0
        for found in rules.divisions.scan(part):
            inside = _part_of_word(part, found, end)
            end = found.end
            if inside:
                continue
            if len(found.divisions) > 1:
                ambiguous[found.divisions] += 1
                continue
            anyhow[found.divisions[0]] += 1
            if not found.short:
                full[found.divisions[0]] += 1
    return Names(full, ambiguous, anyhow)


def _part_of_word(text: str, found: Found, end: int) -> bool:
    """Tell whether a full name of two characters stands in a longer word, as 兴县 does in 「乡村振兴县」.

    ``end``: where the name before it ends; its province or city may well stand there.
    """
    return (
        found.end - found.start == 2
        and not found.short
        and found.start != end
        and bool(_WORD.match(text[found.start - 1 : found.start]))
    )


def find_place(
    issuers: Sequence[str],
    title: str | None,
    code: str | None,
    addressee: str | None,
    text: str,
    *,
    after: int,
    rules: HeadRules,
) -> Place:
    """Return the place by the issuer, else the title, the 发文字号, the addressee and the text; never by guessing."""
    names = read_names(text, rules)
    for issuer in issuers[:1]:
        place = _of_issuer(issuer, names, code, text, rules)
        if place.level:
            return place
    if title and (named := _of_title(title, names, code, rules) or _unknown(title, text, rules)):
        return named
    if heard := _HEARD.search(text, after, after + _BELOW):
        place = _of_issuer(heard["body"], names, code, text, rules)
        if place.region:
            return place
    return _of_text(code, addressee, names, text, rules)


def given_place(name: str, place: Place, rules: HeadRules) -> Place:
    """Return the place a file gives by name; its full name and code where the table of divisions has it."""
    if name in (_WHOLE, "国家", "中国"):
        return Place(place.level or _NATION, _WHOLE, None)
    if place.region and place.region.endswith(name):
        return place
    chain, _ = _chain(name, 0, Names(Counter(), Counter(), Counter()), rules)
    return Place(chain[-1].level, chain[-1].full, chain[-1].code) if chain else Place(place.level, name, None)


def _unknown(name: str, text: str, rules: HeadRules) -> Place | None:
    """Return the place a name begins with that the table doesn't have, inside the one the text prints before it."""
    found = _UNKNOWN.match(name)
    if found is None or found["place"].startswith(_NO_PLACE):
        return None
    place = found["place"]
    at = -1
    while (at := text.find(place, at + 1)) >= 0:
        for division in _ending_at(text, at, rules):
            if division.level == "省" or place[-1] in "县区":
                return Place(_RELATIVE[place[-1]], division.full + place, None)
    return Place(_RELATIVE[place[-1]], place, None)


def _ending_at(text: str, end: int, rules: HeadRules) -> Sequence[Division]:
    """Return the one division whose full name ends at ``end``, as a sequence; empty without one."""
    for found in rules.divisions.scan(text, max(0, end - _LONGEST_NAME), end):
        if found.end == end and not found.short and len(found.divisions) == 1 and found.divisions[0].level != "县":
            return found.divisions
    return ()


def _of_issuer(issuer: str, names: Names, code: str | None, text: str, rules: HeadRules) -> Place:
    """Return what the issuer's name tells, with relative names (「省教育厅」) made full by the text."""
    name = issuer.removeprefix("中共")
    at = max((len(n) for n in rules.national if name.startswith(n)), default=0)
    chain, after = _chain(name, at, names, rules)
    outside = name.endswith(rules.outside)
    if not chain:
        if at or _NATIONAL.match(name):
            level = rules.national.get(issuer) or ("其他" if outside else _NATION)
            return Place(level, _WHOLE, None)
        return _relative(name, outside, names, code, text, rules)
    last = chain[-1]
    rest = name[after:]
    if outside:
        return Place("其他", last.full, last.code)
    if town := _TOWN.match(rest):
        return Place("乡镇", last.full + town["town"], last.code)
    if zone := _ZONE.match(rest):
        part = zone["zone"] if not _short_end(name, after, last) else last.short + zone["zone"]
        return Place("县", last.full + part, last.code)
    if last.level in ("省", "市") and (unknown := _UNKNOWN.match(rest)):  # a place the table doesn't have
        return Place(_RELATIVE[unknown["place"][-1]], last.full + unknown["place"], None)
    return Place(last.level, last.full, last.code)


def _short_end(name: str, after: int, last: Division) -> bool:
    """Tell whether ``last`` is named by its short form before ``after``."""
    return name[:after].endswith(last.short) and not name[:after].endswith(last.name)


def _chain(name: str, at: int, names: Names, rules: HeadRules) -> tuple[list[Division], int]:
    """Return the divisions named one inside the other from ``at`` on, and where their names end."""
    chain: list[Division] = []
    while found := rules.divisions.at(name, at, len(name)):
        parent = chain[-1] if chain else None
        fits = [d for d in found.divisions if parent is None or _inside(d, parent)]
        chosen = fits[0] if len(fits) == 1 else _likeliest(fits, names)
        if chosen is None or (found.short and chosen.level == "县" and at > 0):
            break
        chain.append(chosen)
        at = found.end
    return chain, at


def _inside(division: Division, parent: Division) -> bool:
    """Tell whether ``division`` lies in ``parent``."""
    if parent.level == "省":
        return division.province == parent.name and division.level != "省"
    return (
        parent.level == "市"
        and division.level == "县"
        and (division.province, division.city) == (parent.province, parent.name)
    )


def _likeliest(divisions: Sequence[Division], names: Names) -> Division | None:
    """Return the one of a name whose province or city the text names most; ``None`` in a tie or without any."""
    scores: list[tuple[int, Division]] = []
    for division in divisions:
        score = 0
        for other, count in names.any.items():
            if other.full == division.full:
                continue
            if other.province == division.province:
                score += count * (3 if other.city and other.city == division.city else 1)
        scores.append((score, division))
    scores.sort(key=lambda pair: -pair[0])
    if not scores or scores[0][0] == 0 or (len(scores) > 1 and scores[0][0] == scores[1][0]):
        return None
    return scores[0][1]


def _relative(name: str, outside: bool, names: Names, code: str | None, text: str, rules: HeadRules) -> Place:
    """Return the place of a body whose name names no region: 「省教育厅」, 「茂林镇党政办公室」."""
    if outside:
        return Place("其他", None, None)
    if town := _TOWN.match(name):
        county = _most(names, "县", code, rules)
        return Place("乡镇", county.full + town["town"] if county else None, county.code if county else None)
    level = "省" if name.startswith("自治区") else _RELATIVE.get(name[0])
    if level is None:  # a place the table doesn't have, as printed
        return _unknown(name, text, rules) or Place(None, None, None)
    found = _most(names, level, code, rules)
    return Place(found.level if found else level, found.full if found else None, found.code if found else None)


def _most(names: Names, level: str, code: str | None, rules: HeadRules) -> Division | None:
    """Return the division of ``level`` the text names most, preferring full names; ``None`` in a tie or without any.

    A municipality (直辖市) calls itself 市, so it counts as one too.
    """
    province = rules.provinces.get((code or " ")[0])
    if province and (level == "省" or (level == "市" and province.endswith("市"))):
        return rules.divisions.names[province][0]
    for counter in (names.full, names.any):
        counts = [(count, d) for d, count in counter.items() if d.level == level or (level == "市" and _municipal(d))]
        if province and any(d.province == province for _, d in counts):
            counts = [(count, d) for count, d in counts if d.province == province]
        counts.sort(key=lambda pair: -pair[0])
        if level == "县" and counts and counts[0][0] < _NAMED:  # one county named once may be any example
            continue
        if counts and (len(counts) == 1 or counts[0][0] > counts[1][0]):
            return counts[0][1]
    if level == "县":
        resolved = [(count, _likeliest(group, names)) for group, count in names.ambiguous.most_common(1)]
        return resolved[0][1] if resolved else None
    return None


def _municipal(division: Division) -> bool:
    """Tell whether a division is a municipality directly under the state."""
    return division.level == "省" and division.name.endswith("市")


def _of_title(title: str, names: Names, code: str | None, rules: HeadRules) -> Place | None:
    """Return the place a title without issuer names: the deepest of the first region in it."""
    if _NATIONAL.match(title.removeprefix("《")):
        return Place(_NATION, _WHOLE, None)
    best: list[Division] = []
    for found in rules.divisions.scan(title):
        chain, end = _chain(title, found.start, names, rules)
        if not chain:
            chain = _spread(found, names)
        if chain:
            best = chain
            if zone := _title_zone(title, found.start, end, chain[-1], rules):
                return zone
            town = _TOWN.match(title[end:])
            if town:
                return Place("乡镇", chain[-1].full + town["town"], chain[-1].code)
            break
    if not best:
        return Place(_NATION, _WHOLE, None) if "中华人民共和国" in title or "国务院" in title else None
    return Place(best[-1].level, best[-1].full, best[-1].code)


def _title_zone(title: str, start: int, end: int, last: Division, rules: HeadRules) -> Place | None:
    """Return the zone a title begins with (「云州海岚新区促进…办法」), as the county it names where there is one.

    ``start``, ``end``: where the names before it stand, ``last`` the deepest of them. What is written about a zone
    (its 建设, 总体规划) rather than by it is its city's.
    """
    zone = _TITLE_ZONE.match(title, end) if start == 0 and last.level in ("省", "市") else None
    if zone is None:
        return None
    for ending in ("新区", "区"):
        for county in rules.divisions.names.get(zone["stem"] + ending, ()):
            if _inside(county, last):
                return Place(county.level, county.full, county.code)
    part = last.short + zone["zone"] if _short_end(title, end, last) else zone["zone"]
    return Place("县", last.full + part, last.code)


def _spread(found: Found, names: Names) -> list[Division]:
    """Return the likeliest division of an ambiguous name, in a list."""
    chosen = _likeliest(found.divisions, names)
    return [chosen] if chosen else []


def _local(text: str, names: Names, rules: HeadRules) -> Place | None:
    """Return the place whose circumstances the text says it fits: 「结合山东实际」."""
    for local in _LOCAL.finditer(text, 0, _TOP):
        found = rules.divisions.at(text, local.start("place"), local.end("place"))
        if found is None or found.end != local.end("place"):
            continue
        chosen = found.divisions[0] if len(found.divisions) == 1 else _likeliest(found.divisions, names)
        if chosen:
            return Place(chosen.level, chosen.full, chosen.code)
    return None


def _of_text(code: str | None, addressee: str | None, names: Names, text: str, rules: HeadRules) -> Place:
    """Return the place by the 发文字号's first character, the addressee and how the text calls its own region."""
    if code and code[0] == "国":
        return Place(_NATION, _WHOLE, None)
    level = next((level for level, pattern in rules.level_hints if addressee and pattern.search(addressee)), None)
    top = text[:_TOP]
    if level == _NATION:
        return Place(_NATION, _WHOLE, None)
    if level is None:
        counts = [(len(pattern.findall(top)), own) for own, pattern in rules.own]
        count, own = max(counts, key=lambda pair: pair[0])
        nation = len(_OWN_NATION.findall(top)) + sum(top.count(name) for name in rules.national if len(name) > 2)
        if count > 1 or (count and not nation):
            level = own
        elif nation and not count and nation > max(names.full.values(), default=0):
            return Place(_NATION, _WHOLE, None)
    if level is None:
        return _local(text, names, rules) or Place(None, None, None)
    found = _most(names, level if level != "乡镇" else "县", code, rules)
    if found is None:
        return Place(level, None, None)
    return Place(found.level if level != "乡镇" else level, found.full, found.code)
