"""The command line on the sample corpus and on bad input, as a user runs it."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "corpora" / "sample"


def cewen(*args: object, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, **options)  # type: ignore[call-overload, no-any-return]


def tables(out: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted((out / "tables").glob("*.parquet"))}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "out"
    done = cewen("run", SAMPLE, "-o", folder, "--workers", 2)
    assert done.returncode == 0, done.stderr
    assert "所有表" in done.stdout or "knowledge.duckdb" in done.stdout
    return folder


def ask(out: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(out / "knowledge.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_every_file_is_accounted_for(out: Path) -> None:
    counts = dict(ask(out, "SELECT status, count(*) FROM documents GROUP BY status"))  # type: ignore[arg-type]
    assert sum(counts.values()) == len([p for p in SAMPLE.iterdir() if p.is_file()])
    assert set(counts) <= {"done", "partial"}


def test_every_quote_stands_at_its_place(out: Path) -> None:
    """One SQL statement: the evidence of every row is what the raw text says there."""
    [(measures, wrong)] = ask(
        out,
        """
        SELECT count(*), count(*) FILTER (
            substring(d.raw_text, m.start + 1, m."end" - m.start) IS DISTINCT FROM m.quote
            OR substring(d.raw_text, m.evidence_start + 1, m.evidence_end - m.evidence_start)
                IS DISTINCT FROM m.evidence
        )
        FROM measures m JOIN documents d USING (doc_id)
        """,
    )
    assert (wrong, measures > 400) == (0, True)  # type: ignore[operator]
    assert ask(
        out,
        """SELECT count(*) FROM codings c JOIN documents d USING (doc_id)
        WHERE substring(d.raw_text, c.start + 1, c."end" - c.start) IS DISTINCT FROM c.quote""",
    ) == [(0,)]


def test_every_stage_has_something_to_show(out: Path) -> None:
    for table in (
        "sections",
        "measures",
        "codings",
        "codes",
        "topics",
        "doc_topics",
        "topic_terms",
        '"references"',
        "issues",
    ):
        assert ask(out, f"SELECT count(*) > 0 FROM {table}") == [(True,)], table
    assert {kind for (kind,) in ask(out, "SELECT DISTINCT kind FROM measures")} >= {
        "money", "count", "percent", "duration", "area", "age", "ratio", "multiple",
    }  # fmt: skip
    assert ask(out, "SELECT count(DISTINCT measure_id) = count(*) FROM measures") == [(True,)]


def test_pdf_measures_have_page_and_box(out: Path) -> None:
    [(n, placed)] = ask(
        out,
        """SELECT count(*), count(*) FILTER (m.page IS NOT NULL AND m.boxes IS NOT NULL)
        FROM measures m JOIN documents d USING (doc_id) WHERE d.media_type = 'application/pdf'""",
    )
    assert n == placed != 0


def test_a_second_run_computes_and_writes_nothing(out: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in out.rglob("*") if p.suffix in (".parquet", ".duckdb", ".json")}
    again = cewen("run", SAMPLE, "-o", out, "--workers", 2)
    assert again.returncode == 0
    assert {p: p.stat().st_mtime_ns for p in before} == before


def test_one_worker_writes_the_same_bytes(out: Path, tmp_path: Path) -> None:
    assert cewen("run", SAMPLE, "-o", tmp_path / "one", "--workers", 1).returncode == 0
    assert tables(tmp_path / "one") == tables(out)


@pytest.mark.slow
def test_killed_at_random_moments_and_resumed_the_tables_are_the_same_bytes(out: Path, tmp_path: Path) -> None:
    target = tmp_path / "killed"
    command = [sys.executable, "-m", "pipeline", "run", str(SAMPLE), "-o", str(target), "--workers", "2"]
    chance = random.Random(20240101)
    for _ in range(3):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
        time.sleep(chance.uniform(1.0, 4.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert cewen("run", SAMPLE, "-o", target, "--workers", 2).returncode == 0
    assert tables(target) == tables(out)


def test_status_and_issues_speak_json(out: Path) -> None:
    assert json.loads(cewen("status", out, "--json").stdout)
    assert isinstance(json.loads(cewen("issues", out, "--json").stdout), list)


def test_bad_input_costs_only_itself(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    good = "云州市人才补贴办法\n第一条 对引进的博士给予20万元安家补助。\n"
    (folder / "a好.txt").write_text(good, encoding="utf-8")
    (folder / "b同.txt").write_text(good, encoding="utf-8")
    (folder / "空.txt").write_bytes(b"")
    (folder / "乱.txt").write_bytes(random.Random(1).randbytes(20_000))
    (folder / "假.docx").write_text(good + "第二条 本办法自2024年1月1日起施行。\n", encoding="utf-8")
    pdf = next(SAMPLE.glob("*.pdf")).read_bytes()
    (folder / "断.pdf").write_bytes(pdf[: len(pdf) // 3])
    (folder / "长.txt").write_bytes(("人才政策" * (50_000_000 // 12)).encode())
    (folder / "锁.txt").write_text(good + "第三条 略。\n", encoding="utf-8")
    (folder / "锁.txt").chmod(0)
    (folder / "圈").symlink_to(folder, target_is_directory=True)
    (folder / "没.txt").symlink_to(tmp_path / "nowhere.txt")
    out = tmp_path / "out"
    done = cewen("run", folder, "-o", out, "--workers", 2)
    assert done.returncode == 3, done.stderr
    status = dict(ask(out, "SELECT source_name, status FROM documents"))  # type: ignore[arg-type]
    codes: dict[str, set[str]] = {}
    for name, code, message in ask(
        out, "SELECT d.source_name, i.code, i.message FROM issues i LEFT JOIN documents d USING (doc_id)"
    ):
        codes.setdefault(str(name), set()).add(str(code))
        assert (
            name is None
            or str(name) in str(message)
            or str(code).startswith(("clean.", "head.", "outline.", "number."))
        )
    assert len(status) == 9
    assert status["a好.txt"] == "done"
    assert "input.duplicate" in codes["b同.txt"]
    assert "ingest.empty" in codes["空.txt"]
    assert codes["乱.txt"] & {"ingest.binary", "ingest.encoding"}
    assert "ingest.suffix" in codes["假.docx"]
    assert codes["断.pdf"] & {"ingest.damaged", "ingest.no-text"}
    assert "ingest.too-long" in codes["长.txt"]
    assert "input.missing" in codes["没.txt"]
    assert "input.loop" in codes["None"]
    if os.geteuid():
        assert "input.permission" in codes["锁.txt"]
    assert ask(
        out, "SELECT count(*) FROM measures m JOIN documents d USING (doc_id) WHERE source_name = 'a好.txt'"
    ) == [(1,)]


def test_all_mistakes_are_listed_and_nothing_is_run(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("文件", encoding="utf-8")
    book = tmp_path / "book.yaml"
    book.write_text(
        "codebook: mine\nname: 我的\nversion: '1'\ncodes:\n"
        "  - code: a\n    nam: 甲\n  - code: a\n    name: 乙\n    terms: [一]\n",
        encoding="utf-8",
    )
    config = tmp_path / "project.toml"
    config.write_text(f'[run]\nworkerz = 2\n\n[coding]\ncodebooks = ["{book}"]\n', encoding="utf-8")
    done = cewen("run", tmp_path / "in.txt", "-o", tmp_path / "out", "--config", config, "--wrokers", "2")
    assert done.returncode == 2
    assert not (tmp_path / "out").exists()
    for expected in ("--wrokers", "--workers", "project.toml:2", "workerz", "book.yaml:6", "nam"):
        assert expected in done.stderr, done.stderr
