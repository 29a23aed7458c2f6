"""What people said of records, beside the rows the pages show: looked up row by row, never laid over big queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.core import outputs
from pipeline.explore.shown import word
from pipeline.explore.store import Store
from pipeline.table.corrections import COLUMNS, VERDICTS, Correction, Verdict, read_corrections
from pipeline.table.overlay import Settled, current, settled

if TYPE_CHECKING:
    import duckdb

EMPTY = "（空）"


@dataclass(frozen=True, slots=True)
class Change:
    """A value set right: the column's heading, what the run has and what a person made of it, as people read them."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Said:
    """What holds of one record: its verdict with the Chinese word, who said so when, and the values set right."""

    verdict: Verdict
    word: str
    person: str
    time: str
    changes: tuple[Change, ...]

    @property
    def text(self) -> str:
        """All of it on a line: 「已改正（王芳）：作用 优惠支持 → 条件」."""
        changes = "；".join(f"{one.label} {one.old} → {one.new}" for one in self.changes)
        return f"{self.word}（{self.person}）" + (f"：{changes}" if changes else "")


@dataclass(frozen=True, slots=True)
class Reviews:
    """All that was said: the lines of the file, what they come to by measure_id, and which no longer fit."""

    lines: tuple[Correction, ...] = ()
    records: Mapping[str, Settled] = field(default_factory=dict)
    stale: tuple[str, ...] = ()
    told: Mapping[str, Said] = field(default_factory=dict)

    @property
    def closed(self) -> list[str]:
        """The ids of records nothing more is asked about: confirmed (corrected or not) or rejected."""
        return [name for name, record in self.records.items() if record.verdict != "corrected"]

    def of(self, row: Mapping[str, Any]) -> Said | None:
        """Return what was said of a row, if anything."""
        return self.told.get(row["measure_id"])

    def data(self, rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
        """Return measure_id → what was said, for the rows something was said of."""
        return {row["measure_id"]: said.text for row in rows if (said := self.of(row)) is not None}


def reviews(store: Store, cursor: duckdb.DuckDBPyConnection) -> Reviews:
    """Return what people said of the run's records, read again when the file has changed.

    Raises PipelineError as ``read_corrections`` does.
    """
    path = store.out / outputs.CORRECTIONS
    if not path.is_file():
        return Reviews()
    found = path.stat()
    stamp = (found.st_ino, found.st_size, found.st_mtime_ns)
    read: Reviews = store.reviews.remember(stamp, lambda: _read(store, cursor))
    return read


def _read(store: Store, cursor: duckdb.DuckDBPyConnection) -> Reviews:
    """Return the file's lines and what they come to."""
    lines = read_corrections(store.out)
    now = current(cursor, {line.measure_id for line in lines})
    records, stale = settled(lines, now)
    told = {name: _said(record, now[name]) for name, record in records.items()}
    return Reviews(lines, records, tuple(stale), told)


def _said(record: Settled, now: Mapping[str, str]) -> Said:
    """Return what holds of a record as people read it."""
    changes = tuple(
        Change(COLUMNS[name].col.zh, _shown(name, now[name]), _shown(name, new))
        for name, new in record.values.items()
        if new != now[name]
    )
    return Said(record.counts_as, VERDICTS[record.counts_as], record.person, record.time, changes)


def _shown(name: str, text: str) -> str:
    """Return a value as people read it."""
    return str(word(text, name)) or EMPTY
