"""Prints memory and speed of topic models on 100,000 clauses of the real policies, and the time as a ratio to jieba.

    python benchmarks/topics/topic_scale.py [--clauses 100000] [--model nmf …] [--k 30]

Each model is fitted on all clauses, not on a sample of them as in a run. The clauses are repeated if there are too few.
Times are processor time of one thread; jieba cuts the same clauses in the same run. Each model has a process of its
own, so that the peak of memory is its own.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any

import jieba
from threadpoolctl import threadpool_limits
from topic_corpora import DATA, clauses, codes_of, settings

from pipeline.core.layers import Bag
from pipeline.topics.fit import fit
from pipeline.topics.model import TopicModel

KINDS = ("nmf", "kmeans", "lda", "seeded")
_KIBI = 1 if sys.platform == "darwin" else 1024  # what ru_maxrss counts in


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clauses", type=int, default=100_000)
    parser.add_argument("--model", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--k", type=int, default=30)
    asked = parser.parse_args()
    if not DATA.is_dir():
        print("topics: the policies beside the repository aren't there")
        return
    found = list(islice(clauses(), asked.clauses))
    texts = [found[n % len(found)][0] for n in range(asked.clauses)]
    bags = [found[n % len(found)][1] for n in range(asked.clauses)]
    jieba.lcut("预热")
    reference, _ = timed(lambda: [jieba.lcut(text) for text in texts])
    print(f"\n{asked.clauses} clauses, {len(found)} of them different, {sum(map(len, texts))} characters.\n")
    print("| model | fit, × jieba | assign, × jieba | clauses/s | peak MB |\n|---|---|---|---|---|", flush=True)
    for kind in asked.model:
        with multiprocessing.get_context("fork").Pool(1) as pool:
            fitting, assigning, peak = pool.apply(_measure, (bags, kind, asked.k))
        rate = asked.clauses / assigning
        print(f"| cewen {kind} | {fitting / reference:.2f} | {assigning / reference:.2f} | {rate:,.0f} | {peak:.0f} |")


def _measure(bags: list[Bag], kind: str, k: int) -> tuple[float, float, float]:
    """Return the processor time of fitting and of assigning all bags, and the peak of memory in MB."""
    with threadpool_limits(limits=1):
        chosen = settings(model=kind, k=k, unit="clause")
        seeds = codes_of("yinyuyongliu") if kind == "seeded" else ()
        fitting, model = timed(partial(fit, ((f"{n:06d}", bag) for n, bag in enumerate(bags)), chosen, seeds=seeds))
        if not isinstance(model, TopicModel):
            raise ValueError(model.code)
        assigning, _ = timed(lambda: model.assign_many(bags))
    return fitting, assigning, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIBI / 2**20


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the processor time of ``work`` and what it returned."""
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


if __name__ == "__main__":
    main()
