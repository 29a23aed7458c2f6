"""Export, change 30 codings as a person and a program do, import: exactly those 30 are listed. For every dialect."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from coded_run import Qdpx, Spot, as_done, build, change

from pipeline.cli.main import invoke
from pipeline.qda.build import build_project
from pipeline.qda.dialects import DIALECTS, Ruler
from pipeline.qda.names import theme_names
from pipeline.qda.qde import Options
from pipeline.qda.qdpx_write import write_qdpx


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    out = build(tmp_path_factory.mktemp("run") / "out")
    return out, build_project(out).project


def run_import(capsys: pytest.CaptureFixture[str], *args: object) -> dict[str, Any]:
    capsys.readouterr()
    assert invoke(["import", *map(str, args), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("bmp_safe", [False, True])
@pytest.mark.parametrize("names", ["fresh", "stale", "none"])
def test_exactly_the_thirty(
    exported: tuple[Path, Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    dialect: str,
    bmp_safe: bool,
    names: str,
) -> None:
    out, project = exported
    file = tmp_path / "给张三.qdpx"
    write_qdpx(project, file, Options(DIALECTS[dialect], bmp_safe))
    given = Qdpx.read(file)
    plain = {name: DIALECTS[dialect].plain_text(content.decode()) for name, content in given.texts.items()}
    rulers = {name: Ruler(text, DIALECTS[dialect]) for name, text in plain.items()}

    def quote(spot: Spot) -> str:
        ruler = rulers[spot.source]
        return plain[spot.source][ruler.back(spot.start) : ruler.back(spot.end)]

    before = {(one.source, one.code, one.start): quote(one) for one in given.spots}

    def length(source: str, start: int, end: int) -> int:
        at = rulers[source].back(end)
        return end - rulers[source].there(at - 2)

    done = change(given, random.Random(f"{dialect}{bmp_safe}"), length=length)
    old = lambda spot: before.get((spot.source, spot.code, spot.start), quote(spot))  # noqa: E731
    given.write(file, named=names != "none", quote=quote if names == "fresh" else old)
    found = run_import(capsys, out, file, "--dry-run")
    unique = {"/".join(path): name for path, name in theme_names(project.themes).items()}
    assert Counter(as_done(found["changes"], unique)) == Counter(done)
    assert len(found["changes"]) == 30 and not found["troubles"]
    kept = found["counts"]
    assert kept["unchanged"] == sum(len(paper.marks) for paper in project.papers) - 24


def test_nothing_changed(exported: tuple[Path, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, project = exported
    for dialect in DIALECTS.values():
        file = tmp_path / "原样.qdpx"
        write_qdpx(project, file, Options(dialect, case_as_code=dialect.name == "nvivo"))
        found = run_import(capsys, out, file)
        assert found["changes"] == [] and found["codings"] == 0 and not found["troubles"]
    assert not (out / "people").exists()
