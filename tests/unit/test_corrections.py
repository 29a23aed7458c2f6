"""People's corrections: the file, what is refused, and where they are applied."""

from __future__ import annotations

import csv
import hashlib
import json
import threading
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest
from table_samples import build, codebook, document

from pipeline.cli.main import invoke
from pipeline.core import outputs
from pipeline.core.errors import PipelineError
from pipeline.export.targets import export
from pipeline.qda.build import Choice, build_project
from pipeline.qda.memo import read_pairs
from pipeline.table.assemble import build_tables
from pipeline.table.build import Entry
from pipeline.table.corrections import (
    COLUMNS,
    HEADINGS,
    Correction,
    Verdict,
    add_corrections,
    print_of,
    read_corrections,
    texts_of,
    value_of,
)
from pipeline.table.matrices import Question, matrix
from pipeline.table.measures import count, measures
from pipeline.table.overlay import laid
from pipeline.table.panel import panel
from pipeline.table.query import query


@pytest.fixture
def out(tmp_path: Path) -> Path:
    build(tmp_path / "out")
    return tmp_path / "out"


def rows(out: Path) -> list[dict[str, Any]]:
    return measures(out).to_pylist()


def said(row: dict[str, Any], verdict: Verdict, column: str = "", old: str = "", new: str = "") -> Correction:
    return Correction(row["measure_id"], row["doc_id"], verdict, column, old, new, "王芳", "2025-01-02T03:04:05Z")


def digests(out: Path) -> dict[str, str]:
    files = [out / outputs.DATABASE, *(out / outputs.TABLES).glob("*.parquet")]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_a_correction_shows_in_measures_and_not_in_the_tables(out: Path) -> None:
    before, first = digests(out), rows(out)[0]
    add_corrections(
        out,
        [
            said(first, "corrected", "role", "benefit", "条件"),
            said(first, "corrected", "value_max", "3000", "40万"),
            said(first, "corrected", "beneficiary", "博士", ""),
        ],
    )
    found = rows(out)[0]
    assert (found["role"], found["value_max"], found["beneficiary"]) == ("condition", Decimal(400_000), None)
    same = ("quote", "value_min", "region", "codes", "codes_demo", "section_path", "topic", "measure_id")
    assert [found[name] for name in same] == [first[name] for name in same]
    assert query(out, "SELECT role FROM measures ORDER BY rowid").to_pylist()[0] == {"role": "benefit"}
    assert digests(out) == before
    assert laid(out).zh == ("已按 corrections.tsv 计入人工复核：改正 1 条（王芳）",)


def test_headings_and_codebooks_are_known_under_an_overlay(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_corrections(out, [said(rows(out)[0], "rejected")])
    assert invoke(["measures", str(out), "--codebook", "示例", "--columns", "数值原文,受益对象"]) == 0
    shown = capsys.readouterr()
    assert "受益对象" in shown.out and "50万元" in shown.out and "3000元" not in shown.out
    assert "剔除 1 条（王芳）" in shown.err and "显示 1 行，共 1 行" in shown.err


def test_rejected_records_are_nowhere(out: Path, tmp_path: Path) -> None:
    first, second = rows(out)
    add_corrections(out, [said(first, "rejected")])
    assert [row["measure_id"] for row in rows(out)] == [second["measure_id"]] and count(out) == 1
    export(out, "csv", tmp_path / "csv")
    for name in ("knowledge", "measures"):
        with (tmp_path / f"csv/{name}.csv").open(encoding="utf-8-sig") as file:
            assert [line["measure_id"] for line in csv.DictReader(file)] == [second["measure_id"]]
    with (tmp_path / "csv/csv_说明.csv").open(encoding="utf-8-sig") as file:
        assert ["人工复核", "已按 corrections.tsv 计入人工复核：剔除 1 条（王芳）"] in list(csv.reader(file))
    export(out, "parquet", tmp_path / "pq")
    assert pq.read_table(tmp_path / "pq/measures.parquet").num_rows == 1
    assert sum(panel(out).rows[0][at] for at, one in enumerate(panel(out).columns) if one.name == "n_measures") == 1
    found = matrix(out, Question(rows="作用", cols="地区", unit="measures"))
    assert found.total == 1 and found.notes[-1].endswith("剔除 1 条（王芳）")


def test_every_table_format_tells_who_corrected(out: Path, tmp_path: Path) -> None:
    first = rows(out)[0]
    told = ("已按 corrections.tsv 计入人工复核：改正 1 条（王芳）",)
    add_corrections(out, [said(first, "corrected", "item", "生活补贴", "租房补贴")])
    for name, place in (
        ("jsonl", "j"),
        ("xlsx", "a.xlsx"),
        ("parquet", "p"),
        ("csv", "k.csv"),
        ("sav", "s"),
        ("dta", "d"),
    ):
        assert export(out, name, tmp_path / place)[: len(told)] == told
    lines = [json.loads(line) for line in (tmp_path / "j/knowledge.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["item"] for line in lines] == ["租房补贴", None]
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    heads = [cell.value for cell in book["政策知识表"][1]]
    assert book["政策知识表"].cell(2, heads.index("事项") + 1).value == "租房补贴"
    assert told[0] in [row[1].value for row in book["说明"]]
    assert export(out, "csv", tmp_path / "o", {"tables": ("documents",)}) == ()


def test_measures_handed_over_as_codings_are_corrected(out: Path) -> None:
    first, second = rows(out)
    add_corrections(out, [said(first, "rejected"), said(second, "corrected", "role", "benefit", "condition")])
    built = build_project(out, Choice(codebooks=("措施",)))
    marks = [mark for paper in built.project.papers for mark in paper.marks]
    assert len(marks) == 1 and "条件" in str(marks[0])
    assert "已按 corrections.tsv 计入人工复核：改正 1 条、剔除 1 条（王芳）" in built.words
    assert read_pairs(marks[0].memo)["人工复核"] == "王芳 改正（作用）"
    add_corrections(out, [said(second, "confirmed")])
    assert laid(out).records[second["measure_id"]].zh == "王芳 改正（作用）"


def test_review_leaves_out_what_is_confirmed(out: Path) -> None:
    first, second = rows(out)
    add_corrections(out, [replace(said(first, "confirmed"), old=print_of(texts_of(first)))])
    assert [row["measure_id"] for row in measures(out, review=True).to_pylist()] == [second["measure_id"]]
    assert (count(out, review=True), count(out)) == (1, 2)
    add_corrections(out, [said(first, "corrected", "role", "benefit", "target")])
    assert count(out, review=True) == 2
    assert laid(out).corrected == 1


def test_the_last_line_holds(out: Path) -> None:
    first = rows(out)[0]
    add_corrections(out, [said(first, "rejected")])
    add_corrections(out, [said(first, "confirmed")])
    assert count(out) == 2
    add_corrections(out, [said(first, "corrected", "role", "benefit", "target")])
    add_corrections(out, [said(first, "corrected", "role", "target", "fact")])
    assert rows(out)[0]["role"] == "fact"
    add_corrections(out, [replace(said(first, "corrected", "role", "benefit", "other"), person="李明")])
    assert rows(out)[0]["role"] == "other" and laid(out).people == ("李明",)


def test_what_no_longer_fits_is_told_with_its_line(out: Path) -> None:
    first, second = rows(out)
    gone = replace(said(first, "rejected"), measure_id="gone:1-2:money")
    add_corrections(
        out,
        [
            gone,
            said(first, "corrected", "role", "target", "fact"),
            replace(said(second, "confirmed"), old="0" * 12),
        ],
    )
    found = laid(out)
    assert (found.corrected, found.rejected, found.confirmed, found.people) == (0, 0, 0, ())
    assert found.stale == (
        "corrections.tsv 第 2 行：结果里已没有记录 gone:1-2:money，未采用。请重新复核这一处",
        f"corrections.tsv 第 3 行：{first['measure_id']} 的 role 现为“benefit”，改正时是“target”，未采用。"
        "请重新复核这一处",
        f"corrections.tsv 第 4 行：{second['measure_id']} 的值与确认时不同，未采用。请重新复核这一处",
    )
    assert rows(out) == [first, second]


def test_a_run_made_again_with_other_values(out: Path) -> None:
    first = rows(out)[0]
    add_corrections(out, [said(first, "corrected", "item", "生活补贴", "租房补贴")])
    doc = document()
    assert doc.measures is not None
    for item, applied in (("安家费", False), ("租房补贴", True)):
        again = replace(doc, measures=(replace(doc.measures[0], item=item), *doc.measures[1:]))
        build_tables(
            lambda again=again: [Entry(again.doc_id, again.source, "done", again)], out, codebooks=(codebook(),)
        )
        assert rows(out)[0]["item"] == item
        assert (not laid(out).stale) is applied


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("role", "优惠支持", "benefit"),
        ("value_min", "1.5亿元", Decimal(150_000_000)),
        ("value_max", "", None),
        ("value_max", "0.0001", Decimal("0.0001")),
        ("time", "2025年6月", "2025-06"),
        ("time", "2024/2026", "2024/2026"),
        ("time", "/2026", "/2026"),
        ("item", " 安家\n补助 ", "安家补助"),
    ],
)
def test_values_as_people_type_them(column: str, text: str, value: Any) -> None:
    assert value_of(column, text) == value


@pytest.mark.parametrize(
    ("column", "text", "why"),
    [
        ("role", "好", "“作用”不能是“好”"),
        ("kind", "", "“类型”不能为空"),
        ("bound", "大约", "“限定”不能是“大约”"),
        ("value_min", "很多", "“下限”应是数"),
        ("value_min", "1e400", "“下限”应是数"),
        ("value_min", "9" * 20, "最多 16 位整数"),
        ("value_min", "0.00001", "4 位小数"),
        ("time", "明年", "“时间”应写成"),
        ("time", "/", "至少写一个"),
    ],
)
def test_values_the_schema_refuses(out: Path, column: str, text: str, why: str) -> None:
    first = rows(out)[0]
    with pytest.raises(PipelineError, match=why):
        add_corrections(out, [said(first, "corrected", column, texts_of(first)[column], text)])
    assert not (out / outputs.CORRECTIONS).exists()


def test_a_malformed_file_names_line_and_column(out: Path) -> None:
    path = out / outputs.CORRECTIONS
    head = "\t".join(HEADINGS)
    lines = [
        head,
        "m\td\tcorrected\trole\tbenefit\t好\t王\t2025\t",
        "m\td\tmaybe\t\t\t\t王\t2025\t",
        "m\td\tconfirmed\trole\t\tx\t王\t2025\t",
        "m\td\tcorrected\tquote\t\tx\t王\t2025\t",
        "m\td\trejected\t\t\t\t\t2025\t",
        "m\td",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(PipelineError) as caught:
        measures(out)
    parts = ["“作用”不能是“好”", "verdict 应为", "column（“role”）", "不能改“quote”列", "person（复核人）", "应有 9 列"]
    assert len(caught.value.mistakes) == len(parts)
    for line, (mistake, part) in enumerate(zip(caught.value.mistakes, parts, strict=True), 2):
        assert f"{path} 第 {line} 行" in mistake and part in mistake
    path.write_text("a\tb\n", encoding="utf-8")
    with pytest.raises(PipelineError, match="第 1 行：列应依次为"):
        read_corrections(out)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PipelineError, match="UTF-8"):
        export(out, "csv", out / "csv")
    for command in (["measures", str(out)], ["export", str(out), "--to", "jsonl", str(out / "j")]):
        assert invoke(command) == 2


def test_a_file_a_spreadsheet_saved_is_read(out: Path) -> None:
    first = rows(out)[0]
    cells = [first["measure_id"], first["doc_id"], "corrected", "role", "benefit", "其他", "王", "2025", '"有引号"']
    text = "\ufeff" + "\t".join(HEADINGS) + "\r\n" + "\t".join(cells[:-1]) + '\t"""有引号"""\r\n\r\n'
    (out / outputs.CORRECTIONS).write_text(text, encoding="utf-8", newline="")
    assert read_corrections(out)[0].note == '"有引号"'
    assert rows(out)[0]["role"] == "other"


def test_several_writers_at_once_lose_nothing(out: Path) -> None:
    first = rows(out)[0]
    errors: list[BaseException] = []

    def write(name: int) -> None:
        try:
            for at in range(5):
                add_corrections(out, [replace(said(first, "confirmed"), person=f"{name}", note=f"{at}")])
        except BaseException as error:
            errors.append(error)
            raise

    threads = [threading.Thread(target=write, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    found = [(line.person, line.note) for line in read_corrections(out)]
    assert sorted(found) == [(str(name), str(at)) for name in range(6) for at in range(5)]
    assert [line.line for line in read_corrections(out)] == list(range(2, 32))


def test_hostile_texts_stay_texts(out: Path) -> None:
    first = rows(out)[0]
    evil = "=cmd|' /C calc'!A0 \"引\"\t<script>"
    add_corrections(out, [replace(said(first, "corrected", "item", "生活补贴", evil), note="一行\n二行")])
    assert rows(out)[0]["item"] == evil
    assert read_corrections(out)[0].note == "一行二行"
    export(out, "csv", out / "k.csv")
    with (out / "k.csv").open(encoding="utf-8-sig") as file:
        assert next(iter(csv.DictReader(file)))["item"] == "'" + evil


def test_only_what_a_record_says_can_be_corrected() -> None:
    assert not set(COLUMNS) & {"measure_id", "doc_id", "quote", "evidence", "start", "end", "page", "boxes", "rule"}


def test_cursors_and_later_connections_see_the_tables_as_they_are(out: Path) -> None:
    add_corrections(out, [said(rows(out)[0], "rejected")])
    assert count(out) == 1
    with duckdb.connect(str(out / outputs.DATABASE), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM knowledge").fetchall() == [(2,)]
