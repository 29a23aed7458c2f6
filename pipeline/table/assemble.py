"""All entries of a run become its tables and its database: the last step of a run, in one process, streaming."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.coding.codebook import Codebook, CodeEntry, codes
from pipeline.core import outputs
from pipeline.core.issues import Issue, issue
from pipeline.core.layers import Head
from pipeline.core.topic_words import topic_id
from pipeline.table.build import DocumentRows, Entry, build_rows, issue_row
from pipeline.table.database import build_database
from pipeline.table.people import Reading
from pipeline.table.people_rows import people_rows
from pipeline.table.resolve import index
from pipeline.table.schema import CodeRow, DocTopicRow, TopicRow, TopicTermRow
from pipeline.table.write import TableWriter

if TYPE_CHECKING:
    from pipeline.topics.model import TopicModel

# Topic weights are kept to so many places: more would make the last bits of a matrix product visible in the file.
_PLACES = 6
_BATCH_DOCUMENTS = 256
_BATCH_CHARS = 8_000_000


@dataclass(frozen=True, slots=True)
class TableCounts:
    """How many rows each table got, and what there is to tell of people's codings."""

    rows: dict[str, int]
    issues: tuple[Issue, ...] = ()


def build_tables(
    entries: Callable[[], Iterable[Entry]],
    out: Path,
    *,
    codebooks: Sequence[Codebook] = (),
    topics: TopicModel | None = None,
    heads: Iterable[tuple[str, Head]] | None = None,
    run_issues: Iterable[Issue] = (),
    people: Sequence[Reading] = (),
) -> TableCounts:
    """Write ``out/tables/NAME.parquet`` and ``out/knowledge.duckdb``; return how many rows each table has.

    ``entries()`` is called once with ``heads`` (document id and head of every document, for resolving references),
    twice without, and must give the same entries in the same order. Earlier tables stay until the new are complete.
    """
    if heads is None:
        heads = ((e.doc_id, e.document.head) for e in entries() if e.document and e.document.head and not e.duplicate)
    targets = index(heads)
    entries_of_codes = [entry for book in codebooks for entry in codes(book)]
    code_paths = {(entry.codebook, entry.code): entry.code_path for entry in entries_of_codes}
    with TableWriter(out / outputs.TABLES) as writer:
        writer.add("codes", (_code(entry) for entry in entries_of_codes))
        biggest: Counter[int] = Counter()
        doc_ids: set[str] = set()
        for batch in _batches(entries()):
            doc_ids.update(entry.doc_id for entry in batch)
            for entry in batch:
                _add(writer, build_rows(entry, targets=targets, code_paths=code_paths))
            if topics is not None:
                _add_mixes(writer, batch, topics, biggest)
        if topics is not None:
            _add_topics(writer, topics, biggest)
        theirs = people_rows(people, doc_ids, code_paths)
        writer.add("codes", theirs.codes)
        writer.add("codings", theirs.codings)
        gone = tuple(issue("people", "people.gone", name=name, count=count) for name, count in theirs.gone)
        writer.add("issues", (issue_row(found, None) for found in (*run_issues, *gone)))
        counts = writer.counts()
    names = {book.codebook: book.name for book in codebooks}
    build_database(out / outputs.TABLES, out / outputs.DATABASE, names=names)
    return TableCounts(counts, gone)


def _code(entry: CodeEntry) -> CodeRow:
    """Return a code's row."""
    return CodeRow(**{field.name: getattr(entry, field.name) for field in fields(CodeRow)})


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Yield the entries in batches whose borders depend on the entries only."""
    batch: list[Entry] = []
    chars = 0
    for entry in entries:
        batch.append(entry)
        if entry.document and entry.document.raw:
            chars += len(entry.document.raw.text)
        if len(batch) >= _BATCH_DOCUMENTS or chars >= _BATCH_CHARS:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch


def _add(writer: TableWriter, rows: DocumentRows) -> None:
    """Add all rows of one input."""
    for field in fields(rows):
        writer.add(field.name, getattr(rows, field.name))


def _add_mixes(writer: TableWriter, batch: list[Entry], topics: TopicModel, biggest: Counter[int]) -> None:
    """Add the topic mixtures of a batch; count each document's largest topic."""
    bags = [(e.doc_id, e.document.bag) for e in batch if e.document and e.document.bag is not None and not e.duplicate]
    mixes = topics.assign_many([bag for _, bag in bags]) if bags else ()
    for (doc_id, _), mix in zip(bags, mixes, strict=True):
        numbers = [topics.topics[row].number for row in mix.topics]
        biggest.update(numbers[:1])
        rows = [
            DocTopicRow(doc_id, topic_id(number), round(float(weight), _PLACES))
            for number, weight in zip(numbers, mix.weights, strict=True)
        ]
        writer.add("doc_topics", (row for row in rows if row.weight > 0))


def _add_topics(writer: TableWriter, topics: TopicModel, biggest: Counter[int]) -> None:
    """Add the topics and their words."""
    model = f"{topics.kind}-{len(topics.topics)}@{topics.digest}"
    for topic in topics.topics:
        name = topic_id(topic.number)
        words = "；".join(word for word, _ in topic.terms)
        coherence = None if topic.coherence is None else round(float(topic.coherence), _PLACES)
        writer.add("topics", [TopicRow(name, model, topic.label, words, biggest[topic.number], coherence)])
        terms = enumerate(topic.terms, 1)
        writer.add("topic_terms", (TopicTermRow(name, i, word, round(float(w), _PLACES)) for i, (word, w) in terms))
