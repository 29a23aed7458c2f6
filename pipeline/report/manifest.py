"""What run.json says of a run, as far as the report tells it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.core import outputs
from pipeline.core.config import Config, load_config
from pipeline.core.errors import PipelineError
from pipeline.core.places import no_run
from pipeline.core.strict import digest

_NO_PART = {("run", "workers"), ("run", "recycle"), ("pdf", "processes")}  # don't change what comes out


@dataclass(frozen=True, slots=True)
class Input:
    """A file of a run: path as given, SHA-256 (None where it couldn't be read), bytes, how it ended."""

    path: str
    sha256: str | None
    size: int
    status: str


@dataclass(frozen=True, slots=True)
class Made:
    """How a run was made. ``digests``: of configuration, data files, models, list of inputs, all of it."""

    version: str
    python: str
    platform: str
    libraries: Mapping[str, str]
    given: tuple[str, ...]
    config: Config
    changed: tuple[tuple[str, str], ...]
    data: Mapping[str, str]
    models: Mapping[str, str]
    stages: tuple[tuple[str, int, str], ...]
    seeds: Mapping[str, int]
    seconds: Mapping[str, Any]
    inputs: tuple[Input, ...]
    digests: Mapping[str, str]

    @property
    def command(self) -> str:
        """The command that makes the run again, for a shell."""
        given = [shlex.quote(path) for path in self.given] or ["输入"]
        own = ["--config", "project.toml"] if self.changed else []
        return " ".join(["cewen", "run", *given, "-o", "结果", *own])

    @property
    def toml(self) -> str:
        """The settings that differ from the packaged ones, as ``--config`` takes them; empty without any."""
        lines: list[str] = []
        section = ""
        for name, value in self.changed:
            table, _, key = name.partition(".")
            if table != section:
                lines += ["", f"[{table}]"] if lines else [f"[{table}]"]
                section = table
            lines.append(f"{key} = {value}")
        return "\n".join(lines)


def read_made(out: Path) -> Made:
    """Return how the run in ``out`` was made. Raises PipelineError when run.json is missing or not of this version."""
    path = out / outputs.MANIFEST
    try:
        head = json.loads(path.read_text(encoding="utf-8"))
        config = Config.model_validate(head["config"])
        made = Made(
            version=str(head["version"]),
            python=str(head["python"]),
            platform=str(head["platform"]),
            libraries=dict(head["libraries"]),
            given=tuple(map(str, head.get("given", ()))),
            config=config,
            changed=tuple(_changed(config)),
            data=dict(head["data"]),
            models=dict(head.get("models", {})),
            stages=tuple((name, int(one["version"]), str(one["settings"])) for name, one in head["stages"].items()),
            seeds=dict(head["seeds"]),
            seconds=dict(head["seconds"]),
            inputs=tuple(Input(i["path"], i["sha256"], int(i["size"]), i["status"]) for i in head["inputs"]),
            digests={},
        )
    except FileNotFoundError as error:
        raise PipelineError(no_run(out, outputs.MANIFEST)) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
        raise PipelineError(f"{path}: 不是本版本的运行说明，请用同一命令再运行一次 cewen run") from error
    return _with_digests(made)


def _with_digests(made: Made) -> Made:
    """Return ``made`` with the digests of its parts."""
    parts = {
        "config": digest(json.dumps(_settings(made.config), ensure_ascii=False, sort_keys=True)),
        "data": digest(*(f"{name} {value}" for name, value in sorted(made.data.items()))),
        "models": digest(*(f"{name} {value}" for name, value in sorted(made.models.items()))),
        "inputs": digest(*sorted(one.sha256 or "" for one in made.inputs)),
    }
    values = {name: getattr(made, name) for name in Made.__slots__ if name != "digests"}
    return Made(**values, digests=parts | {"all": digest(made.version, *parts.values())})


def _settings(config: Config) -> dict[str, Any]:
    """Return a configuration as plain data, without what doesn't change what comes out."""
    plain = config.model_dump(mode="json")
    return {
        table: {key: value for key, value in values.items() if (table, key) not in _NO_PART}
        for table, values in plain.items()
    }


def _changed(config: Config) -> list[tuple[str, str]]:
    """Return each setting that differs from the packaged one, 「table.key」 and its value in TOML."""
    own, default = _settings(config), _settings(load_config())
    return [
        (f"{table}.{key}", json.dumps(value, ensure_ascii=False))
        for table, values in own.items()
        for key, value in values.items()
        if value != default[table].get(key)
    ]
