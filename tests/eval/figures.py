"""Figures of the pipeline on gold: what the gate compares with the pinned floors. Needs the evaluation data."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pipeline
from pipeline.coding.apply import build_coder, code
from pipeline.coding.codebook import load_codebooks
from pipeline.core.config import configs_dir, load_config
from pipeline.core.layers import CleanText, Sentence

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
DATA, BENCH = SHARED / "data", SHARED / "bench"

Figures = dict[str, float]


def measures(work: Path) -> Figures:
    """Return F1 of quantities and whole records, and the accuracy of each slot, on the annotated passages."""
    gold, texts = DATA / "gold" / "measures", work / "texts"
    texts.mkdir()
    for path in gold.glob("*.txt"):
        shutil.copy(path, texts)
    pipeline.run(texts, work / "out", workers=2)
    scorer = _scorer("score_measures")
    result = scorer.score(scorer.read_gold(str(gold)), scorer.read_predictions(str(work / "out")))
    figures = {"quantity.f1": result["quantity"]["f1"], "record.f1": result["record"]["f1"]}
    return figures | {f"slot.{name}": value for name, value in result["slots"].items()}


def facts(work: Path) -> Figures:
    """Return the shares of the seeds' counted facts found with bound and role, and of traps left alone."""
    seeds, texts = DATA / "seeds", work / "texts"
    texts.mkdir()
    for path in seeds.glob("*.txt"):
        shutil.copy(path, texts)
    pipeline.run(texts, work / "out", workers=2)
    command = [
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
    """Return F1 of each code and their mean on the coded clauses; what the coders dispute isn't scored."""
    coding = load_config().coding
    coder = build_coder(load_codebooks(coding.codebooks, configs_dir() / "codebooks"), coding.threshold)
    counts: dict[tuple[str, str], list[int]] = {}
    for line in (DATA / "gold" / "codes" / "clauses.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = row["text"]
        sentences = tuple(Sentence(*m.span(), ()) for m in re.finditer(r"[^。！？]+[。！？]*|[。！？]+", text))
        given = {(c.codebook, c.code) for c in code(CleanText(text, ()), (), sentences, coder=coder)}
        for book, name in _gold_codes():
            if name not in row["disputed"][book]:
                wanted, found = name in row["codes"][book], (book, name) in given
                count = counts.setdefault((book, name), [0, 0, 0])
                for place, hit in enumerate((wanted and found, found and not wanted, wanted and not found)):
                    count[place] += hit
    f1 = {f"{book}.{name}": 2 * tp / (2 * tp + fp + fn) for (book, name), (tp, fp, fn) in counts.items()}
    return {"macro": sum(f1.values()) / len(f1)} | f1


def _gold_codes() -> list[tuple[str, str]]:
    """Return the codes the clauses were coded with."""
    names = {
        "yinyuyongliu": "attract cultivate use retain",
        "silian": "industry_chain innovation_chain capital_chain talent_chain",
        "instruments": "supply environment demand",
        "triad": "policy platform service",
    }
    return [(book, name) for book, words in names.items() for name in words.split()]


def _scorer(name: str) -> ModuleType:
    """Return a scorer of the evaluation data as a module."""
    spec = importlib.util.spec_from_file_location(name, BENCH / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def digest(*patterns: str) -> str:
    """Return a digest of the gold files, by their names and contents."""
    state = hashlib.sha256()
    for path in sorted(p for pattern in patterns for p in DATA.glob(pattern)):
        state.update(path.name.encode() + path.read_bytes())
    return state.hexdigest()[:16]


# name → what is measured, and the gold it is measured on
SUITES: dict[str, tuple[Callable[[Path], Figures], tuple[str, ...]]] = {
    "measures": (measures, ("gold/measures/*",)),
    "facts": (facts, ("seeds/*",)),
    "codes": (codes, ("gold/codes/clauses.jsonl",)),
}
