"""Numbers of a spreadsheet as it prints them: 0.15 in the format ``0%`` is 15%, 45000 in ``yyyy-mm-dd`` a date."""

from __future__ import annotations

import datetime
import math
import re
from dataclasses import dataclass
from functools import lru_cache

# the formats that go by number only (ECMA-376 18.8.30; 27 to 58 as Excel in Chinese prints them)
BUILTIN = {
    **{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??"},
    **{14: "yyyy-m-d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm"},
    **{21: "h:mm:ss", 22: "yyyy-m-d h:mm", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 45: "mm:ss"},
    **{46: "h:mm:ss", 47: "mm:ss", 48: "0.0E+0", 49: "@", 27: "yyyy年m月", 28: "m月d日", 29: "m月d日", 30: "m-d-yy"},
    **{31: "yyyy年m月d日", 32: "h时mm分", 33: "h时mm分ss秒", 36: "yyyy年m月", 50: "yyyy年m月", 51: "m月d日"},
    **{52: "yyyy年m月", 53: "m月d日", 54: "m月d日", 57: "yyyy年m月", 58: "m月d日"},
}
_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[\$(?P<money>[^\]-]*)[^\]]*\]|\[(?P<bracket>[^\]]*)\]|'
    r"(?P<clock>(?i:am/pm)|上午/下午)|(?P<number>[0#?][0#?,.]*(?:E[+-][0#?]+)?)|(?P<date>[yYmMdDhHsSeEbBgG]+)|(?P<other>.)",
    re.S,
)
_EPOCH, _EPOCH_1904 = datetime.datetime(1899, 12, 30), datetime.datetime(1904, 1, 1)
_LAST_DAY = 2_958_465  # 9999-12-31
_MOST_DECIMALS = 15
_HUGE = 1e15


@dataclass(frozen=True, slots=True)
class _Format:
    """A number format: the letters of a date (with 「年」 where it has it), or what stands around which decimals."""

    date: str = ""
    chinese: bool = False
    before: str = ""
    after: str = ""
    decimals: int | None = None
    thousands: bool = False
    scale: int = 0


def printed(value: float, code: str, *, since_1904: bool = False) -> str:
    """Return ``value`` as the number format ``code`` prints it; what ``code`` can't say stays a plain number."""
    form = _read(code)
    if not math.isfinite(value):
        return ""
    if form.date:
        text = _moment(value, form, since_1904)
        return plain(value) if text is None else text
    if form.decimals is None or abs(value) >= _HUGE:
        return form.before + plain(value) + form.after
    scaled = value * 10.0**form.scale
    digits = f"{scaled:,.{form.decimals}f}" if form.thousands else f"{scaled:.{form.decimals}f}"
    return form.before + digits + form.after


def plain(value: float) -> str:
    """Return ``value`` without the noise of binary fractions: 20230101.0 is 20230101, 0.1 + 0.2 is 0.3."""
    if not math.isfinite(value):
        return ""
    if value == int(value) and abs(value) < _HUGE:
        return str(int(value))
    text = f"{value:.15g}"
    return text if "e" not in text else f"{value:.15f}".rstrip("0").rstrip(".") if abs(value) < 1 else text


@lru_cache(maxsize=1000)
def _read(code: str) -> _Format:
    """Return what the first section of a format says; that is the one of positive numbers."""
    pieces = [(m.lastgroup, m[0], m) for m in _PIECE.finditer(code) if m.lastgroup]
    end = next((i for i, (kind, text, _) in enumerate(pieces) if kind == "other" and text == ";"), len(pieces))
    pieces = pieces[:end]
    if any(kind == "date" or (kind == "bracket" and text.strip("[]hms") == "") for kind, text, _ in pieces):
        letters = "".join(text.lower() for kind, text, _ in pieces if kind == "date")
        if set(letters) & set("ymdhs"):
            return _Format(date=letters, chinese="年" in code or "月" in code)
    before, after, number, percent = "", "", "", 0
    for kind, text, found in pieces:
        if kind == "number":
            number = number or text
            continue
        if kind == "bracket" or kind == "clock":
            continue
        literal = found[kind] if kind in ("quoted", "escaped", "money") else text.replace("@", "")
        percent += 2 * (kind == "other" and text == "%")
        before, after = (before, after + literal) if number else (before + literal, after)
    if not number or "E" in number or "/" in after:
        plain_number = "E" in number or "/" in after
        return _Format() if plain_number or "General" in code else _Format(before=before, after=after)
    whole, _, fraction = number.partition(".")
    scale = percent - 3 * (len(whole) - len(whole.rstrip(",")))
    decimals = min(sum(fraction.count(c) for c in "0#?"), _MOST_DECIMALS)
    return _Format(before=before, after=after, decimals=decimals, thousands="," in whole.rstrip(","), scale=scale)


def _moment(value: float, form: _Format, since_1904: bool) -> str | None:
    """Return a date and time as exact as the format prints it, None for a number that is none."""
    if not 0 <= value <= _LAST_DAY:
        return None
    moment = (_EPOCH_1904 if since_1904 else _EPOCH) + datetime.timedelta(days=round(value * 86_400) / 86_400)
    day = _day(moment, form)
    if "h" not in form.date and "s" not in form.date:
        return day
    if not set("yd") & set(form.date):
        return f"{moment:%H:%M:%S}" if "s" in form.date else f"{moment:%H:%M}"
    return f"{day} {moment:%H:%M}"


def _day(moment: datetime.datetime, form: _Format) -> str:
    """Return the date: year, month and day, or those of them that the format has."""
    has_day, has_year = "d" in form.date, "y" in form.date or "e" in form.date
    if form.chinese:
        parts = (f"{moment.year}年" * has_year, f"{moment.month}月", f"{moment.day}日" * has_day)
        return "".join(parts) if "m" in form.date else f"{moment.year}年"
    if not has_year:
        return f"{moment.month}月{moment.day}日"
    if "m" not in form.date:
        return str(moment.year)
    return f"{moment:%Y-%m-%d}" if has_day else f"{moment:%Y-%m}"
