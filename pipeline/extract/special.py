"""Figures that are no plain numeral with a unit: fractions, tenths and discounts, doublings, halves."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.extract.figure import Figure, worth
from pipeline.extract.numerals import DIGITS, NUMERAL
from pipeline.extract.units import Unit, Units

# what follows the numeral of any of them
_MARK = re.compile(r"\s?(?:[ \u3000]?[分又]|[成折番半比]|个半)")
_FRACTION = re.compile(rf"\s?分[ \u3000]{{0,2}}之\s?({NUMERAL.pattern})")
_MIXED = re.compile(rf"[ \u3000]?又[ \u3000]?({NUMERAL.pattern})")
_NO_TENTHS = "[立功为果长员效熟都本分品绩就交型套年人]|不变"
_TENTHS = re.compile(rf"[ \u3000]?成[ \u3000]?([一二三四五六七八九半])?(?!{_NO_TENTHS})")
_DISCOUNT = re.compile(r"[ \u3000]?折(?![算旧合中叠线价返页射断损服腰回减磨桥本])")
_DOUBLED = re.compile(r"翻(?:了近?|近)?$")
_HALF_RATIO = re.compile(r"半(?=[价票额])|半数")
_AND_HALF = re.compile("个半(?=(.{1,3}))")
_SHARE = re.compile("(?:[近约占减少缩加至到足超过补]|达到?)$")
_LIMIT = re.compile("以上|以下|左右")
_TO = re.compile(rf"比({NUMERAL.pattern})(?=的?(?:比例|配套|配比|匹配|标准配|配备))")
_PARTS = {Decimal(100): "%", Decimal(1000): "‰", Decimal(10000): "‱"}
_MOST_DOUBLINGS = 20
_PLACES = 4

RATIO = Unit("ratio", None, Decimal(1), "all")
_PERCENT = Unit("percent", "%", Decimal(1), "all")
_MULTIPLE = Unit("multiple", None, Decimal(1), "all")


def read_special(text: str, match: re.Match[str], units: Units) -> Figure | None:
    """Return the figure that the numeral ``match`` begins, or ``None`` when it's a plain one."""
    if match[0] == "半":
        found = _HALF_RATIO.match(text, match.start())
        return _figure(match, found.end(), Decimal("0.5"), RATIO) if found else None
    if _MARK.match(text, match.end()) is None:
        return None
    for read in (_fraction, _doubling, _tenths, _discount, _one_half, _ratio):
        if (figure := read(text, match)) is not None:
            return figure
    return _and_half(text, match, units)


def rounded(ratio: Decimal) -> Decimal:
    """Return a ratio to four decimals, a small one to four figures."""
    return round(ratio, max(_PLACES, _PLACES - 1 - ratio.adjusted()) if ratio else _PLACES)


def _figure(match: re.Match[str], end: int, value: Decimal, unit: Unit) -> Figure:
    """Return the figure of ``match`` that ends at ``end``."""
    return Figure(match.start(), end, end, value, Decimal(1), unit)


def _fraction(text: str, match: re.Match[str]) -> Figure | None:
    """Return 「三分之一」, 「百分之二十」 or 「三又二分之一」."""
    mixed = _MIXED.match(text, match.end())
    found = _FRACTION.match(text, mixed.end() if mixed else match.end())
    if found is None:
        return None
    whole, below = (worth(match[0]), worth(mixed[1])) if mixed else (Decimal(0), worth(match[0]))
    above = worth(found[1])
    if not below or whole is None or above is None:
        return None
    if below in _PARTS and mixed is None:
        return _figure(match, found.end(), above, Unit("percent", _PARTS[below], Decimal(1), "all"))
    return _figure(match, found.end(), rounded(whole + above / below), RATIO)


def _doubling(text: str, match: re.Match[str]) -> Figure | None:
    """Return 「翻一番」 or 「翻了两番」 as a multiple."""
    times = worth(match[0]) if text.startswith("番", match.end()) else None
    if times is None or times > _MOST_DOUBLINGS:
        return None
    doubled = _DOUBLED.search(text, max(0, match.start() - 3), match.start())
    if doubled is None:
        return None
    end, value = match.end() + 1, round(Decimal(2) ** times, _PLACES)
    return Figure(doubled.start(), end, end, value, Decimal(1), _MULTIPLE)


def _tenths(text: str, match: re.Match[str]) -> Figure | None:
    """Return 「三成五」 or 「2.5成」 as a percentage."""
    found = _TENTHS.match(text, match.end())
    tenths = worth(match[0]) if found else None
    if found is None or tenths is None or tenths > 10:
        return None
    rest = Decimal(5 if found[1] == "半" else DIGITS[found[1]] if found[1] else 0)
    return _figure(match, found.end(), tenths * 10 + rest, _PERCENT)


def _discount(text: str, match: re.Match[str]) -> Figure | None:
    """Return 「八折」, 「8.5折」 or 「八五折」 as the percentage that's left to pay."""
    found = _DISCOUNT.match(text, match.end())
    value = worth(match[0]) if found else None
    if found is None or value is None or not 0 < value < 100:
        return None
    return _figure(match, found.end(), value * 10 if value < 10 else value, _PERCENT)


def _one_half(text: str, match: re.Match[str]) -> Figure | None:
    """Return 「一半」 where it's a share: 近一半, 减少一半, 一半以上."""
    if match[0] != "一" or not text.startswith("半", match.end()):
        return None
    start, end = match.start(), match.end() + 1
    if _SHARE.search(text, max(0, start - 3), start) is None and _LIMIT.match(text, end) is None:
        return None
    return _figure(match, end, Decimal("0.5"), RATIO)


def _ratio(text: str, match: re.Match[str]) -> Figure | None:
    """Return 「一比三」 where it's said to be a ratio: 按一比一配套."""
    found = None if match[0][0].isdecimal() else _TO.match(text, match.end())
    left, right = (worth(match[0]), worth(found[1])) if found else (None, None)
    return _figure(match, found.end(), rounded(right / left), RATIO) if found and left and right else None


def _and_half(text: str, match: re.Match[str], units: Units) -> Figure | None:
    """Return 「三个半月」 or 「一个半小时」."""
    found = _AND_HALF.match(text, match.end())
    surface = units.pattern.match(f"个{found[1]}") if found else None
    value = worth(match[0]) if surface else None
    if found is None or surface is None or value is None or units.by_surface[surface[0]].kind != "duration":
        return None
    end = found.end() + len(surface[0]) - 1
    return Figure(match.start(), match.end(), end, value + Decimal("0.5"), Decimal(1), units.by_surface[surface[0]])
