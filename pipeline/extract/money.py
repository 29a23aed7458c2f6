"""What belongs to an amount of money beside its numeral and unit: 角 and 分 behind, currency marks before."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.extract.numerals import NUMERAL, value_of
from pipeline.extract.units import Unit, Units

_DIGIT = f"[ \u3000]?({NUMERAL.pattern})[ \u3000]?"
_CHANGE = re.compile(rf"{_DIGIT}角(?:{_DIGIT}分(?![之钟别期批类档级年步]))?|零?{_DIGIT}分(?=[，。；、）)整正\s]|$)")
_WORTH = (Decimal("0.1"), Decimal("0.01"), Decimal("0.01"))


def change_behind(text: str, end: int) -> tuple[Decimal, int]:
    """Return what the 角 and 分 behind 元 at ``end`` are worth in 元, and where they end: at ``end`` without any."""
    found = _CHANGE.match(text, end)
    values = [value_of(part) if part else Decimal(0) for part in found.groups()] if found else []
    if found is None or any(value is None or value >= 10 for value in values):
        return Decimal(0), end
    return sum((value * factor for value, factor in zip(values, _WORTH, strict=True) if value), Decimal(0)), found.end()


def currency_before(text: str, start: int, units: Units) -> Unit | None:
    """Return the unit whose mark stands before the number at ``start``: 「人民币 50」, 「US$300」, or ``None``."""
    found = units.marks.search(text, max(0, start - units.longest_mark - 1), start)
    return units.by_mark[found[1]] if found else None
