"""Edits lead back to the source exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.offsets import Edit, OffsetMap, apply, compose


@st.composite
def edited(draw: st.DrawFn, text: str) -> list[Edit]:
    cuts = sorted(set(draw(st.lists(st.integers(0, len(text)), max_size=8))))
    edits = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        edits.append(Edit(start, end, draw(st.text("xyz", max_size=2)), "t"))
    return edits


@st.composite
def two_steps(draw: st.DrawFn) -> tuple[str, list[Edit], list[Edit]]:
    text = draw(st.text("abcdef", max_size=14))
    first = draw(edited(text))
    return text, first, draw(edited(apply(text, first)))


@given(two_steps())
def test_composed_edits_do_both_steps(case: tuple[str, list[Edit], list[Edit]]) -> None:
    text, first, second = case
    assert apply(text, compose(text, first, second)) == apply(apply(text, first), second)


@given(two_steps())
def test_untouched_characters_map_back_exactly(case: tuple[str, list[Edit], list[Edit]]) -> None:
    text, first, second = case
    edits = compose(text, first, second)
    clean = apply(text, edits)
    offsets = OffsetMap(edits)
    replaced = set()
    shift = 0
    for edit in edits:
        replaced |= set(range(edit.start + shift, edit.start + shift + len(edit.replacement)))
        shift += len(edit.replacement) - (edit.end - edit.start)
    for at, character in enumerate(clean):
        start, end = offsets.to_source(at, at + 1)
        assert 0 <= start <= end <= len(text)
        if at not in replaced:
            assert text[start:end] == character
            assert offsets.from_source(start, end) == (at, at + 1)


@given(two_steps(), st.data())
def test_spans_keep_their_order(case: tuple[str, list[Edit], list[Edit]], data: st.DataObject) -> None:
    text, first, _ = case
    clean = apply(text, first)
    offsets = OffsetMap(first)
    a = data.draw(st.integers(0, len(clean)))
    b = data.draw(st.integers(a, len(clean)))
    start, end = offsets.to_source(a, b)
    assert start <= end


def test_overlapping_edits_are_refused() -> None:
    with pytest.raises(ValueError, match="overlaps"):
        apply("abcdef", [Edit(0, 3, "", "t"), Edit(2, 4, "", "t")])
