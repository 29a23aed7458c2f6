"""Page numbers, running heads and printed addresses that stand in the middle of what is said."""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from urllib.parse import unquote

from pipeline.clean.lines import Line, split
from pipeline.core.layers import Block
from pipeline.core.offsets import Edit

# a page number by its looks alone: 「— 3 —」「- 3 -」「第3页 共10页」「--- 第 3 页 ---」
_PAGE_NUMBER = re.compile(
    r"[-—–―·•]{1,3} ?\d{1,4} ?[-—–―·•]{1,3}|[-—– ]*第 ?\d{1,4} ?页(?: ?[,，/／（(]? ?共 ?\d{1,4} ?页[）)]?)?[-—– ]*|"
    r"[Pp]age ?\d{1,4}(?: ?(?:of|/) ?\d{1,4})?"
)
_BARE = re.compile(r"(\d{1,4})(?: ?[/／] ?(\d{1,4}))?")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s\u3000-\u9fff\uff00-\uffef]+")
_PRINTED_ADDRESS = re.compile(r"(https?://\S{1,1000}?)[ \t]+\d{1,4}/\d{1,4}")
_GLUED_NUMBER = re.compile(r"(?m)^[ \t]*[-—–] ?(\d{1,3}) ?[-—–](?=[\u4e00-\u9fff（《“])")
# a page holds about this many characters; numbers of rows and items stand closer
_PAGE_CHARS, _LEAST_CHARS = 400, 120
_HEAD_LENGTH = 60
_PAGE_DIGITS = 9  # only so many of a number's last digits count: int() refuses 4,300
_COVERED = 0.4  # share of the pages from first to last that a running head stands on
_DIGITS = re.compile(r"\d+")
_INDEXED = 300  # characters of an address that are sorted


def strip_furniture(text: str, blocks: Sequence[Block]) -> list[Edit]:
    """Return edits that delete page numbers, running heads and repeated bare addresses, each with its line's break.

    By looks: 「— 3 —」. By place and count: bare numbers that count the pages, short lines repeated at page borders or
    beside page numbers. A line that might be text stays.
    """
    known = _known(text, blocks)
    lines = list(split(text, "\n\f"))
    if any(block.kind == "cell" for block in blocks):
        lines = _outside_cells(lines, blocks)
    gone = {i for i, line in enumerate(lines) if len(line.text) < 24 and _PAGE_NUMBER.fullmatch(line.text)}
    gone |= _at_page_borders(lines, _borders(text, lines, blocks))
    gone |= _counting_numbers(lines)
    gone |= _repeated_addresses(text, lines)
    gone |= _running_heads(lines, gone | {i for i, line in enumerate(lines) if _PRINTED_ADDRESS.match(line.text)})
    edits = [_deletion(text, lines[i]) for i in sorted(gone)]
    return _with_glued(text, sorted([*_outside(edits, known), *known], key=lambda e: (e.start, e.end)))


def _known(text: str, blocks: Sequence[Block]) -> list[Edit]:
    """Return edits that delete blocks of furniture, those side by side as one, each with a line break."""
    spans: list[list[int]] = []
    for block in blocks:
        if block.kind != "furniture":
            continue
        if spans and block.start - spans[-1][1] <= 1 and text[spans[-1][1] : block.start] in ("", "\n", "\f"):
            spans[-1][1] = block.end
        else:
            spans.append([block.start, block.end])
    edits: list[Edit] = []
    for start, end in spans:
        if text[end : end + 1] == "\n":
            end += 1
        elif text[start - 1 : start] == "\n" and (not edits or edits[-1].end < start):
            start -= 1
        edits.append(Edit(start, end, "", "furniture"))
    return edits


def _outside_cells(lines: Sequence[Line], blocks: Sequence[Block]) -> list[Line]:
    """Return the lines that don't belong to tables; both are in order."""
    cells = [block for block in blocks if block.kind == "cell" and block.end > block.start]
    kept, at = [], 0
    for line in lines:
        while at < len(cells) and cells[at].end <= line.start:
            at += 1
        if at == len(cells) or line.end <= cells[at].start:
            kept.append(line)
    return kept


def _deletion(text: str, line: Line) -> Edit:
    """Return the edit that deletes a line with the spaces around it; its line break stays."""
    start, end = line.start - line.indent, line.end
    while end < len(text) and text[end] in " \t":
        end += 1
    return Edit(start, end, "", "furniture")


def _borders(text: str, lines: Sequence[Line], blocks: Sequence[Block]) -> dict[int, tuple[int, int]]:
    """Return the lines at the top and bottom of pages: line → page and height (0 where it isn't known)."""
    result: dict[int, tuple[int, int]] = {}
    if any(block.box for block in blocks):
        at = {line.start: i for i, line in enumerate(lines)}
        pages: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for block in blocks:
            index = at.get(
                block.start + len(text[block.start : block.end]) - len(text[block.start : block.end].lstrip())
            )
            if index is not None and block.box and block.page:
                pages[block.page].append((block.box[1], index))
        for page, found in pages.items():
            found.sort()
            for height, index in [*found[:2], *found[-2:]]:
                result[index] = (page, round(height / 12))
        return result
    page, breaks = 0, [m.start() for m in re.finditer("\f", text)]
    for i, line in enumerate(lines):
        while page < len(breaks) and breaks[page] < line.start:
            page += 1
            for other in (i - 2, i - 1, i, i + 1):
                if 0 <= other < len(lines):
                    result[other] = (page - (other < i), 0)
    return result


def _at_page_borders(lines: Sequence[Line], borders: dict[int, tuple[int, int]]) -> set[int]:
    """Return the lines at page borders that repeat on three pages, or that count two pages and more."""
    same: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for index, (page, height) in borders.items():
        key = _key(lines[index].text)
        if len(key) <= _HEAD_LENGTH and not key.endswith("。"):
            same[key, height].append((page, index))
    gone: set[int] = set()
    for (key, _), found in same.items():
        pages = {page for page, _ in found}
        number = key in ("#", "#/#")
        spread = len(pages) >= 3 and len(pages) >= _COVERED * (max(pages) - min(pages) + 1)
        counted = number and len(pages) == 2 and _counts(lines, found, least=2)
        if counted or (spread and _is_head(lines, key, found)):
            gone.update(index for _, index in found)
    return gone


def _is_head(lines: Sequence[Line], key: str, found: list[tuple[int, int]]) -> bool:
    """Tell whether repetitions are of one text, or of one with the page's number in it (「附件8」 counts no pages)."""
    return len({lines[index].text for _, index in found}) == 1 or ("#" in key and _counts(lines, found))


def _counts(lines: Sequence[Line], found: list[tuple[int, int]], least: int = 3) -> bool:
    """Tell whether the last numbers of lines go up with their pages, most of them by the same step."""
    shifts: dict[int, int] = defaultdict(int)
    for page, index in found:
        numbers = _DIGITS.findall(lines[index].text)
        if numbers:
            number = (_BARE.fullmatch(lines[index].text) or [0, numbers[-1]])[1]
            shifts[int(number[-_PAGE_DIGITS:]) - page] += 1
    return bool(shifts) and max(shifts.values()) >= max(least, len(found) // 2)


def _counting_numbers(lines: Sequence[Line]) -> set[int]:
    """Return bare number lines of a text without page breaks that count up, a page's length apart.

    Numbers below one and the same word (「专栏」) belong to it.
    """
    found: list[tuple[int, int, str]] = []
    for i, line in enumerate(lines):
        if len(line.text) <= 11 and (m := _BARE.fullmatch(line.text)):
            found.append((i, int(m[1]), m[2] or ""))
    gone: set[int] = set()
    run: list[tuple[int, int, str]] = []
    for item in [*found, (-1, -1, "end")]:
        if run and item[2] == run[-1][2] and 0 < item[1] - run[-1][1] <= 3 and _apart(lines, run[-1], item):
            run.append(item)
            continue
        far = len(run) >= 3 and median(lines[b[0]].start - lines[a[0]].end for a, b in pairwise(run)) >= _PAGE_CHARS
        if far and len({lines[index - 1].text for index, _, _ in run}) > len(run) // 2:
            gone.update(index for index, _, _ in run)
        run = [item]
    return gone


def _apart(lines: Sequence[Line], before: tuple[int, int, str], item: tuple[int, int, str]) -> bool:
    """Tell whether two number lines are far enough apart to stand on two pages; the last page may be short."""
    return item[0] == len(lines) - 1 or lines[item[0]].start - lines[before[0]].end >= _LEAST_CHARS


def _repeated_addresses(text: str, lines: Sequence[Line]) -> set[int]:
    """Return lines that are nothing but a web address that stands in the text elsewhere; the last one left stays."""
    bare = [i for i, line in enumerate(lines) if line.text[:4] in ("http", "www.") and _ADDRESS.fullmatch(line.text)]
    if not bare:
        return set()
    count_of = _occurrences(unquote("".join(text.split())), {unquote(lines[i].text) for i in bare})
    gone: set[int] = set()
    left: dict[str, int] = {}
    for i in bare:
        address = unquote(lines[i].text)
        count = left.setdefault(address, count_of[address])
        if count > 1:
            left[address] = count - 1
            gone.add(i)
    return gone


def _occurrences(text: str, addresses: set[str]) -> dict[str, int]:
    """Return how often each address stands in ``text``, by one sorted list and not by a search for each."""
    tails = sorted(text[m.start() : m.start() + _INDEXED] for m in re.finditer(r"http|www\.", text))
    return {
        address: bisect_right(tails, address + chr(sys.maxunicode)) - bisect_left(tails, address)
        if len(address) < _INDEXED
        else text.count(address)
        for address in addresses
    }


def _running_heads(lines: Sequence[Line], gone: set[int]) -> set[int]:
    """Return short lines repeated three times and more that carry a rising page number or stand beside furniture."""
    same: dict[str, list[int]] = defaultdict(list)
    for i, line in enumerate(lines):
        if 6 <= len(line.text) <= _HEAD_LENGTH and i not in gone and line.text[-1] not in "。；：:，、|":
            same[_key(line.text)].append(i)
    heads: set[int] = set()
    repeated = [
        found
        for key, found in same.items()
        if len(found) >= 3 and sum("\u4e00" <= c <= "\u9fff" for c in key) >= 4 and not lines[found[0]].is_marked()
    ]
    far = [found for found in repeated if median(_distances(lines, found)) >= _PAGE_CHARS]
    for found in far:
        last = [[int(n) for n in _DIGITS.findall(lines[i].text)][-1:] for i in found]
        if all(last) and all(a < b for a, b in pairwise(last)):
            heads.update(found)
    for found in far:
        beside = sum(i - 1 in gone | heads or i + 1 in gone | heads for i in found)
        if beside * 5 >= len(found) * 3:
            heads.update(found[1:])  # the first may say what a table's columns are
    return heads


def _distances(lines: Sequence[Line], found: list[int]) -> list[int]:
    """Return the characters between one repetition and the next."""
    return [lines[b].start - lines[a].end for a, b in pairwise(found)]


def _key(text: str) -> str:
    """Return a line without spaces, each number as #."""
    return _DIGITS.sub("#", "".join(text.split()))


def _with_glued(text: str, edits: list[Edit]) -> list[Edit]:
    """Add deletions of furniture that the next line's text is glued to: 「https://… 7/13第九条」, 「-9-用户发现」."""
    found: list[re.Match[str]] = []
    if "http" in text:
        same: dict[str, list[re.Match[str]]] = defaultdict(list)
        for m in _PRINTED_ADDRESS.finditer(text):
            same[m[1]].append(m)
        found += [m for matches in same.values() if len(matches) >= 3 for m in matches]
    run: list[re.Match[str]] = []
    for number in [*_GLUED_NUMBER.finditer(text), None]:
        if number is not None and (not run or 0 < int(number[1]) - int(run[-1][1]) <= 5):
            run.append(number)
            continue
        found += run if len(run) >= 3 else []
        run = [number] if number is not None else []
    more = [
        Edit(m.start(), m.end(), "\n" if text[m.end() : m.end() + 1] not in ("", " ", "\n", "\f") else "", "furniture")
        for m in sorted(found, key=lambda m: m.start())
    ]
    return sorted([*_outside(edits, more), *more], key=lambda e: (e.start, e.end))


def _outside(edits: Sequence[Edit], others: Sequence[Edit]) -> list[Edit]:
    """Return those of ``edits`` that overlap none of ``others``; both are sorted and free of overlaps."""
    kept, at = [], 0
    for edit in edits:
        while at < len(others) and others[at].end <= edit.start:
            at += 1
        if at == len(others) or edit.end <= others[at].start:
            kept.append(edit)
    return kept
