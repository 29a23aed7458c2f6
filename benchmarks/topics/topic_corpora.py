"""The labelled corpora of the topic benchmark, as this project cuts them into words: what every model gets."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.clean.steps import clean
from pipeline.core.config import TopicSettings, configs_dir, load_config
from pipeline.core.layers import Bag, CleanText, RawText, Section
from pipeline.segment.bag import StopWords, count_words, load_stop_words
from pipeline.segment.sentences import cut
from pipeline.segment.words import LexiconSegmenter, load_segmenter
from pipeline.structure.numbering import load_ranks
from pipeline.structure.outline import build_outline
from pipeline.topics.sample import Lack, Sample, draw

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
LABELLED = DATA / "labelled"

Row = tuple[str, str]  # text and label


@dataclass(frozen=True)
class Corpus:
    """Documents with a label each: their bags, and ``counts`` of the words models are fitted on (a row a document).

    ``bags`` holds documents with at least one of those words only; ``tokens`` are these words in the order of the text,
    as columns of ``counts``.
    """

    name: str
    bags: tuple[tuple[str, Bag], ...]
    labels: tuple[str, ...]
    tokens: tuple[Any, ...]
    vocabulary: tuple[str, ...]
    counts: Any


def read(name: str) -> Corpus:
    """Return the corpus ``name`` of ``CORPORA``."""
    return build(name, CORPORA[name]())


def build(name: str, rows: Iterable[Row]) -> Corpus:
    """Return a corpus of texts and labels."""
    bags: list[tuple[str, Bag]] = []
    labels: list[str] = []
    words: list[list[str]] = []
    for number, (text, label) in enumerate(rows):
        bag, ordered = words_of(text)
        bags.append((f"{number:06d}", bag))
        labels.append(label)
        words.append(ordered)
    sample = drawn(bags)
    column = {word: n for n, word in enumerate(sample.vocabulary)}
    kept = [n for n, (_, bag) in enumerate(bags) if not column.keys().isdisjoint(bag.words)]
    return Corpus(
        name,
        tuple(bags[n] for n in kept),
        tuple(labels[n] for n in kept),
        tuple(np.array([column[word] for word in words[n] if word in column], dtype=np.int64) for n in kept),
        sample.vocabulary,
        sample.counts,
    )


def settings(**changes: object) -> TopicSettings:
    """Return the packaged settings with all documents used to fit."""
    return TopicSettings.model_validate({**load_config().topics.model_dump(), "fit_documents": 10**6, **changes})


def drawn(bags: Iterable[tuple[str, Bag]]) -> Sample:
    """Return the counts every model is fitted on, as ours draws them. Raises ValueError when there is too little."""
    sample = draw(bags, settings())
    if isinstance(sample, Lack):
        raise ValueError(f"too little to fit on: {sample.code}")
    return sample


def words_of(text: str) -> tuple[Bag, list[str]]:
    """Return the bag of a text and its words in order."""
    segmenter, stop_words, ranks = _tools()
    raw = RawText(text, "text/plain")
    plain = clean(raw)
    return counted(plain, build_outline(raw, plain, ranks=ranks), segmenter, stop_words)


def counted(
    text: CleanText, outline: tuple[Section, ...], segmenter: LexiconSegmenter, stop_words: StopWords
) -> tuple[Bag, list[str]]:
    """Return the bag of a clean text and its words in order."""
    sentences = cut(text, outline, segmenter=segmenter)
    bag = count_words(text, sentences, stop_words=stop_words)
    known = set(bag.words)
    ordered = []
    for sentence in sentences:
        start = sentence.start
        for end in sentence.words:
            if (word := text.text[start:end]) in known:
                ordered.append(word)
            start = end
    return bag, ordered


@cache
def _tools() -> tuple[LexiconSegmenter, StopWords, Any]:
    """Return what cuts a text, loaded once."""
    config, folder = load_config(), configs_dir()
    stop_words = load_stop_words(config.segment.stop_words, folder)
    return load_segmenter(config.segment, folder), stop_words, load_ranks(folder)


def table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _csldcp() -> Iterator[Row]:
    """Yield abstracts with their discipline."""
    return ((row["text"], row["label"]) for row in table(LABELLED / "topic_csldcp" / "csldcp.csv"))


def _csl() -> Iterator[Row]:
    """Yield titles and abstracts with their category."""
    rows = table(LABELLED / "topic_csl" / "csl_abstracts_2000.csv")
    return ((f"{row['title']}。{row['abstract']}", row["category"]) for row in rows)


def _oas() -> Iterator[Row]:
    """Yield labelled sentences of county policies."""
    rows = table(LABELLED / "oas_policy" / "sentences.csv")
    return ((row["sentence"], row["label"]) for row in rows if row["label"])


def _real() -> Iterator[Row]:
    """Yield whole policy documents with their kind."""
    for row in table(DATA / "real" / "manifest.csv"):
        yield (DATA / "real" / f"{row['id']}.txt").read_text(encoding="utf-8"), row["kind"]


CORPORA: dict[str, Callable[[], Iterator[Row]]] = {
    "topic_csldcp": _csldcp,
    "topic_csl": _csl,
    "oas_policy": _oas,
    "real": _real,
}
K = {"topic_csldcp": 20, "topic_csl": 20, "oas_policy": 20, "real": 30}
