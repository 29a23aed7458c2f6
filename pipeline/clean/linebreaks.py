"""Line breaks in the middle of a paragraph, as PDF files and typewriters leave them, are taken out.

A break goes when the line before reaches the width at which the lines around it are cut, doesn't end a sentence, and
the next line doesn't begin something of its own. The width is found anew for every place: it's where many of the
neighbouring lines end and hardly any goes on. Text with one paragraph a line has no such width.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.clean.lines import Line, split
from pipeline.clean.page_lines import flush_lines, full_lines
from pipeline.clean.printed import are_printed, printed_lines
from pipeline.core.layers import Block
from pipeline.core.offsets import Edit

_WINDOW = 15
# columns: no running text is cut narrower or wider; lines cut at one width differ, as marks can't begin a line
_NARROWEST, _WIDEST, _SLACK = 22, 140, 5
_CLUSTER = 0.35  # share of a window's lines that must end at its width
_PROSE = 0.4  # share of a window's lines that must hold punctuation
_LONG = 60  # columns of a line that is a paragraph or most of one
_ORDERLY = 0.7  # share of long lines that must end as paragraphs do
_MOST_BLANKS = 6
_INDENT = 4  # columns by which a paragraph's first line may be shorter
_CITATION = re.compile(r"\[\d+(?:[-–,，]\d+)*\]")
_OPEN_END = re.compile(r"(?:[，、（(《〈“‘〔]|[一-鿿]-)$")
_CLOSING = "，。；：！？）》〉”’」』〕】"  # nothing begins with these
_AFTER_NUMBER = re.compile(r"第[一二三四五六七八九十百零〇\d]{1,5}[条章节]( {1,4})")
_UNCLOSED = re.compile(r"[《（〔][^《》（）〔〕]*$")
_CLOSES = re.compile(r"[^《》（）〔〕。]{0,40}[》）〕]")
_CUT_NUMBER = re.compile(r"\d ?[万亿千百十]?$")
_UNIT = tuple("万亿元年月日个名人家项件套所条户亩次批%％倍岁周")
_DIGITS_BEFORE = re.compile(r"[^\d.,，、]\d[\d.,]{0,14}$")
_DIGITS_AFTER = re.compile(r"\d{1,12}(?:\.\d+)? ?[%‰万亿千百元年月日个名人家项件套所条户亩次批倍岁周平公吨米]")
_YEARS = re.compile(r"(?:19|20)\d\d")
_REMAINDER = re.compile(r"[^无有是否略见同\W\d_A-Za-z]。")
_SAME_WIDTH = 8  # columns by which lines cut at one width differ, their indents included
_NEIGHBOURS = 8
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s\u3000-\u9fff\uff00-\uffef]*$")
_LONGEST_ADDRESS = 1000
_TOKEN = re.compile(r"[A-Za-z0-9.,%+/-]+|.")
_MARKS = re.compile(r"[，。；、：]|^第[一二三四五六七八九十百零〇\d]{1,5}条")
_CJK = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’…—]")


def join_lines(text: str, blocks: Sequence[Block]) -> list[Edit]:
    """Return edits that take out breaks within paragraphs; none for files that know their paragraphs (docx, html).

    Printed lines are joined within a table's cell and outside of tables, never from one cell to another.
    """
    if blocks and not are_printed(blocks):
        return []
    lines, spots = printed_lines(text, blocks) if blocks else (list(split(text)), [])
    if len(lines) < 2:
        return []
    full = full_lines(lines, spots) if blocks else _full_by_width(lines)
    flush = flush_lines(spots) if blocks else [False] * len(lines)
    orderly = _is_orderly(lines, full)
    edits = []
    for i, (line, after) in enumerate(pairwise(lines)):
        if spots and spots[i].unit != spots[i + 1].unit:
            continue
        if after.blanks > _MOST_BLANKS or line.is_row() or after.is_row():
            continue
        if _goes_on(lines, i, full[i], orderly) or (full[i] and flush[i + 1] and _runs_on(line, after)):
            edits.append(Edit(line.end, after.start, _glue(line.text, after.text), "line-break"))
    return edits


def _runs_on(line: Line, after: Line) -> bool:
    """Tell whether a full line that ends a sentence goes on in the next, which isn't indented as paragraphs are."""
    marked = after.is_marked() or after.may_be_marked()
    return line.ends_sentence() and line.width >= _NARROWEST and not marked


def _goes_on(lines: Sequence[Line], i: int, full: bool | None, orderly: bool) -> bool:
    """Tell whether the sentence of line ``i`` goes on in the next; ``full`` None: its place on the page forbids it."""
    line, after = lines[i], lines[i + 1]
    if full is None:
        return False
    if _is_citation(lines, i + 1) or (_is_citation(lines, i) and not after.is_marked() and after.indent < 2):
        return True
    if after.text[0] in _CLOSING and not line.ends_sentence():
        return True
    if line.text.startswith("#") or after.indent >= 2 or after.is_marked() or line.ends_sentence():
        return False
    if _ends_in_address(line.text):
        return full and after.text.isascii() and " " not in after.text
    if full or (_CUT_NUMBER.search(line.text) and after.text.startswith(_UNIT) and _MARKS.search(line.text)):
        return True
    if _OPEN_END.search(line.text) or (_UNCLOSED.search(line.text) and _CLOSES.match(after.text)):
        return line.width >= _NARROWEST
    return orderly and _is_cut_paragraph(line, after)


def _is_citation(lines: Sequence[Line], i: int) -> bool:
    """Tell whether a line is only a raised mark like 「[3]」, thrown out of the line above, with text on both sides."""
    if not 0 < i < len(lines) - 1 or not _CITATION.fullmatch(lines[i].text):
        return False
    return lines[i].blanks == 0 and (lines[i - 1].width >= _NARROWEST or lines[i + 1].text[0] in _CLOSING)


def _is_orderly(lines: Sequence[Line], full: Sequence[bool | None]) -> bool:
    """Tell whether most long lines not cut at a width end as paragraphs do, so that one which doesn't is broken."""
    long = [line for line, cut in zip(lines, full, strict=True) if line.width >= _LONG and not cut]
    ended = sum(line.ends_sentence() or line.text[-1] in "；）)” " for line in long)
    return len(long) >= 8 and ended >= _ORDERLY * len(long)


def _is_cut_paragraph(line: Line, after: Line) -> bool:
    """Tell whether a long line was cut by a page's end: it stops inside a sentence that the next one ends."""
    if line.width < _LONG or after.may_be_marked() or "。" not in line.text or "。" not in after.text:
        return False
    if not _CJK.match(after.text[0]) or not line.text[-1].isalnum():
        return False
    return len(re.split("[。！？；]", line.text)[-1]) >= 2


def _glue(before: str, after: str) -> str:
    """Return what stands between two joined lines: a space between Latin words, nothing beside Chinese."""
    last, first = before[-1], after[0]
    if _CJK.match(last) or _CJK.match(first) or last in "-([" or first in ",.;:%)]" or _ends_in_address(before):
        return ""
    if last.isdigit() and first.isdigit() and _CJK.search(before) and _CJK.search(after):
        return ""  # a number cut in two: two numbers side by side don't occur in a sentence
    return " "


def _ends_in_address(text: str) -> bool:
    """Tell whether a line ends in a web address (of up to 1,000 characters, or long lines would take long)."""
    return _ADDRESS.search(text, max(0, len(text) - _LONGEST_ADDRESS)) is not None


def _full_by_width(lines: Sequence[Line]) -> list[bool | None]:
    """Tell for each line whether it reaches the width at which the lines before, around or after it are cut.

    A width met in many places counts everywhere, since a short paragraph among headings doesn't show its own.
    """
    widths = [line.width for line in lines]
    for i in range(2, len(lines)):
        if _is_citation(lines, i - 1):
            widths[i] += widths[i - 2]  # printed as one line
    prose = [_MARKS.search(line.text) is not None for line in lines]
    at: list[int | None] = [
        _wrap_width(widths[i : i + _WINDOW], prose[i : i + _WINDOW]) for i in range(max(1, len(lines) - _WINDOW + 1))
    ]
    common = {w for w, n in Counter(at).items() if w is not None and n >= _WINDOW}
    full: list[bool | None] = []
    for i in range(len(lines) - 1):
        near = {at[min(max(i - shift, 0), len(at) - 1)] for shift in (0, _WINDOW // 2, _WINDOW - 1)} - {None}
        token = _TOKEN.match(lines[i + 1].text)
        reach = widths[i] + (len(token[0].encode("gbk", "replace")) if token else 2) - 2
        slack = _SLACK + (_first_indent(lines, i) if _is_first(lines, i, prose[i]) else 0)
        full.append(
            any(w is not None and w - slack <= reach and widths[i] <= w + _SLACK for w in near)
            or (prose[i] and any(w - 3 <= reach and widths[i] <= w + 2 for w in common))
        )
        full[i] = full[i] or _is_cut_short(lines, i, widths, prose)
    full.append(False)
    for start, end in _even_runs(lines, widths, prose):
        full[start:end] = [True] * (end - start)
    return full


def _is_cut_short(lines: Sequence[Line], i: int, widths: list[int], prose: list[bool]) -> bool:
    """Tell whether the break before line ``i + 1`` cuts a number, or only a sentence's last character is left there.

    A number is cut where digits meet digits with a unit, at the width of the running text around them.
    """
    line, after = lines[i], lines[i + 1]
    if not prose[i] or not _NARROWEST <= widths[i] <= _WIDEST or after.blanks:
        return False
    if _REMAINDER.fullmatch(after.text):
        return True
    before, behind = _DIGITS_BEFORE.search(line.text), _DIGITS_AFTER.match(after.text)
    if before is None or behind is None:
        return False
    if _YEARS.fullmatch(before[0][1:]) and _YEARS.match(after.text):
        return False
    low = max(0, i - _NEIGHBOURS)
    near = [
        width for width, text in zip(widths[low : i + _NEIGHBOURS], prose[low : i + _NEIGHBOURS], strict=True) if text
    ]
    return widths[i] + _SAME_WIDTH >= max(near)


def _even_runs(lines: Sequence[Line], widths: list[int], prose: list[bool]) -> Iterator[tuple[int, int]]:
    """Yield runs of three and more neighbours of one width that break off: a short paragraph of its own width."""
    start = 0
    for i in range(1, len(lines) + 1):
        if i < len(lines) and abs(widths[i] - widths[start]) <= 3 and _NARROWEST < widths[i] <= _WIDEST:
            continue
        broken = sum(not line.ends_sentence() and not line.text.endswith("；") for line in lines[start:i])
        if i - start >= 3 and broken >= max(2, (i - start) * 2 // 3) and all(prose[start:i]):
            yield start, i
        start = i


def _first_indent(lines: Sequence[Line], i: int) -> int:
    """Return the columns a paragraph's first line lost: its indent, and the wide spaces after 「第一条」."""
    gap = _AFTER_NUMBER.match(lines[i].text)
    return _INDENT + (2 * (len(gap[1]) - 1) if gap else 0)


def _is_first(lines: Sequence[Line], i: int, prose: bool) -> bool:
    """Tell whether line ``i`` may be the first of a paragraph, whose indent is lost, and not a heading."""
    starts = i == 0 or lines[i - 1].ends_sentence() or lines[i - 1].text[-1] == "；" or lines[i - 1].width < _NARROWEST
    marked = lines[i].is_marked() or lines[i].may_be_marked()
    return prose if marked else starts or (prose and lines[i - 1].may_be_marked())


def _wrap_width(widths: list[int], prose: list[bool]) -> int | None:
    """Return the width at which a window's lines are cut, None when they aren't."""
    if len(widths) < 3 or sum(prose) < _PROSE * len(prose):
        return None
    counts = Counter(widths)
    for width in sorted(counts, reverse=True):
        longer = sum(n for w, n in counts.items() if w > width + 2)
        if longer > 3:
            return None
        cluster = sum(n for w, n in counts.items() if width - _SLACK <= w <= width + 2)
        if longer > 1 and cluster < 0.5 * len(widths):
            continue
        if _NARROWEST <= width <= _WIDEST and cluster >= max(3, _CLUSTER * len(widths)):
            return width
    return None
