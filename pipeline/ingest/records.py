"""JSON: an array of objects or one object a line; each object is a row, its keys the heads of columns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipeline.core.config import RowSettings
from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.issues import issue
from pipeline.core.layers import RawText
from pipeline.ingest.decode import decode
from pipeline.ingest.grid import MOST_CELLS, Grid, Line, RowDoubts, cell_text
from pipeline.ingest.printed import plain
from pipeline.ingest.rows import Readings, to_raw
from pipeline.ingest.txt import encoding_doubts

_MOST_KEYS = 1000
_REST = "其他"


def read_records(source: Source, content: bytes, *, max_chars: int, rows: RowSettings) -> RawText:
    """Return the objects as documents, or as one table. Raises UnreadableFile: ``ingest.damaged`` and others."""
    decoded = decode(content, source.name, max_chars=max(max_chars, len(content)))
    doubts = RowDoubts(source.name)
    heads: dict[str, int] = {}
    lines: list[Line] = []
    cells, cut = 0, False
    for number, record in _objects(decoded.text, source.name, doubts):
        known = len(heads)
        found = _cells(record, heads)
        if known <= _MOST_KEYS < len(heads):
            doubts.add(number, f"键已超过 {_MOST_KEYS} 个，其余的并入“{_REST}”")
        cells += len(found)
        if len(lines) >= rows.most_rows or cells > MOST_CELLS:
            cut = True
            break
        if found:
            lines.append(Line(number, found))
    more = [*encoding_doubts(decoded, source.name), *doubts.all()]
    if cut:
        more.append(issue("ingest", "ingest.rows-cut", name=source.name, count=len(lines)))
    readings = Readings(source.name, "application/json", decoded.encoding, max_chars, tuple(more))
    return to_raw([Grid("", lines, heads=tuple(heads))], readings, rows)


def _objects(text: str, name: str, doubts: RowDoubts) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects and their numbers: the line's in a file of lines, else the place in the array, from 1."""
    whole = _parse(text)
    if isinstance(whole, str):
        yield from _of_lines(text, name, doubts, whole)
        return
    for number, record in enumerate(_array_in(whole), 1):
        if isinstance(record, dict):
            yield number, record
        elif record is not None:
            doubts.add(number, f"不是 JSON 对象：{_text(record)[:40]}")


def _array_in(value: Any) -> list[Any]:
    """Return the array of objects: the value itself, or the longest one that an object around it holds."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        return []
    arrays = [v for v in value.values() if isinstance(v, list) and v and all(isinstance(one, dict) for one in v)]
    plain_values = sum(isinstance(v, str) and len(v) > 100 for v in value.values())
    return max(arrays, key=len) if arrays and not plain_values else [value]


def _of_lines(text: str, name: str, doubts: RowDoubts, whole: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of a file of lines; ``whole`` says why the text isn't one JSON value."""
    good, number = 0, 0
    for line in text.split("\n"):
        if not line.strip():
            continue
        number += 1
        record = _parse(line)
        if isinstance(record, dict):
            good += 1
            yield number, record
        elif isinstance(record, str):
            doubts.add(number, record)
        else:
            doubts.add(number, f"不是 JSON 对象：{line.strip()[:40]}")
    if not good:
        raise UnreadableFile("ingest.damaged", name=name, detail=whole)


def _parse(text: str) -> Any:
    """Return the JSON value in ``text``; a string that says why when there's none, and for a bare string."""
    try:
        value = json.loads(text)
    except RecursionError:
        return "JSON 嵌套过深"
    except ValueError as error:
        return f"不是完整的 JSON（{error}）"[:120]
    return f"不是 JSON 对象：{value[:40]}" if isinstance(value, str) else value


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
