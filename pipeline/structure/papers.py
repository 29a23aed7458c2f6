"""What papers print above their text: authors, abstract, keywords."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.core.layers import HeadField
from pipeline.structure.pieces import SPACES, Piece, squeeze
from pipeline.structure.rules import HeadRules

_LABEL = (
    r"(?:^|\n|(?<=\s\s))[ \u3000\t*#]{0,20}[【\[〔\u3014]?\s?{words}\s?[】\]〕\u3015]?\s{0,4}[：:]?[ \u3000\t*]{0,8}"
)
_ABSTRACT = re.compile(_LABEL.replace("{words}", r"(?:内容|论文)?[摘提]\s{0,4}要"))
_KEYWORDS = re.compile(_LABEL.replace("{words}", r"(?:关\s?键\s?[词字]|主题词)"))
_STOP = re.compile(
    r"\n\s{0,12}(?:[【\[〔]?\s?(?:关\s?键\s?[词字]|中图分类号|中图法分类号|文献标[识志]码|基金项目|作者简介|DOI|Abstract|ABSTRACT|Key\s?words)"
    r"|[一二三四五六七八九十]、|\d[.．]?\s|引\s?言|前\s?言|第[一1]章)"
)
_SEPARATED = re.compile(r"[；;，,、\n]|\s{2,}")
_MARKS = re.compile(r"[\d\s,，、;；*†‡#①②③④⑤⑥⑦⑧⑨()（）\[\]·．.\u00b9\u00b2\u00b3\u2070-\u2079]+")
_TOP, _SHORTEST, _LONGEST = 3000, 30, 2500
_MOST = 12


@dataclass(frozen=True, slots=True)
class Paper:
    """Authors, abstract and keywords with their places; what isn't printed is missing."""

    authors: tuple[HeadField, ...] = ()
    abstract: HeadField | None = None
    keywords: tuple[HeadField, ...] = ()


def read_paper(text: str, after: int, pieces: Sequence[Piece], rules: HeadRules) -> Paper:
    """Return what a paper prints above its text; everything is missing in a text without an abstract and keywords."""
    summary = _ABSTRACT.search(text, 0, _TOP)
    words = _KEYWORDS.search(text, summary.end() if summary else 0, (summary.end() if summary else 0) + _LONGEST)
    if summary is None or words is None:
        authors = tuple(_labelled(pieces, rules))
        return Paper(authors)
    stop = _STOP.search(text, summary.end(), summary.end() + _LONGEST)
    end = min(stop.start() if stop else len(text), words.start())
    abstract = _trimmed(text, summary.end(), end)
    authors = tuple(_labelled(pieces, rules)) or tuple(_named(text, after, summary.start(), pieces, rules))
    if abstract is None or abstract.end - abstract.start < _SHORTEST:
        return Paper(authors)
    return Paper(authors, abstract, tuple(_keywords(text, words.end())))


def _trimmed(text: str, start: int, end: int) -> HeadField | None:
    """Return the text between two places without white space around and inside it."""
    value = text[start:end]
    low = start + len(value) - len(value.lstrip(SPACES + "*"))
    high = start + len(value.rstrip(SPACES + "*"))
    return HeadField(squeeze(text[low:high]), low, high) if low < high else None


def _keywords(text: str, start: int) -> Iterator[HeadField]:
    """Yield the keywords of a line, parted by any of the usual marks, by single spaces where there's no other."""
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    parting = _SEPARATED if re.search(r"[；;，,、]|\s{2}", text[start:end].strip()) else re.compile(r"\s")
    at = start
    for found in [*parting.finditer(text, start, end), None]:
        stop = found.start() if found else end
        word = _trimmed(text, at, stop)
        if word and len(word.value.strip("。.")) > 1:
            kept = word.value.rstrip("。.")
            yield HeadField(kept, word.start, word.end - len(word.value) + len(kept))
        at = found.end() if found else end


def _labelled(pieces: Sequence[Piece], rules: HeadRules) -> Iterator[HeadField]:
    """Yield the people of a line 「作者：王小云 李海岚」."""
    for piece in pieces[:_MOST]:
        found = rules.labels["authors"].match(piece.text) or rules.inner_labels["authors"].search(piece.text)
        if found and found["value"]:
            start = piece.start + found.start("value")
            yield from _people(found["value"], start, rules)
            return


def _named(text: str, after: int, stop: int, pieces: Sequence[Piece], rules: HeadRules) -> Iterator[HeadField]:
    """Yield the people of the first line between title and abstract that holds nothing but names."""
    lines = {text.rfind("\n", 0, piece.start) + 1 for piece in pieces if after <= piece.start < stop}
    for start in sorted(lines):
        end = text.find("\n", start)
        people = list(_people(text[start : end if 0 <= end <= stop else stop], start, rules))
        if people:
            yield from people
            return


def _people(line: str, start: int, rules: HeadRules) -> Iterator[HeadField]:
    """Yield the people a line names; nothing when any part of it is no person's name."""
    names: list[tuple[int, int]] = []
    at = 0
    for found in [*_MARKS.finditer(line), None]:
        stop = found.start() if found else len(line)
        if stop > at:
            names.append((at, stop))
        at = found.end() if found else len(line)
    names = _joined(line, names)
    if len(names) <= _MOST and all(rules.person.fullmatch(squeeze(line[low:high])) for low, high in names):
        yield from (HeadField(squeeze(line[low:high]), start + low, start + high) for low, high in names)


def _joined(line: str, parts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join a name of two characters that was spread out: 「王　云」."""
    joined: list[tuple[int, int]] = []
    for low, high in parts:
        alone = bool(joined) and high - low == 1 and joined[-1][1] - joined[-1][0] == 1
        if alone and not line[joined[-1][1] : low].strip():
            joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    return joined
