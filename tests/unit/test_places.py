"""Folders and documents named not quite as they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.core.outputs import DATABASE, STORE
from pipeline.core.places import called, no_run, runs_here


def test_a_folder_that_holds_no_run_is_told_with_the_runs_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    texts = tmp_path / "文档"
    texts.mkdir()
    assert "请先运行 cewen run 输入 -o 文档" in no_run(Path("文档"), DATABASE)
    (texts / "a.txt").write_text("给予补贴。", encoding="utf-8")
    assert "cewen run 输入 -o 结果" in no_run(Path("文档"), DATABASE)  # never into the folder of the texts
    (tmp_path / "结果").mkdir()
    (tmp_path / "结果" / STORE).touch()
    assert runs_here() == ["结果"]
    words = no_run(Path("文档"), DATABASE)
    assert "不是 cewen run 写出的结果目录" in words and words.endswith("这里的结果目录有：结果") and "-o" not in words
    assert no_run(Path("没有"), DATABASE).endswith("或检查输出目录是否写对。这里的结果目录有：结果")
    assert "会从停下的地方接着做" in no_run(Path("结果"), DATABASE)


def test_documents_by_their_stem_or_beginning() -> None:
    names = ["01_甲.txt", "01_乙.pdf", "02_丙.pdf", "甲.txt", "甲.pdf", "甲办法.pdf"]
    assert called("02_丙", names) == called("02", names) == ["02_丙.pdf"]
    assert called("01", names) == ["01_甲.txt", "01_乙.pdf"]
    assert called("甲", names) == ["甲.txt", "甲.pdf"]  # a whole stem comes before longer names
    assert called("乙", names) == called("", names) == []
