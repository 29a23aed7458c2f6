"""Prints how fast PDF files are read, in CPU seconds of one core and as ratios to pdfminer.six and pypdfium2.

    python benchmarks/bench_pdf.py [FILE or FOLDER ...]

All three read the same files in one run: ours with layout, tables and boxes; pdfminer's ``extract_text`` with its
default layout; pypdfium2's text page by page, without any layout. Default: the evaluation data's PDF files beside the
repository, else those of corpora/sample. Ours should take at most 1.5 times as long as pdfminer.
"""

from __future__ import annotations

import io
import logging
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2
from pdfminer.high_level import extract_text

from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.ingest.pdf import read_pdf

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "data" / "binary"
_GOAL = 1.5
# pdfminer finds no page in files of CNKI's writer, which puts a space where the standard wants a new line
_ONE_LINE = re.compile(rb"startxref[ \t](?=[ \t]*\d+\s*%%EOF)")


def main() -> None:
    """Measure and print."""
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    files = [path for given in _given() for path in (sorted(given.glob("*.pdf")) if given.is_dir() else [given])]
    sums = [0.0, 0.0, 0.0]
    total = 0
    print(f"{'file':32} {'pages':>6} {'ours':>7} {'pdfminer':>9} {'pdfium':>7} {'ours/pdfminer':>14} {'pages/s':>8}")
    for path in files:
        content = path.read_bytes()
        pages = len(pypdfium2.PdfDocument(content))
        times = [_timed(read, content) for read in (_ours, _pdfminer, _pdfium)]
        sums = [a + b for a, b in zip(sums, times, strict=True)]
        total += pages
        _print(path.stem[:32], pages, times)
    _print("all", total, sums)
    print(f"goal: at most {_GOAL} times pdfminer")


def _given() -> list[Path]:
    """Return the files and folders to measure."""
    given = [Path(argument) for argument in sys.argv[1:]]
    return given or [REAL if REAL.is_dir() else ROOT / "corpora" / "sample"]


def _print(name: str, pages: int, times: list[float]) -> None:
    """Print one row."""
    ours, miner, fium = times
    ratio = ours / miner if miner else 0.0
    print(f"{name:32} {pages:6} {ours:7.2f} {miner:9.2f} {fium:7.2f} {ratio:14.2f} {pages / max(ours, 1e-9):8.0f}")


def _timed(read: Callable[[bytes], object], content: bytes) -> float:
    """Return the CPU seconds ``read`` takes."""
    start = time.process_time()
    read(content)
    return time.process_time() - start


def _ours(content: bytes) -> None:
    """Read as a run does; files without text count too."""
    try:
        read_pdf(Source("a.pdf", "a.pdf", "0" * 64, len(content)), content, max_chars=10**8)
    except UnreadableFile:
        return


def _pdfminer(content: bytes) -> str:
    """Read with pdfminer's defaults."""
    return extract_text(io.BytesIO(_ONE_LINE.sub(b"startxref\n", content)))


def _pdfium(content: bytes) -> str:
    """Read pdfium's text of each page."""
    document = pypdfium2.PdfDocument(content)
    text = "\f".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text


if __name__ == "__main__":
    main()
