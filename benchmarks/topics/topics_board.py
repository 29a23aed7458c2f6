"""Prints how topic models do on the same bags of words of the labelled corpora, as Markdown tables.

    python benchmarks/topics/topics_board.py [--corpus NAME …] [--model NAME …] [--seeds 3] [--samples 3] [--rows FILE]

The corpora are those beside the repository, as far as they are there. What is measured: docs/topics-benchmark.md.
tomotopy is installed into .venv-leaderboard when it isn't yet; when it can't be, it's told and left out.

With ``--rows`` each row is kept in FILE as soon as it's there, and rows that are there are printed, not run again, as
long as neither the words nor the code behind them have changed: so the whole can be run in parts, or be cut short.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import topic_metrics as metrics
from threadpoolctl import threadpool_limits
from topic_corpora import CORPORA, DATA, ROOT, Corpus, K, read
from topic_models import MODELS, NAMES, OURS, Fitted, Unavailable, lacking

from pipeline.core.strict import digest
from pipeline.topics import quality, stability

SHARE = 0.8
_HEAD = "| model | NMI | purity | c_v | NPMI | diversity | seed stability | sample stability | CPU s |"


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", nargs="+", choices=list(CORPORA), default=list(CORPORA))
    parser.add_argument("--model", nargs="+", choices=list(MODELS), default=list(MODELS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--samples", type=int, default=3)
    parser.add_argument("--rows", type=Path, metavar="FILE")
    asked = parser.parse_args()
    if not DATA.is_dir():
        print("topics: the labelled corpora beside the repository aren't there")
        return 0
    there = [name for name in asked.model if _is_there(name)]
    rows = Rows(asked.rows)
    with threadpool_limits(limits=1):
        for name in asked.corpus:
            _print(read(name), there, asked.seeds, asked.samples, rows)
    return 0


class Rows:
    """Finished rows by key, in a file of JSON lines if there is one."""

    def __init__(self, path: Path | None) -> None:
        """Read the rows of an earlier run."""
        self._path = path
        self._known: dict[str, list[str]] = {}
        if path and path.is_file():
            for line in path.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                self._known[row["key"]] = row["cells"]

    def get(self, key: str) -> list[str] | None:
        """Return the cells of a row, None when it has yet to be run."""
        return self._known.get(key)

    def keep(self, key: str, about: dict[str, Any], cells: list[str]) -> None:
        """Keep a row; ``about`` says which, for people."""
        self._known[key] = cells
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(json.dumps({**about, "cells": cells, "key": key}, ensure_ascii=False) + "\n")


def _is_there(name: str) -> bool:
    """Tell whether a model can be run; say why not."""
    if reason := lacking(name):
        print(f"{NAMES[name]} is left out: {reason}")
    return not reason


def _print(corpus: Corpus, models: Sequence[str], seeds: int, samples: int, rows: Rows) -> None:
    """Print the table of one corpus."""
    n, words = corpus.counts.shape
    print(f"\n## {corpus.name}: {n} documents, {len(set(corpus.labels))} labels, {words} words, k = {K[corpus.name]}")
    print(f"\n{corpus.counts.sum() / n:.0f} words a document of those fitted on.\n")
    print(_HEAD, "|" + "---|" * (_HEAD.count("|") - 1), sep="\n", flush=True)
    for name in models:
        if name == "seeded" and not corpus.seeds:
            continue
        key = _key(corpus, name, seeds, samples)
        cells = rows.get(key)
        if cells is None:
            try:
                cells = _cells(corpus, name, seeds, samples)
                rows.keep(key, {"corpus": corpus.name, "model": name, "seeds": seeds, "samples": samples}, cells)
            except Unavailable as error:
                cells = [str(error)] + [""] * (_HEAD.count("|") - 3)
        print("| " + " | ".join((NAMES[name], *cells)) + " |", flush=True)


def _key(corpus: Corpus, name: str, seeds: int, samples: int) -> str:
    """Return what changes with anything a row depends on: corpus, model and the code of both."""
    folders = ["benchmarks/topics", "pipeline/topics"] if name in OURS else ["benchmarks/topics"]
    code = (path.read_bytes() for folder in folders for path in sorted((ROOT / folder).glob("*.py")))
    return digest(
        *(corpus.name, name, str(seeds), str(samples), str(K[corpus.name]), repr(corpus.seeds)),
        *("\n".join(corpus.vocabulary), "\n".join(corpus.labels)),
        *(corpus.counts.indptr.tobytes(), corpus.counts.indices.tobytes(), corpus.counts.data.tobytes(), *code),
    )


def _cells(corpus: Corpus, name: str, seeds: int, samples: int) -> list[str]:
    """Return a model's figures: means over seeds, stability over pairs of seeds and of samples."""
    k = K[corpus.name]
    whole = [MODELS[name](corpus.bags, k, seed, corpus.seeds) for seed in range(1, seeds + 1)]
    parts = [MODELS[name](_part(corpus, number), k, 1, corpus.seeds) for number in range(1, samples + 1)]
    column = {word: n for n, word in enumerate(corpus.vocabulary)}
    columns = [[[column[word] for word in topic] for topic in one.words] for one in whole]
    wanted = {n for one in columns for topic in one for n in topic[: quality.TOP]}
    windows = metrics.windows(corpus.tokens, wanted, len(column))
    figures = [
        [metrics.nmi(one.topics, corpus.labels) for one in whole],
        [metrics.purity(one.topics, corpus.labels) for one in whole],
        [_mean(quality.c_v(windows, one)) for one in columns],
        [_mean(quality.coherence(corpus.counts, one)) for one in columns],
        [quality.diversity([topic[: metrics.DIVERSE] for topic in one]) for one in columns],
    ]
    cells = [f"{_mean(some):.3f}" for some in figures]
    cells += [_stability(whole), _stability(parts)]
    return [*cells, f"{_mean([one.seconds for one in whole]):.1f}"]


def _mean(values: Sequence[float]) -> float:
    """Return the mean."""
    return sum(values) / len(values)


def _stability(fitted: Sequence[Fitted]) -> str:
    """Return the stability of some models."""
    terms = [[topic[: stability.TOP] for topic in one.words] for one in fitted]
    return f"{stability.likeness(terms):.2f}" if len(terms) > 1 else "–"


def _part(corpus: Corpus, number: int) -> list[tuple[str, object]]:
    """Return four fifths of the documents, other ones for each ``number``."""
    size = round(len(corpus.bags) * SHARE)
    chosen = sorted(random.Random(number).sample(range(len(corpus.bags)), size))
    return [corpus.bags[n] for n in chosen]


if __name__ == "__main__":
    sys.exit(main())
