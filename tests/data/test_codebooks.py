"""The shipped codebooks: every example gets its code, no counter-example does, and the sheets are complete."""

from __future__ import annotations

import pytest

from pipeline.coding.apply import failing_examples
from pipeline.coding.codebook import load_codebooks, walk
from pipeline.core.config import configs_dir, load_config

NAMES = ("yinyuyongliu", "silian", "instruments", "triad")
TOPS = {
    "yinyuyongliu": ["attract", "cultivate", "use", "retain"],
    "silian": ["industry_chain", "innovation_chain", "capital_chain", "talent_chain"],
    "instruments": ["supply", "environment", "demand"],
    "triad": ["policy", "platform", "service"],
}


def test_the_default_run_uses_the_shipped_books() -> None:
    assert load_config().coding.codebooks == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_examples_and_counter_examples_hold(name: str) -> None:
    (book,) = load_codebooks([name], configs_dir() / "codebooks")
    assert failing_examples(book, load_config().coding.threshold) == ()


@pytest.mark.parametrize("name", NAMES)
def test_every_code_is_complete(name: str) -> None:
    (book,) = load_codebooks([name], configs_dir() / "codebooks")
    assert book.codebook == name
    assert [code.code for code in book.codes] == TOPS[name]
    for path in walk(book.codes):
        code, top = path[-1], len(path) == 1
        assert len(code.examples) >= 3, code.code
        assert len(code.counter_examples) >= 2, code.code
        assert code.definition.endswith("。"), code.code
        assert sum(len(child.terms) for (*_, child) in walk([code])) >= (25 if top else 4), code.code
        if top:
            assert code.include, code.code
            assert code.exclude, code.code


@pytest.mark.parametrize("name", NAMES)
def test_a_weak_word_never_gives_a_code_alone(name: str) -> None:
    (book,) = load_codebooks([name], configs_dir() / "codebooks")
    weak = [term for path in walk(book.codes) for term in path[-1].terms if term.weight < 0.5]
    assert weak
    assert all(2 * term.weight < 1 for term in weak)


def test_groups_are_all_used() -> None:
    for book in load_codebooks(NAMES, configs_dir() / "codebooks"):
        named = {word for path in walk(book.codes) for term in path[-1].terms for word in (*term.near, *term.unless)}
        assert {f"${group}" for group in book.groups} <= named
