"""A worker process: takes documents one by one, runs the stages over each, and sends the layers back as bytes."""

from __future__ import annotations

import faulthandler
import gc
import hashlib
import os
import queue
import sqlite3
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from pipeline.core import cores, outputs
from pipeline.core.config import Config
from pipeline.core.document import Document, Source
from pipeline.core.errors import PipelineError, UnreadableFile
from pipeline.core.issues import Issue, issue
from pipeline.core.pulse import on_beat
from pipeline.core.stage import Stage, check
from pipeline.running.archives import DAMAGE
from pipeline.running.child import listen, resolve
from pipeline.running.codec import Frame, decode, encode, write_frame
from pipeline.running.inputs import STAGE, open_input, unreadable
from pipeline.running.plan import describe
from pipeline.structure.parts import cut

_GRACE = 30.0
_DETAIL = 300


@dataclass(frozen=True, slots=True)
class Found:
    """A document within a file: its id, the layers it begins with, by stage, and what there is to know of them."""

    id: str
    layers: dict[str, bytes]
    issues: tuple[Issue, ...]


@dataclass(slots=True)
class Outcome:
    """What the stages made of one document: encoded layers by stage, issues with tracebacks, seconds by stage.

    A file of many documents gives ``members`` in place of layers.
    """

    layers: dict[str, bytes] = field(default_factory=dict)
    members: list[Found] = field(default_factory=list)
    issues: list[tuple[Issue, str | None]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer the parent until it closes the pipe. The first frame says which stages; the rest are documents."""
    frames: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    listen(requests, frames.put)
    setup = frames.get().head
    try:
        stages: Sequence[Stage] = resolve(setup["stages"])(Config.model_validate_json(setup["config"]))
        check(stages)
    except PipelineError as error:
        write_frame(answers, {"kind": "refused", "mistakes": error.mistakes})
        return
    write_frame(answers, {"kind": "ready", "plan": describe(stages).to_json()})
    gc.collect()
    gc.freeze()  # dictionaries and patterns live as long as the process: no use in looking through them again
    cache = Cache(Path(setup["store"]) / outputs.STORE)
    with Path(os.devnull).open("wb") as nowhere:
        clock = _Clock(answers, setup["time_limit"] + _GRACE, nowhere)
        on_beat(clock.again)
        while True:
            task = frames.get().head
            cores.shared_by(task["sharing"])
            clock.start(task["path"])
            outcome = run_one(stages, task, cache)
            faulthandler.cancel_dump_traceback_later()
            _answer(answers, task["path"], outcome)


@dataclass(slots=True)
class _Clock:
    """The time limit of the document in hand, as the parent and as this process itself keep it."""

    answers: IO[bytes]
    seconds: float
    nowhere: IO[bytes]
    path: str = ""

    def start(self, path: str) -> None:
        """Tell the parent that work on ``path`` begins now."""
        self.path = path
        self.again()

    def again(self) -> None:
        """Let the time limit count from now: work begins, or a page of a long scan is done."""
        write_frame(self.answers, {"kind": "begun", "path": self.path})
        # The parent kills a worker that takes too long. If the parent is gone and a stage holds the interpreter,
        # the listening thread can't end us; this clock, which needs no interpreter, can.
        faulthandler.dump_traceback_later(self.seconds, exit=True, file=self.nowhere)


def _answer(answers: IO[bytes], path: str, outcome: Outcome) -> None:
    """Send the outcome."""
    head = {
        "kind": "made",
        "path": path,
        "stages": list(outcome.layers),
        "members": [
            {"id": member.id, "stages": list(member.layers), "issues": [asdict(found) for found in member.issues]}
            for member in outcome.members
        ],
        "issues": [{**asdict(found), "traceback": trace} for found, trace in outcome.issues],
        "seconds": outcome.seconds,
    }
    blobs = [*outcome.layers.values(), *(data for member in outcome.members for data in member.layers.values())]
    write_frame(answers, head, blobs)


class Cache:
    """Layers of earlier runs, read from the store when a stage needs them."""

    def __init__(self, store: Path) -> None:
        """Keep where the store is; it's opened at the first look."""
        self._store = store
        self._connection: sqlite3.Connection | None = None

    def layer(self, doc_id: str, stage: str, name: str) -> Any:
        """Return the layer ``name`` that ``stage`` made of ``doc_id``. Raises LookupError when the store has none."""
        if self._connection is None:
            self._connection = sqlite3.connect(f"{self._store.as_uri()}?mode=ro", uri=True, timeout=60)
        row = self._connection.execute("SELECT value FROM result WHERE doc_id = ? AND stage = ?", (doc_id, stage))
        if (found := row.fetchone()) is None:
            raise LookupError(f"the store has no layer {name!r} of {doc_id}")
        return decode(name, found[0])


def run_one(stages: Sequence[Stage], task: dict[str, Any], cache: Cache) -> Outcome:
    """Return what the stages not in ``task["reuse"]`` make of the document.

    A stage that raises leaves an issue and costs only the stages that need its layer.
    """
    source = Source(**task["source"])
    reuse = set(task["reuse"])
    desk = _Desk(task, cache, Document(source), {stage.gives: stage.name for stage in stages if stage.name in reuse})
    outcome = Outcome()
    made = {"source", "content", *desk.stored}
    for place, stage in enumerate(stages):
        if stage.name in reuse or not made.issuperset(stage.needs):
            continue
        began = time.perf_counter()
        try:
            if desk.run(stage, [before.gives for before in stages[:place] if before.gives in made], outcome):
                made.add(stage.gives)
        except Exception as error:
            outcome.issues.append(_bug(stage, source, error))
        desk.doc = desk.doc.with_layer("content", None)
        outcome.seconds[stage.name] = time.perf_counter() - began
        if found := list(members(desk.doc, stage.gives)):
            outcome.layers, outcome.members = {}, [_found(name, doc, stages) for name, doc in found]
            break
    return outcome


def members(doc: Document, made: str) -> Iterator[tuple[str, Document]]:
    """Yield the documents a file holds, by id, with their first layers, once the layer ``made`` has told of them.

    One of them holds no others: a row whose text is a digest stays one document.
    """
    if doc.source.file_sha256 is not None:
        return
    if made == "raw" and doc.raw is not None:
        for member in doc.raw.members:
            yield member.id, Document(doc.source.member(member.id), raw=member.raw)
    elif made == "parts" and doc.raw is not None and doc.text is not None and doc.parts:
        for part, raw, text in cut(doc.raw, doc.text, doc.parts):
            yield part, Document(doc.source.member(part), raw=raw, text=text, parts=())


def _found(member: str, doc: Document, stages: Sequence[Stage]) -> Found:
    """Return a document within a file with its layers as bytes."""
    layers = {stage.name: (stage.gives, getattr(doc, stage.gives)) for stage in stages}
    encoded = {name: encode(gives, value) for name, (gives, value) in layers.items() if value is not None}
    return Found(member, encoded, doc.raw.doubts if doc.raw else ())


@dataclass(slots=True)
class _Desk:
    """One document on its way through the stages; ``stored`` says which stage made each layer the store has."""

    task: dict[str, Any]
    cache: Cache
    doc: Document
    stored: dict[str, str]

    def run(self, stage: Stage, earlier: Sequence[str], outcome: Outcome) -> bool:
        """Put the stage's layer into the document and ``outcome``; False when it can't be made of such a file.

        ``doubts`` see all ``earlier`` layers.
        """
        try:
            self._fetch([*stage.needs, *(earlier if stage.doubts else ())])
            after = stage(self.doc)
        except UnreadableFile as error:
            where = STAGE if error.code.startswith("input.") else stage.name
            detail: dict[str, Any] = {"name": self.doc.source.name, **error.detail}
            outcome.issues.append((issue(where, error.code, **detail), None))
            return False
        layer = getattr(after, stage.gives)
        data = encode(stage.gives, layer)
        doubts = [*stage.doubts(layer, self.doc)] if stage.doubts else []
        outcome.layers[stage.name] = data
        outcome.issues += [(doubt, None) for doubt in doubts]
        self.doc = after
        return True

    def _fetch(self, layers: Sequence[str]) -> None:
        """Get the layers the document hasn't got: the content from the file, others from the store."""
        for name in layers:
            if getattr(self.doc, name) is not None:
                continue
            if name == "content":
                made: Any = read_content(self.task["file"], self.doc.source)
            else:
                made = self.cache.layer(self.task["doc_id"], self.stored[name], name)
            self.doc = self.doc.with_layer(name, made)


def read_content(file: str, source: Source) -> bytes:
    """Return the file's bytes. Raises UnreadableFile when they can't be read or aren't those the run has listed."""
    try:
        stream, size = open_input(file)
        with stream:
            content = stream.read(source.size + 1) if size == source.size else b""
    except OSError as error:
        raise unreadable(error, source.name) from error
    except DAMAGE as error:
        raise UnreadableFile("input.changed", name=source.name) from error
    if hashlib.sha256(content).hexdigest() != source.sha256:
        raise UnreadableFile("input.changed", name=source.name)
    return content


def _bug(stage: Stage, source: Source, error: Exception) -> tuple[Issue, str]:
    """Return the issue for what a stage raised, with its traceback."""
    detail = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(":")[:_DETAIL]
    trace = "".join(traceback.format_exception(error))
    return issue(stage.name, "bug", name=source.name, detail=detail), trace
