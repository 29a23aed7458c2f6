"""What every coder did with every unit: the sheet all coefficients are counted from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from pipeline.coding.marked import Flags, Places, as_places, coded_by, covered, pieces, touched
from pipeline.core.errors import PipelineError
from pipeline.scoring.coders import Coded, CodeKey, Coder

UnitKind = Literal["char", "sentence", "clause", "document"]
UNITS: dict[str, str] = {"char": "字", "sentence": "句", "clause": "段", "document": "篇"}
Spans = Sequence[tuple[int, int]]
Borders = Callable[[frozenset[str], UnitKind], Iterable[tuple[str, Spans]]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Units in order × coders × codes. ``coded`` is whether, ``read`` (units × coders × codes) whether it counts.

    A coder who never used a codebook hasn't read for it. ``weights``: how many units a row stands for. ``paper`` is
    the place of a row's document in ``doc_ids``; ``places`` are raw offsets. ``outside``: per coder, how many codings
    of what was read touch no unit.
    """

    kind: UnitKind
    coders: tuple[Coder, ...]
    codes: tuple[CodeKey, ...]
    doc_ids: tuple[str, ...]
    paper: npt.NDArray[np.int64]
    places: Places
    weights: npt.NDArray[np.float64]
    coded: Flags
    read: Flags
    outside: tuple[int, ...]


def shared_books(coders: Sequence[Coder]) -> frozenset[str]:
    """Return the codebooks that at least two of the coders have used."""
    used = [coder.codebooks() for coder in coders]
    return frozenset(book for books in used for book in books if sum(book in other for other in used) > 1)


def build_sheet(
    coded: Coded, kind: UnitKind, borders: Borders, codebooks: Sequence[str] = (), depth: int | None = None
) -> Sheet:
    """Return the sheet of all documents that at least two coders have read, by the codebooks that two have used.

    ``borders`` gives the sentences or clauses of documents; for characters and documents the stretches of the raw text
    that are the document's own (a file may hold many), the last of which may end beyond the text. Named ``codebooks``
    count even where a coder didn't use them; codes below ``depth`` levels count at their parents only.
    Raises PipelineError when there is no such document or codebook.
    """
    books = frozenset(codebooks) or shared_books(coded.coders)
    if not books:
        raise PipelineError(_no_book(coded.coders))
    codes = tuple(
        key for key, name in coded.codes.items() if key.codebook in books and (not depth or len(name.line) <= depth)
    )
    doc_ids = tuple(doc for doc in coded.papers if sum(doc in coder.read for coder in coded.coders) > 1)
    if not doc_ids:
        raise PipelineError(_no_paper(coded.coders))
    own = dict(borders(frozenset(doc_ids), kind))
    parts = [_paper(coded, doc, codes, own.get(doc, ()), kind) for doc in doc_ids]
    uses = np.array([[bool(codebooks) or c.codebook in coder.codebooks() for c in codes] for coder in coded.coders])
    numbers = {book: number for number, book in enumerate(dict.fromkeys(key.codebook for key in codes))}
    book_of = [numbers[key.codebook] for key in codes]
    places = np.concatenate([part.places for part in parts])
    lengths = (places[:, 1] - places[:, 0]).astype(float)
    return Sheet(
        kind,
        coded.coders,
        codes,
        doc_ids,
        np.repeat(np.arange(len(parts)), [len(part.places) for part in parts]),
        places,
        lengths if kind == "char" else np.ones(len(places)),
        np.concatenate([part.coded for part in parts]),
        np.concatenate([part.read for part in parts])[:, :, book_of] & uses[None],
        tuple(int(n) for n in np.sum([part.outside for part in parts], axis=0)),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """The rows of one document; ``read`` is units × coders × codebooks."""

    places: Places
    coded: Flags
    read: Flags
    outside: tuple[int, ...]


def _paper(coded: Coded, doc: str, codes: Sequence[CodeKey], units: Spans, kind: UnitKind) -> _Part:
    """Return the rows of one document."""
    length = coded.papers[doc].length
    units = [(start, min(end, length)) for start, end in units if start < length]
    wanted = set(codes)
    spans = [
        {key: some for key, some in spans_by_code(coded, coder, doc).items() if key in wanted} for coder in coded.coders
    ]
    books = list(dict.fromkeys(key.codebook for key in codes))
    if kind == "char":
        read_at = [coder.stretches(book, doc) or () for coder in coded.coders for book in books]
        stretches = [as_places(units), *(as_places(some) for some in read_at)]
        places = pieces(length, [*stretches, *(one for some in spans for one in some.values())])
        places = places[covered(places, as_places(units)) > 0]
    elif kind == "document":
        places = as_places((units[0][0], units[-1][1]) for _ in units[:1])
    else:
        places = as_places(units)
    flags = np.zeros((len(places), len(spans), len(codes)), dtype=bool)
    for number, some in enumerate(spans):
        columns = [place for place, code in enumerate(codes) if code in some]
        flags[:, number, columns] = coded_by(places, [some[codes[place]] for place in columns])
    read = np.stack(
        [
            np.stack([_was_read(places, coder.stretches(book, doc), kind) for book in books], 1)
            for coder in coded.coders
        ],
        1,
    )
    outside = [_outside(places, [g for g in c.codings.get(doc, ()) if g.key in wanted]) for c in coded.coders]
    return _Part(places, flags, read, tuple(outside))


def _outside(places: Places, codings: Sequence[tuple[int, int, CodeKey, str | None, str]]) -> int:
    """Return how many codings touch no unit."""
    return int((~touched(places, as_places((given[0], given[1]) for given in codings))).sum())


def _was_read(places: Places, read: Spans | None, kind: UnitKind) -> Flags:
    """Return which units were read: a document as a whole, of others at least half (characters: each)."""
    if read is None:
        return np.zeros(len(places), dtype=bool)
    if not read:
        return np.ones(len(places), dtype=bool)
    length = places[:, 1] - places[:, 0]
    share = covered(places, as_places(read))
    return np.asarray(share >= length if kind == "document" else 2 * share >= np.maximum(length, 1))


def spans_by_code(coded: Coded, coder: Coder, doc: str) -> Mapping[CodeKey, Places]:
    """Return the spans of each code in a document, sorted and each once; a child's coding counts for its parents."""
    found: dict[CodeKey, set[tuple[int, int]]] = {}
    for given in coder.codings.get(doc, ()):
        for code in coded.codes[given.key].line:
            found.setdefault(CodeKey(given.key.codebook, code), set()).add((given.start, given.end))
    return {key: as_places(spans) for key, spans in found.items()}


def _label(coder: Coder) -> str:
    """Return what a coder used, for a message."""
    return f"{coder.label} 用过 {'、'.join(sorted(coder.codebooks())) or '（没有编码）'}"


def _no_book(coders: Sequence[Coder]) -> str:
    """Return the mistake that no codebook was used by two coders."""
    listed = "；".join(_label(coder) for coder in coders)
    return f"没有两个编码者共同用过的编码本（{listed}）。可用 --codebook 名称 指定一个，没有用过的一方按没有编码计"


def _no_paper(coders: Sequence[Coder]) -> str:
    """Return the mistake that no document was read by two coders."""
    listed = "、".join(f"{coder.label} {len(coder.read)} 篇" for coder in coders)
    return f"没有两个编码者都读过的文档（{listed}）"
