"""Do the boxes of measures hold their quotes? Draws measures of a run and reads the text inside their boxes anew.

    python tests/eval/boxes.py RUN FOLDER [--count 200] [--seed 1]

RUN is the output folder of a run over the PDF files in FOLDER. The text inside a box is read by pdfium's own search for
text within a rectangle, which knows nothing of our lines. Prints the share of quotes found, and those that weren't.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import Any

import pypdfium2

import pipeline

_SLACK = 0.5  # points, for rounding


def main() -> None:
    """Draw, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rows = (
        pipeline.open(options.run)
        .query(
            "SELECT source_name, quote, page, boxes FROM measures JOIN documents USING (doc_id) "
            "WHERE boxes IS NOT NULL ORDER BY doc_id, measures.start"
        )
        .to_pylist()
    )
    drawn = random.Random(options.seed).sample(rows, min(options.count, len(rows)))
    missed = [row for row in drawn if not holds(options.folder, row)]
    for row in missed:
        print(f"{row['source_name']} p. {row['page']}: {row['quote']!r} not in {row['boxes']}")
    print(f"{len(drawn) - len(missed)} of {len(drawn)} quotes stand in their boxes ({len(rows)} measures with boxes)")


def holds(folder: Path, row: dict[str, Any]) -> bool:
    """Tell whether the boxes of a measure hold its quote, spaces aside."""
    return _squeeze(row["quote"]) in _squeeze(
        "".join(texts_within(folder / row["source_name"].partition("#")[0], row["boxes"]))
    )


def texts_within(path: Path, boxes: str) -> list[str]:
    """Return the text inside each box."""
    document = pypdfium2.PdfDocument(path)
    found = []
    for page, x0, y0, x1, y1 in json.loads(boxes):
        text_page = document[int(page) - 1].get_textpage()
        found.append(text_page.get_text_bounded(x0 - _SLACK, y0 - _SLACK, x1 + _SLACK, y1 + _SLACK))
    document.close()
    return found


def _squeeze(text: str) -> str:
    """Return ``text`` without spaces and signs that pdfium sets for line ends."""
    return "".join(text.split()).replace("\ufffe", "").replace("\x02", "")


if __name__ == "__main__":
    main()
