"""The topic model of an output folder: where it is kept, fitting it anew with other settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.books.load import load_books
from pipeline.books.seeds import seeds_of
from pipeline.core.config import Config
from pipeline.core.errors import PipelineError
from pipeline.core.layers import Bag
from pipeline.core.strict import digest
from pipeline.running.bags import bags_of
from pipeline.running.records import Records
from pipeline.running.report import Progress
from pipeline.running.topic_numbers import number, numbered
from pipeline.running.topic_settings import MODELS, PATTERN, config_of, keep, with_topics
from pipeline.topics.doubts import lacking
from pipeline.topics.model import TopicModel, load
from pipeline.topics.sample import Lack, draw
from pipeline.topics.seeds import Seeds

# Goes up when the same bags and settings may give another model.
VERSION = 3


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

    Its topics have the numbers of the earlier topics of ``out`` they continue. An earlier model stays until
    ``drop_earlier``, as the tables go by it.
    """
    path = _path(out, bags)
    if path.is_file():
        return number(out, load(path))
    found = _fitted(bags)
    if isinstance(found, Lack):
        return found
    found.save(path)
    return number(out, found)


def drop_earlier(out: Path, bags: RunBags) -> None:
    """Delete the models of ``out`` but that of ``bags``: once there are tables that go by it."""
    kept = _path(out, bags)
    for path in kept.parent.glob(PATTERN):
        if path != kept:
            path.unlink()


def _path(out: Path, bags: RunBags) -> Path:
    """Return where the model of the bags is kept."""
    settings = bags.config.topics.model_dump_json()
    name = digest(str(VERSION), settings, repr(seeds_for(bags.config)), *bags.keys())
    return out / MODELS / f"topics-{name}.npz"


def _fitted(bags: RunBags) -> TopicModel | Lack:
    """Return the model of the bags, and how well its topics come back in samples of them."""
    from pipeline.topics.fit import fit_sample, wanted
    from pipeline.topics.stability import parts, stability

    settings = bags.config.topics
    seeds = seeds_for(bags.config)
    sample = draw(bags, settings, wanted(seeds))
    fitting = partial(fit_sample, seeds=seeds)
    model = sample if isinstance(sample, Lack) else fitting(sample, settings)
    if isinstance(sample, Lack) or isinstance(model, Lack) or len(model.topics) < 2 or not settings.samples:
        return model
    held = stability(model, parts(sample, settings.samples, settings.seed), settings, fitting=fitting)
    return replace(model, stability=tuple(held))


def seeds_for(config: Config) -> tuple[Seeds, ...]:
    """Return the seeds of a seeded model, none for others. Raises PipelineError for a codebook with mistakes."""
    if config.topics.model != "seeded":
        return ()
    return seeds_of(load_books(config.topics.seeds))


def load_model(out: Path) -> TopicModel:
    """Return the model behind the topics in the tables of ``out``. Raises PipelineError when there is none."""
    from pipeline.table.topics import topics

    kept = topics(out).column("model")[0].as_py().rpartition("@")[2]
    for path in (out / MODELS).glob(PATTERN):
        if (model := load(path)).digest == kept:
            return numbered(out, model)
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
            raise PipelineError(lacking(model, wanted.topics).message)
        keep(out, config, wanted)
        publish()
    return model
