"""Scores of found measures against gold records.

span       some found quantity overlaps the gold one (one to one)
quantity   … and kind, both values and unit are right: precision, recall, F1, the main figure
slots      accuracy of bound, role, per, time, item, beneficiary over the quantities that are right
record     every slot right: strict F1
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pipeline.scoring.confidence import Bin, Judged, Point, bins, calibration_error, curve
from pipeline.scoring.records import SLOTS, Pair, Record, pair_up, same_slot

# slots that most records leave empty: their accuracy is also given where the gold has one
SPARSE = ("per", "time", "beneficiary")
_PLACES, _CONFUSIONS = 4, 10

What = Literal["quantity", "slot", "missed", "spurious"]


@dataclass(frozen=True, slots=True)
class F1:
    """Precision, recall and F1, 0 to 1."""

    p: float
    r: float
    f1: float


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong in one text: a gold record missed, a spurious one, a wrong quantity or slot."""

    doc: str
    what: What
    gold: Record | None
    found: Record | None
    slot: str | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """All figures of one comparison; ``None`` where there is nothing to measure a share of."""

    documents: int
    gold: int
    predicted: int
    span: F1
    quantity: F1
    record: F1
    slots: dict[str, float | None]
    slots_where_gold_has_one: dict[str, float | None]
    recall_by_kind: dict[str, tuple[float | None, int]]
    role_confusions: tuple[tuple[str, str | None, int], ...]
    curve: tuple[Point, ...]
    bins: tuple[Bin, ...]
    calibration_error: float
    mistakes: tuple[Mistake, ...]


class _Tally:
    """Counts over all texts."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.n_gold = self.n_found = self.span = self.quantity = self.record = 0
        self.slots: Counter[str] = Counter()
        self.known: dict[str, list[int]] = {slot: [0, 0] for slot in SPARSE}
        self.kinds: dict[str, list[int]] = {}
        self.roles: Counter[tuple[str, str | None]] = Counter()
        self.judged: list[Judged] = []
        self.mistakes: list[Mistake] = []

    def text(self, doc: str, gold: Sequence[Record], found: Sequence[Record]) -> None:
        """Count one text."""
        self.n_gold += len(gold)
        self.n_found += len(found)
        for one in gold:
            self.kinds.setdefault(one.kind, [0, 0])[1] += 1
        pairs = pair_up(gold, found)
        right = {pair.found for pair in pairs if self._pair(doc, pair, gold, found)}
        self.judged += [Judged(one.confidence, place in right) for place, one in enumerate(found)]
        seen, taken = {pair.gold for pair in pairs}, {pair.found for pair in pairs}
        self.mistakes += [Mistake(doc, "missed", one, None) for i, one in enumerate(gold) if i not in seen]
        self.mistakes += [Mistake(doc, "spurious", None, one) for i, one in enumerate(found) if i not in taken]

    def _pair(self, doc: str, pair: Pair, gold: Sequence[Record], found: Sequence[Record]) -> bool:
        """Count one pair and tell whether the whole record is right."""
        wanted, got = gold[pair.gold], found[pair.found]
        self.span += 1
        if not pair.right:
            self.mistakes.append(Mistake(doc, "quantity", wanted, got))
            return False
        self.quantity += 1
        self.kinds[wanted.kind][0] += 1
        right = {slot: same_slot(slot, wanted, got) for slot in SLOTS}
        self.slots.update(slot for slot, ok in right.items() if ok)
        for slot, counts in self.known.items():
            if getattr(wanted, slot):
                counts[0] += right[slot]
                counts[1] += 1
        self.roles[wanted.role or "", got.role] += 1
        self.mistakes += [Mistake(doc, "slot", wanted, got, slot) for slot, ok in right.items() if not ok]
        whole = all(right.values())
        self.record += whole
        return whole


def score(gold: Mapping[str, Sequence[Record]], found: Mapping[str, Sequence[Record]]) -> Scores:
    """Return the scores of ``found`` against ``gold``, both by the text's name; other texts found don't count."""
    tally = _Tally()
    for doc, records in gold.items():
        tally.text(doc, records, found.get(doc, ()))

    def f1(hits: int) -> F1:
        return f1_of(hits, tally.n_gold, tally.n_found)

    places = {doc: place for place, doc in enumerate(gold)}
    confused = [(*pair, count) for pair, count in tally.roles.most_common() if pair[0] != pair[1]]
    return Scores(
        documents=len(gold),
        gold=tally.n_gold,
        predicted=tally.n_found,
        span=f1(tally.span),
        quantity=f1(tally.quantity),
        record=f1(tally.record),
        slots={slot: _share(tally.slots[slot], tally.quantity) for slot in SLOTS},
        slots_where_gold_has_one={slot: _share(*counts) for slot, counts in tally.known.items()},
        recall_by_kind={kind: (_share(*counts), counts[1]) for kind, counts in sorted(tally.kinds.items())},
        role_confusions=tuple(confused[:_CONFUSIONS]),
        curve=curve(tally.judged, tally.n_gold),
        bins=bins(tally.judged),
        calibration_error=calibration_error(tally.judged),
        mistakes=tuple(sorted(tally.mistakes, key=lambda one: (places[one.doc], _start(one)))),
    )


def _start(mistake: Mistake) -> int:
    """Return where a mistake is."""
    record = mistake.gold or mistake.found
    return record.start if record else 0


def f1_of(hits: int, n_gold: int, n_found: int) -> F1:
    """Return precision, recall and F1, rounded."""
    p, r = hits / n_found if n_found else 0.0, hits / n_gold if n_gold else 0.0
    return F1(round(p, _PLACES), round(r, _PLACES), round(2 * p * r / (p + r), _PLACES) if p + r else 0.0)


def as_data(scores: Scores, *, mistakes: int = 0) -> dict[str, Any]:
    """Return the scores as plain data for JSON, with the first ``mistakes`` mistakes."""
    data = {name: getattr(scores, name) for name in Scores.__slots__ if name not in ("mistakes", "curve", "bins")}
    for name in ("span", "quantity", "record"):
        data[name] = asdict(data[name])
    return {
        **data,
        "calibration_error": round(scores.calibration_error, _PLACES),
        "curve": [_rounded(asdict(point)) for point in scores.curve],
        "bins": [_rounded(asdict(one)) for one in scores.bins],
        "errors": [_plain(one) for one in scores.mistakes[:mistakes]],
    }


def _plain(mistake: Mistake) -> dict[str, Any]:
    """Return a mistake as plain data."""
    return {
        "doc": mistake.doc,
        "what": mistake.what,
        "slot": mistake.slot,
        "gold": mistake.gold and _record(mistake.gold),
        "found": mistake.found and _record(mistake.found),
    }


def _record(record: Record) -> dict[str, Any]:
    """Return a record as plain data."""
    return {**asdict(record), "per": sorted(record.per) or None}


def _rounded(values: dict[str, float]) -> dict[str, float]:
    """Return values rounded."""
    return {name: round(value, _PLACES) for name, value in values.items()}


def _share(hits: int, of: int) -> float | None:
    """Return a share, rounded; ``None`` of nothing."""
    return round(hits / of, _PLACES) if of else None
