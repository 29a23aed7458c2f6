"""A spaCy component: ``nlp.add_pipe("cewen_measures")`` fills ``doc.spans["measures"]``. Needs ``cewen[spacy]``.

spaCy finds this module by its entry point; nothing else of the package imports it.
"""

from __future__ import annotations

from collections.abc import Callable

from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.api import extract_measures


@Language.factory("cewen_measures")
def create(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Return the component; spaCy calls this with its pipeline and the component's ``name``."""
    if not Span.has_extension("measure"):
        Span.set_extension("measure", default=None)
    return _measures


def _measures(doc: Doc) -> Doc:
    """Put a span for each measure into ``doc.spans["measures"]``: its label is the kind, ``_.measure`` the record.

    A span covers the whole tokens its figure touches.
    """
    spans = []
    for measure in extract_measures(doc.text):
        span = doc.char_span(measure.start, measure.end, label=measure.kind, alignment_mode="expand")
        if span is not None:
            span._.measure = measure
            spans.append(span)
    doc.spans["measures"] = spans
    return doc
