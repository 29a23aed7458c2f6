"""cewen itself, through its Python interface."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from protocol import Record, serve

import pipeline


def extract(text: str) -> Iterator[Record]:
    """Yield the quantities of a text with all their slots."""
    for one in pipeline.extract_measures(text):
        if one.value_min is None and one.value_max is None:
            continue
        yield {
            "start": one.start,
            "end": one.end,
            "kind": one.kind,
            "value_min": None if one.value_min is None else float(one.value_min),
            "value_max": None if one.value_max is None else float(one.value_max),
            "unit": one.unit,
            "bound": one.bound,
            "role": one.role,
            "per": list(one.per),
            "time": one.time,
            "item": one.item,
            "beneficiary": one.beneficiary,
            "confidence": one.confidence,
        }


if __name__ == "__main__":
    serve(version("cewen"), extract)
