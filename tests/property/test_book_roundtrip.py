"""Any codebook survives being written as a workbook, as one table and as YAML; cells give back what was put in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.books.load import load_book
from pipeline.books.write import write_book
from pipeline.coding.cells import sentences_cell, sentences_in, term_cell, terms_in, words_cell, words_in
from pipeline.coding.codebook import Codebook

ODD = "人才补贴近非、，；;,*：:（）()\\\"'$#=-+@%n_x0041 &<>|"
texts = st.text(ODD, min_size=1, max_size=12).filter(lambda t: t == t.strip())
lines = st.text(ODD + "\n", min_size=1, max_size=12).filter(lambda t: t == t.strip())
words = st.text(ODD.replace("$", ""), min_size=2, max_size=8).filter(lambda t: t == t.strip())
idents = st.text("abcz09_-编码", min_size=1, max_size=6)


@st.composite
def books(draw: Callable[..., Any]) -> Codebook:
    groups = draw(st.dictionaries(idents, st.lists(words, min_size=1, max_size=3), max_size=2))
    near = st.lists(st.one_of(words, *(st.just(f"${name}") for name in groups)), max_size=3)
    weights = st.floats(0.01, 5, allow_nan=False)
    term = st.fixed_dictionaries({"term": words}, optional={"weight": weights, "near": near, "not": near})
    names = draw(st.lists(idents, min_size=1, max_size=5, unique=True))
    titles = draw(st.lists(texts, min_size=len(names), max_size=len(names), unique=True))
    tops: list[dict[str, Any]] = []
    every: list[dict[str, Any]] = []
    for ident, title in zip(names, titles, strict=True):
        examples = draw(st.lists(lines, max_size=4, unique=True))
        code = {
            "code": ident,
            "name": title,
            "definition": draw(texts),
            "include": draw(st.lists(lines, max_size=2)),
            "exclude": draw(st.lists(lines, max_size=2)),
            "examples": examples[:2],
            "counter_examples": examples[2:],
            "terms": draw(st.lists(term, max_size=3, unique_by=lambda t: t["term"])),
            "children": [],
        }
        above = draw(st.sampled_from([None, *every]))
        (tops if above is None else above["children"]).append(code)
        every.append(code)
    head = {"codebook": draw(idents), "name": draw(texts), "version": draw(texts), "definition": draw(texts)}
    weight = draw(st.floats(0, 1))
    return Codebook.model_validate(
        {**head, "source": draw(texts), "heading_weight": weight, "groups": groups, "codes": tops}
    )


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".yaml"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(book=books())
def test_a_book_is_read_back_as_it_was(tmp_path: Path, suffix: str, book: Codebook) -> None:
    path = tmp_path / f"book{suffix}"
    write_book(book, path)
    assert load_book(path) == book


@given(st.lists(lines, min_size=1, max_size=5))
def test_sentences_in_a_cell(items: list[str]) -> None:
    assert sentences_in(sentences_cell(items)) == items


@given(st.lists(words, min_size=1, max_size=5))
def test_words_in_a_cell(items: list[str]) -> None:
    assert words_in(words_cell(items)) == items


@given(words)
def test_a_term_in_a_cell(term: str) -> None:
    assert terms_in(term_cell(term)) == ([{"term": term}], [])


@given(st.text(ODD + "\n", max_size=40))
def test_any_cell_is_read(cell: str) -> None:
    terms, _ = terms_in(cell)
    assert all(set(term) <= {"term", "weight", "near", "not"} for term in terms)
    assert all(sentences_in(cell)) and all(words_in(cell))
