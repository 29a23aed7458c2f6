"""How values of the tables are shown on pages: Chinese words for codes, numbers as people write them, addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from markupsafe import Markup

from pipeline.explore.marking import TURNS, escaped
from pipeline.table.cells import plain_number, printable
from pipeline.table.schema import BOUNDS, KINDS, RELATIONS, ROLES, SEVERITIES, STATUSES
from pipeline.table.words import per_words, unwrap

# A text longer than this is shown in parts.
PART = 50_000
# so much of a sentence is shown beside its quote in a table
_BEFORE, _AFTER = 40, 60
_HARD_SPACE = "\u00a0"
WORDS: Mapping[str, Mapping[str, str]] = {
    "kind": KINDS,
    "role": ROLES,
    "bound": BOUNDS,
    "status": STATUSES,
    "severity": SEVERITIES,
    "relation": RELATIONS,
}


def word(value: Any, column: str) -> Any:
    """Return the Chinese word of a code of a closed list; anything else as it is."""
    return WORDS.get(column, {}).get(value, value)


def cell(value: Any, column: str) -> str:
    """Return any value of a table as a cell shows it."""
    if isinstance(value, Decimal | float):
        return figure(value)
    return "" if value is None else str(per_words(value) if column == "per" else word(value, column))


def figure(value: Decimal | float | int | None) -> str:
    """Return a number with commas: 「500,000」, 「0.3333」; empty for None."""
    if value is None:
        return ""
    plain = plain_number(value) if isinstance(value, Decimal) else value
    return f"{plain:,}" if isinstance(plain, int) else f"{plain:,.4f}".rstrip("0").rstrip(".")


def amount(row: Mapping[str, Any]) -> str:
    """Return a measure's value: 「500,000 元」, 「1–2 万」, 「≤ 30 %」, 「≥ 5 家」; empty without a figure."""
    low, high, unit = row["value_min"], row["value_max"], row["unit"] or ""
    if low is None and high is None:
        return ""
    if low is None:
        text = f"≤ {figure(high)}"
    elif high is None:
        text = f"≥ {figure(low)}"
    else:
        text = figure(low) if low == high else f"{figure(low)}–{figure(high)}"
    about = "约 " if row["bound"] == "approx" else ""
    return f"{about}{text} {unit}".strip().replace(" ", _HARD_SPACE)


def address(path: str, asked: Iterable[tuple[str, Any]] = ()) -> str:
    """Return a path with its questions, everything quoted; questions without a value are left out."""
    kept = [(name, str(value)) for name, value in asked if value not in (None, "")]
    return quote(path) + (f"?{urlencode(kept)}" if kept else "")


def document_link(doc_id: str, anchor: str = "", start: int | None = None) -> str:
    """Return the address of a document, or of a place in it: ``anchor`` is an element's id, ``start`` its offset.

    Offsets are code points into the raw text; beyond the first part of a long text they say which part to show.
    """
    at = start if (start or 0) >= PART else None
    return address(f"/doc/{doc_id}", [("at", at)]) + (f"#{quote(anchor)}" if anchor else "")


def measure_link(row: Mapping[str, Any]) -> str:
    """Return the address of a measure's evidence in its document."""
    return document_link(row["doc_id"], f"m-{row['measure_id']}", row["start"])


def passage_link(one: Any) -> str:
    """Return the address of a passage of a matrix (a ``Passage``): a measure's or coding's mark, else its document."""
    if not one.ref or one.ref == one.doc_id:
        return document_link(one.doc_id, start=one.start)
    return document_link(one.doc_id, f"{'m' if one.context else 'c'}-{one.ref}", one.start)


def page_link(row: Mapping[str, Any]) -> str:
    """Return the address of a measure's box on the picture of its page."""
    return address(f"/doc/{row['doc_id']}/page/{row['page']}") + f"#{quote('b-' + row['measure_id'])}"


def around(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return a measure's evidence on one line as what stands before its quote, the quote, and what follows, cut."""
    at, end = row["start"] - row["evidence_start"], row["end"] - row["evidence_start"]
    before, after = unwrap(row["evidence"][:at]), unwrap(row["evidence"][end:])
    before = "…" + before[-_BEFORE:] if len(before) > _BEFORE + 1 else before
    after = after[:_AFTER] + "…" if len(after) > _AFTER + 1 else after
    return before, unwrap(row["quote"]), after


def code_names(codes: str | None) -> str:
    """Return the column ``codes`` of ``knowledge`` without the codebooks: 「a:引；b:政策」 → 「引、政策」."""
    return "、".join(dict.fromkeys(part.partition(":")[2] or part for part in (codes or "").split("；") if part))


def inert(text: str) -> str:
    """Return ``text`` without control characters and without those that turn the reading direction of what follows."""
    return TURNS.sub("", printable(text))


def exact(text: str) -> Markup:
    """Return ``text`` for the value of a form's field, character by character: it is sent back, not drawn as text."""
    return Markup(escaped(text))


def line(value: str | None) -> str:
    """Return a text on one line; empty for None."""
    return unwrap(value) if value else ""


FILTERS: dict[str, Callable[..., Any]] = {
    "word": word,
    "cell": cell,
    "figure": figure,
    "amount": amount,
    "per": per_words,
    "line": line,
    "around": around,
    "exact": exact,
    "code_names": code_names,
    "address": address,
    "document_link": document_link,
    "measure_link": measure_link,
    "page_link": page_link,
    "passage_link": passage_link,
}
