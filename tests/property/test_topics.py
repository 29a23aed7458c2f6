"""Any bags: a fitted model survives its file, and the order of documents and pairs of words never matters."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.core.config import TopicSettings
from pipeline.core.layers import Bag
from pipeline.topics.fit import fit
from pipeline.topics.model import TopicModel, load
from pipeline.topics.sample import Lack
from pipeline.topics.seeds import Seeds

WORDS = ("人才", "引进", "产业", "资金", "创新", "平台", "医院", "学校", "农田", "低碳")
SEEDS = (Seeds("a", "甲", (("人才", 1.0), ("引进人才", 0.5))), Seeds("b", "乙", (("海洋", 1.0),)))


@st.composite
def bags(draw: st.DrawFn) -> Bag:
    counts = draw(st.dictionaries(st.sampled_from(WORDS), st.integers(1, 5), max_size=6))
    words = tuple(sorted(counts))
    places = st.integers(0, max(0, len(words) - 1))
    pairs = draw(st.dictionaries(st.tuples(places, places), st.integers(1, 2), max_size=4)) if words else {}
    return Bag(words, tuple(counts[w] for w in words), tuple(sorted((a, b, n) for (a, b), n in pairs.items())))


@given(
    st.lists(bags(), max_size=20),
    st.sampled_from(["nmf", "lda", "kmeans", "seeded"]),
    st.sampled_from([-1.0, 0.3, 1.0]),
    st.integers(0, 6),
    st.randoms(use_true_random=False),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_round_trip_and_order(found: list[Bag], kind: str, phrases: float, k: int, chance: object) -> None:
    chosen = TopicSettings.model_validate(
        {
            "enabled": True,
            "model": kind,
            "k": k,
            "phrases": phrases,
            "least_documents": 2,
            "fit_documents": 50,
            "vocabulary": 50,
            "seed": 3,
        }
    )
    named = [(f"{i:03}", bag) for i, bag in enumerate(found)]
    mixed = list(named)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    model, other = fit(named, chosen, seeds=SEEDS), fit(mixed, chosen, seeds=SEEDS)
    if isinstance(model, Lack):
        assert model == other
        return
    assert isinstance(other, TopicModel)
    assert model.digest == other.digest
    assert len(model.codes) == len(model.topics) >= 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.npz"
        model.save(path)
        again = load(path)
    assert again.digest == model.digest
    assert again.assign_many(found) == model.assign_many(found)
    for mix in model.assign_many(found):
        assert not mix.topics or abs(sum(mix.weights) - 1) < 1e-4
