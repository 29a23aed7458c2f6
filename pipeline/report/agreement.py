"""How well the coders of the run agree, where there are two of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.core.errors import PipelineError
from pipeline.report.content import Grid, grid
from pipeline.running.agreeing import compare_coders
from pipeline.scoring import agreement_words as words
from pipeline.scoring.agreement_list import lines_of
from pipeline.scoring.agreement_result import Agreement
from pipeline.scoring.unit_sheet import UnitKind

_UNIT: UnitKind = "clause"
_MOST = 10


@dataclass(frozen=True, slots=True)
class Agreed:
    """The section: who was compared, tables with what they say, disagreements; or why nothing could be compared.

    ``figures`` are the pooled coefficients of each pair for the paragraph on methods.
    """

    header: tuple[str, ...] = ()
    parts: tuple[tuple[Grid | None, tuple[str, ...]], ...] = ()
    figures: tuple[str, ...] = ()
    disagreements: tuple[str, ...] = ()
    differing: int = 0
    group: bool = False
    refusal: str = ""


def read_agreement(out: Path) -> Agreed:
    """Return how well all coders of the run agree, by clause; a person's codings must be in the run."""
    try:
        compared = compare_coders(out, (), _UNIT, ())
    except PipelineError as error:
        return Agreed(refusal="；".join(error.mistakes))
    found = compared.found
    names = compared.coded.book_names
    parts: list[tuple[Grid | None, tuple[str, ...]]] = []
    if found.group:
        parts += [(_grid(words.group_grid(found.group)), ()), (_grid(words.pairs_grid(found.pairs)), ())]
    for pair in found.pairs:
        said = tuple(words.reading(pair, found.kind))
        parts.append((_grid(words.pair_grid(pair, names)) if pair.units else None, said))
    return Agreed(
        header=tuple(line.strip() for line in words.header(found)),
        parts=tuple(parts),
        figures=tuple(_figures(found)),
        disagreements=tuple(lines_of(compared.disagreements(_MOST), found.coders)),
        differing=len(found.differing),
        group=found.group is not None,
    )


def _grid(one: words.Grid) -> Grid:
    """Return a table as the report has them."""
    return grid(one.title, one.heads, one.rows)


def _figures(found: Agreement) -> list[str]:
    """Return the pooled α, κ and percent agreement of each pair in a phrase."""
    told = []
    for pair in found.pairs:
        total = pair.total.figures
        if total["alpha"].value is None:
            continue
        alpha, kappa = words.value_with_ends(total["alpha"]), words.value_with_ends(total["kappa"])
        percent = words.value_with_ends(total["percent"])
        who = f"{pair.a.label}与{pair.b.label}（{pair.documents} 篇、{pair.units:,} 段）"
        told.append(f"{who}：Krippendorff α {alpha}，Cohen κ {kappa}，一致率 {percent}")
    return told
