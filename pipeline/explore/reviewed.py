"""What people said of records, told beside the rows the pages show; the rows themselves have it applied already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.explore.queries.measures import one
from pipeline.explore.shown import word
from pipeline.explore.store import Store
from pipeline.table.corrections import COLUMNS, VERDICTS, Verdict, texts_of
from pipeline.table.overlay import Layer, Settled

if TYPE_CHECKING:
    import duckdb

EMPTY = "（空）"
# the column of what people said, beside those of the tables
REVIEW = "review"


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
    """All that was said of a run's records, as it is laid over the tables."""

    layer: Layer

    @property
    def closed(self) -> list[str]:
        """The ids of records nothing more is asked about: confirmed (corrected or not) or rejected."""
        return [name for name, record in self.layer.records.items() if record.verdict != "corrected"]

    @property
    def counts(self) -> dict[str, int]:
        """Chinese word of each verdict → of how many records it holds."""
        found = Counter(VERDICTS[record.counts_as] for record in self.layer.records.values())
        return {word: found[word] for word in VERDICTS.values()}

    @property
    def applied(self) -> str:
        """What the tables shown differ by from those of the run: 「改正 2 条，剔除 1 条」; empty without any."""
        words = (("已改正", "改正"), ("不是措施", "剔除"))
        counts = self.counts
        return "，".join(f"{shown} {counts[word]:,} 条" for word, shown in words if counts[word])

    def of(self, row: Mapping[str, Any]) -> Said | None:
        """Return what was said of a row, if anything."""
        record = self.layer.records.get(row["measure_id"])
        return _said(record, self.layer.now[row["measure_id"]]) if record else None

    def run_texts(self, row: Mapping[str, Any]) -> dict[str, str]:
        """Return the texts of a row's columns as the run has them."""
        return dict(self.layer.now.get(row["measure_id"]) or texts_of(row))

    def texts(self, row: Mapping[str, Any]) -> dict[str, str]:
        """Return the texts of a row's columns with what people set right."""
        record = self.layer.records.get(row["measure_id"])
        return self.run_texts(row) | (record.values if record else {})

    def left_out(self, doc_id: str) -> list[str]:
        """Return the ids of the records of a document that people said are none."""
        said = dict.fromkeys(line.measure_id for line in self.layer.lines if line.doc_id == doc_id)
        return [name for name in said if self._rejected(name)]

    def data(self, rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
        """Return measure_id → what was said, for the rows something was said of."""
        return {row["measure_id"]: said.text for row in rows if (said := self.of(row)) is not None}

    def _rejected(self, measure_id: str) -> bool:
        """Return whether people said a record is none."""
        record = self.layer.records.get(measure_id)
        return record is not None and record.verdict == "rejected"

    def row(self, store: Store, cursor: duckdb.DuckDBPyConnection, measure_id: str) -> dict[str, Any] | None:
        """Return a measure's row, as the run has it where people said it is none; None when there is no such one."""
        if not self._rejected(measure_id):
            return one(cursor, measure_id)
        with store.as_run() as unlaid:
            return one(unlaid, measure_id)


def reviews(store: Store, cursor: duckdb.DuckDBPyConnection) -> Reviews:
    """Return what people said of the run's records, as it is laid over the cursor."""
    return Reviews(store.layer(cursor))


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
