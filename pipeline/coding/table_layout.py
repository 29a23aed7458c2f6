"""The layout of a codebook's tables: heads, lines above them that speak of the whole codebook, cells with places."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from pipeline.coding.cells import words_in
from pipeline.coding.places import Cell
from pipeline.core.strict import KeyPath, unknown

# the keys of YAML and what heads of columns may call them; the first is the one we write
HEADS = {
    "code": ("代码", "编码", "code"),
    "name": ("名称", "代码名称", "中文名", "name"),
    "parent": ("上级", "上级代码", "父代码", "父级", "parent"),
    "definition": ("定义", "说明", "含义", "definition"),
    "include": ("纳入", "包括", "纳入标准", "include"),
    "exclude": ("不纳入", "不包括", "排除", "排除标准", "exclude"),
    "aliases": ("别名", "其他编码的标签", "aliases", "alias"),
    "examples": ("例句", "正例", "例子", "examples", "example"),
    "counter_examples": ("反例", "counterexamples", "counterexample"),
    "terms": ("词语", "词", "种子词", "关键词", "terms", "term"),
    "weight": ("权重", "weight"),
    "near": ("近", "须近", "邻近", "near"),
    "not": ("非", "不算", "not"),
    "source": ("出处", "来源", "source"),
    "version": ("版本", "version"),
    "group": ("词组", "groups", "group"),
    "note": ("备注", "注", "note", "notes"),
}
KEYS = {
    "codebook": ("编码本", "标识", "codebook", "id"),
    "name": ("名称", "编码本名称", "name"),
    "version": ("版本", "version"),
    "definition": ("定义", "说明", "definition"),
    "source": ("出处", "来源", "source"),
    "heading_weight": ("标题权重", "headingweight"),
}
_HEAD_OF = {word: key for key, words in HEADS.items() for word in words}
_KEY_OF = {word: key for key, words in KEYS.items() for word in words}
_GROUP = re.compile(r"\s*(?:词组|groups?)\s*[：:.]\s*(\S.*?)\s*", flags=re.I | re.S)
_WIDEST = 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row that aren't empty, by column from 0; ``number`` is its row or line in the file, from 1."""

    number: int
    cells: dict[int, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: a sheet of a workbook, or (without ``title``) a file of delimited text.

    ``hidden`` rows (by a filter, say) weren't read.
    """

    title: str
    rows: tuple[Row, ...]
    hidden: int = 0


class TableLines(dict[KeyPath, int]):
    """Places of values that came from a table, whose mistakes are told in the words of its heads."""


@dataclass(slots=True)
class Node:
    """A code as it is gathered; ``places`` by path below the code."""

    place: int
    fields: dict[str, Any]
    places: dict[KeyPath, int] = field(default_factory=dict)
    parent: str = ""


@dataclass(slots=True)
class Part:
    """What stands below a line of heads: its columns, and its rows with the place of each cell."""

    columns: dict[str, int]
    rows: list[dict[str, tuple[str, int]]]


@dataclass(slots=True)
class Gathered:
    """What the sheets have given so far."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)
    lines: TableLines = field(default_factory=TableLines)
    nodes: list[Node] = field(default_factory=list)
    by_code: dict[str, Node] = field(default_factory=dict)
    mistakes: list[tuple[int, str]] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)

    def wrong(self, place: int, what: str) -> None:
        """Note a mistake."""
        self.mistakes.append((place, f"{self.name}:{place}: {what}"))


def _normal(cell: str) -> str:
    """Return a head without case, spaces, underscores and what stands in brackets at its end."""
    return re.sub(r"[\s_]+", "", re.sub(r"[（(][^（）()]*[）)]\s*$", "", cell)).lower()


def _place(sheet: Sheet, number: int, row: int, column: int) -> int:
    """Return the line of a text file, or the cell of a workbook."""
    if not sheet.title:
        return row
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return Cell((number * 2_000_000 + row) * _WIDEST + column, f"{sheet.title}!{letters}{row}")


def parts_of(sheet: Sheet, number: int, found: Gathered) -> list[Part]:
    """Return the table of a sheet (none or one); what stands above it goes to the codebook's keys."""
    taken = False
    odd: list[tuple[int, str]] = []
    for index, row in enumerate(sheet.rows):
        keys = {column: _HEAD_OF.get(_normal(text), "") for column, text in row.cells.items()}
        known = set(keys.values()) - {""}
        if len(known) > 1 and ("code" in known or "group" in known):
            _tell_odd(odd, found)
            columns = _columns(sheet, number, row, found)
            below, last = sheet.rows[index + 1 :], max(row.cells)
            return [Part(columns, [_cells(_Line(sheet, number, one, last), columns, found) for one in below])]
        if _take_key(sheet, number, row, found):
            taken = True
        elif len(row.cells) > 1:
            first = min(row.cells)
            odd.append((_place(sheet, number, row.number, first), row.cells[first]))
    if taken:
        _tell_odd(odd, found)
    elif sheet.title and sheet.rows:
        found.hints.append(f"{found.name}:{sheet.title}: 没有认出表头，这张表没有读")
    return []


def _tell_odd(odd: list[tuple[int, str]], found: Gathered) -> None:
    """Tell of lines above the heads that say nothing we know: a slip of the pen is a mistake, the rest a hint."""
    known = [words[0] for words in KEYS.values()]
    for place, head in odd:
        what = unknown("键", head[:40], known)
        if "是否应为" in what:
            found.wrong(place, what)
        elif not head.startswith("#"):
            found.hints.append(f"{found.name}:{place}: {what}；这一行没有读")


def _columns(sheet: Sheet, number: int, row: Row, found: Gathered) -> dict[str, int]:
    """Return the column of each head; one that isn't known, or given twice, is a mistake."""
    columns: dict[str, int] = {}
    for column, text in sorted(row.cells.items()):
        key = _HEAD_OF.get(_normal(text))
        place = _place(sheet, number, row.number, column)
        if key is None:
            found.wrong(place, unknown("列", text[:40], [words[0] for words in HEADS.values()]))
        elif key in columns:
            found.wrong(place, f"列“{text[:40]}”出现了两次，请删去一列或合并")
        else:
            columns[key] = column
    return columns


@dataclass(frozen=True, slots=True)
class _Line:
    """A row below the heads, of which ``last`` is the last column; ``number`` is the sheet's."""

    sheet: Sheet
    number: int
    row: Row
    last: int

    def place(self, column: int) -> int:
        """Return where the cell of ``column`` stands."""
        return _place(self.sheet, self.number, self.row.number, column)


def _cells(line: _Line, columns: dict[str, int], found: Gathered) -> dict[str, tuple[str, int]]:
    """Return the cells of a row by the key of their column, each with its place."""
    for column, text in sorted(line.row.cells.items()):
        if column > line.last:
            what = f"这一格在表头之外，请检查这一行是否多了分隔符：「{text[:20]}」"
            found.wrong(line.place(column), what)
            break
    result: dict[str, tuple[str, int]] = {}
    for key, column in columns.items():
        text = line.row.cells.get(column, "").strip()
        if text and key != "note":
            result[key] = (text, line.place(column))
    return result


def _take_key(sheet: Sheet, number: int, row: Row, found: Gathered) -> bool:
    """Take 「版本 | 1.0」 or 「词组：people | 人才、博士」 above the heads; False when it's neither."""
    (first, head), *others = sorted(row.cells.items()) or [(0, "")]
    group = _GROUP.fullmatch(head)
    key = _KEY_OF.get(_normal(head))
    if not others or (key is None and group is None):
        return False
    column, value = others[0]
    place = _place(sheet, number, row.number, column)
    if group is not None:
        words = [word for _, text in others for word in words_in(text)]
        add_group(group[1], words, place, found)
        return True
    assert key is not None
    if key in found.data:
        found.wrong(_place(sheet, number, row.number, first), f"“{head}”出现了两次，请删去一个")
    found.data[key] = value.strip()
    found.lines[(key,)] = place
    return True


def add_group(group: str, words: list[str], place: int, found: Gathered) -> None:
    """Put the words of a group to those it has."""
    groups = found.data.setdefault("groups", {})
    group = group.removeprefix("$")
    found.lines.setdefault(("groups",), place)
    found.lines.setdefault(("groups", group), place)
    for word in words:
        found.lines[("groups", group, len(groups.get(group, ())))] = place
        groups.setdefault(group, []).append(word)
    groups.setdefault(group, [])
