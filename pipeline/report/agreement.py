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
    """The section: who was compared, tables, what they say, first disagreements; or why nothing could be compared.

    ``figures`` are the pooled coefficients of each pair for the paragraph on methods.
    """

    header: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    reading: tuple[str, ...] = ()
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
    tables = [words.group_grid(found.group), words.pairs_grid(found.pairs)] if found.group else []
    tables += [words.pair_grid(pair, names) for pair in found.pairs if pair.units]
    return Agreed(
        header=tuple(line.strip() for line in words.header(found)),
        grids=tuple(grid(one.title, one.heads, one.rows) for one in tables),
        reading=tuple(_reading(found)),
        figures=tuple(_figures(found)),
        disagreements=tuple(lines_of(compared.disagreements(_MOST), found.coders)),
        differing=len(found.differing),
        group=found.group is not None,
    )


def _reading(found: Agreement) -> list[str]:
    """Return what the figures say, each pair's sentences after its name when there are several."""
    several = len(found.pairs) > 1
    return [
        (f"{pair.a.label}–{pair.b.label}：" if several else "") + line
        for pair in found.pairs
        for line in words.reading(pair, found.kind)
    ]


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
