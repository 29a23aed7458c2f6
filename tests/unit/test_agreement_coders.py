"""Who has read what, which units count, and the figures of small hand-made cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from pipeline.coding.agreement import Figure
from pipeline.coding.agreement_intervals import interval, resampled
from pipeline.core.errors import PipelineError
from pipeline.core.layers import OTHER_PART, CleanText
from pipeline.core.offsets import Edit
from pipeline.running.borders import TO_THE_END, units_of
from pipeline.scoring.agreement import compare
from pipeline.scoring.agreement_group import compare_all
from pipeline.scoring.agreement_result import agreement, as_data, level
from pipeline.scoring.agreement_words import ends, pair_grid, reading
from pipeline.scoring.coders import Coded, CodeKey, CodeName, Coder, Given, Paper
from pipeline.scoring.disagreements import disagreeing
from pipeline.scoring.sample import Clause, allocate, draw, rarest
from pipeline.scoring.unit_sheet import Sheet, UnitKind, build_sheet

UNITS = ((0, 10), (10, 20), (20, 30), (30, 40))
LINES = {"supply": ("supply",), "money": ("supply", "money"), "other": ("other",)}
CODES = {CodeKey("b", c): CodeName(CodeKey("b", c), c, line) for c, line in LINES.items()}
CODES[CodeKey("c", "x")] = CodeName(CodeKey("c", "x"), "x", ("x",))
Spans = Sequence[tuple[str, int, int, str]]


def coder(
    name: str,
    spans: Spans,
    read: Sequence[str] | Mapping[str, tuple[tuple[int, int], ...]] = ("d1",),
    books: Sequence[str] = ("b",),
) -> Coder:
    """A coder by (document, start, end, code), the code of codebook c being x."""
    codings: dict[str, tuple[Given, ...]] = {}
    for doc, start, end, code in spans:
        key = CodeKey("c" if code == "x" else "b", code)
        codings[doc] = (*codings.get(doc, ()), Given(start, end, key, None, "…"))
    whole = dict(read) if isinstance(read, Mapping) else dict.fromkeys(read, ())
    return Coder(name, whole, dict.fromkeys(books, whole), "reading", codings)


def sheet_of(
    *coders: Coder, unit: UnitKind = "clause", docs: int = 1, books: Sequence[str] = ()
) -> tuple[Coded, Sheet]:
    papers = {f"d{n + 1}": Paper(f"{n + 1}.txt", 40) for n in range(docs)}
    coded = Coded(coders, papers, CODES)
    units = ((0, TO_THE_END),) if unit in ("char", "document") else UNITS
    return coded, build_sheet(coded, unit, lambda ids, _: ((doc, units) for doc in sorted(ids)), books)


def counts(coded: Coded, sheet: Sheet) -> dict[str, tuple[int, int, int, int]]:
    pair = compare(coded, sheet, 0, 1)
    return {row.code: (row.units, row.both, row.only_a, row.only_b) for row in pair.rows}


def test_a_childs_coding_counts_for_its_parents() -> None:
    found = counts(*sheet_of(coder("甲", [("d1", 0, 10, "money")]), coder("乙", [("d1", 2, 5, "supply")])))
    assert found == {"supply": (4, 1, 0, 0), "money": (4, 0, 1, 0)}


def test_codes_below_the_depth_count_at_their_parents() -> None:
    a, b = coder("甲", [("d1", 0, 10, "money")]), coder("乙", [("d1", 0, 10, "supply")])
    coded, _ = sheet_of(a, b)
    sheet = build_sheet(coded, "clause", lambda ids, _: ((doc, UNITS) for doc in ids), depth=1)
    assert counts(coded, sheet) == {"supply": (4, 1, 0, 0)}


def test_characters_are_nvivos() -> None:
    a, b = coder("甲", [("d1", 0, 8, "money")]), coder("乙", [("d1", 2, 10, "money")])
    assert counts(*sheet_of(a, b, unit="char"))["money"] == (40, 6, 2, 2)


def test_a_document_is_coded_by_one_coding() -> None:
    a, b = coder("甲", [("d1", 39, 40, "money")]), coder("乙", [("d1", 0, 1, "money")])
    assert counts(*sheet_of(a, b, unit="document"))["money"] == (1, 1, 0, 0)


def test_only_what_both_have_read_counts() -> None:
    a = coder("甲", [("d1", 0, 10, "money"), ("d2", 0, 10, "money")], read=("d1", "d2"))
    b = coder("乙", [("d1", 0, 10, "money")], read=("d1", "d3"))
    assert counts(*sheet_of(a, b, docs=3))["money"] == (4, 1, 0, 0)


def test_of_a_sample_only_its_clauses_count() -> None:
    a = coder("甲", [("d1", 0, 10, "money"), ("d1", 20, 30, "money")])
    b = coder("乙", [("d1", 10, 20, "money")], read={"d1": ((10, 20), (20, 30))})
    assert counts(*sheet_of(a, b))["money"] == (2, 0, 1, 1)
    assert counts(*sheet_of(a, b, unit="char"))["money"] == (20, 0, 10, 10)
    coded, sheet = sheet_of(a, b, unit="document")
    pair = compare(coded, sheet, 0, 1)
    assert pair.units == 0 and pair.total.figures["alpha"].value is None
    assert "--unit 段" in " ".join(reading(pair, "document"))


def test_a_codebook_one_did_not_use_is_no_disagreement() -> None:
    a = coder("甲", [("d1", 0, 10, "money"), ("d1", 0, 10, "x")], books=("b", "c"))
    b = coder("乙", [("d1", 0, 10, "money")])
    assert set(counts(*sheet_of(a, b))) == {"supply", "money"}
    assert counts(*sheet_of(a, b, books=("c",)))["x"] == (4, 0, 1, 0)
    with pytest.raises(PipelineError, match="共同用过"):
        sheet_of(coder("甲", [], books=("c",)), b)


def test_a_codebook_is_read_where_it_was_used() -> None:
    a = coder("甲", [("d1", 0, 10, "x"), ("d2", 0, 10, "x")], read=("d1", "d2"), books=("b", "c"))
    b = coder("乙", [("d1", 0, 10, "money")], read=("d1", "d2"))
    b = Coder(b.name, b.read, {"b": b.read, "c": {"d2": ((0, 20),)}}, "reading", b.codings)
    found = counts(*sheet_of(a, b, docs=2))
    assert found["x"] == (2, 0, 1, 0) and found["money"] == (8, 0, 0, 1)


def test_three_coders_with_gaps() -> None:
    a = coder("甲", [("d1", 0, 10, "money"), ("d2", 0, 10, "money")], read=("d1", "d2"))
    b = coder("乙", [("d1", 0, 10, "money")], read=("d1",))
    c = coder("丙", [("d1", 0, 10, "money"), ("d2", 0, 10, "money")], read=("d1", "d2"))
    coded, sheet = sheet_of(a, b, c, docs=2)
    group = compare_all(coded, sheet)
    money = next(row for row in group.rows if row.code == "money")
    assert (money.units, money.units_of_all, money.given) == (8, 4, (2, 1, 2))
    assert money.figures["alpha"].value == pytest.approx(1) and money.figures["fleiss"].value == pytest.approx(1)
    assert disagreeing(sheet) == []


def test_documents_are_drawn_when_there_are_enough() -> None:
    docs = [f"d{n + 1}" for n in range(5)]
    spans: Spans = [(doc, 0, 10, "money") for doc in docs]
    a, b = coder("甲", spans, read=docs), coder("乙", spans[1:], read=docs)
    pair = compare(*sheet_of(a, b, docs=5), 0, 1)
    assert pair.blocks == "documents" and pair == compare(*sheet_of(a, b, docs=5), 0, 1)
    alpha = pair.total.figures["alpha"]
    assert alpha.low is not None and alpha.value is not None and alpha.low < alpha.value <= 1
    assert compare(*sheet_of(a, b, docs=4), 0, 1).blocks == "units"
    few = compare(*sheet_of(a, b, docs=4, unit="char"), 0, 1)
    assert few.blocks == "none" and few.total.figures["alpha"].low is None
    assert few.total.figures["f1_50"].low is None


def test_nothing_is_made_up() -> None:
    every = [("d1", start, end, "other") for start, end in UNITS]
    coded, sheet = sheet_of(coder("甲", every), coder("乙", every))
    pair = compare(coded, sheet, 0, 1)
    (row,) = pair.rows
    assert row.figures["percent"].value == 1 and row.figures["alpha"].value is None
    assert "取值都一样" in row.figures["kappa"].reason
    data = as_data(agreement(coded, sheet))
    assert data["pairs"][0]["codes"][0]["figures"]["kappa"]["value"] is None
    assert [line for line in reading(pair, "clause") if "没有定义" in line]
    assert pair_grid(pair).rows[1][-1] is None
    assert {key.code for key in pair.unused} == {"supply", "money"}


def test_what_alpha_allows() -> None:
    values = (None, 0.66, 0.667, 0.79, 0.7998, 0.81)
    assert [level(Figure(v)) for v in values] == [None, "low", "tentative", "tentative", "firm", "firm"]
    assert ends(Figure(0.5, "", 0.4, 0.61)) == "0.400–0.610" and ends(Figure(0.5)) is None
    assert ends(Figure(0.0, "", -0.1, 0.2)) == "-0.100~0.200"


def test_a_rare_code_is_told_apart() -> None:
    docs = [f"d{n + 1}" for n in range(20)]
    a, b = coder("甲", [("d1", 0, 10, "other")], read=docs), coder("乙", [("d2", 0, 10, "other")], read=docs)
    pair = compare(*sheet_of(a, b, docs=20), 0, 1)
    words = " ".join(reading(pair, "clause"))
    assert "κ 悖论" in words and "other（出现率 0.013）" in words


def test_intervals() -> None:
    blocks = np.arange(12.0).reshape(6, 2)
    assert np.array_equal(resampled(blocks, seed=1), resampled(blocks, seed=1))
    assert resampled(blocks, seed=1).mean(0) == pytest.approx(blocks.sum(0), rel=0.05)
    assert resampled(np.zeros((0, 2)), seed=1, draws=3).tolist() == [[0, 0]] * 3
    assert interval(np.array([np.nan, np.nan, 1.0])) is None
    assert interval(np.array([])) is None


def test_own_stretches_and_units_in_raw_offsets() -> None:
    raw = "他文。\n一、总则\n本办法\n适用于本市。第二句。\n别文"
    start = raw.index("一")
    end = raw.index("别")
    wrap = raw.index("\n适")
    edits = (Edit(0, start, "", OTHER_PART), Edit(wrap, wrap + 1, "", "linebreak"), Edit(end, len(raw), "", OTHER_PART))
    text = CleanText(raw[start:wrap] + raw[wrap + 1 : end], edits)
    assert units_of(text, (), "own") == ((start, end), (len(raw), TO_THE_END))
    assert [raw[s:e] for s, e in units_of(text, (), "sentence")] == ["一、总则", "本办法\n适用于本市。", "第二句。"]
    assert [raw[s:e] for s, e in units_of(text, (), "clause")] == ["一、总则", "本办法\n适用于本市。第二句。"]


def test_samples() -> None:
    clauses = [Clause(f"d{n % 3}", n, n + 1, "甲" if n < 5 else "乙") for n in range(50)]
    drawn = draw(clauses, 12, seed=3)
    assert drawn == draw(clauses, 12, seed=3) != draw(clauses, 12, seed=4)
    assert [c.stratum for c in drawn].count("甲") == 5 and len(set(drawn)) == 12
    assert list(drawn) == sorted(drawn, key=lambda c: c.start)
    assert draw(clauses, 99, seed=1) == tuple(clauses) and draw([], 3, seed=1) == ()
    assert allocate({"a": 1, "b": 10, "c": 10}, 8) == {"a": 1, "b": 4, "c": 3}
    codes = [frozenset({"often", "rare"}), frozenset({"often"}), frozenset()]
    assert rarest(codes, none="无") == ["rare", "often", "无"]
