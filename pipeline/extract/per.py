"""The basis of a figure: 每人每月, /年, 一次性, 人均."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.layers import Mention, Role
from pipeline.core.strict import digest
from pipeline.extract.context import Context
from pipeline.extract.data import PerFile, any_of, read

_ONCE = "一次性"
_CAP = re.compile(r"^\s*(?:最高|最多|不超过|上限|但?最高|最长|但不超过|最低)")
_BEFORE_LIST = 40


@dataclass(frozen=True, slots=True)
class PerRules:
    """Patterns of configs/patterns/per.toml."""

    before: re.Pattern[str]
    behind: re.Pattern[str]
    words: dict[str, tuple[str, ...]]
    digest: str


def load_per_rules(folder: Path) -> PerRules:
    """Return the rules of ``folder`` (configs)."""
    file, content = read(folder, "patterns/per.toml", PerFile)
    bases, nouns, words = any_of(file.bases), any_of(file.nouns), any_of(file.words)
    step = rf"(?:{any_of(file.steps)})?[1一]?"
    return PerRules(
        re.compile(
            rf"每{step}[个家项名位类种所款]?(?P<noun>{nouns})|每{step}(?P<base>{bases})|每个(?P<any>[一-龥]{{1,6}}?)(?=每|最高|给予|奖励|补助|资助|补贴|不超过|$)|(?P<word>{words})"
        ),
        re.compile(rf"\s?(?:[/／·•]\s?每?|每)(?P<base>{bases})"),
        file.words,
        digest(content),
    )


def per_of(text: str, mention: Mention, context: Context, role: Role, rules: PerRules) -> tuple[str, ...]:
    """Return the bases of ``mention`` in order of writing; 「once」 stands for 一次性; empty when there is none."""
    if mention.kind in ("age", "ratio", "multiple") and role != "benefit":
        return ()
    found: list[tuple[int, str]] = []
    if mention.kind != "duration" or role == "benefit":
        for match in rules.before.finditer(context.list_piece[-_BEFORE_LIST:]):
            if step_base(match, context.list_piece):
                continue
            word = match["noun"] or match["base"] or match["any"]
            for basis in rules.words[match["word"]] if match["word"] else (word,):
                found.append((match.start(), _plain(basis)))
    at, place = mention.end, _BEFORE_LIST + mention.start - context.list_start
    while behind := rules.behind.match(text, at):
        found.append((place, _plain(behind["base"])))
        at, place = behind.end(), place + 1
    if role == "benefit" and mention.kind in ("money", "percent", "count", "other") and _once(context, mention):
        found.append(
            (context.list_piece[-_BEFORE_LIST:].find(_ONCE) if _ONCE in context.list_piece else place + 1, "once")
        )
    ordered = [word for _, word in sorted(found, key=lambda pair: pair[0])]
    return tuple(dict.fromkeys(ordered))


def step_base(match: re.Match[str], piece: str) -> bool:
    """Tell whether 每 belongs to a step with a number of its own (每增加30件), which is a measure by itself."""
    return (
        bool(re.match(r"[\d一二三四五六七八九十百千万]", piece[match.end() :][:1]))
        and match["word"] is None
        and match["noun"] is None
    )


def _plain(basis: str) -> str:
    """Return the guide's word for a basis."""
    return {"个月": "月", "年度": "年", "㎡": "平方米", "日": "天"}.get(basis, basis)


def _once(context: Context, mention: Mention) -> bool:
    """Tell whether 一次性 governs the figure: before its list in the piece, or right behind it."""
    if _ONCE in context.list_piece:
        return True
    return bool(re.match(r"^[^，。；]{0,30}?的?一次性", context.behind)) and "一次性" in context.behind[:24]


def is_cap(context: Context) -> bool:
    """Tell whether the piece caps the benefit named before it (…给予20%补助，最高100万元)."""
    return bool(_CAP.match(context.list_piece))
