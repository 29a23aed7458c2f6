"""Where the sentences and clauses of a finished run begin and end, and what of a shared raw text is a document's own.

All are offsets into the raw text.

The tables don't hold them, and their offsets couldn't be made from the tables: what the cleaners changed is only in the
store. From it come, for the documents asked for and nothing else, the clean text with its edits and the outline; the
cuts are made by the same functions the run used, and are led back to the raw text by the same map as the codings of
the table. So a clause here is exactly what the machine's codings stand on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Literal

from pipeline.coding.units import Unit, cut_units
from pipeline.core.layers import OTHER_PART, CleanText, Section, Sentence
from pipeline.running.records import Records
from pipeline.segment.sentences import borders, spans

Spans = tuple[tuple[int, int], ...]
Cut = Literal["sentence", "clause", "own"]
TO_THE_END = 1 << 62
_LAYERS = ("text", "outline")


def raw_units(out: Path, wanted: Collection[str], cut: Cut) -> Iterator[tuple[str, Spans]]:
    """Yield id and units of each wanted document of the run in ``out``, in order; units in order, without overlap.

    Documents without text are left out. Raises PipelineError when ``out`` has no store.
    """
    with Records(out) as records:
        for record in records.rows():
            if record.doc_id in wanted:
                document = records.document(record, _LAYERS)
                if document.text is not None:
                    yield record.doc_id, units_of(document.text, document.outline or (), cut)


def units_of(text: CleanText, outline: tuple[Section, ...], cut: Cut) -> Spans:
    """Return the sentences or clauses of one text in raw offsets.

    ``own``: the stretches that aren't another document's of the same file, the last up to ``TO_THE_END``.
    """
    if cut == "own":
        others = sorted((edit.start, edit.end) for edit in text.edits if edit.reason == OTHER_PART)
        places = [0, *(place for span in others for place in span), TO_THE_END]
        return tuple((start, end) for start, end in zip(places[::2], places[1::2], strict=True) if end > start)
    sentences = sentences_of(text, outline)
    if cut == "clause":
        return tuple(place for _, place in clauses_of(text, outline, sentences))
    return tuple(place for _, place in _in_raw(text, [(one.start, one.end) for one in sentences]))


def sentences_of(text: CleanText, outline: tuple[Section, ...]) -> tuple[Sentence, ...]:
    """Return the sentences of one text, without their words."""
    return tuple(Sentence(start, end, ()) for start, end in spans(text.text, borders(outline)))


def clauses_of(
    text: CleanText, outline: tuple[Section, ...], sentences: tuple[Sentence, ...]
) -> Iterator[tuple[Unit, tuple[int, int]]]:
    """Yield the clauses of one text, each with its place in the raw text; those without one are left out."""
    units = cut_units(text.text, outline, sentences)
    for number, place in _in_raw(text, [(unit.start, unit.end) for unit in units]):
        yield units[number], place


def _in_raw(text: CleanText, found: Sequence[tuple[int, int]]) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield number and raw span of each span that has one."""
    to_source = text.offsets().to_source
    reach = 0
    for number, span in enumerate(found):
        start, end = to_source(*span)
        # an edit at a border belongs to the unit in front of it
        start = max(start, reach)
        if end > start:
            yield number, (start, end)
            reach = end
