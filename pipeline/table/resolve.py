"""Which document of the run a reference means: by 发文字号, else by title, and only when one document alone fits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.core.layers import Head

_SPACE = re.compile(r"\s+")
_BRACKETS = str.maketrans("[]【】（）()﹝﹞［］〈〉{}", "〔〕〔〕〔〕〔〕〔〕〔〕〔〕〔〕")
_QUOTES = str.maketrans("〈〉<>", "《》《》")
_WIDE = {0xFF10 + digit: str(digit) for digit in range(10)}
_SERIAL = re.compile(r"第?0*(\d+)号$")
_ADDITION = re.compile(r"(?:[（(〔][^（()）〔〕\d]{1,24}[）)〕])+$")  # （试行）, but neither years nor versions
_STATE = "中华人民共和国"
_SHORTEST = 5  # a shorter name (《办法》) says too little


@dataclass(slots=True)
class Targets:
    """An index of the run's documents by 发文字号 and by title. A key that fits two documents leads to none."""

    _numbers: dict[str, str | None] = field(default_factory=dict)
    _titles: dict[str, str | None] = field(default_factory=dict)
    _names: dict[str, str | None] = field(default_factory=dict)
    _own: dict[str, str] = field(default_factory=dict)

    def add(self, doc_id: str, head: Head) -> None:
        """Put one document into the index; its attached text (印发《…》的通知) counts as its title too."""
        if head.doc_number:
            key = number_key(head.doc_number.value)
            _put(self._numbers, key, doc_id)
            self._own[doc_id] = key
        for title in (head.title, head.attached_title):
            if title:
                key = title_key(title.value)
                _put(self._titles, key, doc_id)
                issuers = "".join(issuer.value for issuer in head.issuers) if key.startswith("关于") else ""
                for name in _shorter(key, issuers):
                    _put(self._names, name, doc_id)

    def find(self, title: str, doc_number: str | None, *, apart_from: str) -> str | None:
        """Return the one document meant, or None: not in the run, more than one, or ``apart_from`` itself.

        By its number, else by its whole title, else by the title without what citations leave out or add:
        中华人民共和国, （试行）, the issuer before a title that begins with 关于. A cited 「关于…」 without issuer may
        be anybody's, so it leads to no 「…局关于…」. A document with another number than the cited one isn't meant.
        """
        number = number_key(doc_number) if doc_number else None
        found = self._numbers.get(number) if number else None
        if found is None and title:
            found = self._by_title(title_key(title))
            if number and found and self._own.get(found, number) != number:
                found = None
        return None if found == apart_from else found

    def _by_title(self, key: str) -> str | None:
        """Return the document with a title, by its whole name if one has it, else by a shorter one."""
        if key in self._titles:
            return self._titles[key]
        names = {self._names.get(name) or self._titles.get(name) for name in (key, *_shorter(key))} - {None}
        return names.pop() if len(names) == 1 else None


def _shorter(title: str, issuers: str = "") -> tuple[str, ...]:
    """Return the other names citations use for a title whose issuers, if it doesn't print them itself, are given."""
    names: list[str] = []
    for name in (title, _ADDITION.sub("", title)):
        names += [name, name.removeprefix(_STATE), *([issuers + name] if issuers else [])]
    return tuple(name for name in dict.fromkeys(names) if name != title and len(name) >= _SHORTEST)


def index(heads: Iterable[tuple[str, Head]]) -> Targets:
    """Return the index of the given documents."""
    targets = Targets()
    for doc_id, head in heads:
        targets.add(doc_id, head)
    return targets


def _put(keys: dict[str, str | None], key: str, doc_id: str) -> None:
    """Let ``key`` lead to ``doc_id``, or to nothing when another document has it already."""
    if key:
        keys[key] = doc_id if keys.get(key, doc_id) == doc_id else None


def number_key(number: str) -> str:
    """Return a 发文字号 as it's compared: 「国发 [2023] 第05号」 → 「国发〔2023〕5号」."""
    return _SERIAL.sub(r"\1号", _SPACE.sub("", number).translate(_WIDE).translate(_BRACKETS))


def title_key(title: str) -> str:
    """Return a title without spaces and outer 《》, inner 〈〉 as 《》."""
    return _SPACE.sub("", title).translate(_QUOTES).removeprefix("《").removesuffix("》")
