"""Ranks of headings from configs/numbering.toml, and the order in which a document uses them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.core.dates import chinese_number
from pipeline.core.errors import PipelineError
from pipeline.core.strict import build, digest, read_toml

HeadingKind = Literal["title", "article", "next", "bracket"]

# where a line begins: the text's start, a line break, or a wide gap in a line that lost its breaks; then Markdown marks
_GAP = r"[ \u3000\t\xa0\u2000-\u200b]"
_BEGIN = rf"(?:\A|\n|(?<=[^\s|]){_GAP}{{2,}}){_GAP}*(?P<marks>#{{1,6}} ?)?(?:\*{{1,3}})?"
_VALUE = re.compile(r"[〇零一二三四五六七八九十百千]+|\d+")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


class _Rank(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    pattern: str
    order: int
    heading: HeadingKind
    inline: bool = False
    examples: dict[str, str]
    counter: tuple[str, ...] = Field(alias="not")
    wrong_next: str = ""


class NumberingFile(BaseModel):
    """configs/numbering.toml as written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rank: tuple[_Rank, ...]


@dataclass(frozen=True, slots=True)
class Rank:
    """One way to number headings."""

    name: str
    order: int
    heading: HeadingKind
    wrong_next: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Ranks:
    """All ways to number headings: ``starts`` finds them where lines begin, ``inline`` inside lines."""

    by_group: Mapping[str, Rank]
    starts: re.Pattern[str]
    inline: re.Pattern[str]
    digest: str


def read_numbering(folder: Path) -> NumberingFile:
    """Return configs/numbering.toml. Raises PipelineError with every mistake in it."""
    path = folder / "numbering.toml"
    data, lines = read_toml(path.read_text(encoding="utf-8"), path.name)
    return build(NumberingFile, data, lines, path.name)


def load_ranks(folder: Path) -> Ranks:
    """Return the ranks in ``folder`` (configs). Raises PipelineError with every mistake found."""
    entries = read_numbering(folder).rank
    mistakes = [f"numbering.toml: {entry.name}: {reason}" for entry in entries if (reason := _wrong(entry))]
    if mistakes:
        raise PipelineError(*mistakes)
    groups = {f"r{index}": entry for index, entry in enumerate(entries)}
    # longer decimals first, so that 1.1.1 isn't read as 1.
    ordered = sorted(
        groups.items(), key=lambda item: (not item[1].name.startswith("decimal"), -len(item[1].name), item[0])
    )
    starts = "|".join(f"(?P<{group}>{entry.pattern})" for group, entry in ordered)
    inline = "|".join(f"(?P<{group}>{entry.pattern})" for group, entry in groups.items() if entry.inline)
    return Ranks(
        {
            g: Rank(e.name, e.order, e.heading, re.compile(e.wrong_next) if e.wrong_next else None)
            for g, e in groups.items()
        },
        re.compile(rf"{_BEGIN}(?:{starts}|(?(marks)(?=[^\s#])|(?!)))"),
        re.compile(inline),
        digest((folder / "numbering.toml").read_bytes()),
    )


def _wrong(entry: _Rank) -> str | None:
    """Return what is wrong with an entry's patterns, in Chinese."""
    for pattern in (entry.pattern, entry.wrong_next):
        try:
            compiled = re.compile(pattern)
        except re.error as error:
            return f"正则表达式有误（{error}），请改正：{pattern}"
        if compiled.groups:
            return f"正则表达式中不能有捕获组，请改用 (?:…)：{pattern}"
    return None


def value_of(number: str) -> int:
    """Return the value of a numbering as printed (「（十二）」 → 12, 「3.1」 → 1: its last part), 0 for none."""
    if number and number[0] in _CIRCLED:
        return _CIRCLED.index(number[0]) + 1
    parts = _VALUE.findall(number)
    return (chinese_number(parts[-1]) or 0) if parts else 0


def used_order(items: Sequence[tuple[str, int]], usual: Mapping[str, int]) -> dict[str, float]:
    """Return each rank's place in this document, given (rank, value) of its headings in their order.

    It's the usual one, but a rank that restarts inside another's run stands below that one, as 一、 does in a
    document whose headings are 1. 一、二、 2. 一、二、.
    """
    first: dict[str, int] = {}
    restarts: dict[str, int] = {}
    for place, (name, value) in enumerate(items):
        first.setdefault(name, place)
        restarts[name] = restarts.get(name, 0) + (value == 1)
    order: dict[str, float] = {name: float(usual[name]) for name in first}
    for outer in sorted(first, key=first.__getitem__):
        for inner in first:
            above = order[inner] < order[outer] and first[outer] < first[inner]
            if above and restarts[inner] > restarts[outer] == 1 and _runs_across(items, outer, inner):
                order[inner] = order[outer] + 0.5
    _articles_below(items, order, first, restarts)
    return order


def _articles_below(
    items: Sequence[tuple[str, int]], order: dict[str, float], first: Mapping[str, int], restarts: Mapping[str, int]
) -> None:
    """Put articles below 一、 where they count on across the run of 一、二、三、 that begins before them."""
    if not {"cn", "article"} <= first.keys() or first["cn"] > first["article"]:
        return
    if (restarts["cn"], restarts["article"]) == (1, 1) and order["article"] < order["cn"]:
        parts = _crossings(items, "article", "cn")
        if parts >= 2:
            order["article"] = order["cn"] + 0.5


def _crossings(items: Sequence[tuple[str, int]], running: str, other: str) -> int:
    """Return how often ``running`` counts on where ``other`` has counted on in between."""
    last: dict[str, int] = {}
    between = False
    crossed = 0
    for name, value in items:
        if name == other:
            between |= value == last.get(other, 0) + 1
        elif name == running:
            crossed += between and value == last.get(running, 0) + 1
            between = False
        last[name] = value
    return crossed


def _runs_across(items: Sequence[tuple[str, int]], outer: str, inner: str) -> bool:
    """Tell whether ``outer`` counts on across the restarts of ``inner``, twice at least."""
    last, restarted, crossed = 0, False, 0
    for name, value in items:
        if name == inner and value == 1:
            restarted = True
        elif name == outer:
            crossed += restarted and value == last + 1
            last, restarted = value, False
    return crossed >= 2 or (crossed == 1 and restarted)
