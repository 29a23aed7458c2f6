"""Short ways to run the extract stage on plain text, for tests."""

from __future__ import annotations

from functools import cache

from pipeline.core.config import configs_dir, load_config, models_dir
from pipeline.core.layers import CleanText, Head, Measure, Mention, Sentence
from pipeline.extract.lexicon import MentionLexicon, load_mention_lexicon
from pipeline.extract.measures import MeasureRules, find_measures, load_measure_rules
from pipeline.extract.mentions import find_mentions
from pipeline.extract.page import Page
from pipeline.segment.sentences import cut
from pipeline.segment.words import Segmenter, load_segmenter


@cache
def lexicon() -> MentionLexicon:
    return load_mention_lexicon(configs_dir())


@cache
def rules() -> MeasureRules:
    return load_measure_rules(configs_dir(), models_dir())


@cache
def segmenter() -> Segmenter:
    return load_segmenter(load_config().segment, configs_dir())


def sentences(text: str) -> tuple[Sentence, ...]:
    return cut(CleanText(text, ()), (), segmenter=segmenter())


def page_of(text: str) -> Page:
    return Page(text, sentences(text), rules().slots.spans)


def mentions(text: str) -> tuple[Mention, ...]:
    return find_mentions(CleanText(text, ()), lexicon=lexicon())


def claimed(text: str) -> list[tuple[str, Mention]]:
    return [(text[m.start : m.end], m) for m in mentions(text) if m.fate == "claimed"]


def measures(text: str) -> tuple[Measure, ...]:
    """The measures with a figure."""
    return tuple(m for m in all_measures(text) if m.kind != "none")


def deeds(text: str) -> tuple[Measure, ...]:
    """The measures without a figure."""
    return tuple(m for m in all_measures(text) if m.kind == "none")


def all_measures(text: str) -> tuple[Measure, ...]:
    return find_measures(CleanText(text, ()), Head(), (), sentences(text), mentions(text), rules=rules())
