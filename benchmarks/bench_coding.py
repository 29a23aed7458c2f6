"""Speed of coding: 100 codes on 10,000 clauses in one pass, as a ratio to jieba cutting the same text in the same run.

    python benchmarks/bench_coding.py [--rounds 3]

Prints it with 20 terms a code, 10 and 100 times as many (the time must follow the text and what is found in it, not the
number of terms), on a half of the clauses (it must follow the text), and for the packaged codebooks with the trained
coder. The clauses are those of corpora/sample, repeated with running numbers so that no two are equal; 20 terms of each
code are words of these texts, the others of no text.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import jieba

import pipeline
from pipeline.books.coders import load_coder
from pipeline.coding.apply import Coder, build_coder, code
from pipeline.coding.codebook import Code, Codebook, Term
from pipeline.coding.units import cut_units
from pipeline.core.config import load_config
from pipeline.core.layers import CleanText

ROOT = Path(__file__).resolve().parents[1]
CLAUSES, CODES, FOUND, A_DOCUMENT = 10_000, 100, 20, 100


def clauses() -> list[str]:
    """Return ``CLAUSES`` clauses of the sample corpus."""
    texts = [
        doc.text for path in sorted((ROOT / "corpora" / "sample").glob("*.txt")) for doc in pipeline.read_all(path)
    ]
    found = [t.text[u.start : u.end] for t in texts if t for u in cut_units(t.text, (), ()) if u.end - u.start > 20]
    return [f"（{n}）{found[n % len(found)]}" for n in range(CLAUSES)]


def book(some: list[str], terms: int) -> Coder:
    """Return a coder of ``CODES`` codes with ``terms`` terms each, ``FOUND`` of them words of the clauses."""
    words = sorted({text[at : at + size] for text in some for size in (2, 3, 4) for at in range(0, len(text) - 4, 2)})
    chance, letters = random.Random(1), sorted(set("".join(some)))
    chance.shuffle(words)
    codes = []
    for n in range(CODES):
        own = [words[(n * FOUND + place) % len(words)] for place in range(min(terms, FOUND))]
        own += ["".join(chance.choices(letters, k=4)) for _ in range(terms - FOUND)]
        codes.append(
            Code(code=f"c{n}", name=f"代码{n}", definition="", terms=tuple(Term(term=w, weight=0.5) for w in own))
        )
    made = Codebook(codebook="bench", name="速度", version="1", definition="", source="", codes=tuple(codes))
    return build_coder([made], 1.0)


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of ``work``."""
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def coded(texts: list[str], coder: Coder) -> int:
    """Code ``texts`` as documents of ``A_DOCUMENT`` clauses; return how many codings there are."""
    documents = ["\n".join(texts[n : n + A_DOCUMENT]) for n in range(0, len(texts), A_DOCUMENT)]
    return sum(len(code(CleanText(text, ()), (), (), coder=coder)) for text in documents)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    texts = clauses()
    half = texts[: CLAUSES // 2]
    print(
        f"{CLAUSES} clauses, {sum(map(len, texts))} characters; processor time as a ratio to jieba, median of {rounds}"
    )
    jieba.lcut("预热")
    trained = load_coder(load_config().coding)
    coders = {f"{CODES} codes × {n} terms": book(texts[:500], n) for n in (20, 200, 2000)}
    cases: dict[str, Callable[[], object]] = {name: lambda c=c: coded(texts, c) for name, c in coders.items()}
    cases[f"{CODES} codes × 20 terms, half the clauses"] = lambda: coded(half, coders[f"{CODES} codes × 20 terms"])
    cases["packaged codebooks, terms and trained coder"] = lambda: coded(texts, trained)
    ratios: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        reference = seconds(lambda: [jieba.lcut(text) for text in texts])
        for name, work in cases.items():
            ratios[name].append(seconds(work) / reference)
    for name, some in ratios.items():
        print(f"{name:45} {statistics.median(some):6.2f}")


if __name__ == "__main__":
    main()
