"""The run's configuration: packaged default, then the project's file, then the command line; later wins."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.core.errors import PipelineError
from pipeline.core.strict import build, read_text, read_toml

Whole = Annotated[int, Field(strict=True)]
Real = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Switch = Annotated[bool, Field(strict=True)]


class _Settings(BaseModel):
    """Frozen and strict: an unknown key is a mistake, and so is ``"3"`` or ``true`` for a number (``Whole`` …)."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RunSettings(_Settings):
    """How documents are run. ``workers`` 0 means one for each core; times in seconds, sizes in bytes and characters."""

    workers: Whole = Field(ge=0, le=256)
    time_limit: Real = Field(gt=0, le=86_400)
    max_bytes: Whole = Field(gt=0)
    max_chars: Whole = Field(gt=0)
    recycle: Whole = Field(ge=1, description="documents after which a worker is replaced")


class PdfSettings(_Settings):
    """Which library reads a PDF's pages first (the other where it can't), and how many processes read a long file.

    ``processes`` 0: as many as there are cores for this document. What's read doesn't depend on them.
    """

    reader: Literal["pdfium", "pdfminer"]
    processes: Whole = Field(ge=0, le=256)


class OcrSettings(_Settings):
    """Recognition of scanned pages (extra ``ocr``). Pages with an average score below ``doubt_below`` are doubtful."""

    enabled: Switch
    max_pages: Whole = Field(ge=1, description="recognised pages of one document; further ones are reported, not read")
    max_pixels: Whole = Field(ge=1_000_000, description="of one picture; a larger one is reported, not decoded")
    doubt_below: Real = Field(ge=0, le=1)


class RowSettings(_Settings):
    """Which columns of a table with one document a row play which part, by their heads; the first name found counts.

    ``documents``: ``rows`` and ``table`` decide for every file; ``auto`` looks in each for a column of texts.
    """

    documents: Literal["auto", "rows", "table"]
    most_rows: Whole = Field(ge=1, le=10_000_000)
    text: tuple[str, ...]
    title: tuple[str, ...]
    id: tuple[str, ...]
    doc_number: tuple[str, ...]
    issuer: tuple[str, ...]
    addressee: tuple[str, ...]
    issue_date: tuple[str, ...]
    effective_date: tuple[str, ...]
    expiry: tuple[str, ...]
    region: tuple[str, ...]


class SegmentSettings(_Settings):
    """Which engine cuts words and which word lists it must keep whole (names in configs/lexicons or paths)."""

    engine: Literal["jieba", "rjieba", "spacy", "hanlp"]
    hanlp_model: str = ""
    lexicons: tuple[str, ...]
    stop_words: tuple[str, ...]


class CodingSettings(_Settings):
    """Which codebooks are applied (names in configs/codebooks or paths of files) and from which score on.

    ``models``: trained coders (names in models/coding or paths); a later one has the say on a code both judge.
    """

    codebooks: tuple[str, ...]
    models: tuple[str, ...]
    threshold: Real = Field(gt=0)


TopicKind = Literal["nmf", "lda", "kmeans", "seeded"]
TopicUnit = Literal["document", "section", "clause"]


class TopicSettings(_Settings):
    """The topic model fitted over the run's own documents. ``k`` 0: chosen by the number of documents.

    ``unit``: what it is fitted on; documents are assigned whole. ``phrases``: pairs of words with at least this NPMI
    count as one, 1 for none; clauses, which have few words, go without. ``clause_words``: categories of the stop lists
    whose words count in clauses. ``seeds``: codebooks whose codes get a topic each, for ``seeded``. ``samples``: of the
    documents, fitted anew to see whether the topics come back, 0 for none.
    """

    enabled: Switch
    model: TopicKind
    unit: TopicUnit = "document"
    phrases: Real = Field(ge=-1, le=1, default=0.5)
    clause_words: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    k: Whole = Field(ge=0, le=500)
    least_documents: Whole = Field(ge=2)
    fit_documents: Whole = Field(ge=2, description="at most so many documents (sections, clauses) are fitted on")
    vocabulary: Whole = Field(ge=10)
    samples: Whole = Field(ge=0, le=20, default=3)
    seed: Whole = Field(ge=0, le=2**32 - 1)


class Config(_Settings):
    """Everything a run depends on beside its inputs."""

    run: RunSettings
    pdf: PdfSettings
    ocr: OcrSettings
    rows: RowSettings
    segment: SegmentSettings
    coding: CodingSettings
    topics: TopicSettings


@cache
def configs_dir() -> Path:
    """Return the folder of packaged data: ``pipeline/_configs`` in a wheel, ``configs`` in a checkout."""
    return _packaged("configs")


def models_dir() -> Path:
    """Return the folder of fitted models: ``pipeline/_models`` in a wheel, ``models`` in a checkout."""
    return _packaged("models")


def _packaged(name: str) -> Path:
    """Return the folder ``name`` that travels with the package."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / f"_{name}", package.parent / name):
        if folder.is_dir():
            return folder
    raise PipelineError(f"找不到目录 {package / f'_{name}'}：安装不完整，请重新安装 cewen")


def load_config(path: Path | None = None, overrides: dict[str, dict[str, Any]] | None = None) -> Config:
    """Return the default with ``path`` (TOML) and then ``overrides`` (section → key → value) laid over it.

    What ``path`` names beside it (``names_file``) becomes an absolute path, so that the working folder doesn't matter.
    Raises PipelineError with every mistake.
    """
    default = configs_dir() / "pipeline.toml"
    data, lines = read_toml(default.read_text(encoding="utf-8"), default.name)
    name = default.name
    if path is not None:
        own, lines = read_toml(read_text(path, "配置文件"), str(path))
        name = str(path)
        data = _overlay(data, with_places(own, path.absolute().parent))
    over = overrides or {}
    given = {(section, key) for section, values in over.items() for key in values}
    return build(Config, _overlay(data, over), lines, name, given=given)


BOOK_SUFFIXES = (".yaml", ".yml", ".xlsx", ".csv", ".tsv")  # a codebook of the user's own


def names_file(name: str) -> bool:
    """Tell whether an entry of the configuration is the path of a file of the user's own, not packaged data's name."""
    return "/" in name or "\\" in name


# the entries that may be paths; the model has no packaged names
_LISTS = (("coding", "codebooks"), ("segment", "lexicons"), ("segment", "stop_words"), ("topics", "seeds"))
_MODEL = ("segment", "hanlp_model")


def with_places(own: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return a project's settings with the paths in it made absolute, from ``folder``. Wrong types are left alone."""
    result = dict(own)
    for section, key in (*_LISTS, _MODEL):
        values = result.get(section)
        if not isinstance(values, dict) or key not in values:
            continue
        value = values[key]
        if isinstance(value, list):
            value = [_place(one, folder) if isinstance(one, str) else one for one in value]
        elif isinstance(value, str) and value:
            value = str(_beside(value, folder))
        result[section] = {**values, key: value}
    return result


def _place(name: str, folder: Path) -> str:
    """Return ``name`` as an absolute path when it's one, else as it is.

    A bare name is a path when it ends as no packaged codebook's name does, or such a word list lies in ``folder``.
    """
    path = _beside(name, folder)
    suffix = path.suffix.lower()
    own = names_file(name) or suffix in BOOK_SUFFIXES[:-1] or (suffix == ".tsv" and path.is_file())
    return str(path) if own else name


def _beside(name: str, folder: Path) -> Path:
    """Return the path ``name`` from ``folder``; ``\\`` counts as ``/`` on every system."""
    return folder / Path(name.replace("\\", "/")).expanduser()


def _overlay(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Return ``base`` with ``over``'s keys put in, section by section."""
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        result[key] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
    return result
