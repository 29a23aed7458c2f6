"""Accuracy of heads, headings and references on the annotated documents, by the rules of their scorer."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline.clean.steps import clean
from pipeline.core.config import configs_dir
from pipeline.core.document import Source
from pipeline.core.layers import Head, HeadField, RawText
from pipeline.structure.doc_numbers import find_numbers
from pipeline.structure.head import load_head_rules, read_head
from pipeline.structure.outline import build_outline, load_ranks
from pipeline.structure.references import find_references, load_reference_rules
from pipeline.structure.rules import load_numbers

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
GOLD = DATA / "gold" / "head" / "gold.jsonl"
NUMBERS = DATA / "labelled" / "doc_numbers" / "doc_numbers.csv"
FLOORS = {
    "title": 0.95,
    "doc_number": 0.97,
    "issuer": 0.95,
    "addressee": 0.97,
    "issue_date": 0.97,
    "effective_date": 0.95,
    "doc_kind": 0.97,
    "level": 0.97,
    "region": 0.97,
    "headings": 0.97,
    "references": 0.93,
}
pytestmark = pytest.mark.shared


def squeeze(value: object) -> str:
    return "".join(str(value or "").split())


def same(field: str, gold: Any, got: Any) -> bool:
    if field == "issuer":
        return {squeeze(x) for x in gold or []} == {squeeze(x) for x in got}
    a, b = squeeze(gold), squeeze(got)
    if field in ("title", "addressee"):
        return a == b or (len(a) > 8 and len(b) > 8 and (a in b or b in a))
    if field == "region":
        return a == b or (bool(a) and bool(b) and (a.endswith(b) or b.endswith(a)))
    return a == b


def row(head: Head) -> dict[str, Any]:
    def value(field: HeadField | None) -> str | None:
        return field.value if field else None

    names = ("title", "doc_number", "addressee", "issue_date", "effective_date")
    fields: dict[str, Any] = {name: value(getattr(head, name)) for name in names}
    return fields | {
        "issuer": [issuer.value for issuer in head.issuers],
        "doc_kind": head.doc_kind,
        "level": head.level,
        "region": head.region,
    }


@pytest.fixture(scope="module")
def scores() -> dict[str, float]:
    if not GOLD.exists():
        pytest.skip(f"evaluation data not found: {GOLD}")
    rules, ranks, citing = (
        load_head_rules(configs_dir()),
        load_ranks(configs_dir()),
        load_reference_rules(configs_dir()),
    )
    hits: Counter[str] = Counter()
    documents = headings = 0
    references: Counter[str] = Counter()
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        raw = RawText((DATA / "real" / f"{gold['id']}.txt").read_text(encoding="utf-8"), "text/plain")
        text = clean(raw)
        head = read_head(Source(gold["id"], "", "0" * 64, 1), raw, text, rules=rules)
        got = row(head)
        documents += 1
        for field in got:
            ok = same(field, gold.get(field), got[field])
            hits[field] += ok or (
                field == "title" and bool(gold["attached_title"]) and same(field, gold["attached_title"], got[field])
            )
        seen = {(squeeze(s.number), squeeze(s.heading)[:4]) for s in build_outline(raw, text, ranks=ranks)}
        numbers = {number for number, _ in seen}
        for number, words in gold["headings"]:
            headings += 1
            hits["headings"] += (squeeze(number), squeeze(words)[:4]) in seen or (
                not words and squeeze(number) in numbers
            )
        cited = {
            (r.title, r.doc_number or "")
            for r in find_references(text, head, rules=citing)
            if r.start < 1500 and r.title
        }
        # a second mention without its number, or by the end of its name, is no further document
        cited = {x for x in cited if x[1] or not any(y != x and y[0].endswith(x[0]) for y in cited)}
        wanted = {(squeeze(title), squeeze(number)) for title, number in gold["references"]}
        references.update(both=len(cited & wanted), cited=len(cited), wanted=len(wanted))
    result = {field: hits[field] / documents for field in FLOORS if field not in ("headings", "references")}
    return result | {
        "headings": hits["headings"] / headings,
        "references": 2 * references["both"] / (references["cited"] + references["wanted"]),
    }


@pytest.mark.parametrize("field", FLOORS)
def test_scores_stay_above_their_floors(scores: dict[str, float], field: str) -> None:
    assert scores[field] >= FLOORS[field]


def test_real_numbers_are_read_whole() -> None:
    if not NUMBERS.exists():
        pytest.skip(f"evaluation data not found: {NUMBERS}")
    rules = load_numbers(configs_dir())
    with NUMBERS.open(encoding="utf-8", newline="") as file:
        printed = [r["doc_no"].split("：")[-1].strip() for r in csv.DictReader(file)]
    printed = [number for number in printed if number]
    whole = 0
    for number in printed:
        found = list(find_numbers(number, rules))
        whole += bool(found) and found[0].start == 0 and found[-1].end == len(number)
    assert whole / len(printed) >= 0.995
