"""One heading: its number, its words and where they end."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.structure.numbering import Rank, value_of

LONGEST_HEADING = 40
MARKS = " \u3000\t\xa0\r*#"
_END = re.compile(r"[。：；！？!?\n]|[:;](?=\D|$)|(?<=[\u4e00-\u9fff“”）)])[ \u3000\t\xa0]{2,}(?=[\u4e00-\u9fff（(“])")
_CLAUSE = re.compile(r"[，,；;]")
_STOPS = "。：；！？!?:;"
_SMALL = ("circled",)  # mostly items of a list
_LONGEST_SMALL = 26
_DOTS = re.compile(r"[.…·•．]{4,}\s{0,8}[\divxIVX（）()]{0,8}\s{0,8}$")
_LEADERS = re.compile(r"\t\s*\d{1,3}\s*$|\]\(#|\s\d{1,3}\s*$")
# what begins inside a heading's line that lost its breaks: the first article of a chapter, the first part of a section
_INNER = {"chapter": re.compile(r"(?<![本该照据反和、至及》到与或])第[一二三四五六七八九十百]+条(?![例款件])")}
_INNER["part"] = _INNER["chapter"]
_INNER["cn"] = re.compile(r"[（(]一[）)]|(?<=[\u4e00-\u9fff])1[.．、](?![\d.．])")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A heading found: its rank's name, value, number as printed, and where number, heading and body begin and end."""

    rank: str
    order: float
    value: int
    number: str
    heading: str
    start: int
    body: int
    depth: int = 0


def leads_on(text: str, at: int) -> bool:
    """Tell whether a paragraph or a numbered line follows ``at``, so that the line before isn't a row of a list."""
    following = text[at : at + 200].strip().split("\n", 1)[0]
    return len(following) >= 20 or bool(re.match(r"\d+[.．]\d", following))


def read_heading(text: str, rank: Rank, number: str, start: int, end: int) -> Candidate | None:
    """Return the heading numbered ``text[start:end]``; ``None`` when the line turns out to be none."""
    if rank.wrong_next and rank.wrong_next.match(text, end):
        return None
    line = text.find("\n", end)
    line = len(text) if line < 0 else line
    if (_LEADERS.search(text, end, line) and line - end < 80) or _DOTS.search(text, max(end, line - 300), line):
        return None
    if rank.heading == "title" and (inner := first_inner(text, rank.name, end, line)):
        return Candidate(
            rank.name, rank.order, value_of(number), "".join(number.split()), label_of(text[end:inner]), start, inner
        )
    label, body = _READERS[rank.heading](text, end, line)
    if rank.name in _SMALL and not _heads(text, end, line, label, body):
        return None
    if rank.heading == "bracket":
        number = ""
    return Candidate(rank.name, rank.order, value_of(number), "".join(number.split()), label, start, body)


def first_inner(text: str, rank: str, at: int, line: int) -> int | None:
    """Return where the first of the next lower rank begins right after a short heading; ``None`` when it doesn't."""
    if rank not in _INNER:
        return None
    line = min(line, len(text))
    found = _INNER[rank].search(text, at, min(line, at + LONGEST_HEADING))
    while at < line and text[at] in MARKS:
        at += 1
    if found is None or _END.search(text, at + 1, found.start()) or len(label_of(text[at : found.start()])) < 2:
        return None
    return found.start()


def _heads(text: str, at: int, line: int, label: str, body: int) -> bool:
    """Tell whether ① is a heading and no item of a list: short, and with text of its own after it."""
    if not label or len(label) > _LONGEST_SMALL:
        return False
    rest = text[body:line].strip(MARKS)
    if rest:
        return text[body - 1 : body] in ("。", "：", ":", "．") and len(rest) > len(label)
    return text[line - 1 : line] not in ("；", ";", "。", "，", "、") and leads_on(text, line) and at < body


def _title(text: str, at: int, line: int) -> tuple[str, int]:
    """Return the heading after a number and where it ends; a label and ``at`` when running text follows."""
    while at < line and text[at] in MARKS:
        at += 1
    if at == line:  # the number stands alone: a short next line is its heading
        return _next(text, at, line)
    found = _END.search(text, at + 1, min(line, at + LONGEST_HEADING + 1))
    stop = found.start() if found else line
    if found and text[found.start()].isspace() and found.start() - at <= 2:  # 「总　　则」
        second = _END.search(text, found.end(), min(line, at + LONGEST_HEADING + 1))
        second_stop = second.start() if second else line
        stop = second_stop if second_stop - found.end() <= 2 else stop
    if stop - at <= LONGEST_HEADING:
        end = stop + 1 if stop < len(text) and text[stop] in _STOPS else stop
        if stop < len(text) and text[stop] in "？?":
            stop += 1
        return label_of(text[at:stop]), end
    clause = _CLAUSE.search(text, at + 4, at + LONGEST_HEADING)
    return label_of(text[at : clause.start() if clause else at + 20]), at


def _article(text: str, at: int, line: int) -> tuple[str, int]:
    """Return an article's heading: bracketed, or a line of its own without a full stop; mostly there is none."""
    while at < line and text[at] in MARKS:
        at += 1
    bracket = re.compile(r"[（(【\[]([^）)】\]\n]{2,20})[）)】\]]").match(text, at)
    if bracket:
        return label_of(bracket[1]), bracket.end()
    words = text[at:line].strip(MARKS)
    if 1 < len(words) <= 16 and not re.search(r"[。；：，,;:]", words):
        return label_of(words), line
    return "", at


def _next(text: str, at: int, line: int) -> tuple[str, int]:
    """Return the next line as heading where it is short and has no sentence in it."""
    while line < len(text) and text[line] in "\n\r \u3000\t\xa0":
        line += 1
    end = text.find("\n", line)
    end = len(text) if end < 0 else end
    words = text[line:end].strip(MARKS)
    if 1 < len(words) <= LONGEST_HEADING and not re.search(
        r"[。；：]|^[一二三四五六七八九十]+、|^第.{1,5}[章条]|^[（(]?[\d一]", words
    ):
        return label_of(words), end
    return "", at


def _bracket(text: str, at: int, line: int) -> tuple[str, int]:
    """Return what 【】 enclose."""
    end = text.index("】", at)
    return label_of(text[at:end]), end + 1


_READERS = {"title": _title, "article": _article, "next": _next, "bracket": _bracket}


def label_of(text: str) -> str:
    """Return a heading without marks and without spaces between Chinese characters."""
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", text.replace("**", "")).strip(MARKS)


def read_marked(text: str, at: int, depth: int) -> Candidate | None:
    """Return an unnumbered Markdown heading of ``depth`` marks."""
    line = text.find("\n", at)
    line = len(text) if line < 0 else line
    label = label_of(text[at:line])
    if not label or len(label) > LONGEST_HEADING * 2:
        return None
    return Candidate(f"mark-{depth}", 2.0 + depth, 0, "", label, at, line, depth)
