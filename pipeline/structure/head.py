"""What a document says about itself: title, number, issuer, addressee, dates, kind, level, region."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.core.document import Source
from pipeline.core.layers import CleanText, Head, HeadField, RawText
from pipeline.structure.agencies import is_agency, split_issuers
from pipeline.structure.dating import (
    Signature,
    find_issue_date,
    find_published,
    find_sealed,
    find_signature,
    find_source,
    passed_by,
    sign_names,
    source_bodies,
    under_title,
)
from pipeline.structure.doc_numbers import NumberFound, find_numbers
from pipeline.structure.given import GivenFields, given_fields
from pipeline.structure.imprint import find_imprints
from pipeline.structure.letterhead import find_letterhead
from pipeline.structure.lists import without_lists
from pipeline.structure.orders import order_title
from pipeline.structure.papers import Paper, read_paper
from pipeline.structure.pieces import SPACES, Piece, squeeze, top_pieces
from pipeline.structure.place import Place, find_place, given_place
from pipeline.structure.rules import HeadRules, load_head_rules
from pipeline.structure.title_print import as_set
from pipeline.structure.titles import Title, after_title, find_attached, find_kind, find_title, is_addressee, issuer_end
from pipeline.structure.validity import find_effective, find_expiry

__all__ = ["HeadRules", "load_head_rules", "read_head"]

_CITING = re.compile(r"》[\s）)]{0,2}[（(]?\s*$|(?:根据|依据|按照|依照|落实|原|转发|见|按)[^。；\n]{0,40}$")
_BEFORE_NUMBER = re.compile(r"(?:^|[\n★*（(：:\s]|文件|通知|意见|方案|办法|批复|\d{4}年\d{1,2}月\d{1,2}日)\s*[（(]?$")
# a congress that speaks itself: 「云州市第十届人民代表大会第一次会议关于…的决议」
_SESSION = re.compile(
    r"(?P<body>(?:第[一二三四五六七八九十]{1,3}届全国|[\u4e00-\u9fff]{2,12}第[一二三四五六七八九十]{1,3}届)"
    r"人民代表大会(?:常务委员会)?)第[一二三四五六七八九十]{1,4}次会议关于"
)
_ISSUED_AS = re.compile(r"令|公告|通告")
_ZONE = 700
_ORDER = 400
_LONGEST_NUMBER = 40


@dataclass(frozen=True, slots=True)
class _Core:
    """What the other fields hang on: title, number, addressee, issuers, and where what follows the title begins."""

    title: Title | None
    number: NumberFound | None
    addressee: HeadField | None
    issuers: tuple[HeadField, ...]
    signature: Signature | None
    after: int
    inferred_issuers: bool


def read_head(source: Source, raw: RawText, text: CleanText, *, rules: HeadRules) -> Head:
    """Return the head of a document; every field the text doesn't print is ``None`` or ``()``.

    What the file itself gives (``raw.given``) is taken before anything is looked for in the text.
    """
    body = without_lists(raw, text, rules)
    pieces = top_pieces(body)
    given = given_fields(raw, text, rules)
    core = _core(text, body, pieces, raw, given, rules)
    title, number = core.title, core.number
    issued, inferred = _issued(body, pieces, core, given, rules)
    attached = find_attached(body, title, kind := find_kind(body, title, rules), rules)
    if title and attached and attached.value == title.field.value:  # an order that puts a 决定 into force
        attached = None
    own = [field.value for field in (title.field if title else None, attached) if field]
    # an order says it above the regulation
    held = min(core.after, number.end) if number and number.rule == "order" else core.after
    effective, counted = find_effective(body, held, issued, pieces, rules, own=own)
    place = _place(body, core, given, rules)
    printed = find_imprints(body)
    paper = read_paper(body, core.after, pieces, rules)
    number_field = HeadField(number.value, number.start, number.end) if number else None
    effective = given.fields.get("effective_date") or effective
    head = Head(
        title=_as_printed(title.field if title else None, raw, text),
        attached_title=_as_printed(attached, raw, text),
        doc_number=given.fields.get("doc_number") or number_field,
        issuers=core.issuers,
        addressee=_as_printed(core.addressee, raw, text),
        issue_date=issued,
        effective_date=effective,
        expiry=given.fields.get("expiry") or find_expiry(body, core.after, pieces, rules),
        doc_kind=_paper_kind(kind, title, paper, rules),
        level=place.level,
        region=place.region,
        region_code=place.code,
        year=_year(issued, number, raw.published, title, effective),
        source=find_source(body, pieces, rules),
        published=find_published(pieces, rules),
        authors=paper.authors,
        abstract=paper.abstract,
        keywords=paper.keywords,
        copied_to=printed[0].copied_to if printed else None,
        printed_by=printed[0].printed_by if printed else None,
        printed_on=printed[0].printed_on if printed else None,
    )
    return replace(head, derived=_marks(head, core, given, inferred=inferred, counted=counted))


def _issued(
    body: str, pieces: Sequence[Piece], core: _Core, given: GivenFields, rules: HeadRules
) -> tuple[HeadField | None, bool]:
    """Return the issue date, as given or as found, and whether it's inferred."""
    if "issue_date" in given.fields:
        return given.fields["issue_date"], False
    if (promulgated := _promulgated(body, core.number, rules)) is not None:
        return promulgated, False
    first = core.title.after if core.title else 0
    stop = core.addressee.start if core.addressee else len(body)
    return find_issue_date(body, core.after, pieces, core.signature, rules, first=first, stop=stop)


def _marks(head: Head, core: _Core, given: GivenFields, *, inferred: bool, counted: bool) -> tuple[str, ...]:
    """Return the fields that aren't printed as such; ``inferred``: the issue date, ``counted``: the effective date."""
    flags = {
        "issuers": core.inferred_issuers,
        "issue_date": inferred,
        "effective_date": counted and "effective_date" not in given.fields,
        "doc_kind": head.doc_kind in ("其他", "论文") or head.title is None,
        "level": head.level is not None,
        "region": head.region is not None and "region" not in given.fields,
        "region_code": head.region_code is not None,
        "year": head.year is not None and head.issue_date is None,
    }
    return tuple(name for name, is_derived in flags.items() if is_derived)


def _paper_kind(kind: str, title: Title | None, paper: Paper, rules: HeadRules) -> str:
    """Return 论文 for a text with abstract and keywords whose title doesn't end with a 文种, else ``kind``."""
    named = title is not None and rules.kind_end.search(title.field.value)
    return kind if named or paper.abstract is None or not paper.keywords else "论文"


def _core(
    text: CleanText, body: str, pieces: Sequence[Piece], raw: RawText, given: GivenFields, rules: HeadRules
) -> _Core:
    """Return title, number, addressee and issuers: as given, else as found in ``body`` one by the other."""
    letterhead = find_letterhead(body, pieces, rules)
    title = given.title()
    if title is None and (found := find_title(body, pieces, rules, above=letterhead.pieces, printed=raw.title)):
        title = as_set(found, raw, text, rules)
    addressed = _addressee(body, pieces, title.after, rules) if title else None
    after = after_title(body, title, addressed.start if addressed else len(body)) if title else 0
    number = given.number or _own_number(body, pieces, title, after, rules)
    if "title" not in given.fields and (ordered := order_title(body, title, number, rules)):
        title, after = ordered, ordered.after
    glued = number is not None and after <= number.start <= after + 6
    addressee = given.fields.get("addressee") or _addressee(
        body, pieces, number.end if number and glued else after, rules
    )
    signature = find_signature(body, addressee.end if addressee else after, rules)
    issuers = given.issuers or _issuers(body, title, number, signature, rules)
    issuers = issuers or letterhead.names or sign_names(body, pieces, rules) or find_sealed(body, after, rules)
    issuers = issuers or (under_title(body, pieces, after, rules) if title else ())
    inferred = () if issuers else source_bodies(body, pieces, rules)
    return _Core(title, number, addressee, issuers or inferred, signature, after, bool(inferred))


def _place(body: str, core: _Core, given: GivenFields, rules: HeadRules) -> Place:
    """Return level and region by the issuer, else by what else the text says; a given region stands."""
    place = find_place(
        [issuer.value for issuer in core.issuers],
        core.title.field.value if core.title else None,
        core.number.code if core.number else None,
        core.addressee.value if core.addressee else None,
        body,
        after=core.after,
        rules=rules,
    )
    region = given.fields.get("region")
    return given_place(region.value, place, rules) if region else place


def _as_printed(field: HeadField | None, raw: RawText, text: CleanText) -> HeadField | None:
    """Return a field with the characters of the source, where cleaning only put one for another (○ for 〇)."""
    if field is None or not text.edits:
        return field
    start, end = text.offsets().to_source(field.start, field.end)
    printed = squeeze(raw.text[start:end])
    clean = squeeze(text.text[field.start : field.end])
    return replace(field, value=printed) if clean == field.value and len(printed) == len(clean) else field


def _promulgated(text: str, number: NumberFound | None, rules: HeadRules) -> HeadField | None:
    """Return the date under an order's few lines, above the text it puts into force."""
    if number is None or number.rule != "order":
        return None
    signature = find_signature(text[: number.end + _ORDER], number.end, rules)
    return signature.date if signature else None


def _own_number(
    text: str, pieces: Sequence[Piece], title: Title | None, after: int, rules: HeadRules
) -> NumberFound | None:
    """Return the document's own 发文字号: labelled, or near the title and not cited."""
    for piece in pieces:
        label = rules.labels["doc_number"].match(piece.text)
        if label:
            start = piece.start + label.start("value")
            labelled = next(find_numbers(text, rules.numbers, start, piece.end), None)
            if labelled and labelled.start - start < 3:
                return labelled
    stop = min(len(text), max(_ZONE, after + 400))
    for number in find_numbers(text, rules.numbers, 0, stop):
        line = max(text.rfind("\n", 0, number.start), text.rfind("。", 0, number.start)) + 1
        before = text[line : number.start]
        if after and after <= number.start and not text[after : number.start].strip(" \u3000\r\n*（("):
            return number
        if _CITING.search(before) or (len(number.code) < 2 and number.rule == "usual"):
            continue
        if _BEFORE_NUMBER.search(before) or (number.start <= after and number.rule == "usual"):
            return number
    return _before_title(text, title, after, rules) if title else None


def _before_title(text: str, title: Title, after: int, rules: HeadRules) -> NumberFound | None:
    """Return the number right before a later print of the title, as where the file is offered for download."""
    at = after
    while (at := text.find(title.field.value, at)) >= 0:
        number = next(find_numbers(text, rules.numbers, max(after, at - _LONGEST_NUMBER), at), None)
        if number and number.end == at:
            return number
        at += 1
    return None


def _addressee(text: str, pieces: Sequence[Piece], after: int, rules: HeadRules) -> HeadField | None:
    """Return the 主送机关: a line of bodies that ends with a colon, or such words right after a title glued to them."""
    seen = 0
    for piece in pieces:
        if piece.end <= after:
            continue
        start = max(piece.start, after)
        colon = min(
            (at for at in (text.find("：", start, piece.end + 1), text.find(":", start, piece.end + 1)) if at >= 0),
            default=-1,
        )
        raw = text[start : colon + 1] if colon > 0 else ""
        lead = len(raw) - len(raw.lstrip(SPACES + "*）)》"))
        if raw and is_addressee(raw[lead:], rules) and _addressed(raw[lead:-1], rules):
            return HeadField(squeeze(raw[lead:-1]), start + lead, colon)
        seen += 1
        if seen > 12 or piece.text.startswith(("一、", "第一条", "第一章")):
            return None
    return None


def _addressed(value: str, rules: HeadRules) -> bool:
    """Tell whether a value begins like a 主送机关: groups of bodies, or the name of a place or body."""
    if rules.addressee_start.match(value) or rules.divisions.at(value, 0, len(value)):
        return True
    first = re.split(r"[，,、；;（(\s]", value, maxsplit=1)[0]
    return is_agency(squeeze(first), rules) or bool(
        re.search(r"(?:镇|乡|街道|村|公司|委员|代表|政府|办事处|支行|厅|局|部|委)$", first)
    )


def _issuers(
    text: str,
    title: Title | None,
    number: NumberFound | None,
    signature: Signature | None,
    rules: HeadRules,
) -> tuple[HeadField, ...]:
    """Return who issued the document: signature, title, congress, order number; the first that says it."""
    if signature and signature.names:
        return signature.names
    if title:
        end = issuer_end(title.field.value, rules)
        if end:
            return _from_title(title.field, end, rules)
        if session := _SESSION.match(text, title.field.start, title.field.end):
            return (HeadField(squeeze(session["body"]), *session.span("body")),)
        if passed := passed_by(text, title.after, rules):
            return passed
    if number and number.rule in ("order", "notice"):
        kind = _ISSUED_AS.search(text, number.start, number.end)
        names = split_issuers(text, number.start, kind.start() if kind else number.end, rules)
        return tuple(HeadField(squeeze(name), start, end) for name, start, end in names)
    return ()


def _from_title(title: HeadField, end: int, rules: HeadRules) -> tuple[HeadField, ...]:
    """Return the bodies at a title's beginning; the spans are the title's."""
    names = split_issuers(title.value, 0, end, rules)
    return tuple(HeadField(name, title.start, title.end) for name, _, _ in names)


def _year(
    issued: HeadField | None,
    number: NumberFound | None,
    published: str | None,
    title: Title | None,
    effective: HeadField | None,
) -> int | None:
    """Return the year of issue, else of the number, the web page's date, the title, the effective date: the first.

    Each is further from the day of issue than the one before it; ``published`` is an ISO date of the page's metadata.
    """
    for value in (
        issued.value if issued else "",
        number.value if number else "",
        published or "",
        title.field.value if title else "",
        effective.value if effective else "",
    ):
        found = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", value)
        if found:
            return int(found.group())
    return None
