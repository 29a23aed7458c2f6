"""jieba: pure Python, the default. HMM is off: with a lexicon it only invents words (「要/以产才/融合」)."""

from __future__ import annotations

import warnings
from functools import cache, partial
from importlib.metadata import version
from typing import Any

from pipeline.core.config import SegmentSettings
from pipeline.segment.engine import Engine


def load(settings: SegmentSettings) -> Engine:
    """Return jieba's engine; its dictionary is read at the first cut."""
    return Engine("jieba", f"{version('jieba')}-nohmm", _cut)


def _cut(text: str) -> list[str]:
    """Return the words of ``text``."""
    words: list[str] = tokenizer().lcut(text, HMM=False)
    return words


@cache
def tokenizer() -> Any:
    """Return this process's own jieba tokenizer.

    jieba's own start-up writes a cache file into the shared temp folder and logs; filling the dictionary in directly
    does neither (0.3 s slower, once a process), so that workers can't trip over each other.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba imports pkg_resources, which warns at every import
        import jieba

    own = jieba.Tokenizer()
    own.FREQ, own.total = own.gen_pfdict(own.get_dict_file())
    own.initialized = True
    return own


def cutter() -> Any:
    """Return ``cut(text, cut_all=False)`` as spaCy's tokenizer calls it, without HMM."""
    return partial(tokenizer().cut, HMM=False)
