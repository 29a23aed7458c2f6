"""JSON: an array of objects or one object a line; each object is a row, its keys the heads of columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pipeline.core.config import RowSettings
from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.issues import Issue, issue
from pipeline.core.layers import RawText
from pipeline.ingest.decode import decode
from pipeline.ingest.grid import Grid, Line, Room, RowDoubts, cell_text
from pipeline.ingest.printed import plain
from pipeline.ingest.rows import Readings, to_raw
from pipeline.ingest.txt import encoding_doubts

_MOST_KEYS = 1000
_REST = "其他"
_LISTED = 10
# an object with a text longer than this is a document, not the envelope of arrays
_LONG = 100
_Numbered = tuple[int, dict[str, Any]]
# the keys that stand several times in an object, by the object's ``id``
_Repeated = dict[int, list[str]]
_ERRORS = {
    "Unterminated string": "起的字符串没有结束的引号",
    "Expecting property name": "处应是双引号括起的键",
    "Expecting ':'": "处缺少冒号",
    "Expecting ','": "处缺少逗号",
    "Expecting value": "处缺少值",
    "Invalid control character": "处的字符串里有控制字符",
    "Invalid \\": "处的转义写法不对",
    "Extra data": "起有多余的内容",
    "trailing comma": "处多了一个逗号",
    "BOM": "处有字节顺序标记",
}


def read_records(source: Source, content: bytes, *, max_chars: int, rows: RowSettings) -> RawText:
    """Return the objects as documents, or as one table. Raises UnreadableFile: ``ingest.damaged`` and others."""
    decoded = decode(content, source.name, max_chars=max(max_chars, len(content)))
    doubts, room = RowDoubts(source.name), Room(rows.most_rows)
    grids: list[Grid] = []
    more: list[Issue] = []
    for name, records in _tables(decoded.text, source.name, doubts, more):
        grid, cut = _grid(name, records, doubts, room)
        grids.append(grid)
        if cut:
            more.append(issue("ingest", "ingest.rows-cut", name=source.name, count=len(grid.lines)))
    found = (*encoding_doubts(decoded, source.name), *doubts.all(), *more)
    return to_raw(grids, Readings(source.name, "application/json", decoded.encoding, max_chars, found), rows)


def _grid(name: str, records: Iterable[_Numbered], doubts: RowDoubts, room: Room) -> tuple[Grid, bool]:
    """Return objects as a table, and whether some were left out."""
    heads: dict[str, int] = {}
    lines: list[Line] = []
    for number, record in records:
        known = len(heads)
        found = _cells(record, heads)
        if known <= _MOST_KEYS < len(heads):
            doubts.add(number, f"键已超过 {_MOST_KEYS} 个，其余的并入“{_REST}”")
        if not found:
            continue
        if not room.takes(len(lines), len(found)):
            return Grid(name, lines, heads=tuple(heads)), True
        lines.append(Line(number, found))
    return Grid(name, lines, heads=tuple(heads)), False


def _tables(text: str, name: str, doubts: RowDoubts, more: list[Issue]) -> Iterator[tuple[str, Iterable[_Numbered]]]:
    """Yield the arrays of objects with their names: one without a name, or those an object around them holds."""
    repeated: _Repeated = {}
    whole = _parse(text, repeated)
    if isinstance(whole, str):
        yield "", _of_lines(text, name, doubts, whole)
        return
    if isinstance(whole, list):
        yield "", _of_array(whole, repeated, doubts)
        return
    arrays = _arrays_in(whole)
    if not arrays:
        yield "", _of_array([whole] if isinstance(whole, dict) else [], repeated, doubts)
        return
    _doubt_keys(1, repeated.get(id(whole), []), doubts)
    left = [cell_text(key) for key, value in whole.items() if key not in arrays and value not in (None, "", [], {})]
    if left:
        keys = "、".join(left[:_LISTED]) + "等" * (len(left) > _LISTED)
        more.append(issue("ingest", "ingest.keys-left", name=name, count=len(left), keys=keys[:200]))
    for key, array in arrays.items():
        yield cell_text(key), _of_array(array, repeated, doubts)


def _arrays_in(value: Any) -> dict[str, list[Any]]:
    """Return the arrays of objects that an object holds, none when it's a document itself."""
    if not isinstance(value, dict) or any(isinstance(v, str) and len(v) > _LONG for v in value.values()):
        return {}
    return {k: v for k, v in value.items() if isinstance(v, list) and any(isinstance(one, dict) for one in v)}


def _of_array(array: list[Any], repeated: _Repeated, doubts: RowDoubts) -> Iterator[_Numbered]:
    """Yield the objects of an array and their places in it, from 1."""
    for number, record in enumerate(array, 1):
        if isinstance(record, dict):
            _doubt_keys(number, _repeated_in(record, repeated), doubts)
            yield number, record
        elif record is not None:
            doubts.add(number, f"不是 JSON 对象：{_text(record)[:40]}")


def _doubt_keys(number: int, keys: Sequence[str], doubts: RowDoubts) -> None:
    """Note the keys that stand several times in one object."""
    if keys:
        doubts.add(number, f"键“{'、'.join(keys)[:80]}”重复出现，各个值都读入了")


def _repeated_in(record: dict[str, Any], repeated: _Repeated) -> list[str]:
    """Return the keys that stand several times in an object or in one within it."""
    found: list[str] = []
    waiting: list[Any] = [record] if repeated else []
    while waiting:
        value = waiting.pop()
        found += repeated.get(id(value), ())
        waiting += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return found


def _of_lines(text: str, name: str, doubts: RowDoubts, whole: str) -> Iterator[_Numbered]:
    """Yield the objects of a file of lines; ``whole`` says why the text isn't one JSON value."""
    good, number = 0, 0
    for line in text.split("\n"):
        if not line.strip():
            continue
        number += 1
        repeated: _Repeated = {}
        record = _parse(line, repeated)
        if isinstance(record, dict):
            good += 1
            _doubt_keys(number, _repeated_in(record, repeated), doubts)
            yield number, record
        elif isinstance(record, str):
            doubts.add(number, record)
        else:
            doubts.add(number, f"不是 JSON 对象：{line.strip()[:40]}")
    if not good:
        raise UnreadableFile("ingest.damaged", name=name, detail=whole)


def _parse(text: str, repeated: _Repeated) -> Any:
    """Return the JSON value in ``text``; a string that says why when there's none, and for a bare string.

    ``repeated`` gets the keys that stand several times in an object; all their values are kept.
    """

    def joined(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Return an object with the values of equal keys put together, so that none is lost."""
        record = dict(pairs)
        if len(record) < len(pairs):
            values: dict[str, list[Any]] = {}
            for key, value in pairs:
                values.setdefault(key, []).append(value)
            record = {key: _together(found) for key, found in values.items()}
            repeated[id(record)] = [cell_text(key) for key, found in values.items() if len(found) > 1]
        return record

    try:
        value = json.loads(text, object_pairs_hook=joined)
    except RecursionError:
        return "JSON 嵌套过深"
    except json.JSONDecodeError as error:
        why = next((said for words, said in _ERRORS.items() if words in error.msg), "写法有误")
        line = f"第 {error.lineno} 行" if error.lineno > 1 else ""
        return f"不是完整的 JSON：{line}第 {error.colno} 列{why}"
    except ValueError:
        return "不是完整的 JSON：有一个数的位数过多"
    return f"不是 JSON 对象：{value[:40]}" if isinstance(value, str) else value


def _together(values: list[Any]) -> Any:
    """Return the values of one key as one value: of arrays their members."""
    if len(values) == 1:
        return values[0]
    return [one for value in values for one in value] if all(isinstance(v, list) for v in values) else values


def _cells(record: dict[str, Any], heads: dict[str, int]) -> dict[int, str]:
    """Return the values of an object by column; ``heads`` grows with new keys, up to a limit."""
    parts: dict[int, list[str]] = {}
    for key, value in record.items():
        head, text = cell_text(key) or "（无名）", cell_text(_text(value))
        if head not in heads and len(heads) >= _MOST_KEYS:
            head, text = _REST, f"{head}：{text}"
        column = heads.setdefault(head, len(heads))
        if text:
            parts.setdefault(column, []).append(text)
    return {column: "；".join(texts) for column, texts in parts.items()}


def _text(value: Any) -> str:
    """Return a value as text: lists of strings a line each, anything nested deeper as JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, float):
        return plain(value)
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return "\n".join(value)
    return json.dumps(value, ensure_ascii=False)
