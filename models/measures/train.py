"""Fits the models of the measures stage on annotated passages, or judges them by cross-validation.

    python models/measures/train.py               fit on everything and write the files beside this script
    python models/measures/train.py --cross 5     scores over passages no model has seen, by folds of documents

Deterministic: the same passages give the same files.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import pycrfsuite
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).resolve().parent))
from fit import Design
from passages import Passage, Record, training

from pipeline.core.config import configs_dir, load_config
from pipeline.core.document import Document, Source
from pipeline.core.layers import Measure, RawText
from pipeline.core.stage import Stage
from pipeline.core.wording import same_words, squeezed
from pipeline.extract.finish import load_finish_rules
from pipeline.extract.measures import (
    BENEFICIARY,
    ITEM,
    MeasureRules,
    Placed,
    Reach,
    asked_of,
    fill,
    find_measures,
    placed_mentions,
    remember,
)
from pipeline.extract.models import POINTERS_FILE, ROLES_FILE, TRUST_FILE, MeasureModels, trust_features
from pipeline.extract.page import Page
from pipeline.extract.per import load_per_rules
from pipeline.extract.pointer import Pointer
from pipeline.extract.pointing import Asked, Span, candidates
from pipeline.extract.roles import load_role_rules
from pipeline.extract.slots import load_slot_rules
from pipeline.running.stages import unjudged
from pipeline.scoring.measures import score
from pipeline.scoring.records import SLOTS, basis, pair_up, same_slot
from pipeline.scoring.records import Record as Found

HERE = Path(__file__).resolve().parent
_CRF = {"c1": 0.05, "c2": 0.7, "max_iterations": 100, "feature.possible_transitions": True}
_FOLDS = 4


@dataclass(frozen=True)
class Example:
    """A passage as the measures stage meets it, each claimed mention with the gold record it matches, if any."""

    passage: Passage
    doc: Document
    page: Page
    placed: list[Placed]
    gold: list[Record | None]


def example(passage: Passage, stages: Sequence[Stage], rules: MeasureRules) -> Example:
    """Return a passage with its layers and its mentions matched to the gold."""
    doc = Document(Source("", "", "0" * 64, len(passage.text)), raw=RawText(passage.text, "text/plain"))
    for stage in stages:
        doc = stage(doc)
    assert doc.text and doc.head and doc.outline is not None and doc.sentences is not None and doc.mentions is not None
    page = Page(doc.text.text, doc.sentences, rules.slots.spans)
    placed = placed_mentions(page, doc.head, doc.outline, doc.sentences, doc.mentions, rules=rules.roles)
    offsets = doc.text.offsets()
    spans = [(offsets.from_source(r["start"], r["end"]), r) for r in passage.records]
    gold = [next((r for (a, b), r in spans if a < p.mention.end and p.mention.start < b), None) for p in placed]
    return Example(passage, doc, page, placed, gold)


def fit_roles(examples: Iterable[Example]) -> bytes:
    """Return a CRF of roles over the measures of each passage in order."""
    trainer = pycrfsuite.Trainer(verbose=False)
    for x in examples:
        known = [(p.features, r["role"]) for p, r in zip(x.placed, x.gold, strict=True) if r and "role" in r]
        for _ in range(max(1, round(x.passage.counts)) if known else 0):
            trainer.append([features for features, _ in known], [role for _, role in known])
    trainer.set_params(_CRF)
    with tempfile.TemporaryDirectory() as work:
        path = Path(work) / ROLES_FILE
        trainer.train(str(path))
        return path.read_bytes()


def design(examples: Iterable[Example], slot: str, reach: Reach) -> Design:
    """Return the questions for ``slot`` of all examples, asked with the right roles and the right earlier choices."""
    result = Design()
    for x in examples:
        before: list[Span] = []
        for placed, record in zip(x.placed, x.gold, strict=True):
            if record is None or not _asks(record, slot):
                continue
            asked = asked_of(x.page, placed, record["role"], before, reach)
            spans = list(candidates(x.page, asked))
            right = right_spans(x.page, asked, spans, record[slot])
            if right:
                result.add(x.passage.name, x.page, asked, spans, right)
                remember(x.page, before, min(right, key=lambda s: abs(s[0] - asked.list_start) if s else 0))
    return result


def _asks(record: Record, slot: str) -> bool:
    """Tell whether a record says how ``slot`` is to be filled: the challenge set's leave out what can be disputed."""
    return "role" in record and slot in record and (slot != "beneficiary" or record["role"] == "benefit")


def right_spans(page: Page, asked: Asked, spans: Sequence[Span], wanted: str | None) -> set[Span | None]:
    """Return the spans that say ``wanted``; where none does exactly, those that come nearest; nothing for none."""
    if not wanted:
        return {None}
    asked_for = squeezed(wanted)
    words = {span: squeezed(page.text[slice(*span)]) for span in spans}
    exact: set[Span | None] = {span for span, said in words.items() if said == asked_for}
    if exact:
        return exact
    near = {span: _overlap(asked_for, said) for span, said in words.items() if same_words(asked_for, said)}
    best = max(near.values(), default=0.0)
    return {span for span, overlap in near.items() if overlap == best}


def _overlap(a: str, b: str) -> float:
    """Return the share of characters two texts have in common (Dice)."""
    return 2 * sum((Counter(a) & Counter(b)).values()) / (len(a) + len(b))


def fit_trust(examples: Iterable[Example], rules: MeasureRules) -> list[tuple[dict[str, float], bool]]:
    """Return features and truth of each record found in passages the models of ``rules`` have not seen."""
    rows = []
    for x in examples:
        measures = found_in(x, rules)
        gold = [as_record(record) for record in x.passage.records]
        right = {
            pair.found
            for pair in pair_up(gold, measures)
            if pair.right and all(same_slot(s, gold[pair.gold], measures[pair.found]) for s in SLOTS)
        }
        for place, filled in enumerate(fill(x.page, x.placed, rules)):
            features = trust_features(filled.role, filled.placed.mention.kind, filled.sure)
            rows.append((features, place in right))
    return rows


def weigh_trust(rows: Sequence[tuple[dict[str, float], bool]]) -> dict[str, float]:
    """Return the weights of a record's confidence: a logistic regression of its truth."""
    names = sorted({name for features, _ in rows for name in features} - {"1"})
    matrix = [[features.get(name, 0.0) for name in names] for features, _ in rows]
    model = LogisticRegression(C=1.0, max_iter=1000).fit(matrix, [right for _, right in rows])
    weights = dict(zip(names, model.coef_[0], strict=True)) | {"1": model.intercept_[0]}
    return {name: round(float(weight), 4) for name, weight in sorted(weights.items())}


def found_in(x: Example, rules: MeasureRules) -> list[Found]:
    """Return the records the measures stage finds in a passage; offsets into the passage."""
    doc = x.doc
    assert doc.text and doc.head and doc.outline is not None and doc.sentences is not None and doc.mentions is not None
    measures = find_measures(doc.text, doc.head, doc.outline, doc.sentences, doc.mentions, rules=rules)
    offsets = doc.text.offsets()
    return [_found(m, *offsets.to_source(m.start, m.end)) for m in measures if m.kind != "none"]


def _found(m: Measure, start: int, end: int) -> Found:
    """Return a measure as the scorer wants it."""
    low = None if m.value_min is None else float(m.value_min)
    high = None if m.value_max is None else float(m.value_max)
    return Found(
        start=start,
        end=end,
        kind=m.kind,
        value_min=low,
        value_max=high,
        unit=m.unit,
        bound=m.bound,
        role=m.role,
        per=basis(m.per),
        time=m.time,
        item=m.item,
        beneficiary=m.beneficiary,
        confidence=m.confidence,
    )


def as_record(row: Record) -> Found:
    """Return an annotated record as the scorer wants it."""
    fields = {name: row[name] for name in ("start", "end", "kind", "value_min", "value_max", "unit", *SLOTS)}
    return Found(**{**fields, "per": basis(row["per"] or ())})


@dataclass(frozen=True)
class Designs:
    """The questions of the two slots that are pointed at."""

    item: Design
    beneficiary: Design


def fit(examples: Sequence[Example], designs: Designs, rules: MeasureRules) -> MeasureRules:
    """Return ``rules`` with models fitted on ``examples`` (and confidence as it was)."""
    counts = {x.passage.name: x.passage.counts for x in examples}
    item, who = Pointer(designs.item.fit(counts)), Pointer(designs.beneficiary.fit(counts))
    return replace(rules, models=MeasureModels(fit_roles(examples), item, who, rules.models.trust, ""))


def folds(examples: Sequence[Example], n: int) -> list[list[Example]]:
    """Return ``n`` folds of the examples; passages of one document stay together.

    A fold hangs on the document's name alone, so that more documents don't move those that are there.
    """
    fold_of = {x.passage.source: crc32(x.passage.source.encode()) % n for x in examples}
    return [[x for x in examples if fold_of[x.passage.source] == fold] for fold in range(n)]


def cross(
    examples: Sequence[Example], designs: Designs, rules: MeasureRules, n: int
) -> list[tuple[dict[str, float], bool]]:
    """Print scores over unseen passages, by where they come from; return what confidence is fitted on."""
    rows: list[tuple[dict[str, float], bool]] = []
    gold: dict[str, dict[str, list[Found]]] = {}
    found: dict[str, dict[str, list[Found]]] = {}
    for held in folds(examples, n):
        seen = {id(x) for x in held}
        whole = [x for x in held if x.passage.origin != "challenge"]
        fitted = fit([x for x in examples if id(x) not in seen], designs, rules)
        # a short text isn't judged as a document is: confidence is for documents
        rows += fit_trust([x for x in whole if x.passage.origin != "drills"], fitted)
        for x in whole:
            for origin in (x.passage.origin, "all"):
                gold.setdefault(origin, {})[x.passage.name] = [as_record(r) for r in x.passage.records]
                found.setdefault(origin, {})[x.passage.name] = found_in(x, fitted)
    for origin in sorted(gold):
        scores = score(gold[origin], found[origin])
        slots = " ".join(f"{name} {value:.3f}" for name, value in scores.slots.items() if value is not None)
        print(
            f"{origin}: {scores.documents} passages, {scores.gold} records; "
            f"quantity F1 {scores.quantity.f1:.3f}; {slots}; record F1 {scores.record.f1:.3f}",
            flush=True,
        )
    return rows


def main() -> None:
    """Fit or judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cross", type=int, metavar="N", help="only score, by N-fold cross-validation")
    options = parser.parse_args()
    rules = _unfitted()
    stages = [stage for stage in unjudged(load_config()) if stage.gives not in ("raw", "references", "bag")]
    examples = [example(passage, stages, rules) for passage in training()]
    print(f"{len(examples)} passages, {sum(len(x.passage.records) for x in examples)} records", flush=True)
    designs = Designs(design(examples, "item", ITEM), design(examples, "beneficiary", BENEFICIARY))
    rows = cross(examples, designs, rules, options.cross or _FOLDS)
    if options.cross:
        return
    models = fit(examples, designs, rules).models
    (HERE / ROLES_FILE).write_bytes(models.roles)
    _write(POINTERS_FILE, {"item": models.item.weights, "beneficiary": models.beneficiary.weights})
    _write(TRUST_FILE, weigh_trust(rows))


def _unfitted() -> MeasureRules:
    """Return the rules of the grammar without anything learned."""
    configs = configs_dir()
    nothing = MeasureModels(b"", Pointer({}), Pointer({}), {}, "")
    rules = load_role_rules(configs), load_per_rules(configs), load_slot_rules(configs), load_finish_rules(configs)
    return MeasureRules(*rules, nothing, "")


def _write(name: str, data: object) -> None:
    """Write ``data`` as JSON beside this script, a line for each key at the top."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    (HERE / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
