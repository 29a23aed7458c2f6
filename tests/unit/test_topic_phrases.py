from __future__ import annotations

import math

import numpy as np
import pytest

from pipeline.core.layers import Bag
from pipeline.topics.fit import fit
from pipeline.topics.model import TopicModel
from pipeline.topics.phrases import join, score
from pipeline.topics.sample import Sample, draw
from tests.unit.test_topics import corpus, settings


def with_pairs(documents: int = 40) -> list[tuple[str, Bag]]:
    """The corpus with 科技 and 创新 side by side in half of the documents."""
    result = []
    for n, (name, bag) in enumerate(corpus(documents)):
        counts = dict(zip(bag.words, bag.counts, strict=True)) | ({"科技": 2, "创新": 3} if n % 2 else {})
        words = sorted(counts)
        pairs = ((words.index("科技"), words.index("创新"), 2),) if n % 2 else ()
        result.append((name, Bag(tuple(words), tuple(counts[w] for w in words), pairs)))
    return result


def test_scores_are_those_of_the_formula() -> None:
    found = score(np.array([4, 10, 1]), np.array([5, 10, 50]), np.array([8, 10, 50]), 100)
    assert found.tolist() == pytest.approx([math.log(0.04 / (0.05 * 0.08)) / -math.log(0.04), 1.0, -0.698970], abs=1e-6)
    assert score(np.array([3]), np.array([3]), np.array([3]), 3).tolist() == [1.0]


def test_words_of_a_phrase_are_not_counted_twice() -> None:
    pairs = [("科技", "创新", 2), ("创新", "平台", 1)]
    found = join({"科技": 3, "创新": 2, "平台": 1}, pairs, {("科技", "创新"): "科技创新"})
    assert found == {"科技": 1, "平台": 1, "科技创新": 2}
    assert join({"甲乙": 1, "甲": 1, "乙": 1}, [("甲", "乙", 1)], {("甲", "乙"): "甲乙"}) == {"甲乙": 2}


def test_phrases_are_learned_and_kept() -> None:
    sample = draw(with_pairs(), settings())
    assert isinstance(sample, Sample)
    assert sample.phrases == (("科技", "创新"),)
    assert {"科技创新", "创新"} <= set(sample.vocabulary)
    assert "科技" not in sample.vocabulary
    none = draw(with_pairs(), settings(phrases=1))
    assert isinstance(none, Sample) and none.phrases == ()
    assert "科技创新" not in none.vocabulary
    clauses = draw(with_pairs(), settings(unit="clause"))
    assert isinstance(clauses, Sample) and clauses.phrases == ()


@pytest.mark.parametrize("kind", ["nmf", "lda", "kmeans", "seeded"])
def test_a_model_with_phrases_assigns_as_it_was_fitted(kind: str) -> None:
    bags = with_pairs()
    model = fit(bags, settings(model=kind))
    assert isinstance(model, TopicModel)
    assert model.phrases == (("科技", "创新"),)
    written = Bag(("创新", "引才", "科技"), (1, 1, 1), ((2, 0, 1),))
    joined = Bag(("引才", "科技创新"), (1, 1))
    assert model.assign(written) == model.assign(joined)


def test_overlapping_phrases_keep_no_order() -> None:
    forward, back = (draw(bags, settings(phrases=-1)) for bags in (with_pairs(), with_pairs()[::-1]))
    assert isinstance(forward, Sample) and isinstance(back, Sample)
    assert forward.vocabulary == back.vocabulary
    assert (forward.counts != back.counts).nnz == 0
