"""Completion in the shell: the scripts, and what is offered where."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pipeline
from pipeline.cli.completion import SHELLS
from pipeline.cli.main import invoke


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("completion")
    (folder / "in").mkdir()
    (folder / "in" / "甲办法.txt").write_text("给予博士每人每月2000元生活补贴。", encoding="utf-8")
    (folder / "in" / "乙 办法.txt").write_text("给予硕士每人每月1000元生活补贴。", encoding="utf-8")
    pipeline.run(folder / "in", folder / "结果", workers=1)
    return folder


def offered(line: str, folder: Path) -> list[tuple[str, str]]:
    """Return type and word of what bash is offered for the last word of ``line``."""
    words = line.split(" ")
    environment = {**os.environ, "_CEWEN_COMPLETE": "bash_complete", "COMP_CWORD": str(len(words) - 1)}
    done = subprocess.run(
        [sys.executable, "-m", "pipeline"],
        env={**environment, "COMP_WORDS": line},
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stderr == ""
    return [(kind, word) for kind, _, word in (row.partition(",") for row in done.stdout.splitlines() if row)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("cewen ini", [("plain", "init")]),
        ("cewen codebook tr", [("plain", "train")]),
        ("cewen codebook show sili", [("plain", "silian"), ("plain", "silian_education")]),
        ("cewen codebook check ./我", [("file", "./我")]),
        ("cewen export 结果 --to qd", [("plain", "qdpx"), ("plain", "qdc")]),
        ("cewen measures 结", [("dir", "结")]),
        ("cewen run 政", [("file", "政")]),
        ("cewen run 政 --config c", [("file", "c")]),
        ("cewen measures 结果 --role benef", [("plain", "benefit")]),
        ("cewen show 结果 甲", [("plain", "甲办法.txt")]),
        ("cewen show 没有 ", []),
        ("cewen completion z", [("plain", "zsh")]),
    ],
)
def test_what_is_offered(line: str, expected: list[tuple[str, str]], folder: Path) -> None:
    assert offered(line, folder) == expected


def test_documents_are_offered_by_id_and_those_the_shell_would_break_too(folder: Path) -> None:
    ids = pipeline.open(folder / "结果").arrow("documents").column("doc_id").to_pylist()
    for line in ("cewen show 结果 ", "cewen issues 结果 --doc "):
        assert sorted(offered(line, folder)) == sorted(("plain", one) for one in ids)
    [(_, word)] = offered("cewen show 结果 乙", folder)
    assert word in ids


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_one_the_shell_takes(shell: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert invoke(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "_CEWEN_COMPLETE" in script and f"{shell}_complete" in script
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} isn't installed")
    (tmp_path / "script").write_text(script, encoding="utf-8")
    subprocess.run([shell, "-n", str(tmp_path / "script")], check=True)
