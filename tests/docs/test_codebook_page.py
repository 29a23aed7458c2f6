"""The codebook shown in docs/codebook.md is whole: it loads, its examples hold, the score it tells is right."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest

from pipeline.books.load import book_names, load_book, load_books
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


def test_the_csv_example_is_the_same_book(tmp_path: Path) -> None:
    text = re.search(r"<!-- csv -->\n```csv\n(.*?)```", PAGE, flags=re.S)[1]  # type: ignore[index]
    for encoding in ("utf-8", "utf-8-sig", "gbk"):
        (tmp_path / "housing.csv").write_bytes(text.encode(encoding))
        assert load_book(tmp_path / "housing.csv") == read_codebook(EXAMPLE, "housing.yaml")


def test_the_sheets_shown_are_the_same_book(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, table in re.findall(r"<!-- sheet (\S+) -->\n((?:\|.*\n)+)", PAGE):
        sheet = book.create_sheet(title)
        for line in table.splitlines():
            cells = [cell.strip().replace("<br>", "\n") for cell in line.strip("|").split("|")]
            if set(cells[0]) != {"-"}:
                sheet.append([cell or None for cell in cells])
    assert book.sheetnames == ["编码本", "代码", "词语", "词组"]
    book.save(tmp_path / "housing.xlsx")
    assert load_book(tmp_path / "housing.xlsx") == read_codebook(EXAMPLE, "housing.yaml")


def test_the_shipped_books_are_listed() -> None:
    for book in load_books(book_names()):
        assert f"| `{book.codebook}` | {book.name}" in PAGE
