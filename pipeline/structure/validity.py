"""From when and until when a document holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from pipeline.core.dates import chinese_number, find_dates
from pipeline.core.layers import HeadField
from pipeline.structure.dating import labelled_date
from pipeline.structure.pieces import Piece, squeeze
from pipeline.structure.rules import HeadRules

_SELF = re.compile(
    r"[本该此][\u4e00-\u9fff]{2,8}|[\d一二三四五六七八九十]\s?日\s?起"
    r"|印发|发布|公布|(?:发文|下发|颁布|签发|施行|实施|执行|通过)之日起"
)
_END_OF_YEAR = re.compile(r"((?:19|20)\d\d)\s?年\s?(?:底|末)?")
_LONGEST_TITLE = 80


def find_effective(
    text: str,
    after: int,
    issued: HeadField | None,
    pieces: Sequence[Piece],
    rules: HeadRules,
    *,
    own: Sequence[str] = (),
) -> tuple[HeadField | None, bool]:
    """Return from when the text holds, and whether that was worked out from the date of issue (自发布之日起施行).

    ``own`` are the document's titles: what the text says of another 《…》 doesn't count. The last statement does.
    """
    best: HeadField | None = None
    derived = False
    for name, pattern in rules.effective:
        for found in pattern.finditer(text, after):
            if _of_another(text, found.start(), own):
                continue
            value = _begins(name, found, issued)
            if value and (best is None or found.start() > best.start or best.start > found.end()):
                best, derived = HeadField(value, found.start(), found.end()), name in ("issue", "later")
    return (best, derived) if best else (labelled_date(pieces, rules, "effective_date"), False)


def _begins(name: str, found: re.Match[str], issued: HeadField | None) -> str | None:
    """Return the date a statement means; ``None`` when it needs a date of issue the text doesn't give."""
    if name == "issue":
        return issued.value if issued else None
    if name == "later":
        return _later(found, issued.value) if issued else None
    printed = next(find_dates(found["date"]), None)
    return printed.iso if printed else None


def _later(found: re.Match[str], issued: str) -> str | None:
    """Return the day so many days or months after a whole date of issue; working days can't be told."""
    count = chinese_number(found["count"])
    if count is None or len(issued) != 10 or "工作日" in found["unit"]:
        return None
    day = date.fromisoformat(issued)
    if "月" not in found["unit"]:
        return (day + timedelta(days=count)).isoformat()
    month = day.month - 1 + count
    last = (date(day.year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(day.year + month // 12, month % 12 + 1, min(day.day, last)).isoformat()


def _of_another(text: str, place: int, own: Sequence[str]) -> bool:
    """Tell whether the words before ``place`` speak of another document: 「《…》自…起施行」."""
    if text[max(0, place - 1) : place] != "》":
        return False
    start = text.rfind("《", max(0, place - _LONGEST_TITLE), place)
    if start < 0:
        return True
    name = squeeze(text[start + 1 : place - 1])
    named_own = len(name) > 3 and any(name in title for title in own)
    return not (named_own or text[max(0, start - 1) : start] in ("本", "该", "此"))


def find_expiry(text: str, after: int, pieces: Sequence[Piece], rules: HeadRules) -> HeadField | None:
    """Return until when the text holds: an ISO date or the duration as printed (「有效期5年」). The last counts."""
    best: HeadField | None = None
    for name, pattern in rules.expiry:
        for found in pattern.finditer(text, after):
            value = squeeze(found["printed"]) if name == "duration" else _until(found)
            if value and not _elsewhere(text, found.start()) and (best is None or found.start() > best.start):
                best = HeadField(value, found.start(), found.end())
    return best or labelled_date(pieces, rules, "expiry")


def _until(found: re.Match[str]) -> str | None:
    """Return the last day a statement names; a day without a year is of the year it began in."""
    printed = found["until"]
    if year := _END_OF_YEAR.fullmatch(printed):
        return year[1]
    begun = next(find_dates(found["date"]), None) if "date" in found.re.groupindex else None
    for one in find_dates(
        printed if re.match(r"\d{4}|[一二]", printed) else f"{begun.iso[:4]}年{printed}" if begun else ""
    ):
        return one.iso
    return None


def read_validity(printed: str, rules: HeadRules) -> str:
    """Return an expiry as people give it in a column: an ISO date, else the words themselves."""
    values: Iterator[str] = (one.iso for one in find_dates(printed.replace("/", "-")))
    return next(values, squeeze(printed))


def _elsewhere(text: str, place: int) -> bool:
    """Tell whether the sentence around ``place`` says nothing about this text itself (a licence's term, say)."""
    start = max(text.rfind("。", 0, place), text.rfind("\n", 0, place), place - 120) + 1
    return not _SELF.search(text, start, place + 4)
