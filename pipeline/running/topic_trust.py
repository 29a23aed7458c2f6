"""How far the topics of a finished run are to be trusted: numbers of topics side by side, stability, word intrusion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.core.config import Config
from pipeline.core.errors import PipelineError
from pipeline.core.issues import issue
from pipeline.core.layers import Bag
from pipeline.running.records import Records
from pipeline.running.topic_settings import chosen, config_of, with_topics
from pipeline.running.topics import RunBags, load_model, seeds_for
from pipeline.scoring.intrusion_sheet import read_answers, read_key, write_sheets
from pipeline.topics.choose import Sweep, sweep
from pipeline.topics.fit import fit
from pipeline.topics.intrusion import IntrusionScore, make_items, score
from pipeline.topics.sample import Lack
from pipeline.topics.stability import stability


def compare_numbers(
    out: Path, ks: Iterable[int], changes: Mapping[str, Any], *, seeds: int = 3, samples: int = 3
) -> Sweep:
    """Return numbers of topics side by side for the run in ``out``, by its settings with ``changes``.

    Raises PipelineError when there is too little for topics.
    """
    config = with_topics(_config(out), {"enabled": True, **changes})
    fitting = partial(fit, seeds=seeds_for(config))
    found = sweep(_bags(out, config), config.topics, ks, seeds=seeds, samples=samples, fitting=fitting)
    if isinstance(found, Lack):
        least = config.topics.least_documents
        raise PipelineError(issue("topics", found.code, count=found.documents, least=least).message)
    return found


def stability_of(out: Path) -> list[float]:
    """Return how well each topic of the run's model, in its order, comes back in samples, from 0 to 1."""
    config = _config(out)
    model = load_model(out)
    fitting = partial(fit, seeds=seeds_for(config))
    return stability(model, _bags(out, config), config.topics, fitting=fitting)


def write_intrusion(out: Path, folder: Path, *, seed: int, readers: int) -> tuple[Path, ...]:
    """Write the sheets of a word intrusion test of the run's topics and their key (last) into ``folder``."""
    model = load_model(out)
    return write_sheets(make_items(model, seed=seed, readers=readers), folder, digest=model.digest)


def score_intrusion(out: Path, key: Path, sheets: Sequence[Path]) -> IntrusionScore:
    """Return what filled sheets say of the run's topics. Raises PipelineError when they're about another model."""
    items, digest = read_key(key)
    if digest != load_model(out).digest:
        raise PipelineError(f"{key}: 这份答案是按另一个主题模型出的题，不能用来评 {out} 现在的主题")
    return score(items, [read_answers(sheet, items) for sheet in sheets])


def _config(out: Path) -> Config:
    """Return the configuration the topics in the tables are fitted with."""
    return chosen(out, config_of(out))


def _bags(out: Path, config: Config) -> list[tuple[str, Bag]]:
    """Return all bags: they're gone through many times."""
    with Records(out) as records:
        return list(RunBags(records, config, lambda _: None))
