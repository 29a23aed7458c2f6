"""Which document of the run a reference means: by 发文字号, else by title, and only when one document alone fits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.core.layers import Head

_SPACE = re.compile(r"\s+")
_BRACKETS = str.maketrans("[]【】（）()﹝﹞［］", "〔〕〔〕〔〕〔〕〔〕〔〕")
_QUOTES = str.maketrans("〈〉<>", "《》《》")


@dataclass(slots=True)
class Targets:
    """An index of the run's documents by 发文字号 and by title. A key that fits two documents leads to none."""

    _numbers: dict[str, str | None] = field(default_factory=dict)
    _titles: dict[str, str | None] = field(default_factory=dict)

    def add(self, doc_id: str, head: Head) -> None:
        """Put one document into the index; its attached text (印发《…》的通知) counts as its title too."""
        if head.doc_number:
            _put(self._numbers, number_key(head.doc_number.value), doc_id)
        for title in (head.title, head.attached_title):
            if title:
                _put(self._titles, title_key(title.value), doc_id)

    def find(self, title: str, doc_number: str | None, *, apart_from: str) -> str | None:
        """Return the one document meant, or None: not in the run, more than one, or ``apart_from`` itself."""
        found = self._numbers.get(number_key(doc_number)) if doc_number else None
        if found is None:
            found = self._titles.get(title_key(title))
        return None if found == apart_from else found


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
    """Return a 发文字号 without spaces, all kinds of brackets as 〔〕: 「国发 [2023] 5号」 → 「国发〔2023〕5号」."""
    return _SPACE.sub("", number).translate(_BRACKETS)


def title_key(title: str) -> str:
    """Return a title without spaces and outer 《》, inner 〈〉 as 《》."""
    return _SPACE.sub("", title).translate(_QUOTES).removeprefix("《").removesuffix("》")
