"""What is written as .qdpx and .qdc, read back by the schema's validator, by pyrefiqda and by hand."""

from __future__ import annotations

import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from qda_samples import MACHINE, PERSON, THEMES, Q, cut, hostile_project, independent, selections, validate

from pipeline.core.errors import PipelineError
from pipeline.qda.dialects import DIALECTS
from pipeline.qda.memo import read_pairs
from pipeline.qda.project import Paper, Project, Theme
from pipeline.qda.qdc_write import write_qdc
from pipeline.qda.qde import Options
from pipeline.qda.qdpx_write import write_qdpx

SAFE = Options(bmp_safe=True)


def root(path: Path) -> etree._Element:
    with zipfile.ZipFile(path) as archive:
        return etree.fromstring(archive.read("project.qde"))


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize("bmp_safe", [False, True])
def test_every_selection_quotes_its_text_in_the_dialects_own_counting(
    tmp_path: Path, name: str, bmp_safe: bool
) -> None:
    project = hostile_project()
    write_qdpx(project, tmp_path / "a.qdpx", Options(DIALECTS[name], bmp_safe))
    found = selections(tmp_path / "a.qdpx", DIALECTS[name])
    marks = [(paper, mark) for paper in project.papers for mark in paper.marks]
    assert len(found) == len(marks)
    for selection, (paper, mark) in zip(found, marks, strict=True):
        quote = paper.text[mark.start : mark.end]
        if bmp_safe:
            quote = "".join("〓" if char > "\uffff" else char for char in quote)
        assert (selection.source, selection.text, selection.name) == (paper.name, quote, quote[:100])
        assert (selection.users, selection.memo) == ((mark.coder,), mark.memo)


def test_the_validator_has_nothing_to_say_of_a_hostile_document(tmp_path: Path) -> None:
    write_qdpx(hostile_project(), tmp_path / "a.qdpx", replace(SAFE, source_variables=True))
    write_qdc(hostile_project(), tmp_path / "a.qdc")
    assert validate(tmp_path / "a.qdpx", tmp_path / "a.qdc") == ""


def test_unchanged_text_only_warns_of_characters_programs_count_differently(tmp_path: Path) -> None:
    write_qdpx(hostile_project(), tmp_path / "a.qdpx")
    said = validate(tmp_path / "a.qdpx")
    assert said.count("warning") == 1 + 2 and said.count("[astral]") == 2 and "ERROR" not in said


def test_an_independent_reader_finds_the_same(tmp_path: Path) -> None:
    project = hostile_project()
    write_qdpx(project, tmp_path / "a.qdpx")
    found = independent(tmp_path / "a.qdpx", tmp_path / "x")
    sources = found.sources.text_source
    assert [source.name for source in sources] == [paper.name for paper in project.papers]
    for source, paper in zip(sources, project.papers, strict=True):
        name = source.plain_text_path.removeprefix("internal://")
        text = (tmp_path / "x" / "sources" / name).read_bytes().decode("utf-8")
        quotes = [text[one.start_position : one.end_position] for one in source.plain_text_selection]
        assert text == paper.text and quotes == [mark.quote for mark in paper.marks]
        assert sum(len(one.coding) for one in source.plain_text_selection) == len(paper.marks)
    with_children = [found.code_book.codes.code]
    count = 0
    while with_children:
        level = with_children.pop()
        count += len(level)
        with_children += [one.code for one in level if one.code]
    assert count == len(THEMES) and len(found.users.user) == 2


def test_equal_projects_are_equal_bytes_and_guids_are_unique_and_upper_case(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_qdpx(hostile_project(), tmp_path / f"{name}.qdpx")
        write_qdc(hostile_project(), tmp_path / f"{name}.qdc")
    for ending in ("qdpx", "qdc"):
        assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()
    guids = [one.get("guid") for one in root(tmp_path / "a.qdpx").iter() if one.get("guid")]
    assert len(set(guids)) == len(guids) and all(one == one.upper() for one in guids)
    with zipfile.ZipFile(tmp_path / "a.qdpx") as archive:
        names = archive.namelist()
        assert names == sorted(names) and names[0] == "project.qde"
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_codes_have_unique_names_and_folders_cannot_be_coded(tmp_path: Path) -> None:
    write_qdpx(hostile_project(), tmp_path / "a.qdpx")
    codes = {one.get("name"): one.get("isCodable") for one in root(tmp_path / "a.qdpx").iter(f"{Q}Code")}
    assert list(codes) == ["工具", "环境型", "环境型—其他", "供给型", "供给型—其他", "措施", "资助金额"]
    assert [name for name, codable in codes.items() if codable == "false"] == ["工具", "供给型", "措施"]


def test_coders_are_users_and_the_machines_reason_can_be_read_back(tmp_path: Path) -> None:
    write_qdpx(hostile_project(), tmp_path / "a.qdpx")
    found = selections(tmp_path / "a.qdpx", DIALECTS["spec"])
    by = Counter(user for one in found for user in one.users)
    assert by[PERSON] == 12 and by[MACHINE] > 100
    machine = next(one for one in found if one.users == (MACHINE,))
    assert read_pairs(machine.memo) == {"把握": "0.5", "规则": "补助×1", "版本": "terms@1.0"}


def test_everything_has_a_date_that_isnt_the_clocks(tmp_path: Path) -> None:
    project = hostile_project()
    first = project.papers[0]
    moment = "2026-01-02T03:04:05+08:00"
    dated = replace(first, marks=(replace(first.marks[0], created=moment),))
    write_qdpx(replace(project, papers=(dated,)), tmp_path / "a.qdpx")
    top = root(tmp_path / "a.qdpx")
    for tag in ("TextSource", "Note", "PlainTextSelection", "Coding"):
        for one in top.iter(f"{Q}{tag}"):
            dated_by_person = tag in ("PlainTextSelection", "Coding")
            assert one.get("creationDateTime") == (moment if dated_by_person else "2000-01-01T00:00:00Z")


def test_attributes_stand_on_cases_and_if_wanted_on_sources(tmp_path: Path) -> None:
    write_qdpx(hostile_project(), tmp_path / "a.qdpx", Options(DIALECTS["nvivo"], source_variables=True))
    top = root(tmp_path / "a.qdpx")
    kinds = {one.get("name"): one.get("typeOfVariable") for one in top.iter(f"{Q}Variable")}
    assert kinds == {"政策文件:地区": "Text", "政策文件:发文年份": "Integer"}
    cases = list(top.iter(f"{Q}Case"))
    assert [len(case.findall(f"{Q}VariableValue")) for case in cases] == [2, 1], "what a document lacks is left out"
    assert [len(one.findall(f"{Q}VariableValue")) for one in top.iter(f"{Q}TextSource")] == [2, 1]
    sources = {one.get("guid") for one in top.iter(f"{Q}TextSource")}
    assert {case.find(f"{Q}SourceRef").get("targetGUID") for case in cases} == sources
    write_qdpx(hostile_project(), tmp_path / "b.qdpx")
    assert not [
        one for one in root(tmp_path / "b.qdpx").iter(f"{Q}TextSource") if one.find(f"{Q}VariableValue") is not None
    ]


def test_a_case_can_be_a_code_that_codes_the_whole_text(tmp_path: Path) -> None:
    project = hostile_project()
    write_qdpx(project, tmp_path / "a.qdpx", replace(SAFE, case_as_code=True))
    top = root(tmp_path / "a.qdpx")
    cases = {one.get("guid") for one in top.iter(f"{Q}Case")}
    refs = [
        one
        for one in top.iter(f"{Q}PlainTextSelection")
        if one.find(f"{Q}Coding/{Q}CodeRef").get("targetGUID") in cases
    ]
    assert [(one.get("startPosition"), one.get("endPosition")) for one in refs] == [
        ("0", str(len(paper.text))) for paper in project.papers
    ]
    said = validate(tmp_path / "a.qdpx")
    assert said.count("warning") == 1 + len(cases) and said.count("[guid-case-is-code]") == len(cases)


def test_files_are_as_each_dialect_says(tmp_path: Path) -> None:
    project = hostile_project()
    for name, dialect in DIALECTS.items():
        write_qdpx(project, tmp_path / f"{name}.qdpx", Options(dialect))
        origin = root(tmp_path / f"{name}.qdpx").get("origin")
        assert ("ATLAS" in origin) == (name == "atlas")
        with zipfile.ZipFile(tmp_path / f"{name}.qdpx") as archive:
            texts = [archive.read(one).decode("utf-8") for one in archive.namelist() if one.startswith("sources/")]
        assert all(text.startswith("\ufeff") == dialect.bom for text in texts)
        assert all(("\r" in text) == (dialect.newline == "\r\n") for text in texts)
        assert all(
            dialect.plain_text(text) in [project.memo, *(paper.text for paper in project.papers)] for text in texts
        )
    assert cut("\ufeff\U00020bb7\r\n甲", 4, 5, DIALECTS["nvivo"]) == "甲"
    assert cut("\U00020bb7\r\n甲", 2, 3, DIALECTS["maxqda"]) == "甲"


def test_an_empty_project_and_one_without_codes_are_valid(tmp_path: Path) -> None:
    write_qdpx(Project("空", (), (), ()), tmp_path / "a.qdpx")
    write_qdpx(Project("无", (Paper("甲.txt", "甲"), Paper("空.txt", "")), (), ()), tmp_path / "b.qdpx")
    assert validate(tmp_path / "a.qdpx", tmp_path / "b.qdpx") == ""
    with pytest.raises(PipelineError, match="没有代码可写"):
        write_qdc(Project("空", (), (), ()), tmp_path / "a.qdc")
    assert not (tmp_path / "a.qdc").exists()


def test_the_qdc_has_the_codes_of_the_project(tmp_path: Path) -> None:
    write_qdc(hostile_project(), tmp_path / "a.qdc")
    write_qdpx(hostile_project(), tmp_path / "a.qdpx")
    alone = {one.get("guid"): one.get("name") for one in etree.parse(tmp_path / "a.qdc").iter("{*}Code")}
    assert alone == {one.get("guid"): one.get("name") for one in root(tmp_path / "a.qdpx").iter(f"{Q}Code")}


def test_a_description_keeps_its_lines_and_a_deep_code_its_place(tmp_path: Path) -> None:
    themes = (
        Theme(("甲",), False),
        Theme(("甲", "乙"), False),
        Theme(("甲", "乙", "丙"), True, "定义：一\n出处：<二>"),
        Theme(("丁",), True),
    )
    write_qdc(Project("深", (), themes, ()), tmp_path / "a.qdc")
    top = etree.parse(tmp_path / "a.qdc")
    deep = next(one for one in top.iter("{*}Code") if one.get("name") == "丙")
    assert deep.findtext("{*}Description") == "定义：一\n出处：<二>"
    assert [one.get("name") for one in deep.iterancestors("{*}Code")] == ["乙", "甲"]
    assert [one.get("name") for one in top.find("{*}Codes")] == ["甲", "丁"]
