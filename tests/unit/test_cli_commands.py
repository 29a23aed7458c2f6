"""The commands over a small finished run, and what ``run`` refuses before it does anything."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from table_samples import RAW, build, entries

from pipeline.cli.main import invoke
from pipeline.core.document import Document
from pipeline.core.layers import Mention
from pipeline.running.codec import encode
from pipeline.running.store import Store


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
        "demo:keep",
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
    assert run(["query", str(out), "DROP TABLE measures"], capsys)[0] == 2


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
    code, _, words = run(["export", str(out), "--to", "sav", str(tmp_path / "x.sav")], capsys)
    assert code == 2 and "还没有做好" in words


def test_no_run_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for args in (
        ["status"],
        ["issues"],
        ["show", "x"],
        ["query", "SELECT 1"],
        ["measures"],
        ["export", "--to", "csv", "x"],
    ):
        code, printed, words = run([args[0], str(tmp_path / "nothing"), *args[1:]], capsys)
        assert (code, printed) == (2, "") and "cewen run" in words
    assert not list(tmp_path.iterdir())


BAD_BOOK = """codebook: mine
name: 我的
version: "1"
definition: 定义
source: 无
codes:
  - code: a
    name: 甲
    definition: 一
    terms: [补贴, 补贴]
  - code: a
    name: 乙
    definition: 二
    colour: red
"""
BAD_CONFIG = """[run]
wokers = 2

[coding]
codebooks = ["{book}", "silain"]
treshold = 2.0

[colour]
"""


def test_run_lists_all_mistakes_and_does_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book, config, out = tmp_path / "mine.yaml", tmp_path / "project.toml", tmp_path / "out"
    book.write_text(BAD_BOOK, encoding="utf-8")
    config.write_text(BAD_CONFIG.format(book=book), encoding="utf-8")
    args = ["run", str(tmp_path / "nothing"), "-o", str(out), "--config", str(config), "--frsh", "--workers", "many"]
    code, printed, words = run(args, capsys)
    assert (code, printed) == (2, "")
    for expected in (
        "没有选项 --frsh，是否应为 --fresh",
        "--workers 的值“many”不对，应为 1 到 256 的整数",
        "找不到输入",
        "project.toml:2: run.wokers",
        "project.toml:6: coding.treshold",
        "project.toml:8: colour",
        "mine.yaml:10: 词“补贴”",
        "mine.yaml:11: 代码“a”重复",
        "mine.yaml:14:",
        "没有编码本“silain”，是否应为“silian”",
    ):
        assert expected in words
    assert "共 10 处错误" in words
    assert not out.exists()


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (["--engine", "dask"], "--engine dask 还没有做好"),
        (["--engine", "spark"], "应为 local、dask 之一"),
        (["--config", "没有.toml"], "配置文件读不出来"),
        (["--workers", "0"], "应为 1 到 256 的整数"),
    ],
)
def test_run_refuses_before_it_writes(
    extra: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("给予5万元补贴。", encoding="utf-8")
    code, printed, err = run(["run", str(tmp_path / "a.txt"), "-o", str(tmp_path / "out"), *extra], capsys)
    assert (code, printed) == (2, "") and words in err
    assert not (tmp_path / "out").exists()


def test_run_refuses_a_file_as_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("给予5万元补贴。", encoding="utf-8")
    code, _, err = run(["run", str(tmp_path / "a.txt"), "-o", str(tmp_path / "a.txt")], capsys)
    assert code == 2 and "是一个文件" in err


def test_codebook_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert {one["name"] for one in as_json(["codebook", "list", "--json"], capsys)} >= {"silian", "instruments"}
    code, printed, _ = run(["codebook", "show", "silian"], capsys)
    assert code == 0 and "silian" in printed and "词语：" in printed
    assert as_json(["codebook", "show", "silian", "--json"], capsys)["codebook"] == "silian"
    book = tmp_path / "mine.yaml"
    book.write_text(BAD_BOOK, encoding="utf-8")
    code, _, words = run(["codebook", "check", str(book), "silian"], capsys)
    assert code == 2 and "共 3 处错误" in words
    assert run(["codebook", "check", "silian", "triad"], capsys)[0] == 0


def test_config_show_says_where_values_come_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "project.toml"
    config.write_text("[run]\nworkers = 3\n", encoding="utf-8")
    code, printed, _ = run(["config", "show", "--config", str(config)], capsys)
    lines = {line.split()[0]: line for line in printed.splitlines() if line.strip()}
    assert code == 0 and lines["workers"].endswith("project.toml") and lines["seed"].endswith("默认")
    assert as_json(["config", "show", "--json"], capsys)["topics"]["model"] == "nmf"
    config.write_text("[run]\nwokers = 3\n", encoding="utf-8")
    assert run(["config", "show", "--config", str(config)], capsys)[0] == 2
