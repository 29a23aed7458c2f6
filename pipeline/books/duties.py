"""The data by which clauses are known that say nothing but who is responsible: what measures go by, and their own."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from pipeline.coding.duties import Duties
from pipeline.core.strict import build, digest, read_toml
from pipeline.extract.data import SlotsFile, any_of
from pipeline.extract.data import read as read_slots

_FILE = "patterns/duties.toml"


class DutiesFile(BaseModel):
    """configs/patterns/duties.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    labels: tuple[str, ...]
    doing: tuple[str, ...]
    never: tuple[str, ...]
    begins: tuple[str, ...]
    begun: tuple[str, ...]
    units: tuple[str, ...]
    ends: tuple[str, ...]
    times: tuple[str, ...]
    examples: tuple[str, ...] = Field(min_length=1)
    counter_examples: tuple[str, ...] = Field(alias="not", min_length=1)


def load_duties(folder: Path) -> Duties:
    """Return the rules of ``folder`` (configs). Raises PipelineError with the mistakes of the files."""
    content = (folder / _FILE).read_text(encoding="utf-8")
    data, lines = read_toml(content, _FILE)
    file = build(DutiesFile, data, lines, _FILE)
    slots, _ = read_slots(folder, "patterns/slots.toml", SlotsFile)
    label = any_of((*slots.agency_labels, *file.labels))
    ends = any_of((*slots.agency_ends, *file.ends))
    shared = r"(?:按照?(?:各自)?职责(?:分工)?)?(?:分别)?(?:牵头|负责|配合|落实)(?:落实)?"
    labelled = rf"[，,；;。、\s]*[（(［\[【〔]?\s*(?:{label})(?:[及和与、/](?:{label}))?\s*[】］\]]?\s*[：:]\s*"
    doing = any_of((*slots.giving, *slots.gifts, *slots.verbs, *slots.in_charge, *file.doing))
    never = (
        rf"{any_of((*slots.giving, *file.never))}|^(?:{any_of(file.begins)})(?!.*(?:{any_of(file.begun)})$)"
        rf"|\d\s*(?:{any_of(file.units)})(?!工作日|月)|[：:]"
    )
    times = rf"并?(?:{any_of(file.times)})"
    beside = (
        rf"[（(［\[【〔][^（）()。；;]{{1,200}}?{shared}"
        rf"(?:[，,；;][^（）()。；;，,]{{1,100}}?{shared})*[）)］\]】〕]。?"
    )
    return Duties(
        label=re.compile(labelled),
        never=re.compile(never),
        doing=re.compile(doing),
        end=re.compile(f"(?:{ends})等?$"),
        time=re.compile(times),
        beside=re.compile(beside),
        shared=re.compile(f"{shared}$"),
        digest=digest(labelled, never, doing, ends, times, beside),
    )
