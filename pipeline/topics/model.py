"""A fitted topic model: its topics, which topics a document has, and its file."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.core.config import TopicKind, TopicUnit
from pipeline.core.errors import PipelineError
from pipeline.core.layers import Bag, TopicMix
from pipeline.core.strict import digest
from pipeline.topics import infer
from pipeline.topics.phrases import join

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.topics.infer import Words

    Floats = NDArray[np.float64]

FORMAT = 3
ARRAYS = ("idf", "weights", "prior", "centres")
LEAST = 0.01
"""A topic with less than this share of a document is left out of its mix."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: ``number`` its id, from 0; ``label`` what to call it; ``terms`` the top twenty.

    A model's topics stand largest first, numbered from 0. A run gives them other numbers, those of earlier topics they
    continue; these are no part of the model, neither of its file nor of its digest.

    The weights of ``terms`` are shares of the topic; ``coherence`` is NPMI over the documents fitted on, from -1 to 1.
    """

    number: int
    label: str
    terms: tuple[tuple[str, float], ...]
    coherence: float


@dataclass(frozen=True, slots=True, eq=False)
class TopicModel:
    """What ``fit`` found. Assigning needs NumPy and SciPy only; a mix names topics by their place in ``topics``.

    ``weights`` has a row a topic and a column a word of ``vocabulary``: for ``nmf`` and ``kmeans`` shares of the topic,
    for ``lda`` and ``seeded`` Dirichlet parameters. ``idf`` is for ``nmf``; ``prior`` is alpha, for ``kmeans`` the
    topics' sizes in documents; ``centres`` is for ``kmeans``: the logarithms of the words' probabilities. ``phrases``
    are pairs of words counted as one. ``codes`` has the code each topic was seeded with, "" for a free one; ``notes``
    what the researcher should know about the seeds, in Chinese. ``n_documents`` counts what it was fitted on, in
    ``unit``. ``stability`` has for each topic how well it comes back in samples, from 0 to 1, or nothing.
    """

    kind: TopicKind
    vocabulary: tuple[str, ...]
    idf: Floats
    weights: Floats
    prior: Floats
    topics: tuple[Topic, ...]
    n_documents: int
    seed: int
    centres: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    phrases: tuple[tuple[str, str], ...] = ()
    codes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unit: TopicUnit = "document"
    stability: tuple[float, ...] = ()
    digest: str = field(init=False)
    _columns: dict[str, int] = field(init=False, repr=False)
    _phrases: dict[tuple[str, str], str] = field(init=False, repr=False)
    _solver: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Work out what assigning needs."""
        solver = self.centres
        if self.kind == "nmf":
            solver = infer.factor(self.weights)
        elif self.kind in ("lda", "seeded"):
            solver = np.ascontiguousarray(infer.expected(self.weights).T)
        arrays = (np.ascontiguousarray(a, dtype="<f8").tobytes() for a in self._arrays().values())
        object.__setattr__(self, "codes", self.codes or ("",) * len(self.topics))
        object.__setattr__(self, "digest", digest(self._meta(), "\n".join(self.vocabulary), *arrays))
        object.__setattr__(self, "_columns", {word: i for i, word in enumerate(self.vocabulary)})
        object.__setattr__(self, "_phrases", {(a, b): a + b for a, b in self.phrases})
        object.__setattr__(self, "_solver", solver)

    def assign(self, bag: Bag) -> TopicMix:
        """Return the topics of a document, those under one per cent left out; empty when it has none of the words.

        Under ``kmeans`` these aren't shares of the text but how sure it is which one topic the document has.
        """
        return self.assign_many([bag])[0]

    def assign_many(self, bags: Iterable[Bag]) -> list[TopicMix]:
        """Return ``assign`` of each bag, in order; much faster than one by one for ``lda`` and ``seeded``."""
        return [mix for mix, _ in self.read(bags)]

    def read(self, bags: Iterable[Bag]) -> Iterator[tuple[TopicMix, list[str]]]:
        """Yield the topics of each document, as ``assign`` has them, and its words the model knows, each once."""
        for batch in infer.batches(self._known(bag) for bag in bags):
            for mix, (columns, _) in zip(self._mixes(batch), batch, strict=True):
                yield mix, [self.vocabulary[column] for column in columns]

    def _mixes(self, documents: Sequence[Words]) -> Iterator[TopicMix]:
        """Yield the topics of documents of these words."""
        filled = [one for one in documents if one[0].size]
        if filled and self.kind in ("lda", "seeded"):
            amounts: Iterator[Floats] = iter(infer.variational(self._solver, filled, self.prior))
        else:
            amounts = (self._amounts(*one) for one in filled)
        return (_mix(next(amounts)) if columns.size else TopicMix() for columns, _ in documents)

    def _amounts(self, columns: NDArray[np.int64], counts: Floats) -> Floats:
        """Return how much of each topic a document of these words has, under ``nmf`` or ``kmeans``."""
        if self.kind == "kmeans":
            softened = 1.0 + np.log(counts)
            likelihood: Floats = (self._solver[:, columns] * softened).sum(axis=1)
            amounts: Floats = infer.belongs(likelihood[None], softened.sum(keepdims=True), self.prior)[0]
            return amounts
        return infer.nonnegative(self.weights[:, columns], tf_idf(counts, self.idf[columns]), self._solver)

    def _known(self, bag: Bag) -> tuple[NDArray[np.int64], Floats]:
        """Return the columns of a document's words, phrases among them, and their counts."""
        counts = dict(zip(bag.words, bag.counts, strict=True))
        if self._phrases and bag.pairs:
            words = bag.words
            counts = join(counts, ((words[a], words[b], n) for a, b, n in bag.pairs), self._phrases)
        found = sorted((self._columns[word], n) for word, n in counts.items() if word in self._columns)
        return np.array([c for c, _ in found], dtype=np.int64), np.array([n for _, n in found], dtype=np.float64)

    def save(self, path: Path) -> None:
        """Write the model to ``path``, replacing what is there: a NumPy archive, no pickles, always the same bytes."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(path.name + ".tmp")
        with fresh.open("wb") as file:
            np.savez_compressed(
                file,
                meta=_bytes(self._meta()),
                vocabulary=_bytes("\n".join(self.vocabulary)),
                allow_pickle=False,
                **self._arrays(),
            )
        fresh.replace(path)

    def _arrays(self) -> dict[str, Floats]:
        """Return the arrays by name."""
        return {name: getattr(self, name) for name in ARRAYS}

    def _meta(self) -> str:
        """Return all but the arrays and the numbers of the topics as JSON."""
        data = {
            "format": FORMAT,
            "kind": self.kind,
            "n_documents": self.n_documents,
            "seed": self.seed,
            "phrases": self.phrases,
            "codes": self.codes,
            "notes": self.notes,
            "unit": self.unit,
            "stability": self.stability,
            "topics": [{name: value for name, value in asdict(one).items() if name != "number"} for one in self.topics],
        }
        return json.dumps(data, ensure_ascii=False, sort_keys=True)


def load(path: Path) -> TopicModel:
    """Return the model ``save`` wrote to ``path``, its topics numbered from 0.

    Raises PipelineError when there is none or it can't be read.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            meta: dict[str, Any] = json.loads(archive["meta"].tobytes().decode())
            vocabulary = archive["vocabulary"].tobytes().decode()
            arrays = {name: archive[name] for name in ARRAYS}
        if meta["format"] != FORMAT:
            raise ValueError(f"format {meta['format']}")
        topics = tuple(
            Topic(number, t["label"], tuple((w, x) for w, x in t["terms"]), t["coherence"])
            for number, t in enumerate(meta["topics"])
        )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise PipelineError(f"{path}: 主题模型读不出来（{error}），请删去该文件后重新运行") from error
    return TopicModel(
        kind=meta["kind"],
        vocabulary=tuple(vocabulary.split("\n")),
        topics=topics,
        n_documents=meta["n_documents"],
        seed=meta["seed"],
        phrases=tuple((first, second) for first, second in meta["phrases"]),
        codes=tuple(meta["codes"]),
        notes=tuple(meta["notes"]),
        unit=meta["unit"],
        stability=tuple(meta["stability"]),
        **arrays,
    )


def tf_idf(counts: Floats, idf: Floats) -> Floats:
    """Return a document's values: (1 + ln count) · idf, scaled to length 1."""
    values = (1.0 + np.log(counts)) * idf
    return np.asarray(values / np.sqrt((values * values).sum()), dtype=np.float64)


def _bytes(text: str) -> NDArray[np.uint8]:
    """Return ``text`` as UTF-8 in an array."""
    return np.frombuffer(text.encode(), dtype=np.uint8)


def _mix(amounts: Floats) -> TopicMix:
    """Return amounts of topics as shares to six digits, largest first."""
    total = float(amounts.sum())
    if total <= 0:
        return TopicMix()
    shares = amounts / total
    kept = np.flatnonzero(shares >= LEAST)
    if not len(kept):
        kept = np.array([int(shares.argmax())])
    shares = shares[kept] / shares[kept].sum()
    pairs = sorted((-round(float(share), 6), int(topic)) for share, topic in zip(shares, kept, strict=True))
    return TopicMix(tuple(topic for _, topic in pairs), tuple(-share for share, _ in pairs))
