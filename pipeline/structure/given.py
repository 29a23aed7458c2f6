"""Fields of the head whose place the file itself tells, such as the columns of a table: taken before any guess."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.core.dates import find_dates
from pipeline.core.layers import CleanText, GivenField, HeadField, RawText
from pipeline.structure.agencies import split_issuers
from pipeline.structure.doc_numbers import NumberFound, find_numbers
from pipeline.structure.pieces import squeeze
from pipeline.structure.rules import HeadRules
from pipeline.structure.titles import Title
from pipeline.structure.validity import read_validity

_PARTS = re.compile(r"[^、，,;；|\n]+")
_NOTHING = re.compile(r"[\s/\\—－-]*(?:无|暂无|空|null|None|NaN)?[\s/\\—－-]*")
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[/.]?(\d\d?)[/.]?(\d\d?)(?!\d)")


@dataclass(frozen=True, slots=True)
class GivenFields:
    """What the file gives, with places in the clean text; a field it leaves empty isn't among them."""

    fields: Mapping[GivenField, HeadField]
    issuers: tuple[HeadField, ...]
    number: NumberFound | None

    def title(self) -> Title | None:
        """Return the given title; what follows it begins right after."""
        field = self.fields.get("title")
        return Title(field, field.end) if field else None


def given_fields(raw: RawText, text: CleanText, rules: HeadRules) -> GivenFields:
    """Return the fields ``raw`` gives, read by the same parsers as printed ones."""
    fields: dict[GivenField, HeadField] = {}
    issuers: list[HeadField] = []
    number: NumberFound | None = None
    offsets = text.offsets()
    for given in raw.given:
        start, end = _trimmed(text.text, *offsets.from_source(given.start, given.end))
        printed = text.text[start:end]
        if _NOTHING.fullmatch(printed):
            continue
        if given.field == "region" and given.field in fields:  # 省, 市 and 区县 in columns of their own
            fields["region"] = replace(fields["region"], value=fields["region"].value + squeeze(printed), end=end)
        if given.field in fields:
            continue
        if given.field == "issuer":
            issuers += _bodies(text.text, start, end, rules)
            continue
        if given.field == "doc_number":
            number = number or next(find_numbers(text.text, rules.numbers, start, end), None)
        fields[given.field] = HeadField(_value(given.field, printed, number, rules), start, end)
    return GivenFields(fields, tuple(issuers), number)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without white space around it."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _value(field: GivenField, printed: str, number: NumberFound | None, rules: HeadRules) -> str:
    """Return a given value in the form of the table; as printed where no parser can read it."""
    if field == "title":
        return squeeze(printed).removeprefix("《").removesuffix("》") if printed.count("《") == 1 else squeeze(printed)
    if field == "doc_number":
        return number.value if number else squeeze(printed)
    if field in ("issue_date", "effective_date"):
        return _day(printed) or squeeze(printed)
    if field == "expiry":
        return _day(printed) or read_validity(printed, rules)
    return squeeze(printed).rstrip("：:")


def _day(printed: str) -> str | None:
    """Return a date in any of the ways tables write it (2024/3/5, 20240305, 2024年3月), else ``None``."""
    if date := next(find_dates(printed), None):
        return date.iso
    found = _DAY.search(printed)
    date = next(find_dates("-".join(found.groups())), None) if found else None
    return date.iso if date else None


def _bodies(text: str, start: int, end: int, rules: HeadRules) -> Iterator[HeadField]:
    """Yield the issuing bodies of a cell, each with its span; names no parser knows are parted by the usual marks."""
    names = split_issuers(text, start, end, rules)
    if names:
        yield from (HeadField(squeeze(name), low, high) for name, low, high in names)
        return
    for part in _PARTS.finditer(text, start, end):
        low, high = _trimmed(text, part.start(), part.end())
        if low < high:
            yield HeadField(squeeze(text[low:high]), low, high)
