"""The review queue: the least sure first, each with what is doubtful; on the command line and in Python."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from table_samples import build, document

import pipeline
from pipeline.cli.main import invoke
from pipeline.core.errors import PipelineError
from pipeline.core.layers import Measure
from pipeline.table.assemble import build_tables
from pipeline.table.build import Entry
from pipeline.table.filters import Filters
from pipeline.table.measures import measures


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with measures of several kinds of doubt, in the order of the text."""
    folder = tmp_path_factory.mktemp("run")
    doc = document()
    assert doc.measures is not None
    sure = replace(doc.measures[0], confidence=0.95, item="补贴", beneficiary="博士")
    alone = {"evidence_start": 0, "evidence_end": 7}
    given: list[dict[str, Any]] = [
        {"role": "benefit"},
        {"role": "benefit", "beneficiary": None, "confidence": 0.8},
        {"role": "other", "item": None, "confidence": 0.6, **alone},
        {"role": "benefit", "confidence": 0.7},
        {"kind": "count", "unit": None, "role": "fact", "confidence": 0.75, "evidence_start": 8, "evidence_end": 20},
    ]
    found: tuple[Measure, ...] = tuple(
        replace(sure, **change, start=place, end=place + 1) for place, change in enumerate(given)
    )
    done = replace(doc, measures=found)
    build_tables(lambda: [Entry(done.doc_id, done.source, "done", done)], folder)
    return folder


def test_the_least_sure_come_first_with_their_doubts(out: Path) -> None:
    found = measures(out, review=True, columns=("confidence", "存疑"))
    assert [tuple(row.values()) for row in found.to_pylist()] == [
        (0.6, "缺事项；作用未归类；把握低"),
        (0.7, None),
        (0.75, "缺量词"),
        (0.8, "缺受益对象"),
        (0.95, None),
    ]


def test_roles_that_differ_within_a_sentence_are_doubtful(out: Path, tmp_path: Path) -> None:
    doc = document()
    assert doc.measures is not None
    mixed = replace(doc, measures=(doc.measures[0], replace(doc.measures[1], role="condition", item="补贴")))
    build_tables(lambda: [Entry(doc.doc_id, doc.source, "done", mixed)], tmp_path)
    # also where only one of the sentence is asked for
    [row] = measures(tmp_path, Filters(role=("condition",)), review=True).to_pylist()
    assert row["doubt"] == "同句作用不一"


def test_other_orders_and_limits_hold_in_the_queue(out: Path) -> None:
    found = measures(out, Filters(role=("benefit",)), review=True, sort=("-start",), limit=2)
    assert found.column("start").to_pylist() == [3, 1]
    with pytest.raises(PipelineError, match="请加 --review"):
        measures(out, columns=("doubt",))
    assert "doubt" not in measures(out).column_names


def test_the_queue_in_python(out: Path) -> None:
    found = pipeline.open(out).measures(review=True, limit=2)
    assert found.column("confidence").to_pylist() == [0.6, 0.7] and found.column_names[-1] == "doubt"
    assert pipeline.open(out).measures(role=("other",)).num_rows == 1


def test_the_queue_on_the_command_line(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    assert invoke(["measures", str(out), "--review", "--limit", "1"]) == 0
    printed = capsys.readouterr()
    assert "存疑" in printed.out and "作用未归类" in printed.out and "原文" in printed.out
    assert "显示 1 行，共 5 行（按把握从低到高" in printed.err
    assert invoke(["measures", str(out), "--review", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["confidence"] for row in rows] == [0.6, 0.7, 0.75, 0.8, 0.95] and rows[0]["evidence"]
    target = tmp_path / "q.csv"
    assert invoke(["measures", str(out), "--review", "--columns", "quote,doubt", "-o", str(target)]) == 0
    with target.open(encoding="utf-8-sig", newline="") as file:
        assert [row["doubt"] for row in csv.DictReader(file)][:2] == ["缺事项；作用未归类；把握低", ""]
    assert invoke(["measures", str(out), "--review", "--columns", "存疑", "--sort", "存疑"]) == 0
    assert invoke(["measures", str(out), "--columns", "存疑"]) == 2


def test_a_run_without_measures_has_an_empty_queue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_tables(lambda: [], tmp_path)
    assert invoke(["measures", str(tmp_path), "--review"]) == 0
    assert "共 0 行" in capsys.readouterr().err


def test_the_sample_run_of_the_other_tests_has_one_too(tmp_path: Path) -> None:
    build(tmp_path)
    assert measures(tmp_path, review=True).column("confidence").to_pylist() == [0.9, 1.0]
