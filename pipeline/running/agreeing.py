"""The agreement of the coders of a finished run: the tables, the readings and the units of the store together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.running.borders import raw_units
from pipeline.scoring.agreement_result import Agreement, agreement
from pipeline.scoring.coders import Coded, read_coded
from pipeline.scoring.disagreements import Disagreement, disagreements
from pipeline.scoring.unit_sheet import Sheet, Spans, UnitKind, build_sheet


@dataclass(frozen=True, slots=True)
class Compared:
    """A run's agreement, and what it was counted from."""

    out: Path
    coded: Coded
    sheet: Sheet
    found: Agreement

    def disagreements(self, most: int) -> tuple[Disagreement, ...]:
        """Return the first ``most`` units coders differ on, with text and evidence."""
        return disagreements(self.out, self.coded, self.sheet, self.found.differing[:most])


def compare_coders(
    out: Path, coders: Sequence[str], unit: UnitKind, codebooks: Sequence[str], depth: int | None = None
) -> Compared:
    """Return how well ``coders`` (none: all) of the run in ``out`` agree, counted by ``unit``.

    Without ``codebooks`` those that two of them used; with ``depth`` only codes of so many levels.
    Raises PipelineError for a coder or codebook that isn't there, and when there is nothing that two of them have read
    or used.
    """

    def borders(doc_ids: frozenset[str], kind: UnitKind) -> Iterable[tuple[str, Spans]]:
        return raw_units(out, doc_ids, kind if kind == "sentence" or kind == "clause" else "own")

    coded = read_coded(out, coders, codebooks)
    sheet = build_sheet(coded, unit, borders, coded.books(codebooks), depth)
    return Compared(out, coded, sheet, agreement(coded, sheet))
