"""The clauses of documents as bags of words, with their places: what a topic model is asked about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.core.config import Config, configs_dir
from pipeline.core.document import Document
from pipeline.core.layers import Bag, CleanText, Sentence
from pipeline.running.borders import clauses_of
from pipeline.running.records import Records
from pipeline.segment.bag import StopWords, count_words, load_stop_words
from pipeline.table.build import Places
from pipeline.table.query import connect
from pipeline.topics.model import TopicModel

LAYERS = ("raw", "text", "outline", "sentences")
# a topic's passages come from so many of its documents, at most so many from each
_DOCUMENTS, _OF_EACH = 12, 2
_OPENING = ("：", ":")  # a salutation, or what a list is led in with
_LEAST_WORDS = 2  # different top words of the topic a passage must have


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: its place in the raw text, its text there, the heading above it, its page and its words."""

    start: int
    end: int
    quote: str
    heading: str | None
    page: int | None
    bag: Bag


@dataclass(frozen=True, slots=True)
class Passage:
    """A clause that shows what a topic is about; ``weight`` is the topic's share of it."""

    topic_id: str
    doc_id: str
    source_name: str
    title: str | None
    heading: str | None
    page: int | None
    start: int
    end: int
    quote: str
    weight: float


def stop_words_of(config: Config) -> StopWords:
    """Return the stop words bags are made with."""
    return load_stop_words(config.segment.stop_words, configs_dir())


def clauses(doc_id: str, document: Document, stop_words: StopWords) -> Iterator[Clause]:
    """Yield the clauses of a document that has the layers ``LAYERS``, in order."""
    if document.text is None or document.sentences is None:
        return
    places = Places(doc_id, document)
    outline = document.outline or ()
    headings = {section.index: f"{section.number}{section.heading}".strip() for section in outline}
    coming = 0
    for unit, (start, end) in clauses_of(document.text, outline, document.sentences):
        while coming < len(document.sentences) and document.sentences[coming].end <= unit.start:
            coming += 1
        bag = _bag(document.text, document.sentences[coming:], unit.start, unit.end, stop_words)
        heading = headings.get(unit.section) if unit.section is not None else None
        yield Clause(start, end, places.raw[start:end], heading, places.page(start, end), bag)


def _bag(text: CleanText, sentences: tuple[Sentence, ...], start: int, end: int, stop_words: StopWords) -> Bag:
    """Return the words of ``[start, end)``; ``sentences`` begin with the first that reaches into it."""
    inside = []
    for sentence in sentences:
        if sentence.start >= end:
            break
        words = tuple(word for word in sentence.words if start < word <= end)
        inside.append(replace(sentence, start=max(sentence.start, start), end=min(sentence.end, end), words=words))
    return count_words(text, tuple(inside), stop_words=stop_words)


def passages(out: Path, model: TopicModel, config: Config, *, most: int, only: str | None = None) -> list[Passage]:
    """Return the passages that show best what each topic (``only`` one) is about, topic by topic, best first.

    They're the clauses with most of the topic and of its top words, from the documents with most of the topic.
    """
    from pipeline.table.assemble import topic_id

    rows = {topic_id(topic.number): row for row, topic in enumerate(model.topics)}
    top = {name: dict(model.topics[row].terms) for name, row in rows.items()}
    stop_words = stop_words_of(config)
    found: dict[str, list[tuple[float, Passage]]] = {}
    by_document = _documents(out, only)
    with Records(out) as records:
        for record in records.rows():
            wanted = by_document.get(record.doc_id, {})
            if not wanted:
                continue
            document = records.document(record, LAYERS)
            for clause in clauses(record.doc_id, document, stop_words):
                if clause.quote.rstrip().endswith(_OPENING):
                    continue
                hits = {name: _hits(clause.bag, top[name]) for name in wanted}
                if not any(hits.values()):
                    continue
                mix = model.assign(clause.bag)
                shares = dict(zip(mix.topics, mix.weights, strict=True))
                for name, hit in hits.items():
                    weight = shares.get(rows[name], 0.0)
                    if hit * weight > 0:
                        passage = Passage(
                            name, record.doc_id, record.source.name, wanted[name], clause.heading, clause.page,
                            clause.start, clause.end, clause.quote, weight,
                        )  # fmt: skip
                        found.setdefault(name, []).append((hit * weight, passage))
    return [passage for name in rows for passage in _best(found.get(name, []), most)]


def _documents(out: Path, only: str | None) -> dict[str, dict[str, str | None]]:
    """Return for each document the topics it is among the first of, with its title."""
    sql = (
        "SELECT doc_id, topic_id, title FROM doc_topics JOIN documents USING (doc_id)"
        " WHERE coalesce(topic_id = ?, true)"
        " QUALIFY row_number() OVER (PARTITION BY topic_id ORDER BY weight DESC, doc_id) <= ?"
    )
    result: dict[str, dict[str, str | None]] = {}
    with connect(out) as connection:
        for doc_id, name, title in connection.execute(sql, [only, _DOCUMENTS]).fetchall():
            result.setdefault(doc_id, {})[name] = title
    return result


def _hits(bag: Bag, terms: dict[str, float]) -> float:
    """Return how much of a topic's top words a clause has; 0 when there are too few different ones."""
    weights = [terms[word] for word in bag.words if word in terms]
    return sum(weights) if len(weights) >= _LEAST_WORDS else 0.0


def _best(found: list[tuple[float, Passage]], most: int) -> list[Passage]:
    """Return the best passages, no text twice and few of each document."""
    found.sort(key=lambda one: (-round(one[0], 9), one[1].doc_id, one[1].start))
    result: list[Passage] = []
    for _, passage in found:
        of_each = sum(one.doc_id == passage.doc_id for one in result)
        if of_each < _OF_EACH and all(one.quote.strip() != passage.quote.strip() for one in result):
            result.append(passage)
        if len(result) == most:
            break
    return result
