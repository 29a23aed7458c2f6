"""Measures of a text whose roles are given, so that the grammar is tested without anything fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extracting import mentions, sentences

from pipeline.core.config import configs_dir
from pipeline.core.layers import CleanText, Head, Measure, Role
from pipeline.extract.finish import load_finish_rules
from pipeline.extract.measures import MeasureRules, find_measures
from pipeline.extract.models import MeasureModels
from pipeline.extract.per import load_per_rules
from pipeline.extract.pointer import Pointer
from pipeline.extract.role_features import Features
from pipeline.extract.roles import load_role_rules
from pipeline.extract.slots import load_slot_rules


@dataclass(frozen=True, slots=True)
class Given(MeasureModels):
    """Gives the roles it's told to, by their first letters (b, c, t …), the last for all that follow."""

    letters: str = "b"

    def roles_of(self, sequence: Sequence[Features]) -> list[tuple[Role, float]]:
        names: dict[str, Role] = {name[0]: name for name in ("benefit", "condition", "target", "fact", "other")}
        names["m"] = "budget"
        letters = self.letters + self.letters[-1] * len(sequence)
        return [(names[letter], 1.0) for letter, _ in zip(letters, sequence, strict=False)]


def measures(text: str, roles: str = "b") -> tuple[Measure, ...]:
    """The measures with a figure, in the roles given."""
    configs = configs_dir()
    models = Given(b"", Pointer({}), Pointer({}), {}, "", roles)
    loaded = load_role_rules(configs), load_per_rules(configs), load_slot_rules(configs), load_finish_rules(configs)
    rules = MeasureRules(*loaded, models, "")
    found = find_measures(CleanText(text, ()), Head(), (), sentences(text), mentions(text), rules=rules)
    return tuple(m for m in found if m.kind != "none")
