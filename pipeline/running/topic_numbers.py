"""The numbers of topics in an output folder: all ever given, with their terms, so that none is given to another."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.core.errors import PipelineError
from pipeline.core.files import completed
from pipeline.running.topic_settings import MODELS, NUMBERS
from pipeline.topics.matching import Given, numbers
from pipeline.topics.model import TopicModel


@dataclass(frozen=True, slots=True)
class _Book:
    """All numbers given, and those of the topics of each model by its digest."""

    given: dict[int, Given]
    models: dict[str, tuple[int, ...]]


def number(out: Path, model: TopicModel) -> TopicModel:
    """Return ``model`` with its topics numbered as in ``out``: as before if it was there before.

    What is given is noted first. Raises PipelineError when the file of numbers can't be read or written.
    """
    book = _read(out)
    if model.digest not in book.models:
        book.models[model.digest] = tuple(numbers(model.topics, list(book.given.values())))
    model = _numbered(model, book)
    for topic in model.topics:
        terms = tuple(word for word, _ in topic.terms)
        old = book.given.get(topic.number)
        book.given[topic.number] = Given(topic.number, old.first if old else terms, terms)
    _write(out, book)
    return model


def numbered(out: Path, model: TopicModel) -> TopicModel:
    """Return a model of ``out`` with the numbers its topics have there. Raises PipelineError when it has none."""
    book = _read(out)
    if model.digest not in book.models:
        raise PipelineError(f"{out / MODELS / NUMBERS}: 没有这个主题模型的编号，请用同一命令再运行一次 cewen run")
    return _numbered(model, book)


def _numbered(model: TopicModel, book: _Book) -> TopicModel:
    """Return ``model`` with the numbers it has in ``book``."""
    own = zip(model.topics, book.models[model.digest], strict=True)
    return replace(model, topics=tuple(replace(topic, number=given) for topic, given in own))


def _read(out: Path) -> _Book:
    """Return the numbers given in ``out``, none when there's no file yet."""
    path = out / MODELS / NUMBERS
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        given = {one["number"]: Given(one["number"], tuple(one["first"]), tuple(one["last"])) for one in found["given"]}
        return _Book(given, {name: tuple(own) for name, own in found["models"].items()})
    except FileNotFoundError:
        return _Book({}, {})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PipelineError(
            f"{path}: 主题编号的记录读不出来（{error}）。请从备份恢复；没有备份的，加 --fresh 重新运行，编号从头开始"
        ) from error


def _write(out: Path, book: _Book) -> None:
    """Write the numbers, a line a topic."""
    given = ",\n".join(
        json.dumps({"number": one.number, "first": one.first, "last": one.last}, ensure_ascii=False)
        for _, one in sorted(book.given.items())
    )
    models = json.dumps(book.models, sort_keys=True)
    text = f'{{"given": [\n{given}\n],\n"models": {models}}}\n'
    path = out / MODELS / NUMBERS
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        with completed(path) as fresh:
            fresh.write_text(text, encoding="utf-8", newline="\n")
