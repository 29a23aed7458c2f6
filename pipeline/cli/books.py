"""Codebooks as a user gives them: by name or path, with every mistake, also in their examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.errors import PipelineError

if TYPE_CHECKING:
    from pipeline.coding.codebook import Code, Codebook
    from pipeline.core.strict import KeyPath, Lines


def load_books(names: Sequence[str]) -> tuple[Codebook, ...]:
    """Return the codebooks ``names``: of the packaged ones, or paths of YAML files.

    Raises PipelineError with every mistake.
    """
    from pipeline.coding.codebook import load_codebooks
    from pipeline.core.strict import read_text

    mistakes: list[str] = []
    readable = []
    for name in names:
        try:
            if _is_file(name):
                read_text(Path(name), "编码本")
            readable.append(name)
        except PipelineError as error:
            mistakes += error.mistakes
    try:
        books = load_codebooks(readable, folder())
    except PipelineError as error:
        mistakes += error.mistakes
    if mistakes:
        raise PipelineError(*mistakes)
    return books


def folder() -> Path:
    """Return the folder of the packaged codebooks."""
    from pipeline.core.config import configs_dir

    return configs_dir() / "codebooks"


def example_mistakes(book: Codebook, name: str) -> list[str]:
    """Return a sentence with its place for each example without its code and each counter-example with it.

    ``name`` is what the codebook was loaded by.
    """
    from pipeline.coding.apply import failing_examples
    from pipeline.core.config import load_config
    from pipeline.core.strict import line_of, parse_yaml, read_text

    failing = failing_examples(book, load_config().coding.threshold)
    if not failing:
        return []
    path = Path(name) if _is_file(name) else folder() / f"{name}.yaml"
    _, lines, _ = parse_yaml(read_text(path, "编码本"), path.name)
    places = list(_examples(book.codes, ("codes",), lines))
    found = []
    for failure in failing:
        place = next((one for one in places if _fits(failure, book, one[1], one[2])), None)
        if place is None:
            found.append(f"{path.name}: {failure}")
            continue
        places.remove(place)
        key, code, example = place
        what = f"例句没有命中 {code.code}（{code.name}）" if "examples" in key else ""
        if not what:
            fired = failure.removeprefix(_start(book, code)).removesuffix(f"：「{example}」").removeprefix("不应得到")
            what = f"反例命中 {code.code}（{code.name}）{fired}"
        found.append(f"{path.name}:{line_of(key, lines)}: {what}：「{example}」")
    return found


def _is_file(name: str) -> bool:
    """Tell whether a codebook is given by its file."""
    return Path(name).suffix in (".yaml", ".yml")


def _examples(codes: Sequence[Code], above: KeyPath, lines: Lines) -> Iterator[tuple[KeyPath, Code, str]]:
    """Yield each example and counter-example with its code and the path of its line."""
    for index, code in enumerate(codes):
        here = (*above, index)
        for key, examples in (("examples", code.examples), ("counter_examples", code.counter_examples)):
            for number, example in enumerate(examples):
                yield (*here, key, number), code, example
        yield from _examples(code.children, (*here, "children"), lines)


def _start(book: Codebook, code: Code) -> str:
    """Return how a failure of ``code`` begins."""
    return f"{book.codebook}: {code.code}（{code.name}）"


def _fits(failure: str, book: Codebook, code: Code, example: str) -> bool:
    """Tell whether a failure is that of this example."""
    return failure.startswith(_start(book, code)) and failure.endswith(f"：「{example}」")
