"""Character error rate of text recognition on two scans whose text is known. Needs the extra ``ocr`` and the data.

Compared is the clean text (page numbers gone) of what the pipeline reads by recognition alone. On both sides white
space is dropped, NFKC applied (full-width and half-width marks are one), square brackets of all kinds count as round
ones, all quotes as one and all dashes as one. Errors are insertions, deletions and replacements of characters.

    pieces   each paragraph (govdoc) or table cell (cards) is looked for by itself in the recognised text, at its best
             place: errors within pieces, whatever their order. What was recognised too much between them isn't counted
    whole    the recognised text against the known one from beginning to end: order and what's too much count, too. The
             known text of the cards is the text layer of the PDF that was rasterised, page by page

    python tests/eval/ocr.py            print the rates; exit code 1 when one is above the limit of 3 %
    python tests/eval/ocr.py --errors   print the differences, too
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import sys
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.clean.steps import clean
from pipeline.core.config import load_config
from pipeline.core.document import Source
from pipeline.core.layers import RawText
from pipeline.ingest import ocr_engine
from pipeline.ingest.formats import read_source

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
LIMIT = 0.03
_PAGES = range(11, 17)  # of the guide, that make up the scan of cards
_NO_CELL = ("real_id", "page", "section", "subsection")
_SAME = str.maketrans({**dict.fromkeys("〔[【", "("), **dict.fromkeys("〕]】", ")"), **dict.fromkeys("“”‘’「」", '"')})
_DASHES = str.maketrans(dict.fromkeys("—―–\u2010\u2011−", "-"))


@dataclass(frozen=True, slots=True)
class Score:
    """Errors for each character of the known text, and seconds of processor time for each page."""

    name: str
    characters: int
    pieces: float
    whole: float
    seconds: float


def missing() -> str:
    """Return why nothing can be measured, or ""."""
    if ocr_engine.load(load_config().ocr) is None:
        return "the extra isn't installed: pip install 'cewen[ocr]'"
    return "" if DATA.is_dir() else "the evaluation data isn't beside the repository"


def measure(show: bool = False) -> list[Score]:
    """Return the scores of both scans; ``show`` prints the differences."""
    binary, labelled = DATA / "binary", DATA / "labelled"
    letter = (labelled / "govdoc_cn_sample" / "397.txt").read_text(encoding="utf-8")
    cards = _cells(labelled / "beijing_policy_cards" / "cards.csv")
    return [
        _score(binary / "pdf027_scan_govdoc397.pdf", letter.split("\n"), letter, show=show),
        _score(binary / "pdf029_scan_beijing_cards.pdf", cards, _guide(binary), show=show),
    ]


def _cells(path: Path) -> list[str]:
    """Return the cells of the cards that begin on the scanned pages."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if int(row["page"]) in _PAGES]
    return [cell for row in rows for name, cell in row.items() if name not in _NO_CELL]


def _guide(binary: Path) -> str:
    """Return the text layer of the pages that were rasterised, without their page numbers."""
    import pypdfium2

    (path,) = binary.glob("pdf002_*.pdf")
    guide = pypdfium2.PdfDocument(path)
    texts = [guide[page - 1].get_textpage().get_text_range().split("\r\n") for page in _PAGES]
    return "\n".join(line for text in texts for line in text if not (line.strip().isdigit() and len(line.strip()) < 3))


def _score(path: Path, pieces: list[str], known: str, *, show: bool) -> Score:
    """Return the score of one scan."""
    began = time.process_time()
    raw = _read(path)
    seconds = time.process_time() - began
    found = plain(clean(raw).text)
    parts = [plain(piece) for piece in pieces if piece.strip()]
    total = sum(map(len, parts))
    if show:
        _print_differences(plain(known), found)
    return Score(
        path.stem,
        total,
        sum(errors(part, found, anywhere=True) for part in parts) / total,
        errors(plain(known), found) / len(plain(known)),
        seconds / (raw.n_pages or 1),
    )


def _read(path: Path) -> RawText:
    """Return what is recognised in a file."""
    content = path.read_bytes()
    source = Source(path.name, path.name, hashlib.sha256(content).hexdigest(), len(content))
    return read_source(source, content, max_chars=10**6, ocr=ocr_engine.load(load_config().ocr))


def plain(text: str) -> str:
    """Return a text as it's compared."""
    return "".join(unicodedata.normalize("NFKC", text).split()).translate(_SAME).translate(_DASHES)


def errors(known: str, found: str, *, anywhere: bool = False) -> int:
    """Return the edit distance of ``known`` to ``found``, or to the piece of ``found`` that is nearest to it."""
    letters = np.array([ord(char) for char in found], dtype=np.int64)
    steps = np.arange(len(found) + 1)
    row = np.zeros_like(steps) if anywhere else steps.copy()
    for i, char in enumerate(known, 1):
        best = np.minimum(row[1:] + 1, row[:-1] + (letters != ord(char)))
        # an insertion costs one more than the place before it
        row = np.minimum.accumulate(np.concatenate([[i], best]) - steps) + steps
    return int(row.min() if anywhere else row[-1])


def _print_differences(known: str, found: str) -> None:
    """Print what differs, with some characters before it."""
    for kind, a, b, c, d in difflib.SequenceMatcher(None, known, found, autojunk=False).get_opcodes():
        if kind != "equal":
            print(f"  …{known[max(0, a - 8) : a]}  {known[a:b] or '-'} -> {found[c:d] or '-'}")


def main() -> int:
    """Print the scores; return 1 when one is above the limit."""
    if reason := missing():
        print(f"skipped: {reason}")
        return 0
    scores = measure(show="--errors" in sys.argv[1:])
    for score in scores:
        print(
            f"{score.name:32}{score.characters:6} characters  pieces {score.pieces:.2%}  whole {score.whole:.2%}"
            f"  {score.seconds:.1f} s a page"
        )
    return int(any(max(score.pieces, score.whole) > LIMIT for score in scores))


if __name__ == "__main__":
    sys.exit(main())
