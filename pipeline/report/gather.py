"""Gathers everything a report says from a finished run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.report.agreement import Agreed, read_agreement
from pipeline.report.codings import Codings, read_codings
from pipeline.report.content import Figure
from pipeline.report.corpus import Corpus, read_corpus
from pipeline.report.limits import Limits, read_limits
from pipeline.report.manifest import Made, read_made
from pipeline.report.measures import Measures, read_measures
from pipeline.report.references import References, read_references
from pipeline.report.topics import Topics, read_topics
from pipeline.report.words import ScoredModel, Source, load_words
from pipeline.table.overlay import Overlay, reading

# the library that does each engine's work, as run.json lists it
_LIBRARIES = {"jieba": "jieba", "rjieba": "rjieba", "spacy": "spacy", "hanlp": "hanlp"}


@dataclass(frozen=True, slots=True)
class Report:
    """All sections; those the run has nothing for are None."""

    title: str
    made: Made
    corpus: Corpus
    measures: Measures | None
    codings: Codings | None
    topics: Topics | None
    references: References | None
    agreed: Agreed | None
    limits: Limits
    reviewed: Overlay
    scored: tuple[ScoredModel, ...]
    sources: tuple[Source, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All pictures in the report's order."""
        found = [*self.corpus.figures]
        found += self.measures.figures if self.measures else ()
        found += [figure for book in (self.codings.books if self.codings else ()) for figure in book.figures]
        found += [self.topics.figure] if self.topics and self.topics.figure else []
        found += self.references.figures if self.references else ()
        return (*found, *([self.limits.figure] if self.limits.figure else ()))

    @property
    def segmenter(self) -> str:
        """The program that cut words, with its version."""
        engine = self.made.config.segment.engine
        return f"{engine} {self.made.libraries.get(_LIBRARIES[engine], '')}".strip()

    @property
    def learned(self) -> bool:
        """Whether a trained model gave any codings."""
        coders = self.codings.coders.rows if self.codings else ()
        return any(row[1].startswith("机器（learned@") for row in coders)


def gather(out: Path, title: str) -> Report:
    """Return the report of the run in ``out``, with people's corrections of measures applied.

    Raises PipelineError when it isn't finished or of another version, and for mistakes in the corrections.
    """
    made, words = read_made(out), load_words()
    with reading(out) as (connection, overlay):
        corpus = read_corpus(connection, words)
        measures = read_measures(connection)
        references = read_references(connection, words)
        limits = read_limits(connection)
    codings, topics = read_codings(out), read_topics(out)
    people = bool(codings and codings.people)
    report = Report(
        title=title,
        made=made,
        corpus=corpus,
        measures=measures,
        codings=codings,
        topics=topics,
        references=references,
        agreed=read_agreement(out) if people else None,
        limits=limits,
        reviewed=overlay,
        scored=words.scored(made.models),
        sources=(),
    )
    return _with_sources(report)


def _with_sources(report: Report) -> Report:
    """Return the report with the works its methods rest on."""
    agreed = report.agreed if report.agreed and report.agreed.figures else None
    used = {
        "measures": report.measures is not None,
        "learned": report.learned,
        "topics": report.topics is not None,
        report.made.config.topics.model: report.topics is not None,
        "shares": report.topics is not None and report.topics.figure is not None,
        "agreement": agreed is not None,
        "group": agreed is not None and agreed.group,
    }
    sources = load_words().sources(name for name, there in used.items() if there)
    values = {name: getattr(report, name) for name in Report.__slots__ if name != "sources"}
    return Report(**values, sources=sources)
