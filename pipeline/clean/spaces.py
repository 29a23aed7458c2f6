"""Spaces that typesetting put inside Chinese text, numbers and units are taken out; those that part things stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.clean.lines import Line, split
from pipeline.core.layers import Block
from pipeline.core.offsets import Edit

_HAN = "\u3400-\u9fff〇"
_MARK = "，。；：、！？（）《》〈〉〔〕【】“”‘’…—"
_UNIT = "个人年月日名家项亿万元件套所条类户亩次批期届级位座处台天周岁%余多种支场千百倍成"
# a number or sign, then a space, at a line's start: 「1 文献综述」 and 「2.1 人才培养」 are headings, 「2025 年」 isn't
_HEADING_NUMBER = re.compile(
    rf"(?:\d{{1,2}} +(?!人(?![才员力口民工类社大事])|个(?!人)|[{_UNIT[2:]}])|"
    rf"\d{{1,2}}(?:\.\d{{1,2}}){{1,3}} +(?![个万亿元%倍])|"
    rf"[A-Za-z]+\d* +|(?:附[件表录图]|表|图|专栏) ?\d{{1,2}} +)[{_HAN}]"
)
_GROUPED = re.compile(
    rf"\d{{1,3}}(?:,\d{{3}})*,(?: ?\d){{3}}(?!\d)|(?<=[{_HAN}])(?<![图表第])\d+(?: \.|\. )\d{{1,2}}(?= ?[%‰万亿倍个])|"
    r"(?<!\d)(?<!\d )(?:19|20|1 9|2 0)(?: ?\d){2}(?= ?年)"
)
_SPACED_DIGITS = re.compile(rf"(?<![\d.] )(?<![\d.])\d(?: [\d.]){{1,9}}(?= ?[{_UNIT}日])(?! ?\d)")
# scans set every digit apart: 「7 0 .8 岁」
_SPACED_DECIMAL = re.compile(
    rf"(?<![\d.] )(?<![\d.])(?:\d(?: \d){{1,6}} ?|\d )\. ?\d(?: ?\d){{0,2}}(?= ?[{_UNIT}日‰])(?! ?\d)"
)
_THOUSANDS = re.compile(rf"(?<=[{_HAN}])( ?)(\d{{1,3}}(?: \d{{3}})+)(?= ?[万亿]?[元人名家户吨亩])")
_BESIDE_HAN = re.compile(rf"(?<=[{_HAN}{_MARK}]) (?=[0-9A-Za-z%≥≤<>+~±])|(?<=[0-9A-Za-z%‰℃+*]) (?=[{_HAN}{_MARK}%])")
_BESIDE_MARK = re.compile(rf"(?<=[{_MARK}]) (?=[{_HAN}{_MARK}])|(?<=[{_HAN}]) (?=[{_MARK}])")
_AROUND_ASCII = re.compile(rf"(?<=[{_HAN}]) ?[,;:!?()] ?(?=[{_HAN}])")
_AFTER_DIGITS = re.compile(r"(?<=\d) (?=[%‰℃])|(?<=[\d ][万亿]) (?=[元人名户家吨亩])")
# 「济 南 市 公 安 局」「总  则」: single characters set apart
_SET_APART = re.compile(rf"(?<![{_HAN}])[{_HAN}](?: {{1,4}}[{_HAN}]){{2,}}(?![{_HAN}])")
_PAIR_ALONE = re.compile(rf"(?:^|(?<=[章节编篇] )|(?<=[章节编篇]  ))[{_HAN}] {{1,4}}[{_HAN}]$")
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}]) (?=[{_HAN}])")
_CLAUSE = re.compile(r"[^，。；：、！？（）《》“”]+")
_TRAILING = re.compile(r"(?<![ \t])[ \t]++(?=\n|$)")
_PROSE_LENGTH = 30


def close_spaces(text: str, blocks: Sequence[Block]) -> list[Edit]:
    """Return edits: 「1,2 00 万 元」 → 「1,200万元」, 「2025 年」 → 「2025年」; Latin words keep theirs.

    Spaces at line ends go, and a single one at a line's start; a wider indent stays.
    """
    edits: list[Edit] = []
    if " " not in text and "\t" not in text:
        return edits
    cells = any(block.kind == "cell" for block in blocks)
    for line in _lines_of_blocks(text, blocks) if cells else split(text):
        if line.indent == 1 and text[line.start - 1] == " ":
            edits.append(Edit(line.start - 1, line.start, "", "indent"))
        in_cells = not blocks and "\t" in line.text  # what parts the cells is no space, so spaces belong to words
        if " " in line.text and (in_cells or _PAIR_ALONE.search(line.text) or not line.is_row()):
            edits.extend(Edit(at, at + n, "", "space") for at, n in _inner(line))
    if not cells:
        edits.extend(Edit(m.start(), m.end(), "", "line-end") for m in _TRAILING.finditer(text))
        edits.sort(key=lambda e: (e.start, e.end))
    return edits


def _lines_of_blocks(text: str, blocks: Sequence[Block]) -> Iterator[Line]:
    """Yield the lines of each block, so that a cell's spaces aren't taken for the gaps of its row."""
    for block in blocks:
        for line in split(text[block.start : block.end]):
            yield replace(line, start=block.start + line.start, end=block.start + line.end)


def _inner(line: Line) -> list[tuple[int, int]]:
    """Return the spaces to take out of a line: their offsets in the text and lengths, in order."""
    text = line.text
    gone: set[int] = set()
    for pattern in (_GROUPED, _SPACED_DIGITS, _SPACED_DECIMAL, _THOUSANDS, _SET_APART, _PAIR_ALONE, _AROUND_ASCII):
        for m in pattern.finditer(text):
            gone.update(i for i in range(m.start(), m.end()) if text[i] == " ")
    for pattern in (_BESIDE_HAN, _BESIDE_MARK, _AFTER_DIGITS):
        gone.update(m.start() for m in pattern.finditer(text))
    gone.update(_stray(text))
    heading = _HEADING_NUMBER.match(text)
    if heading:
        gone -= set(range(len(text[: heading.end() - 1].rstrip()), heading.end()))
    return list(_runs(sorted(gone), line.start))


def _stray(text: str) -> Iterator[int]:
    """Yield single spaces between Chinese characters inside running text.

    Two in one clause may part names, and one near the line's start a heading from its text: those stay.
    """
    if len(text) < _PROSE_LENGTH or ("。" not in text and "，" not in text):
        return
    for clause in _CLAUSE.finditer(text):
        if clause.start() == 0 or clause.end() == len(text) or " " not in clause[0]:
            continue
        if text[clause.start() - 1] in "“《":
            continue  # a slogan or a title in two parts
        found = list(_BETWEEN_HAN.finditer(clause[0]))
        if len(found) == 1 and "  " not in clause[0]:
            yield clause.start() + found[0].start()


def _runs(places: list[int], shift: int) -> Iterator[tuple[int, int]]:
    """Yield neighbouring places as one: start and length."""
    start = previous = None
    for place in places:
        if previous is not None and place == previous + 1:
            previous = place
            continue
        if start is not None and previous is not None:
            yield shift + start, previous - start + 1
        start = previous = place
    if start is not None and previous is not None:
        yield shift + start, previous - start + 1
