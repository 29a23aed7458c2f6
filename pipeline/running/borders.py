"""Where the sentences and clauses of a finished run begin and end, as offsets into the raw text.

The tables don't hold them, and their offsets couldn't be made from the tables: what the cleaners changed is only in the
store. From it come, for the documents asked for and nothing else, the clean text with its edits and the outline; the
cuts are made by the same functions the run used, and are led back to the raw text by the same map as the codings of
the table. So a clause here is exactly what the machine's codings stand on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Literal

from pipeline.coding.units import cut_units
from pipeline.core.layers import CleanText, Section, Sentence
from pipeline.running.records import Records
from pipeline.segment.sentences import borders, spans

Spans = tuple[tuple[int, int], ...]
Cut = Literal["sentence", "clause"]
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
    """Return the sentences or clauses of one text in raw offsets."""
    found = list(spans(text.text, borders(outline)))
    if cut == "clause":
        sentences = tuple(Sentence(start, end, ()) for start, end in found)
        found = [(unit.start, unit.end) for unit in cut_units(text.text, outline, sentences)]
    to_source = text.offsets().to_source
    result: list[tuple[int, int]] = []
    reach = 0
    for start, end in (to_source(*span) for span in found):
        # an edit at a border belongs to the unit in front of it
        start = max(start, reach)
        if end > start:
            result.append((start, end))
            reach = end
    return tuple(result)
