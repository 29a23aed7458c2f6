"""ms-recognizers-text-suite: numbers, ordinals, percentages, ages, currencies, dimensions and date-times in Chinese.

What it gives without a unit is credited with whatever stands behind it in the text: 「376家」 counts as 376 家 although
only 376 is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from ms_recognizers_suite import (
    recognize_age,
    recognize_currency,
    recognize_datetime,
    recognize_dimension,
    recognize_number,
    recognize_ordinal,
    recognize_percentage,
)
from ms_recognizers_text.culture import Culture
from protocol import Record, lines_of, record, serve

_MODELS = {
    "number": recognize_number,
    "ordinal": recognize_ordinal,
    "percentage": recognize_percentage,
    "age": recognize_age,
    "currency": recognize_currency,
    "dimension": recognize_dimension,
    "datetime": recognize_datetime,
}
_MONEY = {
    "Chinese yuan": "元",
    "United States dollar": "美元",
    "Hong Kong dollar": "港元",
    "Euro": "欧元",
    "Japanese yen": "日元",
    "British pound": "英镑",
}
_AREAS = {"平方米", "平方公里", "亩", "公顷", "㎡"}
_TIMEX = re.compile(r"P(T?)(\d+(?:\.\d+)?)([YMWDHS])$")
_LENGTHS = {"Y": "年", "M": "月", "W": "周", "D": "天", "TH": "小时", "TM": "分钟", "TS": "秒"}
_NUMERAL = re.compile(r"[\d,，.．０-９零〇一二两三四五六七八九十百千万亿半几多余\s]+")
_FRACTION = re.compile(r"分之|/|／")


def quick(line: str) -> object:
    """Run the seven models, nothing more."""
    return [recognize(line, Culture.Chinese) for recognize in _MODELS.values()]


def extract(text: str) -> Iterator[Record]:
    """Yield what the seven models find in a text, each reading of one thing as a record of its own."""
    for at, line in lines_of(text):
        for name, recognize in _MODELS.items():
            for found in recognize(line, Culture.Chinese):
                start, end = found.start, found.end + 1
                for kind, value, unit in _readings(name, line, start, end, found):
                    yield record(at + start, at + end, kind, value, value, unit)


def _readings(
    name: str, line: str, start: int, end: int, found: Any
) -> Iterator[tuple[str | None, float | None, str | None]]:
    """Yield the readings of one result: kind, value, unit."""
    surface, resolution = line[start:end], found.resolution or {}
    value = _number(resolution.get("value"))
    if name == "datetime":
        yield _length(resolution) or (None, None, None)
    elif name == "ordinal" or value is None:
        yield None, None, None
    elif name == "percentage":
        yield "percent", value, "百分点" if "百分点" in surface else "‰" if "‰" in surface else "%"
    elif name == "age":
        yield "age", value, "岁"
    elif name == "currency":
        yield "money", value, _MONEY.get(resolution["unit"], resolution["unit"])
    elif name == "dimension":
        unit = _NUMERAL.sub("", surface, count=1)
        yield "area" if unit in _AREAS else "other", value, unit
    else:
        yield from _bare(value, surface, line[end:])


def _bare(value: float, surface: str, behind: str) -> Iterator[tuple[str, float, str | None]]:
    """Yield the readings of a bare number: alone, and with one to three characters behind it as its unit."""
    yield ("ratio" if _FRACTION.search(surface) else "count"), value, None
    for length in (1, 2, 3):
        unit = behind[:length]
        if len(unit) == length and not re.search(r"[\s\d，。；、：（）]", unit):
            yield "multiple" if unit == "倍" else "area" if unit in _AREAS else "count", value, unit
            yield "other", value, unit


def _length(resolution: dict[str, Any]) -> tuple[str, float, str] | None:
    """Return a length of time, ``None`` for a date or a time of day."""
    for one in resolution.get("values", ()):
        if one.get("type") == "duration" and (found := _TIMEX.match(one.get("timex", ""))):
            unit = _LENGTHS.get(found[1] + found[3])
            if unit:
                return "duration", float(found[2]), unit
    return None


def _number(value: Any) -> float | None:
    """Return a resolved value as a number, ``None`` when it is none."""
    try:
        return float(str(value).rstrip("%"))
    except ValueError:
        return None


if __name__ == "__main__":
    serve(version("ms-recognizers-text-suite"), extract, quick)
