"""The bags of words of a run that topics are fitted on: a document's, or one for each of its sections or clauses."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.coding.units import Unit
from pipeline.core.config import Config, TopicUnit, configs_dir
from pipeline.core.document import Document
from pipeline.core.layers import Bag, CleanText, Section, Sentence
from pipeline.running.borders import clauses_of
from pipeline.running.records import Records
from pipeline.segment.bag import StopWords, count_words, load_stop_words

LAYERS = ("text", "sentences", "outline")
"""What is cut into sections or clauses."""


def bags_of(records: Records, config: Config) -> Iterator[tuple[str, Bag]]:
    """Yield id and bag of each unit of ``[topics] unit``; a section's or clause's id is its document's and a number.

    Duplicates and documents without text are left out.
    """
    unit = config.topics.unit
    if unit == "document":
        for doc_id, document in records.documents_with("bag"):
            if document.bag is not None:
                yield doc_id, document.bag
        return
    stop_words = clause_stop_words(config) if unit == "clause" else stop_words_of(config)
    for record in records.rows():
        if record.duplicate_of is None:
            document = records.document(record, LAYERS)
            for number, bag in enumerate(cut_bags(document, unit, stop_words)):
                yield f"{record.doc_id}:{number:06}", bag


def stop_words_of(config: Config) -> StopWords:
    """Return the stop words bags of documents and sections are made with."""
    return load_stop_words(config.segment.stop_words, configs_dir(), without=config.topics.document_words)


def clause_stop_words(config: Config) -> StopWords:
    """Return the stop words for topics of clauses: words of official style are most of what a clause has.

    Those in too many clauses fall to the limits of document frequency. A model of documents passes over the others.
    """
    without = config.topics.clause_words
    return load_stop_words(config.segment.stop_words, configs_dir(), without=without)


def cut_bags(document: Document, unit: TopicUnit, stop_words: StopWords) -> Iterator[Bag]:
    """Yield the bag of each section (from its heading to the next one) or clause; nothing without text."""
    text, outline, sentences = document.text, document.outline or (), document.sentences
    if text is None or sentences is None:
        return
    if unit == "clause":
        for _, _, bag in clause_bags(text, outline, sentences, stop_words):
            yield bag
        return
    places = {0, len(text.text), *(section.start for section in outline if unit == "section")}
    for inside in _within(sentences, itertools.pairwise(sorted(places))):
        yield count_words(text, inside, stop_words=stop_words)


def clause_bags(
    text: CleanText, outline: tuple[Section, ...], sentences: tuple[Sentence, ...], stop_words: StopWords
) -> Iterator[tuple[Unit, tuple[int, int], Bag]]:
    """Yield the clauses of one text in order, each with its place in the raw text and its bag."""
    found = list(clauses_of(text, outline, sentences))
    insides = _within(sentences, ((unit.start, unit.end) for unit, _ in found))
    for (unit, place), inside in zip(found, insides, strict=True):
        yield unit, place, count_words(text, inside, stop_words=stop_words)


def _within(sentences: tuple[Sentence, ...], spans: Iterable[tuple[int, int]]) -> Iterator[tuple[Sentence, ...]]:
    """Yield what of ``sentences`` stands in each span, cut to it; a word across a border is where it ends."""
    starts, ends = [sentence.start for sentence in sentences], [sentence.end for sentence in sentences]
    for start, end in spans:
        inside = sentences[bisect_right(ends, start) : bisect_left(starts, end)]
        yield tuple(_cut(sentence, start, end) for sentence in inside)


def _cut(sentence: Sentence, start: int, end: int) -> Sentence:
    """Return what of ``sentence`` stands in ``[start, end)``."""
    if start <= sentence.start and sentence.end <= end:
        return sentence
    words = tuple(word for word in sentence.words if start < word <= end)
    return replace(sentence, start=max(sentence.start, start), end=min(sentence.end, end), words=words)
