"""HanLP 2 (extra ``hanlp``): any tokenizer or multi-task model in a local folder. Nothing is downloaded."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipeline.core.config import SegmentSettings
from pipeline.core.errors import PipelineError
from pipeline.segment.engine import Engine, need, restore


def load(settings: SegmentSettings) -> Engine:
    """Return the engine of the model in ``settings.hanlp_model``.

    Raises PipelineError when HanLP isn't installed or the folder holds no model. Only give folders you trust: depending
    on the versions of HanLP and torch a model is read as a pickle.
    """
    hanlp = need("hanlp", engine="hanlp", extra="hanlp")
    folder = Path(settings.hanlp_model).expanduser()
    if not settings.hanlp_model or not folder.is_dir():
        raise PipelineError(
            f"配置 [segment] hanlp_model = “{settings.hanlp_model}” 不是目录："
            'engine = "hanlp" 需要一个已下载并解压的 HanLP 分词模型目录（内有 meta.json 或 config.json）'
        )
    if not any((folder / name).is_file() for name in ("meta.json", "config.json")):
        raise PipelineError(f"{folder}: 没有 meta.json 或 config.json，不是 HanLP 模型，请检查 [segment] hanlp_model")
    return engine_of(hanlp.load(str(folder)), version=f"{version('hanlp')}-{_digest(folder)}")


def engine_of(model: Any, *, version: str) -> Engine:
    """Return the engine of a loaded HanLP tokenizer, or of the first ``tok`` task of a multi-task model.

    Raises PipelineError for a multi-task model without one.
    """
    tasks = getattr(model, "tasks", None)
    task = next((name for name in tasks if name.startswith("tok")), None) if tasks else None
    if tasks and task is None:
        raise PipelineError(f"HanLP 模型没有分词（tok）任务，只有：{'、'.join(tasks)}。请换一个模型")

    def cut(text: str) -> list[str]:
        if not text.strip():
            return [text] if text else []
        found = model(text, tasks=task)[task] if task else model(text)
        # with ``output_spans`` a token is [word, begin, end]
        return restore(text, (word if isinstance(word, str) else word[0] for word in found))

    return Engine("hanlp", version, cut)


def _digest(folder: Path) -> str:
    """Return a digest of every file of the model."""
    state = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        state.update(path.relative_to(folder).as_posix().encode())
        with path.open("rb") as file:
            state.update(hashlib.file_digest(file, "sha256").digest())
    return state.hexdigest()[:16]
