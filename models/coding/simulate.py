"""What correcting is worth: a person reads half of the gold clauses, a model is trained on that and judged on the rest.

    python models/coding/simulate.py WORK [--present themes|terms] [--seeds N]

The 150 clauses of gold/codes become 30 documents of five; with the sample corpus and the seeds, which nobody reads,
they are run, the person's codings are kept as a Reading, and ``learn_codes`` learns as ``cewen codebook train`` does.
Prints macro F1 over the 14 codes on the clauses of the documents the person hasn't read, of the present coder and of
the new one, as ``cewen run`` codes with ``models = [present, new]``.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.books.coders import load_models
from pipeline.books.load import load_books
from pipeline.coding import taught as learning
from pipeline.coding.apply import build_coder, code
from pipeline.coding.codebook import walk
from pipeline.coding.learned import CodeModel
from pipeline.core.config import Config, load_config
from pipeline.core.errors import PipelineError
from pipeline.running.borders import sentences_of
from pipeline.running.records import Records
from pipeline.running.runner import run
from pipeline.running.teaching import learn_codes
from pipeline.table.people import Reading, keep
from pipeline.table.query import query
from pipeline.table.schema import CodingRow

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
BOOKS = ("yinyuyongliu", "silian", "instruments", "triad")
EACH = 5


def gold() -> list[dict[str, Any]]:
    """Return the gold clauses in their order."""
    lines = (DATA / "gold" / "codes" / "clauses.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def made_run(work: Path, config: Config) -> Path:
    """Run the gold's documents with the sample and the seeds; return the output folder."""
    texts = work / "texts"
    texts.mkdir(parents=True, exist_ok=True)
    clauses = gold()
    for place in range(0, len(clauses), EACH):
        lines = [clause["text"].replace("\n", "") for clause in clauses[place : place + EACH]]
        (texts / f"gold{place // EACH:02}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    out = work / "out"
    run([texts, ROOT / "corpora" / "sample", *sorted((DATA / "seeds").glob("*.txt"))], out, config=config)
    return out


def person(out: Path, numbers: set[int]) -> Reading:
    """Return the gold of the documents ``numbers`` as what a person coded."""
    clauses = gold()
    codings: list[CodingRow] = []
    doc_ids: list[str] = []
    rows = query(out, "SELECT doc_id, source_name, raw_text FROM documents").to_pylist()
    for row in rows:
        if not row["source_name"].startswith("gold") or int(row["source_name"][4:6]) not in numbers:
            continue
        doc_ids.append(row["doc_id"])
        place, at = int(row["source_name"][4:6]) * EACH, 0
        for clause in clauses[place : place + EACH]:
            text = clause["text"].replace("\n", "")
            start = row["raw_text"].index(text, at)
            at = end = start + len(text)
            for book, codes in clause["codes"].items():
                for one in codes:
                    key = f"{row['doc_id']}:{start}-{end}:{book}.{one}@金"
                    codings.append(
                        CodingRow(
                            key, row["doc_id"], book, one, one, start, end, text, "金", None, None, None, None, None
                        )
                    )
    return Reading("gold", "2024-01-01T00:00:00Z", ("金",), tuple(doc_ids), (), tuple(codings), codebooks=BOOKS)


def scored(out: Path, numbers: set[int], models: list[CodeModel], present: list[CodeModel]) -> float:
    """Return macro F1 over the codes of the documents ``numbers``, coded anew with ``models``."""
    books = load_books(BOOKS)
    coder = build_coder(books, 1.0, models=[*present, *models])
    codes = [(book.codebook, path[-1].code) for book in books for path in walk(book.codes) if len(path) == 1]
    clauses, found, given = gold(), [], []
    with Records(out) as records:
        for record in records.rows():
            if not record.source.name.startswith("gold") or int(record.source.name[4:6]) not in numbers:
                continue
            document = records.document(record, ("raw", "text", "outline"))
            assert document.text is not None and document.raw is not None
            outline = document.outline or ()
            sentences = sentences_of(document.text, outline)
            offsets = document.text.offsets()
            coded = [
                (sum(offsets.to_source(one.start, one.end)) / 2, (one.codebook, one.code))
                for one in code(document.text, outline, sentences, coder=coder)
                if one.given
            ]
            at = 0
            place = int(record.source.name[4:6]) * EACH
            for clause in clauses[place : place + EACH]:
                text = clause["text"].replace("\n", "")
                start = document.raw.text.index(text, at)
                at = start + len(text)
                has = {key for middle, key in coded if start <= middle < at}
                found.append([one in has for one in codes])
                given.append([one[1] in clause["codes"][one[0]] for one in codes])
    a, b = np.array(found), np.array(given)
    return float(np.mean([learning.f1(a[:, k], b[:, k]) for k in range(len(codes))]))


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--present", choices=("themes", "terms"), default="themes")
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    chosen = {"models": ["themes"] if args.present == "themes" else [], "codebooks": list(BOOKS)}
    config = load_config(None, {"coding": chosen})
    out = made_run(args.work / args.present, config)
    present = list(load_models(config.coding.models))
    for documents in (5, 15):
        for seed in range(args.seeds):
            order = random.Random(seed).sample(range(30), 30)
            read, unread = set(order[:documents]), set(order[15:])
            keep(out, person(out, read))
            models, learned = [], 0
            for book in BOOKS:
                try:
                    taught = learn_codes(book, [out], book, config=config)
                except PipelineError as error:
                    print(f"  {book}: {error.mistakes[0][:60]}")
                    continue
                models.append(taught.model)
                learned += len(taught.model.codes)
            before, after = scored(out, unread, [], present), scored(out, unread, models, present)
            print(f"{documents * EACH} clauses, seed {seed}: {learned} codes, {before:.3f} -> {after:.3f}", flush=True)


if __name__ == "__main__":
    main()
