"""Codebooks and configurations at the command line, and what is refused before anything is done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.cli.main import invoke


def run(args: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = invoke(args)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


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


BOOK = """codebook: mine
name: 我的
version: "1"
definition: 定义
source: 无
codes:
  - code: a
    name: 甲
    definition: 一
"""
BAD_BOOK = f"""{BOOK}    terms: [补贴, 补贴]
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
    assert "共 10 处错误，什么都没有运行" in words
    assert not out.exists()


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (["--engine", "dask"], "--engine dask 还没有做好"),
        (["--engine", "spark"], "应为 local"),
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
    assert {one["name"] for one in json.loads(run(["codebook", "list", "--json"], capsys)[1])} >= {
        "silian",
        "instruments",
    }
    code, printed, _ = run(["codebook", "show", "silian"], capsys)
    assert code == 0 and "silian" in printed and "词语：" in printed
    assert json.loads(run(["codebook", "show", "silian", "--json"], capsys)[1])["codebook"] == "silian"
    book = tmp_path / "mine.yaml"
    book.write_text(BAD_BOOK, encoding="utf-8")
    code, _, words = run(["codebook", "check", str(book), "silian"], capsys)
    assert code == 2 and "共 3 处错误。" in words
    assert run(["codebook", "check", "silian", "triad"], capsys)[0] == 0


def test_config_show_says_where_values_come_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "project.toml"
    config.write_text("[run]\nworkers = 3\n", encoding="utf-8")
    code, printed, _ = run(["config", "show", "--config", str(config)], capsys)
    lines = {line.split()[0]: line for line in printed.splitlines() if line.strip()}
    assert code == 0 and "默认" not in lines["workers"] and lines["seed"].endswith("默认")
    assert json.loads(run(["config", "show", "--json"], capsys)[1])["topics"]["model"] == "nmf"
    config.write_text("[run]\nwokers = 3\n", encoding="utf-8")
    assert run(["config", "show", "--config", str(config)], capsys)[0] == 2


def test_an_empty_folder_is_no_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in").mkdir()
    code, printed, _ = run(["run", str(tmp_path / "in"), "-o", str(tmp_path / "out")], capsys)
    assert code == 0 and printed.startswith("没有读到文件") and "0 份" not in printed
    assert run(["status", str(tmp_path / "out")], capsys)[1].startswith("没有读到文件")


EXAMPLES = f"""{BOOK}    examples:
      - 给予补贴。
      - 今天天气好。
    counter_examples: [取消补贴。]
    terms: [补贴]
"""


def test_codebook_check_runs_the_examples(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "mine.yaml"
    book.write_text(EXAMPLES, encoding="utf-8-sig")
    code, _, words = run(["codebook", "check", str(book)], capsys)
    assert code == 2
    assert words.splitlines() == [
        "错误：mine.yaml:12: 例句没有命中 a（甲）：「今天天气好。」",
        "错误：mine.yaml:13: 反例命中 a（甲）（补贴×1）：「取消补贴。」",
        "共 2 处错误。",
    ]


def test_mistakes_in_a_codebook_are_in_the_order_of_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "mine.yaml"
    book.write_text(BAD_BOOK.replace("version:", "vresion:"), encoding="utf-8")
    _, _, words = run(["codebook", "check", str(book)], capsys)
    lines = [int(line.split(":")[1]) for line in words.splitlines() if line.startswith("错误：mine.yaml:")]
    assert len(lines) == 5 and lines == sorted(lines)


def test_files_in_another_encoding_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book, config = tmp_path / "mine.yaml", tmp_path / "project.toml"
    book.write_bytes(EXAMPLES.encode("gb18030"))
    config.write_bytes("# 配置\n[run]\nworkers = 2\n".encode("gb18030"))
    for args in (["codebook", "check", str(book)], ["config", "show", "--config", str(config)]):
        code, _, words = run(args, capsys)
        assert code == 2 and "请另存为 UTF-8" in words and "codec" not in words
    config.write_text("[run]\nworkers = 2\n", encoding="utf-8-sig")
    assert run(["config", "show", "--config", str(config)], capsys)[0] == 0
