"""The bags of words of a run that topics are fitted on: a document's, or one for each of its sections or clauses."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Literal

from pipeline.coding.units import cut_units
from pipeline.core.config import Config, configs_dir
from pipeline.core.document import Document
from pipeline.core.layers import Bag
from pipeline.running.records import Records
from pipeline.segment.bag import StopWords, count_words, load_stop_words

Unit = Literal["document", "section", "clause"]
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
    stop_words = load_stop_words(config.segment.stop_words, configs_dir())
    for record in records.rows():
        if record.duplicate_of is None:
            document = records.document(record, LAYERS)
            for number, bag in enumerate(cut_bags(document, unit, stop_words)):
                yield f"{record.doc_id}:{number:06}", bag


def cut_bags(document: Document, unit: Unit, stop_words: StopWords) -> Iterator[Bag]:
    """Yield the bag of each section (from its heading to the next one) or clause; nothing without text."""
    if document.text is None or document.sentences is None:
        return
    sentences = document.sentences
    starts = [sentence.start for sentence in sentences]
    for start, end in _spans(document, unit):
        inside = sentences[bisect_left(starts, start) : bisect_left(starts, end)]
        yield count_words(document.text, inside, stop_words=stop_words)


def _spans(document: Document, unit: Unit) -> Iterable[tuple[int, int]]:
    """Return where the units are."""
    text = document.text.text if document.text else ""
    outline = document.outline or ()
    if unit == "clause":
        return [(one.start, one.end) for one in cut_units(text, outline, document.sentences or ())]
    places = sorted({0, len(text), *(section.start for section in outline)}) if unit == "section" else [0, len(text)]
    return list(itertools.pairwise(places))
