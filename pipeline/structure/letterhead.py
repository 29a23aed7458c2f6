"""The red head above a title: who issues, 「文件」, the number; and the running head of the gazette that prints it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.layers import HeadField
from pipeline.structure.agencies import split_issuers
from pipeline.structure.doc_numbers import NumberFound, find_numbers
from pipeline.structure.pieces import Piece
from pipeline.structure.rules import HeadRules

_FILE = re.compile(r"\s*文\s?件$")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_NAMED_BY_NUMBER = ("order", "notice")
_SEARCHED = 12


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The bodies named above the title, with spans, and how many of the top's pieces stand above the title."""

    names: tuple[HeadField, ...]
    pieces: int


def find_letterhead(text: str, pieces: Sequence[Piece], rules: HeadRules) -> Letterhead:
    """Return the red head at the top of ``text``; without names and pieces when there is none.

    Bodies alone above 「关于…」 are the title's own first line, unless 「文件」 or the number parts them from it,
    or the text's first line is nothing but several bodies. Below a catalogue's line only 「…文件」 makes a red head.
    """
    first = _after_running_heads(text, pieces, rules)
    found = _read(text, pieces, first, rules)
    if found is None:
        marked = (at for at in range(first + 1, min(len(pieces), _SEARCHED)) if _FILE.search(pieces[at].text))
        found = next((read for at in marked if (read := _read(text, pieces, at, rules)) and read.names), None)
    running = any(_running_head(text, piece, rules) for piece in pieces[:first])
    return found or Letterhead((), first if running else 0)


def _read(text: str, pieces: Sequence[Piece], first: int, rules: HeadRules) -> Letterhead | None:
    """Return the red head that begins with piece ``first``, ``None`` when that begins none."""
    names: list[HeadField] = []
    at, by_file = first, 0
    while at < min(len(pieces), first + _SEARCHED):
        piece = pieces[at]
        number = _whole_number(text, pieces, at, rules)
        if number and (names or number.rule in _NAMED_BY_NUMBER):
            return Letterhead(tuple(names), _past(pieces, at, number.end))
        end = _FILE.search(piece.text)
        found = split_issuers(text, piece.start, piece.start + end.start() if end else piece.end, rules)
        if not found and not end:
            break
        names += [HeadField(name, low, high) for name, low, high in found]
        at += 1
        by_file = at if end else by_file
    if by_file:
        stop = pieces[by_file - 1].end
        return Letterhead(tuple(name for name in names if name.end <= stop), by_file)
    if len(names) > 1 and _stands_first(text, names, pieces[at:], rules):
        return Letterhead(tuple(names), at)
    return None


def _stands_first(text: str, names: Sequence[HeadField], below: Sequence[Piece], rules: HeadRules) -> bool:
    """Tell whether the names are all of the text's first line and what follows them is a title."""
    alone = not text[: names[0].start].strip() and "\n" not in text[names[0].start : names[-1].end]
    return alone and bool(below) and bool(rules.agency_after.match(below[0].text))


def _after_running_heads(text: str, pieces: Sequence[Piece], rules: HeadRules) -> int:
    """Return the first piece that is no running head, marking or other line that's never a title."""
    at, reach = 0, 0
    while at < min(len(pieces), _SEARCHED):
        piece = pieces[at]
        reach = max(reach, _running_head(text, piece, rules))
        never = len(_CHINESE.findall(piece.text)) < 3 or rules.not_title.search(piece.text)
        if piece.start >= reach and (not never or _FILE.search(piece.text) or _whole_number(text, pieces, at, rules)):
            break
        at += 1
    return at


def _running_head(text: str, piece: Piece, rules: HeadRules) -> int:
    """Return where a gazette's running head (「云州市人民政府公报  2020年第9期」) at a piece ends; 0 without one."""
    found = rules.running_head.match(text, piece.start)
    return found.end() if found else 0


def _whole_number(text: str, pieces: Sequence[Piece], at: int, rules: HeadRules) -> NumberFound | None:
    """Return the 发文字号 that is all of piece ``at``, or of it and the next (「云州市人民政府令」, 「第18号」)."""
    piece = pieces[at]
    ends = [other.end for other in pieces[at : at + 2]]
    number = next(find_numbers(text, rules.numbers, piece.start, ends[-1]), None)
    if number is None or number.start - piece.start > 2 or not any(0 <= end - number.end <= 2 for end in ends):
        return None
    return number


def _past(pieces: Sequence[Piece], at: int, end: int) -> int:
    """Return the first piece after ``end``; 「文件」 may stand beside the number."""
    while at < len(pieces) and (pieces[at].start < end or pieces[at].text == "文件"):
        at += 1
    return at
