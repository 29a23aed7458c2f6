"""The text of a project's configuration file, made from the settings' own classes: every key, explained in Chinese."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pipeline.core.config import Config, ProjectSettings, load_config

_HEAD = (
    "cewen 的配置。在本目录运行 cewen run 就按它读入文档。",
    "写成“#键 = 值”的都是默认值，不必管；要改哪个，去掉行首的 # 再改值（多行的列表每行都去掉）。",
    "运行后想看实际用的值：cewen config show",
)
_WIDE = 100  # a longer list is broken into lines


def config_text(project: ProjectSettings) -> str:
    """Return a configuration (TOML) in which ``project`` is set and every other key stands commented, as by default.

    Each key has its explanation and the values it takes above it.
    """
    lines = [f"# {line}" for line in _HEAD]
    default = load_config()
    for name, field in Config.model_fields.items():
        settings = project if name == "project" else getattr(default, name)
        lines += ["", f"# ── {field.title} ──", f"[{name}]", *_keys(settings, given=settings is project)]
    return "\n".join(lines) + "\n"


def _keys(settings: BaseModel, *, given: bool) -> Iterator[str]:
    """Yield the lines of one section's keys; those not ``given`` are commented."""
    for key, field in type(settings).model_fields.items():
        yield f"# {field.title}（{values(field)}）"
        for line in f"{key} = {_toml(getattr(settings, key))}".splitlines():
            yield line if given else f"#{line}"


def values(field: FieldInfo) -> str:
    """Return in Chinese what values a setting takes: 「0 到 256 的整数」, 「jieba、rjieba」."""
    kind = field.annotation
    if get_origin(kind) is Literal:
        return "、".join(str(one) for one in get_args(kind)) + " 之一"
    if get_origin(kind) is tuple:
        return "列表"
    words = {bool: "true 或 false", int: "整数", float: "数字", str: "文字"}[kind]  # type: ignore[index]
    bounds = {name: getattr(one, name) for one in field.metadata for name in ("ge", "gt", "le") if hasattr(one, name)}
    parts = [f"{word} {bounds[name]:g}" for name, word in _BOUNDS.items() if name in bounds and bounds[name] < _MUCH]
    return f"{words}，{'，'.join(parts)}" if parts else words


_BOUNDS = {"ge": "不小于", "gt": "大于", "le": "不大于"}
_MUCH = 10**6  # bounds beyond are there for safety, no help to people


def _toml(value: Any) -> str:
    """Return a value as TOML; a long list on several lines."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        items = [_toml(one) for one in value]
        line = f"[{', '.join(items)}]"
        return line if len(line) <= _WIDE else "[\n" + "\n".join(_wrapped(items)) + "\n]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f") if isinstance(value, str) else str(value)


def _wrapped(items: list[str]) -> Iterator[str]:
    """Yield list items with their commas on lines of at most ``_WIDE`` characters."""
    line = ""
    for item in items:
        if line and len(line) + len(item) + 4 > _WIDE:
            yield f"  {line.strip()}"
            line = ""
        line += f"{item}, "
    yield f"  {line.strip()}"
