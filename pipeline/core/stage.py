"""A stage: a pure function, the layers it needs and the layer it gives."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, get_args, get_type_hints

from pipeline.core.document import Document
from pipeline.core.errors import PipelineError
from pipeline.core.issues import Issue

GIVEN = ("source", "content")


@dataclass(frozen=True, slots=True)
class Stage:
    """``function(*needed layers) -> layer``.

    ``version`` goes up when the same input may give another output; ``settings`` is a digest of every option and data
    file the function uses; ``doubts`` turns the layer made (and the document before it) into issues.
    """

    name: str
    function: Callable[..., Any]
    needs: tuple[str, ...]
    gives: str
    version: int
    settings: str = ""
    doubts: Callable[[Any, Document], Iterable[Issue]] | None = None

    def __call__(self, doc: Document) -> Document:
        """Return ``doc`` with this stage's layer added."""
        return doc.with_layer(self.gives, self.function(*(getattr(doc, name) for name in self.needs)))


def check(stages: Sequence[Stage]) -> None:
    """Raise PipelineError, listing every mistake, unless each stage's needs are made before it and the types agree."""
    types = get_type_hints(Document)
    made, mistakes, names = set(GIVEN), [], set()
    for stage in stages:
        where = f"stage {stage.name!r}"
        if stage.name in names:
            mistakes.append(f"{where}: the name is used twice")
        names.add(stage.name)
        mistakes += [
            f"{where} needs {need!r}, which no earlier stage gives" for need in stage.needs if need not in made
        ]
        if stage.gives not in {f.name for f in fields(Document)}:
            mistakes.append(f"{where} gives {stage.gives!r}, which is no layer of Document")
        elif stage.gives in made:
            mistakes.append(f"{where} gives {stage.gives!r}, which an earlier stage gives already")
        else:
            mistakes += _wrong_types(stage, types, where)
        made.add(stage.gives)
    if mistakes:
        raise PipelineError(*mistakes)


def _wrong_types(stage: Stage, types: dict[str, Any], where: str) -> list[str]:
    """Compare the function's annotations with the document's fields."""
    function = stage.function.func if isinstance(stage.function, functools.partial) else stage.function
    hints = get_type_hints(function if inspect.isroutine(function) else type(function).__call__)
    parameters = [name for name in hints if name != "return"][: len(stage.needs)]
    mistakes = [
        f"{where}: parameter {name!r} is {hints[name]}, but layer {need!r} is {types[need]}"
        for need, name in zip(stage.needs, parameters, strict=False)
        if need in types and not _same(hints[name], types[need])
    ]
    if len(parameters) < len(stage.needs):
        mistakes.append(f"{where}: the function takes {len(parameters)} layers, but {len(stage.needs)} are needed")
    if not _same(hints.get("return"), types[stage.gives]):
        mistakes.append(f"{where} returns {hints.get('return')}, but layer {stage.gives!r} is {types[stage.gives]}")
    return mistakes


def _same(given: Any, field_type: Any) -> bool:
    """Tell whether ``given`` is the field's type, with or without its ``None``."""
    return given == field_type or given in get_args(field_type)
