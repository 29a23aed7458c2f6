"""``cewen agreement`` on a run: against people's readings, as table, JSON and workbook; samples out and back in."""

from __future__ import annotations

import json
import shutil
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from coded_run import Qdpx
from krippendorff import alpha as other_alpha
from lxml import etree
from sklearn.metrics import cohen_kappa_score

import pipeline
from pipeline.cli.main import invoke
from pipeline.qda.sample_sheet import read_sample
from pipeline.running.borders import raw_units
from pipeline.running.hold import hold
from pipeline.scoring.coders import read_people
from pipeline.scoring.votes import read_votes
from pipeline.table.people import Reading, keep, readings
from pipeline.table.people_rows import add_people
from pipeline.table.query import connect
from pipeline.table.schema import CodingRow
from pipeline.table.words import unwrap

SAMPLE = Path(__file__).resolve().parents[2] / "corpora" / "sample"
BOOK = "yinyuyongliu"
COLUMNS = 'coding_id, doc_id, codebook, code, code_path, start, "end", quote, coder, score, rule, created, page, boxes'

GUID = "-0000-0000-0000-000000000000"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("agreement")
    texts = sorted(SAMPLE.glob("*.txt"))[:6]
    assert len(texts) == 6
    (folder / "in").mkdir()
    for path in texts:
        shutil.copy(path, folder / "in" / path.name)
    pipeline.run(folder / "in", folder / "out", workers=1)
    return folder / "out"


@pytest.fixture
def out(finished: Path) -> Path:
    if (finished / "people").is_dir():
        shutil.rmtree(finished / "people")
        add_people(finished)
    return finished


def machine(out: Path) -> list[CodingRow]:
    with connect(out) as connection:
        rows = connection.execute(f"SELECT {COLUMNS} FROM codings WHERE codebook = ?", [BOOK]).fetchall()
    return [CodingRow(*row) for row in rows]


def person(out: Path, name: str, leave_out: int) -> Reading:
    """A person who gave what the machine gave but every ``leave_out``-th coding."""
    rows = [replace(row, coder=name, score=None, rule=None) for row in machine(out)]
    kept = tuple(row for number, row in enumerate(rows) if number % leave_out)
    with connect(out) as connection:
        ids = [row[0] for row in connection.execute("SELECT doc_id FROM documents ORDER BY rowid").fetchall()]
    reading = Reading(f"{name}.qdpx", "2025-01-01", (name,), tuple(ids), (), kept)
    keep(out, reading)
    return reading


def run(args: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = invoke(["agreement", *args])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_the_machines_codings_stand_on_the_units(out: Path) -> None:
    with connect(out) as connection:
        rows = connection.execute('SELECT doc_id, start, "end" FROM codings').fetchall()
    units = {doc: set(spans) for doc, spans in raw_units(out, {row[0] for row in rows}, "clause")}
    assert rows and all((start, end) in units[doc] for doc, start, end in rows)


def test_figures_are_those_of_the_libraries(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = person(out, "张三", 7)
    code, printed, _ = run([str(out), "--json"], capsys)
    data = json.loads(printed)
    assert code == 0 and [coder["name"] for coder in data["coders"]] == ["machine", "张三"]
    clauses = [(doc, *span) for doc, spans in raw_units(out, set(given.doc_ids), "clause") for span in spans]
    for row in data["pairs"][0]["codes"]:
        sides = [
            {(c.doc_id, c.start, c.end) for c in some if c.code == row["code"]}
            for some in (machine(out), given.codings)
        ]
        a, b = ([int(clause in side) for clause in clauses] for side in sides)
        assert row["units"] == len(clauses)
        assert row["figures"]["kappa"]["value"] == pytest.approx(cohen_kappa_score(a, b), abs=1e-6)
        assert row["figures"]["alpha"]["value"] == pytest.approx(
            other_alpha(reliability_data=[a, b], level_of_measurement="nominal"), abs=1e-6
        )
    assert data == pipeline.open(out).agreement()


def test_table_disagreements_and_workbook(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    person(out, "张三", 5)
    target = tmp_path / "一致性.xlsx"
    code, printed, err = run([str(out), "--disagreements", "2", "--xlsx", str(target)], capsys)
    assert code == 0 and "机器 与 张三" in printed and "【引育用留】" in printed and "α（汇总）" in printed
    assert "[2]" in printed and "[3]" not in printed
    assert "--disagreements" in err and str(target) in err
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["总表", "各代码", "分歧清单", "说明"]
    heads = [cell.value for cell in book["各代码"][1]]
    assert len(set(heads)) == len(heads) and {"Cohen κ", "Cohen κ 下限", "判读"} <= set(heads)
    data = pipeline.open(out).agreement(disagreements=1000)
    assert book["分歧清单"].max_row == 1 + data["n_disagreements"] == 1 + len(data["disagreements"])
    first = data["disagreements"][0]
    (lost,) = [one for one in first["given"]["machine"] if not one["agreed"]][:1]
    assert lost["rule"] and lost["quote"] == first["quote"]


@pytest.mark.parametrize("unit", ["字", "句", "段", "篇", "char"])
def test_units_and_three_coders(unit: str, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    person(out, "张三", 5)
    person(out, "李四", 3)
    code, printed, _ = run([str(out), "--unit", unit], capsys)
    assert code == 0 and "Fleiss κ" in printed and "张三–李四" in printed
    code, printed, _ = run([str(out), "--unit", unit, "--coders", "机器，李四", "--codebook", "引育用留"], capsys)
    assert code == 0 and "机器 与 李四" in printed


def test_mistakes(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run([str(out)], capsys)
    assert code == 2 and "至少两个编码者" in err and "--sample" in err
    person(out, "张三", 5)
    for args, words in (
        (["--coders", "张三,李四"], "没有编码者“李四”"),
        (["--codebook", "无此本"], "没有编码本“无此本”"),
        (["多余.xlsx", "--stratify", "地区"], "多余的参数"),
        (["--sample", "5"], "抽样写到哪个文件"),
        (["--sample", "5", "x.csv"], ".qdpx"),
        (["--xlsx", "x.csv"], ".xlsx 结尾"),
        (["--unit", "行"], "应为"),
        (["--filled", "没有.xlsx"], "读不出来"),
    ):
        code, _, err = run([str(out), *args], capsys)
        assert code == 2 and words in err, args


def fill(source: Path, target: Path, name: str | None, odd: str | None = None) -> int:
    """Fill a sample with what its first code column may get: every second row, the last row not looked at."""
    book = openpyxl.load_workbook(source)
    sheet = book["抽样"]
    heads = [cell.value for cell in sheet[1]]
    read, first = heads.index("已读"), heads.index("引（yinyuyongliu:attract）")
    rows = list(sheet.iter_rows(min_row=2))
    for number, row in enumerate(rows[:-1]):
        row[read if number % 2 else first].value = 1
    if odd:
        rows[0][first].value = odd
    if name:
        book["说明"]["B2"].value = name
    book.save(target)
    return len(rows) - 1


def test_a_sample_goes_out_and_comes_back(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target, filled = tmp_path / "抽样.xlsx", tmp_path / "填好.xlsx"
    args = [str(out), "--sample", "21", "--stratify", "代码", "--codebook", "引育用留", "--seed", "5"]
    code, _, err = run([*args, str(target)], capsys)
    assert code == 0 and "抽 21 条，种子 5" in err
    again = tmp_path / "再抽.xlsx"
    assert run([*args, str(again)], capsys)[0] == 0 and again.read_bytes() == target.read_bytes()
    code, _, err = run([str(out), "--filled", str(target)], capsys)
    assert code == 2 and "编码者" in err and "一行也没有填" in err and not readings(out)
    count = fill(target, filled, "王/五")
    code, printed, err = run([str(out), "--filled", str(filled), "--json"], capsys)
    assert code == 0 and f"读过 {count} 条" in err
    (reading,) = readings(out)
    assert reading.coders == ("王/五",) and len(reading.stretches) == count and reading.codebooks == (BOOK,)
    with connect(out) as connection:
        texts = dict(connection.execute("SELECT doc_id, raw_text FROM documents").fetchall())
    assert all(texts[c.doc_id][c.start : c.end] == c.quote and c.code_path == "attract" for c in reading.codings)
    data = json.loads(printed)
    assert data["pairs"][0]["units"] == count == data["pairs"][0]["codes"][0]["units"]


def codings_of(out: Path) -> dict[str, int]:
    """How many codings each person has in the tables; ids are all different."""
    with connect(out) as connection:
        sql = "SELECT count(*) - count(DISTINCT coding_id) FROM codings"
        assert connection.execute(sql).fetchall() == [(0,)]
        sql = "SELECT coder, count(*) FROM codings WHERE coder NOT LIKE 'machine:%' GROUP BY coder"
        return {str(name): int(count) for name, count in connection.execute(sql).fetchall()}


def sampled(out: Path, folder: Path) -> Path:
    target = folder / "抽样.xlsx"
    args = ["agreement", str(out), "--sample", "9", "--codebook", "引育用留", str(target)]
    assert invoke(args) == 0
    return target


def test_two_people_who_give_the_same_codes_are_both_kept(out: Path, tmp_path: Path) -> None:
    target = sampled(out, tmp_path)
    for name in ("甲", "乙"):
        fill(target, tmp_path / f"{name}.xlsx", name)
        keep(out, read_sample(out, tmp_path / f"{name}.xlsx", imported="2025-01-01"))
    add_people(out)
    assert codings_of(out) == {"甲": 4, "乙": 4}


@pytest.mark.parametrize("verb", [["agreement", "--filled"], ["import"]])
def test_a_filled_sheet_gets_into_the_tables(
    verb: list[str], out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled = tmp_path / "填好.xlsx"
    fill(sampled(out, tmp_path), filled, "甲")
    args = [verb[0], str(out), *verb[1:], str(filled)]
    with closing(hold(out)):
        assert invoke(args) == 2 and not readings(out)
    assert "正在使用" in capsys.readouterr().err
    assert invoke(args) == 0
    assert codings_of(out) == {"甲": 4} and len(readings(out)[0].stretches) == 8


def test_an_imported_sheet_is_listed_and_may_have_another_coder(out: Path, tmp_path: Path) -> None:
    filled = tmp_path / "填好.xlsx"
    fill(sampled(out, tmp_path), filled, None)
    found = pipeline.open(out).import_codings(filled, coder="乙", dry_run=True)
    assert found["counts"]["new"] == found["codings"] == 4 and found["coders"] == ["乙"] and not readings(out)
    assert {one["code"] for one in found["changes"]} == {"引育用留/引"}
    pipeline.open(out).import_codings(filled, coder="乙")
    assert codings_of(out) == {"乙": 4}


def test_a_sheet_with_mistakes_lists_them_all(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target, filled = tmp_path / "抽样.xlsx", tmp_path / "填好.xlsx"
    run([str(out), "--sample", "6", "--codebook", "引育用留", str(target)], capsys)
    fill(target, filled, None, odd="也许")
    book = openpyxl.load_workbook(filled)
    sheet = book["抽样"]
    sheet["D3"].value = "改过的条款"
    sheet.cell(4, sheet.max_column).value = "没有这个:1-2"
    sheet["G1"].value = "育（yinyuyongliu:grow）"
    book.save(filled)
    code, _, err = run([str(out), "--filled", str(filled)], capsys)
    assert code == 2 and not readings(out)
    for words in ("也许", "第 3 行的条款", "第 4 行的文档", "没有代码 yinyuyongliu:grow", "没有编码者的姓名"):
        assert words in err


def test_a_sample_for_other_programs(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "抽样.qdpx"
    code, _, err = run([str(out), "--sample", "8", "--seed", "2", str(target)], capsys)
    assert code == 0 and "待编码条款" in err
    with zipfile.ZipFile(target) as archive:
        project = archive.read("project.qde").decode()
        for source in etree.fromstring(project.encode()).iter("{*}TextSource"):
            text = archive.read(f"sources/{source.get('plainTextPath').removeprefix('internal://')}").decode()
            for mark in source.iter("{*}PlainTextSelection"):
                marked = text[int(mark.get("startPosition")) : int(mark.get("endPosition"))]
                assert unwrap(marked).startswith(unwrap(mark.get("name"))[:20])
    assert project.count("<Coding ") == project.count("<PlainTextSelection ") == 8 and "machine" not in project
    assert "待编码条款" in project and "定义" in project


def test_corrections_without_reviewed_are_told(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "改过.qdpx"
    assert invoke(["export", str(out), "--to", "qdpx", str(file), "--bare"]) == 0
    given = Qdpx.read(file)
    plain = {name: content.decode() for name, content in given.texts.items()}
    given.users.append("张三")
    given.spots[0].user = "张三"
    del given.spots[5]
    given.write(file, quote=lambda spot: plain[spot.source][spot.start : spot.end])
    book = tmp_path / "一致性.xlsx"
    for reviewed in (False, True):
        pipeline.open(out).import_codings(file, coder="张三", reviewed=reviewed)
        capsys.readouterr()
        code, printed, _ = run([str(out), "--xlsx", str(book)], capsys)
        noted = [str(row[1].value) for row in openpyxl.load_workbook(book)["说明"].iter_rows()]
        assert code == 0 and ("改过.qdpx --coder 张三 --reviewed" in printed) is not reviewed
        assert any("--reviewed" in one for one in noted) is not reviewed
        (_, person) = pipeline.open(out).agreement()["coders"]
        assert person["not_reviewed"] == ([] if reviewed else ["改过.qdpx"])
    (reading,) = readings(out)
    assert reading.rejected and not reading.is_partial


@pytest.mark.parametrize("person", ["王五", "抽样"])
def test_a_sample_coded_elsewhere_brings_only_its_codings(
    person: str, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each second clause is coded; 「抽样」: in a program that goes on as the user who made the marks."""
    target, coded = tmp_path / "抽样.qdpx", tmp_path / "编好.qdpx"
    args = [str(out), "--sample", "9", "--seed", "2", "--codebook", "引育用留", str(target)]
    assert run(args, capsys)[0] == 0
    given = Qdpx.read(target)
    plain = {name: content.decode() for name, content in given.texts.items()}
    marks = list(given.spots)
    given.users += [] if person in given.users else [person]
    given.spots += [replace(spot, code="引", user=person) for spot in marks[::2]]
    given.write(coded, quote=lambda spot: plain[spot.source][spot.start : spot.end])
    name = person if person != "抽样" else "编好"
    found = pipeline.open(out).import_codings(coded)
    assert found["counts"] | {"new": 5} == dict.fromkeys(found["counts"], 0) | {"new": 5}
    assert {(one["kind"], one["code"], one["coder"]) for one in found["changes"]} == {("new", "引育用留/引", name)}
    assert found["codings"] == len(found["changes"]) == 5 and found["coders"] == [name] and not found["codes"]
    (reading,) = readings(out)
    assert reading.rejected == () and reading.coders == (name,) and len(reading.stretches) == 9
    assert set(reading.doc_ids) == {one.doc_id for one in reading.stretches}
    units = {(doc, *span) for doc, spans in raw_units(out, set(reading.doc_ids), "clause") for span in spans}
    assert all((one.doc_id, one.start, one.end) in units for one in reading.stretches)
    assert codings_of(out) == {name: 5}
    data = pipeline.open(out).agreement()
    assert [coder["name"] for coder in data["coders"]] == ["machine", name]
    assert data["pairs"][0]["codes"][0]["units"] == 9


def test_a_sample_nobody_coded_brings_nothing(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "抽样.qdpx"
    assert run([str(out), "--sample", "9", str(target)], capsys)[0] == 0
    found = pipeline.open(out).import_codings(target)
    assert not found["changes"] and not found["coders"] and not readings(out)


def test_files_of_the_same_content_count_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = sorted(SAMPLE.glob("*.txt"))[:2]
    (tmp_path / "in").mkdir()
    for path in texts:
        shutil.copy(path, tmp_path / "in" / path.name)
    shutil.copy(texts[0], tmp_path / "in" / "另存的副本.txt")
    out = tmp_path / "out"
    pipeline.run(tmp_path / "in", out, workers=1)
    given = person(out, "张三", 7)
    assert len(given.doc_ids) == 3, "an earlier import may name the copy"
    target = tmp_path / "一致性.xlsx"
    code, printed, _ = run([str(out), "--xlsx", str(target)], capsys)
    assert code == 0 and "机器：读过 2 篇" in printed and "张三：读过 2 篇" in printed and "双方都读过 2 篇" in printed
    assert "不重复计的文件 1 个：另存的副本.txt" in printed
    data = pipeline.open(out).agreement()
    clauses = sum(
        len(spans) for _, spans in raw_units(out, {name for name in given.doc_ids if "-" not in name}, "clause")
    )
    pair = data["pairs"][0]
    assert (pair["documents"], pair["units"]) == (2, clauses) and data["copies"] == ["另存的副本.txt"]
    assert [coder["documents"] for coder in data["coders"]] == [2, 2]
    book = openpyxl.load_workbook(target)
    heads = [cell.value for cell in book["总表"][1]]
    assert {row[heads.index("文档")].value for row in book["总表"].iter_rows(min_row=2)} == {2}
    assert any("另存的副本.txt" in str(row[1].value) for row in book["说明"].iter_rows())


def test_a_copy_read_is_the_first_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    text = min(SAMPLE.glob("*.txt"))
    for name in (text.name, "另存的副本.txt"):
        shutil.copy(text, tmp_path / "in" / name)
    out = tmp_path / "out"
    pipeline.run(tmp_path / "in", out, workers=1)
    both = person(out, "张三", 7)
    first, copy = sorted(both.doc_ids, key=len)
    on_copy = tuple(replace(row, doc_id=copy) for row in both.codings)
    left = next(row.coding_id for row in machine(out) if row.doc_id == first)
    own = replace(both, name="李四.qdpx", coders=("李四",), doc_ids=(copy,))
    own = replace(own, codings=tuple(replace(row, coder="李四") for row in on_copy))
    keep(out, replace(own, left=(left.replace(first, copy),)))
    people = read_people(out, BOOK)
    assert [(list(one.read), list(one.read_by[BOOK])) for one in people] == [([first], [first])] * 2
    assert people[0].codings == people[1].codings and people[0].codings[first]
    votes = read_votes(out, BOOK, {})
    assert list(votes.read) == [first] and {doc for doc, _ in (*votes.given, *votes.left)} == {first}
    assert votes.left[first, "李四"]
