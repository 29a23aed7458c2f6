"""Which values the tables hold (decimal(20,4): sixteen digits before the point, four behind), and words about them."""

from __future__ import annotations

from decimal import Decimal

# what a total's rule ends in when its parts make it, and when they don't
SUM_MATCH, SUM_MISMATCH = "合计相符", "合计不符"

_LIMIT = Decimal("9999999999999999.99995")  # rounds to seventeen digits


def fits(value: Decimal | None) -> bool:
    """Tell whether the tables hold ``value``; an empty one they do."""
    return value is None or (value.is_finite() and abs(value) < _LIMIT)
