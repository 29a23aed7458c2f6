"""Prints how fast measures are extracted from segmented text, as CPU-time ratios to JioNLP and ms-Recognizers.

    python benchmarks/bench_extraction.py [FOLDER] [--chars 400000] [--cap 60]

All read the same cleaned text in one run: FOLDER's text files, else the evaluation data's documents beside the
repository, else corpora/sample. Ours is timed on each document with its sentences and words given, first the numbers
alone (mentions), then whole records (mentions + measures), before and after the peers. The peers read line by line in
their own environment (make leaderboard installs it; without it they're left out): JioNLP extracts money and time,
ms-Recognizers runs seven models for at most ``--cap`` seconds of CPU, its rate is by the characters done.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "leaderboard"))
from environment import JIONLP, RECOGNIZERS, ROOT, System, Unavailable, ask, is_installed

from pipeline.core.config import load_config
from pipeline.core.document import Document, Source
from pipeline.core.layers import RawText
from pipeline.core.stage import Stage
from pipeline.running.stages import build

REAL = ROOT.parent / "shared" / "data" / "real"
_GIVEN, _TIMED = ("text", "head", "outline", "sentences"), ("mentions", "measures")
_ROUNDS = 3
# what each ratio should reach
_GOALS = {JIONLP.name: 5, RECOGNIZERS.name: 300}


def main() -> None:
    """Measure and print."""
    options = _options()
    folder = options.folder or (REAL if REAL.is_dir() else ROOT / "corpora" / "sample")
    stages = {stage.gives: stage for stage in build(load_config())}
    documents = _documents(folder, options.chars, stages)
    if not documents:
        sys.exit(f"{folder}: no .txt files")
    texts = {doc.source.name: doc.text.text for doc in documents if doc.text is not None}
    chars = _count(texts)
    print(f"extraction from segmented text: {len(documents)} documents of {folder.name}, {chars:,} characters")
    rounds = [_ours(documents, stages) for _ in range(_ROUNDS)]
    rates = {system.name: _rate(system, texts, options.cap) for system in (JIONLP, RECOGNIZERS)}
    rounds += [_ours(documents, stages) for _ in range(_ROUNDS)]
    for name, part in (("mentions", 0), ("mentions + measures", 1)):
        rate = chars / statistics.median(one[part] for one in rounds)
        print(f"{name:20} {rate:>10,.0f} characters/s")
        for peer, theirs in rates.items():
            if theirs:
                print(f"{'':20} {rate / theirs:>10,.1f} x {peer} (>= {_GOALS[peer]} with measures)")


def _options() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--chars", type=int, default=400_000, help="about so much text")
    parser.add_argument("--cap", type=float, default=60.0, help="seconds of CPU a peer may take")
    return parser.parse_args()


def _documents(folder: Path, most: int, stages: dict[str, Stage]) -> list[Document]:
    """Return documents from all over ``folder``, of about ``most`` characters, with sentences and words."""
    paths = sorted(folder.rglob("*.txt"))
    size = sum(path.stat().st_size for path in paths) // 3  # most characters take three bytes
    step = max(1, size // most)
    made: list[Document] = []
    done = 0
    for path in paths[::step]:
        content = path.read_bytes()
        text = content.decode("utf-8-sig", errors="ignore")
        doc = Document(Source(path.name, "", "0" * 64, len(content)), raw=RawText(text, "text/plain"))
        for name in _GIVEN:
            doc = stages[name](doc)
        made.append(doc)
        done += len(text)
        if done >= most:
            break
    return made


def _ours(documents: Sequence[Document], stages: dict[str, Stage]) -> tuple[float, float]:
    """Return the seconds of CPU for mentions, and for mentions and measures."""
    mentions, measures = (stages[name] for name in _TIMED)
    began = time.process_time()
    found = [mentions(doc) for doc in documents]
    first = time.process_time() - began
    for doc in found:
        measures(doc)
    return first, time.process_time() - began


def _rate(system: System, texts: dict[str, str], cap: float) -> float | None:
    """Return a peer's characters per second of CPU, printed; ``None`` when it isn't there."""
    if not is_installed(system):
        print(f"{system.name} isn't installed (make leaderboard does it): left out")
        return None
    try:
        answer = ask(system, {"texts": texts, "seconds": cap}, timeout=10 * cap + 120)
    except Unavailable as error:
        print(f"{system.name} is left out: {error}")
        return None
    rate: float = answer["chars"] / answer["seconds"]
    share = answer["chars"] / _count(texts)
    print(f"{system.name + ' ' + answer['version']:20} {rate:>10,.0f} characters/s ({share:.0%} of the text)")
    return rate


def _count(texts: dict[str, str]) -> int:
    """Return how many characters there are in lines that aren't blank."""
    return sum(len(line) for text in texts.values() for line in text.split("\n") if line.strip())


if __name__ == "__main__":
    main()
