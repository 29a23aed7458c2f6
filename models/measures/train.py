"""Fits the models of the measures stage on annotated passages, or judges them by cross-validation.

    python models/measures/train.py               fit on everything and write the files beside this script
    python models/measures/train.py --cross 5     scores over passages no model has seen, by folds of documents

Deterministic: the same passages give the same files.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pycrfsuite
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).resolve().parent))
from fit import Design
from passages import Passage, Record, training

from pipeline.api import _of_text
from pipeline.core.config import configs_dir
from pipeline.core.document import Document
from pipeline.core.layers import Measure
from pipeline.extract.measures import MeasureRules, Placed, asked_of, find_measures, placed_mentions, remember
from pipeline.extract.models import POINTERS_FILE, ROLES_FILE, TRUST_FILE, MeasureModels, trust_features
from pipeline.extract.page import Page
from pipeline.extract.per import load_per_rules
from pipeline.extract.pointing import Asked, Span, candidates
from pipeline.extract.roles import load_role_rules
from pipeline.extract.slots import load_slot_rules
from pipeline.scoring.measures import pair_up, same_slot, same_words, score

HERE = Path(__file__).resolve().parent
_CRF = {"c1": 0.3, "c2": 0.1, "max_iterations": 100, "feature.possible_transitions": True}
_SEED = 1


@dataclass(frozen=True)
class Example:
    """A passage as the measures stage meets it, each claimed mention with the gold record it matches, if any."""

    passage: Passage
    doc: Document
    page: Page
    placed: list[Placed]
    gold: list[Record | None]


def example(passage: Passage, rules: MeasureRules) -> Example:
    """Return a passage with its layers and its mentions matched to the gold."""
    doc = _of_text(passage.text, ("head", "outline", "sentences", "mentions"))
    assert doc.text and doc.head and doc.outline is not None and doc.sentences is not None and doc.mentions is not None
    page = Page(doc.text.text, doc.sentences)
    placed = placed_mentions(page, doc.head, doc.outline, doc.sentences, doc.mentions, rules=rules.roles)
    offsets = doc.text.offsets()
    spans = [(offsets.from_source(r["start"], r["end"]), r) for r in passage.records]
    gold = [
        next((r for (a, b), r in spans if a < p.mention.end and p.mention.start < b), None) for p in placed
    ]
    return Example(passage, doc, page, placed, gold)


def fit_roles(examples: Iterable[Example]) -> bytes:
    """Return a CRF of roles over the measures of each passage in order."""
    trainer = pycrfsuite.Trainer(verbose=False)
    for x in examples:
        known = [(p.features, r["role"]) for p, r in zip(x.placed, x.gold, strict=True) if r]
        if known:
            trainer.append([features for features, _ in known], [role for _, role in known])
    trainer.set_params(_CRF)
    with tempfile.TemporaryDirectory() as work:
        path = Path(work) / ROLES_FILE
        trainer.train(str(path))
        return path.read_bytes()


def fit_pointer(examples: Iterable[Example], slot: str) -> dict[str, float]:
    """Return the weights that point at ``slot``, learned with the right roles and the right earlier choices."""
    design = Design()
    for x in examples:
        before: list[Span] = []
        for placed, record in zip(x.placed, x.gold, strict=True):
            if record is None or (slot == "beneficiary" and record["role"] != "benefit"):
                continue
            asked = asked_of(x.page, placed, record["role"], before)
            spans = list(candidates(x.page, asked))
            right = right_spans(x.page, asked, spans, record[slot])
            if right:
                design.add(x.page, asked, spans, right)
                remember(x.page, before, min(right, key=lambda s: abs(s[0] - asked.list_start) if s else 0))
    return design.fit()


def right_spans(page: Page, asked: Asked, spans: Sequence[Span], wanted: str | None) -> set[Span | None]:
    """Return the spans that say ``wanted``; where none does exactly, those that come nearest; nothing for none."""
    if not wanted:
        return {None}
    squeezed = "".join(wanted.split())
    words = {span: "".join(page.text[slice(*span)].split()) for span in spans}
    exact: set[Span | None] = {span for span, said in words.items() if said == squeezed}
    if exact:
        return exact
    near = {span: _overlap(squeezed, said) for span, said in words.items() if same_words(squeezed, said)}
    best = max(near.values(), default=0.0)
    return {span for span, overlap in near.items() if overlap == best}


def _overlap(a: str, b: str) -> float:
    """Return the share of characters two texts have in common (Dice)."""
    return 2 * sum((Counter(a) & Counter(b)).values()) / (len(a) + len(b))


def fit_trust(found: Iterable[tuple[Record | None, Measure]]) -> dict[str, float]:
    """Return the weights of a record's confidence, from records found by models that had not seen their passages."""
    raise NotImplementedError
