"""A broken codebook gives mistakes with the file's name, whatever is broken about it, never a traceback."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hostile_books import broken_bytes, broken_text, broken_workbook

from pipeline.books.check import check_book
from pipeline.books.load import load_books
from pipeline.books.write import codebook_to_csv, codebook_to_xlsx, codebook_to_yaml
from pipeline.coding.codebook import Codebook

ROUNDS = 150


@pytest.fixture(scope="module")
def book() -> Codebook:
    (whole,) = load_books(["triple_helix"])
    return whole.model_copy(update={"codes": whole.codes[2:]})


def checked(path: Path, content: bytes) -> tuple[str, ...]:
    path.write_bytes(content)
    found = check_book(str(path), 1.0)
    told = (*found.mistakes, *found.hints)
    assert all(line.startswith((path.name, str(path))) for line in told), told
    return found.mistakes


@pytest.mark.parametrize("seed", [1, 2])
def test_broken_yaml_and_csv(book: Codebook, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    wrong = 0
    for suffix, content in ((".yaml", codebook_to_yaml(book)), (".csv", codebook_to_csv(book))):
        for _ in range(ROUNDS):
            text = broken_text(content.decode("utf-8-sig"), dice).encode("utf-8", "surrogatepass")
            broken = text if dice.random() < 0.8 else broken_bytes(content, dice)
            wrong += bool(checked(tmp_path / f"b{suffix}", broken))
    assert wrong > ROUNDS


@pytest.mark.parametrize("seed", [1, 2])
def test_broken_workbooks(book: Codebook, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    content = codebook_to_xlsx(book)
    wrong = 0
    for _ in range(ROUNDS):
        broken = broken_workbook(content, dice) if dice.random() < 0.8 else broken_bytes(content, dice)
        wrong += bool(checked(tmp_path / "b.xlsx", broken))
    assert wrong > ROUNDS / 2


def test_random_bytes_and_huge_files(tmp_path: Path) -> None:
    dice = random.Random(3)
    for suffix in (".yaml", ".csv", ".xlsx", ".tsv"):
        for size in (1, 2, 50, 5000):
            assert checked(tmp_path / f"r{suffix}", dice.randbytes(size))
    assert "超过 20 MB" in checked(tmp_path / "big.csv", b"a,b\n" * 6_000_000)[0]
    rows = "代码,名称,定义\n" + "".join(f"c{n},名{n},定义\n" for n in range(20_001))
    assert "超过 20000 行" in checked(tmp_path / "long.csv", rows.encode())[0]
