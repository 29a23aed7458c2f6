"""An engine cuts a stretch of text into words; the lexicon is laid over it in words.py, once for all engines."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType

from pipeline.core.errors import PipelineError


@dataclass(frozen=True, slots=True)
class Engine:
    """``cut(text)`` returns words that join to ``text``; ``version`` changes whenever its output may."""

    name: str
    version: str
    cut: Callable[[str], list[str]]


def need(module: str, *, engine: str, extra: str) -> ModuleType:
    """Return ``module``, imported. Raises PipelineError with the install line when it or what it needs isn't there."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise PipelineError(
            f"分词引擎 {engine} 需要 Python 包 {module}，但现在用不了（{error}）。"
            f"请运行：pip install 'cewen[{extra}]'，或在配置 [segment] 中改用 engine = \"jieba\""
        ) from error


def restore(text: str, words: Iterable[str]) -> list[str]:
    """Return ``words`` with all that lies between them in ``text`` put back, so that they join to ``text``.

    For engines that drop white space. A word that doesn't occur in the rest of the text (an engine normalised it) is
    left out; its place becomes part of the gap.
    """
    result: list[str] = []
    at = 0
    for word in words:
        start = text.find(word, at) if word else -1
        if start < 0:
            continue
        if start > at:
            result.append(text[at:start])
        result.append(word)
        at = start + len(word)
    if at < len(text):
        result.append(text[at:])
    return result
