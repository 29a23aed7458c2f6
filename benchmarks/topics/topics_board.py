"""Prints how topic models do on the same bags of words of the labelled corpora, as Markdown tables.

    python benchmarks/topics/topics_board.py [--corpus NAME …] [--model NAME …] [--seeds 3] [--samples 3]

The corpora are those beside the repository, as far as they are there. What is measured: docs/topics-benchmark.md.
tomotopy is installed into .venv-leaderboard when it isn't yet; when it can't be, it's told and left out.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence

import topic_metrics as metrics
from threadpoolctl import threadpool_limits
from topic_corpora import CORPORA, DATA, Corpus, K, read
from topic_models import MODELS, NAMES, Fitted, Unavailable, lacking

SHARE = 0.8
_HEAD = "| model | NMI | purity | c_v | NPMI | diversity | seed stability | sample stability | CPU s |"


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", nargs="+", choices=list(CORPORA), default=list(CORPORA))
    parser.add_argument("--model", nargs="+", choices=list(MODELS), default=list(MODELS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--samples", type=int, default=3)
    asked = parser.parse_args()
    if not DATA.is_dir():
        print("topics: the labelled corpora beside the repository aren't there")
        return 0
    there = [name for name in asked.model if _is_there(name)]
    with threadpool_limits(limits=1):
        for name in asked.corpus:
            _print(read(name), there, asked.seeds, asked.samples)
    return 0


def _is_there(name: str) -> bool:
    """Tell whether a model can be run; say why not."""
    if reason := lacking(name):
        print(f"{NAMES[name]} is left out: {reason}")
    return not reason


def _print(corpus: Corpus, models: Sequence[str], seeds: int, samples: int) -> None:
    """Print the table of one corpus."""
    n, words = corpus.counts.shape
    print(f"\n## {corpus.name}: {n} documents, {len(set(corpus.labels))} labels, {words} words, k = {K[corpus.name]}")
    print(f"\n{corpus.counts.sum() / n:.0f} words a document of those fitted on.\n")
    print(_HEAD, "|" + "---|" * (_HEAD.count("|") - 1), sep="\n")
    for name in models:
        if name == "seeded" and not corpus.seeds:
            continue
        try:
            cells = _cells(corpus, name, seeds, samples)
        except Unavailable as error:
            cells = [str(error)] + [""] * (_HEAD.count("|") - 3)
        print("| " + " | ".join((NAMES[name], *cells)) + " |", flush=True)


def _cells(corpus: Corpus, name: str, seeds: int, samples: int) -> list[str]:
    """Return a model's figures: means over seeds, stability over pairs of seeds and of samples."""
    k = K[corpus.name]
    whole = [MODELS[name](corpus.bags, k, seed, corpus.seeds) for seed in range(1, seeds + 1)]
    parts = [MODELS[name](_part(corpus, number), k, 1, corpus.seeds) for number in range(1, samples + 1)]
    column = {word: n for n, word in enumerate(corpus.vocabulary)}
    columns = [[[column[word] for word in topic] for topic in one.words] for one in whole]
    windows = metrics.Windows(corpus.tokens, {n for one in columns for topic in one for n in topic[: metrics.TOP]})
    figures = [
        [metrics.nmi(one.topics, corpus.labels) for one in whole],
        [metrics.purity(one.topics, corpus.labels) for one in whole],
        [metrics.c_v(windows, one) for one in columns],
        [metrics.npmi(corpus.counts, one) for one in columns],
        [metrics.diversity(one) for one in columns],
    ]
    cells = [f"{sum(some) / len(some):.3f}" for some in figures]
    cells += [_stability(whole), _stability(parts)]
    return [*cells, f"{sum(one.seconds for one in whole) / len(whole):.1f}"]


def _stability(fitted: Sequence[Fitted]) -> str:
    """Return the stability of some models."""
    return f"{metrics.stability([one.words for one in fitted]):.2f}" if len(fitted) > 1 else "–"


def _part(corpus: Corpus, number: int) -> list[tuple[str, object]]:
    """Return four fifths of the documents, other ones for each ``number``."""
    size = round(len(corpus.bags) * SHARE)
    chosen = sorted(random.Random(number).sample(range(len(corpus.bags)), size))
    return [corpus.bags[n] for n in chosen]


if __name__ == "__main__":
    sys.exit(main())
