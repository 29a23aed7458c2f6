"""The notebook docs/tour.ipynb: its code cells run in order, and it carries no outputs that could be out of date."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
NOTEBOOK = json.loads((DOCS / "tour.ipynb").read_text(encoding="utf-8"))


def code_cells() -> list[str]:
    return ["".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]


def test_it_is_a_notebook_without_outputs() -> None:
    assert (NOTEBOOK["nbformat"], NOTEBOOK["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in NOTEBOOK["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in NOTEBOOK["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None


@pytest.mark.slow
def test_every_cell_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(DOCS.parent / "corpora" / "sample", tmp_path / "corpora" / "sample")
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path / "docs")
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, source in enumerate(code_cells()):
        exec(compile(source, f"cell {number}", "exec"), names)
    assert len(names["frame"]) > 10 and names["frame"]["value_max"].dropna().min() >= 200_000
    assert len(names["panel"]) > 1
    marks = names["marks"]
    assert len(marks) > 3 and all(mark.label in names["plot"] for mark in marks[:3])
    assert (tmp_path / "docs" / "out" / "tour.svg").read_text(encoding="utf-8") == names["plot"]
    assert "措施" in names["knowledge"]._repr_html_() and names["support"]._repr_html_()
