"""One figure of a text: a numeral and what it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipeline.extract.numerals import value_of
from pipeline.extract.units import Unit

# beyond this no figure of a policy is meant: account numbers, strings of digits
LONGEST, _GREATEST = 24, Decimal(10) ** 18


@dataclass(frozen=True, slots=True)
class Figure:
    """A numeral at ``start``; ``end`` is behind its unit. ``aside`` names the rule that sets it aside.

    ``value`` is what the numeral is worth before the unit's factor, ``magnitude`` the 万/亿 it ends with;
    ``vague`` tells of 余 or 多 inside; ``rule`` is what gave it its unit.
    """

    start: int
    numeral_end: int
    end: int
    value: Decimal
    magnitude: Decimal
    unit: Unit | None
    vague: bool = False
    aside: str | None = None
    rule: str = "数量"


def worth(numeral: str) -> Decimal | None:
    """Return what ``numeral`` is worth, ``None`` when it isn't well-formed or too long or great to be meant."""
    value = value_of(numeral) if len(numeral) <= LONGEST else None
    return value if value is not None and value < _GREATEST else None
