"""What follows once all figures are read: sums are linked, measures without a figure added, facts numbered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.layers import CleanText, Measure, Section, Sentence
from pipeline.core.strict import digest
from pipeline.extract.deed_rules import DeedRules, load_deed_rules
from pipeline.extract.deeds import find_deeds
from pipeline.extract.facts import number_facts
from pipeline.extract.sums import SumRules, link_sums, load_sum_rules
from pipeline.extract.when import Times


@dataclass(frozen=True, slots=True)
class FinishRules:
    """The rules of measures without a figure and of sums."""

    deeds: DeedRules
    sums: SumRules
    digest: str


def load_finish_rules(folder: Path) -> FinishRules:
    """Return the rules of ``folder`` (configs). Raises PipelineError with the first file's mistakes."""
    deeds, sums = load_deed_rules(folder), load_sum_rules(folder)
    return FinishRules(deeds, sums, digest(deeds.digest, sums.digest))


def finish(
    text: CleanText,
    outline: tuple[Section, ...],
    sentences: tuple[Sentence, ...],
    figures: Sequence[Measure],
    *,
    times: Times,
    rules: FinishRules,
) -> tuple[Measure, ...]:
    """Return all measures in order of the text; ``figures`` are those with a figure, in order, ``times`` the text's."""
    linked = link_sums(text, figures, rules=rules.sums)
    deeds = find_deeds(text, outline, sentences, linked, times=times, rules=rules.deeds)
    return number_facts(text, sorted((*linked, *deeds), key=lambda m: (m.start, m.end)))
