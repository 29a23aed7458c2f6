"""The command line's own mistakes: all at once, in Chinese, exit code 2; help pages; what importing loads."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipeline.cli.help import commands_below, help_page
from pipeline.cli.main import SECTIONS, cli, invoke
from pipeline.cli.text import around, cut, fitting, grid, pad, table, width
from pipeline.cli.usage import parse

HEAVY = ("pandas", "duckdb", "jieba", "spacy", "hanlp", "sklearn", "pdfminer", "pyarrow", "rich", "gensim", "numpy")
HEAVY += ("rapidocr", "onnxruntime", "pypdfium2", "PIL", "cv2")


def test_importing_the_command_loads_nothing_heavy() -> None:
    code = f"import sys, pipeline.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["rnu"], ["没有命令“rnu”，是否应为 run"]),
        (["codebook", "shwo"], ["没有命令“shwo”，是否应为 show"]),
        (["codebook"], ["缺少命令"]),
        (["status"], ["缺少参数 OUT：cewen run 写出的结果目录", "用法和例子：cewen status --help"]),
        (["status", "a", "b"], ["多余的参数“b”"]),
        (["status", "a", "--jsn"], ["没有选项 --jsn，是否应为 --json"]),
        (["status", "a", "--json=1"], ["不能有值"]),
        (["measures", "a", "-role", "优惠支持"], ["没有选项 -role，是否应为 --role？"]),
        (["measures", "a", "-output", "a.csv", "--jsn"], ["没有选项 -output，是否应为 --output？", "没有选项 --jsn"]),
        (
            ["query", "a", "SELECT 1", "--format", "xml"],
            ["--format 的值“xml”不对，应为 table、csv、json、parquet 之一"],
        ),
        (["query", "a", "SELECT 1", "--format"], ["选项 --format 缺少值"]),
        (["query", "a", "SELECT 1", "--seconds", "0"], ["应为 1 到 86400 的整数"]),
        (["measures", "a", "--min", "很多", "--year", "去年"], ["--min 的值“很多”", "--year 的值“去年”不对，应为整数"]),
        (["measures", "a", "--limit=-1"], ["应为不小于 0 的整数"]),
        (["export", "a", "b.xlsx"], ["缺少选项 --to"]),
        (["measures", "a", "--role", "奖金"], ["--role 的值“奖金”不对，应为 benefit（优惠支持）、"]),
        (["measures", "a", "--time", "去年"], ["--time 的值“去年”不对"]),
        (["show", "a", "b", "--only", "正文"], ["应为 head（文件头）、outline（章节）"]),
        (["run", "-x"], ["没有选项 -x", "缺少参数 INPUT", "缺少选项 --out"]),
        (["--verion"], ["没有选项 --verion，是否应为 --version"]),
    ],
)
def test_every_mistake_is_told_in_chinese(
    args: list[str], expected: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(args) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    for words in expected:
        assert words in printed.err
    assert "Error" not in printed.err and "Usage" not in printed.err


@pytest.mark.parametrize(
    ("args", "values"),
    [
        (["run", "a", "b", "-o", "c"], {"inputs": ["a", "b"], "out": ["c"]}),
        (["run", "-oc", "a", "--workers=2"], {"inputs": ["a"], "out": ["c"], "workers": ["2"]}),
        (["run", "--out=c=d", "--", "-a"], {"inputs": ["-a"], "out": ["c=d"]}),
        (
            ["measures", "o", "--min", "-5", "--kind", "money", "--kind", "age"],
            {"out": ["o"], "min": ["-5"], "kind": ["money", "age"]},
        ),
        (["query", "o", "SELECT -1"], {"out": ["o"], "sql": ["SELECT -1"]}),
    ],
)
def test_what_is_right_is_read_as_click_reads_it(args: list[str], values: dict[str, list[str]]) -> None:
    usage = parse(cli, args)
    assert usage.mistakes == []
    assert usage.values == values
    command = cli.commands[args[0]]
    context = command.make_context("x", list(args[1:]), resilient_parsing=True)
    for name, found in values.items():
        taken = context.params[name]
        taken = taken if isinstance(taken, tuple) else (taken,)
        assert [str(one) for one in taken] == found


@pytest.mark.parametrize(
    "args", [[], ["--help"], ["run", "--help"], ["codebook", "-h"], ["measures", "x", "-h"], ["--version"]]
)
def test_help_is_no_mistake(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(args) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out.startswith(("用法：cewen", "cewen "))


@pytest.mark.parametrize("path", [path for path, _ in commands_below(cli, "cewen")])
def test_every_command_has_words_and_an_example(path: str) -> None:
    command: click.Command = cli
    for name in path.split()[1:]:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    page = help_page(command, path)
    assert re.search(rf"\b{path}( |\n|\))", page.split("例子：")[1])
    assert "选项：" in page


def test_commands_stand_under_their_headings_once() -> None:
    page = help_page(cli, "cewen")
    listed = re.findall(r"^  ([a-z]+) +\S", page.split("--help")[1].split("选项：")[0], flags=re.M)
    assert listed == [command.name for commands in SECTIONS.values() for command in commands] == list(cli.commands)
    assert all(f"\n{title}：\n" in page for title in SECTIONS)


def test_through_click_itself_help_is_chinese_too() -> None:
    found = CliRunner().invoke(cli, ["export", "--help"])
    assert found.exit_code == 0 and found.output.startswith("用法：")


def test_chinese_is_two_columns_wide() -> None:
    assert width("a四b") == 4
    assert pad("四", 4) == "四  " and pad("1", 3, right=True) == "  1"
    assert cut("四链融合", 5) == "四链…" and cut("a\n b\x1b[31m", 20) == "a  b [31m"
    assert grid(("名", "n"), [("四链", 1), (None, 20)]).splitlines() == ["名     n", "────  ──", "四链   1", "      20"]
    assert grid(("名",), []) == "名\n──"


def test_the_command_works_with_a_foreign_system_encoding(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main(['status'])"],
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii", "PATH": "", "LC_ALL": "C"},
        cwd=tmp_path,
    )
    assert found.returncode == 2
    assert "缺少参数 OUT" in found.stderr.decode("utf-8")


def test_a_table_fits_the_terminal() -> None:
    heads = ("名称", "说明", "数", "原文")
    rows = [("甲" * 30, "乙" * 30, 1234567, "丙" * 100)]
    for total in (60, 80, 200):
        kept, widths = fitting(heads, rows, total=total, importance=(3, 0, 2, 1), wide=3)
        lines = table([heads[i] for i in kept], [[row[i] for i in kept] for row in rows], widths).splitlines()
        assert max(width(line) for line in lines) <= total
        assert 3 in kept and 0 in kept
    assert 1 not in fitting(heads, rows, total=60, importance=(3, 0, 2, 1), wide=3)[0]
    assert fitting(("数",), [(123456789,)], total=3) == ([0], [9]), "a number is never cut"


def test_a_sentence_is_cut_around_its_quantity() -> None:
    text = "甲" * 40 + "20万元" + "乙" * 40
    found = around(text, 40, 44, 30)
    assert "20万元" in found and found[0] == found[-1] == "…" and width(found) <= 30
    assert around(text, 40, 44, 500) == text
    assert around("20万元" + "乙" * 40, 0, 4, 20).startswith("20万元乙")
    assert around("甲" * 40 + "20万元", 40, 44, 20).endswith("甲20万元")


def test_help_lists_codes_with_their_words_and_nothing_unbuilt() -> None:
    page = help_page(cli.commands["measures"], "cewen measures")
    assert "benefit（优惠支持）" in page and "上限不小于" in page and "发文年份" in page
    pages = "".join(help_page(command, name) for name, command in cli.commands.items())
    assert "dask" not in pages
    page = help_page(cli.commands["query"], "cewen query")
    assert "SHOW TABLES" in page and "DESCRIBE knowledge" in page and "doc_topics（文档主题）" in page
