"""The last step of a run: topics over the whole corpus, tables, database and run.json, in a process of its own.

The process is apart so that the parent stays small however many documents there are. Everything is read document by
document; nothing holds all texts.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pipeline.core import outputs
from pipeline.core.config import Config
from pipeline.core.errors import PipelineError
from pipeline.core.issues import Issue, issue
from pipeline.core.layers import Head
from pipeline.core.strict import digest
from pipeline.running.child import listen
from pipeline.running.codec import Frame, write_frame
from pipeline.running.manifest import describe_run, write_manifest
from pipeline.running.plan import Plan, plan_from_json
from pipeline.running.records import Records
from pipeline.running.trouble import of_duckdb, told

if TYPE_CHECKING:
    from pipeline.table.build import Entry
    from pipeline.topics.model import TopicModel

# Goes up when the same layers may give other tables, or another run.json, though no column has changed.
VERSION = 2
_REPORT_EACH = 25


def tables_key(config: Config) -> str:
    """Return a digest of what the tables depend on beside the documents; how many processes ran is no part of it."""
    from pipeline.books.load import load_books
    from pipeline.running.manifest import version
    from pipeline.table.derive import columns
    from pipeline.table.schema import TABLES

    seeds = [book.digest for book in load_books(config.topics.seeds)] if config.topics.model == "seeded" else []
    settings = config.model_dump_json(exclude={"project": True, "run": {"workers", "recycle"}, "pdf": {"processes"}})
    schema = [f"{table.name}: {columns(table.row)!r}" for table in TABLES]
    return digest(str(VERSION), version(), settings, *schema, *seeds)


def publish(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer the parent's one request: write everything, telling how far it is, and name the files written."""
    import duckdb

    frames: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    listen(requests, frames.put)
    request = frames.get().head
    config = Config.model_validate_json(request["config"])
    out = Path(request["out"])
    try:
        with told(out), Records(out) as records:
            _Press(answers, records, config, out, plan_from_json(request["plan"])).run(request)
    except duckdb.Error as error:
        if (refusal := of_duckdb(str(error), out)) is None:
            raise
        write_frame(answers, {"kind": "refused", "mistakes": refusal.mistakes})
    except PipelineError as error:
        write_frame(answers, {"kind": "refused", "mistakes": error.mistakes})


class _Press:
    """One writing of all results."""

    def __init__(self, answers: IO[bytes], records: Records, config: Config, out: Path, plan: Plan) -> None:
        """Keep what all steps need."""
        self._answers = answers
        self._records = records
        self._config = config
        self._out = out
        self._plan = plan

    def run(self, request: dict[str, Any]) -> None:
        """Write everything and say so."""
        from pipeline.books.load import load_books
        from pipeline.table.assemble import build_tables
        from pipeline.table.people import readings
        from pipeline.table.schema import TABLES

        seconds: dict[str, Any] = dict(request["seconds"])
        began = time.perf_counter()
        model, issues = self._model()
        seconds["topics"] = round(time.perf_counter() - began, 3)
        began = time.perf_counter()
        self._say("phase", name="tables", total=request["total"])
        listed = [trace.issue for trace in self._records.run_issues() if trace.issue.stage not in ("topics", "people")]
        listed += [trace.issue for _, traces in self._records.file_issues() for trace in traces]
        counts = build_tables(
            self._entries,
            self._out,
            codebooks=load_books(self._config.coding.codebooks),
            topics=model,
            heads=self._heads(),
            run_issues=(*listed, *issues),
            people=readings(self._out),
        )
        issues = (*issues, *counts.issues)
        seconds["tables"] = round(time.perf_counter() - began, 3)
        found = self._records.issue_counts()
        for one in issues:
            found[one.code] = sum(other.code == one.code for other in issues)
        numbers = {"documents": self._records.tally(), "issues": dict(sorted(found.items())), "rows": counts.rows}
        head = describe_run(self._config, self._plan, numbers, seconds, request["given"])
        write_manifest(self._out / outputs.MANIFEST, head, self._records.files())
        self._tidy(model)
        files = [*(f"{outputs.TABLES}/{table.name}.parquet" for table in TABLES), outputs.DATABASE, outputs.MANIFEST]
        self._say("done", files=files, issues=[asdict(one) for one in issues], seconds=seconds)

    def _say(self, kind: str, **detail: Any) -> None:
        """Tell the parent."""
        write_frame(self._answers, {"kind": kind, **detail})

    def _model(self) -> tuple[TopicModel | None, tuple[Issue, ...]]:
        """Return the topic model of the run's documents, or None and why there is none."""
        settings = self._config.topics
        if not settings.enabled:
            return None, ()
        from pipeline.running.topics import RunBags, model_of
        from pipeline.topics.doubts import doubts, lacking
        from pipeline.topics.sample import Lack

        bags = RunBags(self._records, self._config, self._step)
        self._say("phase", name="topics", total=bags.documents())
        model = model_of(self._out, bags)
        if isinstance(model, Lack):
            return None, (lacking(model, settings),)
        notes = [issue("topics", "topics.seeds", note=note) for note in model.notes]
        return model, (*notes, *doubts(model))

    def _tidy(self, model: TopicModel | None) -> None:
        """Delete the topic models that the tables no longer go by."""
        if model is not None:
            from pipeline.running.topics import RunBags, drop_earlier

            drop_earlier(self._out, RunBags(self._records, self._config, self._step))

    def _heads(self) -> Iterator[tuple[str, Head]]:
        """Yield the head of every document that has one."""
        for doc_id, doc in self._records.documents_with("head"):
            if doc.head is not None:
                yield doc_id, doc.head

    def _entries(self) -> Iterator[Entry]:
        """Yield every document with its layers and issues."""
        from pipeline.table.build import LAYERS, Entry

        for number, record in enumerate(self._records.rows(), 1):
            if record.status == "waiting" or record.status == "opened":
                raise RuntimeError(f"{record.source.path} is {record.status}, which is no end")
            issues = tuple(trace.issue for trace in self._records.issues_of(record))
            document = self._records.document(record, LAYERS)
            duplicate = record.duplicate_of is not None
            yield Entry(record.doc_id, record.source, record.status, document, issues, duplicate)
            self._step(number)

    def _step(self, number: int) -> None:
        """Tell the parent now and then that documents are done."""
        if number % _REPORT_EACH == 0:
            self._say("step", count=_REPORT_EACH)
