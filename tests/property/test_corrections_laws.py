"""Corrections: applied twice they are as applied once; what is read back is what was written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_samples import build

from pipeline.core import outputs
from pipeline.table.corrections import (
    COLUMNS,
    Correction,
    add_corrections,
    read_corrections,
    text_of,
    texts_of,
    value_of,
)
from pipeline.table.measures import measures
from pipeline.table.overlay import laid, settled

_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=20)
_NUMBER = st.decimals(-(10**10), 10**10, places=4)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    build(folder)
    return folder


@st.composite
def lines(draw: st.DrawFn, ids: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Draw (measure_id, verdict, column, new), several of which may be on one record."""
    found = []
    for _ in range(draw(st.integers(1, 6))):
        verdict = draw(st.sampled_from(("confirmed", "corrected", "rejected")))
        column = draw(st.sampled_from(list(COLUMNS))) if verdict == "corrected" else ""
        new = ""
        if verdict == "corrected":
            values = COLUMNS[column].col.values
            if values is not None:
                new = draw(st.sampled_from(list(values)))
            elif column == "time":
                new = draw(st.sampled_from(["", "2025", "2024-06/2025"]))
            else:
                new = text_of(draw(_NUMBER)) if COLUMNS[column].type is Decimal else draw(_TEXT)
        found.append((draw(st.sampled_from(ids)), verdict, column, new))
    return found


@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_twice_is_once_and_reading_gives_what_was_said(run: Path, data: st.DataObject) -> None:
    before = {row["measure_id"]: row for row in measures(run).to_pylist()}
    drawn = data.draw(lines(list(before)))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        shutil.copy(run / outputs.DATABASE, out / outputs.DATABASE)
        texts = {name: texts_of(row) for name, row in before.items()}
        given_lines = [
            Correction(name, "", verdict, column, texts[name][column] if column else "", new, "王", "2025")  # type: ignore[arg-type]
            for name, verdict, column, new in drawn
        ]
        add_corrections(out, given_lines)
        once, told = measures(out).to_pylist(), laid(out)
        written = read_corrections(out)
        add_corrections(out, given_lines)
        assert measures(out).to_pylist() == once
        assert (laid(out), laid(out).zh) == (told, told.zh)
        assert read_corrections(out) == (*written, *written)
        last: dict[tuple[str, str], str] = {(name, column): new for name, _, column, new in drawn if column}
        left = {row["measure_id"]: row for row in once}
        for name, row in before.items():
            final = [verdict for one, verdict, _, _ in drawn if one == name][-1:]
            assert (name in left) is (final != ["rejected"])
            if name in left:
                for column in COLUMNS:
                    expected = value_of(column, last[name, column]) if (name, column) in last else row[column]
                    assert left[name][column] == expected


@given(number=_NUMBER)
def test_numbers_come_back_as_they_were(number: Decimal) -> None:
    assert value_of("value_min", text_of(number)) == number


@given(data=st.data())
@settings(max_examples=50, deadline=None)
def test_settling_what_is_settled_changes_nothing(data: st.DataObject) -> None:
    ids = ("a", "b")
    now = {name: dict.fromkeys(COLUMNS, "x") for name in ids}
    given_lines = [
        Correction(name, "", verdict, column, "x" if column else "", new, "王", "2025", line=at)  # type: ignore[arg-type]
        for at, (name, verdict, column, new) in enumerate(data.draw(lines(ids)), 2)
    ]
    once, stale = settled(given_lines, now)
    assert not stale
    assert settled([*given_lines, *given_lines], now) == (once, [])
