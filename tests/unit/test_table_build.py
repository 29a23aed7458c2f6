"""Layers to rows: raw places, ids, sections, pages, references."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from table_samples import BREAK, RAW, document, entries, source

from pipeline.core.document import Document
from pipeline.core.layers import Block, CleanText, Head, HeadField, Measure, Place, RawText, Section
from pipeline.table.build import DocumentRows, Entry, Places, build_rows
from pipeline.table.resolve import Targets, index, number_key, title_key


def rows_of(doc: Document, targets: Targets | None = None) -> DocumentRows:
    entry = Entry(doc.doc_id, doc.source, "done", doc)
    return build_rows(entry, targets=targets or index(()), code_paths={("demo", "keep"): "keep"})


def test_places_lead_to_the_raw_text() -> None:
    rows = rows_of(document())
    first = rows.measures[0]
    assert RAW[first.start : first.end] == first.quote == "3000元"
    assert first.evidence == RAW[first.evidence_start : first.evidence_end]
    assert "生活\n补贴3000元" in first.evidence, "the line break that cleaning took out is back"
    assert first.start > BREAK
    assert first.measure_id == f"{'a' * 16}:{first.start}-{first.end}:money"


def test_what_a_measure_says_is_kept() -> None:
    first, cap = rows_of(document()).measures
    assert (first.per, first.item, first.beneficiary, first.group_id, first.fact_id) == (
        "人/月",
        "生活补贴",
        "博士",
        f"{'a' * 16}:g0",
        None,
    )
    assert (cap.value_min, cap.value_max, cap.bound, cap.fact_id) == (
        None,
        Decimal("500000.0000"),
        "max",
        f"{'a' * 16}:f1",
    )


def test_page_and_boxes_are_those_of_the_blocks_touched() -> None:
    rows = rows_of(document())
    assert [(m.page, m.boxes) for m in rows.measures] == [(2, "[[2, 5.0, 6.0, 7.0, 8.0]]")] * 2
    places = Places("x", document())
    start, end = rows.measures[0].evidence_start, rows.measures[0].evidence_end
    assert places.page(start, end) == 1
    assert places.boxes(start, end) == "[[1, 1.0, 2.0, 3.0, 4.0], [2, 5.0, 6.0, 7.0, 8.0]]"
    assert places.page(BREAK, BREAK + 1) is None, "between two blocks"


def test_blocks_are_found_like_by_a_linear_scan() -> None:
    blocks = tuple(Block(at, at + 7, "line", page=at // 30 + 1) for at in range(0, 300, 10))
    places = Places("x", Document(source("a", "a"), raw=RawText("字" * 300, "application/pdf", blocks=blocks)))
    for start in range(300):
        for end in (start + 1, start + 5, start + 40):
            assert places.blocks(start, end) == [b for b in blocks if b.start < end and b.end > start], (start, end)


def test_a_place_belongs_to_the_deepest_section_around_it() -> None:
    outline = (
        Section(0, None, 1, "一、", "甲", 10, 12, 50),
        Section(1, 0, 2, "（一）", "乙", 20, 22, 30),
        Section(2, 0, 2, "（二）", "丙", 30, 32, 40),
        Section(3, None, 1, "二、", "丁", 50, 52, 60),
    )
    doc = Document(source("a", "a"), raw=RawText("字" * 70, "text/plain"), outline=outline)
    places = Places("x", doc)
    expected = {5: None, 10: "x:s0", 25: "x:s1", 30: "x:s2", 45: "x:s0", 50: "x:s3", 65: None}
    assert {at: places.section(at) for at in expected} == expected


def test_equal_places_get_different_ids() -> None:
    doc = document()
    assert doc.measures is not None and doc.codings is not None
    twice = replace(doc, measures=doc.measures[:1] * 3, codings=doc.codings[:1] * 2)
    rows = rows_of(twice)
    assert [m.measure_id.partition("#")[2] for m in rows.measures] == ["", "2", "3"]
    assert len({c.coding_id for c in rows.codings}) == 2


@pytest.mark.parametrize("value", ["1e16", "9999999999999999.99999", "-1e17", "NaN", "Infinity"])
def test_a_value_no_column_holds_is_left_empty(value: str) -> None:
    doc = document()
    assert doc.measures is not None
    rows = rows_of(replace(doc, measures=(replace(doc.measures[0], value_min=Decimal(value)),)))
    assert rows.measures[0].value_min is None and rows.measures[0].value_max == 3000


def test_values_have_four_places() -> None:
    doc = document()
    assert doc.measures is not None
    third = replace(doc.measures[0], value_min=Decimal(1) / 3, value_max=Decimal("2.00005"))
    row = rows_of(replace(doc, measures=(third,))).measures[0]
    assert (str(row.value_min), str(row.value_max)) == ("0.3333", "2.0000")


def test_codings_are_in_the_order_of_the_text_with_their_paths() -> None:
    assert [(c.code, c.code_path, c.created) for c in rows_of(document()).codings] == [
        ("attract-money", None, None),
        ("keep", "keep", None),
    ]


def test_a_document_without_layers_keeps_its_row() -> None:
    failed = entries()[3]
    rows = build_rows(failed, targets=index(()), code_paths={})
    row = rows.documents[0]
    assert (row.status, row.source_name, row.raw_text, row.clean_text, row.n_chars) == (
        "failed",
        "丙.pdf",
        None,
        None,
        None,
    )
    assert [issue.code for issue in rows.issues] == ["ingest.damaged"]
    assert not (rows.measures or rows.sections or rows.codings or rows.references)


def test_an_unknown_hash_is_empty() -> None:
    missing = replace(source("丁.txt", "d"), sha256="")
    rows = build_rows(Entry("0" * 16, missing, "failed", None), targets=index(()), code_paths={})
    assert rows.documents[0].source_sha256 is None


def test_a_duplicate_counts_nothing_twice() -> None:
    rows = build_rows(entries()[2], targets=index(()), code_paths={})
    assert rows.documents[0].title == "岚川市人才办法"
    assert [issue.code for issue in rows.issues] == ["input.duplicate"]
    assert not (rows.measures or rows.sections or rows.codings or rows.references)


def test_without_clean_text_places_are_raw() -> None:
    doc = Document(
        source("a", "a"),
        raw=RawText("给予5万元", "text/plain"),
        measures=(Measure(2, 5, 0, 5, "money", "r", Decimal(1)),),
    )
    assert rows_of(doc).measures[0].quote == "5万元"


def test_an_edit_at_the_start_moves_every_place() -> None:
    from pipeline.core.offsets import Edit

    doc = Document(
        source("a", "a"),
        raw=RawText("页眉\n给予5万元", "text/plain"),
        text=CleanText("给予5万元", (Edit(0, 3, "", "furniture"),)),
        measures=(Measure(2, 5, 0, 5, "money", "r", Decimal(1)),),
    )
    row = rows_of(doc).measures[0]
    assert (row.quote, row.evidence, row.start) == ("5万元", "给予5万元", 5)


def head(title: str, number: str | None = None, attached: str | None = None, issuers: tuple[str, ...] = ()) -> Head:
    def value(text: str | None) -> HeadField | None:
        return HeadField(text, 0, 1) if text else None

    return Head(
        title=value(title),
        doc_number=value(number),
        attached_title=value(attached),
        issuers=tuple(HeadField(issuer, 0, 1) for issuer in issuers),
    )


TARGETS = [
    ("a", head("岚川市人才办法", "岚政发〔2024〕3号")),
    ("b", head("关于印发《岚川市 总体方案》的通知", None, "岚川市总体方案")),
    ("c", head("若干意见")),
    ("d", head("若干意见", "岚政发〔2024〕4号")),
    ("e", head("关于节水的若干措施", None, issuers=("岚川市水务局",))),
    ("f", head("岚川市财政局关于盘活资产的通知")),
    ("g", head("岚川市用水办法（试行）", "岚政发〔2024〕5号")),
    ("h", head("节水行动计划（2021—2025年）")),
    ("i", head("中华人民共和国节水法")),
]


@pytest.mark.parametrize(
    ("title", "number", "expected"),
    [
        ("岚川市人才办法", None, "a"),
        ("另一个标题", "岚政发[2024] 3 号", "a"),
        ("岚川市总体方案", None, "b"),
        ("岚川市总体\n方案", "岚政发〔1999〕1号", "b"),
        ("若干意见", None, None),
        ("若干意见", "岚政发（2024）4号", "d"),
        ("没有的文件", None, None),
        ("", "岚政发〔2024〕第03号", "a"),
        ("", "岚政发〔2024〕33号", None),
        ("岚川市水务局关于节水的若干措施", None, "e"),
        ("云州市水务局关于节水的若干措施", None, None),
        ("关于盘活资产的通知", None, None),
        ("岚川市用水办法", None, "g"),
        ("岚川市用水办法", "岚政发〔2020〕1号", None),
        ("节水行动计划（2016—2020年）", None, None),
        ("节水法", None, None),
        ("中华人民共和国节水法", None, "i"),
        ("本文件", None, None),
    ],
)
def test_references_lead_to_the_one_document_meant(title: str, number: str | None, expected: str | None) -> None:
    targets = index([*TARGETS, ("self", head("本文件"))])
    assert targets.find(title, number, apart_from="self") == expected


def test_keys_forget_what_differs_in_print() -> None:
    assert number_key("国发 [2023] 5号") == number_key("国发〔2023〕5号") == number_key("国发（2023）5号")
    assert title_key("《关于〈办法〉的 通知》") == title_key("关于《办法》的通知")


def test_a_measure_in_a_cell_gets_the_page_and_boxes_of_its_own_lines() -> None:
    lines = (
        Place(0, 4, 1, (60.0, 90.0, 100.0, 102.0)),
        Place(5, 9, 2, (60.0, 780.0, 100.0, 792.0)),
        Place(10, 14, 2, (60.0, 760.0, 100.0, 772.0)),
    )
    block = Block(0, 14, "cell", 1, (50.0, 80.0, 200.0, 110.0), 0, 0, 0, lines=lines)
    places = Places(
        "d", Document(source("a", "a"), raw=RawText("甲乙丙丁\f戊己庚辛\n壬癸子丑", "application/pdf", blocks=(block,)))
    )
    assert places.page(6, 8) == 2
    assert json.loads(places.boxes(6, 8) or "") == [[2, 60.0, 780.0, 100.0, 792.0]]
    assert [box[0] for box in json.loads(places.boxes(2, 12) or "")] == [1, 2, 2]
