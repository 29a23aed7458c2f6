"""Which code of the run a code of the file is: by the path of names, then by a name there is once, then by its id.

QualCoder makes a folder and a code of one name from a code that has others below it, and programs with unique names get
「父—子」 for a name that repeats; both lead back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeVar

from pipeline.qda.folding import squeeze
from pipeline.qda.memo import CODE, PATH, read_pairs
from pipeline.qda.names import theme_names
from pipeline.qda.project import Path, Theme

_JOINED = re.compile("—|--|/|>|::|：：")
_SPLIT = re.compile(r"\s*(?:/|／|>|::|\\|→)\s*")
Key = TypeVar("Key")


class CodeMatcher:
    """The codes of the run by all that a file may call them."""

    def __init__(self, themes: Sequence[Theme]) -> None:
        """Index the run's codes; what two of them are called leads to neither."""
        codable = [theme for theme in themes if theme.codable]
        self._paths = _unique((_plain(theme.path), theme.path) for theme in codable)
        tails = [(_plain(theme.path[at:]), theme.path) for theme in codable for at in range(1, len(theme.path))]
        self._tails = _unique(tails)
        unique = theme_names(themes)
        names = [(squeeze(unique[theme.path]), theme.path) for theme in codable]
        self._names = _unique(names)
        ids = [(_id(theme.memo), theme.path) for theme in codable]
        ids += [(key.rpartition("/")[2], path) for key, path in ids]
        self._ids = _unique((key, path) for key, path in ids if key)
        self._books = {_plain(theme.path[:1])[0]: theme.path[0] for theme in themes}
        self._found: dict[tuple[Path, str], Path | None] = {}

    def find(self, path: Path, memo: str = "") -> Path | None:
        """Return the path in the run of the code the file calls ``path`` and describes by ``memo``; None for none."""
        if (path, memo) not in self._found:
            self._found[path, memo] = self._search(path, memo)
        return self._found[path, memo]

    def home(self, path: Path) -> Path:
        """Return the path of a code the run hasn't got, from the run's folder on where it's below one of them."""
        for at, name in enumerate(path[:-1]):
            if book := self._books.get(squeeze(name)):
                return (book, *path[at + 1 :])
        return path

    def _search(self, path: Path, memo: str) -> Path | None:
        """Try what identifies a code, the surest first."""
        key = _plain(path)
        shorter = key[:-1] if len(key) > 1 and key[-1] == key[-2] else key
        for one in (key, shorter, *_expanded(key)):
            if found := self._paths.get(one):
                return found
        if (found := self._names.get(key[-1])) and self._may_be(key, found):
            return found
        for at in range(len(shorter)):
            found = self._paths.get(shorter[at:]) or self._tails.get(shorter[at:])
            if found and self._may_be(key, found):
                return found
        return self._ids.get(_id(memo)) or self._ids.get(path[-1].strip())

    def _may_be(self, key: tuple[str, ...], found: Path) -> bool:
        """Tell whether a code under a folder of the run is looked for in that folder only."""
        books = {self._books[name] for name in key[:-1] if name in self._books}
        return not books or found[0] in books


def split_path(text: str) -> Path:
    """Return the names of a code written as one text: 「引育用留/引」, 「引育用留 > 引」."""
    return tuple(part for part in _SPLIT.split(text.strip()) if part)


def _expanded(key: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the paths meant where a name holds its parents: (书, 环境型—其他) → (书, 环境型, 其他)."""
    parts = tuple(part for part in _JOINED.split(key[-1]) if part)
    if len(parts) < 2:
        return []
    above = key[:-1]
    found = [(*above, *parts)]
    found += [(*above[:-size], *parts) for size in range(1, len(parts)) if above[-size:] == parts[:size]]
    return found


def _id(memo: str) -> str:
    """Return the id of a code that a description names; empty without one."""
    return read_pairs(memo).get(CODE, "").strip() if PATH in memo or CODE in memo else ""


def _plain(path: Iterable[str]) -> Path:
    """Return a path as it is compared."""
    return tuple(squeeze(name) for name in path)


def _unique(pairs: Iterable[tuple[Key, Path]]) -> dict[Key, Path]:
    """Return the keys that lead to one path only."""
    found: dict[Key, Path] = {}
    often: set[Key] = set()
    for key, path in pairs:
        if found.setdefault(key, path) != path:
            often.add(key)
    return {key: path for key, path in found.items() if key not in often}
