from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from pipeline.topics import kmeans
from pipeline.topics.quality import TOP, c_v, coherence, company, diversity

WORDS = [f"词{i}" for i in range(30)]


def texts(longest: int = 60) -> list[list[str]]:
    """Texts of one of three kinds of words each."""
    chance = random.Random(5)
    result = []
    for _ in range(80):
        first = chance.randrange(3) * 8
        own = WORDS[first : first + 14]
        length = chance.randint(2, longest)
        result.append([chance.choice(own) for _ in range(length)])
    return result


def counted(of: list[list[str]]) -> Any:
    return csr_matrix(np.array([[text.count(word) for word in WORDS] for text in of]))


def gensim_says(measure: str, topics: Sequence[Sequence[int]], of: list[list[str]]) -> list[float]:
    from gensim.corpora import Dictionary
    from gensim.models.coherencemodel import CoherenceModel

    named = [[WORDS[i] for i in topic] for topic in topics]
    model = CoherenceModel(
        topics=named,
        texts=of,
        dictionary=Dictionary(of),
        coherence=measure,
        topn=TOP,
        window_size=1000,
        processes=1,
    )
    return list(model.get_coherence_per_topic())


TOPICS = [list(range(10)), list(range(8, 18)), [0, 5, 10, 15, 20, 21, 2, 7, 12, 17], list(range(19, 9, -1))]


def test_c_v_of_word_counts_is_gensims_with_whole_documents_as_windows() -> None:
    of = texts()
    assert c_v(counted(of), TOPICS) == pytest.approx(gensim_says("c_v", TOPICS, of), abs=1e-6)


def test_npmi_is_gensims_but_for_pairs_that_never_meet() -> None:
    of = [text * 3 for text in texts(longest=200)]
    apart = [topic for topic in TOPICS if set(topic) <= set(range(14))]
    assert apart
    ours = coherence(counted(of), apart)
    assert ours == pytest.approx(gensim_says("c_npmi", apart, of), abs=1e-4)


matrices = st.integers(2, 12).flatmap(
    lambda rows: st.lists(st.lists(st.integers(0, 3), min_size=6, max_size=6), min_size=rows, max_size=rows)
)
topic_lists = st.lists(st.lists(st.integers(0, 5), unique=True, max_size=6), max_size=4)


@given(matrices, topic_lists)
def test_coherence_keeps_within_its_limits(rows: list[list[int]], topics: list[list[int]]) -> None:
    counts = csr_matrix(np.array(rows))
    assert all(-1 <= value <= 1 for value in coherence(counts, topics))
    assert all(-1 <= value <= 1 for value in c_v(counts, topics))


def test_diversity_is_the_share_of_different_terms() -> None:
    assert diversity([["a", "b"], ["c", "d"]]) == 1
    assert diversity([["a", "b"], ["a", "b"]]) == 0.5
    assert diversity([]) == 1


def test_company_is_the_mean_npmi_with_the_other_terms() -> None:
    counts = csr_matrix(np.array([[1, 2, 0, 0], [3, 1, 0, 1], [0, 0, 1, 0], [0, 0, 4, 0]]))
    half = np.log(0.25 / (0.5 * 0.25)) / -np.log(0.25)  # 0 and 3: together in one of four, alone in two and in one
    found = company(counts, [[0, 1, 3], [0, 2], [2], []])
    assert found[0] == pytest.approx([(1 + half) / 2, (1 + half) / 2, half], abs=1e-6)
    assert [one.tolist() for one in found[1:]] == [[-1.0, -1.0], [0.0], []]
    assert company(counts, [[], []])[1].tolist() == []


def test_words_of_a_group_that_go_together_come_first() -> None:
    # words 0 and 1 stand together, word 2 with neither, though it is as much the group's own
    counts = csr_matrix(np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 2, 0], [0, 0, 2, 1], [0, 0, 0, 5]]))
    found = kmeans.cohering(counts, np.array([[0.3, 0.3, 0.4, 0.0], [0.0, 0.0, 0.0, 1.0]]))
    assert found.sum(axis=1) == pytest.approx([1, 1])
    assert np.argsort(-found[0], kind="stable").tolist() == [0, 1, 2, 3]
    assert found[1].tolist() == [0, 0, 0, 1]
    # none of the words goes with another: as they were
    apart = csr_matrix(np.eye(3, dtype=np.int64))
    assert kmeans.cohering(apart, np.array([[0.5, 0.3, 0.2]]))[0] == pytest.approx([0.5, 0.3, 0.2])


def test_a_word_after_the_first_comes_before_none_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(5)
    counts = csr_matrix((chance.random((40, 30)) < 0.2).astype(np.int64))
    weights = chance.dirichlet(np.ones(30), 3)
    monkeypatch.setattr(kmeans, "FIRST", 8)
    before = np.argsort(-weights, axis=1)[:, :8]
    after = np.argsort(-kmeans.cohering(counts, weights), axis=1)[:, :8]
    assert [sorted(row) for row in after.tolist()] == [sorted(row) for row in before.tolist()]
