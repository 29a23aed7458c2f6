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
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[/.](\d\d?)[/.](\d\d?)|(\d\d)(\d\d))(?!\d)")
# all of a cell: 2023, 2023.7, 202305
_MONTH = re.compile(r"((?:19|20)\d\d)(?:[-./]?(\d\d)|[-./](\d))?")


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
    """Return the fields ``raw`` gives, read by the same parsers as printed ones.

    A date that can't be read (「待定」, a spreadsheet's serial number) counts as not given.
    """
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
        if value := _value(given.field, printed, number, rules):
            fields[given.field] = HeadField(value, start, end)
    return GivenFields(fields, tuple(issuers), number)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without white space around it."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _value(field: GivenField, printed: str, number: NumberFound | None, rules: HeadRules) -> str:
    """Return a given value in the form of the table: as printed where no parser can read it, but a date is ``""``."""
    if field == "title":
        return squeeze(printed).removeprefix("《").removesuffix("》") if printed.count("《") == 1 else squeeze(printed)
    if field == "doc_number":
        return number.value if number else squeeze(printed)
    if field in ("issue_date", "effective_date"):
        return _day(printed) or ""
    if field == "expiry":
        return _day(printed) or read_validity(printed, rules)
    return squeeze(printed).rstrip("：:")


def _day(printed: str) -> str | None:
    """Return a date in any of the ways tables write it (2024/3/5, 20240305, 2024年3月, 202403), else ``None``."""
    if date := next(find_dates(printed), None):
        return date.iso
    found = _DAY.search(printed)
    if found and (date := next(find_dates("-".join(filter(None, found.groups()))), None)):
        return date.iso
    short = _MONTH.fullmatch(squeeze(printed))
    if short is None:
        return None
    month = short[2] or short[3]
    date = next(find_dates(f"{short[1]}年{month}月" if month else f"{short[1]}年"), None)
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
