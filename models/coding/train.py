"""Fits the trained coder of the packaged codebooks on coded clauses, or judges it on documents it hasn't seen.

    python models/coding/train.py                 fit and write themes.codes beside this script
    python models/coding/train.py --cross         F1 of each code over documents no model has seen, calibration, doubts;
                                                  sub-codes beside what their terms alone give
    python models/coding/train.py --add FILE...   take coded clauses into corpora/labels/codes.jsonl (see ``add``)

The labels: a line for each document, {"source", "sha256", "clauses"}; a clause is [start, end, codes, doubtful codes]
and, where somebody looked for the sub-codes of a codebook too, a fifth item: the list of these codebooks. Codes and
sub-codes stand in the same lists as their coders gave them, a sub-code sometimes without its top code. Without the
fifth item nothing is known of the sub-codes of the top codes given.

Deterministic on one machine: the same clauses give the same file. The gold (gold/codes) is never trained on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from pipeline.books.load import load_books
from pipeline.coding.apply import strengths
from pipeline.coding.arrays import Floats
from pipeline.coding.codebook import walk
from pipeline.coding.learn import Lessons, fit, unseen
from pipeline.coding.learned import CodeId, CodeModel, save, sigmoid
from pipeline.coding.report import judged_lines
from pipeline.coding.taught import f1
from pipeline.coding.terms import build_terms, gather
from pipeline.coding.tune import only
from pipeline.coding.units import Unit

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DATA = ROOT.parent / "shared" / "data"
LABELS = ROOT / "corpora" / "labels" / "codes.jsonl"
GOLD = DATA / "gold" / "codes" / "clauses.jsonl"
MODEL = HERE / "themes.codes"
BOOKS = ("yinyuyongliu", "silian", "instruments", "triad")
DOUBTFUL = 0.3  # what a label counts that its coder wasn't sure of
WITHOUT_PARENT = 0.0  # and one of a sub-code whose top code an earlier coder hadn't given
ENOUGH = 20  # a sub-code is learned from this many clauses with it on
_LINE = re.compile(r"\s*\n\s*")


@dataclass(frozen=True)
class Clause:
    """A coded clause of a document: its text, the codes given and those its coder wasn't sure of.

    ``below`` are the codebooks whose sub-codes were looked for too.
    """

    source: str
    text: str
    codes: frozenset[str]
    doubtful: frozenset[str]
    below: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Wanted:
    """A code to learn; ``above`` is its parent, "" for a top code."""

    codebook: str
    code: str
    above: str

    def weight(self, clause: Clause) -> float:
        """Return how much it counts whether ``clause`` has the code; 0 when nobody said."""
        if self.above and self.codebook not in clause.below:
            return 0.0 if self.above in clause.codes else 1.0
        if self.above and self.code in clause.codes and self.above not in clause.codes:
            return WITHOUT_PARENT
        return DOUBTFUL if self.code in clause.doubtful else 1.0


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
        for start, end, *said in found["clauses"]:
            yield Clause(found["source"], _LINE.sub("", text[start:end]), *map(frozenset, said))


def lessons(clauses: list[Clause]) -> tuple[Lessons, list[Wanted], list[CodeId]]:
    """Return what there is to learn, the codes learned and the codes whose terms help.

    Learned are the top codes and the sub-codes that ``ENOUGH`` clauses have.
    """
    books = load_books(BOOKS)
    terms = build_terms(books)
    features = [(target.codebook, target.code) for target in terms.targets]
    counts = Counter(code for clause in clauses for code in clause.codes)
    wanted = [one for one in all_codes() if not one.above or counts[one.code] >= ENOUGH]
    rows = [_terms_of(clause.text, terms) for clause in clauses]
    sources = {source: n for n, source in enumerate(dict.fromkeys(clause.source for clause in clauses))}
    found = Lessons(
        texts=tuple(clause.text for clause in clauses),
        strengths=np.vstack([row[0] for row in rows]),
        raw=np.vstack([row[1] for row in rows]),
        given=np.array([[one.code in clause.codes for one in wanted] for clause in clauses], float),
        weights=np.array([[one.weight(clause) for one in wanted] for clause in clauses]),
        groups=tuple(sources[clause.source] for clause in clauses),
    )
    return found, wanted, features


@cache
def all_codes() -> tuple[Wanted, ...]:
    """Return all codes of the codebooks, the top codes first."""
    paths = [(book.codebook, [one.code for one in path]) for book in load_books(BOOKS) for path in walk(book.codes)]
    paths.sort(key=lambda found: len(found[1]) > 1)
    return tuple(Wanted(book, path[-1], path[-2] if len(path) > 1 else "") for book, path in paths)


def _terms_of(text: str, terms: Any) -> tuple[Any, Any]:
    """Return what the terms say of one clause alone."""
    units = (Unit(0, len(text), None),)
    return strengths(units, gather(text, (), (), units, terms=terms), range(len(terms.targets)))


def add(files: Iterable[Path]) -> None:
    """Take in coded clauses: lines of {"doc", "text", "c": codes, "u": doubtful codes} and maybe "below": codebooks.

    ``below`` are the codebooks whose sub-codes were looked for too; those of the sub-codes given are among them unsaid.
    A clause is kept as a place in its document; one that isn't found there, or stands in the gold, is told and left.
    One that has labels keeps those that the line says nothing of (see ``merged``).
    """
    gold = _grams(json.loads(line)["text"] for line in GOLD.read_text(encoding="utf-8").splitlines())
    kept = _read_labels()
    books = {one.code: one.codebook for one in all_codes() if one.above}
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
                below = {*row.get("below", ()), *(books[code] for code in row["c"] if code in books)}
                said = Labels(set(row["c"]), set(row["u"]), below)
                before = kept.setdefault(source, {}).get(place)
                kept[source][place] = merged(before, said) if before else said
    _write_labels(kept)
    count = sum(len(places) for places in kept.values())
    print(f"{count} clauses of {len(kept)} documents; {missed} not found in theirs, {in_gold} stand in the gold")


@dataclass(frozen=True)
class Labels:
    """What is said of one clause: codes given, doubtful ones, codebooks whose sub-codes were looked for."""

    codes: set[str]
    doubtful: set[str]
    below: set[str]


def merged(before: Labels, said: Labels) -> Labels:
    """Return ``before`` with what is said anew in its place.

    That is the sub-codes of ``said.below``, and the top codes unless only sub-codes are said.
    """
    tops = {one.code for one in all_codes() if not one.above}
    anew = {one.code for one in all_codes() if one.above and one.codebook in said.below}
    anew |= tops if not said.below or said.codes & tops else set()
    codes, doubtful = (
        (old - anew) | (new & anew) for old, new in ((before.codes, said.codes), (before.doubtful, said.doubtful))
    )
    return Labels(codes, doubtful, before.below | said.below)


Kept = dict[str, dict[tuple[int, int], Labels]]  # source → place → labels


def _read_labels() -> Kept:
    """Return the labels there are."""
    rows = map(json.loads, LABELS.read_text(encoding="utf-8").splitlines() if LABELS.exists() else ())
    return {
        row["source"]: {
            (start, end): Labels(set(codes), set(doubtful), {book for some in below for book in some})
            for start, end, codes, doubtful, *below in row["clauses"]
        }
        for row in rows
    }


def _write_labels(kept: Kept) -> None:
    """Write the labels, by source and place."""
    lines = []
    for source, places in sorted(kept.items()):
        clauses = [
            [*place, sorted(said.codes), sorted(said.doubtful), *([sorted(said.below)] if said.below else [])]
            for place, said in sorted(places.items())
        ]
        head = {"source": source, "sha256": _digest(document(source)), "clauses": clauses}
        lines.append(json.dumps(head, ensure_ascii=False, separators=(",", ":")))
    LABELS.write_text("\n".join(lines) + "\n", encoding="utf-8")


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


def cross_lines(found: Lessons, wanted: Sequence[Wanted], model: CodeModel) -> Iterator[str]:
    """Yield the tables of ``--cross``: top codes, sub-codes, and sub-codes beside their terms."""
    outcome = unseen(found)
    for deep in (False, True):
        columns = [k for k, one in enumerate(wanted) if bool(one.above) is deep]
        yield from judged_lines(
            _lessons_of(found, columns), outcome[:, columns], only(model, [model.codes[k] for k in columns])
        )
    yield from beside_terms(found, wanted, model, outcome)


def beside_terms(found: Lessons, wanted: Sequence[Wanted], model: CodeModel, outcome: Floats) -> Iterator[str]:
    """Yield F1 of each sub-code by the model and by its terms alone, each given only where the model gives its parent.

    That is how a run gives them. Left out are the clauses that count less than 1, as in the other tables.
    """
    yield f"{'given only below its top code':32}{'given':>6}{'model':>7}{'terms':>7}"
    given = sigmoid(outcome * model.slope + model.shift) >= model.threshold
    number = {one.code: k for k, one in enumerate(wanted)}
    means = []
    for k, one in enumerate(wanted):
        if one.above:
            sure = found.weights[:, k] >= 1
            right, above = found.given[sure, k] > 0, given[sure, number[one.above]]
            terms = found.strengths[sure, model.features.index((one.codebook, one.code))] >= 1 - 1e-9
            means.append([f1(by & above, right) for by in (given[sure, k], terms)])
            yield f"{one.codebook + '.' + one.code:32}{int(right.sum()):6}" + "".join(f"{x:7.3f}" for x in means[-1])
    yield f"{'':30}{'macro F1':>8}" + "".join(f"{x:7.3f}" for x in np.mean(means, axis=0))


def _lessons_of(found: Lessons, columns: list[int]) -> Lessons:
    """Return the lessons for some of the codes."""
    return replace(found, given=found.given[:, columns], weights=found.weights[:, columns])


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cross", action="store_true")
    parser.add_argument("--add", nargs="+", type=Path, metavar="FILE")
    args = parser.parse_args()
    if args.add:
        add(args.add)
        return
    import sklearn.linear_model  # noqa: F401  # only what is loaded can be limited

    with threadpool_limits(1):  # with more threads the sums, and so the weights, differ in the third digit
        _fit_or_cross(cross=args.cross)


def _fit_or_cross(*, cross: bool) -> None:
    """Fit, and write the model or print how well it does."""
    found, wanted, features = lessons(list(labelled()))
    print(f"{len(found.texts)} clauses of {len(set(found.groups))} documents", file=sys.stderr)
    model = fit("themes", found, [(one.codebook, one.code) for one in wanted], features)
    if cross:
        for line in cross_lines(found, wanted, model):
            print(line)
        return
    save(model, MODEL)
    print(f"{MODEL} {MODEL.stat().st_size} bytes, {model.digest}")


if __name__ == "__main__":
    main()
