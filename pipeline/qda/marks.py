"""Rows of the tables become codings of a project; what the machine knows of each goes into its memo."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.qda import memo
from pipeline.qda.project import Mark
from pipeline.qda.project import Path as CodePath
from pipeline.qda.texts import Plain, visible
from pipeline.table.cells import plain_number
from pipeline.table.derive import columns
from pipeline.table.schema import CodingRow, MeasureRow, SuggestionRow
from pipeline.table.words import is_unbound, per_words, unwrap

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?")
# what of a measure its memo tells, by column; the keys are the columns' headings
_TOLD = (
    "value_min",
    "value_max",
    "unit",
    "bound",
    "per",
    "time",
    "item",
    "beneficiary",
    "condition",
    "agency",
    "instrument",
    "action",
)


def coding_mark(row: CodingRow | SuggestionRow, path: CodePath, plain: Plain) -> Mark | None:
    """Return a coding as a mark, a suggestion as one of a user of its own; None when nothing of its text is left."""
    machine = row.coder.startswith("machine:")
    facts: list[tuple[str, object]] = [
        (memo.SCORE, None if row.score is None else f"{row.score:.4g}"),
        (memo.RULE, row.rule),
        (memo.VERSION, row.coder.removeprefix("machine:") if machine else None),
    ]
    words = memo.pairs(facts) if machine else row.rule or ""
    coder = memo.DOUBTS if isinstance(row, SuggestionRow) else row.coder
    return _mark(row, path, coder, visible(words), plain)


def measure_mark(
    row: MeasureRow, path: CodePath, coder: str, plain: Plain, *, reviewed: str | None = None
) -> Mark | None:
    """Return a measure as a coding of its quotation, None when nothing of that is left; its values are in the memo.

    ``reviewed`` is who confirmed it or set it right, as ``overlay.Settled`` says it.
    """
    facts = [(column.col.zh, _told(row, column.name)) for column in columns(MeasureRow) if column.name in _TOLD]
    facts += [(memo.SCORE, f"{row.confidence:.4g}"), (memo.RULE, row.rule)]
    facts.append((memo.REVIEW, reviewed))
    facts.append((memo.VERSION, coder.removeprefix("machine:")))
    return _mark(row, path, coder, visible(memo.pairs(facts)), plain)


def _told(row: MeasureRow, name: str) -> str | None:
    """Return a value of a measure as people read it."""
    value: str | Decimal | None = getattr(row, name)
    if value is None or (name == "bound" and is_unbound({"bound": row.bound, "kind": row.kind})):
        return None
    if isinstance(value, Decimal):
        return str(plain_number(value))
    values = next(column.col.values for column in columns(MeasureRow) if column.name == name)
    if values:
        return values.get(value, value)
    return per_words(value) if name == "per" else unwrap(value)


def _mark(
    row: CodingRow | SuggestionRow | MeasureRow, path: CodePath, coder: str, words: str, plain: Plain
) -> Mark | None:
    """Return the mark of a row at its place in the exported text; None when nothing is left there."""
    start, end = plain.inward(row.start, row.end)
    if start >= end:
        return None
    created = getattr(row, "created", None) or ""
    moment = created if _TIME.fullmatch(created) else ""
    return Mark(start, end, path, memo.user_name(coder), plain.text[start:end], words, moment)
