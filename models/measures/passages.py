"""The annotated passages the models are trained and judged on."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
LABELS = ROOT / "corpora" / "labels" / "measures.jsonl"
DRILLS = ROOT / "corpora" / "drills"
CHALLENGE = ROOT / "tests" / "challenge"

# what two annotators of real text agree on counts for more than what one labelled, and what must never break too
_COUNTS = {"development": 3.0, "labelled": 1.0, "open": 1.0, "drills": 1.0, "challenge": 8.0}

# a passage is looked for in a document by so many stretches, less one, of so many characters
_STRETCHES, _STRETCH = 10, 25

Record = dict[str, Any]


@dataclass(frozen=True)
class Passage:
    """A text with its records in order; fields as in corpora/gold/GUIDE.md.

    ``origin`` tells which set it belongs to; ``source`` names the document it was cut from (passages of one document
    go into one fold); ``name`` is unique.
    """

    origin: str
    name: str
    source: str
    text: str
    records: tuple[Record, ...]

    @property
    def counts(self) -> float:
        """How much the passage counts in training (a CRF's passages are repeated: no less than once)."""
        return _COUNTS[self.origin]


def folder(origin: str, path: Path) -> Iterator[Passage]:
    """Yield the passages of a folder of NAME.txt and NAME.jsonl."""
    for text in sorted(path.glob("*.txt")):
        lines = text.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
        words = text.read_bytes().decode("utf-8")
        yield Passage(origin, text.stem, text.stem, words, tuple(json.loads(line) for line in lines))


def labelled(path: Path = LABELS, real: Path = DATA / "real") -> Iterator[Passage]:
    """Yield the passages of real documents that are labelled by offsets alone; none where the documents are missing.

    Raises ValueError when a document isn't the one that was labelled.
    """
    if not real.is_dir():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        content = (real / f"{row['source']}.txt").read_bytes()
        if hashlib.sha256(content).hexdigest() != row["sha256"]:
            raise ValueError(f"{row['source']}.txt isn't the document that was labelled in {path}")
        text = content.decode("utf-8")[row["start"] : row["end"]]
        records = tuple(_spelled(record, text, row["start"]) for record in row["records"])
        yield Passage("labelled", f"{row['source']}_{row['start']}", row["source"], text, records)


def _spelled(record: Record, text: str, offset: int) -> Record:
    """Return a record with offsets into the passage, and its item and beneficiary as text."""
    spans = {name: record[name] for name in ("item", "beneficiary")}
    words = {name: span and text[span[0] - offset : span[1] - offset] for name, span in spans.items()}
    start, end = record["start"] - offset, record["end"] - offset
    return {**record, **words, "start": start, "end": end, "surface": text[start:end]}


def drills(path: Path = DRILLS) -> Iterator[Passage]:
    """Yield the drill texts of a folder of JSONL files: short texts with their records."""
    for file in sorted(path.glob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            row = json.loads(line)
            name = f"{file.stem}-{number}"
            yield Passage("drills", name, name, row["text"], tuple(row["records"]))


def challenge(path: Path = CHALLENGE) -> Iterator[Passage]:
    """Yield the sentences of the challenge set; their records have only the slots that are beyond dispute."""
    for file in sorted(path.glob("*.toml")):
        for number, case in enumerate(tomllib.loads(file.read_text(encoding="utf-8"))["case"], 1):
            name, text, at = f"{file.stem}-{number}", case["text"], 0
            records = []
            for given in case["measures"]:
                start = text.index(given["quote"], at)
                at = start + len(given["quote"])
                records.append({**given, "start": start, "end": at})
            yield Passage("challenge", name, name, text, tuple(records))


def training() -> list[Passage]:
    """Return all passages to train on.

    They are the open gold's training half, the drills, the challenge set, labelled real passages, and the evaluation
    data's gold; the last two where the evaluation data lie beside the repository.
    """
    gold = DATA / "gold" / "measures"
    return [
        *folder("open", ROOT / "corpora" / "gold" / "train"),
        *drills(),
        *challenge(),
        *labelled(),
        *(from_documents(folder("development", gold), DATA / "real") if gold.is_dir() else ()),
    ]


def from_documents(passages: Iterable[Passage], real: Path) -> Iterator[Passage]:
    """Yield ``passages`` with the document of the folder ``real`` that each was cut from as its source.

    That is the document that holds most of a few stretches of the passage, at least two; a passage of none keeps its
    own name. So it shares a fold with the labelled passages of its document.
    """
    documents = {path.stem: path.read_bytes().decode("utf-8") for path in sorted(real.glob("*.txt"))}
    for passage in passages:
        step = len(passage.text) // _STRETCHES
        stretches = [passage.text[step * n : step * n + _STRETCH] for n in range(1, _STRETCHES)]
        held = {name: sum(stretch in text for stretch in stretches) for name, text in documents.items()}
        source = max(held, key=lambda name: held[name], default="")
        yield replace(passage, source=source) if source and held[source] > 1 else passage
