"""Headings inside lines, where a text lost its line breaks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.structure.headings import Candidate, first_inner, read_heading
from pipeline.structure.numbering import Rank, Ranks, value_of

_MOST_INLINE = 600
_WITHIN = "本该照据反第和、至及》例法定则办到与或"  # 「本条例第九条」 names an article
_NAMING = "本该照据反第和、至及》到与或"  # a chapter may follow a title right away: 「…办法第一章总则」
_OPENS = re.compile(r"[\s　]?(?:为|本|根据|依据|依照|按照|制定|凡)")  # how the first article of a text begins
_SHORT_LINE = re.compile(r"[\u4e00-\u9fffA-Za-z“”]{2,20}")
_OPENING = 24


def lost_breaks(text: str) -> bool:
    """Tell whether a long line has whole sections in it."""
    return any(len(line) > _MOST_INLINE for line in text.split("\n"))


def inline_headings(text: str, ranks: Ranks, found: Sequence[Candidate], *, lost: bool) -> list[Candidate]:
    """Return headings inside lines: the next number of a rank after a full stop, a colon or another heading.

    Unless the text ``lost`` its line breaks only chapters and articles are looked for.
    """
    taken = {one.start for one in found}
    merged: list[Candidate] = []
    last: dict[str, int] = {}
    known = iter(sorted(found, key=lambda one: one.start))
    coming = next(known, None)
    end = 0
    for match in ranks.inline.finditer(text):
        while coming and coming.start <= match.start():
            last[coming.rank] = coming.value
            _restart(last, coming.rank)
            end = max(end, coming.body if coming.heading else coming.start)
            coming = next(known, None)
        begins = not text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
        if begins or match.start() in taken:  # where lines begin has been looked at already
            continue
        rank = ranks.by_group[match.lastgroup or ""]
        if not lost and rank.name not in ("chapter", "article"):
            continue
        one = _inside(text, rank, match, last, end)
        if one:
            last[rank.name] = one.value
            _restart(last, rank.name)
            merged.append(one)
            end = one.body
    return merged


def _restart(last: dict[str, int], rank: str) -> None:
    """Let what stands under ``rank`` begin anew."""
    if rank in ("cn", "chapter"):
        for lower in ("paren-cn",):
            last.pop(lower, None)


def _inside(text: str, rank: Rank, match: re.Match[str], last: dict[str, int], end: int) -> Candidate | None:
    """Return a heading inside a line when its number goes on from the last and what stands before it ends something."""
    value = value_of(match.group())
    start = match.start()
    before = text[start - 1] if start else "\n"
    follows = value == last.get(rank.name, 0) + 1
    after_heading = 0 <= start - end <= 1
    if not follows or (rank.wrong_next and rank.wrong_next.match(text, match.end())):
        return None
    if rank.heading == "article":
        after = text[match.end() : match.end() + 1]
        set_off = (after.isspace() and before not in _WITHIN) or before in "。\n" or _after_short(text, start)
        set_off = set_off or (value == 1 and before not in _NAMING and bool(_OPENS.match(text, match.end())))
        if not (set_off or after_heading):
            return None
    elif rank.name == "arabic":  # after a colon or a gap it numbers the items of a list
        if not (before == "。" or after_heading):
            return None
    elif not (before in "。\n！？" or (value == 1 and before in "：: 　") or after_heading or before.isspace()):
        opens = value == 1 and rank.name == "chapter" and before not in _NAMING
        if not (opens and first_inner(text, rank.name, match.end(), match.end() + _OPENING)):
            return None
    return read_heading(text, rank, match.group(), start, match.end())


def _after_short(text: str, start: int) -> bool:
    """Tell whether all that stands before ``start`` in its line is a short heading: 「资金支持第三条　对…」."""
    begin = text.rfind("\n", 0, start) + 1
    before = text[begin:start].strip()
    return start - begin < _OPENING and before[-1:] not in _WITHIN and bool(_SHORT_LINE.fullmatch(before))
