"""Codings: spans lie in the text, the same input gives the same codings, and a lower threshold never loses one."""

from __future__ import annotations

import time
from functools import cache
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.coding.apply import Coder, build_coder, code
from pipeline.coding.codebook import load_codebooks, read_codebook, walk
from pipeline.coding.terms import _Phrases, build_terms, gather
from pipeline.coding.units import Unit, cut_units
from pipeline.core.config import configs_dir
from pipeline.core.layers import CleanText, Sentence

PIECES = [
    "引进",
    "人才",
    "博士",
    "补助",
    "万元",
    "。",
    "；",
    "\n",
    "《",
    "》",
    "平台",
    "服务业",
    "建设",
    "专项资金",
    " ",
    "a",
    "政府采购",
    "道路",
]
DENSE = """
codebook: dense
name: 密
version: "1"
definition: 试验
source: 自编
codes:
  - {code: a, name: 甲, definition: 引进, terms: [{term: 引进, not: [引进外资]}]}
"""
TEXTS = st.lists(st.sampled_from(PIECES), max_size=200).map("".join)


@cache
def coder(threshold: float) -> Coder:
    books = load_codebooks(["yinyuyongliu", "silian", "instruments", "triad"], configs_dir() / "codebooks")
    return build_coder(books, threshold)


def sentences(text: str) -> tuple[Sentence, ...]:
    cuts = [0, *(i + 1 for i, mark in enumerate(text) if mark in "。\n"), len(text)]
    return tuple(Sentence(a, b, ()) for a, b in pairwise(cuts) if a < b)


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_units_cover_the_text_but_for_white_space(text: str) -> None:
    units = cut_units(text, (), sentences(text))
    assert all(0 <= u.start < u.end <= len(text) for u in units)
    assert all(a.end <= b.start for a, b in pairwise(units))
    assert "".join("".join(text[u.start : u.end].split()) for u in units) == "".join(text.split())


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_codings_are_units_and_monotone(text: str) -> None:
    clean, cut = CleanText(text, ()), sentences(text)
    strict, loose = (
        [one for one in code(clean, (), cut, coder=coder(threshold)) if one.given] for threshold in (1.0, 0.5)
    )
    spans = {(u.start, u.end) for u in cut_units(text, (), cut)}
    assert all((c.start, c.end) in spans and 0 < c.score < 1 and "×" in c.rule for c in loose)
    assert set(strict) <= set(loose)
    assert list(loose) == sorted(loose, key=lambda c: c.start)
    assert [one for one in code(clean, (), cut, coder=coder(1.0)) if one.given] == strict


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_a_child_brings_its_parents(text: str) -> None:
    found = code(CleanText(text, ()), (), sentences(text), coder=coder(1.0))
    books = load_instruments()
    given_codes = {(c.start, c.code) for c in found if c.codebook == "instruments" and c.given}
    assert all((start, parent) in given_codes for start, one in given_codes for parent in books[one])


@cache
def load_instruments() -> dict[str, tuple[str, ...]]:
    (book,) = load_codebooks(["instruments"], configs_dir() / "codebooks")
    return {path[-1].code: tuple(code.code for code in path[:-1]) for path in walk(book.codes)}


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(2, 9), st.integers(0, 3)), max_size=25)


@given(SPANS, st.integers(0, 40), st.integers(1, 9), st.frozensets(st.integers(0, 3)))
def test_phrases_in_reach_are_all_phrases_that_touch(
    spans: list[tuple[int, int, int]], start: int, length: int, unless: frozenset[int]
) -> None:
    hits = sorted((at, at + long, number) for at, long, number in spans)
    end = start + length
    touched = any(n in unless and s < end and start < e for s, e, n in hits)
    assert _Phrases(hits).touch(start, end, unless) == touched


def test_a_dense_clause_takes_time_like_its_length() -> None:
    book = read_codebook(DENSE, "dense.yaml")
    terms = build_terms([book])

    def took(times: int) -> float:
        text = "引进外资、引进人才、" * times
        units = (Unit(0, len(text), None),)
        begun = time.process_time()
        found = gather(text, (), (), units, terms=terms)
        assert found[0][0][0, False][1] == times
        return time.process_time() - begun

    took(10)
    assert min(took(3_000) for _ in range(3)) < 16 * min(took(500) for _ in range(3))
