"""The commands over a small finished run."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from table_samples import RAW, build, entries

from pipeline.cli.grouping import shown_row
from pipeline.cli.main import invoke
from pipeline.cli.page import page
from pipeline.cli.text import width
from pipeline.core.document import Document
from pipeline.core.layers import Mention
from pipeline.running.codec import encode
from pipeline.running.store import Store
from pipeline.table.derive import columns
from pipeline.table.schema import DocumentRow


def store(out: Path) -> None:
    """Write the sample run's documents, layers and issues into ``out/run.sqlite``, as a run would."""
    found = Store(out)
    year = RAW.index("2024")
    mentions = (
        Mention(0, 2, "claimed", "x"),
        Mention(year, year + 4, "set_aside", "document.number"),
        Mention(year + 5, year + 6, "unclaimed", "none"),
    )
    with found.db as db:
        for seq, entry in enumerate(entries()):
            first = "in/甲.pdf" if entry.duplicate else None
            row = (
                entry.source.path,
                seq,
                entry.source.name,
                b"",
                10,
                entry.source.sha256,
                entry.doc_id,
                first,
                entry.status,
            )
            db.execute(
                "INSERT INTO document(path, seq, name, file, size, sha256, doc_id, duplicate_of, status)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            for position, one in enumerate(entry.issues):
                names = ("stage", "code", "severity", "message", "start", "end", "page")
                values = (entry.source.path, position, *(asdict(one)[name] for name in names))
                query = 'INSERT INTO issue(path, position, stage, code, severity, message, start, "end", page)'
                db.execute(f"{query} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
            for field in fields(Document) if entry.document and not entry.duplicate else ():
                value = mentions if field.name == "mentions" else getattr(entry.document, field.name)
                if field.name not in ("source", "content") and value is not None:
                    data = encode(field.name, value)
                    db.execute(
                        "INSERT INTO result VALUES (?, ?, ?, '', ?)", (entry.doc_id, field.name, field.name, data)
                    )
    found.close()


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    build(folder)
    store(folder)
    return folder


def run(args: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = invoke(args)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def as_json(args: list[str], capsys: pytest.CaptureFixture[str]) -> Any:
    code, printed, _ = run(args, capsys)
    assert code == 0
    return json.loads(printed)


def test_status(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed, _ = run(["status", str(out)], capsys)
    assert code == 0
    assert "文档 4 份" in printed and "失败：in/丙.pdf" in printed and "50万元" in printed
    found = as_json(["status", str(out), "--json"], capsys)
    assert found["total"] == 4 and found["documents"] == {"done": 2, "failed": 1, "partial": 1}
    assert found["finished"] and found["summary"]["benefits"][0]["value"] == 500000
    assert found["summary"]["measures"] == {"kinds": {"money": 2}, "roles": {"benefit": 2}}


def test_status_of_a_run_that_has_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store(tmp_path)
    code, printed, words = run(["status", str(tmp_path)], capsys)
    assert code == 0 and "文档 4 份" in printed and "还没有运行完" in words
    assert as_json(["status", str(tmp_path), "--json"], capsys)["finished"] is False


def test_issues(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed, words = run(["issues", str(out)], capsys)
    assert code == 0 and len(printed.splitlines()) == 3 and "共 3 个" in words
    assert "[错误] 丙.pdf ingest.damaged：" in printed
    found = as_json(["issues", str(out), "--severity", "warning", "--doc", "甲.pdf", "--json"], capsys)
    assert [(one["code"], RAW[one["start"] : one["end"]]) for one in found] == [("clean.private-use", "3000元")]
    assert as_json(["issues", str(out), "--code", "bug", "--json"], capsys) == []


def test_show(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed, _ = run(["show", str(out), "甲.pdf"], capsys)
    assert code == 0
    for words in (
        "发文字号：岚政发〔2024〕3号",
        "一、 引才",
        "3000元",
        "50万元",
        "引>引才补贴；留",
        "状态：部分完成",
        "优惠支持",
        "依据 《岚川市总体方案》",
        "补贴 人才",
        "document.number：2024",
        "没有归入的数字",
        "私用区字符",
    ):
        assert words in printed
    found = as_json(["show", str(out), "in/甲.pdf", "--json"], capsys)
    assert [one["fate"] for one in found["mentions"]] == ["set_aside", "unclaimed"]
    assert found["measures"][0]["value_min"] == 3000
    assert "raw_text" not in found["document"]


def test_show_finds_one_document_or_says_why_not(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert as_json(["show", str(out), "bbb", "--json"], capsys)["document"]["source_name"] == "乙.txt"
    assert as_json(["show", str(out), "a" * 16, "--json"], capsys)["document"]["source_name"] == "甲.pdf"
    assert as_json(["show", str(out), "丙.pdf", "--json"], capsys)["document"]["status"] == "failed"
    assert as_json(["show", str(out), "乙", "--json"], capsys)["document"]["source_name"] == "乙.txt"
    for name, words in (("aaa", "对应 2 篇文档"), ("zzz", "没有文档“zzz”")):
        code, printed, err = run(["show", str(out), name], capsys)
        assert (code, printed) == (2, "") and words in err


def test_query_in_every_format(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sql = "SELECT quote, value_max FROM measures ORDER BY start"
    _, printed, words = run(["query", str(out), sql], capsys)
    assert printed.splitlines()[0].split() == ["quote", "value_max"] and "共 2 行" in words
    _, printed, _ = run(["query", str(out), sql, "--format", "csv"], capsys)
    assert printed == "quote,value_max\n3000元,3000\n50万元,500000\n"
    assert as_json(["query", str(out), sql, "--format", "json", "--limit", "1"], capsys) == [
        {"quote": "3000元", "value_max": 3000}
    ]
    assert as_json(["query", str(out), sql, "--json"], capsys)[1] == {"quote": "50万元", "value_max": 500000}
    assert run(["query", str(out), "DROP TABLE measures"], capsys)[0] == 2


def test_query_that_finds_nothing_tells_the_values_and_names_there_are(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(sql: str) -> str:
        return run(["query", str(out), sql], capsys)[2]

    for sql in (
        "SELECT quote FROM measures WHERE role = '优惠支持'",
        "SELECT count(*) FROM measures WHERE role='优惠支持'",
    ):
        assert "“优惠支持”在列 role（作用）中写作 'benefit'（benefit＝优惠支持、" in told(sql)
    assert "contains(列名, '文字')" in told("SELECT quote FROM knowledge WHERE region = '浙江'")
    assert "没有查到" not in told("SELECT quote FROM measures WHERE role = 'benefit'")
    assert "没有查到" not in told("SELECT quote FROM measures WHERE role = 'nothing'")
    assert "“作用”的列名是 role；" in told("SELECT 作用 FROM measures")
    assert "没有标题为“省份”的列" in told("SELECT m.省份 FROM measures m")


def test_query_gives_parquet_to_a_pipe(out: Path) -> None:
    code = "from pipeline.cli import main; main()"
    command = [sys.executable, "-c", code, "query", str(out), "SELECT * FROM measures", "--format", "parquet"]
    found = subprocess.run(command, capture_output=True, check=True)
    assert pq.read_table(io.BytesIO(found.stdout)).column("quote").to_pylist() == ["3000元", "50万元"]


def test_a_reader_that_leaves_is_no_error(out: Path) -> None:
    program = "from pipeline.cli import main; main()"
    sql = "SELECT repeat(chr(65), 1000) FROM range(5000)"
    command = f"{sys.executable} -c '{program}' query {out} '{sql}' --format csv | head -1"
    found = subprocess.run(["bash", "-c", command], capture_output=True)
    assert found.stderr == b""


def test_measures(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(["measures", str(out), "--min", "1万", "--json"], capsys)
    assert [one["quote"] for one in found] == ["50万元"]
    code, printed, _ = run(["measures", str(out), "--columns", "quote，codes", "--format", "csv"], capsys)
    assert code == 0 and printed.splitlines()[0] == "quote,codes"
    assert run(["measures", str(out)], capsys)[0] == 0
    code, _, words = run(["measures", str(out), "--columns", "qoute"], capsys)
    assert code == 2 and "没有列“qoute”" in words


def test_export(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", str(out), "--to", "jsonl", str(tmp_path / "j")], capsys)[0] == 0
    assert (tmp_path / "j" / "measures.jsonl").is_file()
    options = ["--panel", "年份", "--balanced", "--codebook", "示例", "--coder", "机器"]
    code, _, words = run(["export", str(out), "--to", "sav", str(tmp_path / "x.sav"), *options], capsys)
    assert code == 0 and "每个 年份 一行" in words and (tmp_path / "x_sav_数据字典.csv").is_file()
    code, _, words = run(["export", str(out), "--to", "dta", str(tmp_path / "x.dta"), "--balanced"], capsys)
    assert code == 2 and "--balanced 只与 --panel 同用" in words


def test_show_only_what_is_asked_for(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed, _ = run(["show", str(out), "甲.pdf", "--only", "编码", "--only", "outline"], capsys)
    assert code == 0
    assert [line for line in printed.splitlines() if line and not line.startswith(" ")] == ["编码（1 段）", "章节"]
    assert run(["show", str(out), "乙.txt", "--only", "措施"], capsys)[1] == "措施（0 条）\n  （无）\n"


def test_show_is_short_and_says_what_is_left_out() -> None:
    section = {"level": 1, "number": "一、", "heading": "甲"}
    coding = {"codebook": "b", "code": "c", "quote": "文字"}
    found = {
        "document": {column.name: "x" for column in columns(DocumentRow)},
        "sections": [section] * 100,
        "tables": [{"caption": None, "heads": 1, "rows": [["甲", "乙"]] * 40, "start": 0, "end": 9, "page": 2}],
        "measures": [],
        "codings": [{**coding, "start": at, "end": at + 1} for at in range(50)],
        "topics": [{"weight": 0.1, "label": "甲", "topic_id": "t001"}] * 9,
        "references": [{"relation": "依据", "title": "甲", "doc_number": None}] * 50,
        "mentions": [{"fate": "set_aside", "rule": f"r{n}", "quote": "1", "start": 0, "end": 1} for n in range(30)],
        "issues": [],
    }
    text = page(found, {}, only=(), call="cewen show 结果 甲")
    assert len(text.splitlines()) < 80
    assert "……另有 92 条，全部显示：cewen show 结果 甲 --only 章节" in text
    assert len(page(found, {}, only=("outline",), call="").splitlines()) == 101
    assert page(found, {}, only=("tables",), call="").splitlines()[1:3] == [
        "  第 1 张表：40 行 2 列 第 2 页 第 0–9 字",
        "    甲 | 乙",
    ]


def test_measures_for_people(out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for columns_there, shown in ((80, False), (200, True)):
        monkeypatch.setenv("COLUMNS", str(columns_there))
        _, printed, words = run(["measures", str(out), "--limit", "1", "--sort", "-value"], capsys)
        assert max(width(line) for line in printed.splitlines()) <= columns_there
        assert "50万元" in printed and "优惠支持" in printed and ("年份" in printed.splitlines()[0]) is shown
        assert "显示 1 行，共 2 行（按 -value；--sort 可改）。" in words
        assert ("未显示" in words) is not shown
    _, printed, words = run(["measures", str(out), "--role", "优惠支持", "--bound", "上限", "--format", "csv"], capsys)
    assert len(printed.splitlines()) > 1 and ",max,benefit," in printed
    code, _, words = run(["measures", str(out), "--doc", "丁.pdf", "--code", "示例:没有"], capsys)
    assert code == 2 and "没有文档“丁.pdf”" in words and "没有编码“示例:没有”" in words


@pytest.mark.parametrize("name", ["q.csv", "q.json", "q.parquet"])
def test_rows_go_to_a_file_by_its_suffix(
    name: str, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / name
    for args in (["query", str(out), "SELECT * FROM measures"], ["measures", str(out)]):
        code, printed, words = run([*args, "-o", str(target)], capsys)
        assert (code, printed) == (0, "") and "2 行" in words
        data = target.read_bytes()
        if name == "q.csv":
            assert data.startswith(b"\xef\xbb\xbf") and "50万元" in data.decode("utf-8-sig")
        elif name == "q.json":
            assert [row["quote"] for row in json.loads(data)] == ["3000元", "50万元"]
        else:
            assert pq.read_table(target).num_rows == 2
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_workbook_is_for_people(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "q.xlsx"
    asked = ["measures", str(out), "--columns", "quote,作用,bound,value_max", "--out", str(target)]
    assert run(asked, capsys)[0] == 0
    rows = list(openpyxl.load_workbook(target).active.iter_rows(values_only=True))
    assert rows[0] == ("数值原文", "作用", "限定", "上限") and rows[2] == ("50万元", "优惠支持", "上限", 500000)
    assert run(["measures", str(out), "--group", "role,kind", "-o", str(target)], capsys)[0] == 0
    rows = list(openpyxl.load_workbook(target).active.iter_rows(values_only=True))
    assert rows[1][:2] == ("优惠支持", "金额")
    assert run(["codings", str(out), "--out", str(target)], capsys)[0] == 0
    assert next(openpyxl.load_workbook(target).active.iter_rows(values_only=True))[:3] == ("文件名", "原文", "编码本")
    assert run(["query", str(out), "SELECT 1 AS a, 2 AS a", "-o", str(target)], capsys)[0] == 0
    assert len(list(openpyxl.load_workbook(target).active.columns)) == 2


def test_a_measure_without_a_figure_has_no_bound() -> None:
    assert shown_row({"kind": "none", "bound": "exact"}) == ["无数值", "—"]
    assert shown_row({"kind": "money", "bound": "exact"}) == ["金额", "确数"]
    assert shown_row({"bound": "exact", "value_min": None, "value_max": None}) == ["—", None, None]
    assert shown_row({"bound": "exact"}) == ["确数"]


def test_a_file_that_can_not_be_written_is_refused(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for target, words in ((tmp_path / "q.xls", "结尾"), (tmp_path / "no" / "q.csv", "写不了")):
        code, _, err = run(["measures", str(out), "-o", str(target)], capsys)
        assert code == 2 and words in err


def test_many_issues_of_a_kind_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store(tmp_path)
    found = Store(tmp_path)
    with found.db as db:
        for position in range(10, 15):
            db.execute(
                'INSERT INTO issue(path, position, stage, code, severity, message, start, "end", page)'
                " VALUES ('in/甲.pdf', ?, 'extract', 'number.unclaimed', 'info', '有 1 个数字', NULL, NULL, NULL)",
                (position,),
            )
    found.close()
    _, printed, words = run(["issues", str(tmp_path)], capsys)
    assert "[提示] number.unclaimed 5 处（甲.pdf），第一处：有 1 个数字" in printed and "--all" in words
    assert len(printed.splitlines()) == 4 and "丙.pdf ingest.damaged：已损坏" in printed
    _, printed, _ = run(["issues", str(tmp_path), "--all", "--severity", "提示"], capsys)
    assert printed.count("number.unclaimed：") == 5


def test_export_of_codings_takes_its_own_options_only(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "甲.qdpx"
    options = ["--dialect", "nvivo", "--bmp-safe", "--source-variables", "--case-as-code", "--codebook", "示例"]
    code, _, words = run(["export", str(out), "--to", "qdpx", str(target), *options, "--coder", "机器编码"], capsys)
    assert code == 0 and target.is_file()
    for told in ("2 篇文档", "丙.pdf", "甲_编码本.qdc", "甲_编码表.xlsx", "还没有实测", f"已导出到 {target}"):
        assert told in words
    assert (
        run(["export", str(out), "--to", "qdpx", str(tmp_path / "b.qdpx"), "--bare", "--no-measures"], capsys)[0] == 0
    )
    assert not (tmp_path / "b_编码本.qdc").exists()
    for name, place in (("label-studio", "t.json"), ("doccano", "t.jsonl"), ("qdc", "t.qdc")):
        assert run(["export", str(out), "--to", name, str(tmp_path / place), "--codebook", "demo"], capsys)[0] == 0
    code, _, words = run(["export", str(out), "--to", "xlsx", str(tmp_path / "x.xls"), "--bare", "--bmp-safe"], capsys)
    assert code == 2 and "不能用 --bare" in words and "不能用 --bmp-safe" in words and "应以 .xlsx 结尾" in words
    code, _, words = run(["export", str(out), "--to", "doccano", str(target), "--dialect", "spec"], capsys)
    assert code == 2 and "可用的有：--bmp-safe、--codebook、--coder、--no-measures" in words
    code, _, words = run(["export", str(out), "--to", "qdpx", str(target), "--coder", "李四"], capsys)
    assert code == 2 and "没有编码者“李四”" in words
