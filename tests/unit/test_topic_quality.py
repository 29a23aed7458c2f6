from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from pipeline.topics.quality import TOP, c_v, coherence, diversity

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
