"""How well codes are learned from a person's coded documents: oas_policy, 38 county policies coded by students.

    python tests/eval/oas.py [policy|labelled|all ...] [--groupings 3] [--first 0]
    python tests/eval/oas.py --wrong     the labels held to be wrong, with their sentences and reasons

Whole documents are held out: 5 folds in each of several fixed groupings; the figures are means over the groupings.
Codes are those of instruments.yaml that a label 政策内容-… stands for by its ``aliases`` (组织建设 and 政策宣传 are
one code, 公私合作 is one of demand).
Candidates: ``policy`` are sentences with such a label, ``labelled`` those with any label, ``all`` every one; a sentence
without such a label has no code. "present" is the packaged coder, fitted anew on its labels without those in these
documents; "taught" is that coder moved to the training documents as ``cewen codebook train`` does (``coding/tune``).
Both see the candidates of a document in order, with the headings the product finds. Codes that coder doesn't judge
(公私合作) can't be taught.

Each method gives each candidate one code (or none): SVC (LinearSVC on tf-idf of character 1-3-grams, plain and
balanced) its best class; ours the code furthest above the odds it has in the training documents, these counting
``PRIOR``, and none where no chance reaches ``NOTHING`` (never in ``policy``). "thresholds" are the codes just as the
product would give them, any number for a sentence. Printed: macro F1 over the sub-tools with at least ``ENOUGH``
sentences, over all that occur, over supply/environment/demand, and F1 of each.

oas_wrong_labels.csv lists labels held to be wrong (sid, label, better label, reason). It was made by reading lists of
the sentences of each label and what a model without the document disputed. Nothing here trains on it or scores by it.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.books.load import load_books
from pipeline.coding.apply import strengths
from pipeline.coding.around import Around, around, joined
from pipeline.coding.codebook import labels as names_of
from pipeline.coding.codebook import walk
from pipeline.coding.learn import Lessons, fit
from pipeline.coding.learned import CodeModel
from pipeline.coding.terms import build_terms, gather
from pipeline.coding.tune import only, tuned
from pipeline.coding.units import Unit
from pipeline.core.config import configs_dir
from pipeline.core.layers import CleanText, RawText, Section
from pipeline.structure.outline import build_outline, load_ranks

HERE = Path(__file__).resolve().parent
SENTENCES = HERE.parents[1].parent / "shared" / "data" / "labelled" / "oas_policy" / "sentences.csv"
WRONG = HERE / "oas_wrong_labels.csv"
TRAIN = HERE.parents[1] / "models" / "coding" / "train.py"
OWN = "real/oas"  # labels in the documents these sentences are from
POLICY = "政策内容-"
BOOK = "instruments"
FOLDS, ENOUGH = 5, 25
PRIOR, NOTHING = 0.6, 0.5
TOPS = ("supply", "environment", "demand")
VIEWS = ("policy", "labelled", "all")


@dataclass(frozen=True)
class Data:
    """All sentences with what is known of them; ``codes``: the sub-tools that occur, then the three above them."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    documents: Any
    gold: Any
    codes: tuple[str, ...]
    top: dict[str, str]
    present: CodeModel
    damped: Any
    raw: Any
    units: tuple[Unit, ...]
    outlines: tuple[tuple[Section, ...], ...]

    def candidates(self, view: str) -> Any:
        """Return which sentences are trained on and scored."""
        if view == "policy":
            return self.gold != ""
        return np.array([view == "all" or label != "" for label in self.labels])


def present_coder() -> CodeModel:
    """Return the packaged coder, fitted without the labels in the documents of oas_policy."""
    sys.path.insert(0, str(TRAIN.parent))
    train = importlib.import_module(TRAIN.stem)
    found, wanted, features = train.lessons([one for one in train.labelled() if not one.source.startswith(OWN)])
    return fit("present", found, [(one.codebook, one.code) for one in wanted], features)


def read() -> Data:
    """Return the sentences with the headings the product finds in their documents."""
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    book = load_books((BOOK,))[0]
    present = present_coder()
    terms = build_terms(load_books(list(dict.fromkeys(codebook for codebook, _ in present.features))))
    number = {(target.codebook, target.code): n for n, target in enumerate(terms.targets)}
    every = [number[one] for one in present.features]
    ranks = load_ranks(configs_dir())
    code_of = names_of(book)
    uids = [row["uid"] for row in rows]
    numbers = {uid: n for n, uid in enumerate(dict.fromkeys(uids))}
    damped, raw, outlines = [], [], []
    places: list[Unit] = []
    for uid in numbers:
        sentences = [row["sentence"] for row in rows if row["uid"] == uid]
        text, ends = "\n".join(sentences), np.cumsum([len(one) + 1 for one in sentences])
        outline = build_outline(RawText(text, "text/plain"), CleanText(text, ()), ranks=ranks)
        units = []
        for one, end in zip(sentences, ends, strict=True):
            start = int(end) - 1 - len(one)
            inside = [section.index for section in outline if section.start <= start < section.end]
            units.append(Unit(start, int(end) - 1, inside[-1] if inside else None))
        some = strengths(units, gather(text, outline, (), units, terms=terms), every)
        damped.append(some[0])
        raw.append(some[1])
        outlines.append(outline)
        places += units
    gold = [code_of[row["label"]] if row["label"].startswith(POLICY) else "" for row in rows]
    subs = sorted(set(gold) - {""})
    return Data(
        texts=tuple(row["sentence"] for row in rows),
        labels=tuple(row["label"] for row in rows),
        documents=np.array([numbers[uid] for uid in uids]),
        gold=np.array(gold, object),
        codes=(*subs, *TOPS),
        top={path[-1].code: path[0].code for path in walk(book.codes)},
        present=present,
        damped=np.vstack(damped),
        raw=np.vstack(raw),
        units=tuple(places),
        outlines=tuple(outlines),
    )


def groups(data: Data, seed: int) -> Any:
    """Return the fold of each sentence: whole documents, shuffled with ``seed``."""
    shuffled = np.random.RandomState(seed).permutation(int(data.documents.max()) + 1)
    fold = np.empty(len(shuffled), int)
    fold[shuffled] = np.arange(len(shuffled)) % FOLDS
    return fold[data.documents]


def svc(texts: Any, classes: Any, train: Any, test: Any, balanced: bool) -> Any:
    """Return the class of each test sentence by a linear SVC on characters."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    words = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    model = LinearSVC(class_weight="balanced" if balanced else None, random_state=0)
    model.fit(words.fit_transform(texts[train]), classes[train])
    return model.predict(words.transform(texts[test]))


def learned_codes(data: Data) -> list[str]:
    """Return the codes of the data that the present coder judges, in their order."""
    return [code for code in data.codes if (BOOK, code) in data.present.codes]


def placed(data: Data, chosen: Any) -> Around:
    """Return the surroundings of the ``chosen`` sentences (their numbers, in order)."""
    owners = data.documents[chosen]
    return joined(
        [
            around([data.units[n] for n in chosen[owners == document]], data.outlines[document])
            for document in np.unique(owners)
        ]
    )


def taught(data: Data, kept: Any) -> CodeModel:
    """Return the present coder taught on the sentences ``kept`` (their numbers)."""
    codes = learned_codes(data)
    lessons = Lessons(
        texts=tuple(data.texts[n] for n in kept),
        strengths=data.damped[kept],
        raw=data.raw[kept],
        given=np.array([[code in (gold, data.top.get(gold)) for code in codes] for gold in data.gold[kept]], float),
        weights=np.ones((len(kept), len(codes))),
        groups=tuple(int(document) for document in data.documents[kept]),
        around=placed(data, kept),
    )
    return tuned("oas", only(data.present, [(BOOK, code) for code in codes]), lessons)


def chances(data: Data, model: CodeModel, held: Any) -> Any:
    """Return the chances of the sentences ``held`` (their numbers) for all codes of the data."""
    weighed = model.weighed([data.texts[n] for n in held])
    judged = model.judge(weighed, data.damped[held], data.raw[held], placed(data, held))
    found = np.zeros((len(held), len(data.codes)))
    for n, code in enumerate(data.codes):
        if (BOOK, code) in model.codes:
            found[:, n] = judged[:, model.codes.index((BOOK, code))]
    return found


def best(found: Any, prior: Any, names: Sequence[str], nothing: float) -> Any:
    """Return the code furthest above its prior odds in each row, "" where no chance reaches ``nothing``."""
    odds = np.log(found + 1e-9) - np.log(1 - found + 1e-9)
    chosen = (odds - PRIOR * np.log(prior / (1 - prior))).argmax(axis=1)
    picked = np.array(names, object)[chosen]
    picked[found.max(axis=1) < nothing] = ""
    return picked


def f1(gold: Any, found: Any) -> float:
    """Return F1 of two masks; 0 when nothing is right."""
    hits = int((gold & found).sum())
    return 2 * hits / int(gold.sum() + found.sum()) if hits else 0.0


def masks(picked: Any, codes: Sequence[str], top: dict[str, str] | None) -> Any:
    """Return one code per sentence as sentences × codes; with ``top`` as the code above it."""
    names = np.array([top.get(one, "") if top else one for one in picked], object)
    return np.stack([names == code for code in codes], axis=1)


def judged(data: Data, view: str, seed: int) -> dict[str, Any]:
    """Return by method what each sentence is given: sentences × codes."""
    candidates, fold = data.candidates(view), groups(data, seed)
    texts = np.array(data.texts, object)
    subs = data.codes[: -len(TOPS)]
    # what is no 政策内容 stays a class of its own for the baseline where it is a candidate
    classes = np.array([gold or label or "none" for gold, label in zip(data.gold, data.labels, strict=True)], object)
    found: dict[str, Any] = {}

    def put(method: str, at: Any, some: Any) -> None:
        found.setdefault(method, np.zeros((len(texts), len(data.codes)), bool))[at] = some

    for one in range(FOLDS):
        train, held = fold != one, (fold == one) & candidates
        for method, balanced in (("SVC", False), ("SVC balanced", True)):
            picked = svc(texts, classes, train & candidates, held, balanced)
            put(method, held, np.hstack([masks(picked, subs, None), masks(picked, TOPS, data.top)]))
        lessons = np.flatnonzero(train & candidates)
        rate = masks(data.gold, subs, None)[lessons].mean(axis=0) + 1e-3
        nothing = 0.0 if view == "policy" else NOTHING
        model = taught(data, lessons)
        for name, coder in (("present", data.present), ("taught", model)):
            some = chances(data, coder, np.flatnonzero(held))
            picked = best(some[:, : len(subs)], rate, subs, nothing)
            put(name, held, np.hstack([masks(picked, subs, None), masks(picked, TOPS, data.top)]))
        threshold = np.ones(len(data.codes))
        threshold[[data.codes.index(code) for _, code in model.codes]] = model.threshold
        put("taught, thresholds", held, some >= threshold)
    return found


def table(data: Data, view: str, seeds: Sequence[int]) -> Iterator[str]:
    """Yield the lines of a view."""
    candidates = data.candidates(view)
    subs = data.codes[: -len(TOPS)]
    wanted = np.hstack([masks(data.gold, subs, None), masks(data.gold, TOPS, data.top)])
    enough = [n for n in range(len(subs)) if int(wanted[:, n].sum()) >= ENOUGH]
    figures: dict[str, list[list[float]]] = {}
    for seed in seeds:
        for method, found in judged(data, view, seed).items():
            scores = [f1(wanted[candidates, n], found[candidates, n]) for n in range(len(data.codes))]
            figures.setdefault(method, []).append(scores)
    yield f"== {view}: {int(candidates.sum())} sentences of 38 documents, {FOLDS} folds x groupings {list(seeds)}"
    yield f"{'':20}{f'{len(enough)} sub-tools':>14}{f'all {len(subs)}':>8}{'s/e/d':>8}"
    for method, some in figures.items():
        mean = np.mean(some, axis=0)
        spread = float(np.std([np.mean([one[n] for n in enough]) for one in some]))
        macro = f"{mean[enough].mean():.3f} ±{spread:.3f}"
        yield f"{method:20}{macro:>14}{mean[: len(subs)].mean():8.3f}{mean[len(subs) :].mean():8.3f}"
    for n, code in enumerate(data.codes):
        each = "  ".join(f"{method} {np.mean([one[n] for one in some]):.2f}" for method, some in figures.items())
        yield f"  {code:24}{int(wanted[candidates, n].sum()):5}  {each}"


def wrong() -> Iterator[str]:
    """Yield the labels held to be wrong, with their sentences."""
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        sentences = {row["sid"]: row["sentence"] for row in csv.DictReader(file)}
    with WRONG.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield f"{row['sid']}  {row['label']} → {row['better']}：{row['reason']}\n    {sentences[row['sid']]}"


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("views", nargs="*", metavar="VIEW", choices=[*VIEWS, []], default=[])
    parser.add_argument("--groupings", type=int, default=3)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--wrong", action="store_true")
    args = parser.parse_args()
    if not SENTENCES.is_file():
        print(f"skipped: no {SENTENCES}", file=sys.stderr)
        return
    if args.wrong:
        print(*wrong(), sep="\n")
        return
    warnings.filterwarnings("ignore", module="sklearn")
    data = read()
    for view in args.views or VIEWS:
        for line in table(data, view, range(args.first, args.first + args.groupings)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
