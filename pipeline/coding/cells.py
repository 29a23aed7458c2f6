"""Lists and terms in one cell of a table, and how they are written there.

Items are separated by line breaks or ；. ``\\`` before a separator, bracket, ``*`` or ``\\`` takes it as it is,
``\\n`` is a line break. A term may carry a weight and conditions: 「补贴*0.5（近：人才、$people；非：补贴申报）」.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_SPECIAL = "、，,；;*\uff0a（）()：:\\n"
_PLANE = 0xF0000  # private characters that stand for escaped ones while a cell is cut
_ESCAPED = re.compile(rf"\\([{re.escape(_SPECIAL)}])")
_HIDDEN = re.compile("[\U000f0000-\U000fffff]")
_WORDS = re.compile(r"[、，,；;\n]")
_TERM = re.compile(
    r"(?P<term>[^*\uff0a]*?)\s*(?:[*\uff0a]\s*(?P<weight>[^（(*\uff0a]*?)\s*)?"
    r"(?P<rules>(?:[（(]\s*(?:近|须近|非|near|not)\s*[：:][^（）()]*[）)]\s*)*)",
    flags=re.I | re.S,
)
_BRACKETS = re.compile(r"[（(]([^（）()]*)[）)]")
_RULE = re.compile(r"\s*(近|须近|非|near|not)\s*[：:](.*)", flags=re.I | re.S)
_KEYS = {"近": "near", "须近": "near", "非": "not"}


def _hide(text: str) -> str:
    """Return ``text`` with escaped characters out of the way."""
    return _ESCAPED.sub(lambda found: chr(_PLANE + ord(found[1])), text)


def _bare(text: str) -> str:
    """Return ``text`` with what was hidden as it is meant, without spaces around it."""
    return _HIDDEN.sub(lambda m: "\n" if m[0] == chr(_PLANE + ord("n")) else chr(ord(m[0]) - _PLANE), text.strip())


def sentences_in(cell: str) -> list[str]:
    """Return the items of a cell of sentences: one a line, or, where there is one line only, separated by ；."""
    text = _hide(cell)
    parts = text.split("\n") if "\n" in text else re.split("[；;]", text)
    return [_bare(part) for part in parts if part.strip()]


def words_in(cell: str) -> list[str]:
    """Return the words of a cell, separated by 、 ， ； or line breaks."""
    return [_bare(part) for part in _WORDS.split(_hide(cell)) if part.strip()]


def terms_in(cell: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the terms of a cell with the keys of YAML, and those that can't be understood, as written."""
    terms: list[dict[str, Any]] = []
    odd: list[str] = []
    for part in _outside_brackets(_hide(cell)):
        found = _TERM.fullmatch(part.strip())
        if found is None or re.search(r"[（(][^（）()]*[：:]|[：:].*[）)]", found["term"]):
            odd.append(_bare(part))
            continue
        term: dict[str, Any] = {"term": _bare(found["term"])}
        if found["weight"] is not None:
            term["weight"] = _bare(found["weight"])
        for rules in _BRACKETS.findall(found["rules"]):
            for rule in re.split(r"[；;]", rules):
                if rule.strip() and not _add_rule(term, rule):
                    odd.append(_bare(part))
        terms.append(term)
    return terms, list(dict.fromkeys(odd))


def _add_rule(term: dict[str, Any], rule: str) -> bool:
    """Put 「近：甲、乙」 into ``term``; False when it is none."""
    found = _RULE.fullmatch(rule)
    if found is None:
        return False
    key = _KEYS.get(found[1], found[1].lower())
    term.setdefault(key, []).extend(_bare(word) for word in _WORDS.split(found[2]) if word.strip())
    return True


def _outside_brackets(text: str) -> Iterable[str]:
    """Yield the pieces between separators that don't stand in brackets; without a closing bracket all count."""
    closed = len(re.findall("[（(]", text)) == len(re.findall("[）)]", text))
    depth, begin = 0, 0
    for index, char in enumerate(text):
        if closed and char in "（(":
            depth += 1
        elif closed and char in "）)":
            depth = max(0, depth - 1)
        elif depth == 0 and char in "、，,；;\n":
            if text[begin:index].strip():
                yield text[begin:index]
            begin = index + 1
    if text[begin:].strip():
        yield text[begin:]


def sentences_cell(items: Iterable[str]) -> str:
    """Return the cell that ``sentences_in`` reads as ``items``."""
    lines = [item.replace("\\", "\\\\").replace("\n", "\\n") for item in items]
    return re.sub("([；;])", r"\\\1", lines[0]) if len(lines) == 1 else "\n".join(lines)


def words_cell(items: Iterable[str]) -> str:
    """Return the cell that ``words_in`` reads as ``items``."""
    return "、".join(re.sub(r"([、，,；;\\])", r"\\\1", item).replace("\n", "\\n") for item in items)


def term_cell(term: str) -> str:
    """Return the cell that ``terms_in`` reads as the one ``term`` and nothing more."""
    return re.sub(r"([、，,；;*\uff0a（）()：:\\])", r"\\\1", term).replace("\n", "\\n")
