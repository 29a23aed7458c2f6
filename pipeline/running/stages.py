"""The one list of stages, built from a configuration."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from importlib import metadata
from typing import TYPE_CHECKING

from pipeline.core.config import Config, configs_dir, models_dir
from pipeline.core.document import Document
from pipeline.core.errors import PipelineError
from pipeline.core.issues import Issue, issue
from pipeline.core.layers import CleanText, Head, Measure, RawText
from pipeline.core.stage import Stage
from pipeline.core.strict import digest
from pipeline.core.values import fits

if TYPE_CHECKING:
    from pipeline.extract.sums import SumRules

# Libraries whose other versions may read other text out of the same file.
_READERS = ("pdfminer.six", "pypdfium2", "lxml", "xlrd")
# Share of a document's time that another program may take to read it: it must end before the worker is ended.
_FOR_OTHERS = 0.7


def build(config: Config) -> tuple[Stage, ...]:
    """Return the stages of a run with their data loaded.

    Raises PipelineError with every mistake in data files, word lists and codebooks.
    """
    from pipeline.segment.bag import list_mistakes

    stages: list[Stage] = []
    mistakes = list_mistakes(config.segment, configs_dir())
    for part in (_text, _parts, _structure, _words, _numbers, _knowledge):
        try:
            stages += part(config)
        except PipelineError as error:
            mistakes += error.mistakes
    if mistakes:
        raise PipelineError(*dict.fromkeys(mistakes))
    return tuple(stages)


def _text(config: Config) -> tuple[Stage, ...]:
    """Return the stages from a file's bytes to the clean text."""
    from pipeline.clean.steps import clean
    from pipeline.ingest import ocr_engine
    from pipeline.ingest.formats import read_source
    from pipeline.ingest.programs import fingerprints

    most = config.run.max_chars
    seconds = config.run.time_limit * _FOR_OTHERS
    versions = (metadata.version(name) for name in _READERS)
    others = (*fingerprints(), ocr_engine.describe(config.ocr))
    # how many processes read a file changes nothing in what's read
    readers = digest(str(most), config.rows.model_dump_json(), config.pdf.reader, *versions, *others)
    ocr = ocr_engine.load(config.ocr)
    reader = partial(read_source, max_chars=most, rows=config.rows, ocr=ocr, pdf=config.pdf, seconds=seconds)
    return (
        Stage(
            "ingest",
            reader,
            needs=("source", "content"),
            gives="raw",
            version=4,
            settings=readers,
            doubts=_own_doubts,
        ),
        Stage("clean", clean, needs=("raw",), gives="text", version=3, doubts=_own_doubts),
    )


def _parts(_: Config) -> tuple[Stage, ...]:
    """Return the stage that finds the documents in a text of many."""
    from pipeline.structure.parts import find_parts, load_part_rules

    rules = load_part_rules(configs_dir())
    function = partial(find_parts, rules=rules)
    return (Stage("parts", function, needs=("raw", "text"), gives="parts", version=1, settings=rules.digest),)


def _structure(_: Config) -> tuple[Stage, ...]:
    """Return the stages that read how a document is made up."""
    from pipeline.structure.gaps import gap_issues
    from pipeline.structure.head import read_head
    from pipeline.structure.numbering import load_ranks
    from pipeline.structure.outline import build_outline
    from pipeline.structure.references import find_references, load_reference_rules
    from pipeline.structure.rules import load_head_rules

    folder = configs_dir()
    rules, ranks, references = load_head_rules(folder), load_ranks(folder), load_reference_rules(folder)
    return (
        Stage(
            "head",
            partial(read_head, rules=rules),
            needs=("source", "raw", "text"),
            gives="head",
            version=2,
            settings=rules.digest,
            doubts=_without_title,
        ),
        Stage(
            "outline",
            partial(build_outline, ranks=ranks),
            needs=("raw", "text"),
            gives="outline",
            version=3,
            settings=ranks.digest,
            doubts=gap_issues,
        ),
        Stage(
            "references",
            partial(find_references, rules=references),
            needs=("text", "head"),
            gives="references",
            version=2,
            settings=references.digest,
        ),
    )


def _words(config: Config) -> tuple[Stage, ...]:
    """Return the stages that cut sentences and words."""
    from pipeline.running.bags import stop_words_of
    from pipeline.segment.bag import count_words
    from pipeline.segment.sentences import cut
    from pipeline.segment.words import load_segmenter

    folder = configs_dir()
    segmenter = load_segmenter(config.segment, folder)
    stop_words = stop_words_of(config)
    return (
        Stage(
            "sentences",
            partial(cut, segmenter=segmenter),
            needs=("text", "outline"),
            gives="sentences",
            version=1,
            settings=segmenter.digest,
        ),
        Stage(
            "bag",
            partial(count_words, stop_words=stop_words),
            needs=("text", "sentences"),
            gives="bag",
            version=2,
            settings=stop_words.digest,
        ),
    )


def unjudged(config: Config) -> tuple[Stage, ...]:
    """Return the stages up to the mentions, which need nothing fitted."""
    return tuple(stage for part in (_text, _parts, _structure, _words, _numbers) for stage in part(config))


def up_to_bag(config: Config) -> tuple[Stage, ...]:
    """Return the stages a document's bag of words needs."""
    every = tuple(stage for part in (_text, _parts, _structure, _words) for stage in part(config))
    return tuple(stage for stage in every if stage.name not in ("head", "references"))


def _numbers(_: Config) -> tuple[Stage, ...]:
    """Return the stage that accounts for every number."""
    from pipeline.extract.lexicon import load_mention_lexicon
    from pipeline.extract.mentions import find_mentions, unclaimed_numbers

    lexicon = load_mention_lexicon(configs_dir())
    return (
        Stage(
            "mentions",
            partial(find_mentions, lexicon=lexicon),
            needs=("text", "raw"),
            gives="mentions",
            version=2,
            settings=lexicon.digest,
            doubts=unclaimed_numbers,
        ),
    )


def _knowledge(config: Config) -> tuple[Stage, ...]:
    """Return the stages that put measures together and give codes."""
    from pipeline.books.coders import load_coder
    from pipeline.coding.apply import code
    from pipeline.extract.measures import find_measures, load_measure_rules

    folder = configs_dir()
    rules = load_measure_rules(folder, models_dir())
    coder = load_coder(config.coding)
    return (
        Stage(
            "measures",
            partial(find_measures, rules=rules),
            needs=("text", "head", "outline", "sentences", "mentions"),
            gives="measures",
            version=3,
            settings=rules.digest,
            doubts=partial(_doubtful, sums=rules.finish.sums),
        ),
        Stage(
            "codings",
            partial(code, coder=coder),
            needs=("text", "outline", "sentences", "head"),
            gives="codings",
            version=2,
            settings=coder.digest,
        ),
    )


def _without_title(head: Head, doc: Document) -> Iterable[Issue]:
    """Return an issue when no title was found."""
    return () if head.title else (issue("head", "head.no-title"),)


def _doubtful(measures: tuple[Measure, ...], doc: Document, *, sums: SumRules) -> Iterable[Issue]:
    """Yield the issues of measures: values the tables have no room for, parts that don't add up to their total."""
    from pipeline.extract.sums import wrong_sums

    yield from _too_large(measures, doc)
    yield from wrong_sums(measures, doc, rules=sums)


def _too_large(measures: tuple[Measure, ...], doc: Document) -> Iterable[Issue]:
    """Yield an issue for each measure with a value the tables have no room for, at its place (raw offsets)."""
    if doc.raw is None or doc.text is None:
        return
    for measure in measures:
        if not (fits(measure.value_min) and fits(measure.value_max)):
            start, end = doc.text.offsets().to_source(measure.start, measure.end)
            yield issue("measures", "number.too-large", span=(start, end), quote=doc.raw.text[start:end])


def _own_doubts(layer: RawText | CleanText, doc: Document) -> Iterable[Issue]:
    """Return the doubts a layer carries itself."""
    return layer.doubts
