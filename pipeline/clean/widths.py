# ruff: noqa: RUF001, RUF002 - look-alike characters are the subject here
"""Full-width letters and digits, spaces and look-alikes become plain ones; Chinese punctuation stays as it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from pipeline.core.layers import Block
from pipeline.core.offsets import Edit

# Marks that only typing habit makes full-width; ，。；：？！（）〔〕《》【】“”～ aren't among them.
_MARKS = {
    "％": "%", "﹪": "%", "．": ".", "－": "-", "﹣": "-", "−": "-", "‐": "-", "‑": "-", "‒": "-", "＋": "+", "／": "/",
    "∕": "/", "⁄": "/", "＝": "=", "＜": "<", "＞": ">", "＆": "&", "＠": "@", "＃": "#", "＊": "*", "＿": "_",
    "＄": "$",
    "￥": "¥", "∶": "：", "﹕": "：", "﹔": "；", "﹐": "，", "﹑": "、", "﹝": "〔", "﹞": "〕", "﹙": "（",
    "﹚": "）",
    "―": "—", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "｡": "。", "､": "、", "〜": "～",
}  # fmt: skip
# radicals of CJK Radicals Supplement that are characters in their own right and that Unicode doesn't fold
_FOLDED = (
    "⺁厂 ⺜日 ⺝月 ⺩王 ⺫目 ⺬示 ⺮竹 ⺶羊 ⻁虎 ⻂衣 ⻃西 ⻄西 ⻅见 ⻆角 ⻇角 ⻉贝 ⻋车 ⻑长 ⻓长 ⻔门 ⻗雨 ⻘青"
    " ⻙韦 ⻚页 ⻛风 ⻜飞 ⻝食 ⻢马 ⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 ⻧卤 ⻨麦 ⻩黄 ⻪黾 ⻬齐 ⻮齿 ⻰龙 ⻳龟"
)
_RADICALS = {pair[0]: pair[1] for pair in _FOLDED.split()}
_PATTERN = re.compile(
    "[０-９Ａ-Ｚａ-ｚ]+|["
    + "".join(map(re.escape, _MARKS))
    + "\u2f00-\u2fdf\u2e80-\u2eff\uf900-\ufaff]|[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+"
)
# 「二○一○年」: a circle, letter or digit between Chinese numerals stands for 〇
_ZERO = re.compile(r"(?<=[一二三四五六七八九〇])[○◯ＯO０0]+(?=[一二三四五六七八九〇年])")


def normalise_widths(text: str, blocks: Sequence[Block]) -> list[Edit]:
    """Return edits by an explicit list: 「５０％」 becomes 「50%」, 「⼯」 「工」, an ideographic space a space."""
    edits = [Edit(m.start(), m.end(), new, "width") for m in _PATTERN.finditer(text) if (new := _plain(m[0])) != m[0]]
    zeros = [Edit(m.start(), m.end(), "〇" * len(m[0]), "zero") for m in _ZERO.finditer(text)]
    if not zeros:
        return edits
    taken = {edit.start for edit in zeros}
    return sorted([*zeros, *(e for e in edits if e.start not in taken)], key=lambda e: e.start)


@cache
def _plain(piece: str) -> str:
    """Return the plain form of one match of the pattern."""
    first = piece[0]
    if first.isspace():
        return " " * len(piece)
    if first in _MARKS:
        return _MARKS[first]
    if first in _RADICALS:
        return _RADICALS[first]
    return unicodedata.normalize("NFKC", piece)
