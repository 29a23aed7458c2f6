"""When a document was issued and by whom it's signed, from when and until when it holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.dates import PrintedDate, find_dates
from pipeline.core.layers import HeadField
from pipeline.structure.agencies import is_agency, split_issuers
from pipeline.structure.pieces import SPACES, Piece, squeeze
from pipeline.structure.rules import HeadRules

_NO_NAME = re.compile(r"[\s*。；：:，,！？”》]")
_GAPS = SPACES + "*"
_LINE_GAPS = _GAPS.replace("\n", "")
_LONGEST_NAME = 60
_IMPRINT = re.compile(r"[\s*]*(?:印发|印制|印)")
_AFTER_SIGNATURE = re.compile(r"[\s*]*(?:$|\n|[（(\u3014\[【]|附|抄送|主动公开|公开)|\s{2}|\*")
_RUNS_ON = re.compile(
    r"(?!\s第[一二三四五六七八九十\d]{1,3}[编章节条])\s?(?:[，,、；;至到前后起在第之以的经间内期底末—\-－~～)）]|上午|下午|上旬|中旬|下旬|通过|发布|公布|颁布|出台|制定|召开|成立|实施)"
)
_PASSED = re.compile(
    r"(?P<body>[\u4e00-\u9fff]{2,12}第[一二三四五六七八九十百]{1,4}届人民代表大会(?:常务委员会)?)[^。\n；]{0,20}?会议[^。\n；]{0,8}(?:通过|修订)"
)
_AT_MEETING = re.compile(
    r"[^。；\n]{0,12}(?:日|日，)?\s*(?:在|于)?[^。；\n]{2,40}会议(?:上|通过|审议|$)|[^。；\n]{0,40}(?:公布|发布|通过)"
)
_PUBLISHED = re.compile(r"^(?P<value>[\u4e00-\u9fff]{4,30})\s*发布$")
_LONG_PIECE = 160
_SIGNERS = 10


@dataclass(frozen=True, slots=True)
class Signature:
    """The bodies that sign, with spans, and the date they put under it; either may be missing."""

    names: tuple[HeadField, ...]
    date: HeadField | None
    start: int


def find_signature(text: str, after: int, rules: HeadRules) -> Signature | None:
    """Return the first signature after ``after``: names of bodies right before a full date that ends its line."""
    alone: Signature | None = None
    for date in find_dates(text, after):
        if not date.full or "日" not in text[date.end - 1 : date.end] or _IMPRINT.match(text, date.end):
            continue
        if _RUNS_ON.match(text, date.end):
            continue
        names = _names_before(text, date.start, after, rules)
        field = HeadField(date.iso, date.start, date.end)
        if names:
            return Signature(tuple(names), field, names[0].start)
        if alone is None and _stands_alone(text, date):
            alone = Signature((), field, date.start)
    return alone


def _names_before(text: str, end: int, after: int, rules: HeadRules) -> list[HeadField]:
    """Return the bodies that end at ``end``, going back as long as whole chunks are names."""
    names: list[HeadField] = []
    reach = end
    while len(names) < _SIGNERS:
        stop = len(
            text[after:reach].rstrip(_GAPS) if reach - after < 2000 else text[reach - 2000 : reach].rstrip(_GAPS)
        )
        stop += after if reach - after < 2000 else reach - 2000
        start = max((m.end() for m in _NO_NAME.finditer(text, max(after, stop - _LONGEST_NAME), stop)), default=after)
        if stop - start < 3 or stop - start >= _LONGEST_NAME:
            break
        party = text.rfind("中共", start, stop)  # a list's last line may be glued before it
        parts = split_issuers(text, start, stop, rules) or (
            split_issuers(text, party, stop, rules) if party > 0 else []
        )
        if not parts:
            break
        names[:0] = [HeadField(name, low, high) for name, low, high in parts]
        reach = start
    return names


def _stands_alone(text: str, date: PrintedDate) -> bool:
    """Tell whether a date is set off on both sides by line ends or wide gaps."""
    before = text[max(0, date.start - 3) : date.start]
    set_off = (
        not before.strip()
        or before.strip(_LINE_GAPS).endswith("\n")
        or (len(before) > 1 and not before[-2:].strip(_GAPS))
    )
    return set_off and bool(_AFTER_SIGNATURE.match(text, date.end))


def find_issue_date(
    text: str, after: int, pieces: Sequence[Piece], signature: Signature | None, rules: HeadRules, *, stop: int
) -> HeadField | None:
    """Return the date of issue: signed, under the title, standing alone, labelled, imprinted; in this order.

    What stands under the title ends at ``stop``, where the addressee begins: further dates are of what is attached.
    """
    if signature and signature.names and signature.date:
        return signature.date
    below = _below_title(text, after, [piece for piece in pieces if piece.start < stop])
    if below:
        return below
    if signature and signature.date:
        return signature.date
    return _labelled(pieces, rules) or _imprint(text, after) or _in_title(text, after)


def _below_title(text: str, after: int, pieces: Sequence[Piece]) -> HeadField | None:
    """Return the date of the meeting or promulgation printed under the title: 「（2023年1月5日云州市…通过）」."""
    below = [piece for piece in pieces if piece.start >= after][:12]
    stop = min([piece.start for piece in below if len(piece.text) > _LONG_PIECE] or [len(text)])
    glued = PrintedDate("", after, after)
    glued = next(
        (date for date in find_dates(text, after, after + 24) if text[after : date.start].strip() in ("（", "(")), glued
    )
    if glued.full and text[glued.end : glued.end + 1] in ("）", ")"):
        return HeadField(glued.iso, glued.start, glued.end)
    for piece in below:
        for date in find_dates(text, piece.start, piece.end):
            lead = text[piece.start : date.start].strip("（(—- ")
            whole = len(date.iso) > 4 and date.end - date.start == len(piece.text)
            if not (date.full or whole) or (piece.start >= stop and piece.start != below[0].start) or lead:
                break
            rest = text[date.end : piece.end]
            if not rest.strip("）) ：:0123456789") or _AT_MEETING.match(rest):
                return HeadField(date.iso, date.start, date.end)
            break
    return None


def _labelled(pieces: Sequence[Piece], rules: HeadRules) -> HeadField | None:
    """Return the date in a line like 「成文日期：2023年5月6日」."""
    return labelled_date(pieces, rules, "issue_date")


def labelled_date(pieces: Sequence[Piece], rules: HeadRules, field: str) -> HeadField | None:
    """Return the date of the first line labelled as ``field`` at the top of the text."""
    for piece in pieces:
        found = rules.labels[field].match(piece.text)
        date = next(find_dates(found["value"]), None) if found else None
        if found and date and len(date.iso) > 4:
            start = piece.start + found.start("value")
            return HeadField(date.iso, start + date.start, start + date.end)
    return None


def _imprint(text: str, after: int) -> HeadField | None:
    """Return the date of the last 「…办公室2023年5月6日印发」."""
    last = None
    for date in find_dates(text, max(after, len(text) - 1500)):
        if date.full and _IMPRINT.match(text, date.end):
            last = HeadField(date.iso, date.start, date.end)
    return last


def _in_title(text: str, after: int) -> HeadField | None:
    """Return the month of an edition named in the title: 「（2025年11月版）」."""
    for date in find_dates(text, 0, after):
        if len(date.iso) == 7 and text[date.end : date.end + 1] == "版":
            return HeadField(date.iso, date.start, date.end)
    return None


def passed_by(text: str, after: int) -> HeadField | None:
    """Return the people's congress that passed a regulation, as named below its title."""
    found = _PASSED.search(text, after, after + 300)
    return HeadField(found["body"], found.start("body"), found.end("body")) if found else None


def find_effective(
    text: str, after: int, issued: HeadField | None, pieces: Sequence[Piece], rules: HeadRules
) -> HeadField | None:
    """Return from when the text holds; 「自发布之日起施行」 gives the date of issue. The last statement counts."""
    best: HeadField | None = None
    for name, pattern in rules.effective:
        for found in pattern.finditer(text, after):
            if _of_another(text, found.start()):
                continue
            value = issued.value if name == "issue" and issued else None
            if name == "date":
                date = next(find_dates(found["date"]), None)
                value = date.iso if date else None
            if value and (best is None or found.start() > best.start or best.start > found.end()):
                best = HeadField(value, found.start(), found.end())
    return best or labelled_date(pieces, rules, "effective_date")


def _of_another(text: str, place: int) -> bool:
    """Tell whether the words before ``place`` speak of another document: 「《…》自…起施行」."""
    return text[max(0, place - 1) : place] == "》"


def find_expiry(text: str, after: int, rules: HeadRules) -> HeadField | None:
    """Return until when the text holds: an ISO date or the duration as printed (「有效期5年」). The last counts."""
    best: HeadField | None = None
    for name, pattern in rules.expiry:
        for found in pattern.finditer(text, after):
            date = next(find_dates(found["date"]), None) if name == "date" else None
            value = squeeze(found["printed"]) if name == "duration" else date.iso if date else None
            if value and not _elsewhere(text, found.start()) and (best is None or found.start() > best.start):
                best = HeadField(value, found.start(), found.end())
    return best


_SELF = re.compile(r"[本该此][\u4e00-\u9fff]{2,8}|之日起|(?:\d日|日)起|印发|发布|公布")


def _elsewhere(text: str, place: int) -> bool:
    """Tell whether the sentence around ``place`` says nothing about this text itself (a licence's term, say)."""
    start = max(text.rfind("。", 0, place), text.rfind("\n", 0, place), place - 120) + 1
    return not _SELF.search(text, start, place + 4)


def sign_names(text: str, pieces: Sequence[Piece], rules: HeadRules) -> tuple[HeadField, ...]:
    """Return the bodies of a line like 「发文机关：云州市财政局」."""
    for piece in pieces:
        found = rules.labels["issuer"].match(piece.text) or _PUBLISHED.match(piece.text)
        if not found:
            continue
        start = piece.start + found.start("value")
        end = piece.start + found.end("value")
        names = split_issuers(text, start, end, rules)
        if names and all(is_agency(name, rules) for name, _, _ in names):
            return tuple(HeadField(name, low, high) for name, low, high in names)
    return ()
