"""Comparison of topics and words: figures against hand-worked examples, SciPy and simulated corpora."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import numpy as np
import pytest
from scipy import stats

from pipeline.core.association import npmi
from pipeline.core.errors import PipelineError
from pipeline.core.layers import Bag
from pipeline.scoring.groups import Group
from pipeline.scoring.keyness import g2, keyness, log_ratio
from pipeline.scoring.multiple_testing import benjamini_hochberg, g2_p
from pipeline.scoring.term_network import Limits, term_network
from pipeline.scoring.topic_shares import mean_interval, permuted


def test_g2_of_a_hand_worked_example() -> None:
    # 12 in 1,000 against 3 in 2,000: expected 5 and 10; 2·(12·ln 2.4 + 3·ln .3)
    assert g2(12, 3, 1000, 2000) == pytest.approx(2 * (12 * math.log(2.4) + 3 * math.log(0.3)))
    assert g2(12, 3, 1000, 2000) == pytest.approx(13.7874, abs=1e-4)
    assert g2(5, 10, 1000, 2000) == pytest.approx(0)
    assert log_ratio(12, 3, 1000, 2000) == pytest.approx(3)
    assert log_ratio(8, 0, 1000, 1000) == pytest.approx(4)


@pytest.mark.parametrize("a,b,c,d", [(12, 3, 1000, 2000), (40, 10, 5_000, 90_000), (7, 0, 800, 900), (1, 30, 400, 600)])
def test_g2_is_scipys_over_the_two_observed_cells(a: int, b: int, c: int, d: int) -> None:
    expected = [(a + b) * c / (c + d), (a + b) * d / (c + d)]
    own = stats.power_divergence([a, b], expected, lambda_="log-likelihood")
    assert g2(a, b, c, d) == pytest.approx(own.statistic)
    assert g2_p(g2(a, b, c, d)) == pytest.approx(own.pvalue)


@pytest.mark.parametrize("seed", range(5))
def test_false_discovery_is_scipys(seed: int) -> None:
    p = np.random.default_rng(seed).beta(0.4, 2, size=37).round(3)
    assert benjamini_hochberg(p.tolist()) == pytest.approx(stats.false_discovery_control(p))
    assert benjamini_hochberg([]) == ()


def test_intervals_cover_the_mean_in_about_95_of_100_samples() -> None:
    random = np.random.default_rng(3)
    true = 0.25
    hits = 0
    for number in range(200):
        low, high = mean_interval(random.dirichlet([0.5, 1.5], size=60), seed=number)[0] or (0, 0)
        hits += low <= true <= high
    assert 0.88 <= hits / 200 <= 0.99
    assert mean_interval(np.ones((4, 2)), seed=1) == [None, None]


def test_intervals_of_many_documents_are_those_of_the_bootstrap() -> None:
    weights = np.random.default_rng(3).dirichlet([0.1, 0.5, 2.0], size=1001)
    for exact, drawn in zip(mean_interval(weights, seed=1), mean_interval(weights[:1000], seed=1), strict=True):
        assert exact is not None and drawn is not None
        assert exact == pytest.approx(drawn, abs=3e-3) and 0 <= exact[0] < exact[1] <= 1


def test_permutation_finds_what_differs_and_only_that() -> None:
    random = np.random.default_rng(5)
    inside = np.zeros((90, 3), dtype=bool)
    inside[np.arange(90), np.arange(90) % 3] = True
    weights = random.random((90, 40))
    weights[inside[:, 0], 0] += 0.5
    p = permuted(weights, inside, seed=1, draws=499)
    assert p[0] == pytest.approx(1 / 500)
    assert (p[1:] < 0.05).sum() <= 6
    assert (p == permuted(weights, inside, seed=1, draws=499)).all()
    two = permuted(weights[:, :3], inside[:, :2], seed=1, draws=1999)
    a, b = weights[inside[:, 0], 1], weights[inside[:, 1], 1]
    own = stats.permutation_test((a, b), lambda x, y: abs(x.mean() - y.mean()), n_resamples=1999, alternative="greater")
    assert two[1] == pytest.approx(own.pvalue, abs=0.05)
    assert permuted(weights, inside[:, :1], seed=1, draws=9).tolist() == [1.0] * 40


def bag(**counts: int) -> Bag:
    kept = sorted(word for word, count in counts.items() if count)
    return Bag(tuple(kept), tuple(counts[word] for word in kept))


def test_keyness_of_two_groups() -> None:
    bags = [(f"a{n}", bag(产业=4, 人才=6, 一次=4 * (n < 2))) for n in range(4)]
    bags += [(f"b{n}", bag(产业=5, 农业=5)) for n in range(4)] + [("both", bag(人才=100)), ("empty", bag())]
    found = keyness(bags, Group("甲", ("a0", "a1", "a2", "a3", "both")), Group("乙", ("b0", "b1", "b2", "b3", "both")))
    assert (found.target.documents, found.target.words, found.reference.words) == (4, 48, 40)
    assert [(w.term, w.side, w.target, w.reference) for w in found.words] == [
        ("农业", "reference", 0, 20),
        ("人才", "target", 24, 0),
        ("产业", "reference", 16, 20),
    ]
    assert found.words[1].g2 == pytest.approx(2 * 24 * math.log(88 / 48))
    assert (found.words[1].target_documents, found.words[1].target_rate) == (4, 5000)
    assert any("1 篇文档同属两组" in note for note in found.notes)
    with pytest.raises(PipelineError, match="没有可比的词"):
        keyness(bags, Group("甲", ("a0",)), Group("乙", ("empty",)))


def test_terms_that_stand_together() -> None:
    clauses = [(f"d{n % 5}", {"引进", "人才"}) for n in range(10)] + [
        (f"d{n % 5}", {"产业", "人才"}) for n in range(10)
    ]
    clauses += [(f"d{n % 5}", {"产业", "园区"}) for n in range(10)] + [("d0", set()), ("d9", {"孤词"})] * 5
    clauses.sort(key=lambda clause: clause[0])
    found = term_network(clauses, Limits(least_npmi=-1))
    assert (found.documents, found.clauses) == (6, 35)
    assert [(node.term, node.frequency, node.documents) for node in found.nodes] == [
        ("产业", 20, 5),
        ("人才", 20, 5),
        ("园区", 10, 5),
        ("引进", 10, 5),
    ]
    assert [(e.source, e.target, e.weight) for e in found.edges] == [
        ("产业", "园区", 10),
        ("人才", "引进", 10),
        ("产业", "人才", 10),
    ]
    assert found.edges[0].npmi == pytest.approx(math.log(10 * 35 / 200) / math.log(3.5), abs=1e-6)
    assert term_network(clauses).edges == found.edges[:2]
    near = term_network(clauses, Limits(least_npmi=-1), around=["引进"])
    assert [(e.source, e.target) for e in near.edges] == [("人才", "引进")]
    assert near.edges[0].npmi == found.edges[1].npmi
    graph = ElementTree.fromstring(found.graphml())
    names = {"g": "http://graphml.graphdrawing.org/xmlns"}
    assert len(graph.findall(".//g:node", names)) == 4
    assert {e.get("source") for e in graph.findall(".//g:edge", names)} == {"产业", "人才"}
    with pytest.raises(PipelineError, match="没有词"):
        term_network(clauses, around=["无此词"])
    assert npmi([1, 0, 4 / 9], [1, 1 / 3, 4 / 9], [1, 1 / 3, 4 / 9]).tolist() == pytest.approx([1, -1, 1])
