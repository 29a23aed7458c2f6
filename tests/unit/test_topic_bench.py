"""The topic benchmark's figures, worked out by hand."""

from __future__ import annotations

import sys
from math import log
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks" / "topics"))
import topic_metrics as metrics
import topic_seeds

from pipeline.topics.seeds import Seeds


@pytest.mark.parametrize(
    ("found", "labels", "nmi", "purity"),
    [
        ([0, 0, 1, 1], "aabb", 1, 1),
        ([0, 1, 0, 1], "aabb", 0, 0.5),  # independent
        ([0, 0, 0, 0], "aabb", 0, 0.5),
        ([0, 0, 0, 1], "aabb", 2 * 0.215762 / (0.562335 + log(2)), 0.75),
        ([0, 1, 2, 3], "aabb", 2 * log(2) / (log(4) + log(2)), 1),  # one topic a document is pure but tells less
        ([0, 0], "aa", 0, 1),  # no entropy on either side
    ],
)
def test_agreement_with_labels(found: list[int], labels: str, nmi: float, purity: float) -> None:
    assert metrics.nmi(found, labels) == pytest.approx(nmi, abs=1e-5)
    assert metrics.purity(found, labels) == purity


def test_stability_pairs_topics_one_to_one() -> None:
    assert metrics.jaccard("ab", "bc") == pytest.approx(1 / 3)
    assert metrics.jaccard("", "") == 0
    assert metrics.matched(["ab", "cd"], ["dc", "ba"]) == 1  # neither the order of topics nor of words counts
    # both are most like ab, but only one can have it: 1 + 0, not 1 + 1/3
    assert metrics.matched(["ab", "ac"], ["ab", "xy"]) == pytest.approx(0.5)
    assert metrics.matched(["ab"], ["ab", "cd"]) == 0.5  # a topic without a partner
    assert metrics.stability(["ab", "ab", "ac"]) == pytest.approx((1 + 0.5 + 0.5) / 3)
    words = [chr(0x4E00 + n) for n in range(30)]
    assert metrics.matched([words], [words[:20]]) == 1  # the top twenty only


def test_diversity_is_the_share_of_different_words() -> None:
    assert metrics.diversity(["ab", "bc"]) == 0.75
    assert metrics.diversity([]) == 0


def test_npmi_of_words_always_and_never_together() -> None:
    counts = csr_matrix(np.array([[1, 1, 0], [2, 1, 0], [0, 0, 1], [0, 0, 3]]))
    assert metrics.npmi(counts, [[0, 1]]) == pytest.approx(1)
    assert metrics.npmi(counts, [[0, 1], [0, 2]]) == pytest.approx(0)


def test_windows_slide_over_long_documents() -> None:
    # windows of three: 0 0 1, 0 1 2, 1 2 2 and the short document 2 as a whole
    windows = metrics.Windows([np.array([0, 0, 1, 2, 2]), np.array([2])], [0, 1, 2], size=3)
    assert windows._total == 4
    assert windows._both.tolist() == [[2, 2, 1], [2, 3, 2], [1, 2, 3]]


def test_c_v_is_that_of_gensim_where_no_word_repeats() -> None:
    """gensim forgets a word as soon as one of its places leaves the window, even when it stands there again."""
    from gensim.corpora import Dictionary
    from gensim.models import CoherenceModel

    chance = np.random.default_rng(1)
    tokens = [chance.permutation(200)[: int(size)] for size in chance.integers(1, 200, size=40)]
    topics = [[0, 1, 2, 3], [4, 5, 6, 150]]
    texts = [[str(n) for n in document] for document in tokens]
    named = [[str(n) for n in topic] for topic in topics]
    theirs = CoherenceModel(topics=named, texts=texts, dictionary=Dictionary(texts), coherence="c_v", processes=1)
    windows = metrics.Windows(tokens, {n for topic in topics for n in topic})
    assert metrics.c_v(windows, topics) == pytest.approx(theirs.get_coherence(), abs=1e-6)


def test_a_code_is_kept_when_its_topic_is_highest_for_it() -> None:
    given = np.array([[True, False], [True, False], [False, True], [True, True]])
    # topic 0: mean .6 where code 0 was given, .35 where code 1 was; topic 1: .3 and .45
    weights = np.array([[0.9, 0.1], [0.5, 0.3], [0.3, 0.4], [0.4, 0.5]])
    assert topic_seeds.kept(weights, given) == [True, True]
    assert topic_seeds.kept(weights[:, ::-1], given) == [False, False]
    assert topic_seeds.kept(np.zeros((4, 2)), given) == [False, False]  # a code without a topic


def test_f1_leaves_disputed_codes_out() -> None:
    seeds = (Seeds("a", "甲", ()), Seeds("b", "乙", ()))
    given = [frozenset("a"), frozenset("ab"), frozenset()]
    disputed = [frozenset(), frozenset("b"), frozenset()]
    task = topic_seeds.Task(2, seeds, [], [], given, disputed)
    found = np.array([[True, False], [False, False], [True, True]])
    # a: one of two found, one too many; b: the disputed one doesn't count, one too many
    assert topic_seeds.f1(task, found) == pytest.approx((2 / 4 + 0) / 2)
