"""The codebook shown in docs/codebook.md is whole: it loads, its examples hold, the score it tells is right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.cli.main import invoke
from pipeline.coding.apply import build_coder, code
from pipeline.coding.codebook import Code, Codebook, Term, read_codebook
from pipeline.core.layers import CleanText

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "codebook.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"<!-- example -->\n```yaml\n(.*?)```", PAGE, flags=re.S)[1]  # type: ignore[index]


def test_the_example_passes_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "housing.yaml"
    book.write_text(EXAMPLE, encoding="utf-8")
    assert invoke(["codebook", "check", str(book)]) == 0
    assert "3 个代码，7 个例句和反例都对" in capsys.readouterr().err


def test_the_score_of_the_example_is_as_told() -> None:
    coder = build_coder([read_codebook(EXAMPLE, "housing.yaml")], 1.0)
    found = code(CleanText("毕业生租住公寓的，每月补贴房租五百元。", ()), (), (), coder=coder)
    assert [(one.code, one.score) for one in found] == [("support", 0.5), ("money", 0.5)]


def test_every_key_is_explained_and_shown() -> None:
    for model in (Codebook, Code, Term):
        for name, field in model.model_fields.items():
            assert f"`{field.alias or name}`" in PAGE
            assert f"{field.alias or name}: " in EXAMPLE or f"{field.alias or name}:\n" in EXAMPLE
