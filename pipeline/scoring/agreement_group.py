"""Agreement of three or more coders together: Krippendorff's α with what some haven't read missing, and Fleiss' κ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.coding import agreement as ag
from pipeline.coding.agreement import Figure, Numbers, figure
from pipeline.coding.agreement_intervals import interval, resampled
from pipeline.coding.marked import Places
from pipeline.scoring.agreement import SEED, Blocks, blocks_of
from pipeline.scoring.coders import Coded, Coder
from pipeline.scoring.unit_sheet import Sheet

GROUP_FIGURES = ("percent", "fleiss", "alpha")


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One code, or several together: units read by at least two, by all; how many units each coder gave it."""

    codebook: str
    code: str
    name: str
    depth: int
    units: int
    units_of_all: int
    given: tuple[int, ...]
    figures: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Group:
    """The agreement of all coders. ``percent`` is the share of agreeing pairs of values, as in α."""

    coders: tuple[Coder, ...]
    documents: int
    blocks: Blocks
    rows: tuple[GroupRow, ...]
    total: GroupRow


def compare_all(coded: Coded, sheet: Sheet) -> Group:
    """Return the agreement of all coders of the sheet, per code and pooled over the codes anybody used."""
    read, given = sheet.read, sheet.coded & sheet.read
    paired = read.sum(1) > 1
    documents = len(np.unique(sheet.paper[paired.any(1)]))
    how = blocks_of(sheet.kind, documents)
    ids = sheet.paper if how == "documents" else np.arange(len(sheet.paper))
    ids = ids if how != "none" else np.zeros_like(ids)
    ones, all_values = given.sum(1).astype(float), read.sum(1).astype(float)
    pairs = _summed(_pairs(all_values - ones, ones, sheet.weights), ids)
    parts = _summed(_parts(all_values - ones, ones, sheet.weights, len(sheet.coders)), ids)
    used = np.flatnonzero((given & paired[:, None]).any((0, 1)))
    weighted = (sheet.weights[:, None, None] * (given & paired[:, None])).sum(0)
    rows = tuple(
        GroupRow(
            *_names(coded, sheet, int(code)),
            int((sheet.weights * paired[:, code]).sum()),
            int(parts[:, code, 0].sum()),
            tuple(int(n) for n in weighted[:, code]),
            _figures(pairs[:, code], parts[:, code], how),
        )
        for code in used
    )
    total = GroupRow(
        "",
        "",
        "",
        0,
        sum(row.units for row in rows),
        sum(row.units_of_all for row in rows),
        tuple(int(n) for n in weighted[:, used].sum(1)),
        _figures(pairs[:, used].sum(1), parts[:, used].sum(1), how),
    )
    return Group(sheet.coders, documents, how, rows, total)


def _names(coded: Coded, sheet: Sheet, code: int) -> tuple[str, str, str, int]:
    """Return codebook, code, name and depth."""
    name = coded.codes[sheet.codes[code]]
    return name.key.codebook, name.key.code, name.name, len(name.line) - 1


def _pairs(zeros: Numbers, ones: Numbers, weights: Numbers) -> Numbers:
    """Return units × codes × 2 × 2 coincidences (see ``agreement.coincidences_of``)."""
    values = zeros + ones
    scale = np.where(values > 1, weights[:, None] / np.maximum(values - 1, 1), 0.0)
    mixed = scale * zeros * ones
    cells = [[scale * zeros * (zeros - 1), mixed], [mixed, scale * ones * (ones - 1)]]
    return np.moveaxis(np.array(cells), (0, 1), (2, 3))


def _parts(zeros: Numbers, ones: Numbers, weights: Numbers, coders: int) -> Numbers:
    """Return units × codes × 4: what Fleiss' κ needs (``agreement.fleiss_parts``) of the units all coders have read."""
    whole = weights[:, None] * (zeros + ones == coders)
    agree = (zeros * (zeros - 1) + ones * (ones - 1)) / (coders * (coders - 1))
    return np.stack([whole, whole * agree, whole * zeros, whole * ones], -1)


def _summed(values: Numbers, ids: Places) -> Numbers:
    """Return the sums of units by block."""
    blocks = np.unique(ids, return_inverse=True)[1].reshape(-1)
    result = np.zeros((max(len(np.unique(blocks)), 1), *values.shape[1:]))
    np.add.at(result, blocks, values)
    return result


def _figures(pairs: Numbers, parts: Numbers, how: Blocks) -> dict[str, Figure]:
    """Return the figures of blocks × 2 × 2 coincidences and blocks × 4 parts."""
    whole, of_all = pairs.sum(0), parts.sum(0)
    drawn = (resampled(pairs, seed=SEED), resampled(parts, seed=SEED)) if how != "none" else None
    no_fleiss = ag.NOT_ALL_READ if of_all[0] == 0 else ag.ALL_ALIKE

    def share(table: Numbers) -> Numbers:
        return ag.ratio(np.trace(table, axis1=-2, axis2=-1), table.sum((-2, -1)))

    return {
        "percent": figure(share(whole), ag.NO_UNITS, interval(share(drawn[0])) if drawn else None),
        "fleiss": figure(ag.fleiss_kappa(of_all), no_fleiss, interval(ag.fleiss_kappa(drawn[1])) if drawn else None),
        "alpha": figure(
            ag.krippendorff_alpha(whole),
            ag.reason_of(whole),
            interval(ag.krippendorff_alpha(drawn[0])) if drawn else None,
        ),
    }
