"""``cewen matrix``: what it prints and writes, workbooks read back, mistakes on the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from table_samples import RAW, build
from test_matrices import HOSTILE, hostile

from pipeline.cli.main import invoke
from pipeline.export.matrix_xlsx import cell_of, write_framework, write_matrix
from pipeline.table.matrices import Question, matrix
from pipeline.table.matrices_axes import Head
from pipeline.table.matrices_frame import Framework, Passage
from pipeline.table.workbook import MAX_CELL


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    build(folder)
    return folder


def run(capsys: pytest.CaptureFixture[str], out: Path, *args: str) -> tuple[int, str, str]:
    code = invoke(["matrix", str(out), *args])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_a_table_for_people(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text, words = run(capsys, out, "--rows", "示例", "--cols", "年份")
    assert code == 0
    assert text.splitlines()[0].split() == ["示例", "2023", "2024", "合计"]
    assert text.splitlines()[3].startswith("　引才补贴")
    assert "示例 × 年份：编码处数" in words and "下级" in words
    code, text, _ = run(capsys, out, "--rows", "示例", "--cols", "年份", "--percent", "占行", "--unit", "文档数")
    assert "100.0%" in text and "合计" not in text


def test_csv_and_json(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text, _ = run(capsys, out, "--rows", "示例", "--cols", "作用", "--unit", "money", "--format", "csv")
    lines = list(csv.reader(io.StringIO(text)))
    assert code == 0 and lines[1][:3] == ["引", "503000", ""] and lines[-1][0] == "合计"
    _, text, _ = run(capsys, out, "--rows", "示例", "--cols", "作用", "--format", "json")
    assert json.loads(text)["cells"][0] == [2, 0, 0, 0, 0, 0]
    target = tmp_path / "a.json"
    assert run(capsys, out, "--framework", "--cols", "示例", "--to", str(target))[0] == 0
    assert json.loads(target.read_text(encoding="utf-8"))["behind"] == [[1, 1, 1], [0, 0, 0]]


def test_details_and_framework_in_the_terminal(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text, words = run(capsys, out, "--rows", "示例=留", "--cols", "年份=2024", "--details")
    assert code == 0 and "■ 留" in text and "【2024】1 处" in text and "甲.pdf，一、 引才，第1页，25–60" in text
    _, text, _ = run(capsys, out, "--rows", "示例=留", "--cols", "年份", "--details", "--format", "csv")
    line = next(csv.DictReader(io.StringIO(text)))
    assert (line["行"], line["列"], line["原文"]) == ("留", "2024", RAW[int(line["起"]) : int(line["止"])])
    _, text, _ = run(capsys, out, "--framework", "--cols", "示例", "--codebook", "demo")
    assert "■ 甲.pdf" in text and "一、 引才，第1页" in text
    assert "没有一格有内容" in run(capsys, out, "--framework", "--rows", "年份=2023")[2]
    assert words


def test_a_workbook_leads_from_each_cell_to_its_passages(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "共现.xlsx"
    code, _, words = run(capsys, out, "--rows", "示例", "--cols", "示例", "--percent", "row", "--to", str(target))
    assert code == 0 and "明细 9 处" in words
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["编码处数", "占行", "明细", "说明"]
    sheet, details = book["编码处数"], book["明细"]
    assert [cell.value for cell in sheet[1]] == ["示例 \\ 示例", "引", "引才补贴", "留", "合计"]
    assert sheet["A5"].value == "合计" and sheet["E5"].value == 1
    for row in (2, 3, 4):
        for column in (2, 3, 4):
            cell = sheet.cell(row, column)
            line = int(cell.hyperlink.location.rpartition("A")[2])
            heads = (sheet.cell(row, 1).value, sheet.cell(1, column).value)
            assert (details.cell(line, 1).value, details.cell(line, 2).value) == heads
            assert isinstance(cell.value, int)
    before = target.read_bytes()
    run(capsys, out, "--rows", "示例", "--cols", "示例", "--percent", "row", "--to", str(target))
    assert target.read_bytes() == before


def test_cases_in_a_workbook(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "案例.xlsx"
    args = ("--case", "引才", "--case", "=1+1=甲*", "--column", "做法=示例:引|词:根据", "--to", str(target))
    code, _, words = run(capsys, out, *args)
    assert code == 2 and "应写成" in words
    code, _, words = run(capsys, out, "--case", "引才", "--case", "落实=甲*#二、", *args[4:])
    assert code == 0 and "作为词语查找的：根据" in words
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["案例比较", "明细", "说明"]
    sheet = book["案例比较"]
    assert str(sheet["C3"].value).startswith("“根据《岚川市总体方案》（岚政发〔2023〕1号）执行。”（甲.pdf，二、 落实，")
    assert (sheet["B3"].value, sheet["B3"].hyperlink.location) == (1, "'明细'!A3")


def test_names_that_mean_harm_stay_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile(tmp_path)
    target = tmp_path / "x.xlsx"
    assert run(capsys, tmp_path, "--rows", "示例", "--cols", "地区", "--to", str(target))[0] == 0
    book = openpyxl.load_workbook(target)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type in ("s", "n") for cell in cells)
    assert any(str(cell.value).startswith("=1+1") for cell in cells)
    written = tmp_path / "x.csv"
    assert run(capsys, tmp_path, "--rows", "地区", "--cols", "示例", "--to", str(written))[0] == 0
    lines = list(csv.reader(io.StringIO(written.read_text(encoding="utf-8-sig"), newline="")))
    assert lines[1][0] == "'" + HOSTILE and lines[0][3].startswith("'=HYPERLINK")


def test_limits_of_cells_and_sheets_are_said(out: Path, tmp_path: Path) -> None:
    long = [Passage(0, 0, "d", "甲", None, None, at, at + 9, "𠮷" * 5_000, None, None, None, "") for at in range(9)]
    text, cut = cell_of(long, more=3)
    assert cut and len(text.encode("utf-16-le")) // 2 <= MAX_CELL and text.endswith("另有 9 处，见“明细”")
    one = Passage(0, 0, "d", "甲", None, None, 0, 9, "长" * 40_000, None, None, None, "")
    head = (Head("a", "a"),)
    target = tmp_path / "x.xlsx"
    written = write_framework(Framework("框架", "文档", head, head, ((2,),), (one,)), target)
    assert (written.passages, written.left_out, written.cut) == (1, 1, 1)
    book = openpyxl.load_workbook(target)
    assert book.worksheets[0]["C2"].value.endswith("〔已截断〕")
    notes = [row[0].value for row in book["说明"].iter_rows()]
    assert any("另有 1 处没有列出" in note for note in notes) and any("32767" in note for note in notes)
    found = matrix(out, Question(rows="示例", cols="作用"))
    assert write_matrix(out, found, target, most=1).left_out == 3


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ([], "缺少 --rows、--cols"),
        (["--rows", "示列", "--cols", "地域"], "是否应为“示例”"),
        (["--rows", "示例", "--cols", "年份", "--format", "xlsx"], "加 --to"),
        (["--rows", "示例", "--cols", "年份", "--to", "x.txt"], "结尾"),
        (["--rows", "示例", "--cols", "年份", "--to", "no/such/x.xlsx"], "写不了"),
        (["--rows", "示例", "--cols", "年份", "--unit", "斤"], "--unit"),
        (["--framework", "--percent", "row"], "百分比"),
        (["--case", "甲", "--rows", "示例"], "不能与"),
        (["--case", "甲"], "要有行"),
        (["--cases", "没有.yaml"], "读不出来"),
    ],
)
def test_mistakes(out: Path, args: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, text, said = run(capsys, out, *args)
    assert (code, text) == (2, "") and words in said
