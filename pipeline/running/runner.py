"""The main job: files in, tables out. The same call goes on where an earlier one stopped."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.core import cores, outputs
from pipeline.core.config import Config
from pipeline.core.errors import PipelineError, UnreadableFile
from pipeline.core.issues import Issue, issue
from pipeline.core.strict import digest
from pipeline.running.child import Child, start
from pipeline.running.codec import read_frame, write_frame
from pipeline.running.hold import hold
from pipeline.running.inputs import STAGE, Fingerprint, Listing, fingerprint, list_inputs, shown
from pipeline.running.plan import Plan, describe
from pipeline.running.pool import Pool, PoolSettings
from pipeline.running.publish import tables_key
from pipeline.running.records import issue_counts, tally
from pipeline.running.report import Progress, Quiet, RunReport
from pipeline.running.store import Store
from pipeline.running.topic_settings import chosen, forget_stale, model_files
from pipeline.running.trouble import told

_BATCH = 200
_PUBLISHED, _GIVEN = "published", "given"


@dataclass(frozen=True, slots=True)
class Programs:
    """What the processes of a run execute, as ``module:function``: tests put their own in place."""

    stages: str = "pipeline.running.stages:build"
    publish: str = "pipeline.running.publish:publish"


def run(
    inputs: Sequence[Path],
    out: Path,
    *,
    config: Config,
    fresh: bool = False,
    progress: Progress | None = None,
    programs: Programs | None = None,
) -> RunReport:
    """Read every file under ``inputs`` and write the tables into ``out``; return how it went.

    What an earlier run has done already, in ``out``, isn't done again unless ``fresh``.
    Raises PipelineError before anything is run when an input, the configuration or a codebook is wrong, and when
    another run is at work in ``out``; later when ``out`` can't be written (the disk is full). Ctrl-C
    (KeyboardInterrupt) ends the workers and keeps everything done so far.
    """
    job = _Job(out, config, progress or Quiet(), programs or Programs())
    with told(out), ExitStack() as stack:
        pool = stack.enter_context(closing(job.open_pool()))
        listing, plan = job.prepare(inputs, pool, anew=fresh or not (out / outputs.STORE).exists())
        stack.enter_context(closing(hold(out)))
        if fresh:
            _remove_results(out)
        store = stack.enter_context(closing(Store(out, fresh=fresh)))
        with store.db:
            store.set_meta(_GIVEN, json.dumps(sorted({shown(str(path)) for path in inputs})))
        computed = job.read(store, pool, listing, plan)
        pool.close()
        written = job.publish(store, plan)
        return job.report(store, computed, written)


@contextmanager
def reopened(out: Path, config: Config, progress: Progress | None = None) -> Iterator[Callable[[], bool]]:
    """Hold the finished run in ``out`` and give a function that writes topics, tables, database and run.json anew.

    Raises PipelineError when a run is at work, or documents were read with other settings or by another version.
    """
    from pipeline.running.stages import build

    job = _Job(out, config, progress or Quiet(), Programs())
    plan = describe(build(config))
    with told(out), closing(hold(out)), closing(Store(out)) as store:
        if store.count_stale(plan, config.run.time_limit):
            raise PipelineError(f"{out}: 还没有运行完，或版本、数据文件已经变化：请先用同一 cewen run 命令再运行一次")
        yield lambda: job.publish(store, plan)


class _Job:
    """One run: what it's about, and how long each phase took."""

    def __init__(self, out: Path, config: Config, progress: Progress, programs: Programs) -> None:
        """Keep what all phases need."""
        self._out = out
        self._config = config
        self._progress = progress
        self._programs = programs
        self._seconds: dict[str, float] = {}
        self._stage_seconds: dict[str, float] = {}

    def open_pool(self) -> Pool:
        """Start the first worker, which finds out whether the configuration is right."""
        settings = self._config.run
        setup = {
            "stages": self._programs.stages,
            "config": self._config.model_dump_json(),
            "store": str(self._out.resolve()),
        }
        return Pool(setup, PoolSettings(settings.workers or cores.usable(), settings.time_limit, settings.recycle))

    def prepare(self, inputs: Sequence[Path], pool: Pool, *, anew: bool) -> tuple[Listing, Plan]:
        """Return the files and the plan. Raises PipelineError with the mistakes of both.

        When there is surely something to do (``anew``) all workers start at once; else one, to see what there is to do.
        """
        mistakes: list[str] = []
        listing = Listing((), ())
        with self._phase("list", 0):
            try:
                listing = list_inputs(inputs, out=self._out)
            except PipelineError as error:
                mistakes += error.mistakes
            if anew:
                pool.widen(len(listing.files))
            try:
                plan = pool.plan()
            except PipelineError as error:
                mistakes += error.mistakes
        if mistakes:
            raise PipelineError(*mistakes)
        return listing, plan

    def read(self, store: Store, pool: Pool, listing: Listing, plan: Plan) -> int:
        """Bring every document to its end and return how many were worked on.

        Files that hold many documents are opened first, in the first pass; their documents' turn is the second.
        """
        if gone := store.note_inputs(listing):
            self._progress.dropped(gone)
        with self._phase("hash", len(listing.files)):
            self._fingerprint(store)
            store.settle(plan, self._config.run.time_limit)
        computed = 0
        while waiting := store.count_waiting():
            with self._phase("documents", waiting):
                for finished in pool.run(store.tasks(plan), waiting):
                    status = store.write(finished)
                    computed += status != "opened"
                    if status == "failed":
                        errors = [found["message"] for found in finished.issues if found["severity"] == "error"]
                        self._progress.failed(finished.task.source.path, errors[0] if errors else "")
                    self._progress.step()
        for path, message in store.settle_duplicates():
            self._progress.failed(path, message)
        self._stage_seconds = {stage: round(pool.seconds[stage], 3) for stage in plan.order if stage in pool.seconds}
        return computed

    def publish(self, store: Store, plan: Plan) -> bool:
        """Write topics, tables, database and run.json; return False when they're as they should be already."""
        from pipeline.table.people import state as people

        forget_stale(self._out, self._config)
        config = chosen(self._out, self._config)
        key = tables_key(config)
        state = digest(store.state(), plan.digest, key, people(self._out), self._programs.publish)
        known = json.loads(store.meta(_PUBLISHED) or "{}")
        if known.get("state") == state and all((self._out / name).is_file() for name in known["files"]):
            return False
        with store.db:
            store.set_meta(_PUBLISHED, "{}")
        request = {
            "out": str(self._out.resolve()),
            "config": config.model_dump_json(),
            "plan": plan.to_json(),
            "total": sum(tally(store.db).values()),
            "given": json.loads(store.meta(_GIVEN) or "[]"),
            "seconds": {**self._seconds, "stages": self._stage_seconds},
        }
        answer = self._ask(request)
        with store.db:
            found = [Issue(**one) for one in answer["issues"]]
            for stage in ("topics", "people"):
                store.set_run_issues(stage, [one for one in found if one.stage == stage])
            store.set_meta(_PUBLISHED, json.dumps({"state": state, "files": answer["files"]}))
        self._seconds |= {name: answer["seconds"][name] for name in ("topics", "tables")}
        return True

    def report(self, store: Store, computed: int, written: bool) -> RunReport:
        """Return the report. Raises RuntimeError when a document was lost, which would be a bug of ours."""
        rest = tally(store.db)
        total = sum(rest.values())
        lost = store.count_lost()
        done, partial, failed = (rest.pop(status, 0) for status in ("done", "partial", "failed"))
        if rest or lost:
            raise RuntimeError(f"{lost} files were given and came to nothing; documents without an end: {rest}")
        return RunReport(
            total=total,
            done=done,
            partial=partial,
            failed=failed,
            computed=computed,
            reused=total - computed,
            errors_of_run=store.errors_of_run(),
            issues=issue_counts(store.db),
            written=written,
            seconds=dict(self._seconds),
            stage_seconds=dict(self._stage_seconds),
        )

    def _fingerprint(self, store: Store) -> None:
        """Find out what each file holds, and note what is new."""
        found: list[tuple[str, Fingerprint | Issue]] = []
        for path, name, file, known in store.files():
            try:
                new: Fingerprint | Issue = fingerprint(file, name, max_bytes=self._config.run.max_bytes, known=known)
            except UnreadableFile as error:
                detail: dict[str, Any] = error.detail
                new = issue(STAGE, error.code, **detail)
                self._progress.failed(path, new.message)
            if new != known:
                found.append((path, new))
            if len(found) >= _BATCH:
                store.note_fingerprints(found)
                found.clear()
            self._progress.step()
        store.note_fingerprints(found)

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Have a child write the results; pass on how far it is; return its last answer."""
        child = start(self._programs.publish)
        try:
            with suppress(OSError):  # a child that died at once: what it said is told below
                write_frame(child.requests, request)
            while (frame := read_frame(child.answers)) is not None:
                head = frame.head
                if head["kind"] == "done":
                    return head
                if head["kind"] == "refused":
                    raise PipelineError(*head["mistakes"])
                self._pass_on(head)
            raise RuntimeError(
                f"writing the tables failed with exit code {child.process.wait()}:\n{child.last_words()}"
            )
        finally:
            _end(child)

    def _pass_on(self, head: dict[str, Any]) -> None:
        """Report the child's progress."""
        if head["kind"] == "phase":
            self._progress.phase(head["name"], head["total"])
        else:
            self._progress.step(head["count"])

    @contextmanager
    def _phase(self, name: str, total: int) -> Iterator[None]:
        """Announce a phase and take its time."""
        self._progress.phase(name, total)
        began = time.perf_counter()
        yield
        self._seconds[name] = round(self._seconds.get(name, 0.0) + time.perf_counter() - began, 3)


def _end(child: Child) -> None:
    """End a child and let go of its files."""
    child.end(kill=True)
    child.close()


def _remove_results(out: Path) -> None:
    """Delete the files an earlier run has published, so that nothing old is taken for new."""
    results = (*(out / outputs.TABLES).glob("*.parquet"), *model_files(out))
    for path in (out / outputs.DATABASE, out / outputs.MANIFEST, *results):
        path.unlink(missing_ok=True)
