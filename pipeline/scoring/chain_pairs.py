"""Pairs of chains over a corpus: how often which verb links them, by year and level, each with its quote and place.

A sentence counts once for a pair, a direction and a verb. What a text says of chains is attention paid to them, not
that they are integrated. Which four chains 四链 means differs between documents: 四链融合 without names gives no pair.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from pipeline.scoring.chain_links import Link, Stretch
from pipeline.scoring.groups import About
from pipeline.table.matrices_axes import MISSING


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One link with its place: ``start``, ``end`` and ``quote`` (the sentence) of the raw text.

    ``link`` is the part of the sentence that says it, as read.
    """

    doc_id: str
    source_name: str
    year: str
    level: str
    region: str
    a: str
    b: str
    verb: str
    directed: bool
    lack: bool
    rule: str
    link: str
    quote: str
    start: int
    end: int


Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ChainPair:
    """Two chains linked in one direction, or in none: sentences, documents, and sentences by verb, year and level.

    ``lack``: so many of the sentences say that the link is missing.
    """

    a: str
    b: str
    directed: bool
    sentences: int
    documents: int
    lack: int
    verbs: Counts
    years: Counts
    levels: Counts


@dataclass(frozen=True, slots=True)
class ChainPairs:
    """The pairs, most frequent first, and every link.

    ``chains``: in how many sentences each is named; ``unnamed``: sentences with 四链融合 but no names of chains.
    """

    where: str
    documents: int
    with_chains: int
    chains: Counts
    pairs: tuple[ChainPair, ...]
    links: tuple[ChainLink, ...]
    unnamed: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A stretch of a document that names chains: its place and words in the raw text, and the words of each link."""

    doc_id: str
    stretch: Stretch
    start: int
    end: int
    quote: str
    said: tuple[str, ...]


def chain_pairs(
    sentences: Iterable[ReadSentence], about: dict[str, About], where: str, order: tuple[str, ...]
) -> ChainPairs:
    """Return the pairs of all ``sentences`` of the documents in ``about``; ``order`` are the names of chains."""
    read = list(sentences)
    links = [_row(one, link, said, about) for one in read for link, said in _once(one)]
    named = Counter(chain for one in read for chain in one.stretch.chains)
    unnamed = sum(one.stretch.unnamed for one in read)
    notes = ["一句话中同一对链、同一方向、同一动词计一次；计数是文本中的提法，不是融合程度"]
    if unnamed:
        notes.append(f"有 {unnamed} 句只说“四链融合”等而没有写出链名，各文献所指不一，没有计入")
    return ChainPairs(
        where,
        len(about),
        len({one.doc_id for one in read if one.stretch.chains}),
        tuple((name, named[name]) for name in order if named[name]),
        _pairs(links, order),
        tuple(links),
        unnamed,
        tuple(notes),
    )


def _once(one: ReadSentence) -> list[tuple[Link, str]]:
    """Return the links of a sentence, each pair, direction and verb once: the first, lacking if one of them lacks."""
    found: dict[tuple[str, str, str, bool], list[tuple[Link, str]]] = {}
    for link, said in sorted(zip(one.stretch.links, one.said, strict=True), key=lambda row: (row[0].start, row[0].end)):
        found.setdefault((link.a, link.b, link.verb, link.directed), []).append((link, said))
    return [(replace(rows[0][0], lack=any(link.lack for link, _ in rows)), rows[0][1]) for rows in found.values()]


def _row(one: ReadSentence, link: Link, said: str, about: dict[str, About]) -> ChainLink:
    """Return one link with what is known of its document."""
    doc = about[one.doc_id]
    return ChainLink(
        one.doc_id,
        doc.name,
        doc.year or MISSING,
        doc.level or MISSING,
        doc.region or MISSING,
        link.a,
        link.b,
        link.verb,
        link.directed,
        link.lack,
        link.rule,
        said,
        one.quote,
        one.start,
        one.end,
    )


def _pairs(links: list[ChainLink], order: tuple[str, ...]) -> tuple[ChainPair, ...]:
    """Return the pairs, most frequent first."""
    own: dict[tuple[str, str, bool], list[ChainLink]] = {}
    for link in links:
        own.setdefault((link.a, link.b, link.directed), []).append(link)

    def count(rows: list[ChainLink], key: Callable[[ChainLink], str]) -> dict[str, int]:
        places = {(key(row), row.doc_id, row.start) for row in rows}
        return Counter(name for name, *_ in places)

    found = []
    for (a, b, directed), rows in own.items():
        places = {(row.doc_id, row.start) for row in rows}
        lacking = {(row.doc_id, row.start) for row in rows if row.lack}
        verbs = sorted(count(rows, lambda row: row.verb).items(), key=lambda one: (-one[1], one[0]))
        years = sorted(count(rows, lambda row: row.year).items())
        levels = sorted(count(rows, lambda row: row.level).items(), key=lambda one: (-one[1], one[0]))
        documents = len({row.doc_id for row in rows})
        sizes = (len(places), documents, len(lacking))
        found.append(ChainPair(a, b, directed, *sizes, tuple(verbs), tuple(years), tuple(levels)))
    found.sort(key=lambda pair: (-pair.sentences, not pair.directed, order.index(pair.a), order.index(pair.b)))
    return tuple(found)
