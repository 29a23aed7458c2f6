"""What a run will do to each document, and the keys that say whether it was done already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from pipeline.core.document import Source
from pipeline.core.stage import Stage
from pipeline.core.strict import digest
from pipeline.running.codec import shape

# the layers that say which documents a file holds, and those its documents get from it
OPENING = ("raw", "parts")


@dataclass(frozen=True, slots=True)
class Step:
    """A stage without its function: all that its result's key depends on. ``shape`` is a digest of the layer's type."""

    name: str
    needs: tuple[str, ...]
    gives: str
    version: int
    settings: str
    shape: str


@dataclass(frozen=True)
class Plan:
    """The steps in order. The parent gets it from a worker, so that it needn't load the stages' data itself."""

    steps: tuple[Step, ...]

    @cached_property
    def digest(self) -> str:
        """A digest of all steps."""
        return digest(*(repr(asdict(step)) for step in self.steps))

    @cached_property
    def order(self) -> dict[str, int]:
        """Each stage's place, from 0."""
        return {step.name: place for place, step in enumerate(self.steps)}

    def document_key(self, path: str, sha256: str) -> str:
        """Return the key of everything the plan makes of one document."""
        return digest(self.digest, path, sha256)

    def opened_key(self, source: Source) -> str:
        """Return the key of what a file of many documents is opened by: the steps that say which they are."""
        keys = self.keys(source)
        return digest(*(keys[step.name] for step in self.steps if step.gives in OPENING))

    def keys(self, source: Source) -> dict[str, str]:
        """Return each stage's result key: its name, version, settings and the keys of the layers it needs."""
        of_layer = {"content": source.sha256, "source": digest(source.name, source.path, source.sha256)}
        keys = {}
        for step in self.steps:
            needed = (of_layer[need] for need in step.needs)
            key = digest(step.name, str(step.version), step.settings, step.shape, step.gives, *needed)
            keys[step.name] = of_layer[step.gives] = key
        return keys

    def to_json(self) -> list[dict[str, Any]]:
        """Return the steps as plain data."""
        return [asdict(step) for step in self.steps]


def describe(stages: Sequence[Stage]) -> Plan:
    """Return the plan of ``stages``."""
    return Plan(tuple(Step(s.name, s.needs, s.gives, s.version, s.settings, shape(s.gives)) for s in stages))


def plan_from_json(data: Sequence[dict[str, Any]]) -> Plan:
    """Return the plan that ``to_json`` gave."""
    return Plan(tuple(Step(**{**step, "needs": tuple(step["needs"])}) for step in data))
