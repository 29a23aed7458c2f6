"""What the report says beside the figures of a run: names of file types, sources of formulas, published scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from pipeline.core.config import configs_dir
from pipeline.core.strict import build, read_text, read_toml

_FILE = "report/report.toml"


class _Strict(BaseModel):
    """Frozen; an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Strict):
    """A work a formula comes from; ``when`` are the parts of a report that use it."""

    id: str
    what: str
    when: tuple[str, ...] = Field(min_length=1)
    text: str


class Score(_Strict):
    """A published figure: what was measured, by which measure, on what."""

    what: str
    figure: str
    measure: str
    where: str


class ScoredModel(_Strict):
    """A packaged model with its files' digests, and how good it is."""

    name: str
    files: dict[str, str] = Field(min_length=1)
    scores: tuple[Score, ...] = Field(min_length=1)
    caveat: str


class Words(_Strict):
    """The whole file."""

    title_prefixes: tuple[str, ...] = Field(min_length=1)
    media: dict[str, str]
    source: tuple[Source, ...]
    model: tuple[ScoredModel, ...]

    def sources(self, used: Iterable[str]) -> tuple[Source, ...]:
        """Return the works that the parts ``used`` of a report rest on, in the file's order."""
        wanted = set(used)
        return tuple(one for one in self.source if wanted & set(one.when))

    def scored(self, models: Mapping[str, str]) -> tuple[ScoredModel, ...]:
        """Return the packaged models whose files are all among ``models`` (path → digest), just as they were scored."""
        return tuple(one for one in self.model if one.files.items() <= models.items())


@cache
def load_words() -> Words:
    """Return the packaged words. Raises PipelineError for a broken file."""
    path = configs_dir() / _FILE
    data, lines = read_toml(read_text(path, "报告用语"), path.name)
    return build(Words, data, lines, path.name)
