"""A spaCy component: ``nlp.add_pipe("cewen_measures")`` fills ``doc.spans["measures"]``. Needs ``cewen[spacy]``.

Each span covers the whole tokens its figure touches, its label is the kind. ``span._.measure`` is the record, its slots
are extension attributes too: ``span._.value_max``, ``span._.role``, ``span._.beneficiary`` …; ``span._.evidence`` is
the sentence as a span, ``doc._.measures`` all records in order. Documents can be written and read back (``to_bytes``,
``DocBin`` with ``store_user_data``, pickle, worker processes) and joined (``Doc.from_docs``). To read one where no
pipeline has been made, import this module first: it registers the attributes.

spaCy finds this module by its entry point; nothing else of the package imports it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from functools import partial
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.api import extract_measures
from pipeline.core.layers import Measure

SPANS = "measures"
_PLACES = ("start", "end", "evidence_start", "evidence_end")
_VALUES = ("value_min", "value_max")
# slots of a record that are attributes of its span by the same name
SLOTS = tuple(field.name for field in fields(Measure) if field.name not in (*_PLACES, "kind"))
# Where records are kept, as plain data that spaCy can write: a list, for two figures may touch the same tokens.
# Places are counted from the span's start, so that they hold wherever the span is moved to.
_STORE = "cewen_records"


@Language.factory("cewen_measures")
def create(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Return the component; spaCy calls this with its pipeline and the component's ``name``."""
    return _measures


def _measures(doc: Doc) -> Doc:
    """Put a span for each measure into ``doc.spans["measures"]``."""
    spans = []
    stored: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for number, measure in enumerate(extract_measures(doc.text)):
        identity = f"measure:{number}"
        span = doc.char_span(measure.start, measure.end, label=measure.kind, alignment_mode="expand", span_id=identity)
        if span is not None:
            place = (span.start_char, span.end_char)
            stored.setdefault(place, []).append({**_plain(measure, span.start_char), "id": identity})
            span._.set(_STORE, stored[place])
            spans.append(span)
    doc.spans[SPANS] = spans
    return doc


def _plain(measure: Measure, origin: int) -> dict[str, Any]:
    """Return a record as data that MessagePack knows, its places counted from ``origin``."""
    found: dict[str, Any] = {field.name: getattr(measure, field.name) for field in fields(Measure)}
    found |= {name: found[name] - origin for name in _PLACES}
    found |= {name: None if found[name] is None else str(found[name]) for name in _VALUES}
    return {**found, "per": list(measure.per)}


def _measure(span: Span) -> Measure | None:
    """Return the record of a span, its offsets into the document's text; ``None`` for a span that is no measure."""
    records: list[dict[str, Any]] = span._.get(_STORE) or []
    if not records:
        return None
    given = dict(next((one for one in records if one["id"] == span.id_), records[0]))
    del given["id"]
    given |= {name: given[name] + span.start_char for name in _PLACES}
    given |= {name: None if given[name] is None else Decimal(given[name]) for name in _VALUES}
    return Measure(**{**given, "per": tuple(given["per"])})


def _slot(span: Span, *, name: str) -> Any:
    """Return one slot of a span's record; ``None`` for a span that is no measure."""
    measure = _measure(span)
    return None if measure is None else getattr(measure, name)


def _evidence(span: Span) -> Span | None:
    """Return the sentence of a span's record, the whole tokens it touches; ``None`` for a span that is no measure."""
    measure = _measure(span)
    if measure is None:
        return None
    found: Span | None = span.doc.char_span(measure.evidence_start, measure.evidence_end, alignment_mode="expand")
    return found


def _records(doc: Doc) -> list[Measure]:
    """Return the records of a document in order."""
    found = (_measure(span) for span in doc.spans.get(SPANS, ()))
    return [measure for measure in found if measure is not None]


def _register() -> None:
    """Make the extension attributes known; one of the same name that another package has made stays as it is."""
    getters: dict[str, Callable[[Span], Any]] = {
        "measure": _measure,
        "evidence": _evidence,
        **{name: partial(_slot, name=name) for name in SLOTS},
    }
    if not Span.has_extension(_STORE):
        Span.set_extension(_STORE, default=None)
    for name, getter in getters.items():
        if not Span.has_extension(name):
            Span.set_extension(name, getter=getter)
    if not Doc.has_extension(SPANS):
        Doc.set_extension(SPANS, getter=_records)


_register()
