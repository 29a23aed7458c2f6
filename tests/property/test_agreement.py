"""Coefficients of agreement equal those of other people's libraries, and brute force, on random data."""

from __future__ import annotations

import warnings
from itertools import permutations

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import fleiss_kappa as other_fleiss

from pipeline.coding import agreement as ag
from pipeline.coding import agreement_sets
from pipeline.coding.agreement_sets import jaccard, masi, masi_alpha, masi_alphas, matched
from pipeline.coding.marked import as_places, coded_by, coded_units, covered, merged, pieces

# QDA.md §5: n, both, only A, only B → percent, Cohen's κ
NVIVO = [
    (1000, 50, 150, 0, 0.85, 0.3478),
    (1000, 50, 100, 50, 0.85, 0.3182),
    (1000, 180, 20, 20, 0.96, 0.875),
    (1000, 0, 100, 100, 0.80, -0.1111),
]
VALUES = st.integers(2, 4).flatmap(
    lambda k: st.tuples(
        st.just(k), hnp.arrays(np.int64, st.tuples(st.just(2), st.integers(1, 40)), elements=st.integers(0, k - 1))
    )
)
SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda p: (p[0], p[0] + p[1])), max_size=6)


@pytest.mark.parametrize(("n", "both", "a", "b", "percent", "kappa"), NVIVO)
def test_nvivo(n: int, both: int, a: int, b: int, percent: float, kappa: float) -> None:
    table = np.array([[n - both - a - b, b], [a, both]], float)
    assert ag.percent(table) == pytest.approx(percent)
    assert ag.cohen_kappa(table) == pytest.approx(kappa, abs=5e-5)


def same(own: object, other: float) -> None:
    """Both the same number, or both undefined."""
    value = float(np.asarray(own))
    assert (np.isnan(value) and np.isnan(other)) or value == pytest.approx(other, abs=1e-9)


def alpha_of(values: np.ndarray, k: int) -> float:
    """The library's α; it divides by zero, or refuses, where α isn't defined."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return float(
                krippendorff.alpha(reliability_data=values, level_of_measurement="nominal", value_domain=list(range(k)))
            )
        except (ValueError, ZeroDivisionError):
            return float("nan")


@given(VALUES)
def test_two_coders(drawn: tuple[int, np.ndarray]) -> None:
    k, (a, b) = drawn
    table = ag.confusion(a, b, categories=k)
    n = len(a)
    same(ag.percent(table), np.mean(a == b))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        same(ag.cohen_kappa(table), cohen_kappa_score(a, b, labels=list(range(k))))
    share = [np.sum(np.concatenate([a, b]) == c) / (2 * n) for c in range(k)]
    chance = sum(x * x for x in share)
    pi = np.nan if chance > 1 - 1e-12 else (np.mean(a == b) - chance) / (1 - chance)
    same(ag.scott_pi(table), pi)
    same(ag.fleiss_kappa(ag.fleiss_parts(_counts(np.stack([a, b]), k), np.ones(n))), pi)
    same(ag.brennan_prediger(table), (np.mean(a == b) - 1 / k) / (1 - 1 / k))
    expected = alpha_of(np.stack([a, b]).astype(float), k) if len({*a, *b}) > 1 else np.nan
    same(ag.krippendorff_alpha(ag.coincidences(table)), expected)
    if k == 2:
        marked = int(a.sum() + b.sum())
        same(ag.holsti(table), 2 * sum(a & b) / marked if marked else np.nan)
        same(ag.prevalence(table), marked / (2 * n))


def _counts(values: np.ndarray, k: int) -> np.ndarray:
    """coders × units → units × categories."""
    return np.stack([(values == c).sum(0) for c in range(k)], 1).astype(float)


@given(hnp.arrays(np.int64, st.tuples(st.integers(2, 5), st.integers(1, 30)), elements=st.integers(-1, 2)))
def test_many_coders_with_gaps(values: np.ndarray) -> None:
    counts = _counts(values, 3)
    own = ag.krippendorff_alpha(ag.coincidences_of(counts, np.ones(len(counts))))
    paired = counts[counts.sum(1) > 1]
    expected = alpha_of(np.where(values < 0, np.nan, values), 3) if (paired.sum(0) > 0).sum() > 1 else np.nan
    same(own, expected)


@given(hnp.arrays(np.int64, st.tuples(st.integers(2, 5), st.integers(1, 30)), elements=st.integers(0, 2)))
def test_fleiss(values: np.ndarray) -> None:
    counts = _counts(values, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = other_fleiss(counts) if (counts.sum(0) > 0).sum() > 1 else np.nan
    same(ag.fleiss_kappa(ag.fleiss_parts(counts, np.ones(len(counts)))), expected)


@given(VALUES, st.integers(1, 5))
def test_a_weight_is_as_many_units(drawn: tuple[int, np.ndarray], times: int) -> None:
    k, (a, b) = drawn
    weights = np.arange(len(a)) % times + 1
    heavy = ag.confusion(a, b, categories=k, weights=weights)
    assert np.array_equal(heavy, ag.confusion(np.repeat(a, weights), np.repeat(b, weights), categories=k))
    counts = _counts(np.stack([a, b]), k)
    assert ag.coincidences_of(counts, weights.astype(float)) == pytest.approx(ag.coincidences(heavy))


def distance(a: frozenset[int], b: frozenset[int]) -> float:
    """MASI as it is written in Passonneau 2006."""
    if a == b:
        return 0.0
    monotone = 2 / 3 if a and b and (a <= b or b <= a) else 1 / 3 if a & b else 0.0
    return 1 - len(a & b) / len(a | b) * monotone


@given(hnp.arrays(np.bool_, st.tuples(st.just(2), st.integers(1, 12), st.just(4))))
def test_masi(sets: np.ndarray) -> None:
    a, b = ([frozenset(np.flatnonzero(row).tolist()) for row in coder] for coder in sets)
    assert masi(sets[0], sets[1]) == pytest.approx(np.array([[distance(x, y) for y in b] for x in a]))
    values = [*a, *b]
    between = sum(distance(x, y) for x, y in permutations(values, 2)) / (len(values) * (len(values) - 1))
    within = sum(distance(x, y) for x, y in zip(a, b, strict=True)) / len(a)
    same(masi_alpha(sets[0], sets[1], np.ones(len(a))), 1 - within / between if between > 0 else np.nan)


@given(SPANS, SPANS, st.sampled_from([0.0, 0.5, 0.9]))
def test_spans_are_paired_as_well_as_can_be(a: list[tuple[int, int]], b: list[tuple[int, int]], least: float) -> None:
    few, many = sorted([a, b], key=len)

    def best(left: list[tuple[int, int]], free: frozenset[int]) -> int:
        if not left:
            return 0
        fits = [n for n in free if (j := jaccard(left[0], many[n])) >= least and j > 0]
        return max([best(left[1:], free), *(1 + best(left[1:], free - {n}) for n in fits)])

    assert matched(a, b, least) == best(few, frozenset(range(len(many)))) == matched(b, a, least)


@pytest.mark.parametrize("least", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("long", [0, 1, 20])
def test_long_spans_cost_nothing(least: float, long: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted is the work, comparisons of spans and of their ends, in 2,000 spans and some as long as all."""
    number, work = 2000, 0

    class Place(int):
        def __lt__(self, other: int) -> bool:
            nonlocal work
            work += 1
            return int(self) < int(other)

        __hash__ = int.__hash__

    def counted(a: tuple[int, int], b: tuple[int, int]) -> float:
        nonlocal work
        work += 1
        return jaccard((int(a[0]), int(a[1])), (int(b[0]), int(b[1])))

    monkeypatch.setattr(agreement_sets, "jaccard", counted)
    short = [(Place(10 * n), Place(10 * n + 8)) for n in range(number)]
    whole = [(Place(n), Place(10 * number)) for n in range(long)]
    moved = [(Place(start + 1), Place(end + 1)) for start, end in short]
    for a, b in ((short, moved + whole), (short + whole, moved), (short + whole, moved + whole)):
        work = 0
        found = matched(a, b, least)
        paired = long if whole and len(a) == len(b) else 0
        assert found == (number if least < 0.9 else 0) + paired
        assert work < 10 * (len(a) + len(b)) * np.log2(len(a) + len(b)) + 2 * long**2


@given(SPANS, st.lists(st.integers(1, 9), min_size=1, max_size=8), st.lists(st.integers(0, 2), min_size=8, max_size=8))
def test_coded_units_is_the_rule(spans: list[tuple[int, int]], lengths: list[int], gaps: list[int]) -> None:
    units, at = [], 0
    for length, gap in zip(lengths, gaps, strict=False):
        units.append((at + gap, at + gap + length))
        at += gap + length
    marked = {place for start, end in spans for place in range(start, end)}
    inside = [set(range(*unit)) for unit in units]
    expected = []
    for unit in inside:
        half_of_one = any(
            (own := sum(len(other & set(range(*span))) for other in inside))
            and 2 * len(unit & set(range(*span))) >= own
            for span in spans
        )
        expected.append(2 * len(unit & marked) >= len(unit) or half_of_one)
    places = as_places(spans)
    assert coded_units(as_places(units), places).tolist() == expected
    assert covered(as_places(units), places).tolist() == [len(unit & marked) for unit in inside]
    assert {p for s, e in merged(places).tolist() for p in range(s, e)} == marked


@given(SPANS, SPANS)
def test_characters_are_counted_in_stretches(a: list[tuple[int, int]], b: list[tuple[int, int]]) -> None:
    length = 60
    stretches = pieces(length, [as_places(a), as_places(b)])
    flags = [coded_units(stretches, as_places(spans)) for spans in (a, b)]
    table = ag.confusion(flags[0], flags[1], weights=stretches[:, 1] - stretches[:, 0])
    plain = [np.array([any(s <= at < e for s, e in spans) for at in range(length)]) for spans in (a, b)]
    assert np.array_equal(table, ag.confusion(plain[0], plain[1]))


def test_nothing_is_made_up_where_a_figure_is_not_defined() -> None:
    nobody = np.array([[9.0, 0.0], [0.0, 0.0]])
    for coefficient in (ag.cohen_kappa, ag.scott_pi, ag.holsti):
        assert np.isnan(coefficient(nobody))
    assert np.isnan(ag.krippendorff_alpha(ag.coincidences(nobody)))
    assert ag.figure(np.nan, ag.reason_of(nobody)) == ag.Figure(None, ag.NOT_USED)
    assert ag.reason_of(np.zeros((2, 2))) == ag.NO_UNITS
    assert ag.reason_of(np.array([[0.0, 0.0], [0.0, 3.0]])) == ag.ALL_ALIKE
    assert np.isnan(ag.percent(np.zeros((2, 2))))


@given(st.lists(SPANS, min_size=1, max_size=4), st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_all_codes_at_once_are_each_by_itself(codes: list[list[tuple[int, int]]], lengths: list[int]) -> None:
    ends = np.cumsum(lengths)
    units = np.stack([ends - lengths, ends], 1)
    spans = [as_places(some) for some in codes]
    expected = np.stack([coded_units(units, some) for some in spans], 1)
    assert np.array_equal(coded_by(units, spans), expected)


@given(hnp.arrays(np.bool_, st.tuples(st.just(2), st.integers(1, 12), st.just(4))), st.integers(0, 3))
def test_masi_of_draws(sets: np.ndarray, seed: int) -> None:
    weights = np.random.default_rng(seed).integers(0, 4, (3, sets.shape[1]))
    for weight, own in zip(weights, masi_alphas(sets[0], sets[1], weights.astype(float)), strict=True):
        same(own, masi_alpha(*np.repeat(sets, weight, axis=1), np.ones(weight.sum())))
