"""What a model can't see in a codebook as it is written: things given twice, word groups that don't exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.coding.places import at
from pipeline.core.strict import KeyPath, Lines, line_of


def raw_mistakes(data: Any, lines: Lines, name: str) -> list[str]:
    """Return the mistakes in unchecked data, each with its place: codes, names, aliases, terms, groups, examples."""
    if not isinstance(data, dict):
        return []
    mistakes = [f"{name}:{line_of(path, lines)}: {what}" for path, what in _group_mistakes(data.get("groups"))]
    known = [str(key) for key in data["groups"]] if isinstance(data.get("groups"), dict) else []
    seen: dict[str, int] = {}
    names: dict[tuple[KeyPath, str], int] = {}
    for path, entry in raw_codes(data.get("codes"), ("codes",)):
        code, line = entry.get("code"), line_of((*path, "code"), lines)
        if isinstance(code, str) and code in seen:
            mistakes.append(f"{name}:{line}: 代码“{code}”重复（第一次在{at(seen[code])}），请改名或合并")
        elif isinstance(code, str):
            seen[code] = line
        title, line = entry.get("name"), line_of((*path, "name"), lines)
        if isinstance(title, str) and (path[:-1], title) in names:
            first = names[(path[:-1], title)]
            mistakes.append(f"{name}:{line}: 名称“{title}”与同级的另一代码相同（在{at(first)}），无法分辨，请改名")
        elif isinstance(title, str):
            names[(path[:-1], title)] = line
        mistakes += _term_mistakes(entry.get("terms"), (*path, "terms"), known, lines, name)
        mistakes += _example_mistakes(entry, path, lines, name)
    return [*mistakes, *_alias_mistakes(data, lines, name)]


def raw_codes(entries: Any, path: KeyPath) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    """Yield each code of unchecked data with its path, depth first."""
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict):
            yield (*path, index), entry
            yield from raw_codes(entry.get("children"), (*path, index, "children"))


def _texts(values: Any) -> list[tuple[int, str]]:
    """Return the texts of a list with their numbers; anything else is told elsewhere."""
    return [(i, one) for i, one in enumerate(values) if isinstance(one, str)] if isinstance(values, list) else []


def _group_mistakes(groups: Any) -> Iterator[tuple[KeyPath, str]]:
    """Yield what is wrong with the groups: one without words would lift the condition, one can't name another."""
    for key, words in groups.items() if isinstance(groups, dict) else ():
        if isinstance(words, list) and not words:
            yield ("groups", key), f"词组“{key}”是空的，请写上词语或删去"
        for index, word in _texts(words):
            if word.startswith("$"):
                yield ("groups", key, index), f"词组“{key}”里不能再用词组“{word}”，请写出其中的词"


def _example_mistakes(entry: dict[str, Any], path: KeyPath, lines: Lines, name: str) -> list[str]:
    """Return a sentence for each example that is its own counter-example."""
    counter = {text for _, text in _texts(entry.get("counter_examples"))}
    return [
        f"{name}:{line_of((*path, 'examples', index), lines)}: 同一句既是例句又是反例，请删去一个：「{text}」"
        for index, text in _texts(entry.get("examples"))
        if text in counter
    ]


def _alias_mistakes(data: dict[str, Any], lines: Lines, name: str) -> list[str]:
    """Return a sentence for each alias that means, or is, another code."""
    owners: dict[str, KeyPath] = {}
    entries = list(raw_codes(data.get("codes"), ("codes",)))
    for path, entry in entries:
        for key in ("code", "name"):
            if isinstance(entry.get(key), str):
                owners.setdefault(entry[key], path)
    mistakes = []
    for path, entry in entries:
        for index, alias in _texts(entry.get("aliases")):
            owner = owners.setdefault(alias, path)
            if owner != path:
                here, there = line_of((*path, "aliases", index), lines), line_of(owner, lines)
                mistakes.append(f"{name}:{here}: 别名“{alias}”已经指另一个代码（在{at(there)}），请只留一个")
    return mistakes


def _term_mistakes(terms: Any, path: KeyPath, known: list[str], lines: Lines, name: str) -> list[str]:
    """Return the mistakes in one code's terms."""
    mistakes: list[str] = []
    seen: set[str] = set()
    for index, entry in enumerate(terms if isinstance(terms, list) else ()):
        line = line_of((*path, index), lines)
        fields = entry if isinstance(entry, dict) else {"term": entry}
        term = fields.get("term")
        if isinstance(term, str) and term in seen:
            mistakes.append(f"{name}:{line}: 词“{term}”在同一代码下出现了两次，请删去一个")
        seen.add(str(term))
        for key in ("near", "not"):
            for _, word in _texts(fields.get(key)):
                if word.startswith("$") and word[1:] not in known:
                    there = (
                        f"可用的有：{'、'.join('$' + one for one in known)}"
                        if known
                        else "编码本里还没有词组（groups）"
                    )
                    mistakes.append(f"{name}:{line}: {key} 用到的词组“{word}”没有定义，{there}")
    return mistakes
