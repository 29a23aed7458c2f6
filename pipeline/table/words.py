"""What people read and type in place of codes: the Chinese words of closed lists, times, numbers, unwrapped lines."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

# From this likeness on (difflib) a value is taken for another one mistyped.
_LIKE = 0.5
NO_BOUND = "—"
"""What people see in place of the bound of a measure without a figure."""
_PER = {"once": "一次性"}
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u3000-\u303f“”‘’—…·"
_WRAP = re.compile(rf"(?<=[{_WIDE}])\s*[\n\r\v\f\u2028\u2029]\s*|\s*[\n\r\v\f\u2028\u2029]\s*(?=[{_WIDE}])")
_BREAK = re.compile(r"\s*[\n\r\v\f\u2028\u2029]\s*")
_MYRIADS = {"": 1, "千": 1_000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000, "万亿": 10**12}
_NUMBER = re.compile(r"([+-]?\d[\d,，]*(?:\.\d+)?)\s*(万亿|千万|百万|亿|万|千|)")
_UNITS = re.compile(r"\s*(?:元|%|％)?\s*$")
_TIME = re.compile(r"(\d{4})(?:[-年](\d{1,2})(?:[-月](\d{1,2})日?)?)?[年月]?")


def code_of(values: Mapping[str, str], given: str) -> str | None:
    """Return the code meant by a code or its Chinese word: 「优惠支持」 and 「benefit」 → 「benefit」; else None."""
    if given in values:
        return given
    return next((code for code, word in values.items() if word == given), None)


def closest(given: str, known: Iterable[str]) -> str:
    """Return 「，是否应为“…”？」 with the known value nearest to ``given``, else 「，可用的有：…」."""
    there = list(dict.fromkeys(known))
    if not there:
        return "：结果中没有这一项"
    near = sorted((one for one in there if given and given in one), key=len)
    near = near or difflib.get_close_matches(given, there, n=1, cutoff=_LIKE)
    if near:
        return f"，是否应为“{near[0]}”？"
    return f"，可用的有：{'、'.join(there[:10])}{'等' if len(there) > 10 else ''}"


def is_unbound(row: Mapping[str, object], column: str = "bound") -> bool:
    """Tell whether ``column`` is the bound of a measure without a figure, whose table says ``exact`` for want of one.

    ``row`` leads columns to values; without a kind it is told by the figure.
    """
    if column != "bound" or row.get("bound") is None:
        return False
    return (
        row["kind"] == "none" if "kind" in row else "value_min" in row and row["value_min"] is row["value_max"] is None
    )


def per_words(per: str | None) -> str | None:
    """Return a basis in Chinese: 「人/once」 → 「人/一次性」."""
    return per and "/".join(_PER.get(part, part) for part in per.split("/"))


def unwrap(text: str) -> str:
    """Return ``text`` on one line: breaks beside Chinese vanish, breaks between other words become a space."""
    return _BREAK.sub(" ", _WRAP.sub("", text.strip()))


def number(text: str) -> Decimal:
    """Return a number as people type it: 「50万」「二十万」「1.5亿元」「30%」. Raises ValueError otherwise."""
    from pipeline.extract.numerals import NUMERAL, value_of

    plain = _UNITS.sub("", text.strip())
    if found := _NUMBER.fullmatch(plain):
        return Decimal(found[1].replace(",", "").replace("，", "")) * _MYRIADS[found[2]]
    whole = NUMERAL.fullmatch(plain)
    value = value_of(plain) if whole and any(char in "零一二两三四五六七八九十百千" for char in plain) else None
    if value is None:
        raise ValueError(text)
    return value


def moment(text: str) -> str:
    """Return a time as the tables write it: 「2025年6月」 → 「2025-06」. Raises ValueError for anything else."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    return "-".join([found[1], *(part.zfill(2) for part in found.groups()[1:] if part)])


def within(time: str, wanted: str) -> bool:
    """Tell whether a time of the tables lies in ``wanted`` (「2025」), or is a period that shares time with it.

    An empty end of a period is open.
    """
    start, slash, end = time.partition("/")
    if not slash:
        return time.startswith(wanted)
    begins = start <= wanted or start.startswith(wanted)
    return begins and (end >= wanted or wanted.startswith(end))
