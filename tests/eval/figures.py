"""Figures of the pipeline on gold: what the gate compares with the pinned floors. Needs the evaluation data."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cards as policy_cards
import doc_numbers
import specs as number_specs

import pipeline
from pipeline.books.coders import load_coder
from pipeline.clean.steps import clean
from pipeline.coding.apply import code
from pipeline.core.config import configs_dir, load_config
from pipeline.core.document import Source
from pipeline.core.layers import CleanText, Head, HeadField, RawText, Reference, Section, Sentence
from pipeline.scoring.found import read_found
from pipeline.scoring.gold import read_gold
from pipeline.scoring.measures import score
from pipeline.scoring.report import confidence_report
from pipeline.structure.doc_numbers import find_numbers
from pipeline.structure.head import load_head_rules, read_head
from pipeline.structure.outline import build_outline, load_ranks
from pipeline.structure.references import find_references, load_reference_rules
from pipeline.structure.rules import load_numbers

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
OPEN = ROOT / "corpora" / "gold"
DATA, BENCH = SHARED / "data", SHARED / "bench"

Figures = dict[str, float]

_FIELDS = (
    "title",
    "doc_number",
    "issuer",
    "addressee",
    "issue_date",
    "effective_date",
    "doc_kind",
    "level",
    "region",
)
_TOP = 1500


def measures(work: Path, folder: Path) -> Figures:
    """Score a run over the texts of a folder of gold.

    Return F1 of quantities and whole records, the accuracy of each slot and what confidence is worth.

    ``confidence.right_at_50`` is the share right of the surer half of the records, ``confidence.calibrated`` 1 minus
    the expected calibration error. Prints the whole curve.
    """
    texts = work / "texts"
    texts.mkdir()
    for path in folder.glob("*.txt"):
        shutil.copy(path, texts)
    pipeline.run(texts, work / "out", workers=2)
    gold = read_gold(folder)
    result = score({name: text.records for name, text in gold.items()}, read_found(work / "out", gold))
    print(confidence_report(result))
    half = next(point for point in result.curve if point.coverage == 0.5)
    return {
        "quantity.f1": result.quantity.f1,
        "record.f1": result.record.f1,
        **{f"slot.{name}": value or 0.0 for name, value in result.slots.items()},
        "confidence.right_at_50": half.right,
        "confidence.calibrated": 1 - result.calibration_error,
    }


def facts(work: Path) -> Figures:
    """Return the shares of the seeds' counted facts found with bound and role, and of traps left alone."""
    seeds, texts = DATA / "seeds", work / "texts"
    texts.mkdir()
    for path in seeds.glob("*.txt"):
        shutil.copy(path, texts)
    pipeline.run(texts, work / "out", workers=2)
    command: list[str | Path] = [
        sys.executable,
        BENCH / "score_facts.py",
        seeds / "facts.json",
        seeds / "not_measures.json",
        work / "out",
    ]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    found = {name: int(a) / int(b) for name, a, b in re.findall(r"(\w+ \w+) (\d+)/(\d+)", printed)}
    return {name.replace(" ", "_"): value for name, value in found.items()}


def codes(work: Path) -> Figures:
    """Return F1 of each code, each codebook's mean and theirs on the coded clauses; disputed codes aren't scored.

    The trained coder hasn't seen these clauses (``models/coding/train.py``).
    """
    coder = load_coder(load_config().coding)
    counts: dict[tuple[str, str], list[int]] = {}
    for line in (DATA / "gold" / "codes" / "clauses.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = row["text"]
        sentences = tuple(Sentence(*m.span(), ()) for m in re.finditer(r"[^。！？]+[。！？]*|[。！？]+", text))
        found_codes = code(CleanText(text, ()), (), sentences, coder=coder)
        given = {(c.codebook, c.code) for c in found_codes if c.given}
        for book, name in _gold_codes():
            if name not in row["disputed"][book]:
                wanted, found = name in row["codes"][book], (book, name) in given
                count = counts.setdefault((book, name), [0, 0, 0])
                for place, hit in enumerate((wanted and found, found and not wanted, wanted and not found)):
                    count[place] += hit
    f1 = {f"{book}.{name}": 2 * tp / (2 * tp + fp + fn) for (book, name), (tp, fp, fn) in counts.items()}
    books = {book: [f1[f"{book}.{name}"] for other, name in counts if other == book] for book, _ in counts}
    means = {book: sum(some) / len(some) for book, some in books.items()}
    return {"macro": sum(means.values()) / len(means)} | means | f1


def heads(work: Path) -> Figures:
    """Return the share of right values of each field of a head, of headings found, and the F1 of references.

    ``doc_numbers.whole`` is the share of a list of real 发文字号 that are read from their first to last character,
    ``doc_numbers.parsed`` the share of the valid ones among them that are parsed into code, year and number.
    """
    gold = [json.loads(row) for row in (DATA / "gold" / "head" / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    rules, ranks = load_head_rules(configs_dir()), load_ranks(configs_dir())
    citing = load_reference_rules(configs_dir())
    hits: Counter[str] = Counter()
    for expected in gold:
        raw = RawText((DATA / "real" / f"{expected['id']}.txt").read_text(encoding="utf-8"), "text/plain")
        text = clean(raw)
        head = read_head(Source(expected["id"], "", "0" * 64, 1), raw, text, rules=rules)
        hits.update(_right_fields(expected, head))
        hits.update(_found_headings(expected["headings"], build_outline(raw, text, ranks=ranks)))
        hits.update(_found_references(expected["references"], find_references(text, head, rules=citing)))
    figures = {field: hits[field] / len(gold) for field in _FIELDS}
    return figures | {
        "headings": hits["headings found"] / hits["headings"],
        "references.f1": 2 * hits["references both"] / hits["references"],
        "doc_numbers.whole": _whole_numbers(),
        "doc_numbers.parsed": doc_numbers.parsed_share(doc_numbers.read()),
    }


def specs(work: Path) -> Figures:
    """Return the share of other projects' number specs that are right, by category, and the share that is scored."""
    return number_specs.figures(DATA / "specs" / "numbers.jsonl")


def cards(work: Path) -> Figures:
    """Return the share of right values of each field on the cards of a guide, and of cells that hold just their own."""
    return policy_cards.figures()


def _right_fields(expected: dict[str, Any], head: Head) -> Iterator[str]:
    """Yield the fields of a head that are right; the attached title counts as the title too."""
    for field in _FIELDS:
        if field == "issuer":
            right = {_squeeze(x) for x in expected["issuer"] or []} == {_squeeze(x.value) for x in head.issuers}
        else:
            found = getattr(head, field)
            value = found.value if isinstance(found, HeadField) else found
            right = _same(field, expected[field], value)
            if field == "title" and expected["attached_title"]:
                right = right or _same(field, expected["attached_title"], value)
        if right:
            yield field


def _same(field: str, gold: str | None, got: str | None) -> bool:
    """Tell whether two values count as the same: longer or shorter prints of a title do, and a region's last part."""
    a, b = _squeeze(gold), _squeeze(got)
    if field in ("title", "addressee"):
        return a == b or (len(a) > 8 and len(b) > 8 and (a in b or b in a))
    if field == "region":
        return a == b or (bool(a) and bool(b) and (a.endswith(b) or b.endswith(a)))
    return a == b


def _found_headings(expected: list[list[str]], outline: Iterable[Section]) -> Iterator[str]:
    """Yield one word for each expected heading and one for each found, by number and first characters."""
    seen = {(_squeeze(s.number), _squeeze(s.heading)[:4]) for s in outline}
    numbers = {number for number, _ in seen}
    for number, words in expected:
        yield "headings"
        if (_squeeze(number), _squeeze(words)[:4]) in seen or (not words and _squeeze(number) in numbers):
            yield "headings found"


def _found_references(expected: list[list[str | None]], found: Iterable[Reference]) -> Iterator[str]:
    """Yield one word for each reference expected and for each found at the top, and one for each that is both."""
    cited = {(r.title, r.doc_number or "") for r in found if r.start < _TOP and r.title}
    # a second mention without its number, or by the end of its name, is no further document
    cited = {x for x in cited if x[1] or not any(y != x and y[0].endswith(x[0]) for y in cited)}
    wanted = {(_squeeze(title), _squeeze(number)) for title, number in expected}
    yield from ["references"] * (len(cited) + len(wanted))
    yield from ["references both"] * len(cited & wanted)


def _whole_numbers() -> float:
    """Return the share of the listed 发文字号 that are read whole."""
    rules = load_numbers(configs_dir())
    with (DATA / "labelled" / "doc_numbers" / "doc_numbers.csv").open(encoding="utf-8", newline="") as file:
        printed = [row["doc_no"].split("：")[-1].strip() for row in csv.DictReader(file)]
    printed = [number for number in printed if number]
    whole = 0
    for number in printed:
        found = list(find_numbers(number, rules))
        whole += bool(found) and found[0].start == 0 and found[-1].end == len(number)
    return whole / len(printed)


def _squeeze(value: object) -> str:
    """Return a value without white space; nothing for none."""
    return "".join(str(value or "").split())


def _gold_codes() -> list[tuple[str, str]]:
    """Return the codes the clauses were coded with."""
    names = {
        "yinyuyongliu": "attract cultivate use retain",
        "silian": "industry_chain innovation_chain capital_chain talent_chain",
        "instruments": "supply environment demand",
        "triad": "policy platform service",
    }
    return [(book, name) for book, words in names.items() for name in words.split()]


@dataclass(frozen=True)
class Suite:
    """What is measured, and the gold it is measured on: files of ``root`` by patterns."""

    measure: Callable[[Path], Figures]
    root: Path
    patterns: tuple[str, ...]

    def digest(self) -> str:
        """Return a digest of the gold files, by their names and contents."""
        state = hashlib.sha256()
        for path in sorted(p for pattern in self.patterns for p in self.root.glob(pattern)):
            state.update(path.name.encode() + path.read_bytes())
        return state.hexdigest()[:16]


# "open" holds passages no model has seen; the models are trained on the gold of "measures" (cross-validated figures
# are on their card)
SUITES = {
    "open": Suite(partial(measures, folder=OPEN / "test"), OPEN, ("test/*",)),
    "measures": Suite(partial(measures, folder=DATA / "gold" / "measures"), DATA, ("gold/measures/*",)),
    "facts": Suite(facts, DATA, ("seeds/*",)),
    "codes": Suite(codes, DATA, ("gold/codes/clauses.jsonl",)),
    "heads": Suite(heads, DATA, ("gold/head/*", "labelled/doc_numbers/doc_numbers.csv")),
    "cards": Suite(cards, DATA, ("labelled/beijing_policy_cards/cards.csv",)),
    "specs": Suite(specs, DATA, ("specs/numbers.jsonl",)),
}
