"""A codebook written as tables: rows of codes, lists in cells, and optional sheets of terms, word groups and keys.

A table of codes has heads (代码, 名称, 定义, …, in Chinese or English); lines above them, or a sheet without them, may
say what the whole codebook is: 「版本 | 1.0」. A row without a code goes on with the code above. A table with 代码
but neither 名称 nor 定义 adds to codes described elsewhere: a list of terms, one a row.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from pipeline.coding.cells import sentences_in, terms_in, words_in
from pipeline.coding.places import at
from pipeline.coding.table_layout import HEADS, KEYS, Gathered, Node, Part, Sheet, TableLines, add_group, parts_of
from pipeline.core.errors import PipelineError
from pipeline.core.strict import KeyPath, Lines, unknown

_SENTENCES = ("include", "exclude", "examples", "counter_examples")
_OF_BOOK = ("source", "version")  # columns that speak of the whole codebook
NOTES = ("写法", "说明")  # sheets for people only
_DEEPEST = 10


@dataclass(frozen=True, slots=True)
class Table:
    """The data as YAML would give them, the place of each value, mistakes and hints."""

    data: dict[str, Any]
    lines: Lines
    mistakes: tuple[str, ...]
    hints: tuple[str, ...]


def read_sheets(sheets: tuple[Sheet, ...], name: str) -> Table:
    """Return the codebook in ``sheets``, unchecked but for what only a table can have wrong. ``name`` is the file's.

    Raises PipelineError when there is no table of codes.
    """
    found = Gathered(name)
    read = [sheet for sheet in sheets if sheet.title not in NOTES]
    for number, sheet in enumerate(read):
        if sheet.hidden:
            what = f"有 {sheet.hidden} 行被隐藏（例如被筛选），没有读；请取消筛选和隐藏，或删去这些行"
            found.mistakes.append((number * 10**12, f"{name}:{sheet.title}: {what}"))
    parts = [part for number, sheet in enumerate(read) for part in parts_of(sheet, number, found)]
    defining = [part for part in parts if "code" in part.columns and {"name", "definition"} & part.columns.keys()]
    if not defining:
        what = "没有找到代码表：要有一行表头，其中至少有“代码”和“名称”“定义”，写法见 docs/codebook.md"
        raise PipelineError(f"{name}:{_place_of(read)}: {what}")
    for part in defining:
        _take_codes(part, found, defining=True)
    for part in parts:
        if "code" not in part.columns:
            _take_groups(part, found)
        elif part not in defining:
            _take_codes(part, found, defining=False)
    _defaults(found)
    _nest(found)
    return Table(found.data, found.lines, tuple(text for _, text in sorted(found.mistakes)), tuple(found.hints))


def _place_of(sheets: list[Sheet]) -> str:
    """Return where the heads should stand."""
    return f"{sheets[0].title}!A1" if sheets and sheets[0].title else "1"


def in_words(sentence: str, lines: Lines) -> str:
    """Return a mistake of the model in the words of a table's heads, when the codebook came from one."""
    if not isinstance(lines, TableLines):
        return sentence
    sentence = re.sub(r"(?:(?<= )|^)(?:[\w-]+\.)*?([a-z_]+)(?:\.\d+)*: ", _head, sentence, count=1)
    return sentence.replace("缺少必填的键", "没有填写")


def _head(found: re.Match[str]) -> str:
    """Return the head of the column that the last key of a path stands in."""
    if group := re.match(r"groups\.([^:]*?)(?:\.\d+)?: ", found[0]):
        return f"词组 {group[1]}："
    key = "terms" if found[1] == "term" else found[1]
    words = HEADS.get(key) or KEYS.get(key)
    return f"{words[0]}：" if words else found[0]


def _take_groups(part: Part, found: Gathered) -> None:
    """Take a table of word groups; a row without a name goes on with the group above."""
    group = ""
    for cells in part.rows:
        name, place = cells.get("group", ("", 0))
        words, at_words = cells.get("terms", ("", place))
        group = name or group
        if group and (name or words):
            add_group(group, words_in(words), at_words or place, found)
        elif words:
            found.wrong(at_words, "词语的左边没有词组的名称")


def _take_codes(part: Part, found: Gathered, *, defining: bool) -> None:
    """Take the rows of a table of codes, or of one that adds to codes."""
    node: Node | None = None
    for cells in part.rows:
        if not cells:
            continue
        for key in _OF_BOOK:
            if key in cells:
                _of_book(key, *cells[key], found)
        if "code" in cells:
            node = _node_for(cells, found, defining=defining)
        elif node is None or {"name", "definition", "parent"} & cells.keys():
            if found.by_code or set(cells) - set(_OF_BOOK):
                found.wrong(next(iter(cells.values()))[1], "这一行没有代码，请在“代码”列填写")
            node = None
        if node is not None:
            _fill(node, cells, found)


def _of_book(key: str, text: str, place: int, found: Gathered) -> None:
    """Take a cell that speaks of the whole codebook; different sources are joined, versions must agree."""
    old = found.data.get(key)
    if old is None:
        found.data[key] = text
        found.lines[(key,)] = place
    elif key == "source" and text not in old.split("；"):
        found.data[key] = f"{old}；{text}"
    elif key == "version" and text != old:
        found.wrong(place, f"版本“{text}”与前面的“{old}”不同，一个编码本只有一个版本")


def _node_for(cells: dict[str, tuple[str, int]], found: Gathered, *, defining: bool) -> Node | None:
    """Return the code a row speaks of: the one of that name if the row adds to it, else a new one."""
    code, place = cells["code"]
    old = found.by_code.get(code)
    if not defining:
        if old is None:
            found.wrong(place, unknown("代码", code[:60], list(found.by_code)[:30]))
        return old
    same = old is not None and all(
        cells[key][0] == old.fields.get(key) for key in ("name", "definition") if key in cells
    )
    if old is not None and same:
        return old
    node = Node(place, {"code": code}, {("code",): place})
    found.nodes.append(node)
    found.by_code.setdefault(code, node)
    return node


def _fill(node: Node, cells: dict[str, tuple[str, int]], found: Gathered) -> None:
    """Put the cells of a row into its code."""
    for key in ("name", "definition"):
        if key in cells:
            node.fields[key], node.places[(key,)] = cells[key]
    if "parent" in cells:
        node.parent, node.places[("parent",)] = cells["parent"]
    for key in (*_SENTENCES, "aliases"):
        if key in cells:
            text, place = cells[key]
            _extend(node, key, words_in(text) if key == "aliases" else sentences_in(text), place)
    _fill_terms(node, cells, found)


def _fill_terms(node: Node, cells: dict[str, tuple[str, int]], found: Gathered) -> None:
    """Put a row's terms into its code; weight and conditions in columns of their own go for those that have none."""
    beside = {key: cells[key] for key in ("weight", "near", "not") if key in cells}
    if "terms" not in cells:
        for _, place in list(beside.values())[:1]:
            found.wrong(place, "有权重或条件，却没有词语")
        return
    text, place = cells["terms"]
    terms, odd = terms_in(text)
    for one in odd:
        found.wrong(place, f"看不懂词语“{one[:40]}”，写法是 词*0.5（近：甲、乙；非：丙），本来就有的符号前加 \\")
    for term in terms:
        for key, (value, _) in beside.items():
            term.setdefault(key, value if key == "weight" else words_in(value))
        if "weight" in term:
            term["weight"] = unicodedata.normalize("NFKC", term["weight"])
    first = len(node.fields.get("terms", ()))
    _extend(node, "terms", terms, place)
    for index in range(first, first + len(terms)):
        node.places |= {("terms", index, key): where for key, (_, where) in beside.items()}


def _extend(node: Node, key: str, values: list[Any], place: int) -> None:
    """Put ``values`` to a list of the code."""
    there = node.fields.setdefault(key, [])
    node.places.setdefault((key,), place)
    for value in values:
        node.places[(key, len(there))] = place
        there.append(value)


def _defaults(found: Gathered) -> None:
    """Fill in what the file doesn't say of the whole codebook from its name, and say so."""
    stem = PurePath(found.name).stem
    ident = re.sub(r"[^\w\-]+", "_", stem)[:60] or "codebook"
    title = found.data.get("name") or stem[:60] or ident
    given = {"codebook": ident, "name": title, "version": "1", "definition": title, "source": "自编"}
    missing = [key for key in given if key not in found.data]
    if missing:
        told = "、".join(f"{KEYS[key][0]}“{given[key]}”" for key in missing)
        found.hints.append(f"{found.name}: 没有写明的用了默认值：{told}；可在表头之上写“版本”等行")
    found.data = {**given, **found.data}


def _nest(found: Gathered) -> None:
    """Put each code below its parent; a parent that isn't there, or a ring of parents, is a mistake."""
    _settle_parents(found)
    below: dict[str, list[Node]] = {}
    tops: list[Node] = []
    clear: set[str] = set()
    for node in found.nodes:
        if ring := _ring(node, found, clear):
            found.wrong(node.places[("parent",)], f"上级成环：{' → '.join(ring[:10])}")
            node.parent = ""
        (below.setdefault(node.parent, []) if node.parent else tops).append(node)
    if found.nodes:
        found.data["codes"] = [_nested(node, ("codes", i), below, found, 1) for i, node in enumerate(tops)]


def _settle_parents(found: Gathered) -> None:
    """Replace each parent, given by code or name, by its code; one that isn't there is a mistake."""
    names = {str(node.fields.get("name", "")): node.fields["code"] for node in reversed(found.nodes)}
    for node in found.nodes:
        if node.parent and node.parent not in found.by_code:
            known = names.get(node.parent, "")
            if not known:
                place = node.places[("parent",)]
                found.wrong(place, unknown("上级", node.parent[:60], list(found.by_code)[:30]))
            node.parent = known


def _ring(node: Node, found: Gathered, clear: set[str]) -> list[str]:
    """Return the codes from ``node`` up to where they repeat; none when they end at a top, then all are ``clear``."""
    path = {node.fields["code"]: None}
    parent = node.parent
    while parent and parent not in clear:
        if parent in path:
            return [*path, parent]
        path[parent] = None
        parent = found.by_code[parent].parent
    clear.update(path)
    return []


def _nested(node: Node, path: KeyPath, below: dict[str, list[Node]], found: Gathered, depth: int) -> dict[str, Any]:
    """Return a code with its children, and note their places."""
    found.lines[path] = node.place
    for key, place in node.places.items():
        found.lines[(*path, *key)] = place
    code = node.fields["code"]
    own = below.get(code, []) if found.by_code[code] is node else []
    if own and depth == _DEEPEST:
        found.wrong(own[0].place, f"代码超过 {_DEEPEST} 层（上级在{at(node.place)}），请减少层次")
        return node.fields
    children = [_nested(child, (*path, "children", i), below, found, depth + 1) for i, child in enumerate(own)]
    return {**node.fields, "children": children} if children else node.fields
