"""The run's configuration: packaged default, then the project's file, then the command line; later wins."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.core.errors import PipelineError
from pipeline.core.strict import build, read_toml


class _Settings(BaseModel):
    """Frozen and strict: an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RunSettings(_Settings):
    """How documents are run. ``workers`` 0 means one for each core; times in seconds, sizes in bytes and characters."""

    workers: int = Field(ge=0, le=256)
    time_limit: float = Field(gt=0)
    max_bytes: int = Field(gt=0)
    max_chars: int = Field(gt=0)
    recycle: int = Field(ge=1, description="documents after which a worker is replaced")


class SegmentSettings(_Settings):
    """Which engine cuts words and which word lists it must keep whole."""

    engine: Literal["jieba", "rjieba", "spacy", "hanlp"]
    hanlp_model: str = ""
    lexicons: tuple[str, ...]
    stop_words: tuple[str, ...]


class CodingSettings(_Settings):
    """Which codebooks are applied (names in configs/codebooks or paths of YAML files) and from which score on."""

    codebooks: tuple[str, ...]
    threshold: float = Field(gt=0)


class TopicSettings(_Settings):
    """The topic model fitted over the run's own documents. ``k`` 0: chosen by the number of documents."""

    enabled: bool
    model: Literal["nmf", "lda"]
    k: int = Field(ge=0, le=500)
    least_documents: int = Field(ge=2)
    fit_documents: int = Field(ge=2, description="at most so many documents are used to fit; all are assigned")
    vocabulary: int = Field(ge=10)
    seed: int


class Config(_Settings):
    """Everything a run depends on beside its inputs."""

    run: RunSettings
    segment: SegmentSettings
    coding: CodingSettings
    topics: TopicSettings


@cache
def configs_dir() -> Path:
    """Return the folder of packaged data: ``pipeline/_configs`` in a wheel, ``configs`` in a checkout."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_configs", package.parent / "configs"):
        if folder.is_dir():
            return folder
    raise PipelineError(f"找不到配置目录 {package / '_configs'}：安装不完整，请重新安装 cewen")


def load_config(path: Path | None = None, overrides: dict[str, dict[str, Any]] | None = None) -> Config:
    """Return the default with ``path`` (TOML) and then ``overrides`` (section → key → value) laid over it.

    Raises PipelineError with every mistake.
    """
    default = configs_dir() / "pipeline.toml"
    data, lines = read_toml(default.read_text(encoding="utf-8"), default.name)
    name = default.name
    if path is not None:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PipelineError(f"{path}: 配置文件读不出来（{error}），请给出 UTF-8 编码的 TOML 文件") from error
        own, lines = read_toml(text, str(path))
        name = str(path)
        data = _overlay(data, own)
    return build(Config, _overlay(data, overrides or {}), lines, name)


def _overlay(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Return ``base`` with ``over``'s keys put in, section by section."""
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        result[key] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
    return result
