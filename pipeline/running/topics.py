"""The topic model of an output folder: where it is kept, fitting it anew with other settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.books.load import load_books
from pipeline.books.seeds import seeds_of
from pipeline.core.config import Config
from pipeline.core.errors import PipelineError
from pipeline.core.issues import issue
from pipeline.core.layers import Bag
from pipeline.core.strict import digest
from pipeline.running.bags import bags_of
from pipeline.running.records import Records
from pipeline.running.report import Progress
from pipeline.running.topic_settings import MODELS, PATTERN, config_of, keep, with_topics
from pipeline.topics.matching import numbered_as
from pipeline.topics.model import Topic, TopicModel, load
from pipeline.topics.sample import Lack
from pipeline.topics.seeds import Seeds

# Goes up when the same bags and settings may give another model.
VERSION = 2


@dataclass(frozen=True, slots=True)
class RunBags:
    """The bags topics are fitted on, to be gone through more than once without being held; ``step`` hears of documents.

    One for each document of the run, or for each of its sections or clauses, as ``config`` says.
    """

    records: Records
    config: Config
    step: Callable[[int], None]

    def __iter__(self) -> Iterator[tuple[str, Bag]]:
        """Begin again at the first document."""
        documents, last = 0, ""
        for name, bag in bags_of(self.records, self.config):
            yield name, bag
            if last != (last := name.partition(":")[0]):
                documents += 1
                self.step(documents)

    def documents(self) -> int:
        """Return how many documents there are."""
        return sum(1 for _ in self.records.layer_keys("bag"))

    def keys(self) -> list[str]:
        """Return what says whether any of them has changed."""
        layers = ("bag",) if self.config.topics.unit == "document" else ("bag", "outline")
        return [f"{doc_id} {key}" for layer in layers for doc_id, key in self.records.layer_keys(layer)]


def model_of(out: Path, bags: RunBags) -> TopicModel | Lack:
    """Return the topic model of the bags, kept under a digest of all it's made from and made once.

    A new one takes over the numbers of the old one's topics it continues, and the old one goes.
    """
    from pipeline.topics.fit import fit

    settings = bags.config.topics
    seeds = seeds_for(bags.config)
    name = digest(str(VERSION), settings.model_dump_json(), repr(seeds), *bags.keys())
    path = out / MODELS / f"topics-{name}.npz"
    if path.is_file():
        return load(path)
    old = sorted(path.parent.glob(PATTERN))
    found = fit(bags, settings, seeds=seeds)
    if isinstance(found, TopicModel):
        found = numbered_as(found, _topics_of(old))
        found.save(path)
        for one in old:
            one.unlink()
    return found


def seeds_for(config: Config) -> tuple[Seeds, ...]:
    """Return the seeds of a seeded model, none for others. Raises PipelineError for a codebook with mistakes."""
    if config.topics.model != "seeded":
        return ()
    return seeds_of(load_books(config.topics.seeds))


def _topics_of(files: Iterable[Path]) -> tuple[Topic, ...]:
    """Return the topics of the last of ``files``; none when there's no file or it can't be read any more."""
    for path in reversed(list(files)):
        try:
            return load(path).topics
        except PipelineError:
            continue
    return ()


def load_model(out: Path) -> TopicModel:
    """Return the model behind the topics in the tables of ``out``. Raises PipelineError when there is none."""
    from pipeline.table.topics import topics

    kept = topics(out).column("model")[0].as_py().rpartition("@")[2]
    for path in (out / MODELS).glob(PATTERN):
        if (model := load(path)).digest == kept:
            return model
    raise PipelineError(
        f"{out / MODELS}: 没有结果所用的主题模型，请用同一命令再运行一次 cewen run，或用 cewen topics fit"
    )


def fit_again(out: Path, changes: Mapping[str, Any], progress: Progress | None = None) -> TopicModel:
    """Fit the topics of the finished run in ``out`` anew and write its tables; return the model.

    It's fitted by the run's configuration with ``changes``, which later runs keep to; without, they go by the
    configuration again. Raises PipelineError when the run isn't finished or has too little for topics; nothing is
    changed then.
    """
    from pipeline.running.runner import reopened

    config = config_of(out)
    wanted = with_topics(config, {"enabled": True, **changes})
    with reopened(out, config, progress) as publish:
        with Records(out) as records:
            model = model_of(out, RunBags(records, wanted, lambda _: None))
        if isinstance(model, Lack):
            least = wanted.topics.least_documents
            raise PipelineError(issue("topics", model.code, count=model.documents, least=least).message)
        keep(out, config, wanted)
        publish()
    return model
