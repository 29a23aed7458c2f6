"""spaCy's Chinese tokenizer (extra ``spacy``): blank ``zh`` over jieba, or that of a pipeline you bring."""

from __future__ import annotations

from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

from pipeline.core.config import SegmentSettings
from pipeline.segment.engine import Engine, need
from pipeline.segment.with_jieba import cutter


def load(settings: SegmentSettings) -> Engine:
    """Return the engine of ``spacy.blank("zh")`` with jieba. Raises PipelineError when spaCy isn't installed."""
    nlp = need("spacy", engine="spacy", extra="spacy").blank("zh")
    # Asking spaCy for "jieba" would start the global jieba, with its cache file in the shared temp folder.
    nlp.tokenizer.segmenter = "jieba"
    nlp.tokenizer.jieba_seg = SimpleNamespace(cut=cutter())
    return engine_of(nlp, version=f"{version('spacy')}-jieba{version('jieba')}-nohmm")


def engine_of(nlp: Any, *, version: str) -> Engine:
    """Return the engine that cuts with ``nlp``'s tokenizer; ``version`` must name whatever it was trained on."""

    def cut(text: str) -> list[str]:
        words: list[str] = []
        at = 0
        for token in nlp.tokenizer(text):
            end = token.idx + len(token.text)
            if token.idx > at:
                words.append(text[at : token.idx])
            words.append(text[token.idx : end])
            at = end
        if at < len(text):
            words.append(text[at:])
        return words

    return Engine("spacy", version, cut)
