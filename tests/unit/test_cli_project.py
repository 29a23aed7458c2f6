"""``cewen init``, the configuration it writes, and ``cewen run`` in the project it makes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from pipeline.cli.main import invoke
from pipeline.core.config import PROJECT_FILE, Config, ProjectSettings, load_config
from pipeline.core.config_text import config_text, values

PROJECT = ProjectSettings(inputs=("文档",), out="结果")
FILES = {PROJECT_FILE, "README.md", ".gitignore"}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_key_is_explained_and_commented_with_its_default(tmp_path: Path) -> None:
    text = config_text(PROJECT)
    for section, field in Config.model_fields.items():
        assert field.title and f"# ── {field.title} ──\n[{section}]" in text
        for key, setting in type(getattr(load_config(), section)).model_fields.items():
            assert setting.title and re.search("[一-龥]", setting.title), f"{section}.{key} has no explanation"
            mark = "" if section == "project" else "#"
            assert f"# {setting.title}（{values(setting)}）\n{mark}{key} = " in text
    path = tmp_path / PROJECT_FILE
    path.write_text(text, encoding="utf-8")
    assert load_config(path) == load_config().model_copy(update={"project": PROJECT})
    uncommented = tomllib.loads(re.sub(r"^#(?! )", "", text.replace("#  ", "  "), flags=re.M).replace("\n#]", "\n]"))
    assert Config.model_validate(uncommented) == load_config(path)


def test_what_values_a_key_takes_is_told() -> None:
    told = {
        key: values(field)
        for section in Config.model_fields.values()
        for key, field in section.annotation.model_fields.items()  # type: ignore[union-attr]
    }
    assert told["workers"] == "整数，不小于 0，不大于 256"
    assert told["doubt_below"] == "数字，不小于 0，不大于 1"
    assert told["threshold"] == "数字，大于 0"
    assert told["unit"] == "document、section、clause 之一"
    assert (told["k"], told["out"], told["seeds"]) == ("整数，不小于 0，不大于 500", "文字", "列表")


@pytest.mark.parametrize("name", ['a"b', "a\\b", "甲\n乙", "a\x7f", "'#'"])
def test_odd_names_are_written_so_that_they_are_read_back(name: str) -> None:
    odd = ProjectSettings(inputs=(name, "文档"), out=name)
    assert tomllib.loads(config_text(odd))["project"] == {"inputs": [name, "文档"], "out": name}


@pytest.mark.slow
def test_a_project_is_made_and_run(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["init", "项目"]) == 0
    assert {path.name for path in (place / "项目").iterdir()} == {*FILES, "文档"}
    assert not list((place / "项目" / "文档").iterdir())
    readme = (place / "项目" / "README.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^cewen ", readme, flags=re.M)) == 3 and "{" not in readme and "# 项目" in readme
    monkeypatch.chdir("项目")
    Path("文档/甲.txt").write_text("给予博士每人每月2000元生活补贴。", encoding="utf-8")
    capsys.readouterr()
    assert invoke(["run"]) == 0
    assert "用的是本目录的配置 cewen.toml" in capsys.readouterr().err
    for line in re.findall(r"^cewen (.*?)  #", readme, flags=re.M):
        assert invoke(line.split()) == 0, capsys.readouterr().err
    assert Path("结果/run.json").is_file() and Path("政策知识表.xlsx").is_file()
    assert invoke(["config", "show"]) == 0
    assert re.search(r"^out +\"结果\" +cewen.toml$", capsys.readouterr().out, flags=re.M)
    monkeypatch.chdir(place)
    assert invoke(["run", "--config", "项目/cewen.toml"]) == 0, "paths are those beside the configuration"


def test_documents_that_are_there_are_named(place: Path) -> None:
    (place / "政策文件").mkdir()
    assert invoke(["init", "项目", "--documents", "政策文件/"]) == 0
    assert load_config(place / "项目" / PROJECT_FILE).project.inputs == ("../政策文件",)
    assert not (place / "项目" / "文档").exists()


def test_nothing_is_overwritten_but_its_own_files_by_force(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("README.md").write_text("我的", encoding="utf-8")
    Path("文档").mkdir()
    Path("文档/README.md").write_text("文", encoding="utf-8")
    assert invoke(["init", "."]) == 2
    assert "README.md 已经存在" in capsys.readouterr().err
    assert {path.name for path in place.iterdir()} == {"README.md", "文档"}, "nothing half done"
    assert invoke(["init", ".", "--force"]) == 0
    assert "我的" not in Path("README.md").read_text(encoding="utf-8")
    assert Path("文档/README.md").read_text(encoding="utf-8") == "文"
    assert "cd " not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["init", "文件"], "文件 是一个文件"),
        (["init", "文件/下面"], "建不了这个目录"),
        (["init", "新", "--documents", "没有"], "找不到文档目录 没有"),
        (["init", "新", "--documents", "文件"], "找不到文档目录 文件"),
        (["init", "目录", "--documents", "目录"], "文档目录就是项目目录"),
        (["init"], "缺少参数 目录"),
    ],
)
def test_what_cannot_be_a_project_is_refused(
    args: list[str], words: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("文件").touch()
    Path("目录").mkdir()
    assert invoke(args) == 2
    assert words in capsys.readouterr().err
    assert {path.name for path in place.rglob("*")} == {"文件", "目录"}


def test_mistakes_of_the_project_are_told_before_anything_is_run(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(PROJECT_FILE).write_text('[project]\ninputs = ["没有"]\nout = "果"\n', encoding="utf-8")
    assert invoke(["run"]) == 2
    assert "找不到输入 没有" in capsys.readouterr().err
    Path(PROJECT_FILE).write_text('[project]\ninput = ["没有"]\n[run]\nworkers = -1\n', encoding="utf-8")
    assert invoke(["run"]) == 2
    printed = capsys.readouterr().err
    assert "cewen.toml:2" in printed and "cewen.toml:4" in printed
    Path(PROJECT_FILE).write_text('[project]\ninputs = ["."]\n', encoding="utf-8")
    assert invoke(["run"]) == 2
    assert "缺少选项 --out" in capsys.readouterr().err
    assert invoke(["run", "-o"]) == 2
    assert capsys.readouterr().err.count("--out") + capsys.readouterr().err.count("-o") < 3
    assert {path.name for path in place.iterdir()} == {PROJECT_FILE}


def test_where_the_project_is_changes_no_tables() -> None:
    from pipeline.running.publish import tables_key

    config = load_config()
    assert tables_key(config) == tables_key(config.model_copy(update={"project": PROJECT}))
    data = config.model_dump()
    del data["project"]
    assert Config.model_validate(data) == config, "run.json of earlier versions has no project"
