"""``cewen run`` over a small folder: all stages, all files, exit codes, the same tables whatever the workers."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).resolve().parents[2] / "corpora" / "sample"


def cewen(*args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a few sample documents, a copy of one and a file that can't be read."""
    folder = tmp_path_factory.mktemp("in")
    files = [path for path in sorted(SAMPLE.iterdir()) if path.suffix in (".txt", ".md", ".docx")]
    for path in files[:9]:
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "副本.txt").write_bytes(files[0].read_bytes())
    (folder / "空.txt").touch()
    return folder


def tables(out: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted((out / "tables").iterdir())}


def test_a_run_from_end_to_end(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = cewen("run", folder, "-o", out, "--workers", 2)
    assert first.returncode == 3, first.stderr
    assert "文档 11 份" in first.stdout and "失败 1" in first.stdout and "空.txt" in first.stderr
    assert {path.name for path in out.iterdir()} >= {"knowledge.duckdb", "tables", "run.json"}
    assert json.loads(cewen("status", out, "--json").stdout)["documents"]["failed"] == 1

    lost = (
        "SELECT m.quote FROM measures m JOIN documents d USING (doc_id)"
        ' WHERE substr(d.raw_text, m.start + 1, m."end" - m.start) <> m.quote'
    )
    assert json.loads(cewen("query", out, lost, "--format", "json").stdout) == []
    found = json.loads(cewen("measures", out, "--kind", "money", "--role", "benefit", "--json").stdout)
    assert len(found) > 50 and all(row["title"] for row in found)

    again = cewen("run", folder, "-o", out, "--workers", 1)
    assert (again.returncode, again.stdout) == (3, first.stdout)
    other = tmp_path / "other"
    assert cewen("run", folder, "-o", other, "--workers", 1).returncode == 3
    assert tables(out) == tables(other)

    assert "从结果中去掉" not in first.stderr + again.stderr
    files = sorted(path for path in folder.iterdir() if path.name != "空.txt")
    fewer = cewen("run", *files[:2], "-o", other, "--workers", 1)
    assert "上次的 9 个文件这次没有给出，从结果中去掉：" in fewer.stderr and "文档 2 份" in fewer.stdout
