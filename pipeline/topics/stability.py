"""Whether topics come back: from another seed, and from another sample of the documents."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import numpy as np

from pipeline.core.config import TopicSettings
from pipeline.core.layers import Bag
from pipeline.topics.fit import fit
from pipeline.topics.model import TopicModel
from pipeline.topics.sample import Lack

NamedBags = Sequence[tuple[str, Bag]]
Fitting = Callable[[Iterable[tuple[str, Bag]], TopicSettings], TopicModel | Lack]
"""``fit``, or what does as ``fit`` does with more to go by, such as the terms of codes."""

TOP = 20
"""How many top terms of a topic are compared."""
SHARE = 0.8
"""How much of the documents a sample has."""
FIRM = 0.3
"""A topic with less stability over samples isn't to be relied on."""


def jaccard(first: Iterable[str], second: Iterable[str]) -> float:
    """Return the share of terms that two topics have in common, of all their terms; 0.0 when there are none."""
    a, b = set(first), set(second)
    return len(a & b) / len(a | b) if a or b else 0.0


def match(first: Sequence[Sequence[str]], second: Sequence[Sequence[str]]) -> list[float]:
    """Return the Jaccard of each topic of ``first`` with its partner in ``second``; 0.0 for one left without.

    A topic has one partner at most; partners are chosen so that the sum is greatest, which is the same both ways.
    """
    from scipy.optimize import linear_sum_assignment

    found = [0.0] * len(first)
    if not first or not second:
        return found
    alike = np.array([[jaccard(a, b) for b in second] for a in first])
    for row, column in zip(*linear_sum_assignment(alike, maximize=True), strict=True):
        found[row] = float(alike[row, column])
    return found


def terms_of(model: TopicModel | Lack) -> list[list[str]]:
    """Return the top terms of each topic, none if there is no model."""
    return [] if isinstance(model, Lack) else [[word for word, _ in topic.terms[:TOP]] for topic in model.topics]


def sampled(bags: NamedBags, number: int, seed: int) -> list[tuple[str, Bag]]:
    """Return sample ``number`` of the documents that have words; which those are doesn't depend on their order."""
    kept = [(doc_id, bag) for doc_id, bag in bags if bag.words]
    ranks = {doc_id: hashlib.sha256(f"{seed} {number} {doc_id}".encode()).digest() for doc_id, _ in kept}
    chosen = set(sorted(ranks, key=lambda doc_id: (ranks[doc_id], doc_id))[: round(len(ranks) * SHARE)])
    return [(doc_id, bag) for doc_id, bag in kept if doc_id in chosen]


def stability(
    model: TopicModel, bags: NamedBags, settings: TopicSettings, *, samples: int = 3, fitting: Fitting = fit
) -> list[float]:
    """Return how well each topic of ``model`` comes back in models of samples of its documents, from 0 to 1.

    The mean of ``match`` over the samples, to six digits. ``settings`` are those the model was fitted with; a sample
    too small for a model counts 0.
    """
    again = settings.model_copy(update={"k": settings.k or len(model.topics), "least_documents": 2})
    own = terms_of(model)
    others = [terms_of(fitting(sampled(bags, number, settings.seed), again)) for number in range(samples)]
    return _means([match(own, other) for other in others], len(own))


def likeness(found: Sequence[Sequence[Sequence[str]]]) -> float:
    """Return the mean of ``match`` over all pairs of models, each the top terms of its topics; 1.0 for fewer than two.

    A topic without a partner counts 0.
    """
    pairs = [sum(match(a, b)) / max(len(a), len(b), 1) for a, b in combinations(found, 2)]
    return round(sum(pairs) / len(pairs), 6) if pairs else 1.0


def _means(rows: Sequence[Sequence[float]], topics: int) -> list[float]:
    """Return the mean of each column, 0.0 when there are no rows."""
    return [round(sum(row[t] for row in rows) / len(rows), 6) if rows else 0.0 for t in range(topics)]
