from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from pipeline.core.errors import PipelineError
from pipeline.core.layers import Bag
from pipeline.topics.estimator import TopicEstimator
from pipeline.topics.seeds import Seeds
from tests.unit.test_topics import THEMES, corpus

BAGS = [bag for _, bag in corpus(40)]


def test_settings_are_read_set_and_cloned() -> None:
    first = TopicEstimator("kmeans", k=4, seeds=(Seeds("a", "甲", (("引才", 1.0),)),), random_state=3)
    again = clone(first).set_params(k=5)
    assert again.get_params() == {**first.get_params(), "k": 5}
    assert first.k == 4


@pytest.mark.parametrize("kind", ["nmf", "lda", "kmeans", "seeded"])
def test_fit_transform_and_terms(kind: str, tmp_path: Path) -> None:
    model = TopicEstimator(kind, k=4, random_state=7)  # type: ignore[arg-type]
    shares = model.fit_transform(BAGS)
    assert shares.shape == (40, 4)
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-5)
    for words in model.terms(5):
        assert any(set(words) <= set(theme) for theme in THEMES.values())
    assert list(model.get_feature_names_out()) == ["·".join(words) for words in model.terms(3)]
    model.save(tmp_path / "model.npz")
    again = TopicEstimator.load(tmp_path / "model.npz")
    assert again.assign(BAGS) == model.assign(BAGS)
    assert TopicEstimator(kind, k=4, random_state=7).fit(BAGS[::-1]).model_.digest == model.model_.digest  # type: ignore[arg-type]


def test_documents_without_known_words_are_rows_of_zeros() -> None:
    shares = TopicEstimator(k=4).fit(BAGS).transform([Bag((), ()), Bag(("没见过",), (2,))])
    assert not shares.any()


def test_before_fit_and_without_enough_documents() -> None:
    with pytest.raises(NotFittedError):
        TopicEstimator().terms()
    with pytest.raises(PipelineError, match=r"只有 1 篇文档"):
        TopicEstimator().fit(BAGS[:1])
    with pytest.raises(PipelineError, match=r"只有 0 篇文档"):
        TopicEstimator().fit([Bag((), ())] * 20)
    with pytest.raises(PipelineError, match=r"太少"):
        TopicEstimator().fit(BAGS[:1] * 20)
