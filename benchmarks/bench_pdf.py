"""Prints how fast PDF files are read, in CPU seconds of one core and as ratios to pdfminer.six and pypdfium2.

    python benchmarks/bench_pdf.py [FILE or FOLDER ...]
    python benchmarks/bench_pdf.py --processes [FILE or FOLDER ...]    long files: wall seconds with 1 and 2 processes

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

from pipeline.core.config import PdfSettings
from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.ingest.pdf import read_pdf
from pipeline.ingest.pdf_share import LEAST

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "data" / "binary"
_GOAL = 1.5
# pdfminer finds no page in files of CNKI's writer, which puts a space where the standard wants a new line
_ONE_LINE = re.compile(rb"startxref[ \t](?=[ \t]*\d+\s*%%EOF)")


def main() -> None:
    """Measure and print."""
    if "--processes" in sys.argv:
        _compare_processes()
        return
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    files = _files()
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


def _files() -> list[Path]:
    """Return the files to measure."""
    given = [Path(argument) for argument in sys.argv[1:] if argument != "--processes"]
    given = given or [REAL if REAL.is_dir() else ROOT / "corpora" / "sample"]
    return [path for one in given for path in (sorted(one.glob("*.pdf")) if one.is_dir() else [one])]


def _compare_processes() -> None:
    """Print the wall seconds of long files, and of all of them repeated to a thousand pages, by 1 and 2 processes."""
    long = [content for path in _files() if len(pypdfium2.PdfDocument(content := path.read_bytes())) > LEAST]
    print(f"{'pages':>6} {'1 process':>10} {'2':>7} {'gain':>6}")
    for content in [*long, *([_repeated(long, 1000)] if long else [])]:
        walls = []
        for processes in (1, 2):
            start = time.perf_counter()
            _ours(content, processes)
            walls.append(time.perf_counter() - start)
        pages = len(pypdfium2.PdfDocument(content))
        print(f"{pages:6} {walls[0]:10.2f} {walls[1]:7.2f} {walls[0] / walls[1]:6.2f}")


def _repeated(contents: list[bytes], pages: int) -> bytes:
    """Return one file of the pages of ``contents``, over and over until there are so many."""
    whole = pypdfium2.PdfDocument.new()
    while len(whole) < pages:
        for content in contents:
            whole.import_pages(pypdfium2.PdfDocument(content))
    buffer = io.BytesIO()
    whole.save(buffer)
    return buffer.getvalue()


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


def _ours(content: bytes, processes: int = 1) -> None:
    """Read as a run does; files without text count too."""
    settings = PdfSettings(reader="pdfium", processes=processes)
    try:
        read_pdf(Source("a.pdf", "a.pdf", "0" * 64, len(content)), content, max_chars=10**8, pdf=settings)
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
