"""JioNLP (GPL-3.0): amounts of money with a range or a blur, and lengths of time. Run in its own environment only."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import jionlp
from protocol import Record, lines_of, record, serve

_BOUNDS = {"accurate": "exact", "blur+": "min", "blur-": "max", "blur": "approx"}
_LENGTHS = {
    "year": "年",
    "month": "月",
    "week": "周",
    "day": "天",
    "workday": "工作日",
    "hour": "小时",
    "minute": "分钟",
    "second": "秒",
}


def quick(line: str) -> object:
    """Extract and parse, nothing more."""
    return jionlp.ner.extract_money(line, with_parsing=True), jionlp.ner.extract_time(line, with_parsing=True)


def extract(text: str) -> Iterator[Record]:
    """Yield the amounts and lengths of a text; a time that is no length stands in the way of nothing."""
    for at, line in lines_of(text):
        for one in jionlp.ner.extract_money(line, with_parsing=True):
            low, high = _ends(one["detail"]["num"])
            bound = "range" if low != high else _BOUNDS.get(one["detail"]["definition"], "exact")
            yield record(*_place(at, one), "money", low, high, one["detail"]["case"], bound)
        for one in jionlp.ner.extract_time(line, with_parsing=True):
            length = one["detail"]["time"]
            if one["type"] != "time_delta" or not isinstance(length, dict) or len(length) != 1:
                continue
            ((unit, value),) = length.items()
            low, high = _ends(value)
            bound = "range" if low != high else "approx" if one["detail"]["definition"] == "blur" else "exact"
            yield record(*_place(at, one), "duration", low, high, _LENGTHS.get(unit, unit), bound)


def _ends(value: Any) -> tuple[float, float]:
    """Return both ends of a value."""
    return (float(value[0]), float(value[-1])) if isinstance(value, list) else (float(value), float(value))


def _place(at: int, one: dict[str, Any]) -> tuple[int, int]:
    """Return where an entity stands in the text."""
    return at + one["offset"][0], at + one["offset"][1]


if __name__ == "__main__":
    serve(version("jionlp"), extract, quick)
