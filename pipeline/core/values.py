"""Which values the tables hold: decimal(20,4), sixteen digits before the point and four behind."""

from __future__ import annotations

from decimal import Decimal

_LIMIT = Decimal("9999999999999999.99995")  # rounds to seventeen digits


def fits(value: Decimal | None) -> bool:
    """Tell whether the tables hold ``value``; an empty one they do."""
    return value is None or (value.is_finite() and abs(value) < _LIMIT)
