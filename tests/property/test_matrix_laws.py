"""Matrices: the same figures as counting the codings one by one; totals are sums; co-occurrence is symmetric."""

from __future__ import annotations

import tempfile
from collections import Counter
from itertools import product
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_samples import build

from pipeline.table.matrices import Matrix, Question, matrix, passages

# codebook demo: attract > attract-money, keep
CODES = ("attract", "attract-money", "keep")
PARENTS = {"attract-money": "attract"}
DOCS = ("甲", "乙", "丙")
YEARS = {"甲": 2023, "乙": 2024, "丙": 2023}
SPANS = [(0, 4), (4, 9), (2, 6), (9, 12), (0, 12)]
CODINGS = st.lists(
    st.tuples(
        st.sampled_from(DOCS), st.sampled_from(SPANS), st.sampled_from(CODES), st.sampled_from(["machine:a@1", "张三"])
    ),
    max_size=30,
)
Coding = tuple[str, tuple[int, int], str, str]


@pytest.fixture(scope="module")
def out() -> Path:
    folder = Path(tempfile.mkdtemp())
    build(folder)
    return folder


def fill(out: Path, codings: list[Coding]) -> set[Coding]:
    """Put ``codings`` into the run in place of its own; return them with those their parents get, each once."""
    with duckdb.connect(str(out / "knowledge.duckdb")) as db:
        for table in ("documents", "codings", "sections", "measures", "issues"):
            db.execute(f"DELETE FROM {table}")
        for name in DOCS:
            db.execute(
                "INSERT INTO documents(doc_id, source_name, source_path, status, year, raw_text, clean_text)"
                " VALUES (?, ?, '', 'done', ?, ?, '')",
                [name, name, YEARS[name], "一二三四五六七八九十百千"],
            )
            db.execute("INSERT INTO sections VALUES (?, ?, NULL, 1, '一、', '首', 0, 6)", [f"{name}:s0", name])
            db.execute("INSERT INTO sections VALUES (?, ?, NULL, 1, '二、', '次', 6, 12)", [f"{name}:s1", name])
        for at, (doc, (start, end), code, coder) in enumerate(codings):
            quote = "一二三四五六七八九十百千"[start:end]
            db.execute(
                "INSERT INTO codings VALUES (?, ?, 'demo', ?, NULL, ?, ?, ?, ?, NULL, NULL, NULL, NULL, NULL)",
                [str(at), doc, code, start, end, quote, coder],
            )
    parents = {(doc, span, PARENTS[code], coder) for doc, span, code, coder in codings if code in PARENTS}
    return set(codings) | parents


def ask(out: Path, rows: str, cols: str, **more: object) -> Matrix:
    return matrix(out, Question(rows=rows, cols=cols, coders=("all",), **more))  # type: ignore[arg-type]


@given(CODINGS)
@settings(max_examples=12, deadline=None)
def test_codes_by_attribute_and_coder(out: Path, codings: list[Coding]) -> None:
    held = fill(out, codings)
    found = ask(out, "示例", "年份")
    places = {(doc, span, code) for doc, span, code, _ in held}
    counted = Counter((code, YEARS[doc]) for doc, _, code in places)
    years = [int(head.key) for head in found.cols.heads]
    assert found.cells == tuple(tuple(counted[code, year] for year in years) for code in CODES)
    assert found.row_totals == tuple(map(sum, found.cells))
    assert found.col_totals == tuple(len({place[:2] for place in places if YEARS[place[0]] == year}) for year in years)
    assert found.total == len({place[:2] for place in places})
    behind = Counter(zip(*(passages(out, found).column(name).to_pylist() for name in ("row", "col")), strict=True))
    assert all(behind[r, c] == found.cells[r][c] for r, c in product(range(3), range(len(years))))
    by_coder = ask(out, "示例", "编码者")
    coders = [head.key for head in by_coder.cols.heads]
    own = Counter((code, coder) for _, _, code, coder in held)
    assert by_coder.cells == tuple(tuple(own[code, coder] for coder in coders) for code in CODES)
    chars = ask(out, "示例", "年份", unit="characters")
    letters = {(code, doc, at) for doc, (start, end), code in places for at in range(start, end)}
    assert chars.row_totals == tuple(sum(one == code for one, _, _ in letters) for code in CODES)
    assert chars.total == len({letter[1:] for letter in letters})


@given(CODINGS)
@settings(max_examples=12, deadline=None)
def test_codes_by_codes(out: Path, codings: list[Coding]) -> None:
    held = fill(out, codings)
    places = {(doc, span, code) for doc, span, code, _ in held}

    def shared(one: str, other: str) -> int:
        """Count the places where both are: the common part of two that overlap."""
        if one == other:
            return sum(code == one for _, _, code in places)
        return len(
            {
                (doc, max(a[0], b[0]), min(a[1], b[1]))
                for doc, a, code in places
                for doc2, b, code2 in places
                if (code, code2, doc) == (one, other, doc2) and a[0] < b[1] and b[0] < a[1]
            }
        )

    found = ask(out, "示例", "示例")
    assert found.cells == tuple(tuple(shared(one, other) for other in CODES) for one in CODES)
    assert found.cells == tuple(zip(*found.cells, strict=True))
    assert found.row_totals == tuple(found.cells[at][at] for at in range(3))
    behind = Counter(zip(*(passages(out, found).column(name).to_pylist() for name in ("row", "col")), strict=True))
    assert all(behind[r, c] == found.cells[r][c] for r, c in product(range(3), repeat=2))
    for within, key in (("document", lambda doc, _: doc), ("section", lambda doc, span: (doc, span[0] >= 6))):
        units = {code: {key(doc, span) for doc, span, own in places if own == code} for code in CODES}
        wide = ask(out, "示例", "示例", within=within)
        assert wide.cells == tuple(tuple(len(units[one] & units[other]) for other in CODES) for one in CODES)
        table = passages(out, wide)
        assert table.num_rows == sum(map(sum, wide.behind))
