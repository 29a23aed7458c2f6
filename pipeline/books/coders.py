"""The coder of a run: its codebooks with the models trained for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.books.duties import load_duties
from pipeline.books.load import book_names, load_books
from pipeline.coding.apply import Coder, build_coder
from pipeline.coding.codebook import Codebook
from pipeline.coding.learned import CodeModel, load
from pipeline.core.config import CodingSettings, configs_dir, models_dir, names_file
from pipeline.core.errors import PipelineError

SUFFIX = ".codes"


def load_coder(settings: CodingSettings, codebooks: Sequence[str] | None = None) -> Coder:
    """Return the coder of ``codebooks`` (default: those of the settings) with the models of the settings.

    Raises PipelineError with every mistake in codebooks and models.
    """
    books = load_books(settings.codebooks if codebooks is None else codebooks)
    models = load_models(settings.models)
    helpers, duties = _helpers(books, models), load_duties(configs_dir())
    return build_coder(books, settings.threshold, models=models, helpers=helpers, duties=duties)


def load_models(names: Sequence[str]) -> tuple[CodeModel, ...]:
    """Return the models ``names``: of the packaged ones, or paths of files. Raises PipelineError with all mistakes."""
    found: list[CodeModel] = []
    mistakes: list[str] = []
    for name, path in zip(names, model_paths(names), strict=True):
        try:
            if not path.is_file():
                there = "、".join(one.stem for one in sorted(_folder().glob(f"*{SUFFIX}")))
                raise PipelineError(f"没有编码模型“{name}”，自带的有：{there}；自己训练的请写 {SUFFIX} 文件的路径")
            found.append(load(path))
        except PipelineError as error:
            mistakes += error.mistakes
    if mistakes:
        raise PipelineError(*mistakes)
    return tuple(found)


def model_paths(names: Sequence[str]) -> list[Path]:
    """Return the file of each model: a packaged one by its name, or the path itself."""
    return [
        Path(one) if names_file(one) or Path(one).suffix == SUFFIX else _folder() / f"{one}{SUFFIX}" for one in names
    ]


def _folder() -> Path:
    """Return the folder of the packaged models."""
    return models_dir() / "coding"


def _helpers(books: Sequence[Codebook], models: Sequence[CodeModel]) -> tuple[Codebook, ...]:
    """Return the packaged codebooks whose terms the models look at beside ``books``.

    Raises PipelineError when a model looks at a code that is in none of them.
    """
    there = {book.codebook for book in books}
    used = [model for model in models if any(codebook in there for codebook, _ in model.codes)]
    needed = {codebook for model in used for codebook, _ in model.features} - there
    helpers = load_books([name for name in book_names() if name in needed])
    known = {(book.codebook, code) for book in (*books, *helpers) for code in book.code_names()}
    mistakes = []
    for model in used:
        missing = [f"{codebook}.{code}" for codebook, code in model.features if (codebook, code) not in known]
        if missing:
            some = "、".join(missing[:5]) + ("等" if len(missing) > 5 else "")
            mistakes.append(
                f"编码模型“{model.name}”用到的代码在编码本里没有：{some}；"
                "请重新训练（cewen codebook train），或从 [coding] 的 models 中去掉它"
            )
    if mistakes:
        raise PipelineError(*mistakes)
    return helpers
