"""A document's layers become rows. Pure. Spans are led back from the clean to the raw text here."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from pipeline.core.document import Document, Source
from pipeline.core.issues import Issue
from pipeline.core.layers import OTHER_PART, Block, Box, CleanText, Coding, Head, HeadField, Measure, RawText, Section
from pipeline.core.values import fits
from pipeline.table.resolve import Targets
from pipeline.table.schema import (
    CodingRow,
    DocumentRow,
    IssueRow,
    MeasureRow,
    ReferenceRow,
    SectionRow,
    Status,
    SuggestionRow,
)

_LAST_PLACE = Decimal("0.0001")


# the layers the tables are made from
LAYERS = frozenset({"raw", "text", "head", "outline", "references", "bag", "measures", "codings"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One input: where it comes from, how it ended, the layers there are and what there is to know.

    ``doc_id`` is unique in a run, so a duplicate has one of its own.
    ``document`` is None when nothing could be read. ``duplicate`` marks an input with the bytes of an earlier one: it
    gets its rows in documents and issues and no others, so that no measure counts twice.
    """

    doc_id: str
    source: Source
    status: Status
    document: Document | None
    issues: tuple[Issue, ...] = ()
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class DocumentRows:
    """All rows of one input, by table; each in the order of the text."""

    documents: list[DocumentRow]
    sections: list[SectionRow]
    measures: list[MeasureRow]
    codings: list[CodingRow]
    suggestions: list[SuggestionRow]
    references: list[ReferenceRow]
    issues: list[IssueRow]


class Places:
    """Leads clean offsets of one document to raw offsets, raw text, pages, boxes and sections."""

    __slots__ = ("_blocks", "_outline", "_section_starts", "_starts", "_to_raw", "doc_id", "raw")

    def __init__(self, doc_id: str, document: Document) -> None:
        """Build the map once. A document without clean text has clean offsets equal to the raw ones."""
        self.doc_id = doc_id
        self.raw = document.raw.text if document.raw else ""
        self._to_raw = document.text.offsets().to_source if document.text else lambda start, end: (start, end)
        self._blocks = sorted(_placed(document.raw), key=lambda block: (block.start, block.end))
        self._starts = [block.start for block in self._blocks]
        self._outline = document.outline or ()
        self._section_starts = [section.start for section in self._outline]

    def to_raw(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw span of a clean span."""
        return self._to_raw(start, end)

    def blocks(self, start: int, end: int) -> list[Block]:
        """Return the blocks with a page that overlap a raw span, in order. Blocks don't overlap one another."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        last = max(bisect_left(self._starts, end), first + 1)
        return [block for block in self._blocks[first:last] if block.end > start and block.start < max(end, start + 1)]

    def page(self, start: int, end: int) -> int | None:
        """Return the page a raw span begins on, or None."""
        return next((page for page, _ in self._lines(start, end)), None)

    def boxes(self, start: int, end: int) -> str | None:
        """Return page and box of each printed line a raw span touches, as JSON, or None."""
        boxes = [[page, *(round(x, 2) for x in box)] for page, box in self._lines(start, end) if box is not None]
        return json.dumps(boxes) if boxes else None

    def _lines(self, start: int, end: int) -> Iterable[tuple[int | None, Box | None]]:
        """Yield page and box of each printed line a raw span touches; of a block without lines its own."""
        for block in self.blocks(start, end):
            lines = [line for line in block.lines if line.end > start and line.start < max(end, start + 1)]
            if lines:
                yield from ((line.page, line.box) for line in lines)
            else:
                yield block.page, block.box

    def section(self, at: int) -> str | None:
        """Return the id of the deepest section that contains the clean offset ``at``, or None."""
        index: int | None = bisect_right(self._section_starts, at) - 1
        while index is not None and index >= 0:
            section = self._outline[index]
            if section.start <= at < section.end:
                return self.section_id(section.index)
            index = section.parent
        return None

    def section_id(self, index: int | None) -> str | None:
        """Return the id of section ``index``; None for None."""
        return None if index is None else f"{self.doc_id}:s{index}"


def _placed(raw: RawText | None) -> Iterable[Block]:
    """Return the blocks that stand on a page."""
    return () if raw is None else (block for block in raw.blocks if block.page is not None)


def build_rows(entry: Entry, *, targets: Targets, code_paths: Mapping[tuple[str, str], str]) -> DocumentRows:
    """Return all rows of ``entry``. ``code_paths`` leads (codebook, code) to the code's path."""
    document = entry.document or Document(entry.source)
    places = Places(entry.doc_id, document)
    rows = DocumentRows([_document(entry, document)], [], [], [], [], [], _issues(entry, places))
    if entry.duplicate:
        return rows
    rows.sections.extend(_sections(document, places))
    for measure, measure_id in zip(document.measures or (), _measure_ids(document, places), strict=True):
        rows.measures.append(_measure(measure, measure_id, places))
    given, doubted = _given_and_doubted(document)
    rows.codings.extend(
        CodingRow(coding_id=i, score=s, created=None, **c) for i, s, c in _codings(given, places, code_paths)
    )
    rows.suggestions.extend(
        SuggestionRow(suggestion_id=i, score=s, **c) for i, s, c in _codings(doubted, places, code_paths)
    )
    rows.references.extend(_references(document, places, targets))
    return rows


def _document(entry: Entry, document: Document) -> DocumentRow:
    """Return the row of one input; what isn't known stays empty."""
    raw, text, head = document.raw, document.text, document.head or Head()
    return DocumentRow(
        doc_id=entry.doc_id,
        source_name=entry.source.name,
        source_path=entry.source.path,
        source_sha256=entry.source.file_sha256 or entry.source.sha256 or None,
        media_type=raw.media_type if raw else None,
        title=_value(head.title),
        doc_number=_value(head.doc_number),
        issuer="；".join(field.value for field in head.issuers) or None,
        addressee=_value(head.addressee),
        issue_date=_value(head.issue_date),
        effective_date=_value(head.effective_date),
        expiry=_value(head.expiry),
        doc_kind=head.doc_kind,
        level=head.level,
        region=head.region,
        region_code=head.region_code,
        year=head.year,
        n_pages=raw.n_pages if raw else None,
        n_chars=len(raw.text) - _elsewhere(text) if raw else None,
        status=entry.status,
        raw_text=raw.text if raw else None,
        clean_text=text.text if text else None,
    )


def _elsewhere(text: CleanText | None) -> int:
    """Return how many characters of the raw text belong to other documents of the same file."""
    return sum(edit.end - edit.start for edit in text.edits if edit.reason == OTHER_PART) if text else 0


def _value(field: HeadField | None) -> str | None:
    """Return a head field's value."""
    return field.value if field else None


def _sections(document: Document, places: Places) -> Iterable[SectionRow]:
    """Yield a row per section."""
    for section in document.outline or ():
        start, end = places.to_raw(section.start, section.end)
        yield SectionRow(
            section_id=_section_id(section, places),
            doc_id=places.doc_id,
            parent_id=places.section_id(section.parent),
            level=section.level,
            number=section.number,
            heading=section.heading,
            start=start,
            end=end,
        )


def _section_id(section: Section, places: Places) -> str:
    """Return a section's own id."""
    return f"{places.doc_id}:s{section.index}"


def _measure_ids(document: Document, places: Places) -> list[str]:
    """Return an id for each measure: DOC:START-END:KIND in raw offsets; the second of the same gets ``#2``."""
    spans = [(places.to_raw(m.start, m.end), m.kind) for m in document.measures or ()]
    return _unique(f"{places.doc_id}:{start}-{end}:{kind}" for (start, end), kind in spans)


def _unique(names: Iterable[str]) -> list[str]:
    """Return ``names`` with ``#2``, ``#3`` … added to repeated ones."""
    seen: Counter[str] = Counter()
    result = []
    for name in names:
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return result


def _measure(measure: Measure, measure_id: str, places: Places) -> MeasureRow:
    """Return a measure's row; a value no column can hold is left empty (the measures stage has reported it)."""
    start, end = places.to_raw(measure.start, measure.end)
    evidence_start, evidence_end = places.to_raw(measure.evidence_start, measure.evidence_end)
    return MeasureRow(
        measure_id=measure_id,
        doc_id=places.doc_id,
        kind=measure.kind,
        value_min=_decimal(measure.value_min),
        value_max=_decimal(measure.value_max),
        unit=measure.unit,
        bound=measure.bound,
        role=measure.role,
        per="/".join(measure.per) or None,
        time=measure.time,
        item=measure.item,
        beneficiary=measure.beneficiary,
        condition=measure.condition,
        agency=measure.agency,
        instrument=measure.instrument,
        action=measure.action,
        quote=places.raw[start:end],
        evidence=places.raw[evidence_start:evidence_end],
        start=start,
        end=end,
        evidence_start=evidence_start,
        evidence_end=evidence_end,
        section_id=places.section(measure.start),
        page=places.page(start, end),
        boxes=places.boxes(start, end),
        group_id=None if measure.group is None else f"{places.doc_id}:g{measure.group}",
        fact_id=None if measure.fact is None else f"{places.doc_id}:f{measure.fact}",
        confidence=float(measure.confidence),
        rule=measure.rule,
    )


def _decimal(value: Decimal | None) -> Decimal | None:
    """Return ``value`` with four decimal places, or None when it doesn't fit."""
    if value is None or not fits(value):
        return None
    return value.quantize(_LAST_PLACE, rounding=ROUND_HALF_EVEN)


def _given_and_doubted(document: Document) -> tuple[list[Coding], list[Coding]]:
    """Return the codings that are given, and those the machine was in doubt about."""
    codings = document.codings or ()
    return [one for one in codings if one.given], [one for one in codings if not one.given]


def _codings(
    codings: Sequence[Coding], places: Places, code_paths: Mapping[tuple[str, str], str]
) -> Iterable[tuple[str, float, dict[str, Any]]]:
    """Yield the id, the score and the other columns of each coding, in the order of the text."""
    # many codes stand on one clause: its place and quote are looked up once
    raw_spans = {span: places.to_raw(*span) for span in {(c.start, c.end) for c in codings}}
    quotes = {span: places.raw[slice(*span)] for span in raw_spans.values()}
    printed = {span: (places.page(*span), places.boxes(*span)) for span in raw_spans.values()}
    found = [(*raw_spans[coding.start, coding.end], coding) for coding in codings]
    found.sort(key=lambda item: (item[0], item[1], item[2].codebook, item[2].code))
    ids = _unique(f"{places.doc_id}:{start}-{end}:{c.codebook}.{c.code}" for start, end, c in found)
    for coding_id, (start, end, coding) in zip(ids, found, strict=True):
        yield (
            coding_id,
            float(coding.score),
            {
                "doc_id": places.doc_id,
                "codebook": coding.codebook,
                "code": coding.code,
                "code_path": code_paths.get((coding.codebook, coding.code)),
                "start": start,
                "end": end,
                "quote": quotes[start, end],
                "coder": coding.coder,
                "rule": coding.rule or None,
                "page": printed[start, end][0],
                "boxes": printed[start, end][1],
            },
        )


def _references(document: Document, places: Places, targets: Targets) -> Iterable[ReferenceRow]:
    """Yield a row per reference, with the document of the run it leads to."""
    found = [(*places.to_raw(reference.start, reference.end), reference) for reference in document.references or ()]
    ids = _unique(f"{places.doc_id}:{start}-{end}:ref" for start, end, _ in found)
    for reference_id, (start, end, reference) in zip(ids, found, strict=True):
        yield ReferenceRow(
            reference_id=reference_id,
            doc_id=places.doc_id,
            start=start,
            end=end,
            title=reference.title,
            doc_number=reference.doc_number,
            relation=reference.relation,
            target_doc_id=targets.find(reference.title, reference.doc_number, apart_from=places.doc_id),
        )


def _issues(entry: Entry, places: Places) -> list[IssueRow]:
    """Return a row per issue of one input."""
    return [_issue(found, places) for found in entry.issues]


def _issue(found: Issue, places: Places) -> IssueRow:
    """Return an issue's row; one with a place but no page gets the page of its place."""
    if found.page is None and found.start is not None and found.end is not None:
        found = replace(found, page=places.page(found.start, found.end))
    return issue_row(found, places.doc_id)


def issue_row(found: Issue, doc_id: str | None) -> IssueRow:
    """Return an issue's row; ``doc_id`` is None for an issue of the whole run."""
    return IssueRow(doc_id, found.stage, found.code, found.severity, found.message, found.start, found.end, found.page)
