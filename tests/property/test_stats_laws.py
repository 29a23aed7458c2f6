"""Whatever is in a table, SPSS and Stata files give it back."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.export.content import Content
from pipeline.export.stats import write_table
from pipeline.export.variables import SPSS, STATA, Program
from pipeline.table.cells import printable
from pipeline.table.derive import Column
from pipeline.table.schema import ROLES, Col

ODD = st.text(alphabet=st.characters(), max_size=40) | st.sampled_from(
    ["=1+1", "\x1b[31m", "\u202e", "a b  ", "长" * 800, "𠮷" * 600, "", "\r\n\t", "'", '"', "x" * 255, "x" * 256]
)
AMOUNTS = st.decimals(min_value=-(10**11), max_value=10**11, places=4, allow_nan=False)
ROWS = st.lists(
    st.tuples(
        st.none() | ODD,
        st.none() | st.sampled_from(list(ROLES)),
        st.none() | st.sampled_from(["甲", "乙", "\u202e丙", "=丁"]),
        st.none() | st.integers(-(2**53), 2**53),
        st.none() | st.floats(-1e300, 1e300),
        st.none() | AMOUNTS,
    ),
    max_size=8,
)
COLUMNS = (
    Column("text", str, True, Col("文字", "")),
    Column("with", str, True, Col("作用" * 50, "", ROLES)),
    Column("分类", str, True, Col("分类", "")),
    Column("a-b", int, True, Col("整数", "")),
    Column("A_B", float, True, Col("x" * 300, "")),
    Column("x" * 70, Decimal, True, Col("金额", "")),
)


def plain(value: Any) -> Any:
    """Return a number as files hold it; nothing for what isn't one."""
    return None if value is None or value != value else float(value)


@pytest.mark.parametrize(("program", "suffix"), [(SPSS, "sav"), (STATA, "dta")], ids=["sav", "dta"])
@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_values_and_labels_come_back(program: Program, suffix: str, rows: list[tuple[Any, ...]]) -> None:
    content = Content("t", "表", COLUMNS, lambda: rows)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"甲.{suffix}"
        made = write_table(program, content, {"分类": ["乙"]}, target)
        frame, about = getattr(pyreadstat, f"read_{suffix}")(str(target))
    assert list(frame.columns) == [one.name for one in made]
    labels = [about.variable_value_labels.get(name) for name in frame.columns]
    got = [frame[name].tolist() for name in frame.columns]
    end = " " if program is SPSS else ""
    texts = [printable(row[0] or "") for row in rows]
    assert got[0] == [text.rstrip(end) if end else text for text in texts]
    for at, words in ((1, ROLES), (2, {name: name for name in ("甲", "乙", "\u202e丙", "=丁")})):
        wanted = [None if row[at] is None else words[row[at]] for row in rows]
        assert [None if value != value else labels[at][value] for value in got[at]] == wanted
    for at in (3, 4, 5):
        assert [plain(value) for value in got[at]] == [plain(row[at]) for row in rows]
    assert about.column_labels == [one.label for one in made]
    assert about.column_labels[1] == ("作用" * 50)[: 85 if program is SPSS else 80]
