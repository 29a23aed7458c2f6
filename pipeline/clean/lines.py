"""The lines of a text, as the cleaners see them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

# what begins a line of its own: numbering, bullets, notes, captions. A marker that may as well be the rest of a broken
# sentence (「3 个方面」「第十二条规定」「条件如下：」) is weak: it counts only where the line before
# has come to its end.
STRONG_MARKER = re.compile(
    r"[一二三四五六七八九十百]{1,4}[、．.](?!\d)|[（(](?:[一二三四五六七八九十百]{1,4}|\d{1,3}|[a-zA-Z])[)）]|"
    r"\d{1,3}[、．]|\d{1,3}\.(?!\d)|\d{1,3}[)）]|第[一二三四五六七八九十百零〇\d]{1,5}(?:[章节编篇]|条(?:[ \u3000]|$))|"
    r"[①-⑳⑴-⒇⒈-⒛]|[A-Za-z][.)、](?!\w)|附[件录表图注](?:[ \d一二三四五六七八九十]*(?:$|[:：.、])| ?\d)|附[:：]|"
    r"注(?: ?\d)?[:：]|备注|(?:资料)?来源[:：]|[#>|*•●■◆▲△○□☐◻★▶➢➱·–]|——|-{2,}|- |【|表 ?\d|图 ?\d|"
    r"Tab(?:le|\.)|Fig(?:ure|\.)|https?:|www\.|专栏|摘 ?要|关键词|Abstract|抄送|主送|联系人|联系电话|相关链接"
)
WEAK_MARKER = re.compile(
    r"\d{1,2}(?:\.\d{1,2}){0,3} *[\u4e00-\u9fff]|第[一二三四五六七八九十百零〇\d]{1,5}[条款类批]|"
    r"[\u4e00-\u9fff]{2,8}[:：]"
)
SENTENCE_END = re.compile(r"[。！？!?…：:][”’」』）)》〉\]]*$")
_NUMBER = re.compile(r"[-+]?\d[\d,.]*%?\*{0,3}")
_NUMBERED = re.compile(
    r"^(?:第[一二三四五六七八九十百零〇\d]{1,5}[章节条]|[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．])\s+"
)
_SEAM = re.compile(r"(?<=[\u4e00-\u9fff])(?= ?[A-Za-z0-9])|(?<=[A-Za-z0-9%])(?= ?[\u4e00-\u9fff])")
_GAP = re.compile(r"\S(?: {3,}|\t)\S")


@dataclass(frozen=True, slots=True)
class Line:
    """A line with text: its span without outer spaces, the spaces before it and the blank lines above it."""

    start: int
    end: int
    indent: int
    blanks: int
    text: str

    @property
    def width(self) -> int:
        """Columns of the line: two for a Chinese character or mark, one for a Latin one.

        In Chinese text spaces don't count, but half a column is set wherever a Latin word or number meets Chinese.
        """
        columns = len(self.text.encode("gbk", "replace"))
        if columns < 1.2 * len(self.text):
            return columns
        return columns - self.text.count(" ") + len(_SEAM.findall(self.text)) // 2

    def is_row(self) -> bool:
        """Tell whether the line looks like a row of a table: tabs, wide gaps, bars, or numbers one after another."""
        text = self.text
        if "|" in text:
            return True
        if ("\t" in text or "   " in text) and _GAP.search(_NUMBERED.sub("", text)):
            return True
        if " " not in text or "，" in text or "。" in text:
            return False
        parts = text.split()
        numbers = [bool(_NUMBER.fullmatch(part)) for part in parts]
        if all(len(part) == 1 for part, number in zip(parts, numbers, strict=True) if number):
            return False  # 「2 0 2 5 年」: one number set wide
        return sum(numbers) >= 3 or any(a and b for a, b in itertools.pairwise(numbers))

    def is_marked(self) -> bool:
        """Tell whether numbering, a bullet or the like begins the line."""
        return STRONG_MARKER.match(self.text) is not None

    def may_be_marked(self) -> bool:
        """Tell whether the line begins like a numbered heading or a label, but perhaps only by chance."""
        return WEAK_MARKER.match(self.text) is not None

    def ends_sentence(self) -> bool:
        """Tell whether the line ends with a full stop, a question or exclamation mark or a colon."""
        return SENTENCE_END.search(self.text[-4:]) is not None


def split(text: str, breaks: str = "\n") -> Iterator[Line]:
    """Yield the lines of ``text`` that hold more than spaces; each of ``breaks`` ends a line."""
    at = blanks = 0
    pieces = text.split("\n") if breaks == "\n" else re.split(f"[{breaks}]", text)
    for piece in pieces:
        stripped = piece.strip()
        if stripped:
            indent = len(piece) - len(piece.lstrip())
            start = at + indent
            yield Line(start, start + len(stripped), indent, blanks, stripped)
            blanks = 0
        else:
            blanks += 1
        at += len(piece) + 1
