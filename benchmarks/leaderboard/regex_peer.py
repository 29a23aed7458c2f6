"""Nine plain patterns, as anyone would write them in an afternoon: no bounds, no roles, nothing set aside."""

from __future__ import annotations

import re
from collections.abc import Iterator

from protocol import Record, record, serve

_N = r"(\d[\d,]*(?:\.\d+)?)"
_X = r"(万亿|千万|百万|亿|万|千)?"
_TO = r"\s?(?:-|—{1,2}|–|~|～|至|到)\s?"
_COUNTERS = (
    "人次|家次|户次|批次|名|人|家|个(?!月|工作日|百分点|小时)|项|件|套|所|条|类|户|座|台|场|次|门|种|位|篇|辆|批|期"
    "|处|支|只|本"
)
_RANGE, _SINGLE = rf"{_N}{_X}(?:元)?{_TO}{_N}{_X}", rf"{_N}{_X}"
_TIMES = {
    "万亿": 1e12,
    "亿": 1e8,
    "千万": 1e7,
    "百万": 1e6,
    "万": 1e4,
    "千": 1e3,
}
_SAME = {"日": "天", "个月": "月", "个小时": "小时", "个工作日": "工作日", "周岁": "岁", "㎡": "平方米"}

# the first two take both ends of a range
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("money", re.compile(rf"{_RANGE}(元|美元)")),
    ("count", re.compile(rf"{_RANGE}({_COUNTERS})")),
    ("money", re.compile(rf"{_SINGLE}(元|美元)")),
    ("percent", re.compile(rf"{_N}()(%|％|个百分点|‰)")),
    ("duration", re.compile(rf"{_N}()(个月|年(?!度|\d|末|底|初)|个工作日|工作日|天|日|小时|个小时)")),
    ("age", re.compile(rf"{_N}()(周岁|岁)")),
    ("area", re.compile(rf"{_SINGLE}(平方米|平方公里|亩|公顷|㎡)")),
    ("multiple", re.compile(rf"{_N}()(倍)")),
    ("count", re.compile(rf"{_SINGLE}(?:余|多)?({_COUNTERS})")),
)
_YEAR = re.compile(r"(?:19|20)\d\d")


def extract(text: str) -> Iterator[Record]:
    """Yield the quantities of a text; what an earlier pattern has taken stays taken."""
    taken: list[tuple[int, int]] = []
    for kind, pattern in PATTERNS:
        for found in pattern.finditer(text):
            start, end = found.span()
            if any(start < b and a < end for a, b in taken):
                continue
            groups = found.groups()
            if kind == "duration" and _YEAR.fullmatch(groups[0]):
                continue
            taken.append((start, end))
            unit = _SAME.get(groups[-1], groups[-1].replace("％", "%").removeprefix("个"))
            if len(groups) == 3:
                value = _value(groups[0], groups[1])
                yield record(start, end, kind, value, value, "个" if groups[-1] == "个" else unit)
            else:
                low = _value(groups[0], groups[1] or groups[3])
                yield record(start, end, kind, low, _value(groups[2], groups[3]), unit or "个", "range")


def _value(digits: str, times: str | None) -> float:
    """Return a number with its factor."""
    return float(digits.replace(",", "")) * _TIMES.get(times or "", 1)


if __name__ == "__main__":
    serve("nine patterns", extract)
