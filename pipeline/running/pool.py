"""The workers, seen from the parent: hand out documents, replace what dies or hangs, and blame the right document.

Each worker has one document in hand and one more waiting in its pipe, so that it never waits for the parent.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from pipeline.core.errors import PipelineError
from pipeline.core.issues import issue
from pipeline.running.child import Child, start
from pipeline.running.codec import Frame, read_frame, write_frame
from pipeline.running.plan import Plan, plan_from_json
from pipeline.running.store import Finished, Member, Task, late_key

_WORKER = "pipeline.running.worker:serve"
_AHEAD = 2
_BAD_STARTS = 3
_START_LIMIT = 300.0
_RETRY_CODES = frozenset({"input.missing", "input.permission", "input.changed", "run.crashed"})
_LATE_CODES = frozenset({"ingest.tool-timeout"})


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """How many workers, seconds for one document, documents after which a worker is replaced."""

    workers: int
    time_limit: float
    recycle: int


@dataclass(slots=True, eq=False)
class _Worker:
    """A worker process and what it was given: ``tasks[0]`` is in hand once ``begun`` (monotonic seconds) is set."""

    child: Child
    started: float
    ear: threading.Thread = field(default_factory=threading.Thread)
    ready: bool = False
    begun: float | None = None
    given: int = 0
    late: bool = False
    retired: bool = False
    tasks: deque[Task] = field(default_factory=deque)


class Pool:
    """Worker processes that all run the same stages. Use ``close`` whatever happens."""

    def __init__(self, setup: dict[str, Any], settings: PoolSettings) -> None:
        """Start the first worker; ``setup`` is what each worker is told first (stages, config, store)."""
        self.seconds: dict[str, float] = {}
        self._setup = {**setup, "time_limit": settings.time_limit}
        self._settings = settings
        self._workers: list[_Worker] = []
        self._events: queue.SimpleQueue[tuple[_Worker, Frame | None]] = queue.SimpleQueue()
        self._plan: Plan | None = None
        self._bad_starts = 0
        self._sharing = settings.workers
        self._returned: deque[Task] = deque()
        self._start()

    def widen(self, documents: int) -> None:
        """Start all workers that so many documents can use, without waiting for the first one's plan."""
        for _ in range(len(self._workers), min(self._settings.workers, documents)):
            self._start()

    def plan(self) -> Plan:
        """Wait for the first worker and return what its stages will do.

        Raises PipelineError with the mistakes in config, codebooks or stages, or when workers can't be started.
        """
        while self._plan is None:
            for _ in self._turn():
                pass
            if not self._workers:
                self._start()
        return self._plan

    def run(self, tasks: Iterable[Task], total: int) -> Iterator[Finished]:
        """Yield what comes of each of the ``total`` tasks, in the order they finish."""
        coming = iter(tasks)
        more = True
        self._sharing = min(self._settings.workers, total)
        while True:
            if more or self._returned:
                more = self._hand_out(coming) and more
            if not more and not self._returned and not any(worker.tasks for worker in self._workers):
                return
            open_workers = sum(1 for worker in self._workers if worker.given < self._settings.recycle)
            if (more or self._returned) and open_workers < min(self._settings.workers, total):
                self._start()
                continue
            yield from self._turn()

    def close(self) -> None:
        """End all workers at once."""
        for worker in self._workers:
            worker.child.end(kill=True)
            worker.ear.join()
            worker.child.close()
        self._workers.clear()

    # ---- parent to worker

    def _start(self) -> None:
        """Start a worker and a thread that listens to it."""
        worker = _Worker(start(_WORKER), time.monotonic())
        worker.ear = threading.Thread(target=self._listen, args=(worker,), daemon=True)
        worker.ear.start()
        self._workers.append(worker)
        self._send(worker, self._setup)

    def _listen(self, worker: _Worker) -> None:
        """Pass on everything the worker says, then that it's gone."""
        whole = False
        try:
            while (frame := read_frame(worker.child.answers)) is not None:
                self._events.put((worker, frame))
            whole = True
        finally:
            if not whole:  # what it says can't be read: nobody may wait for it
                worker.child.process.kill()
            self._events.put((worker, None))

    def _hand_out(self, coming: Iterator[Task]) -> bool:
        """Fill up the workers, the emptiest first; return whether there may be more to hand out."""
        for depth in range(_AHEAD):
            for worker in self._workers:
                if (
                    not worker.ready
                    or worker.late
                    or len(worker.tasks) > depth
                    or worker.given >= self._settings.recycle
                ):
                    continue
                task = self._returned.popleft() if self._returned else next(coming, None)
                if task is None:
                    return False
                worker.tasks.append(task)
                worker.given += 1
                self._send(worker, {**_request(task), "sharing": self._sharing})
        return True

    def _send(self, worker: _Worker, head: dict[str, Any]) -> None:
        """Send one frame. A worker that is gone says so itself, through its closed pipe."""
        with suppress(OSError):
            write_frame(worker.child.requests, head)

    # ---- worker to parent

    def _turn(self) -> Iterator[Finished]:
        """Wait for the next event or the next time limit, and yield what is finished by it."""
        now = time.monotonic()
        waits = [self._deadline(worker) - now for worker in self._workers]
        try:
            worker, frame = self._events.get(timeout=max(0.0, min([*waits, 1.0])))
        except queue.Empty:
            for worker in self._workers:
                if not worker.late and self._deadline(worker) <= time.monotonic():
                    worker.late = True
                    worker.child.process.kill()
            return
        if frame is None:
            yield from self._gone(worker)
        else:
            yield from self._said(worker, frame)

    def _deadline(self, worker: _Worker) -> float:
        """Return when the worker must have finished what it's at, in monotonic seconds."""
        if not worker.ready:
            return worker.started + _START_LIMIT
        if worker.begun is None or worker.late:
            return float("inf")
        return worker.begun + self._settings.time_limit

    def _said(self, worker: _Worker, frame: Frame) -> Iterator[Finished]:
        """Take in one message."""
        kind = frame.head["kind"]
        if kind == "refused":
            raise PipelineError(*frame.head["mistakes"])
        if kind == "ready":
            plan = plan_from_json(frame.head["plan"])
            if self._plan is not None and self._plan.digest != plan.digest:
                raise PipelineError("运行期间程序或配置文件被修改：请不要在运行中改动，再运行同一命令")
            self._plan = plan
            worker.ready = True
        elif kind == "begun":  # said again after each recognised page: a long scan has the time limit for each of them
            worker.begun = None if worker.late else time.monotonic()
            self._bad_starts = 0
        else:
            yield self._made(worker, frame)

    def _made(self, worker: _Worker, frame: Frame) -> Finished:
        """Return what the worker has made of the document in its hand."""
        task = worker.tasks.popleft()
        worker.begun = None
        for stage, seconds in frame.head["seconds"].items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds
        if worker.given >= self._settings.recycle and not worker.tasks:
            worker.retired = True
            worker.child.end(kill=False)
        assert self._plan is not None
        gives = {step.name: step.gives for step in self._plan.steps}
        blobs = iter(frame.blobs)
        layers = [(stage, gives[stage], next(blobs)) for stage in frame.head["stages"]]
        members = []
        for member in frame.head["members"]:
            source = task.source.member(member["id"])
            keys = self._plan.keys(source)
            first = [(stage, gives[stage], keys[stage], next(blobs)) for stage in member["stages"]]
            members.append(Member(source, first, member["issues"]))
        finished = _finished(task, layers, frame.head["issues"], self._settings.time_limit)
        if not members:
            return finished
        return finished._replace(members=members, plan_key=self._plan.opened_key(task.source))

    def _gone(self, worker: _Worker) -> Iterator[Finished]:
        """Take away a worker that has ended; blame the document it had in hand, and give the next one to another."""
        code = worker.child.end(kill=False)
        words = worker.child.last_words()
        worker.child.close()
        self._workers.remove(worker)
        if worker.begun is not None:
            task = worker.tasks.popleft()
            yield self._late(task) if worker.late else _crashed(task, code, words)
        elif not worker.ready or not (worker.late or worker.retired):
            self._count_bad_start(code, words)
        self._returned.extend(worker.tasks)
        worker.tasks.clear()

    def _late(self, task: Task) -> Finished:
        """Return the end of a document that took too long."""
        limit = self._settings.time_limit
        found = issue("run", "run.timeout", name=task.source.name, limit=f"{limit:g}")
        return Finished(task, (), [asdict(found)], late_key(task.plan_key, limit))

    def _count_bad_start(self, code: int, words: str) -> None:
        """Note that a worker ended without a document in hand. Raises PipelineError when that goes on."""
        self._bad_starts += 1
        if self._bad_starts >= _BAD_STARTS:
            raise PipelineError(f"工作进程无法启动（连续 {self._bad_starts} 次，退出代码 {code}）：\n{words}")


def _request(task: Task) -> dict[str, Any]:
    """Return a task as a worker is told it."""
    return {
        "path": task.source.path,
        "source": asdict(task.source),
        "doc_id": task.source.doc_id,
        "file": task.file,
        "reuse": task.reuse,
    }


def _crashed(task: Task, code: int, words: str) -> Finished:
    """Return the end of a document whose worker died over it."""
    found = issue("run", "run.crashed", name=task.source.name, detail=code)
    return Finished(task, (), [{**asdict(found), "traceback": words or None}], "")


def _finished(
    task: Task, layers: Sequence[tuple[str, str, bytes]], issues: Sequence[dict[str, Any]], limit: float
) -> Finished:
    """Return what came of a task.

    What the machine rather than the document may have caused is tried again next run, what was late with another limit.
    """
    codes = {found["code"] for found in issues}
    if codes & _RETRY_CODES:
        return Finished(task, layers, issues, "")
    return Finished(task, layers, issues, late_key(task.plan_key, limit) if codes & _LATE_CODES else task.plan_key)
