"""Gold on disk: a folder with NAME.txt and NAME.jsonl, one record a line. Every mistake is told with file and line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.core.errors import PipelineError
from pipeline.core.layers import Bound, Kind, Role
from pipeline.core.strict import mistakes_of
from pipeline.scoring.records import Record, basis

_SHOWN = 20  # of one file's mistakes
_NO_FIGURE = "none"


class _Line(BaseModel):
    """One line of NAME.jsonl; other keys are left alone."""

    model_config = ConfigDict(strict=True, extra="ignore")

    start: int = Field(ge=0)
    end: int
    surface: str | None = None
    doc: str | None = None
    kind: Kind
    value_min: float | None = Field(allow_inf_nan=False)
    value_max: float | None = Field(allow_inf_nan=False)
    unit: str | None
    bound: Bound
    role: Role
    per: list[str] | None
    time: str | None
    item: str | None
    beneficiary: str | None


@dataclass(frozen=True, slots=True)
class GoldText:
    """One text of the gold with its records; ``figureless`` counts those without a figure, which aren't scored."""

    name: str
    text: str
    records: tuple[Record, ...]
    figureless: int = 0


def read_gold(folder: Path) -> dict[str, GoldText]:
    """Return the gold of ``folder`` by the texts' names.

    Raises PipelineError with every mistake: no gold there, a text or its records missing, a wrong line.
    """
    if not folder.is_dir():
        raise PipelineError(f"{folder}: 没有这个目录。金标准应为一个目录，每篇文本有 NAME.txt 和 NAME.jsonl")
    texts = {path.stem: path for path in sorted(folder.glob("*.txt"))}
    lists = {path.stem: path for path in sorted(folder.glob("*.jsonl"))}
    if not texts and not lists:
        raise PipelineError(f"{folder}: 没有金标准，应有 NAME.txt 和 NAME.jsonl{_below(folder)}")
    mistakes = [
        f"{folder / name}.jsonl: 缺少这个文件，{name}.txt 没有对应的记录；没有措施的文本请放一个空文件"
        for name in sorted(texts.keys() - lists.keys())
    ]
    mistakes += [
        f"{folder / name}.txt: 缺少这个文件，{name}.jsonl 没有对应的文本"
        for name in sorted(lists.keys() - texts.keys())
    ]
    found = {}
    for name in sorted(texts.keys() & lists.keys()):
        try:
            found[name] = _read(name, texts[name], lists[name])
        except PipelineError as error:
            mistakes += error.mistakes
    if mistakes:
        raise PipelineError(*mistakes)
    return found


def _below(folder: Path) -> str:
    """Return a hint at folders below that hold gold."""
    near = sorted({path.parent for path in folder.glob("*/*.jsonl")})
    return f"；下面的目录里有：{'、'.join(map(str, near[:5]))}" if near else ""


def _read(name: str, text_path: Path, lines_path: Path) -> GoldText:
    """Return one text with its records. Raises PipelineError with every wrong line."""
    text = _text(text_path).removeprefix("\ufeff")
    records: list[Record] = []
    figureless = 0
    mistakes: list[str] = []
    for number, line in enumerate(_text(lines_path).removeprefix("\ufeff").split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = _record(line, name, text, lines_path, number)
        except PipelineError as error:
            mistakes += error.mistakes
            continue
        figureless += record is None
        records += [record] if record else []
    if len(mistakes) > _SHOWN:
        more = f"{lines_path}: 还有 {len(mistakes) - _SHOWN} 处错误，改好上面的再看"
        mistakes = [*mistakes[:_SHOWN], more]
    if mistakes:
        raise PipelineError(*mistakes)
    return GoldText(name, text, tuple(records), figureless)


def _text(path: Path) -> str:
    """Return a file's text exactly as it stands: offsets count its line ends. Raises PipelineError."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise PipelineError(f"{path}: 不是 UTF-8 编码，请另存为 UTF-8") from error
    except OSError as error:
        raise PipelineError(f"{path}: 读不出来（{error.strerror}），请检查路径和权限") from error


def _record(line: str, name: str, text: str, path: Path, number: int) -> Record | None:
    """Return the record of one line, ``None`` for one without a figure. Raises PipelineError with its mistakes."""
    place = f"{path}:{number}: "
    try:
        data = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise PipelineError(f"{place}不是 JSON（{error}），应为一行一条记录") from error
    if not isinstance(data, Mapping):
        raise PipelineError(f"{place}应为一条记录（写在 {{ }} 里），实为“{line.strip()[:40]}”")
    try:
        given = _Line.model_validate(_plain_per(data))
    except ValidationError as error:
        raise PipelineError(*mistakes_of(error, _Line, data, {(): number}, str(path))) from error
    if wrong := _wrong(given, name, text):
        raise PipelineError(*(place + words for words in wrong))
    if given.kind == _NO_FIGURE:
        return None
    fields = given.model_dump(exclude={"surface", "doc", "per"})
    return Record(**fields, per=basis(given.per or ()))


def _plain_per(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line with ``per`` as a list, whether written so or as 「人/月」; a missing slot is an empty one."""
    given = dict.fromkeys(("unit", "per", "time", "item", "beneficiary", "value_min", "value_max")) | dict(data)
    if isinstance(given["per"], str):
        given["per"] = given["per"].replace("·", "/").split("/")
    return given


def _wrong(given: _Line, name: str, text: str) -> list[str]:
    """Return what is wrong with a well-formed line, given its text."""
    found = []
    if given.doc not in (None, name):
        found.append(f"doc 为“{given.doc}”，应为文件名 {name}")
    if not given.start < given.end <= len(text):
        found.append(f"位置 {given.start}–{given.end} 不对，应在 {name}.txt 的 0–{len(text)} 之间，且起小于止")
    elif given.surface not in (None, text[given.start : given.end]):
        there = text[given.start : given.end][:40]
        found.append(f"位置 {given.start}–{given.end} 处的原文是“{there}”，不是 surface 的“{given.surface}”")
    low, high = given.value_min, given.value_max
    if given.kind == _NO_FIGURE:
        return found
    if low is None or high is None:
        found.append("缺少 value_min 或 value_max：单个数值两项都填同一个数（不含数值的措施 kind 写 none）")
    elif low > high:
        found.append(f"value_min {low:g} 大于 value_max {high:g}，两项是不是写反了？")
    return found
