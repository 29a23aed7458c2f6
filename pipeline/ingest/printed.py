"""Numbers of a spreadsheet as it prints them: 0.15 in the format ``0%`` is 15%, 45000 in ``yyyy-mm-dd`` a date."""

from __future__ import annotations

import datetime
import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import pairwise

_Piece = tuple[str, str]

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
    r'(?P<general>(?i:general)|G/通用格式)|"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|_.|\*.|'
    r"\[\$(?P<money>[^\]-]*)[^\]]*\]|\[(?P<bracket>[^\]]*)\]|(?P<clock>(?i:am/pm|a/p)|上午/下午)|"
    r"(?P<number>[0#?.][0#?,.]*(?:E[+-][0#?]+)?)|(?P<date>[yYmMdDhHsSeEbBgGaA]+)|(?P<other>.)",
    re.S,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)")
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    **{"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "<>": operator.ne}
}
_EPOCH, _EPOCH_1904 = datetime.datetime(1899, 12, 30), datetime.datetime(1904, 1, 1)
_LAST_DAY = 2_958_465  # 9999-12-31
_MOST_DECIMALS = 15
_HUGE = 1e15
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class _Form:
    """A section of a number format: the letters of a date (with 「年」 where it has it), or what stands around digits.

    ``whole`` and ``fraction`` are the placeholders of the digits, with what stands between them; None when the section
    has none; ``general`` prints the plain number in their place. ``condition``: operator and limit of 「[>=10000]」.
    ``strange``: it has pieces that aren't understood.
    """

    date: str = ""
    chinese: bool = False
    before: str = ""
    after: str = ""
    general: bool = False
    strange: bool = False
    whole: tuple[str, ...] | None = None
    fraction: tuple[str, ...] = ()
    thousands: bool = False
    scale: int = 0
    condition: tuple[str, float] | None = None


_PLAIN = _Form(general=True)


def printed(value: float, code: str, *, since_1904: bool = False) -> str:
    """Return ``value`` as the number format ``code`` prints it; what ``code`` can't say stays a plain number.

    Other than Excel, a zero that ``#`` would leave away is printed, and no point without decimals; a section that is
    empty hides zeros only.
    """
    if not math.isfinite(value):
        return ""
    form, unsigned = _chosen(value, _read(code))
    if form is None or form.strange:
        return "" if form is None and value == 0 else plain(value)
    if form.date:
        text = _moment(value, form, since_1904)
        return plain(value) if text is None else text
    if form.whole is None and not form.general:
        literal = form.before + form.after
        return literal if literal or value == 0 else plain(value)
    digits = plain(abs(value)) if form.general or abs(value) >= _HUGE else _digits(abs(value), form)
    minus = "-" if value < 0 and not unsigned and any(c in "123456789" for c in digits) else ""
    return minus + form.before + digits + form.after


def plain(value: float) -> str:
    """Return ``value`` without the noise of binary fractions: 20230101.0 is 20230101, 0.1 + 0.2 is 0.3."""
    if not math.isfinite(value):
        return ""
    if value == int(value) and abs(value) < _HUGE:
        return str(int(value))
    text = f"{value:.15g}"
    return text if "e" not in text else f"{value:.15f}".rstrip("0").rstrip(".") if abs(value) < 1 else text


def _chosen(value: float, forms: tuple[_Form | None, ...]) -> tuple[_Form | None, bool]:
    """Return the section of the format that prints ``value`` (None: an empty one), and whether it has no minus."""
    first, second, third = forms[0], forms[1] if len(forms) > 1 else forms[0], forms[2] if len(forms) > 2 else forms[0]
    conditions = [form.condition if form is not None else None for form in forms[:2]]
    if not any(conditions):
        if value < 0:
            return second, len(forms) > 1
        return (third if value == 0 else first), False
    for form, condition in zip(forms, conditions, strict=False):
        if condition is not None and _OPERATORS[condition[0]](value, condition[1]):
            return form, condition[0] in ("<", "<=") and condition[1] <= 0
    if len(forms) == 1:
        return _PLAIN, False
    return (third if len(forms) > 2 and all(conditions) else second if conditions[0] else first), False


def _digits(value: float, form: _Form) -> str:
    """Return the digits of a number that isn't negative, rounded as Excel does: 15 digits count, half goes up."""
    whole, places = form.whole or (), [at for at, part in enumerate(form.fraction) if part in ("0", "#", "?")]
    exact = Decimal(f"{value:.15g}").scaleb(form.scale)
    text = f"{exact.quantize(Decimal(1).scaleb(-len(places)), ROUND_HALF_UP):f}"
    digits, _, decimals = text.partition(".")
    digits = digits.lstrip("0").rjust(max(1, whole.count("0")), "0")
    holders = sum(part in ("0", "#", "?") for part in whole)
    result: list[str] = []
    at = 0  # digits written, from the right
    for part in reversed(whole):
        if part not in ("0", "#", "?"):
            result.append(part)
            continue
        holders -= 1
        for _ in range(1 if holders else max(1, len(digits) - at)):
            if at < len(digits):
                result += "," * (form.thousands and at > 0 and at % 3 == 0) + digits[-1 - at]
                at += 1
    if not whole:
        result = list(reversed(digits))
    least = max((count for count, at in enumerate(places, 1) if form.fraction[at] == "0"), default=0)
    decimals = decimals[:least] + decimals[least:].rstrip("0")
    parts = iter(decimals)
    shown = "".join(next(parts, "") if part in ("0", "#", "?") else part for part in form.fraction)
    return "".join(reversed(result)) + ("." * bool(decimals)) + shown


@lru_cache(maxsize=1000)
def _read(code: str) -> tuple[_Form | None, ...]:
    """Return the sections of a format for numbers, at most three; None for an empty one."""
    sections: list[list[_Piece]] = [[]]
    for found in _PIECE.finditer(code):
        kind = found.lastgroup
        if kind == "other" and found[0] == ";":
            sections.append([])
        elif kind is not None:
            sections[-1].append((kind, found[kind]))
    if not code.strip():
        return (_PLAIN,)
    if len(sections) > 1 and ("other", "@") in sections[-1]:
        sections.pop()  # the section of texts
    forms = [_section(pieces) if pieces else None for pieces in sections[:3]]
    zero = forms[2] if len(forms) > 2 else None
    if zero is not None and zero.whole and zero.before and "0" not in zero.whole + zero.fraction:
        forms[2] = replace(zero, whole=None)  # 「"-"??」: a dash, and room for two digits
    return tuple(forms)


def _section(pieces: list[_Piece]) -> _Form:
    """Return what a section says; the plain number when it has pieces that aren't understood."""
    condition = None
    for kind, text in pieces:
        if kind == "bracket" and (found := _CONDITION.fullmatch(text.strip())) and found[2].count(".") < 2:
            condition = (found[1], float(found[2].rstrip(".")))
    letters = "".join(text.lower() for kind, text in pieces if kind == "date")
    # hours since the beginning: [h]:mm
    elapsed = any(kind == "bracket" and text and not text.lower().strip("hms") for kind, text in pieces)
    if set(letters) & set("ymdhs") or elapsed or letters in ("aaa", "aaaa"):
        literals = "".join(text for kind, text in pieces if kind in ("quoted", "escaped", "other"))
        return _Form(date="[h]" * elapsed + letters, chinese="年" in literals or "月" in literals, condition=condition)
    known = [(kind, text) for kind, text in pieces if kind not in ("bracket", "clock")]
    known = [("general", "") if (kind, text) == ("other", "@") else (kind, text) for kind, text in known]
    numbers = [at for at, (kind, _) in enumerate(known) if kind in ("number", "general")]
    middle = known[numbers[0] : numbers[-1] + 1] if numbers else []
    percent = 2 * sum(kind == "other" and text == "%" for kind, text in known)
    if letters or _is_strange(known, middle):
        return _Form(strange=True, condition=condition)
    before = "".join(text for _, text in (known[: numbers[0]] if numbers else known))
    after = "".join(text for _, text in (known[numbers[-1] + 1 :] if numbers else []))
    if not numbers or middle[0][0] == "general":
        return _Form(before=before, after=after, general=bool(numbers), condition=condition)
    whole, fraction, thousands, commas = _placed(middle)
    scale = percent - 3 * commas
    return _Form(
        before=before, after=after, whole=whole, fraction=fraction, thousands=thousands, scale=scale,
        condition=condition,
    )  # fmt: skip


def _is_strange(known: list[_Piece], middle: list[_Piece]) -> bool:
    """Tell whether a section has what isn't understood: powers of ten, fractions, letters without quotes."""
    kinds = [kind for kind, _ in middle]
    if "general" in kinds and len(kinds) > 1:
        return True
    if any(kind == "number" and ("E" in text or not text.strip(".,")) for kind, text in known):
        return True
    if sum(text.count(".") for kind, text in middle if kind == "number") > 1:
        return True
    if any(kind == "other" and text.isascii() and text.isalpha() for kind, text in known):
        return True
    return any(
        here == ("other", "/") and (kind == "number" or text.isdecimal())
        for here, (kind, text) in pairwise(known)
        if middle
    )


def _placed(middle: list[_Piece]) -> tuple[tuple[str, ...], tuple[str, ...], bool, int]:
    """Return the placeholders before and behind the point, whether thousands are parted, and commas that scale."""
    parts = [(kind == "number", c) for kind, text in middle for c in (text if kind == "number" else (text,))]
    point = next((at for at, part in enumerate(parts) if part == (True, ".")), len(parts))
    whole, fraction = parts[:point], [part for part in parts[point:] if part != (True, ".")]
    scale = 0
    for side in (whole, fraction):
        while side and side[-1] == (True, ","):
            side.pop()
            scale += 1
    thousands = (True, ",") in whole
    before, behind = (tuple(c for part, c in side if (part, c) != (True, ",")) for side in (whole, fraction))
    return before, behind[:_MOST_DECIMALS], thousands, scale


def _moment(value: float, form: _Form, since_1904: bool) -> str | None:
    """Return a date and time as exact as the format prints it, None for a number that is none."""
    if not 0 <= value <= _LAST_DAY:
        return None
    seconds = round(value * 86_400)
    if "[" in form.date:
        clock = f"{seconds // 3600}:{seconds // 60 % 60:02}"
        return f"{clock}:{seconds % 60:02}" if "s" in form.date else clock
    moment = (_EPOCH_1904 if since_1904 else _EPOCH) + datetime.timedelta(seconds=seconds)
    if not form.date.strip("a"):
        return _weekday(moment, form.date)
    day = _day(moment, form)
    if "aaa" in form.date:
        day = f"{day} {_weekday(moment, form.date)}"
    if "h" not in form.date and "s" not in form.date:
        return day
    if not set("yd") & set(form.date):
        return f"{moment:%H:%M:%S}" if "s" in form.date else f"{moment:%H:%M}"
    return f"{day} {moment:%H:%M}"


def _day(moment: datetime.datetime, form: _Form) -> str:
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


def _weekday(moment: datetime.datetime, letters: str) -> str:
    """Return the day of the week: 「星期三」 for ``aaaa``, 「周三」 for ``aaa``."""
    return ("星期" if "aaaa" in letters else "周") + _WEEKDAYS[moment.weekday()]
