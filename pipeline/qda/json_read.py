"""Reads what Label Studio (JSON, JSON-MIN) and doccano (JSONL, JSON) export.

Label Studio: only annotations that were handed in count; predictions are what the machine had suggested.
doccano: whoever's export it is has seen all its labels, also those of the machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.core.errors import PipelineError
from pipeline.qda.counting import POINTS, Counting, Spot, decode
from pipeline.qda.given import NOWHERE, Given, Trouble, position
from pipeline.qda.labels import Label, Task, given
from pipeline.qda.project import Project

_MOST_BYTES = 2**31 - 1
_NAMES = ("source_name", "文档", "文件名", "document", "doc", "file", "filename", "file_upload", "name", "title")
_IDS = ("doc_id", "文档编号")
_PEOPLE = ("coder", "编码者", "annotator", "username", "user")
_SPANS = ("label", "labels", "entities", "spans")
_UNDONE = "还没有提交的标注，没有算作已读"
_Data = Mapping[str, Any]


def read_json(file: Path) -> Given:
    """Return the project of a JSON or JSONL file. Raises PipelineError with the line of the first mistake."""
    records = list(_records(file))
    if not records:
        raise PipelineError(f"{file}: 里面没有记录")
    if any("annotations" in one or "predictions" in one or "completions" in one for _, one in records):
        return _label_studio(file, records)
    return _spans(file, records)


def _records(file: Path) -> Iterator[tuple[int, _Data]]:
    """Yield the records of a list, or one a line, each with its number from 1."""
    if file.stat().st_size > _MOST_BYTES:
        raise PipelineError(f"{file}: 超过 2 GB，请分成几个文件导入")
    try:
        text, _ = decode(file.read_bytes())
    except (UnicodeDecodeError, OSError) as error:
        raise PipelineError(f"{file}: 读不出来，应为 UTF-8 编码的 JSON（{error}）") from error
    if file.suffix.casefold() == ".jsonl":
        lines = enumerate(text.split("\n"), 1)
        found = [(number, _parsed(file, line, number)) for number, line in lines if line.strip()]
    else:
        whole = _parsed(file, text, 1)
        found = list(enumerate(whole if isinstance(whole, list) else [whole], 1))
    for number, one in found:
        if not isinstance(one, dict):
            wanted = "请用 Label Studio 的 JSON 或 doccano 的 JSONL 导出"
            raise PipelineError(f"{file}: 第 {number} 条不是记录（应为 {{…}}），{wanted}")
        yield number, one


def _parsed(file: Path, text: str, number: int) -> Any:
    """Return the value of a JSON text that begins on line ``number``."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        line = number + getattr(error, "lineno", 1) - 1
        raise PipelineError(f"{file}:{line}: 不是完好的 JSON（{error}），请重新导出") from error


def _label_studio(file: Path, records: Sequence[tuple[int, _Data]]) -> Given:
    """Return the annotations of tasks; one who annotates alone needs no name."""
    tasks, shown, troubles = [], [], []
    for number, record in records:
        data = record.get("data") if isinstance(record.get("data"), dict) else record
        assert isinstance(data, dict)
        name, doc_id, text = _about(data, record)
        shown += [label.label for found in _list(record, "predictions") for label in _results(found)]
        done = [one for one in _list(record, "annotations", "completions") if not one.get("was_cancelled")]
        if not done:
            troubles.append(Trouble(name or f"第 {number} 条", "", "", _UNDONE))
            continue
        labels = [replace(label, coder=_annotator(one)) for one in done for label in _results(one)]
        readers = {_annotator(one) for one in done}
        tasks.append((Task(name, doc_id, text, tuple(labels)), readers))
    people = {reader for _, readers in tasks for reader in readers}
    alone = len(people) == 1
    named = [
        replace(task, labels=tuple(replace(one, coder=_named(one.coder, alone)) for one in task.labels))
        for task, _ in tasks
    ]
    return given(Project(file.stem, (), (), (), origin="Label Studio"), named, POINTS, shown, troubles)


def _named(coder: str, alone: bool) -> str:
    """Return an annotator's name; a mere number is a name only beside others."""
    return ("" if alone else f"标注者{coder}") if coder.isdecimal() else coder


def _results(annotation: _Data) -> Iterator[Label]:
    """Yield the labelled spans of an annotation; labels of the whole text (choices, taxonomy) too."""
    when = str(annotation.get("created_at") or "")
    for result in _list(annotation, "result"):
        value = result.get("value")
        if isinstance(value, dict):
            yield from _values(value, when)


def _values(value: _Data, when: str) -> Iterator[Label]:
    """Yield the labels of one span."""
    lists = [(key, found) for key, found in value.items() if isinstance(found, list)]
    place = value.get("globalOffsets") if isinstance(value.get("globalOffsets"), dict) else value
    assert isinstance(place, dict)
    whole = "start" not in place
    spot = Spot(_position(place.get("start")), _position(place.get("end")), str(value.get("text") or ""))
    for _, labels in lists:
        for label in labels:
            text = "/".join(map(str, label)) if isinstance(label, list) else str(label)
            yield Label(spot, text, created=when, whole=whole)


def _annotator(annotation: _Data) -> str:
    """Return who made an annotation: a name, an address or a number as text."""
    who = annotation.get("completed_by", annotation.get("coder"))
    if isinstance(who, dict):
        full = " ".join(str(who[key]) for key in ("first_name", "last_name") if who.get(key))
        return full or str(who.get("email") or who.get("username") or who.get("id") or "")
    return "" if who is None else str(who)


def _spans(file: Path, records: Sequence[tuple[int, _Data]]) -> Given:
    """Return records that hold a text and its spans: doccano's, and Label Studio's JSON-MIN."""
    tasks = []
    for number, record in records:
        name, doc_id, text = _about(record, record)
        key = next((key for key in _SPANS if isinstance(record.get(key), list)), None)
        spans = record[key] if key else next(_lists_of_spans(record), None)
        if spans is None or not text:
            wanted = "、".join(_SPANS)
            raise PipelineError(f"{file}: 第 {number} 条没有文本（text）或标注（{wanted}），请用 doccano 的 JSONL 导出")
        coder = next((str(record[key]) for key in _PEOPLE if record.get(key)), "")
        labels = [label for span in spans for label in _span(span, file, number)]
        when = str(record.get("created_at") or "")
        coder = "" if coder.isdecimal() else coder
        tasks.append(Task(name, doc_id, text, tuple(replace(one, coder=coder, created=when) for one in labels)))
    wide = any(record.get("unit") == "utf-16" for _, record in records)
    counting = Counting(wide=True) if wide or any(_is_doccano(record) for _, record in records) else POINTS
    return given(Project(file.stem, (), (), (), origin="doccano"), tasks, counting)


def _is_doccano(record: _Data) -> bool:
    """Tell whether a record's spans are as doccano writes them, which counts as JavaScript does."""
    spans = next((record[key] for key in _SPANS if record.get(key) and isinstance(record[key], list)), [None])
    return isinstance(spans[0], list) or (isinstance(spans[0], dict) and "start_offset" in spans[0])


def _lists_of_spans(record: _Data) -> Iterator[list[Any]]:
    """Yield the lists of a record that hold spans, whatever they are called."""
    for value in record.values():
        if isinstance(value, list) and value and isinstance(value[0], dict) and "start" in value[0]:
            yield value


def _span(span: Any, file: Path, number: int) -> Iterator[Label]:
    """Yield the labels of a span: ``[start, end, label]`` or a record. Raises PipelineError for anything else."""
    if isinstance(span, list) and len(span) == 3:
        yield Label(Spot(_position(span[0]), _position(span[1]), ""), str(span[2]))
    elif isinstance(span, dict) and "start_offset" in span:
        spot = Spot(_position(span["start_offset"]), _position(span.get("end_offset")), str(span.get("text") or ""))
        yield Label(spot, str(span.get("label") or ""))
    elif isinstance(span, dict) and isinstance(span.get("labels"), list):
        yield from _values(span, "")
    elif isinstance(span, dict) and span.get("label"):
        spot = Spot(_position(span.get("start")), _position(span.get("end")), str(span.get("text") or ""))
        yield Label(spot, str(span["label"]))
    else:
        raise PipelineError(f"{file}: 第 {number} 条的标注看不懂：{str(span)[:60]}。应为 [起, 止, 代码]")


def _about(data: _Data, record: _Data) -> tuple[str, str, str]:
    """Return a task's document name, document id and text."""
    meta = (data, data.get("meta"), data.get("metadata"), record.get("meta"), record)
    places = [one for one in meta if isinstance(one, dict)]
    name = next((str(one[key]) for key in _NAMES for one in places if isinstance(one.get(key), str)), "")
    doc_id = next((str(one[key]) for key in _IDS for one in places if isinstance(one.get(key), str)), "")
    text = data.get("text")
    if not isinstance(text, str):
        text = max((value for value in data.values() if isinstance(value, str)), key=len, default="")
    return name, doc_id, text


def _list(record: _Data, *keys: str) -> list[_Data]:
    """Return the records in the first list a record has under one of ``keys``."""
    found: list[Any] = next((record[key] for key in keys if isinstance(record.get(key), list)), [])
    return [one for one in found if isinstance(one, dict)]


def _position(value: Any) -> int:
    """Return a position; ``NOWHERE`` for what is none, as the paths of HTML documents."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return NOWHERE
    return position(str(value))
