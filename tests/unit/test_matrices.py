"""Matrices over a small run: figures, totals, places behind the cells, mistakes, hostile names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from table_samples import CODEBOOK, RAW, build, document, source

import pipeline
from pipeline.coding.codebook import read_codebook
from pipeline.core.document import Document
from pipeline.core.errors import PipelineError
from pipeline.core.layers import CleanText, Coding, RawText
from pipeline.table.assemble import build_tables
from pipeline.table.build import Entry
from pipeline.table.matrices import Question, matrix, passages
from pipeline.table.matrices_axes import Head
from pipeline.table.matrices_cases import Cases, compare, named, read_cases
from pipeline.table.matrices_frame import framework, framework_data, matrix_data, read_passages, room

HOSTILE = "=1+1'\"; DROP TABLE codings --\n" + "长" * 300


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    build(folder)
    return folder


def ask(out: Path, rows: str, cols: str, **more: Any) -> Any:
    return matrix(out, Question(rows=rows, cols=cols, **more))


def test_codes_by_an_attribute_count_a_child_for_its_parent(out: Path) -> None:
    found = ask(out, "示例", "年份")
    assert [(head.label, head.depth) for head in found.rows.heads] == [("引", 0), ("引才补贴", 1), ("留", 0)]
    assert [head.label for head in found.cols.heads] == ["2023", "2024"]  # neither the copy nor the broken file
    assert found.cells == ((0, 1), (0, 1), (0, 1))
    assert (found.row_totals, found.col_totals, found.total) == ((1, 1, 1), (0, 1), 1)
    assert found.name == "示例 × 年份"


def test_shares_of_documents_are_of_all_that_were_read(out: Path) -> None:
    found = ask(out, "示例", "文种", unit="documents")
    assert [head.label for head in found.cols.heads] == ["办法", "（未写明）"]
    assert found.shares("all")[0] == (0.5, 0.0)
    assert found.shares("col")[0] == (1.0, 0.0)
    assert found.shares("row")[0] == (1.0, 0.0)


def test_several_issuers_and_totals_that_count_once(out: Path) -> None:
    found = ask(out, "demo=留", "发文机关")
    assert [head.label for head in found.cols.heads][:2] == ["岚川市人民政府", "岚川市财政局"]
    assert (found.cells, found.row_totals) == (((1, 1, 0),), (1,))
    assert any("不重复" in note for note in found.notes)


def test_spans_of_years_and_provinces_are_heads(out: Path, tmp_path: Path) -> None:
    found = ask(out, "示例", "年份=2020-2023,2024-")
    assert [head.label for head in found.cols.heads] == ["2020–2023", "2024–"]
    assert (found.cells[0], found.cols.many) == ((0, 1), False)
    overlapping = ask(out, "示例", "年份=2024,2020-2024", unit="documents")
    assert (overlapping.cells[0], overlapping.col_totals, overlapping.total) == ((1, 1), (1, 1), 1)
    assert [head.label for head in ask(out, "示例", "年份/5").cols.heads] == ["2020–2024"]
    build(tmp_path)
    with duckdb.connect(str(tmp_path / "knowledge.duckdb")) as connection:
        for place in (("泰州市", "321200"), ("浙江省某县", None), ("全国", None), ("无名市", None)):
            sql = (
                "INSERT INTO documents (doc_id, source_name, status, region, region_code) VALUES (?, 'x', 'done', ?, ?)"
            )
            connection.execute(sql, [place[0], *place])
    by = ask(tmp_path, "省份", "状态", unit="documents")
    assert {head.label: total for head, total in zip(by.rows.heads, by.row_totals, strict=True)} == {
        "全国": 1,
        "江苏省": 1,
        "浙江省": 2,
        "（未写明）": 2,
    }
    assert by.rows.heads[0].label == "全国"
    for wrong in ("年份=2024-2020", "年份=2020-2024,去年"):
        with pytest.raises(PipelineError, match="不是年份"):
            ask(out, "示例", wrong)


def test_codes_by_codes(out: Path) -> None:
    found = ask(out, "示例", "示例")
    assert found.cells == ((1, 1, 1), (1, 1, 1), (1, 1, 1))
    assert ask(out, "示例", "示例", within="section").unit == "sections"
    assert ask(out, "示例", "示例", within="document").cells == ((1, 1, 1),) * 3
    sentence = ask(out, "示例", "示例", unit="characters")
    assert sentence.cells[0][2] == RAW.index("。") + 1 - RAW.index("对新引进")


def test_codes_by_measures_and_money(out: Path) -> None:
    found = ask(out, "示例", "作用")
    assert found.unit == "measures"
    assert found.cells[0] == (2, 0, 0, 0, 0, 0)
    assert found.cols.heads[0] == Head("benefit", "优惠支持")
    money = ask(out, "示例", "作用", unit="money")
    assert money.cells[0][:2] == (503000, None)
    assert ask(out, "作用", "地区").cells[0] == (2, 0)
    assert ask(out, "文种", "层级").total == 2
    behind = read_passages(passages(out, found, row=0, col=0))
    assert [one.quote for one in behind] == ["3000元", "50万元"]
    assert behind[0].text.startswith("对新引进的博士") and behind[0].page == 2


def test_the_places_behind_a_cell(out: Path) -> None:
    found = ask(out, "示例", "年份")
    assert passages(out, found).num_rows == sum(map(sum, found.behind)) == 3
    one = read_passages(passages(out, found, row=0, col=1))[0]
    assert one.quote == RAW[one.start : one.end]
    assert one.place() == "甲.pdf，一、 引才，第1页，25–60"
    assert (one.coder, one.rule) == ("machine:demo@1", "生活补贴")
    with pytest.raises(PipelineError, match="row"):
        passages(out, found, row=1)


def test_people_stand_beside_the_machine(tmp_path: Path) -> None:
    start, end = RAW.index("每人每月"), RAW.index("3000元") + 5
    build(tmp_path)
    with duckdb.connect(str(tmp_path / "knowledge.duckdb")) as connection:
        row = ["p1", document().doc_id, "demo", "attract-money", None, start, end, RAW[start:end], "张 三"]
        connection.execute("INSERT INTO codings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, NULL, NULL)", row)
    found = ask(tmp_path, "示例", "编码者")
    assert [head.label for head in found.cols.heads] == ["机器（demo@1）", "张 三"]
    assert found.cells == ((1, 1), (1, 1), (1, 0))  # the person's child counts for the parent
    assert ask(tmp_path, "示例", "年份=2024", coders=("张 三",)).cells == ((1,), (1,), (0,))
    assert ask(tmp_path, "示例", "年份", coders=("people",)).total == 1
    meet = ask(tmp_path, "demo=引才补贴,留", "demo=引才补贴,留", coders=("all",))
    assert meet.cells == ((2, 2), (2, 1))  # 留 of the whole sentence meets both places of 引才补贴
    assert passages(tmp_path, meet, row=0, col=1).num_rows == 2
    with pytest.raises(PipelineError, match=r"没有编码者“李四”.*张 三"):
        ask(tmp_path, "示例", "年份", coders=("李四",))


def test_mistakes_are_all_named_with_what_there_is(out: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        ask(out, "示列", "地域")
    assert "是否应为“示例”" in caught.value.mistakes[0] and "是否应为“地区”" in caught.value.mistakes[1]
    for rows, cols, more, words in [
        ("示例=抢", "年份", {}, "没有代码“抢”"),
        ("示例", "地区=火星", {}, "没有“火星”"),
        ("示例", "年份=", {}, "等号后面"),
        ("代码", "年份", {"codebooks": ("甲",)}, "没有编码本“甲”"),
        ("示例", "示例", {"unit": "money"}, "不能以 money"),
        ("示例", "示例", {"unit": "codings", "within": "document"}, "documents"),
        ("地区", "region", {}, "应不同"),
    ]:
        with pytest.raises(PipelineError, match=words):
            ask(out, rows, cols, **more)


def test_an_empty_run(tmp_path: Path) -> None:
    build_tables(lambda: [], tmp_path)
    found = ask(tmp_path, "代码", "年份")
    assert (found.cells, found.total) == ((), 0)
    assert ask(tmp_path, "作用", "地区").cells == ((),) * 6
    assert passages(tmp_path, found).num_rows == 0
    assert framework(tmp_path, Question(rows="document", cols="code")).passages == ()
    with pytest.raises(PipelineError, match="请先运行"):
        ask(tmp_path / "no", "代码", "年份")


def hostile(out: Path) -> Document:
    """A run whose names are made to do harm; returns its document."""
    one = document()
    raw = HOSTILE + "。对博士给补贴。"
    at = raw.index("对博士")
    assert one.head is not None
    head = replace(one.head, title=None, issuers=(), region=HOSTILE, doc_kind=HOSTILE, issue_date=None, doc_number=None)
    bad = Document(
        source=source(HOSTILE.replace("\n", " ") + ".txt", "d"),
        raw=RawText(raw, "text/plain"),
        text=CleanText(raw, ()),
        head=head,
        outline=(),
        references=(),
        measures=(),
        codings=(Coding(at, len(raw), "demo", "keep", "machine:" + HOSTILE, 1.0, HOSTILE),),
    )
    book = read_codebook(CODEBOOK.replace("name: 留", "name: \"=HYPERLINK('x')\""), "demo.yaml")
    build_tables(lambda: [Entry(bad.doc_id, bad.source, "done", bad)], out, codebooks=(book,))
    return bad


def test_names_that_mean_harm_are_only_names(tmp_path: Path) -> None:
    hostile(tmp_path)
    for cols in ("地区", "文种", "coder", "document"):
        found = ask(tmp_path, "示例", cols)
        assert found.total == 1 and found.cells[2][0] == 1
        assert passages(tmp_path, found).num_rows == 1
    assert ask(tmp_path, "示例==HYPERLINK('x')", "地区=DROP TABLE").total == 1
    with pytest.raises(PipelineError, match="没有"):
        ask(tmp_path, "示例", "地区'; DROP TABLE codings; --")
    assert ask(tmp_path, "示例", "地区").total == 1


def test_the_framework_has_every_quotation_with_its_place(out: Path) -> None:
    found = framework(out, Question(rows="文档", cols="示例"))
    assert [head.label for head in found.rows] == ["甲.pdf", "乙.txt"]
    cells = found.cells()
    assert set(cells) == {(0, 0), (0, 1), (0, 2)} and found.by_document
    assert cells[0, 2][0].text.startswith("对新引进的博士，每人每月给予生活补贴3000元")
    data = framework_data(found)
    assert data["kind"] == "framework" and data["passages"][0]["doc_id"] == "a" * 16


def test_plain_data_for_the_explorer(out: Path) -> None:
    data = matrix_data(ask(out, "示例", "年份"), percent="col")
    assert data["rows"]["heads"][1] == {
        "key": "demo:attract-money",
        "label": "引才补贴",
        "depth": 1,
        "note": "示例：引/引才补贴",
        "total": 1,
        "base": 1,
    }
    assert (data["cells"], data["unit"]["label"]) == ([[0, 1], [0, 1], [0, 1]], "编码处数")
    assert data["percent"]["cells"][0] == [None, 1.0]


def test_cases_by_section_and_file_codes_and_words(out: Path, tmp_path: Path) -> None:
    spec = tmp_path / "案例.yaml"
    spec.write_text(
        "rows:\n  引才: '#引才'\n  全文: 甲*\ncolumns:\n  做法: [示例:引, 词:根据]\n  金额: 生活补贴|最高\n",
        encoding="utf-8",
    )
    found = compare(out, read_cases(spec))
    assert found.behind == ((1, 1), (2, 1))
    cells = found.cells()
    assert cells[0, 0][0].rule == "引：生活补贴"
    assert cells[1, 0][1].quote == "根据《岚川市总体方案》（岚政发〔2023〕1号）执行。"
    one = cells[0, 1][0]
    assert one.quote == RAW[one.start : one.end] and one.quote.startswith("对新引进") and "活\n补" in one.quote
    assert (one.section, one.rule, one.page) == ("一、 引才", "词：生活补贴；词：最高", 1)
    assert any("生活补贴、最高" in note for note in found.notes)


def test_mistakes_in_cases(out: Path, tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        compare(out, Cases((named("火星"), named("甲=#九、")), (named("做法=示例:抢"), named("词=代码:抢"))))
    assert len(caught.value.mistakes) == 4
    with pytest.raises(PipelineError, match="要有行"):
        compare(out, Cases((), ()))
    spec = tmp_path / "x.yaml"
    for text in ("rows: [", "- 1", "rows: {甲: {乙: 丙}}\ncolumns: {丁: 戊}", "rows: {甲: 乙}"):
        spec.write_text(text, encoding="utf-8")
        with pytest.raises(PipelineError, match=r"x\.yaml"):
            read_cases(spec)
    with pytest.raises(PipelineError, match="应写成"):
        named("=甲")


def test_a_file_of_cases_is_read_strictly(tmp_path: Path) -> None:
    spec = tmp_path / "x.yaml"
    spec.write_text("rows:\n  0731: 010\n  no: 2024-01-05\ncolumns: [yes, 1_000]\n", encoding="utf-8")
    found = read_cases(spec)
    assert found.rows == (("0731", ("010",)), ("no", ("2024-01-05",)))
    assert found.cols == (("yes", ("yes",)), ("1_000", ("1_000",)))
    spec.write_text("rows:\n  甲: 一\n  甲: 二\n  乙: {丙: 丁}\n  戊:\ncolumns: [己]\n", encoding="utf-8")
    with pytest.raises(PipelineError) as caught:
        read_cases(spec)
    assert [one.split("x.yaml:")[1][:2] for one in caught.value.mistakes] == ["3:", "4:", "5:"]


def test_python(out: Path) -> None:
    knowledge = pipeline.open(out)
    found = knowledge.matrix("示例", "年份")
    assert found.arrow().to_pylist()[0] == {"示例": "引", "2023": 0, "2024": 1, "合计": 1}
    assert knowledge.passages(found, 0, 1).num_rows == 1
    assert len(knowledge.framework("文档", "示例", most=1).passages) == 3
    assert knowledge.cases({"甲": "甲.pdf"}, {"引": "示例:引"}).behind == ((1,),)
    twice = ask(out, "示例", "示例=引,demo:attract")
    assert len(twice.cols.heads) == 1


def test_room_shares_what_there_is_among_the_cells() -> None:
    assert room([[5, 1], [0, 3]], 9) > 5
    assert room([[5, 1], [0, 3]], 7) == 3
    assert room([[5, 5]], 1) == 0
