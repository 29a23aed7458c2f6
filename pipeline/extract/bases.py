"""Reads the bases written in a stretch of text: 每家参展单位, 每增加50件, 单个项目, 同一企业, 人均, /平方米."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.core.strict import digest
from pipeline.extract.data import PerFile, any_of, read

_NUMERALS = "一二三四五六七八九十"
_NUMBER = rf"(?P<number>\d[\d.,，]*\s?[十百千万亿]{{0,2}}|[两{_NUMERALS}][{_NUMERALS}百千万亿]*(?:至[{_NUMERALS}]+)?)"
_ONE = re.compile(r"[1一１]")
_CHARACTERS = re.compile(r"[一-龥“”A-Za-z]{1,14}")
# the longest noun taken whole though its head is unknown: behind 每个, behind 每
_LONGEST_UNKNOWN, _LONGEST_BARE = 6, 4
_SPEED = re.compile(r"[/／](?=小时|分钟|秒|天|日|年|月)")
_RHYTHM = {"季": "季度"}
_QUOTES = "“”"
_PLAIN = {"个月": "月", "年度": "年", "㎡": "平方米"}

How = Literal["each", "step", "rhythm", "one", "same", "mean"]


@dataclass(frozen=True, slots=True)
class Basis:
    """A basis written at ``start`` (half-open, offsets into the stretch) and how: 每, a step, 按, 单, 同一 or 均."""

    word: str
    start: int
    end: int
    how: How


@dataclass(frozen=True, slots=True)
class PerRules:
    """Patterns of configs/patterns/per.toml."""

    opening: re.Pattern[str]
    stepped: re.Pattern[str]
    base: re.Pattern[str]
    counter: re.Pattern[str]
    ends: re.Pattern[str]
    head: re.Pattern[str]
    place: re.Pattern[str]
    amount: re.Pattern[str]
    free: frozenset[str]
    slashed: re.Pattern[str]
    behind: re.Pattern[str]
    words: dict[str, tuple[str, ...]]
    yearly: re.Pattern[str]
    award: re.Pattern[str]
    indicator: re.Pattern[str]
    once: re.Pattern[str]
    once_now: re.Pattern[str]
    once_behind: re.Pattern[str]
    once_open: re.Pattern[str]
    gift: re.Pattern[str]
    given: re.Pattern[str]
    digest: str


def load_per_rules(folder: Path) -> PerRules:
    """Return the rules of ``folder`` (configs)."""
    file, content = read(folder, "patterns/per.toml", PerFile)
    bases, counters, steps = any_of(file.bases), any_of(file.counters), any_of(file.steps)
    behind = any_of((*file.bases, *file.heads))
    heads, words, awards = any_of(file.heads), any_of(file.words), any_of(file.awards)
    once = f"一次性(?!{any_of(file.once_not)})"
    return PerRules(
        opening=re.compile(
            rf"每(?P<step>{steps})?\s?|(?P<one>(?<![{file.not_behind}])单(?![{file.not_before}]|项冠军)(?:一个?)?)|(?P<same>同一个?)"
            rf"|(?P<mean>[{file.means}])均|(?P<word>{words})|(?P<rhythm>按[年月季日周天件次人户亩](?![度均月员口均头]))"
        ),
        stepped=re.compile(rf"[一-龥]{{0,6}}?{_NUMBER}\s?(?P<unit>{any_of((*file.step_units, *file.bases))})"),
        base=re.compile(bases),
        counter=re.compile(counters),
        ends=re.compile(rf"(?<![{file.ends_not}])(?:{any_of(file.ends)}|每)"),
        head=re.compile(heads),
        place=re.compile(f"(?:{any_of(file.places)})$"),
        amount=re.compile(f"(?:{any_of(file.amounts)})$"),
        free=frozenset(file.free),
        slashed=re.compile(rf"[·•、]?(?P<base>{bases})"),
        behind=re.compile(
            rf"\s?[/／\u2215·•]\s?每?(?P<base>{behind})|每(?P<each>{behind})(?=[，。；、）)\s的给补奖/每以左标计发并和或至]|$)"
            r"|按(?P<rhythm>[年月季日])(?![度均])"
        ),
        words=file.words,
        yearly=re.compile(
            rf"(?<![{file.not_year}\d])(?:{any_of(file.years)})(?P<said>[^，。；：\d]{{0,24}})$"
            rf"|(?<![{file.not_year}\d])年(?=(?:最高)?(?:{awards}))(?P<award>[^，。；：\d]{{0,16}})$"
        ),
        award=re.compile(awards),
        indicator=re.compile(any_of(file.indicators)),
        once=re.compile(once),
        once_now=re.compile(rf"{once}[一-龥]{{0,6}}$"),
        once_behind=re.compile(rf"(?P<between>[^，。；：\n]{{0,48}}?)(?<!、){once}"),
        once_open=re.compile(
            rf"(?:^|[，,；;：:])[^，,。；;：:\n\d元%％]*{once}[^，,。；;：:\n\d]{{0,12}}[，,：:](?:[^。\n]*[，,；;：:])?[^，,。；;：:\n]*$"
        ),
        gift=re.compile(any_of(file.gifts)),
        given=re.compile(rf"(?:{any_of(file.gifts)})[^，。；]{{0,10}}?\d"),
        digest=digest(content),
    )


def bases_in(stretch: str, rules: PerRules) -> Iterator[Basis]:
    """Yield the bases written in ``stretch`` in order."""
    at = 0
    while found := rules.opening.search(stretch, at):
        at = found.end()
        for basis in _read(stretch, found, rules):
            yield basis
            at = max(at, basis.end)


def bases_behind(text: str, start: int, end: int, rules: PerRules) -> list[str]:
    """Return the bases inside or right behind the figure from ``start`` to ``end``: 40公里/小时, 20元/平方米·月."""
    slash = _SPEED.search(text, start, end)
    at = slash.start() if slash else end
    found = []
    while behind := rules.behind.match(text, at):
        word = behind["base"] or behind["each"] or behind["rhythm"]
        found.append(_RHYTHM.get(word, plain(word)))
        at = behind.end()
    return found


def plain(basis: str) -> str:
    """Return the guide's word for a basis."""
    return _PLAIN.get(basis, basis)


def _read(stretch: str, found: re.Match[str], rules: PerRules) -> Iterator[Basis]:
    """Yield the bases that an opening word and what follows it write."""
    start, at = found.span()
    if found["word"]:
        for word in rules.words[found["word"]]:
            yield Basis(word, start, at, "mean")
    elif found["rhythm"]:
        yield Basis(_RHYTHM.get(found["rhythm"][1], found["rhythm"][1]), start, at, "rhythm")
    elif found["mean"]:
        yield Basis(found["mean"], start, at, "mean")
    elif found["one"] or found["same"]:
        how: How = "one" if found["one"] else "same"
        if basis := _noun(stretch, at, rules, how):
            yield Basis(basis[0], start, basis[1], how)
    else:
        yield from _each(stretch, found, rules)


def _each(stretch: str, found: re.Match[str], rules: PerRules) -> Iterator[Basis]:
    """Yield the basis behind 每, and those joined to it (每平方米·月)."""
    start, at = found.span()
    step = found["step"]
    number = rules.stepped.match(stretch, at)
    if number and (step or number.start("number") == at or _is_verb(stretch, at, number, rules)):
        if not _ONE.fullmatch(number["number"].strip()) or number["unit"].endswith("元"):
            word = "".join((number["number"] + number["unit"]).split())
            yield Basis(word, start, number.end(), "step")
            return
        at = number.start("unit")
        if number["unit"] != "个":
            yield Basis(plain(number["unit"].removeprefix("个")), start, number.end(), "step")
            return
    elif one := _ONE.match(stretch, at):
        at = one.end()
    if basis := _noun(stretch, at, rules, "each"):
        word = "天" if basis[0] == "日" else plain(basis[0])
        yield Basis(word, start, basis[1], "step" if step else "each")
        at = basis[1]
        while (more := rules.slashed.match(stretch, at)) and stretch[at] in "·•":
            yield Basis(plain(more["base"]), more.start(), more.end(), "each")
            at = more.end()


def _is_verb(stretch: str, at: int, number: re.Match[str], rules: PerRules) -> bool:
    """Tell whether what stands before a number one is a verb that makes a step: 每留用1名; not so in 每年1名."""
    between = stretch[at : number.start("number")]
    if not 1 < len(between) < 5 or not _ONE.fullmatch(number["number"]):
        return False
    return rules.base.match(between) is None and not any(m.end() == len(between) for m in rules.head.finditer(between))


def _noun(stretch: str, at: int, rules: PerRules, how: How) -> tuple[str, int] | None:
    """Return the basis at ``at`` and where it ends: the noun behind a counter, the counter alone or a base word."""
    base, counter = rules.base.match(stretch, at), rules.counter.match(stretch, at)
    if counter and (base is None or base.end() <= counter.end()):
        free = how != "same" and counter[0] in rules.free
        noun = _word(stretch, counter.end(), rules, _LONGEST_UNKNOWN if free else 0)
    else:
        noun = _word(stretch, at, rules, _LONGEST_BARE if how == "each" and base is None else 0)
        if noun and base and not rules.head.fullmatch(stretch, at, noun[1]):
            noun = None
    if noun:
        return noun
    return None if base is None or how == "same" else (base[0], base.end())


def _word(stretch: str, at: int, rules: PerRules, unknown: int) -> tuple[str, int] | None:
    """Return the noun at ``at`` and where it ends: it has a known head, or has at most ``unknown`` characters.

    Of several heads the first is taken that ends the noun: 企业 of 每家企业认证奖励, but 参展单位 whole. What is given
    isn't part of it: 项目 of 单个项目中央财政补助不超过项目总投入.
    """
    found = _CHARACTERS.match(stretch, at)
    if found is None:
        return None
    run = found[0]
    stop = rules.ends.search(run)
    if stop and stop.start() == 0 and len(stop[0]) > 1:
        return None
    whole = run[: stop.start()] if stop else run
    heads, gift = list(rules.head.finditer(run)), rules.gift.search(run)
    heads = [m for m in heads if gift is None or m.end() <= gift.start()] or heads
    closed = [
        m.end() for m in heads if m.end() == len(run) or run[m.end()] in _QUOTES or rules.ends.match(run, m.end())
    ]
    known = [m.end() for m in heads if len(m[0]) > 1]
    if 0 < len(whole) <= unknown and not any(end <= len(whole) for end in (*closed, *known)):
        return None if rules.amount.search(whole) else (whole.strip(_QUOTES), at + len(whole))
    if not (closed or known):
        return None
    end = (closed or known)[0]
    word = run[:end].strip(_QUOTES)
    place = rules.place.search(word)
    return place[0] if place else word, at + end
