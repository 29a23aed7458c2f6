"""The last comparison of numbers of topics in an output folder: kept as a table and a plot, read for the page."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipeline.core.errors import PipelineError
from pipeline.core.files import completed
from pipeline.core.strict import digest
from pipeline.export.topic_choice import plot, section
from pipeline.running.records import Records
from pipeline.running.topic_settings import MODELS, PLOT, SWEEP, chosen, config_of
from pipeline.running.topics import RunBags
from pipeline.topics.choose import Sweep

_SWEEP = TypeAdapter(Sweep)


def _keys(bags: RunBags) -> str:
    """Return a digest of what the topics are fitted on: whether the documents are still those compared."""
    return digest(bags.config.topics.unit, *bags.keys())


def keep_sweep(out: Path, found: Sweep, bags: RunBags) -> None:
    """Write the comparison into ``out`` as JSON, with the settings and a digest of the documents, and as a plot (SVG).

    Raises PipelineError when it can't be written.
    """
    settings = bags.config.topics.model_dump(mode="json")
    kept = {"documents": _keys(bags), "settings": settings, "sweep": asdict(found)}
    text = json.dumps(kept, ensure_ascii=False, indent=2) + "\n"
    for name, content in ((SWEEP, text), (PLOT, plot(found))):
        with completed(out / MODELS / name) as fresh:
            fresh.write_text(content, encoding="utf-8", newline="\n")


def read_sweep(out: Path) -> tuple[Sweep, bool] | None:
    """Return the comparison kept in ``out`` and whether the documents are still the same; None when there is none.

    Raises PipelineError when it can't be read.
    """
    path = out / MODELS / SWEEP
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        found, documents = _SWEEP.validate_python(kept["sweep"]), kept["documents"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise PipelineError(f"{path}: 比较主题数的结果读不出来，请重新运行 cewen topics choose {out}") from error
    config = chosen(out, config_of(out))
    config = config.model_copy(update={"topics": config.topics.model_copy(update={"unit": found.unit})})
    with Records(out) as records:
        return found, _keys(RunBags(records, config, lambda _: None)) == documents


def choice_section(out: Path) -> str:
    """Return the part of the page of topics that shows the comparison kept in ``out``, "" when there is none."""
    kept = read_sweep(out)
    return section(kept[0], same=kept[1]) if kept else ""
