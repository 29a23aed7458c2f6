"""The configuration: what is refused, who is blamed, and which files it means."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.config import Config, load_config
from pipeline.core.errors import PipelineError
from pipeline.running.manifest import data_files


def mistakes(path: Path | None, overrides: dict[str, dict[str, Any]] | None = None) -> tuple[str, ...]:
    with pytest.raises(PipelineError) as caught:
        load_config(path, overrides)
    return caught.value.mistakes


def project(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "project.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("section", "line", "expected"),
    [
        ("run", "workers = true", "应为整数，实为“true”"),
        ("run", "workers = 2.0", "应为整数，实为“2.0”"),
        ("run", "time_limit = inf", "应为有限的数字，实为“inf”"),
        ("run", "time_limit = nan", "应为有限的数字，实为“nan”"),
        ("run", "time_limit = 1e10", "应不大于 86400"),
        ("run", "time_limit = true", "应为数字，实为“true”"),
        ("coding", "threshold = inf", "应为有限的数字，实为“inf”"),
        ("topics", "enabled = 'yes'", "应为 true 或 false，实为“yes”"),
        ("topics", "k = '3'", "应为整数，实为“3”"),
        ("topics", "seed = -5", "应不小于 0，实为“-5”"),
        ("topics", "seed = 4294967296", "应不大于 4294967295，实为“4294967296”"),
    ],
)
def test_values_that_would_break_the_run_are_refused(tmp_path: Path, section: str, line: str, expected: str) -> None:
    (found,) = mistakes(project(tmp_path, f"[{section}]\n{line}\n"))
    assert re.match(rf".*project\.toml:2: {section}\.{line.split()[0]}: {expected}", found)


def test_whole_numbers_are_good_for_real_ones(tmp_path: Path) -> None:
    assert load_config(project(tmp_path, "[run]\ntime_limit = 5\n[coding]\nthreshold = 2\n")).run.time_limit == 5.0


def test_a_wrong_parameter_is_not_blamed_on_a_file(tmp_path: Path) -> None:
    assert mistakes(None, {"run": {"workers": -3}}) == ("参数 workers: 应不小于 0，实为“-3”",)
    found = mistakes(project(tmp_path, "[run]\nworkers = 1\nrecycle = 0\n"), {"run": {"workers": -3}})
    assert [m.split(": ")[0].rpartition("/")[2] for m in found] == ["参数 workers", "project.toml:3"]


OWN = """
[coding]
codebooks = ["silian", "mine.yaml", "not_there.yaml"]
[segment]
lexicons = ["policy_terms.tsv", "words.tsv", "./deep/more.txt"]
stop_words = ['deep\\stop.tsv', "places.tsv"]
hanlp_model = "model"
"""


def test_paths_are_relative_to_the_file_that_names_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "project"
    (folder / "deep").mkdir(parents=True)
    for name in ("mine.yaml", "words.tsv", "deep/more.txt", "deep/stop.tsv"):
        (folder / name).write_text("词语\t类\n", encoding="utf-8")
    project(folder, OWN)
    monkeypatch.chdir(tmp_path)
    config = load_config(Path("project/project.toml"))
    assert config.coding.codebooks == ("silian", str(folder / "mine.yaml"), str(folder / "not_there.yaml"))
    assert config.segment.lexicons == ("policy_terms.tsv", str(folder / "words.tsv"), str(folder / "deep/more.txt"))
    assert config.segment.stop_words == (str(folder / "deep/stop.tsv"), "places.tsv")
    assert config.segment.hanlp_model == str(folder / "model")
    assert Config.model_validate_json(config.model_dump_json()) == config


def test_the_manifest_names_the_files_used_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.yaml").write_text("x", encoding="utf-8")
    (tmp_path / "silian").write_text("no codebook, though it's called as one", encoding="utf-8")
    path = project(tmp_path, '[coding]\ncodebooks = ["silian", "mine.yaml"]\n[segment]\nstop_words = ["places.tsv"]\n')
    monkeypatch.chdir(tmp_path)
    found = set(data_files(load_config(path)))
    assert {name for name in found if "codebooks" in name} == {"codebooks/silian.yaml"}
    assert {name for name in found if name.startswith("lexicons/")} == {
        "lexicons/agencies.tsv",
        "lexicons/places.tsv",
        "lexicons/policy_terms.tsv",
    }
    assert found >= {str(tmp_path / "mine.yaml"), "pipeline.toml", "units.toml"}
    assert "silian" not in found
