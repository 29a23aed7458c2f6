"""Records of quantities, of the gold or found, and when two of them say the same. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.core.wording import same_words

SLOTS = ("bound", "role", "per", "time", "item", "beneficiary")
# ratios are written with few digits
_CLOSE, _CLOSE_RATIO = 1e-6, 1e-3
_UNITLESS = frozenset({"ratio", "multiple"})
_UNITS = {
    "人民币": "元",
    "RMB": "元",
    "％": "%",
    "周岁": "岁",
    "㎡": "平方米",
    "平方": "平方米",
    "平米": "平方米",
    "个月": "月",
    "个工作日": "工作日",
    "日": "天",
    "周年": "年",
    "个百分点": "百分点",
    "个小时": "小时",
    "公里/小时": "公里",
}
_BASES = {"一次性": "once", "个月": "月"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One quantity with its slots. Offsets are code points into the source text, half-open.

    Values are in the base unit; of an open end (at most, at least) a found record may leave the other value empty.
    ``per`` is a set of base words, ``confidence`` from 0 to 1 (1 in gold).
    """

    start: int
    end: int
    kind: str
    value_min: float | None
    value_max: float | None
    unit: str | None
    bound: str | None = None
    role: str | None = None
    per: frozenset[str] = frozenset()
    time: str | None = None
    item: str | None = None
    beneficiary: str | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Pair:
    """Places of a gold record and a found one that overlap, and whether kind, values and unit agree."""

    gold: int
    found: int
    right: bool


def basis(words: Iterable[str]) -> frozenset[str]:
    """Return the base words of a basis in one spelling."""
    return frozenset(_BASES.get(word, word) for word in words if word)


def same_quantity(gold: Record, found: Record) -> bool:
    """Tell whether kind, both values and unit agree."""
    return gold.kind == found.kind and _same_values(gold, found) and _same_unit(gold, found)


def same_slot(slot: str, gold: Record, found: Record) -> bool:
    """Tell whether one slot agrees; of item and beneficiary one may contain the other or they share half their text."""
    a, b = getattr(gold, slot), getattr(found, slot)
    if slot in ("item", "beneficiary"):
        return same_words(a, b)
    if slot == "time":
        return (a or "") == (b or "")
    return bool(a == b)


def pair_up(gold: Sequence[Record], found: Sequence[Record]) -> list[Pair]:
    """Return one-to-one pairs of overlapping records: right ones first, then the larger overlap, then text order."""
    options = []
    for i, one in enumerate(gold):
        for j, other in enumerate(found):
            overlap = min(one.end, other.end) - max(one.start, other.start)
            if overlap > 0:
                options.append((same_quantity(one, other), overlap, -i, -j))
    pairs: list[Pair] = []
    used_gold: set[int] = set()
    used_found: set[int] = set()
    for right, _, i, j in sorted(options, reverse=True):
        if -i not in used_gold and -j not in used_found:
            used_gold.add(-i)
            used_found.add(-j)
            pairs.append(Pair(-i, -j, right))
    return pairs


def _same_values(gold: Record, found: Record) -> bool:
    """Tell whether both values agree; an empty end of the found record is taken from its other end."""
    close = _CLOSE_RATIO if gold.kind == "ratio" else _CLOSE
    low = found.value_max if found.value_min is None else found.value_min
    high = found.value_min if found.value_max is None else found.value_max
    if low is None or high is None or gold.value_min is None or gold.value_max is None:
        return False
    return math.isclose(gold.value_min, low, rel_tol=close) and math.isclose(gold.value_max, high, rel_tol=close)


def _same_unit(gold: Record, found: Record) -> bool:
    """Tell whether the units agree, whatever their spelling; ratios and multiples need none."""
    return gold.kind in _UNITLESS or _unit(gold.unit) == _unit(found.unit)


def _unit(unit: str | None) -> str:
    """Return a unit in one spelling."""
    plain = (unit or "").strip()
    return _UNITS.get(plain, plain)
