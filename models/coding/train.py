"""Fits the trained coder of the packaged codebooks on coded clauses, or judges it on documents it hasn't seen.

    python models/coding/train.py                 fit and write themes.codes beside this script
    python models/coding/train.py --cross         F1 of each code over documents no model has seen, calibration, doubts
    python models/coding/train.py --add FILE...   take coded clauses into corpora/labels/codes.jsonl (see ``add``)

Deterministic: the same clauses give the same file. The gold (gold/codes) is never trained on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.books.load import load_books
from pipeline.coding.apply import strengths
from pipeline.coding.codebook import walk
from pipeline.coding.learn import Lessons, fit, unseen
from pipeline.coding.learned import save
from pipeline.coding.report import judged_lines
from pipeline.coding.terms import build_terms, gather
from pipeline.coding.units import Unit

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DATA = ROOT.parent / "shared" / "data"
LABELS = ROOT / "corpora" / "labels" / "codes.jsonl"
GOLD = DATA / "gold" / "codes" / "clauses.jsonl"
MODEL = HERE / "themes.codes"
BOOKS = ("yinyuyongliu", "silian", "instruments", "triad")
DOUBTFUL = 0.3  # what a label counts that its coder wasn't sure of
_LINE = re.compile(r"\s*\n\s*")


@dataclass(frozen=True)
class Clause:
    """A coded clause of a document: its text, the codes given and those its coder wasn't sure of."""

    source: str
    text: str
    codes: frozenset[str]
    doubtful: frozenset[str]


@cache
def document(source: str) -> str:
    """Return the text of a document of the evaluation data."""
    return (DATA / f"{source}.txt").read_bytes().decode("utf-8")


def labelled() -> Iterator[Clause]:
    """Yield the coded clauses. Raises ValueError when a document isn't the one that was coded."""
    for line in LABELS.read_text(encoding="utf-8").splitlines():
        found = json.loads(line)
        text = document(found["source"])
        if _digest(text) != found["sha256"]:
            raise ValueError(f"{found['source']} isn't the document that was coded")
        for start, end, codes, doubtful in found["clauses"]:
            words = _LINE.sub("", text[start:end])
            yield Clause(found["source"], words, frozenset(codes), frozenset(doubtful))


def lessons(clauses: list[Clause]) -> tuple[Lessons, list[tuple[str, str]], list[tuple[str, str]]]:
    """Return what there is to learn, the codes learned and the codes whose terms help."""
    books = load_books(BOOKS)
    terms = build_terms(books)
    features = [(target.codebook, target.code) for target in terms.targets]
    codes = [(book.codebook, path[-1].code) for book in books for path in walk(book.codes) if len(path) == 1]
    rows = [_terms_of(clause.text, terms) for clause in clauses]
    given = np.array([[code in clause.codes for _, code in codes] for clause in clauses], float)
    sure = np.array([[DOUBTFUL if code in clause.doubtful else 1.0 for _, code in codes] for clause in clauses])
    sources = {source: n for n, source in enumerate(dict.fromkeys(clause.source for clause in clauses))}
    found = Lessons(
        texts=tuple(clause.text for clause in clauses),
        strengths=np.vstack([row[0] for row in rows]),
        raw=np.vstack([row[1] for row in rows]),
        given=given,
        weights=sure,
        groups=tuple(sources[clause.source] for clause in clauses),
    )
    return found, codes, features


def _terms_of(text: str, terms: Any) -> tuple[Any, Any]:
    """Return what the terms say of one clause alone."""
    units = (Unit(0, len(text), None),)
    return strengths(units, gather(text, (), (), units, terms=terms), range(len(terms.targets)))


def add(files: Iterable[Path]) -> None:
    """Take coded clauses into the labels: lines of {"doc", "text", "c": codes, "u": doubtful codes}.

    A clause is kept as a place in its document; one that isn't found there, or stands in the gold, is told and left.
    """
    gold = _grams(json.loads(line)["text"] for line in GOLD.read_text(encoding="utf-8").splitlines())
    kept: dict[str, dict[tuple[int, int], tuple[list[str], list[str]]]] = {}
    missed = in_gold = 0
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            source = row["doc"].removesuffix(".txt")
            place = _place(document(source), row["text"])
            if place is None:
                missed += 1
            elif _grams([row["text"]]) & gold:
                in_gold += 1
            else:
                kept.setdefault(source, {})[place] = (sorted(row["c"]), sorted(row["u"]))
    lines = []
    for source, places in sorted(kept.items()):
        clauses = [[*place, *codes] for place, codes in sorted(places.items())]
        head = {"source": source, "sha256": _digest(document(source)), "clauses": clauses}
        lines.append(json.dumps(head, ensure_ascii=False, separators=(",", ":")))
    LABELS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    count = sum(len(places) for places in kept.values())
    print(f"{count} clauses of {len(kept)} documents; {missed} not found in theirs, {in_gold} stand in the gold")


def _place(text: str, words: str) -> tuple[int, int] | None:
    """Return where ``words`` stand in a text, whatever the white space."""
    start = text.find(words)
    if start >= 0:
        return start, start + len(words)
    places = [n for n, letter in enumerate(text) if not letter.isspace()]
    bare, wanted = "".join(text[n] for n in places), re.sub(r"\s", "", words)
    start = bare.find(wanted)
    return (places[start], places[start + len(wanted) - 1] + 1) if start >= 0 else None


def _grams(texts: Iterable[str]) -> set[str]:
    """Return all stretches of 20 characters without white space."""
    bare = [re.sub(r"\s", "", text) for text in texts]
    return {one[n : n + 20] for one in bare for n in range(len(one) - 19)}


def _digest(text: str) -> str:
    """Return the digest of a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cross", action="store_true")
    parser.add_argument("--add", nargs="+", type=Path, metavar="FILE")
    args = parser.parse_args()
    if args.add:
        add(args.add)
        return
    found, codes, features = lessons(list(labelled()))
    print(f"{len(found.texts)} clauses of {len(set(found.groups))} documents", file=sys.stderr)
    model = fit("themes", found, codes, features)
    if args.cross:
        for line in judged_lines(found, unseen(found), model):
            print(line)
        return
    save(model, MODEL)
    print(f"{MODEL} {MODEL.stat().st_size} bytes, {model.digest}")


if __name__ == "__main__":
    main()
