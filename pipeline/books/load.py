"""Codebooks by name or path, from YAML, xlsx or csv. The stages don't import each other; this joins two of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.books.sheets import open_sheets
from pipeline.coding import codebook
from pipeline.coding.codebook import Codebook, Written
from pipeline.core.config import configs_dir


def books_dir() -> Path:
    """Return the folder of the packaged codebooks."""
    return configs_dir() / "codebooks"


def book_names() -> tuple[str, ...]:
    """Return the names of the packaged codebooks."""
    return tuple(path.stem for path in sorted(books_dir().glob("*.yaml")))


def load_books(names: Sequence[str]) -> tuple[Codebook, ...]:
    """Return the codebooks ``names`` in that order: of the packaged ones, or paths of files.

    Raises PipelineError with the mistakes of all of them; an unknown name is told what there is.
    """
    return codebook.load_codebooks(names, books_dir(), open_sheets)


def load_book(path: Path) -> Codebook:
    """Return the codebook of one file. Raises PipelineError with every mistake and its place."""
    return codebook.load_codebook(path, open_sheets)


def open_book(name: str) -> Written:
    """Return what stands in the file of the codebook ``name``. Raises PipelineError when nothing can be made of it."""
    return codebook.open_codebook(codebook.find_codebook(name, books_dir()), open_sheets)
