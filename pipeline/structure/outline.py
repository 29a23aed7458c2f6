"""The tree of headings: what is one, how deep it stands, where its section ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.core.layers import CleanText, RawText, Section
from pipeline.structure.annexes import annex_lists
from pipeline.structure.headings import LONGEST_HEADING, MARKS, Candidate, label_of, leads_on, read_heading, read_marked
from pipeline.structure.imprint import Imprint, find_imprints
from pipeline.structure.inline import inline_headings, lost_breaks
from pipeline.structure.layout import Styled, styled_headings
from pipeline.structure.numbering import Ranks, load_ranks, used_order

__all__ = ["Ranks", "build_outline", "load_ranks"]

IMPRINT = "版记"
_NOT_SHORT = re.compile(
    r"[。，；：！？、,;:|/《》\[\]<>=…]|\d{5}|\d\.\d|^[^\w“]|[）)]$|^(?:附[件表]|来源|第|图|表|注|单位|序号|备注|联系|电话|目录|前款|下载|打印|首页)|"
    r"(?:人民政府|委员会|办公[厅室]|通知|同志|主任|副?组长|[局厅部委])$|[年月日]$"
)
_SHORT = (3, 26)
_PARAGRAPH = 40
_TITLE_LINES, _TOGETHER = 3, 60
_CHINESE_START = re.compile(r"[“\u4e00-\u9fff]")
_ALWAYS = re.compile(r"(?:附\s*则|总\s*则|前\s*言|引\s*言|序\s*言|导\s*言|结\s*语)。?")


def build_outline(raw: RawText, text: CleanText, *, ranks: Ranks) -> tuple[Section, ...]:
    """Return the sections in reading order, ``()`` for a text without headings.

    ``heading`` is what follows the number up to the end of its sentence. Where that is too long, the numbered line is
    running text: then ``heading`` is its first clause, as a label, and ``body`` begins right after the number.
    """
    body = text.text
    styled = styled_headings(raw, text)
    depths = {_begin(body, one.start, one.end): one.depth for one in styled}
    numbered = [replace(one, depth=one.depth or depths.get(one.start, 0)) for one in _numbered(body, ranks)]
    found = sorted([*numbered, *_from_blocks(styled, body, ranks)], key=lambda one: one.start)
    found = _without_doubles(found, body)
    found = _in_sequence(found)
    found = _merged(found, inline_headings(body, ranks, found, lost=len(found) < 3 or lost_breaks(body)))
    found = _merged(found, _short_lines(body, found))
    imprints = find_imprints(body)
    found = _merged(_outside(found, imprints), [_imprint(one) for one in imprints])
    return _tree(_as_printed(found, raw, text), len(body), {one.start: one.end for one in imprints})


def _outside(found: Sequence[Candidate], imprints: Sequence[Imprint]) -> list[Candidate]:
    """Return the headings without those inside an imprint, which is a section of its own."""
    return [one for one in found if not any(imprint.start <= one.start < imprint.end for imprint in imprints)]


def _imprint(imprint: Imprint) -> Candidate:
    """Return an imprint as a section without number, which ends whatever stands above it."""
    return Candidate("imprint", 0.0, 0, "", IMPRINT, imprint.start, imprint.start)


def _as_printed(found: Sequence[Candidate], raw: RawText, text: CleanText) -> Sequence[Candidate]:
    """Return the candidates with their numbers as the source prints them (１． for 1.)."""
    if not text.edits:
        return found
    offsets = text.offsets()
    printed: list[Candidate] = []
    for one in found:
        start, end = offsets.to_source(one.start, one.start + len(one.number))
        number = "".join(raw.text[start:end].split())
        printed.append(replace(one, number=number) if len(number) == len(one.number) else one)
    return printed


def _numbered(text: str, ranks: Ranks) -> Iterator[Candidate]:
    """Yield what looks like a heading where a line begins."""
    lists = annex_lists(text)
    at = 0
    for match in ranks.starts.finditer(text):
        group = match.lastgroup
        while at < len(lists) and lists[at][1] <= match.start():
            at += 1
        marks = len((match["marks"] or "").strip())
        rank = ranks.by_group.get(group or "")
        if rank is None:
            if marks and (one := read_marked(text, match.end(), marks)):
                yield one
            continue
        start = match.start(group or 0)
        if at < len(lists) and lists[at][0] <= start < lists[at][1]:
            continue
        one = read_heading(text, rank, match.group(group or 0), start, match.end())
        if one and (rank.name != "bare" or marks or leads_on(text, one.body)):
            yield replace(one, depth=marks)


def _from_blocks(styled: Sequence[Styled], text: str, ranks: Ranks) -> Iterator[Candidate]:
    """Yield the headings that styles or sizes mark and that bear no number: a numbered one is found by its number."""
    for one in styled:
        start = _begin(text, one.start, one.end)
        label = label_of(text[start : one.end])
        numbered = ranks.starts.match(text, start - 1 if start else 0)
        if not label or len(label) > LONGEST_HEADING * 2 or (numbered and numbered.lastgroup in ranks.by_group):
            continue
        yield Candidate(f"mark-{one.depth}", 2.0 + one.depth, 0, "", label, start, one.end, one.depth)


def _begin(text: str, start: int, end: int) -> int:
    """Return where the first character of a span that is no white space stands."""
    while start < end and text[start].isspace():
        start += 1
    return start


def _without_doubles(found: Sequence[Candidate], text: str) -> list[Candidate]:
    """Drop headings inside another's heading, and a first top mark that is the document's title."""
    kept: list[Candidate] = []
    for one in found:
        if kept and (
            one.start == kept[-1].start or (one.start < kept[-1].body and kept[-1].heading and one.number == "")
        ):
            continue
        kept.append(one)
    kept = _without_contents(kept)
    return kept[_titles(kept, text) :]


def _titles(found: Sequence[Candidate], text: str) -> int:
    """Return how many of the first headings are the lines of the document's title: the only top marks, and together.

    Marks with a sentence between them are headings, and so is an only one below other text.
    """
    tops = [one for one in found if one.rank == "mark-1"]
    first = found[: len(tops)]
    apart = any(after.start - before.body > _TOGETHER for before, after in pairwise(first))
    level = any(one.depth == 1 and one.rank != "mark-1" for one in found)  # then they're headings like those
    if list(first) != tops or len(tops) > _TITLE_LINES or apart or level:
        return 0
    said = any("。" in text[before.body : after.start] for before, after in pairwise(first))
    below = len(found) == 1 and bool(tops) and bool(text[: tops[0].start].strip(MARKS + "\n"))
    return 0 if said or below or any(_ALWAYS.fullmatch(one.heading) for one in tops) else len(tops)


def _without_contents(found: list[Candidate]) -> list[Candidate]:
    """Drop a table of contents: headings one right after the other at the top, the first of which comes again below."""
    for first in range(min(3, len(found))):
        end = first
        while end + 1 < len(found) and found[end + 1].start - found[end].body <= 3:
            end += 1
        again = range(first + 2, end + 2)
        for place in again:
            if place < len(found) and (found[place].number, found[place].heading) == (
                found[first].number,
                found[first].heading,
            ):
                return found[:first] + found[place:]
    return found


def _in_sequence(found: Sequence[Candidate]) -> list[Candidate]:
    """Drop Arabic numbers that neither begin a list nor go on from the last one."""
    last: dict[str, int] = {}
    kept: list[Candidate] = []
    for one in found:
        if one.rank in ("arabic", "bare", "half-paren", "paren-arabic", "circled"):
            before = last.get(one.rank)
            if one.value != 1 and before is not None and not before < one.value <= before + 2:
                continue
            if one.rank == "bare" and before is None and one.value != 1:
                continue
            last[one.rank] = one.value
        kept.append(one)
    return kept


def _merged(found: Sequence[Candidate], more: Sequence[Candidate]) -> list[Candidate]:
    """Return both in reading order."""
    return sorted([*found, *more], key=lambda one: one.start) if more else list(found)


def _short_lines(text: str, found: Sequence[Candidate]) -> list[Candidate]:
    """Return unnumbered headings of plain texts: a short line without a stop between whole paragraphs."""
    if any(one.rank.startswith("mark-") for one in found):
        return []
    spans = [(one.start, one.body) for one in found]
    starts = {start for start, _ in spans}
    rows: list[tuple[int, str]] = []
    at = 0
    for line in text.split("\n"):
        if stripped := line.strip(MARKS):
            rows.append((at + line.index(stripped), stripped))
        at += len(line) + 1
    short: list[Candidate] = []
    numbered_first = min(starts, default=len(text))
    for index in range(2, len(rows) - 1):
        start, line = rows[index]
        if _ALWAYS.fullmatch(line) and start not in starts and not any(low <= start < high for low, high in spans):
            short.append(Candidate("short", 45.0, 0, "", label_of(line.rstrip("。")), start, start + len(line)))
            continue
        if (
            not _SHORT[0] <= len(line) <= _SHORT[1]
            or start in starts
            or _NOT_SHORT.search(line)
            or not _CHINESE_START.match(line)
        ):
            continue
        if not _between(rows[index - 1], rows[index + 1], starts) or any(low <= start < high for low, high in spans):
            continue
        order = 45.0 if start > numbered_first else 44.0
        short.append(Candidate("short", order, 0, "", label_of(line), start, start + len(line)))
    return short


def _between(before: tuple[int, str], after: tuple[int, str], starts: set[int]) -> bool:
    """Tell whether a line stands between a paragraph's end and the beginning of another or of a numbered heading."""
    return before[1].endswith(("。", "！", "）", "；", "：")) and (len(after[1]) >= _PARAGRAPH or after[0] in starts)


def _tree(found: Sequence[Candidate], end: int, imprints: Mapping[int, int]) -> tuple[Section, ...]:
    """Return the candidates as nested sections; an imprint (start → end) has none in it and ends by itself."""
    order = used_order([(one.rank, one.value) for one in found], {one.rank: int(one.order) for one in found})
    _level_with_marks(found, order)
    sections: list[Section] = []
    open_: list[int] = []
    for index, one in enumerate(found):
        while open_ and (found[open_[-1]].rank == "imprint" or order[found[open_[-1]].rank] >= order[one.rank]):
            closed = open_.pop()
            sections[closed] = replace(sections[closed], end=min(one.start, sections[closed].end))
        parent = open_[-1] if open_ else None
        body = max(one.body, one.start)
        stop = imprints[one.start] if one.rank == "imprint" else end
        sections.append(Section(index, parent, len(open_) + 1, one.number, one.heading, one.start, body, stop))
        open_.append(index)
    return tuple(sections)


def _level_with_marks(found: Sequence[Candidate], order: dict[str, float]) -> None:
    """Put unnumbered headings level with the numbered ones of the same mark, or with the top rank they stand among."""
    for depth in range(1, 7):
        same = [order[one.rank] for one in found if one.depth == depth and not one.rank.startswith("mark-")]
        if same and f"mark-{depth}" in order:
            order[f"mark-{depth}"] = min(same)
    if "short" in order:
        tops = [value for rank, value in order.items() if rank not in ("short", "annex", "imprint")]
        first = next(one.rank for one in found if one.rank not in ("annex", "imprint"))
        if tops:
            order["short"] = min(tops) - (0.5 if first == "short" else 0)
