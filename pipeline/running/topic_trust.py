"""How far the topics of a finished run are to be trusted: numbers of topics side by side, word intrusion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.core.errors import PipelineError
from pipeline.running.records import Records
from pipeline.running.topic_choice import keep_sweep
from pipeline.running.topic_settings import chosen, config_of, with_topics
from pipeline.running.topics import RunBags, seeds_for
from pipeline.scoring.intrusion_sheet import read_answers, read_key, write_sheets
from pipeline.topics.choose import Sweep, sweep
from pipeline.topics.doubts import lacking
from pipeline.topics.fit import fit_sample, wanted
from pipeline.topics.intrusion import WORDS, IntrusionScore, make_items, score
from pipeline.topics.model import TopicModel
from pipeline.topics.sample import Lack, draw


def compare_numbers(
    out: Path, ks: Iterable[int], changes: Mapping[str, Any], *, seeds: int = 3, samples: int = 3
) -> Sweep:
    """Return numbers of topics side by side for the run in ``out``, by its settings with ``changes``.

    They are kept in ``out``, as a table and as a plot, for the page of topics. Raises PipelineError when there is too
    little for topics, or ``out`` can't be written.
    """
    config = with_topics(chosen(out, config_of(out)), {"enabled": True, **changes})
    codes = seeds_for(config)
    with Records(out) as records:
        bags = RunBags(records, config, lambda _: None)
        drawn = draw(bags, config.topics, wanted(codes))
        fitting = partial(fit_sample, seeds=codes)
        found = (
            drawn
            if isinstance(drawn, Lack)
            else sweep(drawn, config.topics, ks, seeds=seeds, samples=samples, fitting=fitting)
        )
        if isinstance(found, Lack):
            raise PipelineError(lacking(found, config.topics).message)
        keep_sweep(out, found, bags)
    return found


def write_intrusion(
    model: TopicModel, folder: Path, *, seed: int, readers: int, force: bool = False
) -> tuple[Path, ...]:
    """Write the sheets of a word intrusion test of a run's topics and their key (last) into ``folder``.

    Raises PipelineError when one of them is there already, unless ``force``: readers may have filled it.
    """
    return write_sheets(make_items(model, seed=seed, readers=readers), folder, digest=model.digest, force=force)


def score_intrusion(model: TopicModel, key: Path, sheets: Sequence[Path]) -> IntrusionScore:
    """Return what filled sheets say of a run's topics. Raises PipelineError when they're about another model."""
    items, digest = read_key(key)
    known = {topic.number: tuple(word for word, _ in topic.terms[:WORDS]) for topic in model.topics}
    if digest != model.digest or any(known.get(item.topic) != item.words for item in items):
        raise PipelineError(f"{key}: 这份答案是按另一个主题模型出的题，不能用来评现在的主题")
    return score(items, [read_answers(sheet, items) for sheet in sheets])
