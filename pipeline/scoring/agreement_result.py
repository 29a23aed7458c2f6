"""The whole answer to 「how well do these coders agree」, and the same as plain data for JSON and the HTML report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from pipeline.coding.agreement import Figure
from pipeline.coding.agreement_intervals import DRAWS
from pipeline.scoring.agreement import SEED, Pair, Row, compare
from pipeline.scoring.agreement_group import Group, GroupRow, compare_all
from pipeline.scoring.coders import Coded, Coder
from pipeline.scoring.disagreements import Disagreement, disagreeing
from pipeline.scoring.unit_sheet import Sheet, UnitKind

FIRM, TENTATIVE = 0.80, 0.667
LEVELS = {"firm": "可靠", "tentative": "可作初步结论", "low": "不可靠"}


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement of each two coders, of all when there are more, and which rows of the sheet they differ on.

    ``copies`` are the files left out since another has their content.
    """

    kind: UnitKind
    coders: tuple[Coder, ...]
    pairs: tuple[Pair, ...]
    group: Group | None
    outside: tuple[int, ...]
    differing: tuple[int, ...]
    copies: tuple[str, ...] = ()


def agreement(coded: Coded, sheet: Sheet) -> Agreement:
    """Return the agreement of the coders of a sheet."""
    numbers = range(len(sheet.coders))
    return Agreement(
        sheet.kind,
        sheet.coders,
        tuple(compare(coded, sheet, a, b) for a, b in combinations(numbers, 2)),
        compare_all(coded, sheet) if len(numbers) > 2 else None,
        sheet.outside,
        tuple(disagreeing(sheet)),
        coded.copies,
    )


def level(alpha: Figure) -> str | None:
    """Return what α allows after Krippendorff (2004, p. 241): ``firm`` ≥ .80, ``tentative`` ≥ .667, else ``low``."""
    if alpha.value is None:
        return None
    shown = round(alpha.value, 3)  # what is printed as 0.800 counts as 0.800
    return "firm" if shown >= FIRM else "tentative" if shown >= TENTATIVE else "low"


def as_data(found: Agreement, listed: Sequence[Disagreement] = ()) -> dict[str, Any]:
    """Return everything as plain data: figures with intervals, undefined ones as null with the reason."""
    return {
        "unit": found.kind,
        "coders": [
            {
                "name": coder.name,
                "documents": len(coder.read),
                "read_known_by": coder.known_by,
                "codings": sum(len(some) for some in coder.codings.values()),
                "outside": outside,
                "not_reviewed": list(coder.partial),
            }
            for coder, outside in zip(found.coders, found.outside, strict=True)
        ],
        "copies": list(found.copies),
        "interval": {"level": 0.95, "method": "bootstrap percentile", "draws": DRAWS, "seed": SEED},
        "pairs": [_pair(pair) for pair in found.pairs],
        "all": _group(found.group) if found.group else None,
        "n_disagreements": len(found.differing),
        "disagreements": [_listed(one) for one in listed],
    }


def _pair(pair: Pair) -> dict[str, Any]:
    """Return one pair as plain data."""
    return {
        "coders": [pair.a.name, pair.b.name],
        "documents": pair.documents,
        "units": pair.units,
        "resampled": pair.blocks,
        "codes": [_row(row) for row in pair.rows],
        "codebooks": [_row(row) for row in pair.books],
        "total": _row(pair.total),
        "unused": [key._asdict() for key in pair.unused],
    }


def _group(group: Group) -> dict[str, Any]:
    """Return all coders together as plain data."""
    return {
        "coders": [coder.name for coder in group.coders],
        "documents": group.documents,
        "resampled": group.blocks,
        "codes": [_row(row) for row in group.rows],
        "total": _row(group.total),
    }


def _row(row: Row | GroupRow) -> dict[str, Any]:
    """Return one row as plain data."""
    plain = {name: value for name, value in asdict(row).items() if name != "figures"}
    alpha = level(row.figures["alpha"])
    return {**plain, "level": alpha, "figures": dict(_figures(row.figures))}


def _figures(figures: Mapping[str, Figure]) -> Iterable[tuple[str, dict[str, Any]]]:
    """Yield each figure, rounded to six places, with its interval or the reason why there is none."""
    for name, one in figures.items():
        if one.value is None:
            yield name, {"value": None, "reason": one.reason}
        else:
            ends = (None if one.low is None else round(one.low, 6), None if one.high is None else round(one.high, 6))
            yield name, {"value": round(one.value, 6), "low": ends[0], "high": ends[1]}


def _listed(one: Disagreement) -> dict[str, Any]:
    """Return one disagreement as plain data."""
    given = {name: [asdict(evidence) for evidence in evidences] for name, evidences in one.given}
    return {**asdict(one), "given": given}
