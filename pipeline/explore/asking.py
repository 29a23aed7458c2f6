"""Filters of measures in an address: ``?role=benefit&region=浙江省&min=50万`` and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from pipeline.core.errors import PipelineError
from pipeline.table.filters import Filters, how_of
from pipeline.table.words import moment, number

LABELS: Mapping[str, str] = {
    "kind": "类型",
    "role": "作用",
    "bound": "限定",
    "unit": "单位",
    "time": "措施时间",
    "item": "事项",
    "beneficiary": "受益对象",
    "instrument": "支持方式",
    "agency": "责任单位",
    "text": "原文",
    "code": "编码",
    "codebook": "编码本",
    "topic": "主题",
    "region": "地区",
    "issuer": "发文机关",
    "level": "层级",
    "year": "发文年份",
    "doc": "文档",
    "min": "数值不小于",
    "max": "数值不大于",
}
_OPTION = re.compile(r"--([a-z]+)")


def filters_of(asked: Iterable[tuple[str, str]]) -> Filters:
    """Return the filters in the questions of an address; other questions are left alone, empty ones too.

    Raises PipelineError with every value that is none.
    """
    given: dict[str, list[Any]] = {}
    mistakes: list[str] = []
    for name, value in asked:
        if name not in LABELS or not value.strip():
            continue
        try:
            given.setdefault(name, []).append(_read(name, value.strip()))
        except ValueError:
            mistakes.append(f"{LABELS[name]}“{value}”看不懂{_EXAMPLES.get(name, '')}")
    if mistakes:
        raise PipelineError(*mistakes)
    several = {field.name for field in fields(Filters) if field.default == ()}
    values: dict[str, Any] = {name: tuple(found) if name in several else found[-1] for name, found in given.items()}
    return Filters(**values)


_EXAMPLES = {
    "year": "，应写成 2024",
    "time": "，应写成 2025、2025-06 或 2025年6月",
    "min": "，应写成 500000、50万 或 1.5亿",
    "max": "，应写成 500000、50万 或 1.5亿",
}


def _read(name: str, value: str) -> Any:
    """Return one value as Filters takes it. Raises ValueError."""
    plain = how_of(name)[0]
    if name == "time":
        return moment(value)
    if plain == tuple[int, ...]:
        if not (value.isascii() and value.isdecimal() and len(value) < 10):
            raise ValueError(value)
        return int(value)
    return number(value) if plain == Decimal | None else value


def in_words(mistakes: Iterable[str]) -> list[str]:
    """Return mistakes with the labels of the form in place of the command's options."""
    return [_OPTION.sub(lambda found: LABELS.get(found[1], found[0]), mistake) for mistake in mistakes]
