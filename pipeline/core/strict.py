"""Strict reading of TOML and YAML: every scalar of YAML is text, no key twice, and each value's line is known.

Plain YAML reads ``0731`` as 473 and ``no`` as False and takes the last of two equal keys; codebooks can't bear that.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError
from yaml.composer import Composer

from pipeline.core.errors import PipelineError

KeyPath = tuple[str | int, ...]
Lines = dict[KeyPath, int]
Model = TypeVar("Model", bound=BaseModel)

_MARK = "\ufeff"  # the byte-order mark Windows editors put at the beginning
_DEPTH = 30  # an alias that contains itself would never end
_NODES = 100_000  # and aliases of aliases multiply: nine levels of nine are 387 million values

# pydantic's error types in our words; {…} are the error's context and the value found
_WORDS = {
    "missing": "缺少必填的键",
    "string_type": "应为文字",
    "int_parsing": "应为整数，实为“{found}”",
    "int_type": "应为整数，实为“{found}”",
    "int_from_float": "应为整数，实为“{found}”",
    "float_parsing": "应为数字，实为“{found}”",
    "float_type": "应为数字，实为“{found}”",
    "finite_number": "应为有限的数字，实为“{found}”",
    "bool_parsing": "应为 true 或 false，实为“{found}”",
    "bool_type": "应为 true 或 false，实为“{found}”",
    "list_type": "应为列表（一行一个“- ”，或写在 [ ] 里）",
    "tuple_type": "应为列表（一行一个“- ”，或写在 [ ] 里）",
    "dict_type": "应为键值表",
    "model_type": "应为键值表",
    "greater_than": "应大于 {gt}，实为“{found}”",
    "greater_than_equal": "应不小于 {ge}，实为“{found}”",
    "less_than": "应小于 {lt}，实为“{found}”",
    "less_than_equal": "应不大于 {le}，实为“{found}”",
    "literal_error": "应为 {expected} 之一，实为“{found}”",
    "string_too_short": "至少要 {min_length} 个字，实为“{found}”",
    "string_too_long": "最多 {max_length} 个字，实为“{found}”",
    "too_short": "至少要有 {min_length} 项，实有 {actual_length} 项",
    "string_pattern_mismatch": "写法应合 {pattern}，实为“{found}”",
}


if yaml.__with_libyaml__:

    class _Loader(Composer, yaml.CSafeLoader):
        """libyaml's parser, ten times as fast, with Python's composer: libyaml's own crashes on deep nesting."""

        def __init__(self, text: str) -> None:
            yaml.CSafeLoader.__init__(self, text)
            Composer.__init__(self)

else:
    _Loader = yaml.SafeLoader  # type: ignore[misc, assignment]


def read_text(path: Path, what: str) -> str:
    """Return the text of a UTF-8 file without its byte-order mark.

    Raises PipelineError, in Chinese, when it can't be read; ``what`` says what it is: 「编码本」.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise PipelineError(f"{path}: {what}读不出来，不是 UTF-8 编码，请另存为 UTF-8") from error
    except OSError as error:
        raise PipelineError(f"{path}: {what}读不出来（{reason(error)}），请检查路径和权限") from error
    except ValueError as error:  # a path with NUL
        raise PipelineError(f"{path!r}: {what}的路径不对（{error}），请检查路径") from error


def reason(error: OSError) -> str:
    """Return why a file can't be opened, in Chinese where it's usual."""
    if isinstance(error, FileNotFoundError):
        return "没有这个文件"
    if isinstance(error, IsADirectoryError):
        return "这是一个目录"
    if isinstance(error, NotADirectoryError | FileExistsError):
        return "路径中有一段是文件，不是目录"
    return "没有权限" if isinstance(error, PermissionError) else str(error.strerror)


def parse_yaml(text: str, name: str) -> tuple[Any, Lines, list[str]]:
    """Return the data (all scalars as ``str``), each path's line, from 1, and a sentence for each key given twice.

    An empty text gives ``{}``. Raises PipelineError only for what is no YAML at all.
    """
    try:
        node = yaml.compose(text.removeprefix(_MARK), Loader=_Loader)
    except RecursionError as error:
        raise PipelineError(f"{name}: 嵌套太深，请检查括号和缩进") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise PipelineError(f"{name}:{line}: YAML 写法有误（{error.problem}），请检查缩进、冒号和引号") from error
    except yaml.YAMLError as error:
        raise PipelineError(f"{name}: YAML 读不出来（{error}），请检查是否有控制字符") from error
    lines: Lines = {}
    mistakes: list[str] = []
    data = _plain(node, (), lines, mistakes, name) if node is not None else {}
    return data, lines, mistakes


def _plain(node: Any, path: KeyPath, lines: Lines, mistakes: list[str], name: str) -> Any:
    """Return a YAML node as plain data; fill in ``lines`` and ``mistakes``."""
    lines.setdefault(path, node.start_mark.line + 1)
    if len(lines) > _NODES:
        raise PipelineError(f"{name}:{lines[path]}: 展开 * 引用后超过 {_NODES} 个值，请减少引用或拆分文件")
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if len(path) > _DEPTH:
        raise PipelineError(f"{name}:{lines[path]}: 嵌套超过 {_DEPTH} 层，请检查缩进和 * 引用")
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, index), lines, mistakes, name) for index, child in enumerate(node.value)]
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            mistakes.append(f"{name}:{line}: 键应为文字，这里却是列表或键值表，请检查 [ ]、{{ }} 和“? ”，必要时加引号")
            continue
        key = str(key_node.value)
        if key in result:
            mistakes.append(f"{name}:{line}: 键“{key}”出现了两次（第一次在第 {lines[(*path, key)]} 行），请删去一个")
            continue
        lines[(*path, key)] = line
        result[key] = _plain(value_node, (*path, key), lines, mistakes, name)
    return result


def read_toml(text: str, name: str) -> tuple[dict[str, Any], Lines]:
    """Return the data and the line, from 1, of each table and key. Raises PipelineError, naming ``name``."""
    text = text.removeprefix(_MARK)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        place = f"{name}:{found[1]}" if found else name
        raise PipelineError(f"{place}: TOML 写法有误（{error}），请检查引号、括号和重复的键") from error
    return data, dict(_toml_lines(text))


def _toml_lines(text: str) -> Iterator[tuple[KeyPath, int]]:
    """Yield each table's and key's path with its line; values over several lines are skipped by their lack of ``=``.

    ``[rule.slots]`` after the second ``[[rule]]`` is ``("rule", 1, "slots")``, as in the data.
    """
    table: KeyPath = ()
    counts: dict[KeyPath, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if head := re.match(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]", line):
            table = _toml_path(head[2], counts, again=head[1] == "[[")
            yield table, number
        elif key := re.match(r"""\s*(?:"([^"]+)"|'([^']+)'|([^\s"'=#\[\]{},]+))\s*=""", line):
            yield (*table, *_toml_keys(key)), number


def _toml_keys(key: re.Match[str]) -> tuple[str, ...]:
    """Return the parts of a key: a bare one may be dotted, a quoted one is whole."""
    return tuple(key[3].split(".")) if key[3] else (key[1] or key[2],)


def _toml_path(header: str, counts: dict[KeyPath, int], *, again: bool) -> KeyPath:
    """Return the path of a table header, with the number of each array entry it stands in; ``again`` opens another."""
    parts = [part.strip("\"'") for part in re.findall(r"""\s*("[^"]*"|'[^']*'|[^."'\s]+)\s*\.?""", header)]
    path: KeyPath = ()
    for index, part in enumerate(parts):
        path = (*path, part)
        if again and index == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def build(model: type[Model], data: Any, lines: Lines, name: str, *, given: Collection[KeyPath] = ()) -> Model:
    """Return ``data`` as ``model``. Raises PipelineError with every mistake, each with file, line and path.

    Values at the paths ``given`` come from no file but from a parameter.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise PipelineError(*mistakes_of(error, model, data, lines, name, given=given)) from error


def mistakes_of(
    error: ValidationError,
    model: type[BaseModel],
    data: Any,
    lines: Lines,
    name: str,
    *,
    given: Collection[KeyPath] = (),
) -> list[str]:
    """Return each of pydantic's errors as a Chinese sentence with file, line and path, in the file's order.

    Values at the paths ``given`` come from no file but from a parameter, and are said to.
    """
    found: list[tuple[int, str]] = []
    errors = error.errors()
    for one in errors:
        if one["type"] == "too_short" and any(e["loc"][: len(one["loc"])] == one["loc"] != e["loc"] for e in errors):
            continue  # pydantic doesn't count the entries that failed
        path = _real_path(one["loc"], data)
        own = path in given
        line = 0 if own else line_of(path, lines)
        where = ".".join(str(part) for part in path)
        place = f"参数 {path[-1]}: " if own else f"{name}:{line}: {where + ': ' if where else ''}"
        sentence = f"{place}{_words(one, path, model)}"
        if (line, sentence) not in found:
            found.append((line, sentence))
    return [sentence for _, sentence in sorted(found, key=lambda pair: pair[0])]


def line_of(path: KeyPath, lines: Lines) -> int:
    """Return the line of ``path`` or of the nearest thing around it; 1 when nothing is known."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _real_path(loc: KeyPath, data: Any) -> KeyPath:
    """Return ``loc`` without the parts that aren't keys of the data (pydantic puts in the names of union members)."""
    path: list[str | int] = []
    for index, part in enumerate(loc):
        last = index == len(loc) - 1
        if isinstance(data, dict) and isinstance(part, str) and (part in data or last):
            path.append(part)
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            path.append(part)
            data = data[part]
    return tuple(path)


def _words(error: Any, path: KeyPath, model: type[BaseModel]) -> str:
    """Return what is wrong and what is allowed, in Chinese."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "extra_forbidden":
        return unknown("键", str(path[-1]), keys_at(model, path[:-1]))
    template = _WORDS.get(kind, "值不对（{msg}），实为“{found}”")
    found = error.get("input", "")
    found = str(found).lower() if isinstance(found, bool) else str(found)
    values = {**context, "msg": error["msg"], "found": found if len(found) <= 40 else found[:40] + "…"}
    if kind == "literal_error":
        values["expected"] = context["expected"].replace("'", "").replace(" or ", "、").replace(", ", "、")
    return template.format(**values)


def unknown(what: str, given: str, allowed: list[str]) -> str:
    """Return 「不认识的键“x”，是否应为“y”？」, or the allowed ones when none is close."""
    close = get_close_matches(given, allowed, n=1, cutoff=0.6)
    if close:
        return f"不认识的{what}“{given}”，是否应为“{close[0]}”？"
    return f"不认识的{what}“{given}”，可用的有：{'、'.join(allowed)}" if allowed else f"不认识的{what}“{given}”"


def keys_at(model: type[BaseModel], path: KeyPath) -> list[str]:
    """Return the keys (aliases where given) that ``model`` allows at ``path``; empty where there is no model."""
    here: type[BaseModel] | None = model
    for part in path:
        if isinstance(part, int) or here is None:
            continue
        field = next((f for key, f in here.model_fields.items() if part in (key, f.alias)), None)
        here = _model_in(field.annotation) if field else here
    return [field.alias or key for key, field in here.model_fields.items()] if here else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model inside ``tuple[Model, ...]``, ``dict[str, Model]``, ``Model | None`` …, if any."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model_in(part))), None)


def digest(*parts: str | bytes) -> str:
    """Return the first 16 hex digits of the SHA-256 of ``parts``, with their borders."""
    state = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        state.update(str(len(data)).encode() + b":" + data)
    return state.hexdigest()[:16]


def read_tsv(path: Path) -> list[list[str]]:
    """Return the rows of a tab-separated list; blank lines and lines from ``#`` are left out."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]
