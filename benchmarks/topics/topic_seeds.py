"""Prints whether the topics of a seeded model keep to their codes, and why topic weights are no coding.

    python benchmarks/topics/topic_seeds.py [--codes 引育用留 …] [--seeds 5]

For 引育用留 and 四链 a model of twelve topics is fitted on the clauses of the real policies that have a term of the
codebook, for the eight codes of oas_policy one of twenty on its sentences. A code is kept when its topic has, of all
codes, the highest lift for its own: the topic's mean share of the clauses that people gave the code, over its mean
share of all. Beside it gensim's LdaModel with the same prior (``eta``) on the same counts, started at random. Then
macro F1 on the coded clauses (gold/codes) of codes given by topic weights alone, and that of the coder.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits
from topic_corpora import CORPORA, DATA, clauses, codes_of, drawn, numbered, oas_codes, settings, words_in, words_of

import pipeline
from pipeline.core.layers import Bag
from pipeline.topics.fit import fit
from pipeline.topics.lda import word_counts
from pipeline.topics.model import TopicModel
from pipeline.topics.sample import Sample
from pipeline.topics.seeded import STRENGTH
from pipeline.topics.seeds import Seeds, look_up

GOLD = DATA / "gold" / "codes" / "clauses.jsonl"
FIT = 5000


@dataclass(frozen=True)
class Task:
    """Bags to fit on, seeds, and bags that people gave codes to; ``disputed`` are codes they couldn't agree on."""

    k: int
    seeds: tuple[Seeds, ...]
    bags: list[tuple[str, Bag]]
    gold: list[Bag]
    given: list[frozenset[str]]
    disputed: list[frozenset[str]]


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--codes", nargs="+", choices=list(TASKS), default=list(TASKS))
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args()
    if not GOLD.is_file():
        print("topics: the coded clauses beside the repository aren't there")
        return
    print("\n| codes | fitted on | seed | cewen seeded: kept | gensim eta: kept |\n|---|---|---|---|---|")
    weights = {}
    with threadpool_limits(limits=1):
        for name in asked.codes:
            task = TASKS[name]()
            for seed in range(1, asked.seeds + 1):
                ours = seeded(task, seed)
                theirs = with_eta(task, seed, ours)
                weights[name, seed] = shares(ours, task)
                cells = [_told(task, shares(one, task)) for one in (ours, theirs)]
                print(f"| {name} | {ours.n_documents} | {seed} | {' | '.join(cells)} |", flush=True)
    if "引育用留" in asked.codes:
        _against_the_coder(TASKS["引育用留"](), [weights["引育用留", seed] for seed in range(1, asked.seeds + 1)])


def seeded(task: Task, seed: int) -> TopicModel:
    """Return our seeded model."""
    chosen = settings(model="seeded", k=task.k, seed=seed, fit_documents=FIT, unit="clause")
    model = fit(task.bags, chosen, seeds=task.seeds)
    if not isinstance(model, TopicModel):
        raise ValueError(model.code)
    return model


def with_eta(task: Task, seed: int, ours: TopicModel) -> TopicModel:
    """Return gensim's model with the seeds in its prior alone, to be assigned as ours is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EncodingWarning)
        from gensim.models import LdaModel
    sample = _sample(task)
    eta = np.full((task.k, len(sample.vocabulary)), 1 / task.k)
    for row, found in enumerate(look_up(sample, task.seeds)):
        for column, weight in found.columns:
            eta[row, column] += STRENGTH * weight
    names = dict(enumerate(sample.vocabulary))
    made = LdaModel(
        word_counts(sample), task.k, names, alpha="auto", eta=eta, passes=10, iterations=100, random_state=seed
    )
    codes = (*(one.code for one in task.seeds), *[""] * (task.k - len(task.seeds)))
    weights = np.asarray(made.state.get_lambda(), dtype=np.float64)
    return replace(ours, weights=weights, prior=np.asarray(made.alpha, dtype=np.float64), codes=codes)


def _sample(task: Task) -> Sample:
    """Return the counts both are fitted on."""
    return drawn(task.bags, settings(fit_documents=FIT, unit="clause"), wanted=words_in(task.seeds))


def shares(model: TopicModel, task: Task) -> Any:
    """Return the share of each topic in the coded bags, the codes' topics first and in their order, then the others."""
    mixes = model.assign_many(task.gold)
    result = np.zeros((len(mixes), len(model.codes)))
    for row, mix in zip(result, mixes, strict=True):
        row[list(mix.topics)] = mix.weights
    own = [model.codes.index(one.code) if one.code in model.codes else None for one in task.seeds]
    missing = np.zeros(len(mixes))
    free = [result[:, t] for t, code in enumerate(model.codes) if not code]
    return np.stack([missing if t is None else result[:, t] for t in own] + free, axis=1)


def kept(weights: Any, given: Any) -> list[bool]:
    """Return for each code (column of ``given``) whether its topic has the highest lift for it, of all codes."""
    result = []
    for code in range(given.shape[1]):
        topic = weights[:, code]
        lifts = [topic[given[:, other]].mean() if given[:, other].any() else 0.0 for other in range(given.shape[1])]
        result.append(bool(topic.any()) and int(np.argmax(lifts)) == code)
    return result


def _told(task: Task, weights: Any) -> str:
    """Return how many codes are kept, and which aren't."""
    found = kept(weights, _given(task))
    lost = "、".join(one.name for one, good in zip(task.seeds, found, strict=True) if not good)
    return f"{sum(found)} of {len(found)}" + (f" (not {lost})" if lost else "")


def _given(task: Task) -> Any:
    """Return which codes people gave, a column a code."""
    return np.array([[one.code in codes for one in task.seeds] for codes in task.given])


def _against_the_coder(task: Task, found: Sequence[Any]) -> None:
    """Print macro F1 by topic weights, with the strongest topic and with the best threshold, and by the coder."""
    codes = len(task.seeds)
    strongest = [f1(task, weights.argmax(axis=1)[:, None] == np.arange(codes)) for weights in found]
    steps = np.arange(0.02, 1, 0.02)
    best = [max(f1(task, weights[:, :codes] >= step) for step in steps) for weights in found]
    texts = [json.loads(line)["text"] for line in GOLD.read_text(encoding="utf-8").splitlines()]
    said = [{f"{one.codebook}:{one.code}" for one in pipeline.code(text, "yinyuyongliu")} for text in texts]
    coder = f1(task, np.array([[one.code in codes for one in task.seeds] for codes in said]))
    print(f"\n引育用留 on {len(texts)} coded clauses, macro F1 (topics: mean of {len(found)} seeds):\n")
    print("| codes by | macro F1 |\n|---|---|")
    print(f"| the strongest topic | {np.mean(strongest):.3f} |")
    print(f"| topic weights from the threshold that is best on these clauses | {np.mean(best):.3f} |")
    print(f"| the coder | {coder:.3f} |")


def f1(task: Task, found: Any) -> float:
    """Return macro F1 over the codes; disputed ones don't count."""
    given = _given(task)
    disputed = np.array([[one.code in codes for one in task.seeds] for codes in task.disputed])
    scores = []
    for wanted, got, out in zip(given.T, found.T, disputed.T, strict=True):
        both, all_ = (wanted & got & ~out).sum(), (wanted & ~out).sum() + (got & ~out).sum()
        scores.append(2 * both / all_ if all_ else 0.0)
    return float(np.mean(scores))


@cache
def _clauses() -> list[tuple[str, Bag]]:
    """Return the clauses of the real policies, read once."""
    return list(clauses())


@cache
def _book(name: str) -> Task:
    """Return the task of a codebook."""
    seeds = codes_of(name)
    terms = words_in(seeds)
    rows = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    return Task(
        12,
        seeds,
        numbered(bag for text, bag in _clauses() if any(term in text for term in terms)),
        [words_of(row["text"], "clause")[0] for row in rows],
        [_named(name, row["codes"][name]) for row in rows],
        [_named(name, row["disputed"][name]) for row in rows],
    )


def _named(book: str, codes: Iterable[str]) -> frozenset[str]:
    """Return codes as seeds have them."""
    return frozenset(f"{book}:{code}" for code in codes)


def _oas() -> Task:
    """Return the task of the policy-content codes: the coded sentences are those fitted on."""
    rows = list(CORPORA["oas_policy"]())
    bags = [words_of(text, "clause")[0] for text, _ in rows]
    given = [frozenset({label}) for _, label in rows]
    return Task(20, oas_codes(), numbered(bags), bags, given, [frozenset()] * len(rows))


TASKS: dict[str, Callable[[], Task]] = {
    "引育用留": lambda: _book("yinyuyongliu"),
    "四链": lambda: _book("silian"),
    "oas_policy": _oas,
}


if __name__ == "__main__":
    main()
