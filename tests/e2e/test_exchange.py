"""A run, its export changed as a person and QualCoder change it, the import, and the run again."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from coded_run import Qdpx, Spot, as_done, change

import pipeline
from pipeline.cli.main import invoke
from pipeline.qda.build import build_project
from pipeline.qda.names import theme_names

SAMPLE = Path(__file__).resolve().parents[2] / "corpora" / "sample"


def rows(out: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(out / "knowledge.duckdb"), read_only=True) as connection:
        return connection.execute("SELECT * FROM codings WHERE coder = '张三' ORDER BY coding_id").fetchall()


@pytest.mark.slow
def test_corrections_come_back_and_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inputs, out, file = tmp_path / "in", tmp_path / "out", tmp_path / "张三.qdpx"
    inputs.mkdir()
    for path in sorted(SAMPLE.glob("*.txt"))[:3]:
        shutil.copy(path, inputs)
    pipeline.run(inputs, out, workers=1)
    assert invoke(["export", str(out), "--to", "qdpx", str(file), "--bare"]) == 0
    names = {"/".join(path): name for path, name in theme_names(build_project(out).project.themes).items()}
    given = Qdpx.read(file)
    plain = {name: content.decode() for name, content in given.texts.items()}

    def quote(spot: Spot) -> str:
        return plain[spot.source][spot.start : spot.end]

    done = change(given, random.Random(7), length=lambda _, start, end: min(2, end - start - 1))
    given.origin = "QualCoder 4.0"
    given.write(file, quote=quote)
    found = pipeline.open(out).import_codings(file)
    assert Counter(as_done(found["changes"], names)) == Counter(done)
    assert found["codings"] == 24 and found["coders"] == ["张三"]
    kept = rows(out)
    assert len(kept) == 24
    pipeline.run(inputs, out, workers=1)
    assert rows(out) == kept
    (inputs / sorted(plain)[0]).unlink()
    pipeline.run(inputs, out, workers=1, fresh=True)
    assert 0 < len(rows(out)) < 24 and set(rows(out)) < set(kept)
    capsys.readouterr()
    assert invoke(["issues", str(out)]) == 0
    assert "张三.qdpx" in capsys.readouterr().out
