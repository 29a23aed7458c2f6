"""Scores the number reader on other projects' number specs. Needs the evaluation data.

A case is right when every mention it expects is read at its place with the same value, unit and direction, and (but for
cases marked partial) no other quantity of its kind is claimed. What is scored through which part of the package:

    number, ordinal      the numeral reader, or a claimed fraction, over the very same characters; where a case expects
                         nothing, no quantity may be claimed; an ordinal may never be claimed
    date, date_bound     the periods that ``pipeline.core`` reads
    all others           the mentions, whatever their fate: a bare number has a value and a bound, too

The guide and the specs differ on purpose: a number with 多, 余 or 几 is its lower end with bound approx here, a range
there; ‰ and 百分点 keep their own numbers; a unit is kept as written rather than converted.

    python tests/eval/specs.py        print the cases that are wrong
"""

from __future__ import annotations

import calendar
import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.clean.steps import clean
from pipeline.core.config import configs_dir
from pipeline.core.layers import CleanText, RawText
from pipeline.core.periods import find_periods
from pipeline.extract.lexicon import MentionLexicon, load_mention_lexicon
from pipeline.extract.mentions import find_mentions
from pipeline.extract.numerals import find_numerals

LEFT_OUT = Path(__file__).parent / "specs_left_out.toml"
_BARE, _DATES = ("number", "ordinal"), ("date", "date_bound")
_KINDS = {
    "money": "money",
    "money_range": "money",
    "money_bound": "money",
    "percent": "percent",
    "duration": "duration",
}
# what one of ours is worth in the unit of the specs
_CONVERT = {
    ("‰", "%"): "0.1",
    ("‱", "%"): "0.01",
    ("百分点", "%"): "1",
    ("ratio", "%"): "100",
    ("‰", None): "0.001",
    ("‱", None): "0.0001",
    ("周", "天"): "7",
    ("斤", "克"): "500",
    ("千克", "克"): "1000",
    ("公斤", "克"): "1000",
    ("毫克", "克"): "0.001",
    ("千克", "公斤"): "1",
    ("千米", "公里"): "1",
    ("公分", "厘米"): "1",
    ("公尺", "米"): "1",
}
_CLOSE = Decimal("0.0002")


@dataclass(frozen=True)
class Reading:
    """Something read: its span in the raw text, both ends of its value, ``None`` where open, and its unit."""

    start: int
    end: int
    low: Any
    high: Any
    unit: str | None = None
    bound: str = "exact"
    kind: str = "none"
    claimed: bool = False


def figures(path: Path) -> dict[str, float]:
    """Return the share of the cases in ``path`` that are right, by category and in all, and the share scored."""
    cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    left_out = reasons()
    right: Counter[str] = Counter()
    scored: Counter[str] = Counter()
    for case in cases:
        if case["id"] not in left_out:
            scored.update([case["category"], "all"])
            right.update([case["category"], "all"] if is_right(case) else [])
    return {name: right[name] / count for name, count in scored.items()} | {"scored": scored["all"] / len(cases)}


def reasons() -> dict[str, str]:
    """Return the cases that aren't scored, each with the reason."""
    groups = tomllib.loads(LEFT_OUT.read_text(encoding="utf-8"))["left_out"]
    return {case: group["why"] for group in groups for case in group["cases"]}


def is_right(case: dict[str, Any]) -> bool:
    """Tell whether every expected mention is read right and nothing of its kind is claimed beside."""
    text = clean(RawText(case["text"], "text/plain"))
    category, expected = case["category"], case["expected"]
    readings = list(_readings(text, category))
    kind = _KINDS.get(category)
    claimed = [one for one in readings if one.claimed and kind in (None, one.kind)]
    if not expected or category == "ordinal":
        return not claimed and all(any(_same(one, want, case) for one in readings) for want in expected)
    matched = [next((one for one in readings if _same(one, want, case)), None) for want in expected]
    others = [one for one in claimed if one.kind == kind and one not in matched]
    return None not in matched and (case.get("partial", False) or not others)


def _readings(text: CleanText, category: str) -> Iterator[Reading]:
    """Yield what the package reads in a text for a category."""
    offsets = text.offsets()
    if category in _DATES:
        for period in find_periods(text.text):
            first, last = period.first and _full(period.first, 0), period.last and _full(period.last, -1)
            yield Reading(*offsets.to_source(period.start, period.end), first, last)
        return
    if category in _BARE or category == "number_range":
        for numeral in find_numerals(text.text):
            bound = "approx" if numeral.vague else "exact"
            yield Reading(*offsets.to_source(numeral.start, numeral.end), numeral.value, numeral.value, None, bound)
    for m in find_mentions(text, lexicon=_lexicon()):
        span = offsets.to_source(m.start, m.end)
        unit = "ratio" if m.kind == "ratio" else m.unit
        yield Reading(*span, m.value_min, m.value_max, unit, m.bound, m.kind, m.fate == "claimed")


@cache
def _lexicon() -> MentionLexicon:
    """Return the lexicon of the package."""
    return load_mention_lexicon(configs_dir())


def _same(one: Reading, want: dict[str, Any], case: dict[str, Any]) -> bool:
    """Tell whether a reading is what a spec wants: place, value, unit and direction."""
    start, end = want["span"]
    if one.low is None and one.high is None:
        return False
    if case["category"] in _DATES:
        return one.start < end and start < one.end and (one.low, one.high) == _dates(want)
    if case["category"] in _BARE:
        read, wanted = ("".join(case["text"][i:j].split()) for i, j in ((one.start, one.end), (start, end)))
        if read not in (wanted, wanted.removeprefix("第"), wanted.removesuffix("个")):
            return False
    elif not (one.start < end and start < one.end):
        return False
    factor = _factor(one, want["unit"], case["category"])
    if factor is None:
        return False
    low, high = one.low * factor, one.high * factor
    if want["value_min"] is None and want["value_max"] is None:
        return one.bound != "range" and _close(low, want["value"], one.unit)
    return _same_range(one, (low, high), want)


def _same_range(one: Reading, value: tuple[Decimal, Decimal], want: dict[str, Any]) -> bool:
    """Tell whether a reading has the ends and the direction that a spec wants."""
    low, high = value
    if one.bound == "approx" and any(word in want["surface"] for word in "多余几"):
        return _close(low, want["value_min"], one.unit)
    if want["value_max"] is None:
        return one.bound == "min" and _close(low, want["value_min"], one.unit)
    if want["value_min"] is None:
        return one.bound == "max" and _close(high, want["value_max"], one.unit)
    return _close(low, want["value_min"], one.unit) and _close(high, want["value_max"], one.unit)


def _factor(one: Reading, unit: str | None, category: str) -> Decimal | None:
    """Return what one of the reading's unit is worth in ``unit``, ``None`` when they aren't the same quantity."""
    if one.unit == unit or (unit is None and (one.unit == "ratio" or category == "number_range")):
        return Decimal(1)
    factor = _CONVERT.get((one.unit or "", unit))
    return None if factor is None else Decimal(factor)


def _close(value: Decimal, wanted: float, unit: str | None) -> bool:
    """Tell whether values are equal; ratios are rounded to four figures."""
    other = Decimal(str(wanted))
    difference = abs(value - other)
    return difference <= abs(other) * (_CLOSE if unit == "ratio" else Decimal("1e-9"))


def _dates(want: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return the first and last day that a spec means, ``None`` for an open end."""
    relation = want.get("rel")
    first, last = want["value_min"] or want["value"], want["value_max"] or want["value"]
    if relation in ("before", "until"):
        return None, _full(last, -1)
    if relation in ("after", "since"):
        return _full(first, 0), None
    return _full(first, 0), _full(last, -1)


def _full(iso: str, end: int) -> str:
    """Return the first (``end`` 0) or last (-1) day of a date that is as exact as printed."""
    year, month, day = ([int(part) for part in iso.split("-")] + [0, 0])[:3]
    month = month or (12 if end else 1)
    day = day or (calendar.monthrange(year, month)[1] if end else 1)
    return f"{year}-{month:02}-{day:02}"


def main() -> None:
    """Print the wrong cases and the figures."""
    path = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "specs" / "numbers.jsonl"
    left_out = reasons()
    for case in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        if case["id"] not in left_out and not is_right(case):
            read = [
                (case["text"][r.start : r.end], str(r.low), str(r.high), r.unit, r.bound)
                for r in _readings(clean(RawText(case["text"], "text/plain")), case["category"])
            ]
            print(case["id"], case["text"], [(e["surface"], e["value"], e["unit"]) for e in case["expected"]], read)
    for name, share in sorted(figures(path).items()):
        print(f"{name:15} {share:.4f}")


if __name__ == "__main__":
    main()
