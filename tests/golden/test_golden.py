"""Documents of the sample corpus with their expected layers, read over by a person.

``pytest tests/golden --update-golden`` rewrites them; read the diff before you commit it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import pipeline

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "corpora" / "sample"
NUMBERS = ["01", "02", "04", "05", "06", "07", "09", "13", "22", "24", "28"]


def layers(path: Path) -> dict[str, Any]:
    """What a reader of the table would check first, with the text each span covers."""
    doc = pipeline.read(path)
    assert doc.raw is not None and doc.text is not None and doc.head is not None
    assert (
        doc.outline is not None and doc.measures is not None and doc.references is not None and doc.codings is not None
    )
    text, offsets = doc.text.text, doc.text.offsets()
    head = doc.head
    fields = ("title", "attached_title", "doc_number", "addressee", "issue_date", "effective_date", "expiry")
    return {
        "head": {
            **{name: getattr(head, name).value if getattr(head, name) else None for name in fields},
            "issuers": [issuer.value for issuer in head.issuers],
            **{name: getattr(head, name) for name in ("doc_kind", "level", "region", "region_code", "year")},
        },
        "outline": [f"{'  ' * (s.level - 1)}{s.number} {s.heading}".rstrip() for s in doc.outline],
        "references": [[r.title, r.doc_number, r.relation] for r in doc.references],
        "measures": [
            " | ".join(
                str(part)
                for part in (
                    doc.raw.text[slice(*offsets.to_source(m.start, m.end))].replace("\n", "⏎"),
                    m.kind,
                    f"{m.value_min.normalize():f}" if m.value_min is not None else None,
                    f"{m.value_max.normalize():f}" if m.value_max is not None else None,
                    m.unit,
                    m.bound,
                    m.role,
                    "/".join(m.per),
                    m.time,
                    m.item,
                    m.beneficiary,
                )
            )
            for m in doc.measures
        ],
        "codings": sorted({f"{c.codebook}/{c.code} {text[c.start : c.end][:20]}" for c in doc.codings}),
    }


@pytest.mark.parametrize("number", NUMBERS)
def test_golden(number: str, request: pytest.FixtureRequest) -> None:
    [path] = SAMPLE.glob(f"{number}_*")
    expected = Path(__file__).parent / f"{number}.json"
    found = layers(path)
    if request.config.getoption("--update-golden"):
        expected.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(expected.read_text(encoding="utf-8"))
