from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from pipeline.topics.quality import TOP, c_v, coherence, diversity, windows

WORDS = [f"词{i}" for i in range(30)]


def texts(documents: int = 80, longest: int = 60, *, once: bool = False) -> list[list[str]]:
    """Texts of one of three kinds of words each; ``once``: no word twice in a text."""
    chance = random.Random(5)
    result = []
    for _ in range(documents):
        first = chance.randrange(3) * 8
        own = WORDS[first : first + 14]
        length = chance.randint(2, longest)
        result.append(chance.sample(own, min(length, 14)) if once else [chance.choice(own) for _ in range(length)])
    return result


def gensim_says(measure: str, topics: Sequence[Sequence[int]], of: list[list[str]], size: int) -> list[float]:
    from gensim.corpora import Dictionary
    from gensim.models.coherencemodel import CoherenceModel

    named = [[WORDS[i] for i in topic] for topic in topics]
    model = CoherenceModel(
        topics=named,
        texts=of,
        dictionary=Dictionary(of),
        coherence=measure,
        topn=TOP,
        window_size=size,
        processes=1,
    )
    return list(model.get_coherence_per_topic())


TOPICS = [list(range(10)), list(range(8, 18)), [0, 5, 10, 15, 20, 21, 2, 7, 12, 17], list(range(19, 9, -1))]


@pytest.mark.parametrize("size", [1000, 10, 3])
def test_c_v_is_gensims(size: int) -> None:
    # gensim forgets a word that leaves its window though it stands there again: so no word twice
    of = texts(once=size < 1000, longest=20)
    assert c_v(windows(of, WORDS, size), TOPICS) == pytest.approx(gensim_says("c_v", TOPICS, of, size), abs=1e-6)


def test_c_v_of_word_counts_is_gensims_with_whole_documents_as_windows() -> None:
    of = texts()
    counts = csr_matrix(np.array([[text.count(word) for word in WORDS] for text in of]))
    assert c_v(counts, TOPICS) == pytest.approx(gensim_says("c_v", TOPICS, of, 1000), abs=1e-6)


def test_npmi_is_gensims_but_for_pairs_that_never_meet() -> None:
    of = [text * 3 for text in texts(longest=200)]
    apart = [topic for topic in TOPICS if set(topic) <= set(range(14))]
    assert apart
    ours = coherence(windows(of, WORDS, 1000), apart)
    assert ours == pytest.approx(gensim_says("c_npmi", apart, of, 1000), abs=1e-4)


def test_windows_are_every_stretch_of_a_text() -> None:
    got = windows([["a", "b", "c", "b"], ["c"], []], ["a", "b", "c"], 2)
    assert (got.toarray() > 0).astype(int).tolist() == [[1, 1, 0], [0, 1, 1], [0, 1, 1], [0, 0, 1], [0, 0, 0]]
    assert windows([["x"]], ["a"]).shape == (1, 1)


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
