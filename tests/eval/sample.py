"""The measures of corpora/sample, one line each, and what was gained, lost and changed since the last release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pipeline

SAMPLE = Path(__file__).resolve().parents[2] / "corpora" / "sample"
SNAPSHOT = Path(__file__).parent / "sample_measures.tsv"
FIELDS = ("source_name", "start", "end", "kind", "value_min", "value_max", "unit", "bound", "role")
SHOWN = 20
_START, _END = FIELDS.index("start"), FIELDS.index("end")

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """What only the new rows have, what only the old ones had, and (old, new) of those at the same place."""

    gained: tuple[Row, ...]
    lost: tuple[Row, ...]
    changed: tuple[tuple[Row, Row], ...]


def measure_sample(work: Path) -> tuple[list[Row], dict[str, str]]:
    """Return the rows of a run over the sample corpus, sorted, and the source texts by file name."""
    config = work / "config.toml"
    config.write_text("[topics]\nenabled = false\n", encoding="utf-8")
    pipeline.run(SAMPLE, work / "out", config=config, workers=2)
    opened = pipeline.open(work / "out")
    listed = ", ".join(f'"{name}"' for name in FIELDS)
    found = opened.query(f"SELECT {listed} FROM measures JOIN documents USING (doc_id)").to_pylist()
    texts = opened.query("SELECT source_name, raw_text FROM documents").to_pylist()
    rows = sorted((tuple(_cell(row[name]) for name in FIELDS) for row in found), key=_order)
    return rows, {one["source_name"]: one["raw_text"] or "" for one in texts}


def read_snapshot(path: Path = SNAPSHOT) -> list[Row]:
    """Return the rows of the last release; none when there is no snapshot."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines[1:]]


def write_snapshot(rows: Iterable[Row], path: Path = SNAPSHOT) -> None:
    """Write ``rows``, sorted, under a heading."""
    lines = ["\t".join(row) for row in [FIELDS, *sorted(rows, key=_order)]]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def diff(old: Iterable[Row], new: Iterable[Row]) -> Diff:
    """Return the difference; a row changed when one of the same file takes its place, wholly or in part."""
    before, after = Counter(old), Counter(new)
    gone = sorted((before - after).elements(), key=_order)
    come = sorted((after - before).elements(), key=_order)
    changed = []
    for row in list(gone):
        there = max((one for one in come if _overlap(row, one) > 0), key=lambda one: _overlap(row, one), default=None)
        if there is not None:
            changed.append((row, there))
            gone.remove(row)
            come.remove(there)
    return Diff(tuple(come), tuple(gone), tuple(changed))


def describe(found: Diff, texts: dict[str, str]) -> list[str]:
    """Return the counts and the first of each as lines, with the quantity as printed."""
    counts = f"gained {len(found.gained)}, lost {len(found.lost)}, changed {len(found.changed)}"
    lines = [f"sample corpus against the last release: {counts}"]
    for name, rows in (("gained", found.gained), ("lost", found.lost)):
        lines += [f"  {name:8}{_shown(row, texts)}" for row in rows[:SHOWN]]
        lines += _more(name, rows)
    for old, new in found.changed[:SHOWN]:
        parts = [f"{field} {a or '-'} -> {b or '-'}" for field, a, b in zip(FIELDS, old, new, strict=True) if a != b]
        lines.append(f"  changed {_shown(new, texts)}: {', '.join(parts)}")
    return lines + _more("changed", found.changed)


def _more(name: str, rows: Sequence[object]) -> list[str]:
    """Return a line that tells how many aren't listed."""
    return [f"  {name:8}… and {len(rows) - SHOWN} more"] if len(rows) > SHOWN else []


def _shown(row: Row, texts: dict[str, str]) -> str:
    """Return a row as people read it, with its words where the text has them."""
    quote = "".join(texts.get(row[0], "")[int(row[_START]) : int(row[_END])].split())
    values = " ".join(cell or "-" for cell in row[_END + 1 :])
    return f"{row[0]} {row[_START]}-{row[_END]}「{quote}」 {values}"


def _order(row: Row) -> tuple[str, int, int, Row]:
    """Return what rows are sorted by."""
    return row[0], int(row[_START]), int(row[_END]), row


def _overlap(row: Row, other: Row) -> int:
    """Return how many characters two rows share."""
    if row[0] != other[0]:
        return 0
    return min(int(row[_END]), int(other[_END])) - max(int(row[_START]), int(other[_START]))


def _cell(value: Any) -> str:
    """Return a value as the snapshot writes it."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else " ".join(str(value).split())
