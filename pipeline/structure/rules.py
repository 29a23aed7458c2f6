"""The words and patterns of configs/head.toml, read strictly and compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipeline.core.errors import PipelineError
from pipeline.core.strict import build, digest, read_toml, read_tsv
from pipeline.structure.regions import Divisions, load_divisions

_YEAR = r"(?:19|20|１９|２０)\d\d\s?年\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?"
_CHINESE_YEAR = (
    r"[一二][〇零○ＯO九一二三四五六七八]{3}年[一二三四五六七八九十]{1,3}月(?:[一二三四五六七八九十廿卅]{1,3}日)?"
)
DATE = rf"(?P<date>{_YEAR}|{_CHINESE_YEAR}|(?:19|20)\d\d[-./]\d{{1,2}}[-./]\d{{1,2}})"
# the end of a span may lack its year, and be the end of a year
UNTIL = (
    rf"(?P<until>{_YEAR}|{_CHINESE_YEAR}|(?:19|20)\d\d[-./]\d{{1,2}}[-./]\d{{1,2}}"
    r"|(?:19|20)\d\d\s?年\s?(?:底|末)|\d{1,2}\s?月\s?\d{1,2}\s?日)"
)
COUNT = r"(?P<count>\d{1,3}|[一二三四五六七八九十百]{1,4})"

LabelledField = Literal[
    "title",
    "doc_number",
    "issuer",
    "addressee",
    "issue_date",
    "effective_date",
    "expiry",
    "published",
    "source",
    "authors",
]
_IN_NUMBERS = {
    "{open}": r"[〔\[［【（(﹝{\uff5b<〈\uff1c〖「]",
    "{close}": r"[〕\]］】）)﹞}\uff5d>〉\uff1e〗」]",
    "{square}": r"[〔\[［【﹝]",
    "{squared}": r"[〕\]］】﹞]",
    "{year}": r"(?P<year>(?:19|20|１９|２０)\d\d)",
}


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Kind(_Entry):
    name: str
    words: tuple[str, ...]
    examples: tuple[str, ...]


class _Words(_Entry):
    words: tuple[str, ...]
    examples: tuple[str, ...] | dict[str, str]


class _Number(_Entry):
    name: str
    pattern: str
    form: str
    alone: bool = False
    examples: dict[str, str]
    # ``not`` is a Python word, so the key is read under another name
    counter: tuple[str, ...] = ()


class _Borders(_Entry):
    always: tuple[str, ...]
    long: tuple[str, ...]
    first: tuple[str, ...]
    examples: dict[str, str]


class _Agency(_Entry):
    endings: tuple[str, ...]
    after: tuple[str, ...]
    counter_endings: tuple[str, ...]
    examples: tuple[str, ...]
    counter: tuple[str, ...]
    outside: tuple[str, ...]


class _Addressee(_Entry):
    starts: tuple[str, ...]
    endings: tuple[str, ...]
    counter_words: tuple[str, ...]
    examples: tuple[str, ...]
    counter: tuple[str, ...]


class _Label(_Entry):
    field: LabelledField
    words: tuple[str, ...]
    examples: dict[str, str]


class _Person(_Entry):
    surnames: tuple[str, ...]
    examples: tuple[str, ...]
    counter: tuple[str, ...]


class _Patterns(_Entry):
    patterns: tuple[str, ...]
    examples: tuple[str, ...]
    counter: tuple[str, ...] = ()


class _Dated(_Entry):
    name: Literal["date", "issue", "later", "span", "duration"]
    pattern: str
    examples: dict[str, str]
    counter: tuple[str, ...] = ()


class _Hint(_Entry):
    level: str
    patterns: tuple[str, ...]
    examples: tuple[str, ...]


class _Own(_Entry):
    level: str
    words: tuple[str, ...]
    examples: tuple[str, ...]


class HeadFile(_Entry):
    """configs/head.toml as written."""

    kind: tuple[_Kind, ...]
    guide_words: _Words
    doc_number: tuple[_Number, ...]
    number_borders: _Borders
    agency: _Agency
    addressee: _Addressee
    label: tuple[_Label, ...]
    not_title: _Patterns
    explains: _Patterns
    person: _Person
    running_head: _Patterns
    effective: tuple[_Dated, ...]
    expiry: tuple[_Dated, ...]
    level_hint: tuple[_Hint, ...]
    own: tuple[_Own, ...]
    provinces: dict[str, str]
    self_kind: _Patterns


@dataclass(frozen=True, slots=True)
class NumberRule:
    """A way to print a 发文字号; ``form`` is a template over the pattern's groups."""

    name: str
    pattern: re.Pattern[str]
    form: str
    alone: bool


@dataclass(frozen=True, slots=True)
class NumberRules:
    """All ways to print a 发文字号 and what may stand glued before one."""

    rules: tuple[NumberRule, ...]
    borders: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class HeadRules:
    """Everything ``read_head`` knows beside the document; ``digest`` covers the files and the table of divisions."""

    kinds: Mapping[str, str]
    kind_word: re.Pattern[str]
    kind_end: re.Pattern[str]
    guide_word: re.Pattern[str]
    formal: re.Pattern[str]
    numbers: NumberRules
    national: Mapping[str, str]
    agency_ending: re.Pattern[str]
    agency_not: re.Pattern[str]
    agency_after: re.Pattern[str]
    outside: tuple[str, ...]
    addressee_start: re.Pattern[str]
    addressee_end: re.Pattern[str]
    addressee_not: re.Pattern[str]
    labels: Mapping[str, re.Pattern[str]]
    inner_labels: Mapping[str, re.Pattern[str]]
    not_title: re.Pattern[str]
    explains: re.Pattern[str]
    person: re.Pattern[str]
    running_head: re.Pattern[str]
    effective: tuple[tuple[str, re.Pattern[str]], ...]
    expiry: tuple[tuple[str, re.Pattern[str]], ...]
    level_hints: tuple[tuple[str, re.Pattern[str]], ...]
    own: tuple[tuple[str, re.Pattern[str]], ...]
    provinces: Mapping[str, str]
    self_kind: re.Pattern[str]
    divisions: Divisions
    digest: str


def read_head_file(folder: Path) -> HeadFile:
    """Return configs/head.toml. Raises PipelineError with every mistake in it."""
    path = folder / "head.toml"
    data, lines = read_toml(path.read_text(encoding="utf-8"), path.name)
    renamed = {
        "doc_number": "counter",
        "effective": "counter",
        "expiry": "counter",
        "person": "counter",
        "agency": "counter_endings",
        "addressee": "counter_words",
    }
    for table, name in renamed.items():
        entries = data.get(table, [])
        for entry in entries if isinstance(entries, list) else [entries]:
            if "not" in entry:
                entry[name] = entry.pop("not")
    return build(HeadFile, data, lines, path.name)


def any_of(words: Sequence[str]) -> str:
    """Return a pattern for one of ``words``, longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def _spaced(words: Sequence[str]) -> str:
    """Return a pattern for one of ``words``, longest first, whose characters may be set apart (「标  题」)."""
    longest = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(r"[ \u3000]{0,4}".join(map(re.escape, word)) for word in longest)


def _compile(pattern: str, name: str) -> re.Pattern[str]:
    """Return the compiled pattern. Raises PipelineError naming the entry."""
    try:
        return re.compile(pattern)
    except re.error as error:
        raise PipelineError(f"head.toml: {name}: 正则表达式有误（{error}），请改正：{pattern}") from error


def load_head_rules(folder: Path) -> HeadRules:
    """Return the rules in ``folder`` (configs). Raises PipelineError with every mistake found."""
    file, divisions = read_head_file(folder), load_divisions()
    lexicon = folder / "lexicons" / "agencies.tsv"
    national = {row[0]: row[1] for row in read_tsv(lexicon)}
    kinds = {word: kind.name for kind in file.kind for word in kind.words}
    words = any_of(list(kinds))
    addressee, agency = file.addressee, file.agency
    return HeadRules(
        kinds=kinds,
        kind_word=re.compile(f"(?:{words})"),
        kind_end=re.compile(
            rf"(?:{words}|[法令表书])[”’》〉]?(?:\s?[（(\u3014\[][^（()）]{{1,24}}[）)\u3015\]]){{0,2}}$"
        ),
        guide_word=re.compile(any_of(file.guide_words.words)),
        formal=_formal(words),
        numbers=_numbers(file),
        national=national,
        agency_ending=re.compile(f"(?:{any_of(agency.endings)})$"),
        agency_not=re.compile(f"(?:{any_of(agency.counter_endings)})$"),
        agency_after=re.compile(any_of(agency.after)),
        outside=agency.outside,
        addressee_start=re.compile(any_of(addressee.starts)),
        addressee_end=re.compile(rf"(?:{any_of(addressee.endings)})(?:[（(][^（()）]{{1,30}}[）)])?$"),
        addressee_not=re.compile(
            rf"^(?:{any_of(addressee.counter_words)})|(?:{any_of([w for w in addressee.counter_words if len(w) > 1])})"
        ),
        labels={
            rule.field: re.compile(rf"^\**【?(?:{_spaced(rule.words)})】?\s*[:：]\s*(?P<value>.*)$")
            for rule in file.label
        },
        inner_labels={
            rule.field: re.compile(rf"(?:^|(?<=[\s|【】（(》]))(?:{_spaced(rule.words)})】?\s*[:：]\s*(?P<value>\S.*)$")
            for rule in file.label
        },
        not_title=re.compile("|".join(f"(?:{pattern})" for pattern in file.not_title.patterns)),
        explains=_compile("|".join(f"(?:{pattern})" for pattern in file.explains.patterns), "explains"),
        person=re.compile(
            rf"(?:{any_of(file.person.surnames)})[\u4e00-\u9fff]{{1,2}}|[\u4e00-\u9fff]{{1,8}}·[\u4e00-\u9fff]{{1,8}}"
        ),
        running_head=_compile("|".join(f"(?:{pattern})" for pattern in file.running_head.patterns), "running_head"),
        effective=tuple((rule.name, _dated(rule)) for rule in file.effective),
        expiry=tuple((rule.name, _dated(rule)) for rule in file.expiry),
        level_hints=tuple((hint.level, _compile("|".join(hint.patterns), hint.level)) for hint in file.level_hint),
        own=tuple((own.level, re.compile(any_of(own.words))) for own in file.own),
        provinces=file.provinces,
        self_kind=_compile("|".join(file.self_kind.patterns).replace("{kind}", f"({words})"), "self_kind"),
        divisions=divisions,
        digest=digest((folder / "head.toml").read_bytes(), lexicon.read_bytes(), divisions.digest),
    )


def load_numbers(folder: Path) -> NumberRules:
    """Return the patterns of 发文字号 in ``folder`` (configs). Raises PipelineError with every mistake found."""
    return _numbers(read_head_file(folder))


def _numbers(file: HeadFile) -> NumberRules:
    """Return the file's patterns of 发文字号, compiled."""
    borders = file.number_borders
    return NumberRules(
        tuple(
            NumberRule(rule.name, _compile(_number_pattern(rule.pattern), rule.name), rule.form, rule.alone)
            for rule in file.doc_number
        ),
        (
            re.compile(rf"^.*(?:{any_of(borders.always)})(?=[\u4e00-\u9fff])"),
            re.compile(rf"(?=.{{11}})^.*(?:{any_of(borders.long)})(?=[\u4e00-\u9fff])"),
            re.compile(rf"^(?:{any_of(borders.first)})(?=.{{4}})"),
        ),
    )


def _number_pattern(pattern: str) -> str:
    """Return the pattern with its names of brackets and years filled in."""
    for name, meant in _IN_NUMBERS.items():
        pattern = pattern.replace(name, meant)
    return pattern


def _formal(words: str) -> re.Pattern[str]:
    """Return the pattern of an outer title with its issuer, in a line of its own or glued to what stands around it."""
    addition = (
        r"[^（()）]{0,6}(?:试行|暂行|修订|修正|草案|征求意见稿|节选|摘要)[^（()）]{0,6}"
        r"|\d{4}\s?[-—－–~至年](?![^（()）]{0,4}月)[^（()）]{0,12}"
    )
    return re.compile(
        r"(?:^|(?<=[号★：:。\s）)—-]))(?P<issuer>[\u4e00-\u9fff、（）()\s]{3,90}?)(?P<verb>关于|印发|转发|批转)"
        rf"(?P<rest>[^。；：]{{2,120}}?(?:{words})(?:\s?[（(](?:{addition})[）)])?)"
        r"(?=\s*$|\s*\n|各|有关|[（(\u3014]?\d{4}年|[（(](?!\d{4}\s?[-—－–~至]|试行|暂行)|为|根据|\s\s|[\u4e00-\u9fff]{2,5}[\u3014\[]|(?<=的通知)(?![》”’精要规和、，]))"
    )


def _dated(rule: _Dated) -> re.Pattern[str]:
    """Return the rule's pattern with ``{date}``, ``{until}`` and ``{count}`` filled in."""
    pattern = rule.pattern.replace("{date}", DATE).replace("{until}", UNTIL).replace("{count}", COUNT)
    return _compile(pattern, rule.name)
