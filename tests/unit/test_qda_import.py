"""Importing into a run: what the tables hold afterwards, who is the coder, files of other programs."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest
from coded_run import REPEATED, Qdpx, Spot, books, build, entries, texts

import pipeline
from pipeline.cli.main import invoke
from pipeline.qda.build import build_project
from pipeline.qda.qdpx_write import write_qdpx
from pipeline.table.assemble import build_tables
from pipeline.table.people import readings

NEW = "我的代码"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return build(tmp_path / "out")


def query(out: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(out / "knowledge.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def given_back(out: Path, file: Path) -> tuple[Qdpx, dict[str, str]]:
    """Export ``out`` to ``file`` and take it apart."""
    write_qdpx(build_project(out).project, file)
    given = Qdpx.read(file)
    return given, {name: content.decode() for name, content in given.texts.items()}


def write(given: Qdpx, plain: dict[str, str], file: Path) -> Path:
    return given.write(file, quote=lambda spot: plain[spot.source][spot.start : spot.end])


def test_peoples_codings_stand_beside_the_machines(out: Path, tmp_path: Path) -> None:
    file = tmp_path / "复核.qdpx"
    given, plain = given_back(out, file)
    machine = query(out, "SELECT count(*) FROM codings")[0][0]
    first, second = [one for one in given.spots if one.source == "乙 𠮷.txt" and one.code == "供给型"][:2]
    first.user = "李四"
    second.code = NEW
    given.users += ["李四"]
    given.codes += [("我的框架", False, 0), (NEW, True, 1), ("示例二", True, 0)]
    write(given, plain, file)
    assert invoke(["import", str(out), str(file)]) == 0
    rows = query(
        out,
        "SELECT codebook, code, coder, quote, score, rule, start, c.end, doc_id FROM codings c"
        " WHERE coder NOT LIKE 'machine:%' ORDER BY start",
    )
    assert {row[:3] for row in rows} == {("demo", "supply", "李四"), ("我的框架", NEW, "李四")}
    raw = texts()["乙 𠮷.txt"]
    for *_, quote, score, rule, start, end, doc_id in [row[3:] for row in rows]:
        assert raw[start:end] == quote and score is None and rule is None and doc_id == "doc2"
    assert query(out, "SELECT count(*), count(DISTINCT coding_id) FROM codings") == [(machine + 2, machine + 2)]
    assert query(out, f"SELECT codebook, name, source FROM codes WHERE name = '{NEW}'") == [
        ("我的框架", NEW, "导入自 复核.qdpx")
    ]
    (reading,) = readings(out)
    assert reading.coders == ("李四",) and len(reading.doc_ids) == 4 and len(reading.rejected) == 1
    assert query(out, f"SELECT count(*) FROM codings WHERE coding_id = '{reading.rejected[0]}'") == [(1,)]
    assert (out / "tables" / "codings.parquet").is_file() and not list(out.glob("**/*.tmp"))


def test_the_bytes_are_those_a_run_writes_and_the_second_import_replaces(out: Path, tmp_path: Path) -> None:
    file = tmp_path / "复核.qdpx"
    given, plain = given_back(out, file)
    given.codes.append((NEW, True, 0))
    given.spots[0].code = NEW
    given.users.append("李四")
    given.spots[5].user = "李四"
    write(given, plain, file)
    assert invoke(["import", str(out), str(file)]) == 0
    assert invoke(["import", str(out), str(file)]) == 0
    assert query(out, "SELECT count(*) FROM codings WHERE coder = '李四'") == [(2,)]
    assert query(out, f"SELECT count(*) FROM codes WHERE name = '{NEW}'") == [(1,)]
    imported = {name: (out / "tables" / f"{name}.parquet").read_bytes() for name in ("codings", "codes")}
    counts = build_tables(entries, out, codebooks=books(), people=readings(out))
    assert counts.issues == ()
    for name, content in imported.items():
        assert (out / "tables" / f"{name}.parquet").read_bytes() == content
    given.spots[0].code = given.spots[1].code = "留"
    write(given, plain, file)
    assert invoke(["import", str(out), str(file)]) == 0
    assert query(out, f"SELECT count(*) FROM codes WHERE name = '{NEW}'") == [(0,)]


def test_documents_that_are_gone_are_told(out: Path, tmp_path: Path) -> None:
    file = tmp_path / "复核.qdpx"
    given, plain = given_back(out, file)
    given.users.append("李四")
    for spot in given.spots:
        spot.user = "李四"
    write(given, plain, file)
    assert invoke(["import", str(out), str(file)]) == 0
    counts = build_tables(lambda: entries()[1:], out, codebooks=books(), people=readings(out))
    assert [one.code for one in counts.issues] == ["people.gone"] and "复核.qdpx" in counts.issues[0].message
    found = pq.read_table(out / "tables" / "codings.parquet").to_pylist()
    assert {row["doc_id"] for row in found if row["coder"] == "李四"} == {"doc2", "doc3", "doc4"}
    assert "people.gone" in {row["code"] for row in pq.read_table(out / "tables" / "issues.parquet").to_pylist()}


def test_reviewed_counts_everything_as_the_persons(out: Path, tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "王五.qdpx"
    given, plain = given_back(out, file)
    write(given, plain, file)
    assert invoke(["import", str(out), str(file)]) == 0
    assert "什么都没有写入" in capsys.readouterr().err
    assert invoke(["import", str(out), str(file), "--reviewed"]) == 0
    machine, people = query(
        out, "SELECT count(*) FILTER (coder LIKE 'machine:%'), count(*) FILTER (coder = '王五') FROM codings"
    )[0]
    measures = query(out, "SELECT count(*) FROM codings WHERE codebook = '措施_人工'")[0][0]
    assert people == machine + measures and measures > 0
    assert readings(out)[0].coders == ("王五",)
    again = pipeline.open(out).import_codings(file, coder="赵六", reviewed=True, dry_run=True)
    assert again["counts"]["confirmed"] == people and again["coders"] == ["赵六"]
    names = {theme.name for theme in build_project(out).project.themes}
    assert "资助金额" in names and "资助金额（人工）" in names  # nothing is called otherwise than before
    # exported again, the person's codings are known and nothing is listed
    second = tmp_path / "又.qdpx"
    write_qdpx(build_project(out).project, second)
    found = pipeline.open(out).import_codings(second, dry_run=True)
    assert found["changes"] == [] and found["counts"]["known"] == people


def test_documents_and_codebooks_the_file_has_not_count_as_unread(out: Path, tmp_path: Path) -> None:
    file = tmp_path / "部分.qdpx"
    given, plain = given_back(out, file)
    for name in ("甲.txt", "丙.txt"):
        del given.texts[name]
    given.codes = [one for one in given.codes if one[0] not in ("另一本", "平台", "服务")]
    given.spots = [one for one in given.spots if one.source in given.texts and one.code != "平台"]
    write(given, plain, file)
    found = pipeline.open(out).import_codings(file, dry_run=True)
    assert found["changes"] == [] and found["documents"] == 2


def test_a_qualcoder_project(out: Path, tmp_path: Path) -> None:
    """Byte-order mark written and not counted, LF, categories beside codes of one name, names from QualCoder's text."""
    file = tmp_path / "q.qdpx"
    given, plain = given_back(out, file)
    given.origin = "QualCoder 4.0"
    given.texts = {name: b"\xef\xbb\xbf" + content for name, content in given.texts.items()}
    doubled: list[tuple[str, bool, int]] = []
    for place, (name, codable, depth) in enumerate(given.codes):
        parent = place + 1 < len(given.codes) and given.codes[place + 1][2] > depth
        doubled.append((name, codable and not parent, depth))
        if codable and parent:
            doubled.append((name + "​", True, depth + 1))  # a zero-width space: names are keys in these tests
    given.codes = doubled
    for spot in given.spots:
        spot.code = spot.code + "​" if (spot.code + "​", True) in [one[:2] for one in doubled] else spot.code
    write(given, plain, file)
    found = pipeline.open(out).import_codings(file, dry_run=True)
    assert found["changes"] == [] and found["counts"]["unchanged"] == len(given.spots)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_an_nvivo_project(out: Path, tmp_path: Path, encoding: str) -> None:
    """UTF-16 units, CRLF counts two, byte-order mark not counted, names that are no quotes, all codes below Nodes."""
    file = tmp_path / "n.qdpx"
    given, plain = given_back(out, file)
    given.origin = "NVivo 12.6.0.959"
    for spot in given.spots:
        for edge in ("start", "end"):
            before = plain[spot.source][: getattr(spot, edge)].replace("\n", "\r\n")
            setattr(spot, edge, len(before.encode("utf-16-le")) // 2)
    given.texts = {name: text.replace("\n", "\r\n").encode(encoding) for name, text in plain.items()}
    given.codes = [("Nodes", False, 0)] + [(name, codable, depth + 1) for name, codable, depth in given.codes]
    given.write(file, named=False)
    found = pipeline.open(out).import_codings(file, dry_run=True)
    assert found["changes"] == [] and found["counts"]["unchanged"] == len(given.spots)


def test_any_counting_is_found_by_the_names(out: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.qdpx"
    given, plain = given_back(out, file)
    given.origin = "某软件"
    spots = list(given.spots)
    for wide in (False, True):
        for crlf in (1, 2):
            for mark in (0, 1):
                given.spots = [counted(spot, plain, wide, crlf, mark) for spot in spots]
                quotes = {
                    id(new): plain[old.source][old.start : old.end] for new, old in zip(given.spots, spots, strict=True)
                }
                given.texts = {n: b"\xef\xbb\xbf" + t.replace("\n", "\r\n").encode() for n, t in plain.items()}
                given.write(file, quote=lambda spot, quotes=quotes: quotes[id(spot)])
                found = pipeline.open(out).import_codings(file, dry_run=True)
                assert found["changes"] == [], (wide, crlf, mark)


def counted(spot: Spot, plain: dict[str, str], wide: bool, crlf: int, mark: int) -> Spot:
    def there(at: int) -> int:
        before = plain[spot.source][:at]
        size = len(before.encode("utf-16-le")) // 2 if wide else len(before)
        return mark + size + (before.count("\n") if crlf == 2 else 0)

    return replace(spot, start=there(spot.start), end=there(spot.end))


def test_label_studio(out: Path, tmp_path: Path) -> None:
    file = tmp_path / "任务.json"
    assert invoke(["export", str(out), "--to", "label-studio", str(file)]) == 0
    tasks = json.loads(file.read_text())
    total = 0
    for task in tasks[:3]:
        result = task["predictions"][0]["result"]
        total += len(result)
        task["annotations"] = [
            {"completed_by": {"email": "zhang@x.cn"}, "result": result, "created_at": "2025-01-01T00:00:00Z"}
        ]
    first = tasks[1]["annotations"][0]["result"]
    tasks[1]["annotations"][0]["result"] = [*first[2:], {**first[0], "value": {**first[0]["value"], "labels": ["留"]}}]
    file.write_text(json.dumps(tasks))
    assert invoke(["import", str(out), str(file), "--dry-run"]) == 3  # the task nobody handed in is told
    found = pipeline.open(out).import_codings(file)
    assert found["coders"] == ["zhang@x.cn"] and len(found["troubles"]) == 1
    assert found["counts"] == {
        "confirmed": total - 2, "moved": 0, "recoded": 1, "deleted": 1, "new": 0, "unchanged": 0, "known": 0,
    }  # fmt: skip
    assert query(out, "SELECT max(created) FROM codings WHERE coder = 'zhang@x.cn'")[0][0] == "2025-01-01T00:00:00Z"


def test_label_studio_as_javascript_counts_and_json_min(out: Path, tmp_path: Path) -> None:
    papers = build_project(out).project.papers
    records = []
    for paper in papers:
        spans = []
        for mark in paper.marks:
            if mark.theme[0] == "示例":
                start, end = (len(paper.text[:at].encode("utf-16-le")) // 2 for at in (mark.start, mark.end))
                spans.append({"start": start, "end": end, "text": mark.quote, "labels": ["/".join(mark.theme)]})
        records.append({"id": 1, "text": paper.text, "document": paper.name, "label": spans, "annotator": 1})
    file = tmp_path / "李四.json"
    file.write_text(json.dumps(records))
    found = pipeline.open(out).import_codings(file, dry_run=True)
    assert {one["kind"] for one in found["changes"]} == {"confirmed"} and found["coders"] == ["李四"]
    assert len(found["changes"]) == sum(len(one["label"]) for one in records)


def test_doccano(out: Path, tmp_path: Path) -> None:
    file = tmp_path / "标注.jsonl"
    assert invoke(["export", str(out), "--to", "doccano", str(file)]) == 0
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    found = pipeline.open(out).import_codings(file, dry_run=True)
    assert found["changes"] == [] and not found["troubles"]
    gone = lines[1]["label"].pop(3)
    lines[1]["label"][0][2] = "政府采购" if lines[1]["label"][0][2] != "政府采购" else "留"
    file.write_text("\n".join(json.dumps(line) for line in lines))
    found = pipeline.open(out).import_codings(file, coder="钱七", dry_run=True)
    assert sorted(one["kind"] for one in found["changes"]) == ["deleted", "recoded"] and gone
    assert found["coders"] == ["钱七"]


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_the_long_table(out: Path, tmp_path: Path, ending: str) -> None:
    assert invoke(["export", str(out), "--to", "qdpx", str(tmp_path / "x.qdpx")]) == 0
    file = tmp_path / f"x_编码表{ending}"
    found = pipeline.open(out).import_codings(file, dry_run=True)
    assert found["changes"] == [] and not found["troubles"], found["changes"][:3]


def test_a_plain_table_without_positions(out: Path, tmp_path: Path) -> None:
    clause = next(one for one in texts()["甲.txt"].split("\n") if one != REPEATED)
    rows = [
        ("文件", "语句", "编码", "编码人"),
        ("甲.txt", clause[:-3], "留", "孙八"),
        ("甲", REPEATED, "示例/供给型", "孙八"),
        ("甲", REPEATED, "示例/供给型", "孙八"),
        ("甲", "这句话不在文中，也没有相近的。", "留", "孙八"),
        ("没有.txt", clause, "留", "孙八"),
    ]
    file = tmp_path / "表.csv"
    with file.open("w", encoding="gb18030", newline="") as stream:
        csv.writer(stream).writerows(rows)
    found = pipeline.open(out).import_codings(file)
    assert len(found["troubles"]) == 2 and {one["document"] for one in found["troubles"]} == {"甲.txt", "没有.txt"}
    mine = [one for one in found["changes"] if one["coder"] == "孙八"]
    spans = [(one["start"], one["end"]) for one in mine]
    assert len(set(spans)) == 3 and found["placed"]["nearest"] == 2
    for one in mine:
        assert texts()["甲.txt"][one["start"] : one["end"]] == one["quote"]


def test_a_table_with_raw_positions(out: Path, tmp_path: Path) -> None:
    rows = query(
        out,
        "SELECT d.source_name, c.start, c.end, c.quote, c.codebook, c.code"
        " FROM codings c JOIN documents d USING (doc_id)",
    )
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["source_name", "start", "end", "quote", "codebook", "code", "coder"])
    for row in rows:
        sheet.append(
            [str(x).replace("\x00", "").replace("\x0b", "") if isinstance(x, str) else x for x in row] + ["周九"]
        )
    file = tmp_path / "raw.xlsx"
    book.save(file)
    found = pipeline.open(out).import_codings(file, dry_run=True)
    assert {one["kind"] for one in found["changes"]} == {"confirmed"} and len(found["changes"]) == len(rows)


def test_merged_and_hidden_rows(out: Path, tmp_path: Path) -> None:
    first, second = [one for one in texts()["甲.txt"].split("\n") if one and one != REPEATED][:2]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["说明：请填写"],
        ["文档", "原文", "代码"],
        ["甲.txt", first, "留"],
        [None, second, "留；平台"],
        ["甲.txt", first, "平台"],
    ):
        sheet.append(row)
    sheet.merge_cells("A3:A4")
    sheet.row_dimensions[5].hidden = True
    file = tmp_path / "吴十.xlsx"
    book.save(file)
    found = pipeline.open(out).import_codings(file, dry_run=True)
    assert sum(one["coder"] == "吴十" for one in found["changes"]) == 3
    assert ["隐藏" in one["reason"] for one in found["troubles"]] == [True]


def test_an_edited_text(out: Path, tmp_path: Path) -> None:
    """A person has worked on another version of the text: what is the same is confirmed, what changed moves along."""
    file = tmp_path / "改文.qdpx"
    given, plain = given_back(out, file)
    given.users.append("李四")
    for spot in given.spots:
        spot.user = "李四"
    quotes = {id(spot): plain[spot.source][spot.start : spot.end] for spot in given.spots}
    for spot in given.spots:
        spot.start, spot.end = spot.start + 20, spot.end + 20
    given.texts = {name: ("一段新加在前面的文字，一共二十个字整。\n\n" + text).encode() for name, text in plain.items()}
    given.write(file, quote=lambda spot: quotes[id(spot)])
    found = pipeline.open(out).import_codings(file, dry_run=True)
    assert {one["kind"] for one in found["changes"]} == {"confirmed"} and not found["troubles"]


def test_tasks_nobody_has_annotated_are_told(out: Path, tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "任务.json"
    assert invoke(["export", str(out), "--to", "label-studio", str(file)]) == 0
    capsys.readouterr()
    assert invoke(["import", str(out), str(file)]) == 2
    said = capsys.readouterr().err
    assert "还没有提交的标注" in said and "这样的共 4 处" in said and "输出目录" not in said
