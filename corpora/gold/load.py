"""The open gold in plain Python: texts, records, laws, agreement, scores. Needs the standard library alone.

    python corpora/gold/load.py                       counts, agreement and whether every law holds
    python corpora/gold/load.py score FOUND.jsonl     scores your records of the test half (--split train | all)

FOUND.jsonl holds one record a line with the gold's own keys (GUIDE.md); ``doc`` names the passage. Offsets are code
points into the text exactly as it stands in the file, from 0, half-open.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SPLITS = ("train", "test")
ANNOTATORS = ("first", "second")
FIELDS = (
    *("doc", "start", "end", "surface", "kind", "value_min", "value_max", "unit"),
    *("bound", "role", "per", "time", "item", "beneficiary"),
)
SLOTS = ("bound", "role", "per", "time", "item", "beneficiary")
SPARSE = ("per", "time", "beneficiary")
VALUES = {
    "kind": ("money", "count", "percent", "ratio", "duration", "age", "area", "multiple", "other"),
    "bound": ("exact", "max", "min", "approx", "range"),
    "role": ("benefit", "budget", "target", "fact", "condition", "other"),
}
LONGEST = 30  # of item and beneficiary, in characters
_UNITLESS = ("ratio", "multiple")
_MAY_LACK_UNIT = (*_UNITLESS, "count", "other")
_DAY = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
_TIME = re.compile(f"{_DAY}(/{_DAY})?")
_SAME_UNIT = {
    **{"人民币": "元", "RMB": "元", "％": "%", "周岁": "岁", "㎡": "平方米", "平方": "平方米", "平米": "平方米"},
    **{"个月": "月", "个工作日": "工作日", "日": "天", "周年": "年", "个百分点": "百分点", "个小时": "小时"},
    **{"公里/小时": "公里"},
}
_SAME_BASIS = {"一次性": "once", "个月": "月"}

Record = dict[str, Any]


@dataclass(frozen=True)
class Passage:
    """A text with its adjudicated records in order.

    ``split`` is train or test, ``writer`` A or B, ``kind`` the kind of document and ``subject`` what it is about, both
    in Chinese.
    """

    name: str
    split: str
    writer: str
    kind: str
    subject: str
    text: str
    records: tuple[Record, ...]


def passages(split: str | None = None, root: Path = HERE) -> list[Passage]:
    """Return the passages of one split, or of both, in the order of their names."""
    with (root / "passages.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if split in (None, row["split"])]
    return [_passage(root / row["split"] / f"{row['name']}.txt", row) for row in rows]


def _passage(path: Path, row: Mapping[str, str]) -> Passage:
    """Return the passage in ``path``, whose place in the list is ``row``."""
    text, records = path.read_bytes().decode("utf-8"), read_records(path.with_suffix(".jsonl"))
    return Passage(**row, text=text, records=tuple(records))


def read_records(path: Path) -> list[Record]:
    """Return the records of a .jsonl file."""
    return [json.loads(line) for line in path.read_bytes().decode("utf-8").split("\n") if line.strip()]


def annotated(annotator: str, root: Path = HERE) -> dict[str, list[Record]]:
    """Return an annotator's own records (``first`` or ``second``) by the passages' names."""
    return {path.stem: read_records(path) for path in sorted((root / "annotators" / annotator).glob("*.jsonl"))}


def digest(root: Path = HERE) -> str:
    """Return the first 12 digits of the SHA-256 of all texts and gold records: what was scored on, to be cited."""
    total = hashlib.sha256()
    for path in sorted((*root.glob("t*/*.txt"), *root.glob("t*/*.jsonl"))):
        total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:12]


# Laws


def validate(root: Path = HERE) -> list[str]:
    """Return every mistake in the gold and in both annotators' records, with file and line; nothing when all holds."""
    found = passages(root=root)
    mistakes = _files(found, root)
    for one in found:
        if re.search("[\r\ufeff]|[^\\u0000-\\uffff]", one.text) or not one.text.endswith("\n"):
            mistakes.append(
                f"{one.name}.txt: a carriage return, byte order mark or character beyond U+FFFF, no line end"
            )
        mistakes += _list_mistakes(one.records, one.name, one.text, f"{one.split}/{one.name}.jsonl")
    for annotator in ANNOTATORS:
        theirs = annotated(annotator, root)
        if list(theirs) != [one.name for one in found]:
            mistakes.append(f"annotators/{annotator}: not the passages of passages.csv")
        for one in found:
            place = f"annotators/{annotator}/{one.name}.jsonl"
            mistakes += _list_mistakes(theirs.get(one.name, ()), one.name, one.text, place)
    return mistakes


def _files(found: Sequence[Passage], root: Path) -> list[str]:
    """Return what is wrong with the list of passages."""
    names = [one.name for one in found]
    mistakes = [] if names == sorted(set(names)) else ["passages.csv: a name stands twice or out of order"]
    for ending in ("txt", "jsonl"):
        there = sorted(f"{path.parent.name}/{path.stem}" for path in root.glob(f"t*/*.{ending}"))
        if there != sorted(f"{one.split}/{one.name}" for one in found):
            mistakes.append(f"passages.csv: doesn't list the .{ending} files of the splits")
    return mistakes


def _list_mistakes(records: Iterable[Record], name: str, text: str, place: str) -> list[str]:
    """Return the mistakes of one list of records: each by itself, and order and overlap."""
    mistakes, last = [], 0
    for number, record in enumerate(records, 1):
        mistakes += [f"{place}:{number}: {wrong}" for wrong in record_mistakes(record, name, text)]
        start = record.get("start", 0)
        if start < last:
            mistakes.append(f"{place}:{number}: overlaps the record before, or stands before it")
        last = record.get("end", 0)
    return mistakes


def record_mistakes(record: Record, name: str, text: str) -> list[str]:
    """Return which laws a record of the passage ``name`` breaks."""
    if tuple(record) != FIELDS:
        return [f"its keys aren't {', '.join(FIELDS)}"]
    wrong = [f"{key} {record[key]!r} isn't one of {', '.join(VALUES[key])}" for key in VALUES if _unknown(record, key)]
    start, end = record["start"], record["end"]
    if record["doc"] != name:
        wrong.append(f"doc is {record['doc']}, not {name}")
    if not 0 <= start < end <= len(text) or text[start:end] != record["surface"]:
        wrong.append(f"{start}–{end} isn't {record['surface']!r} in the text")
    return wrong + _value_mistakes(record) + _slot_mistakes(record, text)


def _unknown(record: Record, key: str) -> bool:
    """Tell whether a closed field holds something else."""
    return record[key] not in VALUES[key]


def _value_mistakes(record: Record) -> list[str]:
    """Return what is wrong with values and unit."""
    low, high, kind, unit = record["value_min"], record["value_max"], record["kind"], record["unit"]
    wrong = []
    if not all(type(value) in (int, float) and math.isfinite(value) and value >= 0 for value in (low, high)):
        wrong.append("value_min or value_max isn't a number")
    elif low > high or (low < high) != (record["bound"] == "range"):
        wrong.append("bound is range where value_min is below value_max, and only there")
    if (unit is not None and not unit) or (kind in _UNITLESS and unit) or (kind not in _MAY_LACK_UNIT and not unit):
        wrong.append(f"unit {unit!r} doesn't go with {kind}")
    return wrong


def _slot_mistakes(record: Record, text: str) -> list[str]:
    """Return what is wrong with per, time, item and beneficiary."""
    per, time = record["per"], record["time"]
    wrong = []
    if per is not None and (not isinstance(per, list) or not per or not all(per) or len(set(per)) < len(per)):
        wrong.append("per isn't null or a list of different words")
    if time is not None and (not _TIME.fullmatch(time) or time.split("/") != sorted(time.split("/"))):
        wrong.append(f"time {time!r} isn't a date or two, the earlier first")
    for key in ("item", "beneficiary"):
        words = record[key]
        if words is not None and (words not in text or not 0 < len(words) <= LONGEST or "\n" in words):
            wrong.append(f"{key} {words!r} isn't a piece of a line of at most {LONGEST} characters")
    if record["beneficiary"] and record["role"] != "benefit":
        wrong.append(f"a beneficiary with role {record['role']}")
    return wrong


# Scores: the definitions of pipeline/scoring, to the digit


def score(gold: Mapping[str, Sequence[Record]], found: Mapping[str, Sequence[Record]]) -> dict[str, Any]:
    """Return the scores of ``found`` against ``gold``, both by the passages' names.

    span: some found quantity overlaps the gold one (one to one). quantity: … and kind, both values and unit are right:
    the main figure. slots: the share right of bound, role, per, time, item, beneficiary over the quantities that are
    right. record: every slot right. Each of span, quantity and record has p, r, f1.
    """
    hits: Counter[str] = Counter()
    slots: Counter[str] = Counter()
    known = {slot: [0, 0] for slot in SPARSE}
    kinds: dict[str, list[int]] = {}
    roles: Counter[tuple[str, str | None]] = Counter()
    for doc, wanted in gold.items():
        for one in wanted:
            kinds.setdefault(one["kind"], [0, 0])[1] += 1
        for one, other, right in pair_up(wanted, found.get(doc, ())):
            hits["span"] += 1
            if not right:
                continue
            same = {slot: same_slot(slot, one, other) for slot in SLOTS}
            hits.update(quantity=1, record=int(all(same.values())))
            slots.update(slot for slot, ok in same.items() if ok)
            kinds[one["kind"]][0] += 1
            roles[one["role"], other.get("role")] += 1
            for slot in SPARSE:
                if one[slot]:
                    known[slot][0] += same[slot]
                    known[slot][1] += 1
    n_gold, n_found = sum(map(len, gold.values())), sum(len(found.get(doc, ())) for doc in gold)
    return {
        **{"documents": len(gold), "gold": n_gold, "predicted": n_found},
        **{name: f1_of(hits[name], n_gold, n_found) for name in ("span", "quantity", "record")},
        "slots": {slot: _share(slots[slot], hits["quantity"]) for slot in SLOTS},
        "slots_where_gold_has_one": {slot: _share(*counts) for slot, counts in known.items()},
        "recall_by_kind": {kind: (_share(*counts), counts[1]) for kind, counts in sorted(kinds.items())},
        "role_confusions": tuple((*pair, count) for pair, count in roles.most_common() if pair[0] != pair[1])[:10],
    }


def f1_of(hits: int, n_gold: int, n_found: int) -> dict[str, float]:
    """Return precision, recall and F1, rounded to four places."""
    p, r = hits / n_found if n_found else 0.0, hits / n_gold if n_gold else 0.0
    return {"p": round(p, 4), "r": round(r, 4), "f1": round(2 * p * r / (p + r), 4) if p + r else 0.0}


def _share(hits: int, of: int) -> float | None:
    """Return a share, rounded; ``None`` of nothing."""
    return round(hits / of, 4) if of else None


def pair_up(gold: Sequence[Record], found: Sequence[Record]) -> list[tuple[Record, Record, bool]]:
    """Return one-to-one pairs of overlapping records and whether kind, values and unit agree.

    Right pairs come first, then the larger overlap, then text order.
    """
    options = []
    for i, one in enumerate(gold):
        for j, other in enumerate(found):
            overlap = min(one["end"], other["end"]) - max(one["start"], other["start"])
            if overlap > 0:
                options.append((same_quantity(one, other), overlap, -i, -j))
    pairs, used_gold, used_found = [], set(), set()
    for right, _, i, j in sorted(options, reverse=True):
        if i not in used_gold and j not in used_found:
            used_gold.add(i)
            used_found.add(j)
            pairs.append((gold[-i], found[-j], right))
    return pairs


def same_quantity(gold: Record, found: Record) -> bool:
    """Tell whether kind, both values and unit agree; an end a found record leaves empty is taken from its other end."""
    close = 1e-3 if gold["kind"] == "ratio" else 1e-6
    low, high = found.get("value_min"), found.get("value_max")
    low, high = (high if low is None else low), (low if high is None else high)
    if gold["kind"] != found.get("kind") or low is None or high is None:
        return False
    values = ((gold["value_min"], low), (gold["value_max"], high))
    same_unit = gold["kind"] in _UNITLESS or _unit(gold["unit"]) == _unit(found.get("unit"))
    return same_unit and all(math.isclose(one, float(other), rel_tol=close) for one, other in values)


def same_slot(slot: str, gold: Record, found: Record) -> bool:
    """Tell whether one slot agrees; of item and beneficiary one may contain the other or they share half their text."""
    one, other = gold.get(slot), found.get(slot)
    if slot == "per":
        return _basis(one) == _basis(other)
    if slot in ("item", "beneficiary"):
        return same_words(one, other)
    if slot == "time":
        return (one or "") == (other or "")
    return bool(one == other)


def same_words(first: str | None, second: str | None) -> bool:
    """Tell whether two pieces of text name the same, white space aside."""
    a, b = "".join((first or "").split()), "".join((second or "").split())
    if not a or not b:
        return a == b
    if a in b or b in a:
        return True
    shared = sum((Counter(a) & Counter(b)).values())
    return shared * 2 >= max(len(a), len(b))


def _unit(unit: str | None) -> str:
    """Return a unit in one spelling."""
    plain = (unit or "").strip()
    return _SAME_UNIT.get(plain, plain)


def _basis(words: str | Sequence[str] | None) -> frozenset[str]:
    """Return a basis (a list, or text such as 人/月) as a set of base words."""
    given = words.replace("·", "/").split("/") if isinstance(words, str) else words or ()
    return frozenset(_SAME_BASIS.get(word, word) for word in given if word)


def agreement(root: Path = HERE) -> dict[str, dict[str, Any]]:
    """Return the second annotator's scores against the first, for all passages and each writer's half, with κ.

    ``kappa`` is Cohen's κ of role and bound over the quantities both have.
    """
    first, second = (annotated(annotator, root) for annotator in ANNOTATORS)
    found = passages(root=root)
    halves = {"all": found, **{writer: [one for one in found if one.writer == writer] for writer in ("A", "B")}}
    result = {}
    for name, those in halves.items():
        one, other = ({passage.name: lists[passage.name] for passage in those} for lists in (first, second))
        result[name] = {**score(one, other), "kappa": {slot: _kappa(one, other, slot) for slot in ("role", "bound")}}
    return result


def _kappa(first: Mapping[str, Sequence[Record]], second: Mapping[str, Sequence[Record]], slot: str) -> float:
    """Return Cohen's κ of a closed slot over the quantities both have."""
    pairs = [(a[slot], b[slot]) for doc in first for a, b, right in pair_up(first[doc], second[doc]) if right]
    left, right = (Counter(pair[side] for pair in pairs) for side in (0, 1))
    chance = sum(left[value] * right[value] for value in left) / len(pairs) ** 2
    agreed = sum(a == b for a, b in pairs) / len(pairs)
    return float(round((agreed - chance) / (1 - chance), 4))


# Command


def main() -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("counts", "score"), default="counts")
    parser.add_argument("found", nargs="?", type=Path, help="your records, with score")
    parser.add_argument("--split", choices=(*SPLITS, "all"), default="test")
    given = parser.parse_args()
    if given.what == "counts":
        return _counts()
    if given.found is None:
        parser.error("score needs a file of records")
    gold = {one.name: one.records for one in passages(None if given.split == "all" else given.split)}
    found: dict[str, list[Record]] = {}
    for record in read_records(given.found):
        found.setdefault(record["doc"], []).append(record)
    if strange := sorted(found.keys() - gold.keys()):
        print(f"not scored, for they aren't in the split: {', '.join(strange)}", file=sys.stderr)
    print(json.dumps(score(gold, found), ensure_ascii=False, indent=1))
    return 0


def _counts() -> int:
    """Print counts and agreement; return 1 when a law is broken."""
    print(f"{'':6} passages  characters  records")
    for split in (*SPLITS, None):
        those = passages(split)
        sizes = len(those), sum(len(one.text) for one in those), sum(len(one.records) for one in those)
        print("{:6} {:>8}  {:>10}  {:>7}".format(split or "all", *sizes))
    print(f"\ndigest {digest()}\n\nagreement of the two annotators  span F1  quantity F1  record F1  kappa role  bound")
    for name, figures in agreement().items():
        f1s = (figures[key]["f1"] for key in ("span", "quantity", "record"))
        row = (name if name == "all" else f"writer {name}", *f1s, *figures["kappa"].values())
        print("{:31}  {:>7.3f}  {:>11.3f}  {:>9.3f}  {:>10.3f}  {:>5.3f}".format(*row))
        print("  slots: " + ", ".join(f"{slot} {share:.3f}" for slot, share in figures["slots"].items()))
    mistakes = validate()
    print("", *mistakes, f"{len(mistakes)} laws broken" if mistakes else "every law holds", sep="\n")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
