"""When a document was issued, when its page was put up, and by whom it's signed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.dates import PrintedDate, find_dates
from pipeline.core.layers import HeadField
from pipeline.structure.agencies import is_agency, split_issuers
from pipeline.structure.pieces import SPACES, Piece
from pipeline.structure.rules import HeadRules, LabelledField

_NO_NAME = re.compile(r"[\s*。；：:，,！？”》>\\]")
_GAPS = SPACES + "*>\\"  # and the marks of Markdown quotes
_LINE_GAPS = _GAPS.replace("\n", "")
_LONGEST_NAME = 60
# a remark about the seal, as copies print it; the body in whose place another sealed is not named
_SEALED = re.compile(r"[（(]?(?:公|盖|印|签|代)章[）)]$")
_LONGEST_SEAL = 6
_IMPRINT = re.compile(r"[\s*]*(?:印发|印制|印)")
_AFTER_SIGNATURE = re.compile(r"[\s*\\]*(?:$|\n|[（(\u3014\[【]|附|抄送|主动公开|公开)|\s{2}|\*")
_RUNS_ON = re.compile(
    r"(?!\s第[一二三四五六七八九十\d]{1,3}[编章节条])\s?(?:[，,、；;至到前后起在第之以的经间内期底末—\-－~～)）]|上午|下午|上旬|中旬|下旬|通过|批准|核准|发布|公布|颁布|出台|制定|召开|成立|实施)"
)
# the name begins after the date, 「29日云州市第…届」, or after what is no character of a name
_PASSED = re.compile(
    r"(?:(?<=[\d一二三四五六七八九十廿卅]日)|(?<![\u4e00-\u9fff\d]))(?![一二三四五六七八九]{2,4}年)[经由在]?(?P<body>[\u4e00-\u9fff]{2,12}第[一二三四五六七八九十百]{1,4}届人民代表大会(?:常务委员会)?)[^。\n；]{0,20}?会议[^。\n；]{0,8}(?:通过|修订)"
)
_MADE = re.compile(r"\d日[ \u3000]{0,4}(?P<body>[\u4e00-\u9fff、]{2,40}?)(?:令第\d{1,4}号|令)?(?:发布|公布|颁布|印发)")
_AT_MEETING = re.compile(
    r"[^。；\n]{0,12}(?:日|日，)?\s*(?:在|于)?[^。；\n]{2,40}会议(?:上|通过|审议|$)|[^。；\n]{0,40}(?:公布|发布|通过)"
)
_PUBLISHED = re.compile(r"^(?P<value>[\u4e00-\u9fff]{4,30})\s*发布$")
_LONG_PIECE = 160
_SIGNERS = 30
_UNDER = 2
_EVENTS = 3
_OPEN = re.compile(r"[（(\u3014]此件(?:公开|主动|依申请|不|发至)")
_CLOCK = re.compile(r"[ \u3000T]{0,3}\d{1,2}[：:]\d{2}(?:[：:]\d{2})?$")
_SOURCE_END = re.compile(
    r"(?:19|20)\d\d[-年/.]|[\s|｜【】（()）]|(?:作者|发布|时间|日期|浏览|编辑|字[体号])[\u4e00-\u9fff]{0,4}[：:]"
)
_LONGEST_SOURCE = 40


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
        whole = date.full and "日" in text[date.end - 1 : date.end]
        month = len(date.iso) == 7 and "月" in text[date.end - 1 : date.end] and _stands_alone(text, date)
        if not (whole or month) or _IMPRINT.match(text, date.end) or _RUNS_ON.match(text, date.end):
            continue
        names = _names_before(text, date.start, after, rules)
        field = HeadField(date.iso, date.start, date.end)
        if names:
            return Signature(tuple(names), field, names[0].start)
        if alone is None and whole and _stands_alone(text, date):
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
        sealed = _SEALED.search(text[max(after, stop - _LONGEST_SEAL) : stop])
        stop -= len(sealed.group()) if sealed else 0
        start = max((m.end() for m in _NO_NAME.finditer(text, max(after, stop - _LONGEST_NAME), stop)), default=after)
        start += bool(sealed) and text[start : start + 1] in ("（", "(")
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
    text: str,
    after: int,
    pieces: Sequence[Piece],
    signature: Signature | None,
    rules: HeadRules,
    *,
    first: int,
    stop: int,
) -> tuple[HeadField | None, bool]:
    """Return the date of issue and whether that is only inferred: from the imprint, the page's or edition's date.

    Signed, under the title, standing alone or labelled, in this order. ``first`` is where the first print of the title
    ends, ``after`` the last; what stands under it ends at ``stop``, where the addressee begins: further dates are of
    what is attached.
    """
    if signature and signature.names and signature.date:
        return signature.date, False
    events = _is_chronicle(pieces)
    for begin in () if events else dict.fromkeys((after, first)):  # a title printed twice may have the date in between
        below = _below_title(text, begin, [piece for piece in pieces if piece.start < max(stop, begin)])
        if below:
            return below, False
    printed = (signature.date if signature and not events else None) or labelled_date(pieces, rules, "issue_date")
    if printed:
        return printed, False
    inferred = find_published(pieces, rules) or _imprint(text, after) or _in_title(text, after)
    return inferred, inferred is not None


def _is_chronicle(pieces: Sequence[Piece]) -> bool:
    """Tell whether different days stand alone on lines of their own, as above the events of a chronicle."""
    days: set[str] = set()
    for piece in pieces:
        date = next(find_dates(piece.text), None)
        if date and date.full and date.end - date.start == len(piece.text):
            days.add(date.iso)
    return len(days) >= _EVENTS


def find_sealed(text: str, after: int, rules: HeadRules) -> tuple[HeadField, ...]:
    """Return the bodies that sign without a date, above 「（此件公开发布）」."""
    mark = _OPEN.search(text, after)
    return tuple(_names_before(text, mark.start(), after, rules)) if mark else ()


def under_title(text: str, pieces: Sequence[Piece], after: int, rules: HeadRules) -> tuple[HeadField, ...]:
    """Return the bodies that are all of one of the first lines below the title, as reports print who wrote them."""
    for piece in [piece for piece in pieces if piece.start >= after][:_UNDER]:
        names = split_issuers(text, piece.start, piece.end, rules)
        if names:
            return tuple(HeadField(name, low, high) for name, low, high in names)
    return ()


def find_published(pieces: Sequence[Piece], rules: HeadRules) -> HeadField | None:
    """Return the date a web page says it was put up: 「发布时间：2024-02-29 14:35」, alone or among such words."""
    return labelled_date(pieces, rules, "published") or _inner_date(pieces, rules, "published") or _clocked(pieces)


def _clocked(pieces: Sequence[Piece]) -> HeadField | None:
    """Return the date of a line that is nothing but a date and the time of day, as web pages print below the title."""
    for piece in pieces:
        date = next(find_dates(piece.text), None)
        if date and date.full and date.start == 0 and _CLOCK.fullmatch(piece.text, date.end):
            return HeadField(date.iso, piece.start, piece.start + date.end)
    return None


def _inner_date(pieces: Sequence[Piece], rules: HeadRules, field: LabelledField) -> HeadField | None:
    """Return the date right after a label inside a line: 「来源：云州日报 发布时间：2024-02-29」."""
    for piece in pieces:
        found = rules.inner_labels[field].search(piece.text)
        date = next(find_dates(found["value"]), None) if found else None
        if found and date and date.start < 2 and len(date.iso) > 4:
            start = piece.start + found.start("value")
            return HeadField(date.iso, start + date.start, start + date.end)
    return None


def _below_title(text: str, after: int, pieces: Sequence[Piece]) -> HeadField | None:
    """Return the date of the meeting or promulgation printed under the title: 「（2023年1月5日云州市…通过）」."""
    below = [piece for piece in pieces if piece.start >= after][:12]
    stop = min([piece.start for piece in below if len(piece.text) > _LONG_PIECE] or [len(text)])
    glued = PrintedDate("", after, after)
    glued = next(
        (date for date in find_dates(text, after, after + 24) if text[after : date.start].strip() in ("（", "(")), glued
    )
    if glued.full and (text[glued.end : glued.end + 1] in ("）", ")") or _AT_MEETING.match(text, glued.end)):
        return HeadField(glued.iso, glued.start, glued.end)
    for piece in below:
        for date in find_dates(text, piece.start, piece.end):
            lead = text[piece.start : date.start].strip("（(—- ")
            whole = len(date.iso) > 4 and date.end - date.start == len(piece.text)
            if not (date.full or whole) or (piece.start >= stop and piece.start != below[0].start) or lead:
                break
            rest = text[date.end : piece.end]
            if _CLOCK.fullmatch(rest):  # when a web page was put up
                break
            if not rest.strip("）) ：:0123456789") or _AT_MEETING.match(rest):
                return HeadField(date.iso, date.start, date.end)
            break
    return None


def labelled_date(pieces: Sequence[Piece], rules: HeadRules, field: LabelledField) -> HeadField | None:
    """Return the date of the first line labelled as ``field`` at the top of the text."""
    for piece in pieces:
        found = rules.labels[field].match(piece.text)
        date = next(find_dates(found["value"]), None) if found else None
        if found and date and (len(date.iso) > 4 or date.end - date.start == len(found["value"].strip())):
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


def passed_by(text: str, after: int, rules: HeadRules) -> tuple[HeadField, ...]:
    """Return the people's congress that passed a regulation, or who put it into force, as named below its title."""
    found = _PASSED.search(text, after, after + 300)
    if found:
        return (HeadField(found["body"], found.start("body"), found.end("body")),)
    for made in _MADE.finditer(text, after, after + 300):
        names = split_issuers(text, *made.span("body"), rules)
        if names:
            return tuple(HeadField(name, low, high) for name, low, high in names)
    return ()


def sign_names(text: str, pieces: Sequence[Piece], rules: HeadRules) -> tuple[HeadField, ...]:
    """Return the bodies of a line like 「发文机关：云州市财政局」."""
    for piece in pieces:
        found = rules.labels["issuer"].match(piece.text) or _PUBLISHED.match(piece.text)
        found = found or rules.inner_labels["issuer"].search(piece.text)
        if not found:
            continue
        start = piece.start + found.start("value")
        end = piece.start + found.end("value")
        names = split_issuers(text, start, end, rules)
        if names and all(is_agency(name, rules) for name, _, _ in names):
            return tuple(HeadField(name, low, high) for name, low, high in names)
    return ()


def find_source(text: str, pieces: Sequence[Piece], rules: HeadRules) -> HeadField | None:
    """Return where a web page says it has its text from: 「来源：云州日报」, at the top or at the very end."""
    for piece in pieces:
        if found := _source_in(piece.text, piece.start, rules):
            return found
    start = max(text.rfind("\n", 0, len(text.rstrip())) + 1, len(text) - _LONG_PIECE)
    return _source_in(text[start:].strip(), start + len(text[start:]) - len(text[start:].lstrip()), rules)


def _source_in(line: str, start: int, rules: HeadRules) -> HeadField | None:
    """Return the source a line names, up to the next gap, bracket or label; a file's path or an address is none."""
    label = rules.inner_labels["source"].search(line)
    if label is None:
        return None
    end = _SOURCE_END.search(label["value"])
    value = label["value"][: end.start()] if end else label["value"]
    if not 1 < len(value) <= _LONGEST_SOURCE or re.search(r"[/\\。；]|^\d", value):
        return None
    low = start + label.start("value")
    return HeadField(value, low, low + len(value))


def source_bodies(text: str, pieces: Sequence[Piece], rules: HeadRules) -> tuple[HeadField, ...]:
    """Return the source of a web page as the issuer, when it's a public body: likely, but not said."""
    source = find_source(text, pieces, rules)
    if source is None:
        return ()
    names = split_issuers(text, source.start, source.end, rules)
    return tuple(HeadField(name, low, high) for name, low, high in names)
