"""The layers of a document. All spans are half-open code-point offsets into the clean text unless said otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from pipeline.core.issues import Issue
from pipeline.core.offsets import Edit, OffsetMap

Kind = Literal["money", "count", "percent", "ratio", "duration", "age", "area", "multiple", "other", "none"]
Bound = Literal["exact", "max", "min", "approx", "range"]
Role = Literal["benefit", "budget", "target", "fact", "condition", "other"]
Fate = Literal["claimed", "set_aside", "unclaimed"]
Relation = Literal["依据", "落实", "修订", "废止", "转发", "提及"]
BlockKind = Literal["paragraph", "heading", "line", "cell", "furniture"]
OTHER_PART = "other-part"  # the reason of edits that take out what belongs to another document of the same file
Box = tuple[float, float, float, float]
GivenField = Literal["title", "doc_number", "issuer", "addressee", "issue_date", "effective_date", "expiry", "region"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a printed line of a block stands: its span in the **raw** text, page and box as in ``Block``.

    ``turn`` counts the quarter turns to the left by which the page's text is turned.
    """

    start: int
    end: int
    page: int
    box: Box
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the raw text (offsets into the **raw** text) and where it stands in the source.

    ``page`` counts from 1; ``box`` is x0, y0, x1, y1 in PDF points, origin bottom left; ``table``, ``row`` and
    ``column`` count from 0; ``level`` is the heading level given by the file's own styles, from 1; ``score`` is how
    sure text recognition is, from 0 to 1, ``None`` for text that was never a picture. ``lines`` are the printed lines
    of a cell, also of one that goes on on the next page, and of a line whose text is turned; without them ``box`` says
    all. Kind ``furniture`` is a line that the layout shows to be a running head, a foot or a page number.
    """

    start: int
    end: int
    kind: BlockKind
    page: int | None = None
    box: Box | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None
    level: int | None = None
    score: float | None = None
    lines: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """A field of the head whose place the file itself tells, such as a column 发文字号; offsets into the raw text."""

    field: GivenField
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Member:
    """One document of a file that holds many, such as a row of a table: its id within the file, and its text."""

    id: str
    raw: RawText


@dataclass(frozen=True, slots=True)
class RawText:
    """The text of a file as it stands, with its blocks in reading order.

    For text files ``blocks`` is empty. ``title`` and ``published`` are what the file's own metadata says, unchecked.
    A file of many documents has ``members`` and no text of its own.
    """

    text: str
    media_type: str
    encoding: str | None = None
    n_pages: int | None = None
    blocks: tuple[Block, ...] = ()
    title: str | None = None
    published: str | None = None
    given: tuple[Given, ...] = ()
    members: tuple[Member, ...] = ()
    doubts: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class CleanText:
    """The repaired text, which never changes again, and the edits (offsets into the **raw** text) that made it."""

    text: str
    edits: tuple[Edit, ...]
    doubts: tuple[Issue, ...] = ()

    def offsets(self) -> OffsetMap:
        """Return the map from clean to raw offsets (``to_source``) and back (``from_source``)."""
        return OffsetMap(self.edits)


@dataclass(frozen=True, slots=True)
class Part:
    """One document of a text that holds many, such as a dated item of a digest: its id within the file and its place.

    ``given`` are the fields of its head known by the way it was found (offsets into the **raw** text).
    """

    id: str
    start: int
    end: int
    given: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class HeadField:
    """A normalised value and the span it was read from."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Head:
    """What the document says about itself. Dates are ISO, as exact as printed; ``None`` when the text doesn't say.

    ``region`` is the full name down to the issuing level (浙江省台州市; 国家 → 全国), ``region_code`` its
    GB/T 2260 code. ``source`` and ``published`` are what a web page prints (来源、发布时间); ``authors``, ``abstract``
    and ``keywords`` are a paper's; ``copied_to``, ``printed_by`` and ``printed_on`` stand in the imprint (版记).
    ``derived`` names the fields whose value isn't printed as such but worked out from others, in the order above.
    """

    title: HeadField | None = None
    attached_title: HeadField | None = None
    doc_number: HeadField | None = None
    issuers: tuple[HeadField, ...] = ()
    addressee: HeadField | None = None
    issue_date: HeadField | None = None
    effective_date: HeadField | None = None
    expiry: HeadField | None = None
    doc_kind: str | None = None
    level: str | None = None
    region: str | None = None
    region_code: str | None = None
    year: int | None = None
    source: HeadField | None = None
    published: HeadField | None = None
    authors: tuple[HeadField, ...] = ()
    abstract: HeadField | None = None
    keywords: tuple[HeadField, ...] = ()
    copied_to: HeadField | None = None
    printed_by: HeadField | None = None
    printed_on: HeadField | None = None
    derived: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered or styled heading and all text up to the next heading of its rank or above.

    ``index`` is its place in the outline from 0, ``parent`` the index of the section it stands in, ``level`` its depth
    from 1, ``number`` the numbering as printed, ``heading`` the heading without it; ``body`` is where the heading ends.
    """

    index: int
    parent: int | None
    level: int
    number: str
    heading: str
    start: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence. ``words`` holds each word's end: word i is ``text[words[i-1]:words[i]]``, from ``start`` on."""

    start: int
    end: int
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bag:
    """Counts of the document's content words for topic models, sorted by word.

    ``pairs`` holds how often a content word stands right behind another: the places of the first and the second in
    ``words``, and the count, sorted. Phrases are made of them.
    """

    words: tuple[str, ...]
    counts: tuple[int, ...]
    pairs: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A number in the text and its fate: claimed as a quantity, set aside by a named rule, or unclaimed.

    Values are in the base unit (元, the counter, the number before %). ``rule`` says which rule decided.
    """

    start: int
    end: int
    fate: Fate
    rule: str
    kind: Kind = "none"
    value_min: Decimal | None = None
    value_max: Decimal | None = None
    unit: str | None = None
    bound: Bound = "exact"


@dataclass(frozen=True, slots=True)
class Measure:
    """One quantified commitment or statement, or (kind none) a measure without a figure: docs/data-dictionary.md.

    Values are in the base unit; a ceiling (``bound`` max) has no ``value_min``, a floor (min) no ``value_max``.
    ``group`` and ``fact`` number the tier lists and repeated facts of one document from 0.
    """

    start: int
    end: int
    evidence_start: int
    evidence_end: int
    kind: Kind
    rule: str
    value_min: Decimal | None = None
    value_max: Decimal | None = None
    unit: str | None = None
    bound: Bound = "exact"
    role: Role = "other"
    per: tuple[str, ...] = ()
    time: str | None = None
    item: str | None = None
    beneficiary: str | None = None
    condition: str | None = None
    agency: str | None = None
    instrument: str | None = None
    action: str | None = None
    group: int | None = None
    fact: int | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Reference:
    """A 《title》 of another document, with its 发文字号 where it stands beside it, and how it's referred to."""

    start: int
    end: int
    title: str
    doc_number: str | None
    relation: Relation


@dataclass(frozen=True, slots=True)
class Coding:
    """A code given to a span by a coder (machine:NAME@VERSION or a person); ``rule`` keeps the terms that fired.

    With ``given`` false it isn't given: the machine was in doubt and leaves it to people.
    """

    start: int
    end: int
    codebook: str
    code: str
    coder: str
    score: float
    rule: str
    given: bool = True


@dataclass(frozen=True, slots=True)
class TopicMix:
    """Weights of the topics in one document, largest first; they sum to 1 or the tuple is empty."""

    topics: tuple[int, ...] = field(default=())
    weights: tuple[float, ...] = field(default=())
