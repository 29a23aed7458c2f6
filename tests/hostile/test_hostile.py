"""Files made to do harm: none crashes or hangs the run or writes beside the output; each has its issue."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hostile_office import OFFICE, SECRET, Hostile
from hostile_text import TEXT

import pipeline
from pipeline.running.report import RunReport

pytestmark = pytest.mark.slow

# one tuple a kind of file; another module's tuple is added here
HOSTILE: tuple[Hostile, ...] = (*OFFICE, *TEXT)
TIME_LIMIT, MOST_SECONDS = 20, 240


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunReport, set[Path], float]:
    parent = tmp_path_factory.mktemp("hostile")
    given, out = parent / "given", parent / "out"
    given.mkdir()
    for entry in HOSTILE:
        (given / entry.name).write_bytes(entry.build())
    config = parent / "project.toml"
    config.write_text(f"[run]\ntime_limit = {TIME_LIMIT}\n[topics]\nenabled = false\n", encoding="utf-8")
    before = listing(parent, out)
    began = time.monotonic()
    report = pipeline.run(given, out, config=config, workers=2)
    taken = time.monotonic() - began
    return out, report, listing(parent, out) ^ before, taken


def listing(parent: Path, out: Path) -> set[Path]:
    return {path for path in [*parent.rglob("*"), *parent.parent.glob("*climbed*")] if out not in (path, *path.parents)}


def test_names_are_told_apart():
    assert len({entry.name for entry in HOSTILE}) == len(HOSTILE) >= 25


def test_the_run_ends_and_writes_nothing_beside_its_output(ran):
    _, report, changed, taken = ran
    assert changed == set()
    assert taken < MOST_SECONDS
    assert report.total == report.done + report.partial + report.failed >= len(HOSTILE)


@pytest.mark.parametrize("entry", HOSTILE, ids=lambda entry: entry.name)
def test_each_ends_with_its_issue(ran, entry: Hostile):
    tables = pipeline.open(ran[0])
    # a file of many documents stands in the tables as FILE#ID
    own = f"source_name = '{entry.name}' OR starts_with(source_name, '{entry.name}#')"
    rows = tables.query(f"SELECT status, raw_text FROM documents WHERE {own}").to_pylist()
    ids = f"doc_id IN (SELECT doc_id FROM documents WHERE {own}) OR contains(message, '{entry.name}')"
    codes = [row["code"] for row in tables.query(f"SELECT code FROM issues WHERE {ids}").to_pylist()]
    assert rows
    assert {row["status"] for row in rows} <= {"done", "partial", "failed"}
    assert not {"bug", "run.crashed"}.intersection(codes)
    assert not any(SECRET in (row["raw_text"] or "") for row in rows)
    if entry.told:
        assert any(code.startswith(("ingest.", "run.")) for code in codes), codes
