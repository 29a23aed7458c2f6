"""``run.json``: what a result was made with and from, so that it can be made again."""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from pipeline.core.config import Config, configs_dir, load_config, models_dir, names_file
from pipeline.core.strict import digest
from pipeline.running.plan import Plan
from pipeline.running.records import Record

DISTRIBUTION = "cewen"


def version() -> str:
    """Return our version, ``unknown`` in a tree that isn't installed."""
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "unknown"


def libraries() -> dict[str, str]:
    """Return the versions of the libraries we may use that are installed, by name; test tools are left out."""
    try:
        required = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return {}
    names = {
        re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0].lower()
        for line in required
        if "'dev'" not in line.replace('"', "'")
    }
    found = {}
    for name in sorted(names):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


_ALWAYS = "lexicons/agencies.tsv"  # read for the heads of documents, whether or not it is a stop list too


def data_files(config: Config) -> dict[str, str]:
    """Return a digest of each file of data the run uses: by its path in the packaged data, or by the user's path."""
    folder = configs_dir()
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    seeds = config.topics.seeds if config.topics.model == "seeded" else ()
    books = {f"codebooks/{name}.yaml" for name in (*config.coding.codebooks, *seeds)}
    lists = {f"lexicons/{name}" for name in (*config.segment.lexicons, *config.segment.stop_words)}
    default = load_config().segment
    others = {f"lexicons/{name}" for name in (*default.lexicons, *default.stop_words)} - lists - {_ALWAYS}
    unused = others | {name for name in files if name.startswith("codebooks/") and name not in books}
    unused |= {name for name in files if name.startswith(("charts/", "report/"))}  # what is made after a run
    named = (*config.coding.codebooks, *seeds, *config.segment.lexicons, *config.segment.stop_words)
    own = {name: Path(name).expanduser() for name in named if names_file(name)}
    used = {name: path for name, path in files.items() if name not in unused} | own
    return {name: digest(used[name].read_bytes()) for name in sorted(used)}


def fitted_models(config: Config) -> dict[str, str]:
    """Return a digest of each fitted model the run uses: by its path in the packaged models, or by the user's path."""
    from pipeline.books.coders import model_paths  # the parent of a run names its version, but needn't load these
    from pipeline.extract.models import POINTERS_FILE, ROLES_FILE, TRUST_FILE

    folder = models_dir()
    files = {f"measures/{name}": folder / "measures" / name for name in (ROLES_FILE, POINTERS_FILE, TRUST_FILE)}
    for name, path in zip(config.coding.models, model_paths(config.coding.models), strict=True):
        own = not path.is_relative_to(folder)
        files[name if own else path.relative_to(folder).as_posix()] = path
    return {name: digest(path.read_bytes()) for name, path in files.items()}


def describe_run(
    config: Config, plan: Plan, counts: Mapping[str, Any], seconds: Mapping[str, Any], given: Sequence[str] = ()
) -> dict[str, Any]:
    """Return all of run.json but the inputs. ``seconds`` are wall times by phase, ``given`` the inputs as named."""
    return {
        "program": DISTRIBUTION,
        "version": version(),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "libraries": libraries(),
        "given": list(given),
        "config": config.model_dump(mode="json"),
        "data": data_files(config),
        "models": fitted_models(config),
        "stages": {step.name: {"version": step.version, "settings": step.settings} for step in plan.steps},
        "seeds": {"topics": config.topics.seed},
        "counts": dict(counts),
        "seconds": dict(seconds),
    }


def write_manifest(target: Path, head: Mapping[str, Any], inputs: Iterable[Record]) -> None:
    """Write ``head`` and one line for each input to ``target``, which is replaced only once the new one is on disk."""
    fresh = target.with_name(target.name + ".tmp")
    with fresh.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(json.dumps(head, ensure_ascii=False, indent=2).removesuffix("\n}"))
        stream.write(',\n  "inputs": [')
        for number, record in enumerate(inputs):
            line = {
                "doc_id": record.doc_id,
                "path": record.source.path,
                "sha256": record.source.sha256 or None,
                "size": record.source.size,
                "status": record.status,
            }
            stream.write(("," if number else "") + "\n    " + json.dumps(line, ensure_ascii=False))
        stream.write("\n  ]\n}\n")
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(target)
