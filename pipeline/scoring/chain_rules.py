"""The patterns by which chains (产业链, 创新链 …) are found and linked: configs/patterns/chains.toml, read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from pipeline.core.strict import build, read_text, read_toml

PREVIOUS = "PREVIOUS"
_BEFORE_COMMA = 4


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Directed(_Strict):
    name: str
    before: str
    between: str
    after: str = ""
    open: int = Field(ge=0, le=30)
    comma: bool
    reverse: bool = False


class _Undirected(_Strict):
    fillers: str
    after: str
    before: str
    before_not: str
    apart: str
    lack: str
    lack_within: int = Field(ge=1, le=100)
    lack_ends: str


class _File(_Strict):
    names: tuple[str, ...]
    loose: tuple[str, ...]
    suffix: str
    not_after: str
    modifiers: str
    counted: str
    counted_by: str
    numbers: dict[str, int]
    unnamed: str
    quotes: str
    starts: str
    joints: str
    breaks: str
    other: str
    follows: str
    directed: tuple[_Directed, ...]
    undirected: _Undirected


@dataclass(frozen=True, slots=True)
class DirectedRule:
    """A → B (B → A if ``reverse``): patterns over the text before A (to its end), between A and B, and after B.

    ``follows``: A must come right after the last directed link instead.
    """

    name: str
    before: re.Pattern[str] | None
    between: re.Pattern[str]
    after: re.Pattern[str] | None
    reverse: bool
    follows: bool


@dataclass(frozen=True, slots=True)
class ChainRules:
    """All patterns. ``mention`` finds a chain; ``counted`` finds names without 链 that 四链 follows.

    ``unnamed`` finds 四链融合 whether or not names stand before it. ``lack`` is looked for in the ``lack_within``
    characters behind a link, up to ``lack_ends``.
    """

    mention: re.Pattern[str]
    joint: re.Pattern[str]
    loose: re.Pattern[str]
    counted: re.Pattern[str]
    numbers: dict[str, int]
    unnamed: re.Pattern[str]
    breaks: re.Pattern[str]
    directed: tuple[DirectedRule, ...]
    after: re.Pattern[str]
    before: re.Pattern[str]
    before_not: re.Pattern[str]
    apart: re.Pattern[str]
    lack: re.Pattern[str]
    lack_within: int
    lack_ends: re.Pattern[str]
    follows: re.Pattern[str]
    starts: re.Pattern[str]
    names: tuple[str, ...]


def load_chain_rules(folder: Path) -> ChainRules:
    """Return the rules of the configs folder. Raises PipelineError, with file and line, for a mistake in them."""
    path = folder / "patterns" / "chains.toml"
    data, lines = read_toml(read_text(path, "规则"), str(path))
    file = build(_File, data, lines, str(path))
    names, loose, quotes = "|".join(file.names), "|".join(file.loose), file.quotes
    row = rf"(?:(?:{loose})链?(?:{file.joints})?){{1,5}}(?:{loose})链?"
    return ChainRules(
        mention=re.compile(rf"(?P<name>{names})链(?:{file.suffix})?(?!{file.not_after})"),
        joint=re.compile(rf"{quotes}\s?(?:{file.joints})?\s?{quotes}{file.modifiers}"),
        loose=re.compile(rf"(?P<name>{loose})(?:{file.joints})$"),
        counted=re.compile(rf"{row}{file.counted_by}(?:{file.counted})"),
        numbers=file.numbers,
        unnamed=re.compile(rf"(?:{file.counted}){file.unnamed}"),
        breaks=re.compile(file.breaks),
        directed=tuple(_directed(rule, file.other) for rule in file.directed),
        after=re.compile(rf"{file.undirected.fillers}{file.undirected.after}"),
        before=re.compile(rf"(?:{file.undirected.before})$"),
        before_not=re.compile(file.undirected.before_not),
        apart=re.compile(file.undirected.apart),
        starts=re.compile(rf"(?:{file.starts})$"),
        lack=re.compile(file.undirected.lack),
        lack_within=file.undirected.lack_within,
        lack_ends=re.compile(file.undirected.lack_ends),
        follows=re.compile(file.follows),
        names=tuple(f"{name}链" for name in file.names),
    )


def _directed(rule: _Directed, other: str) -> DirectedRule:
    """Return one rule, compiled; ``other`` are the characters that may stand around its words."""
    free = f"{other}{{0,{rule.open}}}"
    # words before a comma may only name the chain's needs, or they are a matter of their own: 围绕产业链引进企业，…
    lead = f"(?:{other}{{0,{_BEFORE_COMMA}}}[，,])?{free}" if rule.comma else free
    follows = rule.before == PREVIOUS
    return DirectedRule(
        rule.name,
        re.compile(f".*(?P<at>{rule.before}){free}", re.DOTALL) if rule.before and not follows else None,
        re.compile(f"{lead}(?:{rule.between}){free}"),
        re.compile(f"(?:{rule.after})") if rule.after else None,
        rule.reverse,
        follows,
    )
