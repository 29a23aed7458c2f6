"""The topic benchmark's figures, worked out by hand."""

from __future__ import annotations

import sys
from math import log
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks" / "topics"))
import topic_metrics as metrics
import topic_seeds
import topics_board

from pipeline.topics.quality import c_v
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


def test_windows_slide_over_long_documents() -> None:
    # windows of three: 0 0 1, 0 1 2, 1 2 2 and the short document 2 as a whole
    found = metrics.windows([np.array([0, 0, 1, 2, 2]), np.array([2])], [0, 1, 2], 4, size=3)
    assert (found.toarray() > 0).astype(int).tolist() == [[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 0], [0, 0, 1, 0]]
    assert metrics.windows([np.array([0, 1])], [1], 2).toarray().tolist() == [[0, 1]]
    assert metrics.windows([np.array([], dtype=np.int64)], [1], 2).shape == (1, 2)


@pytest.mark.parametrize("size", [110, 10, 3])
def test_c_v_over_windows_is_that_of_gensim_where_no_word_repeats(size: int) -> None:
    """gensim forgets a word as soon as one of its places leaves the window, even when it stands there again."""
    from gensim.corpora import Dictionary
    from gensim.models import CoherenceModel

    chance = np.random.default_rng(1)
    tokens = [chance.permutation(200)[: int(length)] for length in chance.integers(1, 200, size=40)]
    topics = [[0, 1, 2, 3], [4, 5, 6, 150]]
    texts = [[str(n) for n in document] for document in tokens]
    named = [[str(n) for n in topic] for topic in topics]
    theirs = CoherenceModel(
        topics=named, texts=texts, dictionary=Dictionary(texts), coherence="c_v", window_size=size, processes=1
    )
    windows = metrics.windows(tokens, {n for topic in topics for n in topic}, 200, size)
    assert c_v(windows, topics) == pytest.approx(theirs.get_coherence_per_topic(), abs=1e-6)


def test_rows_are_kept_as_they_come_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "out" / "rows.jsonl"
    rows = topics_board.Rows(path)
    assert rows.get("a") is None
    rows.keep("a", {"corpus": "甲"}, ["1.0"])
    again = topics_board.Rows(path)
    assert again.get("a") == ["1.0"] and again.get("b") is None
    again.keep("b", {"corpus": "乙"}, ["2.0"])
    assert topics_board.Rows(path).get("b") == ["2.0"] and topics_board.Rows(path).get("a") == ["1.0"]


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
