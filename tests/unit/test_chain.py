"""Codes carried on from clause to clause: forward-backward against all ways counted out, fitting, surroundings."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.coding.around import Around, around, joined
from pipeline.coding.chain import PARTS, chained, fitted, neutral
from pipeline.coding.units import Unit
from pipeline.core.layers import Section


def of_lengths(*lengths: int, opens: tuple[int, ...] = ()) -> Around:
    count = sum(lengths)
    first = np.isin(np.arange(count), np.cumsum((0, *lengths))[:-1])
    return Around(("",) * count, first, np.isin(np.arange(count), opens) & ~first)


def chain(scale: float = 1.0, own: float = 0.0, stay: float = 0.0, border: float = 0.0, bias: float = 0.0) -> Any:
    return np.array([[scale], [own], [stay], [border], [bias]])


def counted_out(odds: Any, stay: Any) -> Any:
    """Return the log odds of one document and code by adding up all ways."""
    worth = np.zeros((2, len(odds)))
    for way in product((0, 1), repeat=len(odds)):
        score = sum((state - 0.5) * odds[n] for n, state in enumerate(way))
        score += sum(stay[n] for n in range(1, len(way)) if way[n] == way[n - 1])
        for n, state in enumerate(way):
            worth[state, n] += np.exp(score)
    return np.log(worth[1]) - np.log(worth[0])


@settings(max_examples=60, deadline=None)
@given(
    odds=st.lists(st.floats(-4, 4), min_size=1, max_size=6),
    stay=st.floats(-2, 2),
    border=st.floats(-2, 2),
    opens=st.integers(0, 5),
)
def test_a_chain_is_the_sum_over_all_ways(odds: list[float], stay: float, border: float, opens: int) -> None:
    places = of_lengths(len(odds), opens=(opens,))
    found = chained(np.array(odds)[:, None], np.zeros((len(odds), 1)), places, chain(stay=stay, border=border))
    assert found[:, 0] == pytest.approx(counted_out(odds, stay + border * places.opens), abs=1e-6)


def test_documents_and_codes_do_not_touch_each_other() -> None:
    odds = np.random.RandomState(0).normal(0, 2, (9, 2))
    own = np.zeros((9, 2))
    weights = np.hstack([chain(stay=1.5), chain()])
    found = chained(odds, own, of_lengths(4, 5), weights)
    assert np.allclose(found[:, 1], odds[:, 1])
    apart = [chained(odds[a:b], own[a:b], of_lengths(b - a), weights) for a, b in ((0, 4), (4, 9))]
    assert np.allclose(found, np.vstack(apart))
    assert np.array_equal(chained(odds, own, of_lengths(4, 5), neutral(2)), odds)


def test_no_clause_and_no_decision_change_nothing() -> None:
    assert chained(np.zeros((0, 1)), np.zeros((0, 1)), of_lengths(), chain(stay=1)).shape == (0, 1)
    none = np.zeros((3, 1), bool)
    assert np.array_equal(fitted(np.ones((3, 1)), np.zeros((3, 1)), of_lengths(3), none, none, neutral(1)), neutral(1))


def test_runs_of_a_code_are_learned_and_sections_end_them() -> None:
    """Codes come in sections of five; what the clause says is faint."""
    random = np.random.RandomState(1)
    section = random.rand(60) < 0.5
    given_codes = np.repeat(section, 5)[:, None]
    odds = np.where(given_codes, 0.5, -0.5) + random.normal(0, 1, given_codes.shape)
    places = of_lengths(*[50] * 6, opens=tuple(range(0, 300, 5)))
    decided = random.rand(*given_codes.shape) < 0.7
    own = np.zeros(odds.shape)
    weights = fitted(odds, own, places, decided, given_codes, neutral(1))
    assert weights.shape == (len(PARTS), 1)
    assert weights[2, 0] > 1 and weights[3, 0] < -1
    unread = ~decided
    alone, together = odds > 0, chained(odds, own, places, weights) > 0
    right = [float((found == given_codes)[unread].mean()) for found in (alone, together)]
    assert right[1] > right[0] + 0.1


def test_documents_where_nobody_decided_anything_cost_and_say_nothing() -> None:
    random = np.random.RandomState(2)
    odds, own = random.normal(0, 1, (230, 2)), random.rand(230, 2)
    given_codes = odds + random.normal(0, 1, odds.shape) > 0
    decided = np.ones(odds.shape, bool)
    decided[30:] = False
    found = fitted(odds, own, of_lengths(10, 20, 200), decided, given_codes, neutral(2))
    some = fitted(odds[:30], own[:30], of_lengths(10, 20), decided[:30], given_codes[:30], neutral(2))
    assert np.array_equal(found, some)


def test_surroundings_are_headings_above_and_borders() -> None:
    outline = (
        Section(0, None, 1, "一、", "人才", 0, 5, 40),
        Section(1, 0, 2, "（一）", "引进", 6, 12, 40),
        Section(2, None, 1, "二、", "产业", 40, 45, 80),
    )
    units = (Unit(13, 20, 1), Unit(21, 30, 1), Unit(46, 50, 2))
    found = around(units, outline)
    assert found.headings == ("人才\n引进", "人才\n引进", "产业")
    assert found.first.tolist() == [True, False, False] and found.opens.tolist() == [False, False, True]
    both = joined([found, around(units[:1], outline)])
    assert both.starts().tolist() == [0, 3, 4]
    assert both.where(np.array([False, False, False, True])).headings == ("人才\n引进",)
    assert joined([]).starts().tolist() == [0]
