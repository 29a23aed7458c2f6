# ruff: noqa: RUF001 - full-width forms of what file names can't hold
"""Names that must be unique in a project: of sources (also as file names) and of codes.

QualCoder drops the second of two codes with one name together with its codings, so 「其他」 under two parents becomes
「环境型—其他」 and 「需求型—其他」.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.qda.project import Paper, Path, Theme
from pipeline.qda.texts import visible

_LONGEST = 200  # bytes in UTF-8: QualCoder adds an ending, file systems take 255
# no file name on Windows may hold these; people still see what they were
_IN_FILES = str.maketrans('\\/:*?"<>|\n\r\t', "＼／：＊？＂＜＞｜   ")
_JOIN = "—"


def source_names(names: Iterable[str]) -> list[str]:
    """Return names for sources: as given where they can be, unique whatever the case, free of what paths can't hold."""
    taken: set[str] = set()
    return [_free(_as_file(name), taken) for name in names]


def _as_file(name: str) -> str:
    """Return a name that can be a file's: at most so long, the ending kept."""
    plain = visible(name).translate(_IN_FILES).strip().rstrip(".") or "未命名"
    stem, _, ending = plain.rpartition(".")
    kept = f".{ending}" if stem and len(ending.encode()) <= 12 else ""
    return _cut(plain.removesuffix(kept), _LONGEST - len(kept.encode())) + kept


def _cut(text: str, most: int) -> str:
    """Return as much of ``text`` as ``most`` bytes hold."""
    return text.encode()[:most].decode(errors="ignore")


def _free(name: str, taken: set[str]) -> str:
    """Return ``name``, with a number where it's taken, and take it."""
    found, number = name, 1
    while found.casefold() in taken:
        number += 1
        stem, dot, ending = name.rpartition(".")
        short = bool(stem) and len(ending) <= 12
        found = f"{stem}（{number}）{dot}{ending}" if short else f"{name}（{number}）"
    taken.add(found.casefold())
    return found


def code_names(paths: Sequence[Path]) -> dict[Path, str]:
    """Return a name for each code, unique in the whole book: its own, or 「父—子」 where that repeats, and so on up."""
    parts = dict.fromkeys(paths, 1)
    while True:
        found = {path: _JOIN.join(path[-count:]) for path, count in parts.items()}
        often = Counter(name.casefold() for name in found.values())
        longer = [path for path, name in found.items() if often[name.casefold()] > 1 and parts[path] < len(path)]
        if not longer:
            break
        for path in longer:
            parts[path] += 1
    taken: set[str] = set()
    return {path: _free(name, taken) for path, name in found.items()}


def theme_names(themes: Iterable[Theme]) -> dict[Path, str]:
    """Return the unique name of each theme: the one it has, or one of ``code_names`` when any has none."""
    listed = list(themes)
    own = {theme.path: theme.name for theme in listed}
    if all(own.values()) and len({name.casefold() for name in own.values()}) == len(own):
        return own
    return code_names([theme.path for theme in listed])


def attribute_names(papers: Iterable[Paper]) -> list[str]:
    """Return the names of all attributes in the order the documents have them: a new one stands behind its forerunner.

    Documents lack some of them, so no document need have all.
    """
    found: list[str] = []
    for paper in papers:
        at = 0
        for name, _ in paper.attributes:
            if name not in found:
                found.insert(at, name)
            at = found.index(name) + 1
    return found
