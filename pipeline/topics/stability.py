"""Whether topics come back: from another seed, and from another sample of the documents."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from itertools import combinations

from pipeline.core.config import TopicSettings
from pipeline.topics.fit import fit_sample
from pipeline.topics.model import TopicModel
from pipeline.topics.pairing import jaccard, pairing
from pipeline.topics.sample import Lack, Sample, narrowed

Fitting = Callable[[Sample, TopicSettings], TopicModel | Lack]
"""``fit_sample``, or what does as it does with more to go by, such as the terms of codes."""

TOP = 20
"""How many top terms of a topic are compared."""
SHARE = 0.8
"""How much of the documents a sample has."""
FIRM = 0.3
"""A topic with less stability over samples isn't to be relied on."""


def match(first: Sequence[Sequence[str]], second: Sequence[Sequence[str]]) -> list[float]:
    """Return the Jaccard of each topic of ``first`` with its partner in ``second``; 0.0 for one left without.

    A topic has one partner at most; partners are chosen so that the sum is greatest, which is the same both ways.
    """
    found = [0.0] * len(first)
    alike = [[jaccard(a, b) for b in second] for a in first]
    for row, column in pairing(alike):
        found[row] = alike[row][column]
    return found


def terms_of(model: TopicModel | Lack) -> list[list[str]]:
    """Return the top terms of each topic, none if there is no model."""
    return [] if isinstance(model, Lack) else [[word for word, _ in topic.terms[:TOP]] for topic in model.topics]


def parts(sample: Sample, many: int, seed: int) -> list[Sample | Lack]:
    """Return ``many`` times ``SHARE`` of the documents fitted on, drawn without replacement, with the words of use.

    Which those are depends on the ids of the documents and the seed only.
    """
    result = []
    for number in range(many):
        ranks = [hashlib.sha256(f"{seed} {number} {doc_id}".encode()).digest() for doc_id in sample.ids]
        chosen = sorted(range(len(ranks)), key=lambda row: (ranks[row], row))[: round(len(ranks) * SHARE)]
        result.append(narrowed(sample, sorted(chosen)))
    return result


def stability(
    model: TopicModel, drawn: Sequence[Sample | Lack], settings: TopicSettings, *, fitting: Fitting = fit_sample
) -> list[float]:
    """Return how well each topic of ``model`` comes back in models of ``parts`` of its documents, from 0 to 1.

    The mean of ``match`` over them, to six digits. ``settings`` are those the model was fitted with; a part too small
    for a model counts 0.
    """
    again = settings.model_copy(update={"k": settings.k or len(model.topics)})
    own = terms_of(model)
    others = [terms_of(one if isinstance(one, Lack) else fitting(one, again)) for one in drawn]
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
