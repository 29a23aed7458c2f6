"""The data spans are bounded and named by: which words end a slot, and what tiers are called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from pipeline.core.strict import digest
from pipeline.extract.data import Strict, Words, read

_BESIDE = r"\s?(?:[、/／]|和|及|与|或)\s?"
_IN_NOUN = (
    r"(?:[^，,。；;：:、\n\s“”（）()\d]|（[^（）\n]{1,16}）|\([^()\n]{1,16}\)|\s(?=[\u4e00-\u9fff])|“[^“”\n]{1,12}”)"
)
_BEHIND_TIER = r"[，。；：：）)\t\n]|[一二三四五六七八九]|$"


class SlotEnd(Words):
    """No item and no beneficiary holds ``pattern``; ``alone``: where it is a word of its own."""

    alone: bool = False


class Payer(Strict):
    """Who gives stands in group ``who`` of ``pattern``; configs/patterns/spans.toml explains it."""

    pattern: re.Pattern[str]
    examples: dict[str, str] = Field(min_length=1)
    counter_examples: tuple[str, ...] = Field(default=(), alias="not")


class TierName(Strict):
    """Names of tiers that need a noun behind them, with what may end them (国家|级); ``level``: of government."""

    name: re.Pattern[str]
    ending: re.Pattern[str]
    level: bool = False
    examples: dict[str, str] = Field(min_length=1)


class SpansFile(Strict):
    """configs/patterns/spans.toml."""

    end: tuple[SlotEnd, ...]
    payer: tuple[Payer, ...]
    purpose: Words
    growth: Words
    stage: Words
    row_name: Words
    tier: tuple[TierName, ...]
    no_noun: tuple[re.Pattern[str], ...]
    no_tier: tuple[re.Pattern[str], ...]
    noun_ends: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Tier:
    """A kind of tiers: ``own`` one name, ``run`` several side by side, ``shared`` with the noun all share.

    The groups of ``shared`` are own, ending, last and noun; ``level``: it's a level of government.
    """

    own: re.Pattern[str]
    run: re.Pattern[str]
    shared: re.Pattern[str]
    level: bool


@dataclass(frozen=True, slots=True)
class SpanRules:
    """Patterns of configs/patterns/spans.toml; ``ends_alone`` count where they are words of their own.

    ``payers`` have who gives in group who; ``stage`` and ``row_name`` match heads of tables; ``stands_alone`` matches
    behind a tier that no noun follows.
    """

    ends: re.Pattern[str]
    ends_alone: re.Pattern[str]
    payers: tuple[re.Pattern[str], ...]
    purpose: re.Pattern[str]
    growth: re.Pattern[str]
    stage: re.Pattern[str]
    row_name: re.Pattern[str]
    tiers: tuple[Tier, ...]
    stands_alone: re.Pattern[str]
    digest: str


def load_span_rules(folder: Path) -> SpanRules:
    """Return the rules of ``folder``/patterns/spans.toml. Raises PipelineError with its mistakes."""
    file, content = read(folder, "patterns/spans.toml", SpansFile)
    no_noun = _any((*file.no_noun, *file.no_tier))
    noun = rf"(?!{no_noun}){_IN_NOUN}{{2,24}}?(?={_any(file.noun_ends)}|$)"
    return SpanRules(
        ends=re.compile(_any(end.pattern for end in file.end if not end.alone)),
        ends_alone=re.compile(_any(end.pattern for end in file.end if end.alone)),
        payers=tuple(payer.pattern for payer in file.payer),
        purpose=file.purpose.pattern,
        growth=file.growth.pattern,
        stage=file.stage.pattern,
        row_name=file.row_name.pattern,
        tiers=tuple(_tier(entry, noun) for entry in file.tier),
        stands_alone=re.compile(rf"\s?(?:{_any(file.no_noun)}|{_BEHIND_TIER})"),
        digest=digest(content),
    )


def _any(patterns: Iterable[re.Pattern[str]]) -> str:
    """Return a pattern of any of ``patterns``."""
    return "|".join(pattern.pattern for pattern in patterns)


def _tier(entry: TierName, noun: str) -> Tier:
    """Return the patterns of a tier and, behind the tiers beside it, the ``noun`` all share."""
    one, ending = rf"(?:{entry.name.pattern})", entry.ending.pattern
    own = rf"{one}(?:{ending})?"
    shared = (
        rf"(?P<own>{one})(?P<ending>{ending})?+"
        rf"(?:{_BESIDE}{one}\s?(?P<last>{ending})?+)*+的?+(?P<noun>{noun})"
    )
    run = re.compile(rf"{own}(?:{_BESIDE}{own})+")
    return Tier(re.compile(own), run, re.compile(shared), entry.level)
