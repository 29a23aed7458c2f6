"""A finished run becomes a project: documents, codes, codings, measures; what is left out is told."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from qda_samples import independent, validate
from table_samples import RAW, build, codebook, document, source

from pipeline.books.write import write_book
from pipeline.core.config import configs_dir
from pipeline.core.document import Document
from pipeline.core.errors import PipelineError
from pipeline.core.layers import OTHER_PART, CleanText, Coding, RawText
from pipeline.core.offsets import Edit
from pipeline.qda.build import Choice, build_project
from pipeline.qda.exports import export_qdc, export_qdpx
from pipeline.qda.memo import read_pairs
from pipeline.qda.parts import Item, own_pieces
from pipeline.qda.project import Paper
from pipeline.structure.parts import cut, find_parts, load_part_rules
from pipeline.table.assemble import build_tables
from pipeline.table.build import Entry
from pipeline.table.people import Reading, keep

DIGEST = """云州人才动态汇编

本期共收三条，前两条是：云州：引进博士给补贴。

云州：引进博士给补贴
【云州动态】【2024-3-1】近日，云州市印发办法，对新引进的博士给予30万元安家补助，分五年发放，由市财政局负责落实。

海岚建成三家工作站

【云州动态】【2024-3-4】近日，海岚市新建院士工作站3家，累计引进高层次人才201名，其中博士后30名，服务企业120家。
相关链接：https://example.org/a

【云州动态】【2024-3-9】苏阳办招聘会
苏阳市举办春季招聘会，提供岗位1200个，参会企业80家，现场达成意向300人，后续服务由市人社局负责。
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    build(folder)
    return folder


def paper(out: Path, choice: Choice | None = None) -> Paper:
    return build_project(out, choice).project.papers[0]


def test_codings_and_measures_quote_the_raw_text(out: Path) -> None:
    first = paper(out)
    assert first.text == RAW and first.doc_id == document().doc_id
    found = {(mark.theme, mark.coder): mark for mark in first.marks}
    assert all(mark.quote == RAW[mark.start : mark.end] for mark in first.marks)
    coded = found[("示例", "引", "引才补贴"), "机器编码 demo@1"]
    assert read_pairs(coded.memo) == {"把握": "1.5", "规则": "生活补贴", "版本": "demo@1"}
    measures = [mark for mark in first.marks if mark.theme == ("措施", "资助金额")]
    assert [mark.quote for mark in measures] == ["3000元", "50万元"]
    assert read_pairs(measures[0].memo) == {
        "下限": "3000",
        "上限": "3000",
        "单位": "元",
        "限定": "确数",
        "计量基准": "人/月",
        "事项": "生活补贴",
        "受益对象": "博士",
        "支持方式": "补贴",
        "把握": "0.9",
        "规则": "money.per",
        "版本": "measures@1",
    }
    assert "下限" not in read_pairs(measures[1].memo) and read_pairs(measures[1].memo)["上限"] == "500000"


def test_what_has_no_text_and_what_is_there_twice_is_told(out: Path) -> None:
    built = build_project(out)
    assert [one.name for one in built.project.papers] == ["甲.pdf", "乙.txt"]
    words = "\n".join(built.words)
    assert "丙.pdf" in words and "甲（副本）.pdf" in words and words in built.project.memo


def test_documents_carry_their_attributes(out: Path) -> None:
    values = dict(paper(out).attributes)
    assert values["发文机关"] == "岚川市人民政府；岚川市财政局" and values["发文年份"] == 2024
    assert values["地区"] == "浙江省岚川市" and values["文种"] == "办法" and values["原文件"] == "甲.pdf"


def test_a_parent_is_a_folder_until_it_is_coded(out: Path, tmp_path: Path) -> None:
    codable = {theme.path: theme.codable for theme in build_project(out).project.themes}
    assert not codable[("示例",)] and not codable[("示例", "引")] and codable[("示例", "引", "引才补贴")]
    doc = document()
    coded = replace(doc, codings=(Coding(0, 5, "demo", "attract", "machine:demo@1", 1.0, "引"),))
    build_tables(lambda: [Entry(doc.doc_id, doc.source, "done", coded)], tmp_path, codebooks=(codebook(),))
    codable = {theme.path: theme.codable for theme in build_project(tmp_path).project.themes}
    assert codable[("示例", "引")] and not codable[("示例",)]


def test_peoples_codings_stand_under_their_names(out: Path, tmp_path: Path) -> None:
    build(tmp_path)
    keep(tmp_path, Reading("甲", "2026-01-01", ("王五", "赵六"), (document().doc_id,), (), ()))
    assert build_project(tmp_path).project.coders == ("机器编码 demo@1", "机器编码 measures@1", "王五", "赵六")
    only = build_project(tmp_path, Choice(coders=("赵六",))).project
    assert only.coders == ("赵六",) and not any(one.marks for one in only.papers)


def test_a_persons_coding_has_no_reason_of_the_machine(tmp_path: Path) -> None:
    doc = document()
    coded = replace(doc, codings=(*(doc.codings or ()), Coding(0, 7, "demo", "keep", "王五", 0.0, "")))
    build_tables(lambda: [Entry(doc.doc_id, doc.source, "done", coded)], tmp_path, codebooks=(codebook(),))
    (mark,) = paper(tmp_path, Choice(coders=("王五",))).marks
    assert (mark.coder, mark.theme, mark.quote, mark.memo) == ("王五", ("示例", "留"), "岚川市人才办法", "")


def test_a_choice_of_coders_codebooks_and_measures(out: Path) -> None:
    assert {mark.theme[0] for mark in paper(out, Choice(measures=False)).marks} == {"示例"}
    assert {mark.theme[0] for mark in paper(out, Choice(codebooks=("demo",))).marks} == {"示例"}
    assert {mark.theme[0] for mark in paper(out, Choice(codebooks=("措施",))).marks} == {"措施"}
    assert paper(out, Choice(codebooks=("示例", "措施"))).marks == paper(out).marks
    with pytest.raises(PipelineError, match="不能同时用"):
        build_project(out, Choice(codebooks=("措施",), measures=False))
    assert paper(out, Choice(coders=("机器编码",))).marks == paper(out).marks
    assert {mark.coder for mark in paper(out, Choice(coders=("machine:demo@1",))).marks} == {"机器编码 demo@1"}
    with pytest.raises(PipelineError, match="没有编码者“机器编”，是否应为“机器编码"):
        build_project(out, Choice(coders=("机器编",)))
    with pytest.raises(PipelineError, match="没有编码本“工具”，可用的有：demo（示例）"):
        build_project(out, Choice(codebooks=("工具",)))


def test_each_item_of_a_digest_has_its_own_text_only(tmp_path: Path) -> None:
    raw, text = RawText(DIGEST, "text/plain"), CleanText(DIGEST, ())
    parts = list(cut(raw, text, find_parts(raw, text, rules=load_part_rules(configs_dir()))))
    assert [name for name, _, _ in parts] == ["0", "1", "2", "3"]

    def members() -> list[Entry]:
        found = []
        for name, own, clean in parts:
            at = source(f"汇编.txt#{name}", name)
            sentence = clean.text.index("30万元") if "30万元" in clean.text else 0
            codings = (Coding(sentence, sentence + 4, "demo", "keep", "machine:demo@1", 1.0, "补"),)
            doc = Document(source=at, raw=own, text=clean, measures=(), codings=codings)
            found.append(Entry(doc.doc_id, at, "done", doc))
        return found

    build_tables(members, tmp_path, codebooks=(codebook(),))
    papers = build_project(tmp_path).project.papers
    assert [one.name for one in papers] == [f"汇编.txt#{name}" for name in "0123"]
    first, second, third = papers[1:]
    assert papers[0].text == "云州人才动态汇编\n\n本期共收三条，前两条是：云州：引进博士给补贴。"
    assert first.text.startswith("云州：引进博士给补贴\n【") and first.text.endswith("市财政局负责落实。")
    assert (
        second.text.startswith("海岚建成") and second.text.endswith("org/a") and third.text.startswith("【云州动态】")
    )
    assert [one.marks[0].quote for one in papers] == ["云州人才", "30万元", "海岚建成", "【云州动"]


def test_the_export_is_valid_equal_and_read_by_others(out: Path, tmp_path: Path) -> None:
    words = export_qdpx(out, tmp_path / "甲.qdpx")
    export_qdpx(out, tmp_path / "b" / "甲.qdpx")
    export_qdc(out, tmp_path / "乙.qdc")
    endings = {"编码本": ["qdc", "xlsx"], "分类表": ["csv", "txt", "xlsx"], "编码表": ["csv", "xlsx"]}
    sides = [f"甲_{name}.{ending}" for name, some in endings.items() for ending in some]
    sides.append("甲_编码本_taguette.csv")
    assert {path.name for path in (tmp_path / "b").iterdir()} == {"甲.qdpx", *sides}
    for name in ("甲.qdpx", *sides):
        assert (tmp_path / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
        assert name == "甲.qdpx" or any(name in sentence for sentence in words)
    assert validate(tmp_path / "甲.qdpx", tmp_path / "甲_编码本.qdc", tmp_path / "乙.qdc") == ""
    found = independent(tmp_path / "甲.qdpx", tmp_path / "x")
    assert len(found.sources.text_source) == 2 and len(found.cases.case) == 2
    export_qdpx(out, tmp_path / "c" / "甲.qdpx", bare=True)
    assert [path.name for path in (tmp_path / "c").iterdir()] == ["甲.qdpx"]


def test_an_item_that_is_not_found_is_exported_clean_without_codings(tmp_path: Path) -> None:
    raw = RawText("甲乙丙丁戊己庚辛子丑寅卯辰巳午未", "text/plain")
    codings = (Coding(0, 2, "demo", "keep", "machine:demo@1", 1.0, "补"),)

    def members() -> list[Entry]:
        found = []
        for name, text in (
            ("1", CleanText("甲乙丙丁戊己庚辛", (Edit(8, 16, "", OTHER_PART),))),
            ("2", CleanText("面目全非", (Edit(0, 8, "", OTHER_PART), Edit(8, 16, "面目全非", "x")))),
        ):
            at = source(f"汇编.txt#{name}", name)
            doc = Document(source=at, raw=raw, text=text, measures=(), codings=codings)
            found.append(Entry(doc.doc_id, at, "done", doc))
        return found

    build_tables(members, tmp_path, codebooks=(codebook(),))
    built = build_project(tmp_path)
    assert [(one.text, len(one.marks)) for one in built.project.papers] == [("甲乙丙丁戊己庚辛", 1), ("面目全非", 0)]
    assert "汇编.txt#2" in built.words[0] and "位置没有找到" in built.words[0]


def test_a_title_in_the_table_of_contents_is_not_taken_for_the_item() -> None:
    raw = "目录\n引才办法 1\n引才办法\n给予补助三十万元。\n留才办法\n建设人才公寓。\n"
    first, second = "引才办法\n给予补助三十万元。\n", "留才办法\n建设人才公寓。\n"
    found = own_pieces(raw, [Item("a#0", "目录\n引才办法 1\n", 10), Item("a#1", first, 15), Item("a#2", second, 13)])
    texts = [[raw[start:end] for start, end in pieces or ()] for pieces in found]
    assert texts == [["目录\n引才办法 1"], [first.strip()], [second.strip()]]
    assert own_pieces(raw, [Item("a", raw, len(raw))]) == [((0, len(raw)),)]


def test_a_codebook_from_a_workbook_keeps_its_version_and_rules(out: Path, tmp_path: Path) -> None:
    book, run = tmp_path / "本.xlsx", tmp_path / "out"
    shutil.copytree(out, run)
    write_book(codebook().model_copy(update={"version": "7.3"}), book)
    config = {"coding": {"codebooks": [str(book), str(tmp_path / "没有.xlsx")]}}
    (run / "run.json").write_text(json.dumps({"config": config}), encoding="utf-8")
    built = build_project(run)
    folder = next(theme for theme in built.project.themes if theme.path == ("示例",))
    assert read_pairs(folder.memo)["版本"] == "7.3"
    told = [word for word in built.words if "现在读不出来" in word]
    assert len(told) == 1 and "没有.xlsx" in told[0]
