"""A person corrects a run, a coder is trained on that, and the next run codes by it."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

import pipeline
from pipeline.cli.main import invoke
from pipeline.running.borders import raw_units

pytestmark = pytest.mark.slow

SAMPLE = Path(__file__).resolve().parents[2] / "corpora" / "sample"
NAMES = ("01_", "03_", "05_", "08_", "09_", "12_", "13_", "16_", "17_", "20_")
WORD = "企业"  # this person gives 留 to every clause that has it, and nothing else


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ran")
    texts = folder / "in"
    texts.mkdir()
    for name in NAMES:
        (path,) = SAMPLE.glob(f"{name}*")
        shutil.copy(path, texts)
    assert invoke(["run", str(texts), "-o", str(folder / "out")]) == 0
    return folder


@pytest.fixture
def out(ran: Path, tmp_path: Path) -> Path:
    shutil.copytree(ran / "out", tmp_path / "out")
    return tmp_path / "out"


def correct(out: Path, file: Path, coder: str = "张三") -> None:
    """Code the run as the person does, and import that."""
    texts = {
        row["doc_id"]: row
        for row in pipeline.open(out).query("SELECT doc_id, source_name, raw_text FROM documents").to_pylist()
    }
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("文档", "起", "止", "原文", "编码本", "代码", "编码者"))
        for doc_id, spans in raw_units(out, texts.keys(), "clause"):
            for start, end in spans:
                quote = texts[doc_id]["raw_text"][start:end]
                if WORD in quote:
                    writer.writerow((texts[doc_id]["source_name"], start, end, quote, "引育用留", "留", coder))
    assert invoke(["import", str(out), str(file), "--coder", coder]) == 0


def codes(out: Path) -> set[tuple[str, int, str]]:
    rows = pipeline.open(out).codings(codebook=("yinyuyongliu",), coder=("机器",)).to_pylist()
    return {(row["doc_id"], row["start"], row["code"]) for row in rows}


def train(out: Path, target: Path, *more: str) -> int:
    return invoke(["codebook", "train", "yinyuyongliu", str(out), "-o", str(target), *more])


def test_the_next_run_codes_as_the_person_did(
    ran: Path, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    correct(out, tmp_path / "张三.csv")
    capsys.readouterr()
    target = tmp_path / "我的.codes"
    assert train(out, target, "--json") == 0
    told = capsys.readouterr()
    found = json.loads(told.out)
    (score,) = found["codes"]
    assert (score["code"], found["coders"]) == ("retain", ["张三"])
    assert score["given"] >= 5
    assert score["f1"] > score["present_f1"]
    assert {one["code"] for one in found["left_out"]} == {"attract", "cultivate", "use"}
    assert "models = [" in told.err
    again = tmp_path / "again" / "我的.codes"
    again.parent.mkdir()
    assert train(out, again) == 0
    assert again.read_bytes() == target.read_bytes()
    config = tmp_path / "project.toml"
    config.write_text(f'[coding]\nmodels = ["themes", "{target.as_posix()}"]\n', encoding="utf-8")
    before = codes(out)
    assert invoke(["run", str(ran / "in"), "-o", str(out), "--config", str(config)]) == 0
    after = codes(out)
    assert {one for one in before ^ after if one[2] != "retain"} == set()
    assert len({one for one in after - before if one[2] == "retain"}) > 10
    person = pipeline.open(out).codings(coder=("张三",))
    assert person.num_rows == found["codes"][0]["given"]


def test_the_queue_is_by_doubt_and_leaves_out_what_a_person_decided(out: Path, tmp_path: Path) -> None:
    knowledge = pipeline.open(out)
    queue = knowledge.codings(review=True, codebook=("引育用留",)).to_pylist()
    assert {row["state"] for row in queue} == {"待给出", "已给出"}
    distances = [abs(row["score"] - row["border"]) for row in queue]
    assert distances == sorted(distances)
    for row in queue:
        assert (row["score"] >= row["border"]) == (row["state"] == "已给出")
    total = knowledge.query("SELECT (SELECT count(*) FROM codings) + (SELECT count(*) FROM suggestions) AS n")
    assert knowledge.codings(review=True).num_rows == total["n"][0].as_py()
    correct(out, tmp_path / "张三.csv")
    later = knowledge.codings(review=True, codebook=("引育用留",)).to_pylist()
    read = {row["doc_id"] for row in knowledge.codings(coder=("张三",)).to_pylist()}
    # in what was read every machine coding was rejected or confirmed; only suggestions for other codes are left
    assert all(row["state"] == "待给出" for row in later if row["doc_id"] in read)
    assert not [row for row in later if row["code"] == "retain" and row["doc_id"] in read and WORD in row["quote"]]


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_codings_on_the_command_line(ran: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(ran / "out")
    assert invoke(["codings", out, "--review", "--code", "引", "--limit", "3", "--format", form]) == 0
    told = capsys.readouterr()
    if form == "json":
        rows = json.loads(told.out)
        assert [row["name"] for row in rows] == ["引"] * 3
        assert all(row["rule"] for row in rows)
    assert "给出" in told.out
    assert invoke(["codings", out, "--year", "1900", "--format", form]) == 0


def test_mistakes_are_told(ran: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, target = ran / "out", tmp_path / "a.codes"
    assert train(out, target) == 2
    assert "至少要 20 段才能训练。请先用 cewen import" in capsys.readouterr().err
    assert train(out, tmp_path / "a.bin") == 2
    assert "应以 .codes 结尾" in capsys.readouterr().err
    assert train(out, target, "--coder", "李四") == 2
    assert "没有编码者“李四”" in capsys.readouterr().err
    assert invoke(["codebook", "train", "没有的", str(out), "-o", str(target)]) == 2
    assert "没有编码本“没有的”" in capsys.readouterr().err
    assert train(tmp_path / "nowhere", target) == 2
    assert "请先运行 cewen run" in capsys.readouterr().err
    assert invoke(["codings", str(out), "--coder", "张山", "--code", "无此"]) == 2
    told = capsys.readouterr().err
    assert "没有编码者“张山”" in told
    assert "没有编码“无此”" in told
    target.write_bytes(b"PK\x03\x04 broken")
    config = tmp_path / "project.toml"
    config.write_text(f'[coding]\nmodels = ["themes", "{target.as_posix()}"]\n', encoding="utf-8")
    assert invoke(["run", str(ran / "in"), "-o", str(tmp_path / "o"), "--config", str(config)]) == 2
    assert "不是 cewen codebook train 写的编码模型" in capsys.readouterr().err


def test_an_own_codebook_learns_from_its_terms_and_a_code_that_is_gone_is_told(
    ran: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "own.yaml"
    text = """codebook: own
name: 自编
version: "1"
definition: 试验
source: 自编
codes:
  - {code: firm, name: 企业, definition: 说企业的, terms: [企业奖励, 对企业]}
  - {code: 留, name: 留, definition: 没有词语}
"""
    book.write_text(text, encoding="utf-8")
    config = tmp_path / "project.toml"
    config.write_text(f'[coding]\ncodebooks = ["{book.as_posix()}"]\n', encoding="utf-8")
    out, target = tmp_path / "out", tmp_path / "own.codes"
    assert invoke(["run", str(ran / "in"), "-o", str(out), "--config", str(config)]) == 0
    coded = tmp_path / "王五.csv"
    correct(out, coded, "王五")
    coded.write_text(coded.read_text(encoding="utf-8").replace("引育用留,留", "自编,企业"), encoding="utf-8")
    assert invoke(["import", str(out), str(coded), "--coder", "王五"]) == 0
    capsys.readouterr()
    assert invoke(["codebook", "train", str(book), str(out), "-o", str(target), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["codes"][0]["code"] == "firm"
    assert found["codes"][0]["f1"] > found["codes"][0]["present_f1"]
    book.write_text(text.replace("code: 留", "code: other"), encoding="utf-8")
    models = f'models = ["{target.as_posix()}"]'
    config.write_text(f'[coding]\ncodebooks = ["{book.as_posix()}"]\n{models}\n', encoding="utf-8")
    assert invoke(["run", str(ran / "in"), "-o", str(out), "--config", str(config)]) == 2
    assert "用到的代码在编码本里没有：own.留" in capsys.readouterr().err
