"""Gives the topics of a fitted model to the clauses of its run and to other texts, without fitting anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.core.document import Document, Source
from pipeline.core.errors import PipelineError
from pipeline.core.layers import Bag
from pipeline.core.topic_words import topic_id
from pipeline.running.bags import clause_stop_words
from pipeline.running.inputs import list_inputs
from pipeline.running.reading import documents, of_text
from pipeline.running.records import Records
from pipeline.running.stages import up_to_bag
from pipeline.running.topic_clauses import LAYERS, clauses
from pipeline.running.topic_settings import config_of
from pipeline.running.topics import load_model
from pipeline.scoring.groups import choose
from pipeline.segment.bag import StopWords
from pipeline.table.query import connect
from pipeline.topics.model import TopicModel

Place = tuple[int, int, str]
"""Of a clause: its offsets in the raw text and its text."""


@dataclass(frozen=True, slots=True)
class Given:
    """A topic's share of a document, or of a clause of it; without a place it's the whole document's.

    A text with none of the model's words has one line, without a topic.
    """

    doc_id: str
    source_name: str
    source_path: str
    start: int | None
    end: int | None
    topic_id: str | None
    label: str | None
    weight: float | None
    quote: str | None


@dataclass(slots=True)
class Assigned:
    """What texts were given, and which files couldn't be read (path and reason)."""

    given: list[Given] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    documents: int = 0


def assign(out: Path, inputs: Sequence[Path], texts: Sequence[str] = (), *, by_clause: bool = False) -> Assigned:
    """Return the topics of files, folders and plain ``texts`` by the model of the run in ``out``.

    Words are cut as in that run. ``by_clause`` adds those of every clause. Raises PipelineError when there is no model
    or an input isn't there.
    """
    config = config_of(out)
    model = load_model(out)
    listing = list_inputs(inputs)
    stages = up_to_bag(config)
    stop_words = clause_stop_words(config)
    result = Assigned()

    def take(found: Iterable[Document]) -> None:
        for document in found:
            result.documents += 1
            result.given += _rows(model, document.source, [(document.bag or Bag((), ()), None)])
            if by_clause:
                result.given += _clause_rows(model, document, document.source, stop_words)

    for number, text in enumerate(texts, 1):
        take([of_text(text, f"文字{number}", stages)])
    for file in listing.files:
        try:
            take(documents(file, stages))
        except PipelineError as error:
            result.failed.append((file.path, "；".join(error.mistakes)))
    result.failed += [("", one.message) for one in listing.issues if one.severity == "error"]
    return result


def assign_own(out: Path, where: Sequence[str] = ()) -> Assigned:
    """Return the topics of every clause of the documents of the run in ``out`` that fulfil ``where``, in order.

    Conditions as of ``groups.choose``. Raises PipelineError when there is no model, or for a condition that's wrong.
    """
    model = load_model(out)
    stop_words = clause_stop_words(config_of(out))
    with connect(out) as connection:
        wanted = frozenset(choose(connection, where).doc_ids)
    result = Assigned(documents=len(wanted))
    with Records(out) as records:
        for record in records.rows():
            if record.doc_id in wanted:
                document = records.document(record, LAYERS)
                result.given += _clause_rows(model, document, record.source, stop_words)
    return result


def _clause_rows(model: TopicModel, document: Document, source: Source, stop_words: StopWords) -> Iterator[Given]:
    """Yield the lines of all clauses of a document."""
    found = clauses(source.doc_id, document, stop_words)
    return _rows(model, source, [(one.bag, (one.start, one.end, one.quote)) for one in found])


def _rows(model: TopicModel, source: Source, units: Sequence[tuple[Bag, Place | None]]) -> Iterator[Given]:
    """Yield a line for each topic of each unit, a document without a place or its clauses, largest first."""
    mixes = model.assign_many(bag for bag, _ in units)
    for (_, place), mix in zip(units, mixes, strict=True):
        start, end, quote = place or (None, None, None)
        for row, weight in zip(mix.topics, mix.weights, strict=True):
            topic = model.topics[row]
            name = topic_id(topic.number)
            yield Given(source.doc_id, source.name, source.path, start, end, name, topic.label, round(weight, 6), quote)
        if not mix.topics:
            yield Given(source.doc_id, source.name, source.path, start, end, None, None, None, quote)
