"""Which settings the topics of an output folder are fitted with.

``cewen topics fit`` leaves its settings in ``models/topics.json``. They stand in for the configuration's in later runs,
until the configuration's own are changed or a run begins afresh.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.core import outputs
from pipeline.core.config import Config, TopicSettings
from pipeline.core.errors import PipelineError
from pipeline.core.files import completed
from pipeline.core.places import no_run

MODELS = "models"
PATTERN = "topics-*.npz"
_KEPT = "topics.json"
NUMBERS = "topic-numbers.json"
SWEEP, PLOT = "topic-choice.json", "topic-choice.svg"


def model_files(out: Path) -> list[Path]:
    """Return the topic models kept in ``out`` and all that is kept beside them: what ``--fresh`` throws away."""
    return [*sorted((out / MODELS).glob(PATTERN)), *(out / MODELS / name for name in (_KEPT, NUMBERS, SWEEP, PLOT))]


def chosen(out: Path, config: Config) -> Config:
    """Return ``config`` with the topic settings chosen by ``fit_again``, if there are and they still hold."""
    kept = _kept(out)
    if kept is None or not _still(kept["instead_of"], config.topics):
        return config
    return with_topics(config, kept["settings"])


def forget_stale(out: Path, config: Config) -> None:
    """Throw away chosen settings when the configuration's own have been changed since."""
    kept = _kept(out)
    if kept is not None and not _still(kept["instead_of"], config.topics):
        (out / MODELS / _KEPT).unlink(missing_ok=True)


def keep(out: Path, config: Config, wanted: Config) -> None:
    """Let the topic settings of ``wanted`` stand in for those of ``config`` from now on."""
    path = out / MODELS / _KEPT
    if wanted.topics == config.topics:
        path.unlink(missing_ok=True)
        return
    kept = {"instead_of": config.topics.model_dump(), "settings": wanted.topics.model_dump()}
    with completed(path) as fresh:
        fresh.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")


def config_of(out: Path) -> Config:
    """Return the configuration of the run in ``out``, as it was before any topic settings were chosen.

    Raises PipelineError when there is no run.json of this version.
    """
    path = out / outputs.MANIFEST
    try:
        config = Config.model_validate(json.loads(path.read_text(encoding="utf-8"))["config"])
    except FileNotFoundError as error:
        raise PipelineError(no_run(out, outputs.MANIFEST)) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PipelineError(f"{path}: 不是本版本的运行说明，请用同一命令再运行一次 cewen run") from error
    kept = _kept(out)
    if kept is not None and _still(kept["settings"], config.topics):
        return with_topics(config, kept["instead_of"])
    return config


def _kept(out: Path) -> dict[str, dict[str, Any]] | None:
    """Return the chosen settings and those they stand in for; nothing when there are none or they can't be read."""
    try:
        found = json.loads((out / MODELS / _KEPT).read_text(encoding="utf-8"))
        return {name: dict(found[name]) for name in ("instead_of", "settings")}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _still(known: Mapping[str, Any], settings: TopicSettings) -> bool:
    """Tell whether ``settings`` are those ``known``; ones that an older version didn't have don't count."""
    now = settings.model_dump(mode="json")
    return all(now.get(name) == value for name, value in known.items())


def with_topics(config: Config, changes: Mapping[str, Any]) -> Config:
    """Return ``config`` with other topic settings. Raises PipelineError when they aren't right."""
    try:
        topics = TopicSettings.model_validate({**config.topics.model_dump(), **changes})
    except ValidationError as error:
        wrong = "、".join(str(one["loc"][0]) for one in error.errors() if one["loc"])
        raise PipelineError(f"主题模型的设定不对：{wrong}（{error.errors()[0]['msg']}）") from error
    return config.model_copy(update={"topics": topics})
