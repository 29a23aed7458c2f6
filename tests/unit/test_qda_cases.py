"""Cases written as codes come back as what they are, whatever a program left of them: nobody's codings."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from coded_run import Qdpx, Spot, build

from pipeline.cli.main import invoke
from pipeline.qda import cases
from pipeline.qda.build import Choice, build_project
from pipeline.qda.dialects import DIALECTS, Ruler
from pipeline.qda.given import Given
from pipeline.qda.project import Mark, Paper, Project, Theme
from pipeline.qda.qde import Options
from pipeline.qda.qdpx_write import write_qdpx

AS_CODE = Options(case_as_code=True)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Project]:
    out = build(tmp_path_factory.mktemp("run") / "out")
    return out, build_project(out).project


def run_import(capsys: pytest.CaptureFixture[str], *args: object) -> dict[str, Any]:
    capsys.readouterr()
    assert invoke(["import", *map(str, args), "--json", "--dry-run"]) == 0
    said = capsys.readouterr()
    found: dict[str, Any] = json.loads(said.out)
    assert f"有 {found['cases']} 处是写成代码的案例" in said.err
    return found


def rewritten(file: Path, change: Callable[[str], str]) -> None:
    """Change the XML of a project."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["project.qde"] = change(members["project.qde"].decode()).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def without_cases(xml: str) -> str:
    return re.sub(r"<Cases>.*?</Cases>\n", "", xml, flags=re.DOTALL)


def renamed(xml: str) -> str:
    """Rename the codes of cases, and their folder."""
    xml = re.sub(r'name="案例" isCodable="false"', 'name="文件" isCodable="false"', xml)
    return re.sub(r'(<Code guid="[^"]*" name=")([^"]*)(" isCodable="true"><Description>案例=)', r"\1某案例\2\3", xml)


def new_guids(xml: str) -> str:
    cases = re.findall(r'<Code guid="([^"]*)"[^>]*><Description>案例=', xml)
    for number, one in enumerate(cases):
        xml = xml.replace(one, f"00000000-0000-4000-8000-{number:012d}")
    return xml


def undescribed(xml: str) -> str:
    return re.sub(r"<Description>案例=[^<]*</Description>", "", xml)


@pytest.mark.parametrize(
    "left",
    [
        (),
        (without_cases,),
        (without_cases, renamed),
        (without_cases, renamed, undescribed),
        (without_cases, renamed, new_guids),
        (without_cases, new_guids, undescribed),
    ],
)
def test_cases_are_nobodys_codings(
    exported: tuple[Path, Project],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    left: tuple[Callable[[str], str], ...],
) -> None:
    out, project = exported
    file = tmp_path / "张三.qdpx"
    write_qdpx(project, file, AS_CODE)
    for one in left:
        rewritten(file, one)
    for reviewed in ((), ("--reviewed",)):
        found = run_import(capsys, out, file, *reviewed)
        assert found["cases"] == len(project.papers)
        counts = found["counts"]
        assert counts["new"] == counts["recoded"] == 0
        assert {code["codebook"] for code in found["codes"]} == ({"措施_人工"} if reviewed else set())
        assert counts["confirmed" if reviewed else "unchanged"] == sum(len(paper.marks) for paper in project.papers)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_program_that_keeps_names_only(
    exported: tuple[Path, Project], tmp_path: Path, capsys: pytest.CaptureFixture[str], dialect: str
) -> None:
    out, project = exported
    file = tmp_path / "张三.qdpx"
    style = DIALECTS[dialect]
    write_qdpx(project, file, Options(style, case_as_code=True))
    given = Qdpx.read(file)
    plain = {name: style.plain_text(content.decode()) for name, content in given.texts.items()}
    rulers = {name: Ruler(text, style) for name, text in plain.items()}
    given.write(
        file, quote=lambda s: plain[s.source][rulers[s.source].back(s.start) : rulers[s.source].back(s.end)][:100]
    )
    found = run_import(capsys, out, file)
    assert found["changes"] == [] and found["codings"] == 0 and found["cases"] == len(project.papers)


def test_a_person_alone_in_the_file_has_not_coded_the_cases(
    exported: tuple[Path, Project], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = exported
    project = build_project(out, Choice(measures=False)).project
    file = tmp_path / "张三.qdpx"
    write_qdpx(project, file, AS_CODE)
    rewritten(file, lambda xml: without_cases(xml).replace("机器编码 terms@1", "张三"))
    found = run_import(capsys, out, file)
    assert found["counts"]["new"] == 0 and found["cases"] == len(project.papers)


def test_peoples_own_codings_of_whole_texts_stay_theirs(
    exported: tuple[Path, Project], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, project = exported
    file = tmp_path / "张三.qdpx"
    write_qdpx(project, file, AS_CODE)
    given = Qdpx.read(file)
    plain = {name: content.decode() for name, content in given.texts.items()}
    name = next(iter(plain))
    given.users.append("张三")
    given.codes += [("整篇都好", True, 0)]
    given.spots.append(Spot(name, 0, len(plain[name]), "整篇都好", "张三", ""))
    given.write(file, quote=lambda spot: plain[spot.source][spot.start : spot.end])
    found = run_import(capsys, out, file)
    assert [(one["kind"], one["code"], one["coder"]) for one in found["changes"]] == [("new", "整篇都好", "张三")]


TEXT = "引进人才的第一段。\n第二段引进博士。"
WHOLE = 0, len(TEXT)
MACHINE = "机器编码 terms@1"


def kept(path: tuple[str, ...], coder: str, span: tuple[int, int], text: str = TEXT, about: str = "") -> bool:
    """Whether a coding stays, in a run whose own codebook is called 案例 and has a code named like a document."""
    themes = (Theme(("案例",), False), Theme(("案例", "引进"), True), Theme(("案例", "甲"), True, name="甲（引进）"))
    run = Project("run", (Paper("甲", TEXT, doc_id="d1"),), themes, (MACHINE,))
    mark = Mark(*span, path, coder, memo=about)
    found = cases.without_cases(Given(Project("g", (Paper("甲", text, (mark,), doc_id="d1"),), (), ())), run)
    assert found.cases == 1 - len(found.project.papers[0].marks)
    return not found.cases


def test_a_coding_of_a_text_that_is_not_there_is_no_case() -> None:
    assert kept(("甲",), "张三", (0, 5), text="") and kept(("案例", "别的"), MACHINE, (0, 5), text="")


def test_a_part_of_a_text_is_no_case() -> None:
    assert kept(("甲",), "张三", (0, 5)) and not kept(("甲",), "张三", WHOLE)
    assert kept(("案例（案例）", "甲"), "张三", (0, 5)) and not kept(("案例（案例）", "甲"), "张三", WHOLE)


def test_a_code_of_the_run_is_no_case_unless_it_says_so() -> None:
    assert not kept(("案例", "别的"), MACHINE, WHOLE)
    for path in (("案例", "引进"), ("案例", "甲"), ("案例", "甲（引进）")):
        assert kept(path, MACHINE, WHOLE) and not kept(path, MACHINE, WHOLE, about="案例=d1")
