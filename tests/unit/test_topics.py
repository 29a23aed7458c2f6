from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.config import TopicSettings
from pipeline.core.errors import PipelineError
from pipeline.core.layers import Bag, TopicMix
from pipeline.topics.fit import fit, number_of_topics
from pipeline.topics.model import TopicModel, load
from pipeline.topics.quality import coherence
from pipeline.topics.sample import Lack, Sample, draw, limits

THEMES = {
    "人才": ["引才", "育才", "安家", "职称", "博士", "院士", "公寓", "落户", "津贴", "举荐"],
    "绿色": ["低碳", "排放", "光伏", "能耗", "碳汇", "治污", "循环", "生态", "节能", "储能"],
    "农业": ["种业", "农田", "粮食", "合作社", "农机", "灌溉", "冷链", "村庄", "农户", "养殖"],
    "医疗": ["医院", "医生", "门诊", "药品", "医保", "护理", "诊疗", "疾控", "康复", "急救"],
}
COMMON = ["会场", "通道", "窗口", "时段", "票据", "名册"]


def settings(**changes: object) -> TopicSettings:
    base = {"enabled": True, "model": "nmf", "k": 4, "least_documents": 8, "fit_documents": 500, "vocabulary": 1000}
    return TopicSettings.model_validate({**base, "seed": 7, **changes})


def corpus(documents: int = 60) -> list[tuple[str, Bag]]:
    """Documents of one theme each, with words of no theme among them."""
    chance = random.Random(1)
    result = []
    for i in range(documents):
        words = list(THEMES.values())[i % 4]
        counts: dict[str, int] = {}
        for word in [chance.choice(words) for _ in range(40)] + [chance.choice(COMMON) for _ in range(8)]:
            counts[word] = counts.get(word, 0) + 1
        kept = sorted(counts)
        result.append((f"{i:04x}", Bag(tuple(kept), tuple(counts[w] for w in kept))))
    return result


def fitted(**changes: object) -> TopicModel:
    model = fit(corpus(), settings(**changes))
    assert isinstance(model, TopicModel)
    return model


@pytest.mark.parametrize("kind", ["nmf", "lda", "kmeans", "seeded"])
def test_themes_are_found_and_documents_assigned_to_them(kind: str) -> None:
    model = fitted(model=kind)
    found = []
    for topic in model.topics:
        top = [word for word, _ in topic.terms[:5]]
        found += [name for name, words in THEMES.items() if set(top) <= set(words)]
        assert topic.label == "·".join(top[:3])
        assert topic.coherence > 0.3
    assert sorted(found) == sorted(THEMES)
    mixes = model.assign_many(bag for _, bag in corpus())
    assert [mix.topics[0] for mix in mixes] == [mixes[i % 4].topics[0] for i in range(len(mixes))]
    assert len({mix.topics[0] for mix in mixes[:4]}) == 4


@pytest.mark.parametrize("kind", ["nmf", "lda", "kmeans", "seeded"])
def test_same_documents_in_any_order_give_the_same_bytes(kind: str, tmp_path: Path) -> None:
    bags = corpus()
    first = fit(bags, settings(model=kind))
    second = fit(iter(list(reversed(bags))), settings(model=kind))
    assert isinstance(first, TopicModel) and isinstance(second, TopicModel)
    assert first.digest == second.digest
    first.save(tmp_path / "a.npz")
    second.save(tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


@pytest.mark.parametrize("kind", ["nmf", "lda", "kmeans", "seeded"])
def test_saved_and_loaded_is_the_same(kind: str, tmp_path: Path) -> None:
    model = fitted(model=kind)
    model.save(tmp_path / "deep" / "model.npz")
    again = load(tmp_path / "deep" / "model.npz")
    assert again.digest == model.digest
    assert again.topics == model.topics
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["model.npz"]
    bags = [bag for _, bag in corpus()]
    assert again.assign_many(bags) == model.assign_many(bags)


@pytest.mark.parametrize("kind", ["nmf", "lda", "kmeans", "seeded"])
def test_a_document_is_assigned_the_same_alone_and_among_others(kind: str) -> None:
    model = fitted(model=kind)
    bags = [bag for _, bag in corpus()]
    assert model.assign_many(bags) == [model.assign(bag) for bag in reversed(bags)][::-1]
    for mix in model.assign_many(bags):
        assert sum(mix.weights) == pytest.approx(1, abs=1e-5)
        assert list(mix.weights) == sorted(mix.weights, reverse=True)
        assert min(mix.weights) >= 0.01


def test_nmf_weights_are_the_least_squares_solution() -> None:
    from sklearn.decomposition import non_negative_factorization

    from pipeline.topics.model import tf_idf

    model = fitted()
    _, bag = corpus()[5]
    values = np.zeros(len(model.vocabulary))
    columns = [model.vocabulary.index(w) for w in bag.words if w in model.vocabulary]
    counts = np.array([n for w, n in zip(bag.words, bag.counts, strict=True) if w in model.vocabulary], dtype=float)
    values[columns] = tf_idf(counts, model.idf[columns])
    amounts, _, _ = non_negative_factorization(
        values[None], H=model.weights, n_components=len(model.weights), update_H=False, tol=1e-12, max_iter=5000
    )
    expected = amounts[0] / amounts[0].sum()
    mix = model.assign(bag)
    for topic, weight in zip(mix.topics, mix.weights, strict=True):
        assert weight == pytest.approx(expected[topic], abs=0.02)


def test_topics_are_numbered_from_the_largest() -> None:
    bags = corpus(40) + [
        (f"more{i}", bag) for i in range(12) for n, (_, bag) in enumerate(corpus(40)) if n == 4 * i % 40
    ]
    model = fit(bags, settings())
    assert isinstance(model, TopicModel)
    assert [topic.number for topic in model.topics] == [0, 1, 2, 3]
    assert {word for word, _ in model.topics[0].terms[:5]} <= set(THEMES["人才"])


@pytest.mark.parametrize("bag", [Bag((), ()), Bag(("没见过",), (3,))])
@pytest.mark.parametrize("kind", ["nmf", "lda", "kmeans", "seeded"])
def test_a_document_without_known_words_has_no_topics(bag: Bag, kind: str) -> None:
    assert fitted(model=kind).assign(bag) == TopicMix()


def test_too_few_documents_give_no_model() -> None:
    empty = [(f"empty{i}", Bag((), ())) for i in range(20)]
    assert fit([], settings()) == Lack("topics.too-few", 0)
    assert fit(corpus(7) + empty, settings()) == Lack("topics.too-few", 7)
    assert isinstance(fit(corpus(8), settings()), TopicModel)


def test_documents_with_nothing_in_common_give_no_model() -> None:
    apart = [(str(i), Bag((f"词{i}",), (1,))) for i in range(20)]
    alike = [(str(i), Bag(("一样", "相同"), (1, 2))) for i in range(20)]
    assert fit(apart, settings()) == fit(alike, settings()) == Lack("topics.apart", 20)


@pytest.mark.parametrize(("documents", "topics"), [(8, 2), (20, 4), (36, 6), (60, 8), (400, 20), (1000, 30)])
def test_number_of_topics_by_number_of_documents(documents: int, topics: int) -> None:
    sample = draw(corpus(documents), settings(fit_documents=1000))
    assert isinstance(sample, Sample)
    assert number_of_topics(0, sample) == topics
    assert number_of_topics(3, sample) == 3


def test_there_are_no_more_topics_than_different_documents() -> None:
    sample = draw([(f"{i}", corpus(3)[i % 3][1]) for i in range(40)], settings())
    assert isinstance(sample, Sample)
    assert number_of_topics(12, sample) == 3


def test_sampling_is_bounded_even_and_keeps_no_order() -> None:
    bags = corpus(300)
    first = draw(bags, settings(fit_documents=50))
    second = draw(reversed(bags), settings(fit_documents=50))
    assert isinstance(first, Sample) and isinstance(second, Sample)
    assert first.counts.shape[0] == 50
    assert first.vocabulary == second.vocabulary
    assert (first.counts != second.counts).nnz == 0
    small = draw(bags, settings(vocabulary=12))
    assert isinstance(small, Sample) and len(small.vocabulary) == 12


@pytest.mark.parametrize(
    ("documents", "low", "high"), [(8, 2, 7), (20, 2, 13), (600, 4, 303), (5000, 5, 2503), (100_000, 10, 50_003)]
)
def test_document_frequency_limits(documents: int, low: int, high: int) -> None:
    assert limits(documents) == (low, high)


def test_coherence_of_terms_that_go_together_and_that_never_do() -> None:
    from scipy.sparse import csr_matrix

    counts = csr_matrix(np.array([[1, 2, 0], [3, 1, 0], [0, 0, 1], [0, 0, 4]]))
    assert coherence(counts, [[0, 1], [0, 2], [2], []]) == [1.0, -1.0, 0.0, 0.0]


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04broken"])
def test_a_damaged_model_file_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(PipelineError, match=r"model\.npz"):
        load(path)
    with pytest.raises(PipelineError, match=r"none\.npz"):
        load(tmp_path / "none.npz")
