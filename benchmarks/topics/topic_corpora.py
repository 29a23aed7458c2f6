"""The labelled corpora of the topic benchmark, as this project cuts them into words: what every model gets."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from pipeline.books.load import load_books
from pipeline.books.seeds import seeds_of
from pipeline.coding.codebook import walk
from pipeline.core.config import TopicSettings, TopicUnit, load_config
from pipeline.core.document import Document
from pipeline.core.layers import Bag, Sentence
from pipeline.core.stage import Stage
from pipeline.running.bags import clause_bags, clause_stop_words
from pipeline.running.reading import of_text
from pipeline.running.stages import up_to_bag
from pipeline.segment.bag import count_words
from pipeline.topics.phrases import join
from pipeline.topics.sample import Lack, Sample, draw
from pipeline.topics.seeds import Seeds

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
LABELLED = DATA / "labelled"

Row = tuple[str, str]  # text and label


@dataclass(frozen=True)
class Corpus:
    """Documents with a label each: their bags, and ``counts`` of the words models are fitted on (a row a document).

    Phrases are words of ``bags`` already, and documents without a word of ``counts`` aren't there. ``tokens`` are these
    words in the order of the text, as columns of ``counts``. ``seeds`` are for the seeded model.
    """

    name: str
    bags: tuple[tuple[str, Bag], ...]
    labels: tuple[str, ...]
    tokens: tuple[Any, ...]
    vocabulary: tuple[str, ...]
    counts: Any
    seeds: tuple[Seeds, ...]


def read(name: str) -> Corpus:
    """Return the corpus ``name`` of ``CORPORA``."""
    changes = CHANGES.get(name, {})
    return build(name, CORPORA[name](), SEEDS.get(name, tuple)(), UNITS.get(name, "document"), changes)


def build(
    name: str,
    rows: Iterable[Row],
    seeds: tuple[Seeds, ...] = (),
    unit: TopicUnit = "document",
    changes: Mapping[str, Any] = MappingProxyType({}),
) -> Corpus:
    """Return a corpus of texts and labels; each text is a ``unit``. ``changes`` are to the packaged settings."""
    labels, bags, words = [], [], []
    for text, label in rows:
        bag, ordered = words_of(text, unit, changes.get("document_words", ()))
        labels.append(label)
        bags.append(bag)
        words.append(ordered)
    found = drawn(numbered(bags), settings(unit=unit, **changes), wanted=words_in(seeds))
    phrases = {(a, b): a + b for a, b in found.phrases}
    bags = [_joined(bag, phrases) for bag in bags]
    sample = drawn(numbered(bags), settings(phrases=1.0))
    column = {word: n for n, word in enumerate(sample.vocabulary)}
    kept = [n for n, bag in enumerate(bags) if not column.keys().isdisjoint(bag.words)]
    tokens = ([column[word] for word in _run_on(words[n], phrases) if word in column] for n in kept)
    return Corpus(
        name,
        tuple(numbered(bags[n] for n in kept)),
        tuple(labels[n] for n in kept),
        tuple(np.array(document, dtype=np.int64) for document in tokens),
        sample.vocabulary,
        sample.counts,
        seeds,
    )


def numbered(bags: Iterable[Bag]) -> list[tuple[str, Bag]]:
    """Return bags with ids in their order."""
    return [(f"{number:06d}", bag) for number, bag in enumerate(bags)]


def words_in(seeds: Iterable[Seeds]) -> frozenset[str]:
    """Return the terms of some seeds."""
    return frozenset(term for one in seeds for term, _ in one.terms)


def _joined(bag: Bag, phrases: dict[tuple[str, str], str]) -> Bag:
    """Return a bag with its phrases as words."""
    pairs = ((bag.words[a], bag.words[b], n) for a, b, n in bag.pairs)
    counts = join(dict(zip(bag.words, bag.counts, strict=True)), pairs, phrases)
    return Bag(tuple(sorted(counts)), tuple(counts[word] for word in sorted(counts)))


def _run_on(words: list[str], phrases: dict[tuple[str, str], str]) -> Iterator[str]:
    """Yield the words of a document with its phrases as words, the first of two that overlap; "" is a border."""
    last = ""
    for word in words:
        if last and word and (phrase := phrases.get((last, word))):
            yield phrase
            last = ""
        else:
            if last:
                yield last
            last = word
    if last:
        yield last


def settings(**changes: object) -> TopicSettings:
    """Return the packaged settings with all documents used to fit."""
    return TopicSettings.model_validate({**load_config().topics.model_dump(), "fit_documents": 10**6, **changes})


def drawn(bags: Iterable[tuple[str, Bag]], chosen: TopicSettings, *, wanted: Collection[str] = frozenset()) -> Sample:
    """Return the counts every model is fitted on, as ours draws them. Raises ValueError when there is too little."""
    sample = draw(bags, chosen, wanted)
    if isinstance(sample, Lack):
        raise ValueError(f"too little to fit on: {sample.code}")
    return sample


def words_of(text: str, unit: TopicUnit = "document", document_words: tuple[str, ...] = ()) -> tuple[Bag, list[str]]:
    """Return the bag of a text, as a document or clause, and its words in order."""
    document = _read(text, document_words)
    assert document.text is not None and document.sentences is not None and document.bag is not None
    bag = document.bag
    if unit == "clause":
        bag = count_words(document.text, document.sentences, stop_words=clause_stop_words(load_config()))
    return bag, list(_in_order(document.text.text, document.sentences, frozenset(bag.words)))


def clauses() -> Iterator[tuple[str, Bag]]:
    """Yield text and bag of each clause of the real policy documents."""
    stop_words = clause_stop_words(load_config())
    for text, _ in _real():
        document = _read(text)
        assert document.text is not None and document.sentences is not None
        for unit, _, bag in clause_bags(document.text, document.outline or (), document.sentences, stop_words):
            yield document.text.text[unit.start : unit.end], bag


def _in_order(text: str, sentences: tuple[Sentence, ...], known: frozenset[str]) -> Iterator[str]:
    """Yield the ``known`` words of a text, and "" where others, or a sentence's end, stand between them."""
    for sentence in sentences:
        start = sentence.start
        for end in sentence.words:
            word = text[start:end]
            yield word if word in known else ""
            start = end
        yield ""


def _read(text: str, document_words: tuple[str, ...] = ()) -> Document:
    """Return a text with its layers up to the bag."""
    return of_text(text, "", _stages(document_words))


@cache
def _stages(document_words: tuple[str, ...]) -> tuple[Stage, ...]:
    """Return the stages of a run up to the bag, loaded once."""
    config = load_config()
    topics = config.topics.model_copy(update={"document_words": document_words})
    return up_to_bag(config.model_copy(update={"topics": topics}))


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
    "real_kinds": _real,
}


def codes_of(*names: str) -> tuple[Seeds, ...]:
    """Return the seeds of the top codes of packaged codebooks."""
    return seeds_of(load_books(names))


def oas_codes() -> tuple[Seeds, ...]:
    """Return the seeds of the eight policy-content codes; a code is its label in the corpus."""
    book = load_books(("instruments",))[0]
    below = [path[-1] for path in walk(book.codes) if len(path) > 1]
    found = []
    for label in OAS_CODES:
        one = next(code for code in below if label in code.aliases)
        found.append(Seeds(label, one.name, tuple((term.term, term.weight) for term in one.terms)))
    return tuple(found)


OAS_CODES = tuple(
    f"政策内容-{name}"
    for name in ("资金支持", "目标规划", "公共服务", "人才培养", "金融支持", "组织建设", "法规管制", "税收优惠")
)
SEEDS: dict[str, Callable[[], tuple[Seeds, ...]]] = {
    "oas_policy": oas_codes,
    "real": lambda: codes_of("yinyuyongliu", "silian"),
}
UNITS: dict[str, TopicUnit] = {"oas_policy": "clause"}
"""What a row of a corpus is, where it's no document."""
CHANGES: dict[str, Mapping[str, Any]] = {"real_kinds": {"document_words": ("公文", "泛词"), "phrases": 1.0}}
"""What is set otherwise for a corpus: for kinds of documents words of official style count."""
K = {"topic_csldcp": 20, "topic_csl": 20, "oas_policy": 20, "real": 30, "real_kinds": 30}
