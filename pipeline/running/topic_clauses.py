"""The clauses of documents as bags of words, with their places: what a topic model is asked about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.books.duties import load_duties
from pipeline.core.config import Config, configs_dir
from pipeline.core.document import Document
from pipeline.core.layers import Bag
from pipeline.core.topic_words import topic_id
from pipeline.running.bags import clause_bags, clause_stop_words
from pipeline.running.records import Records
from pipeline.segment.bag import StopWords
from pipeline.table.build import Places
from pipeline.table.query import connect
from pipeline.topics.examples import examples
from pipeline.topics.model import TopicModel

LAYERS = ("raw", "text", "outline", "sentences")
_DOCUMENTS = 20  # a topic's passages come from so many documents, those with most of it
_OPENING = ("：", ":")  # a salutation, or what a list is led in with


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


def clauses(doc_id: str, document: Document, stop_words: StopWords) -> Iterator[Clause]:
    """Yield the clauses of a document that has the layers ``LAYERS``, in order."""
    if document.text is None or document.sentences is None:
        return
    places = Places(doc_id, document)
    outline = document.outline or ()
    headings = {section.index: f"{section.number}{section.heading}".strip() for section in outline}
    for unit, (start, end), bag in clause_bags(document.text, outline, document.sentences, stop_words):
        heading = headings.get(unit.section) if unit.section is not None else None
        yield Clause(start, end, places.raw[start:end], heading, places.page(start, end), bag)


def passages(out: Path, model: TopicModel, config: Config, *, most: int, only: str | None = None) -> list[Passage]:
    """Return up to ``most`` passages that show what each topic (``only`` one) is about, topic by topic, best first.

    They come from the documents with most of the topic. What only leads in a list or says who is responsible isn't one.
    """
    titles = _documents(out, only)
    known: dict[tuple[str, int], tuple[str, Clause]] = {}

    def read() -> Iterator[tuple[str, int, int, str, Bag]]:
        stop_words, duties = clause_stop_words(config), load_duties(configs_dir())
        with Records(out) as records:
            for record in records.rows():
                if record.doc_id in titles:
                    for clause in clauses(record.doc_id, records.document(record, LAYERS), stop_words):
                        known[record.doc_id, clause.start] = record.source.name, clause
                        if not clause.quote.rstrip().endswith(_OPENING) and not duties.alone(clause.quote):
                            yield record.doc_id, clause.start, clause.end, clause.quote, clause.bag

    result = []
    for topic, shown in zip(model.topics, examples(model, read(), most=most), strict=True):
        for one in shown:
            name, clause = known[one.doc_id, one.start]
            place = (clause.heading, clause.page, one.start, one.end, one.quote, one.weight)
            if only in (None, topic_id(topic.number)):
                result.append(Passage(topic_id(topic.number), one.doc_id, name, titles[one.doc_id], *place))
    return result


def _documents(out: Path, only: str | None) -> dict[str, str | None]:
    """Return the documents with most of each topic (``only`` one), with their titles."""
    sql = (
        "SELECT DISTINCT doc_id, title FROM doc_topics JOIN documents USING (doc_id) WHERE coalesce(topic_id = ?, true)"
        " QUALIFY row_number() OVER (PARTITION BY topic_id ORDER BY weight DESC, doc_id) <= ?"
    )
    with connect(out) as connection:
        return {str(doc_id): title for doc_id, title in connection.execute(sql, [only, _DOCUMENTS]).fetchall()}
