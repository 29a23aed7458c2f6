"""Agreement of two coders, and of all coders together: every coefficient per code and in all, with intervals.

Intervals are bootstrapped over documents where at least ``FEWEST_DOCUMENTS`` were read by both, because units of one
document aren't independent; else over units; characters of so few documents get none. A macro figure is the mean over
the codes for which it is defined; a pooled one takes each unit with each code as one decision. Both leave out codes
that neither coder used, which would only raise them. Codes of all levels count, so a child's coding counts at its
parents too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from pipeline.coding import agreement as ag
from pipeline.coding.agreement import Figure, Numbers, figure
from pipeline.coding.agreement_intervals import FEWEST_DOCUMENTS, interval, resampled
from pipeline.coding.agreement_sets import MOST_SETS, OVERLAPS, masi_alpha, masi_alphas, matched, span_f1
from pipeline.coding.marked import Flags
from pipeline.scoring.coders import Coded, CodeKey, Coder
from pipeline.scoring.unit_sheet import Sheet, UnitKind, spans_by_code

SEED = 20_250_101
Blocks = Literal["documents", "units", "none"]
Figures = Mapping[str, Figure]
# an interval of MASI α costs the square of the different sets
_SET_DRAWS, _MOST_SETS = 400, 3000
_TOO_MANY = f"不同的代码组合超过 {MOST_SETS:,} 种，没有计算"
F1_NAMES = tuple(f"f1_{round(100 * least)}" for least in OVERLAPS)
COEFFICIENTS: Mapping[str, Callable[[Numbers], Numbers]] = {
    "percent": ag.percent,
    "holsti": ag.holsti,
    "pi": ag.scott_pi,
    "kappa": ag.cohen_kappa,
    "alpha": lambda table: ag.krippendorff_alpha(ag.coincidences(table)),
    "brennan_prediger": ag.brennan_prediger,
    "prevalence": ag.prevalence,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One code, or several together (``code`` empty): counts of units, and figures by name."""

    codebook: str
    code: str
    name: str
    depth: int
    units: int
    both: int
    only_a: int
    only_b: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Pair:
    """The agreement of two coders. ``books`` and ``total`` hold pooled figures, ``macro_…`` means over codes, MASI α.

    ``unused`` are codes neither gave, ``undefined`` how many codes have no α. ``units`` are those both read.
    """

    a: Coder
    b: Coder
    documents: int
    units: int
    blocks: Blocks
    rows: tuple[Row, ...]
    books: tuple[Row, ...]
    total: Row
    unused: tuple[CodeKey, ...]


def compare(coded: Coded, sheet: Sheet, first: int, second: int) -> Pair:
    """Return the agreement of the coders number ``first`` and ``second`` of the sheet."""
    both = sheet.read[:, first] & sheet.read[:, second]
    rows, codes = np.flatnonzero(both.any(1)), np.flatnonzero(both.any(0))
    both = both[rows][:, codes]
    a, b = (sheet.coded[rows, n][:, codes] & both for n in (first, second))
    used = np.asarray((a | b).any(0))
    keys = [sheet.codes[n] for n in codes]
    weights, paper = sheet.weights[rows], sheet.paper[rows]
    documents = len(np.unique(paper))
    how = blocks_of(sheet.kind, documents)
    groups = paper if how == "documents" else np.arange(len(paper)) if how == "units" else np.zeros(len(paper), int)
    ids = np.unique(groups, return_inverse=True)[1].reshape(-1)
    cells = _cells((a, both & ~a), (b, both & ~b), weights, ids)
    doc_ids = [sheet.doc_ids[n] for n in np.unique(paper)]
    spans = _spans(coded, (sheet.coders[first], sheet.coders[second]), keys, doc_ids)
    drawn = resampled(cells, seed=SEED) if how != "none" else None
    drawn_spans = resampled(spans, seed=SEED) if how == "documents" else None
    work = _Work(coded, tuple(keys), used, (cells, drawn), (spans, drawn_spans), (a, b, both, weights, ids))
    shown = tuple(work.row(int(n)) for n in np.flatnonzero(used))
    books = list(dict.fromkeys(key.codebook for key in keys))
    return Pair(
        sheet.coders[first],
        sheet.coders[second],
        documents,
        int(weights.sum()),
        how,
        shown,
        tuple(work.together(book) for book in books),
        work.together(None),
        tuple(key for key, one in zip(keys, used, strict=True) if not one),
    )


def blocks_of(kind: UnitKind, documents: int) -> Blocks:
    """Return what is drawn in the bootstrap."""
    if documents >= FEWEST_DOCUMENTS:
        return "documents"
    return "none" if kind == "char" else "units"


_Sides = tuple[Flags, Flags]


def _cells(a: _Sides, b: _Sides, weights: Numbers, ids: npt.NDArray[np.int64]) -> Numbers:
    """Return the confusions of units × codes, summed by block: blocks × codes × 2 × 2. A side is coded, not coded."""
    result = np.zeros((int(ids.max()) + 1 if len(ids) else 0, a[0].shape[1], 2, 2))
    for i in (0, 1):
        for j in (0, 1):
            np.add.at(result[:, :, i, j], ids, weights[:, None] * (a[1 - i] & b[1 - j]))
    return result


def _spans(coded: Coded, coders: tuple[Coder, Coder], keys: Sequence[CodeKey], doc_ids: Sequence[str]) -> Numbers:
    """Return documents × codes × overlaps × (matched, N1, N2): the codings as spans, in what both have read."""
    place = {key: n for n, key in enumerate(keys)}
    result = np.zeros((len(doc_ids), len(keys), len(OVERLAPS), 3))
    for number, doc in enumerate(doc_ids):
        own = [spans_by_code(coded, coder, doc) for coder in coders]
        for key in own[0].keys() | own[1].keys():
            if key in place:
                a, b = (_within(some.get(key), coders, key.codebook, doc) for some in own)
                # the same spans pair with themselves, which is what most documents come to
                same = len(a) if a == b else 0 if not a or not b else None
                counts = [(matched(a, b, least) if same is None else same, len(a), len(b)) for least in OVERLAPS]
                result[number, place[key]] = counts
    return result


def _within(spans: npt.NDArray[np.int64] | None, coders: Sequence[Coder], book: str, doc: str) -> list[tuple[int, int]]:
    """Return the spans at least half of which lies in what all coders have read."""
    found = [(int(start), int(end)) for start, end in spans] if spans is not None else []
    for stretches in (coder.stretches(book, doc) for coder in coders):
        if stretches is None:
            return []
        if stretches:
            found = [
                s for s in found if 2 * sum(max(0, min(s[1], e) - max(s[0], b)) for b, e in stretches) >= s[1] - s[0]
            ]
    return found


_Drawn = tuple[Numbers, Numbers | None]  # blocks × codes × …, and the same drawn, where there are intervals


@dataclass(frozen=True, slots=True)
class _Work:
    """What the figures of two coders are made from: confusions, counts of spans, both also drawn once for all codes.

    ``parts`` are units × codes of A, of B and whether both have read for it; weights and blocks of the units.
    """

    coded: Coded
    keys: tuple[CodeKey, ...]
    used: Flags
    cells: _Drawn
    spans: _Drawn
    parts: tuple[Flags, Flags, Flags, Numbers, npt.NDArray[np.int64]]

    def row(self, number: int) -> Row:
        """Return the row of one code."""
        key = self.keys[number]
        name = self.coded.codes[key]
        own = np.arange(len(self.keys)) == number
        table, figures = self._figures(own)
        return _row(key.codebook, key.code, name.name, len(name.line) - 1, table, figures)

    def together(self, book: str | None) -> Row:
        """Return the pooled figures of a codebook (None: of all), with means over codes and MASI α."""
        own = np.array([book in (None, key.codebook) for key in self.keys], dtype=bool) & self.used
        table, figures = self._figures(own)
        return _row(book or "", "", "", 0, table, {**figures, **self._macro(own), "masi_alpha": self._masi(own)})

    def _figures(self, own: Flags) -> tuple[Numbers, dict[str, Figure]]:
        """Return the confusion of some codes together, and all its figures."""
        cells, drawn = self.cells
        whole = cells[:, own].sum((0, 1))
        draws = None if drawn is None else drawn[:, own].sum(1)
        found = {
            name: figure(
                coefficient(whole),
                ag.NOT_USED if name == "holsti" and whole.sum() > 0 else ag.reason_of(whole),
                None if draws is None else interval(coefficient(draws)),
            )
            for name, coefficient in COEFFICIENTS.items()
        }
        counts, drawn_counts = self.spans[0][:, own].sum((0, 1)), self.spans[1]
        for number, name in enumerate(F1_NAMES):
            between = None if drawn_counts is None else interval(span_f1(drawn_counts[:, own, number].sum(1)))
            found[name] = figure(span_f1(counts[number]), ag.NOT_USED, between)
        return whole, found

    def _macro(self, own: Flags) -> dict[str, Figure]:
        """Return the means over codes; a drawn mean takes the codes defined in that draw."""
        cells, drawn = self.cells
        tables = cells[:, own].sum(0)
        draws = None if drawn is None or not own.any() else drawn[:, own]
        found = {}
        for name, coefficient in COEFFICIENTS.items():
            value = _mean(coefficient(tables)[None])[0]
            between = None if draws is None else interval(_mean(coefficient(draws)))
            found[f"macro_{name}"] = figure(value, "没有一个代码的系数有定义", between)
        return found

    def _masi(self, own: Flags) -> Figure:
        """Return α of whole sets of codes over units both have read by all codebooks, with an interval."""
        a, b, both, weights, ids = self.parts
        whole = both[:, own].all(1)
        a, b, weights, ids = a[whole][:, own], b[whole][:, own], weights[whole], ids[whole]
        value = masi_alpha(a, b, weights)
        if not np.isfinite(value) or self.cells[1] is None:
            reason = ag.reason_of(self.cells[0][:, own].sum((0, 1)))
            return figure(value, _TOO_MANY if reason == ag.ALL_ALIKE and (a != a[:1]).any() else reason)
        kinds, weight = _kinds(a, b, weights, ids)
        if len(kinds) > _MOST_SETS:
            return figure(value, "")
        draws = resampled(weight, seed=SEED, draws=_SET_DRAWS)
        half = a.shape[1]
        return figure(value, "", interval(masi_alphas(kinds[:, :half], kinds[:, half:], draws)))


def _kinds(a: Flags, b: Flags, weights: Numbers, ids: npt.NDArray[np.int64]) -> tuple[Flags, Numbers]:
    """Return the different pairs of sets, side by side, and blocks × pairs: how many units of each."""
    kinds, which = np.unique(np.concatenate([a, b], axis=1), axis=0, return_inverse=True)
    weight = np.zeros((int(ids.max()) + 1, len(kinds)))
    np.add.at(weight, (ids, which.reshape(-1)), weights)
    return kinds, weight


def _mean(values: Numbers) -> Numbers:
    """Return the means over the last axis of what is defined; NaN where nothing is."""
    there = np.isfinite(values)
    return ag.ratio(np.where(there, values, 0).sum(-1), there.sum(-1)) if values.shape[-1] else values.sum(-1) * np.nan


def _row(book: str, code: str, name: str, depth: int, table: Numbers, figures: Figures) -> Row:
    """Return a row with its counts."""
    both, only_a, only_b = (int(table[place]) for place in ((1, 1), (1, 0), (0, 1)))
    return Row(book, code, name, depth, int(table.sum()), both, only_a, only_b, figures)
