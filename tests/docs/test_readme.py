"""What the two READMEs say is the same, and what they show runs."""

from __future__ import annotations

import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import pipeline

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")


def blocks(text: str) -> list[list[str]]:
    """The fenced blocks without their comments."""
    found = re.findall(r"```\w*\n(.*?)```", text, flags=re.S)
    return [[line.split("  #")[0].strip() for line in block.splitlines()] for block in found]


[TOUR] = [block for block in blocks(ENGLISH) if any(line.startswith("cewen init ") for line in block)]


def commands() -> list[str]:
    lines = [
        line
        for block in blocks(ENGLISH)
        for line in block
        if line.startswith("cewen ") and "政策文件" not in line and block != TOUR
    ]
    return [line for line in lines if "corpora" not in line]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readme")
    pipeline.run(ROOT / "corpora" / "sample", folder / "out" / "demo", workers=2)
    return folder


def test_both_languages_show_the_same_commands_and_figures() -> None:
    english, chinese = blocks(ENGLISH), blocks(CHINESE)
    assert len(english) == len(chinese) >= 6
    for one, other in zip(english, chinese, strict=True):
        assert [line for line in one if re.match(r"cewen |make |pipeline\.|python", line)] == [
            line for line in other if re.match(r"cewen |make |pipeline\.|python", line)
        ]
    figures = [re.findall(r"\d+\.\d+", text.split("<!-- figures -->")[1].split("##")[0]) for text in (ENGLISH, CHINESE)]
    assert figures[0] == figures[1] != []


SERVES = "cewen explore "  # runs until it is interrupted


@pytest.mark.parametrize("command", [command for command in commands() if not command.startswith(SERVES)])
def test_commands_run(command: str, out: Path) -> None:
    args = [sys.executable, "-m", "pipeline", *shlex.split(command)[1:]]
    done = subprocess.run(args, capture_output=True, text=True, encoding="utf-8", cwd=out, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_first_five_minutes_go_as_told(tmp_path: Path) -> None:
    folder = tmp_path
    for line in filter(None, TOUR):
        word, *args = shlex.split(line)
        if word == "cd":
            folder = folder / args[0]
            for source in sorted((ROOT / "corpora" / "sample").iterdir())[:3]:
                shutil.copy(source, folder / "文档")
        elif not line.startswith(SERVES):
            done = subprocess.run(
                [sys.executable, "-m", "pipeline", *args], capture_output=True, cwd=folder, check=False
            )
            assert done.returncode == 0, done.stderr.decode("utf-8")
    assert (folder / "结果" / "report.html").is_file() and (folder / "政策.qdpx").is_file()


@pytest.mark.parametrize("command", [command for command in commands() if command.startswith(SERVES)])
def test_servers_start_and_stop(command: str, out: Path) -> None:
    args = [sys.executable, "-m", "pipeline", *shlex.split(command)[1:], "--port", "0"]
    with subprocess.Popen(args, stderr=subprocess.PIPE, text=True, encoding="utf-8", cwd=out) as started:
        assert started.stderr is not None
        told = started.stderr.readline()
        started.send_signal(signal.SIGINT)
        told += started.stderr.read()
    assert started.returncode == 0 and "http://127.0.0.1:" in told and "已停止" in told


def test_python_lines_do_what_they_say(out: Path) -> None:
    [measure] = pipeline.extract_measures("给予全日制博士每人每月2000元生活补贴")
    assert (measure.kind, measure.value_min, measure.per) == ("money", 2000, ("人", "月"))
    [coding] = pipeline.code("对引进的博士给予安家补助", "yinyuyongliu")
    assert (coding.code, coding.rule.partition("；")[0]) == ("attract", "安家补助×1+引进×1")
    opened = pipeline.open(out / "out" / "demo")
    assert len(opened.pandas("knowledge")) == opened.arrow("measures").num_rows == len(opened.polars("measures"))


def test_the_tiers_of_the_example_come_out_as_shown() -> None:
    text = "对认定的A类、B类人才，分别给予最高100万元、50万元安家补助"
    rows = [
        (int(m.value_max or 0), m.unit, m.bound, m.role, m.item, m.beneficiary, text[m.start : m.end], m.start, m.end)
        for m in pipeline.extract_measures(text)
    ]
    for value, unit, bound, role, item, beneficiary, quote, start, end in rows:
        assert (
            f"| {value} | {unit} | {bound} | {role} | | {item} | {beneficiary} | {quote} | {start}–{end} |" in ENGLISH
        )
    assert len(rows) == 2
