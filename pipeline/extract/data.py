"""The data files of this stage, read strictly: an unknown key, a wrong value or pattern is a mistake with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipeline.core.layers import Bound, Kind, Role
from pipeline.core.strict import build, read_toml


class Strict(BaseModel):
    """An entry of a data file, or a whole one."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Words(Strict):
    """Words that mean one thing by ``pattern``; the file they stand in says what."""

    pattern: re.Pattern[str]
    examples: tuple[str, ...] = Field(min_length=1)
    counter_examples: tuple[str, ...] = Field(default=(), alias="not")


class UnitEntry(Strict):
    """A unit or counter. ``chinese`` tells which Chinese numerals it takes; by default all, for kind other "figure".

    ``before`` are marks that stand before the number (￥500); ``unless`` is a pattern that may not follow a surface.
    """

    kind: Kind
    unit: str | None = None
    factor: Decimal = Decimal(1)
    surfaces: tuple[str, ...] = Field(min_length=1)
    before: tuple[str, ...] = ()
    unless: str | None = None
    chinese: Literal["all", "several", "figure"] | None = None
    examples: dict[str, str] = Field(min_length=1)
    counter_examples: tuple[str, ...] = Field(default=(), alias="not")


class Region(Strict):
    """Numbers that begin inside a match of ``pattern`` are set aside by rule ``name``.

    ``starts`` are the characters a match begins with, as in a character class: only there is the pattern tried.
    """

    name: str
    starts: str = Field(min_length=1)
    pattern: re.Pattern[str]
    examples: tuple[str, ...] = Field(min_length=1)
    counter_examples: tuple[str, ...] = Field(default=(), alias="not")


class Near(Strict):
    """A number with these surroundings is set aside by rule ``name``.

    ``unit``: "after" begins behind the unit, which must be there; ``bare``: only numbers without a unit;
    ``kinds``: only numbers with a unit of these kinds, empty for any.
    """

    name: str
    before: re.Pattern[str] | None = None
    numeral: re.Pattern[str] | None = Field(default=None, alias="self")
    after: re.Pattern[str] | None = None
    unit: bool = False
    bare: bool = False
    kinds: frozenset[Kind] = frozenset()
    examples: tuple[str, ...] = Field(min_length=1)
    counter_examples: tuple[str, ...] = Field(default=(), alias="not")


class BoundWord(Strict):
    """``pattern`` before or after a figure gives it ``bound``, unless its kind is one of ``kinds_not``.

    ``far``: it may begin some way before the figure, and counts where no nearer word does.
    """

    bound: Bound
    side: Literal["before", "after"]
    pattern: re.Pattern[str]
    kinds_not: frozenset[Kind] = frozenset()
    far: bool = False
    examples: dict[str, Bound] = Field(min_length=1)
    counter_examples: tuple[str, ...] = Field(default=(), alias="not")


class TableEntry(Strict):
    """What the head of a table's column, row or all says by ``pattern``; see configs/patterns/tables.toml.

    ``name`` is the rule of use "aside", ``bound`` that of use "bound"; ``kinds`` are the kinds of units that numbers of
    use "own" don't take; groups unit, unit2 … hold the unit of uses "caption" and "head".
    """

    use: Literal["caption", "head", "units", "aside", "own", "bound"]
    name: str | None = None
    bound: Bound | None = None
    kinds: frozenset[Kind] = frozenset()
    pattern: re.Pattern[str]
    examples: tuple[str, ...] = Field(min_length=1)
    counter_examples: tuple[str, ...] = Field(default=(), alias="not")

    @model_validator(mode="after")
    def _named(self) -> TableEntry:
        """Refuse what goes with another use."""
        for name, use in (("name", "aside"), ("bound", "bound"), ("kinds", "own")):
            if (self.use == use) != bool(getattr(self, name)):
                raise ValueError(f'{name}: only and always for use = "{use}"')
        return self


class TablesFile(Strict):
    """configs/patterns/tables.toml."""

    table: tuple[TableEntry, ...]


class Cue(Strict):
    """``pattern`` found ``where`` adds ``weight`` to ``role``; empty ``kinds``, ``bounds``, ``doc_kinds`` mean any.

    It isn't counted when ``without`` is found in the text before the figure's list.
    """

    role: Role
    where: Literal["piece", "segment", "behind", "rest", "sentence", "heading", "list"]
    weight: float
    kinds: frozenset[Kind] = frozenset()
    bounds: frozenset[Bound] = frozenset()
    doc_kinds: frozenset[str] = frozenset()
    pattern: re.Pattern[str]
    without: re.Pattern[str] | None = None
    examples: tuple[str, ...] = Field(min_length=1)


class Settled(Strict):
    """A measure judged to be one of ``judged`` has ``role`` where ``pattern`` is found ``where``, against the model.

    For what the guide settles by words and the model misses; empty ``kinds`` mean any. ``year``: only where the year in
    the head of its column is the earliest of the table, or later than another. Each example holds such a figure.
    """

    role: Role
    judged: frozenset[Role] = Field(min_length=1)
    where: Literal["piece", "segment", "behind", "rest", "sentence", "heading", "list", "column"]
    kinds: frozenset[Kind] = frozenset()
    year: Literal["earliest", "later"] | None = None
    pattern: re.Pattern[str]
    examples: tuple[str, ...] = Field(min_length=1)
    counter_examples: tuple[str, ...] = Field(default=(), alias="not")


class Bare(Strict):
    """Numbers without a unit right behind ``pattern`` are figures of ``kind``: 收入比缩小至2."""

    kind: Kind
    pattern: re.Pattern[str]
    examples: dict[str, str] = Field(min_length=1)
    counter_examples: tuple[str, ...] = Field(default=(), alias="not")


class Paid(Words):
    """Numbers in 万 or 亿 without a unit are money behind or before ``pattern``: 给予10万, 10万的奖励."""

    side: Literal["before", "after"]


class UnitsFile(Strict):
    """configs/units.toml."""

    unit: tuple[UnitEntry, ...]
    bare: tuple[Bare, ...]
    paid: tuple[Paid, ...]


class AsideFile(Strict):
    """configs/patterns/set_aside.toml."""

    region: tuple[Region, ...]
    near: tuple[Near, ...]


class BoundsFile(Strict):
    """configs/patterns/bounds.toml."""

    bound: tuple[BoundWord, ...]
    spread: Words


class RolesFile(Strict):
    """configs/patterns/roles.toml; ``order`` breaks ties."""

    order: tuple[Role, ...]
    totals: Words
    cue: tuple[Cue, ...]
    settled: tuple[Settled, ...] = ()


class TenseFile(Strict):
    """configs/patterns/tense.toml."""

    past: tuple[str, ...]
    future: tuple[str, ...]


class PerExample(Strict):
    """The bases of the last figure of ``text``, when its measure has ``role``."""

    text: str
    per: tuple[str, ...]
    role: Role = "benefit"


class PerFile(Strict):
    """configs/patterns/per.toml."""

    counters: tuple[str, ...]
    free: tuple[str, ...]
    heads: tuple[str, ...]
    places: tuple[str, ...]
    amounts: tuple[str, ...]
    ends: tuple[str, ...]
    ends_not: str
    bases: tuple[str, ...]
    steps: tuple[str, ...]
    step_units: tuple[str, ...]
    gifts: tuple[str, ...]
    means: str
    not_behind: str
    not_before: str
    years: tuple[str, ...]
    not_year: str
    awards: tuple[str, ...]
    indicators: tuple[str, ...]
    once_not: tuple[str, ...]
    words: dict[str, tuple[str, ...]]
    example: tuple[PerExample, ...] = Field(min_length=1)


class SlotExample(Strict):
    """The action and agency of the last figure of ``text``, or of ``figure``, when its measure has ``role``."""

    text: str
    figure: str | None = None
    role: Role = "benefit"
    action: str | None = None
    agency: str | None = None


class SlotsFile(Strict):
    """configs/patterns/slots.toml."""

    giving: tuple[str, ...]
    gifts: tuple[str, ...]
    nouns: tuple[str, ...]
    verbs: tuple[str, ...]
    agency_labels: tuple[str, ...]
    agency_ends: tuple[str, ...]
    in_charge: tuple[str, ...]
    givers: tuple[str, ...]
    groups: tuple[str, ...]
    instruments: tuple[str, ...]
    no_condition: Words
    example: tuple[SlotExample, ...] = Field(min_length=1)


class DeedEntry(Strict):
    """A kind of measure without a figure; configs/patterns/deeds.toml explains the keys."""

    name: str
    role: Literal["benefit", "other", "given"]
    strength: float = Field(gt=0, le=1)
    verbs: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    named: bool = False
    topics: bool = False
    whom: bool = True
    any: bool = False
    agents: bool = False
    least: int = Field(default=0, ge=0)
    pattern: re.Pattern[str] | None = None
    hint: str | None = None
    examples: dict[str, str] = Field(min_length=1)
    counter_examples: tuple[str, ...] = Field(default=(), alias="not")


class DeedsFile(Strict):
    """configs/patterns/deeds.toml."""

    deed: tuple[DeedEntry, ...]


class DeedWordsFile(Strict):
    """configs/patterns/deed_words.toml."""

    leads: tuple[str, ...]
    openers: tuple[str, ...]
    subjects: tuple[str, ...]
    negations: tuple[str, ...]
    vague: tuple[str, ...]
    topics: tuple[str, ...]
    skip: tuple[str, ...]
    no_object: tuple[str, ...]
    talked_about: tuple[str, ...]
    nouns_too: tuple[str, ...]
    rewarded: tuple[str, ...]
    forbids: tuple[str, ...]
    continues: tuple[str, ...]
    no_deeds_under: tuple[str, ...]
    past_before: tuple[str, ...]
    past_behind: tuple[str, ...]
    past_sentence: tuple[str, ...]
    past_heading: tuple[str, ...]
    aims: tuple[str, ...]
    aim_heading: tuple[str, ...]
    slogans: tuple[str, ...]
    purposes: tuple[str, ...]
    groups: tuple[str, ...]
    receivers: tuple[str, ...]
    doing: tuple[str, ...]
    nouns: dict[str, re.Pattern[str]]


class Claim(Strict):
    """Words that make figures the parts of a total; configs/patterns/sums.toml explains the keys."""

    name: str
    pattern: re.Pattern[str]
    complete: Literal["always", "near"]
    side: Literal["behind", "before"] = "behind"
    closing: re.Pattern[str] | None = None
    examples: dict[str, str] = Field(min_length=1)
    counter_examples: tuple[str, ...] = Field(default=(), alias="not")


class SumsFile(Strict):
    """configs/patterns/sums.toml."""

    between: re.Pattern[str]
    label: re.Pattern[str]
    joints: re.Pattern[str]
    joints_of_lines: re.Pattern[str]
    compares: tuple[str, ...]
    claim: tuple[Claim, ...]


File = TypeVar("File", bound=Strict)


def read(folder: Path, name: str, model: type[File]) -> tuple[File, str]:
    """Return ``folder``/``name`` as ``model``, and its text. Raises PipelineError with every mistake and its line."""
    content = (folder / name).read_text(encoding="utf-8")
    data, lines = read_toml(content, name)
    return build(model, data, lines, name), content


def any_of(words: Iterable[str]) -> str:
    """Return a pattern of any of ``words``, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
