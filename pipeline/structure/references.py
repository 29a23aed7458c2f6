"""Other documents a text names: 《title》 and 发文字号, and how it refers to them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.core.layers import CleanText, Head, Reference, Relation
from pipeline.core.strict import build, digest, read_toml
from pipeline.structure.doc_numbers import NumberFound, find_numbers
from pipeline.structure.pieces import squeeze
from pipeline.structure.rules import NumberRules, any_of, load_numbers

_QUOTES = re.compile(r"[《》]")
_LONGEST_TITLE = 200
_SENTENCE = re.compile(r"[。；\n]")
_TRAIL = re.compile(r"(?:[（(\u3014\[][^（()）]*[）)\u3015\]]|[”’\s])+$")
_DEFINES = re.compile(r"(?:以下|下)(?:简称|称)[：:]?\s*[“”]?$")
_BESIDE = re.compile(r"[\s”]{0,2}[（(]?\s{0,2}(?:以下[^（）()]{0,20})?$")
_CHAIN = re.compile(r"^[\s、，,和及与以或]*(?:[（(][^（()）]{0,60}[）)])?[\s、，,和及与以或]*$")
_LONGEST_CHAIN = 30
_BEFORE = 120
_AFTER = 200


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Words(_Entry):
    endings: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    examples: tuple[str, ...]
    counter: tuple[str, ...] = ()


class _Standard(_Entry):
    patterns: tuple[str, ...]
    before: str
    after: str
    examples: tuple[str, ...]
    counter: tuple[str, ...]


class _Relation(_Entry):
    name: Literal["依据", "落实", "修订", "废止", "转发", "提及"]
    before: str = ""
    after: str = ""
    examples: tuple[str, ...]
    counter: tuple[str, ...] = Field(alias="not")


class ReferenceFile(_Entry):
    """configs/references.toml as written."""

    document: _Words
    other: _Words
    standard: _Standard
    relation: tuple[_Relation, ...]
    cited: _Words


@dataclass(frozen=True, slots=True)
class ReferenceRules:
    """What ``find_references`` knows; ``digest`` covers its files."""

    document: re.Pattern[str]
    other: re.Pattern[str]
    standard: re.Pattern[str]
    standard_before: re.Pattern[str]
    relations: tuple[tuple[Relation, re.Pattern[str] | None, re.Pattern[str] | None], ...]
    cited: re.Pattern[str]
    numbers: NumberRules
    digest: str


def read_reference_file(folder: Path) -> ReferenceFile:
    """Return configs/references.toml. Raises PipelineError with every mistake in it."""
    path = folder / "references.toml"
    data, lines = read_toml(path.read_text(encoding="utf-8"), path.name)
    return build(ReferenceFile, data, lines, path.name)


def load_reference_rules(folder: Path) -> ReferenceRules:
    """Return the rules in ``folder`` (configs). Raises PipelineError with every mistake found."""
    file = read_reference_file(folder)
    return ReferenceRules(
        document=re.compile(rf"(?:{any_of(file.document.endings)}|(?:19|20)\d\d)$"),
        other=re.compile(rf"(?:{any_of(file.other.endings)})$"),
        standard=re.compile("|".join([*file.standard.patterns, file.standard.after])),
        standard_before=re.compile(file.standard.before),
        relations=tuple(
            (r.name, re.compile(r.before) if r.before else None, re.compile(r.after) if r.after else None)
            for r in file.relation
        ),
        cited=re.compile(rf"(?:{any_of(file.cited.words)})[^《》。；]{{0,24}}$"),
        numbers=load_numbers(folder),
        digest=digest((folder / "references.toml").read_bytes(), (folder / "head.toml").read_bytes()),
    )


@dataclass(frozen=True, slots=True)
class _Title:
    """An outermost 《…》 at ``start:end`` (code points, marks included)."""

    start: int
    end: int
    text: str


def find_references(text: CleanText, head: Head, *, rules: ReferenceRules) -> tuple[Reference, ...]:
    """Return the documents named in reading order; the document's own title and number and its short names are none."""
    body = text.text
    titles = list(_titles(body))
    numbers = list(find_numbers(body, rules.numbers))
    own = {squeeze(body[field.start : field.end]) for field in (head.title, head.attached_title) if field}
    own |= {field.value for field in (head.title, head.attached_title) if field}
    top = head.title.start if head.title else 0
    own_number = head.doc_number.value if head.doc_number else None
    short = {title.text for title in titles if _DEFINES.search(body, max(0, title.start - 12), title.start)}
    found: list[Reference] = []
    used: set[int] = set()
    for index, title in enumerate(titles):
        following = titles[index + 1].start if index + 1 < len(titles) else len(body)
        number = _beside(body, title, numbers, following)
        other = number is not None and number.value != own_number  # an earlier version of the same name
        if (
            title.end <= top
            or (title.text in own and not other)
            or title.text in short
            or not _is_document(body, title, number, titles, index, rules)
        ):
            continue
        start, end = title.start, title.end
        if number:
            used.add(number.start)
            start, end = min(start, number.start), max(end, number.end)
        relation = _relation(body, titles, index, rules)
        found.append(Reference(start, end, title.text, number.value if number else None, relation))
    found += _bare_numbers(body, numbers, titles, used, own_number, rules)
    return tuple(sorted(found, key=lambda one: one.start))


def _titles(text: str) -> Iterator[_Title]:
    """Yield the outermost 《…》; one that isn't closed within its paragraph is left out."""
    depth, start = 0, 0
    for mark in _QUOTES.finditer(text):
        if depth and (mark.start() - start > _LONGEST_TITLE or text.find("\n\n", start, mark.start()) >= 0):
            depth = 0
        if mark.group() == "《":
            start = start if depth else mark.start()
            depth += 1
        elif depth:
            # 《关于印发《…》的通知》 is closed twice, 《关于印发《…》的通知 once: what follows tells
            depth -= 1
            if depth == 0:
                inner = squeeze(text[start + 1 : mark.start()])
                if len(inner) > 1:
                    yield _Title(start, mark.end(), inner)


def _beside(text: str, title: _Title, numbers: Sequence[NumberFound], following: int) -> NumberFound | None:
    """Return the number in the brackets after a title, or right before it: as drafts put it."""
    at = bisect_left(numbers, title.end, key=_start)
    if at < len(numbers):
        number = numbers[at]
        near = number.start < following and number.start - title.end < 40
        if near and _BESIDE.fullmatch(text, title.end, number.start):
            return number
    at = bisect_left(numbers, title.start, key=_start) - 1
    return _prefixed(text, title, numbers[at]) if at >= 0 else None


def _prefixed(text: str, title: _Title, number: NumberFound) -> NumberFound | None:
    """Return ``number`` if it ends right before a title and isn't another title's."""
    if not 0 <= title.start - number.end < 4 or text[number.end : title.start].strip("\n 　"):
        return None
    return number if not text[max(0, number.start - 1) : number.start].endswith(("（", "(")) else None


def _start(number: NumberFound) -> int:
    """Return where a number begins."""
    return number.start


def _is_document(
    text: str, title: _Title, number: NumberFound | None, titles: Sequence[_Title], index: int, rules: ReferenceRules
) -> bool:
    """Tell whether a 《…》 is a policy document: by its number, its 文种, or the verb before it."""
    if number:
        return True
    name = _TRAIL.sub("", title.text) or title.text
    if rules.other.search(name) or rules.standard.match(text[title.end : title.end + 16]):
        return False
    if rules.standard_before.search(text[max(0, title.start - 30) : title.start]):
        return False
    if rules.document.search(name):
        return True
    first = _chain_start(text, titles, index)
    return bool(rules.cited.search(text[max(0, first - 40) : first]))


def _chain_start(text: str, titles: Sequence[_Title], index: int) -> int:
    """Return where the list 「《A》《B》和《C》」 that title ``index`` is in begins."""
    least = max(0, index - _LONGEST_CHAIN)
    while index > least and _CHAIN.match(text[titles[index - 1].end : titles[index].start]):
        index -= 1
    return titles[index].start


def _relation(text: str, titles: Sequence[_Title], index: int, rules: ReferenceRules) -> Relation:
    """Return how the sentence refers to title ``index``; 提及 where no rule fits."""
    first = _chain_start(text, titles, index)
    low = max(0, first - _BEFORE)
    starts = [mark.end() for mark in _SENTENCE.finditer(text, low, first)]
    before = text[starts[-1] if starts else low : first]
    end = titles[index].end
    stop = _SENTENCE.search(text, end, end + _AFTER)
    after = text[end : stop.start() if stop else end + _AFTER]
    for name, left, right in rules.relations:
        if (left is None or left.search(before)) and (right is None or right.search(after)):
            return name
    return "提及"


def _bare_numbers(
    text: str,
    numbers: Sequence[NumberFound],
    titles: Sequence[_Title],
    used: set[int],
    own: str | None,
    rules: ReferenceRules,
) -> Iterator[Reference]:
    """Yield the numbers that stand without a title; the document's own, at its top, is none."""
    at = 0
    for number in numbers:
        while at < len(titles) and titles[at].end <= number.start:
            at += 1
        inside = at < len(titles) and titles[at].start <= number.start < titles[at].end
        if number.start in used or inside or _is_own(number, own) or number.rule in ("year-first", "year-number"):
            continue
        start = max(
            [mark.end() for mark in _SENTENCE.finditer(text, max(0, number.start - _BEFORE), number.start)] or [0]
        )
        stop = _SENTENCE.search(text, number.end, number.end + _AFTER)
        after = text[number.end : stop.start() if stop else number.end + _AFTER]
        yield Reference(
            number.start, number.end, "", number.value, _of_number(text[start : number.start], after, rules)
        )


def _is_own(number: NumberFound, own: str | None) -> bool:
    """Tell whether a number is the document's own; an order's may be printed with or without the state's name."""
    if own is None or number.value == own:
        return own is not None
    return number.rule == "order" and (number.value.endswith(own) or own.endswith(number.value))


def _of_number(before: str, after: str, rules: ReferenceRules) -> Relation:
    """Return how a sentence refers to a document it names by number only."""
    for name, left, right in rules.relations:
        if (left is None or left.search(before)) and (right is None or right.search(after)):
            return name
    return "提及"
