"""The runner with toy stages in real processes: poison documents, real SIGKILLs, resuming, reusing."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import duckdb
import psutil
import pytest

from pipeline.core.config import load_config
from pipeline.core.errors import PipelineError
from pipeline.running import runner
from pipeline.running.child import Child, start
from pipeline.running.records import Records
from pipeline.running.report import Quiet, RunReport
from pipeline.running.runner import Programs, run
from pipeline.running.store import Finished, Store

TOYS = Path(__file__).resolve().parents[1] / "run_toys"
PROGRAMS = Programs("run_toys:build", "run_toys_publish:publish")


@pytest.fixture(autouse=True)
def toys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(TOYS))
    monkeypatch.setenv("CEWEN_TOY_LOG", str(tmp_path / "calls.log"))
    (tmp_path / "in").mkdir()


def write(tmp_path: Path, **texts: str) -> None:
    for name, text in texts.items():
        (tmp_path / "in" / f"{name}.txt").write_text(f"{name} {text}", encoding="utf-8")


def go(tmp_path: Path, *, fresh: bool = False, programs: Programs = PROGRAMS, **settings: float) -> RunReport:
    config = load_config(None, {"run": {"workers": 2, "time_limit": 20.0, **settings}})
    return run([tmp_path / "in"], tmp_path / "out", config=config, fresh=fresh, programs=programs)


def calls(tmp_path: Path) -> Counter[str]:
    """Return how often each stage was called since the last look."""
    log = tmp_path / "calls.log"
    found = Counter(log.read_text(encoding="utf-8").split()) if log.exists() else Counter()
    log.unlink(missing_ok=True)
    return found


def codes(tmp_path: Path) -> dict[str, list[str]]:
    """Return each file's status and issue codes."""
    with Records(tmp_path / "out") as records:
        return {
            Path(record.source.name).stem: [record.status, *(t.issue.code for t in records.issues_of(record))]
            for record in records.rows()
        }


def counts(report: RunReport) -> tuple[int, int, int, int]:
    return report.total, report.done, report.partial, report.failed


def table(tmp_path: Path) -> bytes:
    return (tmp_path / "out" / "table.txt").read_bytes()


def test_good_documents_are_done_and_a_second_run_computes_and_writes_nothing(tmp_path: Path) -> None:
    write(tmp_path, a="一", b="二", c="三")
    report = go(tmp_path)
    assert (counts(report), report.exit_code, report.computed, report.written) == ((3, 3, 0, 0), 0, 3, True)
    assert calls(tmp_path) == dict.fromkeys(("ingest", "clean", "head", "sentences", "bag"), 3)
    assert set(report.stage_seconds) == {"ingest", "clean", "head", "sentences", "bag"}
    before = (tmp_path / "out" / "table.txt").stat().st_mtime_ns
    again = go(tmp_path, workers=1)
    assert (counts(again), again.computed, again.reused, again.written) == ((3, 3, 0, 0), 0, 3, False)
    assert calls(tmp_path) == {}
    assert (tmp_path / "out" / "table.txt").stat().st_mtime_ns == before


def test_each_poison_costs_one_document_and_is_named(tmp_path: Path) -> None:
    write(
        tmp_path, **{f"good{i}": "好" for i in range(8)}, b1="raise", b2="hang", b3="exit", b4="memory", b5="unreadable"
    )
    write(tmp_path, d="doubt")
    (tmp_path / "in" / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "in" / "twice.txt").write_bytes((tmp_path / "in" / "good0.txt").read_bytes())
    (tmp_path / "in" / "twin.txt").write_bytes((tmp_path / "in" / "b5.txt").read_bytes())
    report = go(tmp_path, time_limit=1.5)
    found = codes(tmp_path)
    assert all(found.pop(f"good{i}") == ["done"] for i in range(8))
    assert found == {
        "b1": ["failed", "bug"],
        "b2": ["failed", "run.timeout"],
        "b3": ["failed", "run.crashed"],
        "b4": ["failed", "bug"],
        "b5": ["failed", "ingest.no-text"],
        "d": ["partial", "clean.private-use"],
        "gone": ["failed", "input.missing"],
        "twice": ["partial", "input.duplicate"],
        "twin": ["failed", "input.duplicate-failed"],
    }
    assert (counts(report), report.exit_code) == ((17, 8, 2, 7), 3)
    with Records(tmp_path / "out") as records:
        by_name = {record.source.name: record for record in records.rows()}
        (bug,) = records.issues_of(by_name["b1.txt"])
        (crash,) = records.issues_of(by_name["b3.txt"])
        doc = records.document(by_name["b1.txt"])
    assert "the toy stage raises" in str(bug.traceback)
    assert "last words of the worker" in str(crash.traceback)
    assert "7" in crash.issue.message
    assert doc.sentences is not None
    assert (doc.head, doc.bag) == (None, None)


def test_the_time_limit_counts_from_the_last_sign_of_life(tmp_path: Path) -> None:
    write(tmp_path, long="pages 6", hung="sleep 4")
    go(tmp_path, time_limit=2)
    assert codes(tmp_path) == {"long": ["done"], "hung": ["failed", "run.timeout"]}


def test_failed_documents_are_not_tried_again_unless_the_machine_may_have_been_the_cause(tmp_path: Path) -> None:
    write(tmp_path, a="raise", b="hang", c="exit", d="一")
    go(tmp_path, time_limit=1.5)
    calls(tmp_path)
    first = table(tmp_path)
    assert go(tmp_path, time_limit=1.5).computed == 1  # the crash
    assert go(tmp_path, time_limit=1.7).computed == 2  # and, with more time, what took too long
    assert counts(go(tmp_path, time_limit=1.7)) == (4, 1, 0, 3)
    assert table(tmp_path) == first.replace(b"1.5", b"1.7")


def test_raising_one_stage_runs_it_and_what_needs_it_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, a="一", b="doubt")
    go(tmp_path)
    calls(tmp_path)
    first = table(tmp_path)
    monkeypatch.setenv("CEWEN_TOY_SENTENCES", "2")
    report = go(tmp_path)
    assert calls(tmp_path) == {"sentences": 2}
    assert (report.computed, report.partial, table(tmp_path)) == (2, 1, first)


def test_a_changed_a_new_and_a_removed_file(tmp_path: Path) -> None:
    write(tmp_path, a="一", b="二", c="三")
    go(tmp_path)
    calls(tmp_path)
    write(tmp_path, b="二改", d="四")
    (tmp_path / "in" / "c.txt").unlink()
    report = go(tmp_path)
    assert (counts(report), report.computed, report.reused) == ((3, 3, 0, 0), 2, 1)
    kept = table(tmp_path)
    go(tmp_path, fresh=True)
    assert calls(tmp_path)["ingest"] == 5
    assert table(tmp_path) == kept


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_killed_at_any_moment_and_gone_on_gives_the_same(tmp_path: Path, workers: int) -> None:
    write(tmp_path, **{f"n{i:02}": f"sleep 0.05 {i}" for i in range(24)}, poison="raise", d="doubt")
    go(tmp_path)
    expected = table(tmp_path)
    chance = random.Random(workers)
    out = tmp_path / "killed"
    for _ in range(3):
        drive = start_driver(tmp_path, out, workers)
        time.sleep(chance.uniform(0.3, 1.1))
        children = psutil.Process(drive.pid).children() if drive.poll() is None else []
        drive.kill()
        drive.wait()
        _, alive = psutil.wait_procs(children, timeout=5)
        assert not alive, "workers must end with their parent"
    drive = start_driver(tmp_path, out, workers)
    assert drive.communicate(timeout=60)[0].split() == [b"24", b"1", b"1"]
    assert (out / "table.txt").read_bytes() == expected


def test_killed_workers_are_replaced_and_no_document_is_lost(tmp_path: Path) -> None:
    write(tmp_path, **{f"n{i:02}": f"sleep 0.1 {i}" for i in range(20)})
    drive = start_driver(tmp_path, tmp_path / "out", 2)
    wait_for_done(tmp_path / "out", drive)
    killed = 0
    for _ in range(3):
        time.sleep(0.3)
        for child in psutil.Process(drive.pid).children()[:1] if drive.poll() is None else []:
            child.kill()
            killed += 1
    done, partial, failed = (int(n) for n in drive.communicate(timeout=60)[0].split())
    assert done + partial + failed == 20 and 0 < killed >= failed
    assert {tuple(found) for found in codes(tmp_path).values()} <= {("done",), ("failed", "run.crashed")}
    assert counts(go(tmp_path)) == (20, 20, 0, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT to a process group")
def test_ctrl_c_ends_the_workers_and_keeps_what_is_done(tmp_path: Path) -> None:
    write(tmp_path, **{f"n{i:02}": f"sleep 0.2 {i}" for i in range(20)})
    drive = start_driver(tmp_path, tmp_path / "out", 2, start_new_session=True)
    wait_for_done(tmp_path / "out", drive)
    children = psutil.Process(drive.pid).children()
    os.killpg(drive.pid, signal.SIGINT)
    drive.communicate(timeout=10)
    assert drive.returncode not in (0, 3)
    assert not psutil.wait_procs(children, timeout=5)[1]
    report = go(tmp_path)
    assert report.reused > 0
    assert counts(report) == (20, 20, 0, 0)


def test_a_second_run_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    write(tmp_path, **{f"n{i:02}": f"sleep 0.2 {i}" for i in range(20)})
    drive = start_driver(tmp_path, tmp_path / "out", 2)
    wait_for_done(tmp_path / "out", drive)
    with pytest.raises(PipelineError, match="另一个 cewen run"):
        go(tmp_path)
    drive.kill()
    drive.communicate()


def test_recycled_workers_lose_nothing(tmp_path: Path) -> None:
    write(tmp_path, **{f"n{i:02}": str(i) for i in range(11)})
    assert counts(go(tmp_path, recycle=2)) == (11, 11, 0, 0)
    assert calls(tmp_path)["ingest"] == 11
    assert codes(tmp_path) == {f"n{i:02}": ["done"] for i in range(11)}


def test_mistakes_are_all_listed_before_anything_is_written(tmp_path: Path) -> None:
    write(tmp_path, a="一")
    with pytest.raises(PipelineError) as caught:
        run(
            [tmp_path / "in", tmp_path / "missing"],
            tmp_path / "out",
            config=load_config(),
            programs=Programs("run_toys:refuse"),
        )
    assert [m[-5:] for m in caught.value.mistakes[1:]] == ["第一个错误", "第二个错误"]
    assert "missing" in caught.value.mistakes[0]
    assert not (tmp_path / "out").exists()


def test_workers_that_cannot_start_stop_the_run(tmp_path: Path) -> None:
    write(tmp_path, a="一")
    with pytest.raises(PipelineError, match="can't start"):
        go(tmp_path, programs=Programs("run_toys:die"))


def test_a_failing_last_step_is_an_error_and_is_made_up_for(tmp_path: Path) -> None:
    write(tmp_path, a="一")
    with pytest.raises(RuntimeError, match="no_such_module"):
        go(tmp_path, programs=Programs("run_toys:build", "no_such_module:publish"))
    report = go(tmp_path)
    assert (report.computed, report.written) == (0, True)


def test_a_last_step_that_dies_before_it_is_asked_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def start_and_wait(target: str) -> Child:
        child = start(target)
        child.process.wait()
        return child

    write(tmp_path, a="一")
    monkeypatch.setattr(runner, "start", start_and_wait)
    with pytest.raises(RuntimeError, match="no_such_module"):
        go(tmp_path, programs=Programs("run_toys:build", "no_such_module:publish"))


def test_what_cannot_be_written_is_told_and_made_up_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(store: Store, finished: Finished) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    write(tmp_path, a="一")
    with monkeypatch.context() as patch:
        patch.setattr(Store, "write", full)
        with pytest.raises(PipelineError, match="磁盘已满"):
            go(tmp_path)
    (tmp_path / "out" / "tables").write_text("a file where a folder must be", encoding="utf-8")
    with pytest.raises(PipelineError, match=r"tables: 读写出错.*再运行同一命令"):
        go(tmp_path, programs=REAL)
    (tmp_path / "out" / "tables").unlink()
    assert counts(go(tmp_path, programs=REAL)) == (1, 1, 0, 0)


def test_deleted_results_are_written_again(tmp_path: Path) -> None:
    write(tmp_path, a="一")
    go(tmp_path)
    (tmp_path / "out" / "table.txt").unlink()
    report = go(tmp_path)
    assert (report.computed, report.written) == (0, True)


def test_an_empty_folder_ends_with_empty_tables(tmp_path: Path) -> None:
    report = go(tmp_path)
    assert (counts(report), report.exit_code, table(tmp_path)) == ((0, 0, 0, 0), 0, b"")


def test_progress_hears_of_every_document(tmp_path: Path) -> None:
    class Heard(Quiet):
        def __init__(self) -> None:
            self.steps: Counter[str] = Counter()
            self.failures: list[str] = []

        def phase(self, name: str, total: int) -> None:
            self.name = name

        def step(self, count: int = 1) -> None:
            self.steps[self.name] += count

        def failed(self, path: str, message: str) -> None:
            self.failures.append(f"{Path(path).name}: {message}")

    write(tmp_path, a="一", b="raise")
    heard = Heard()
    config = load_config(None, {"run": {"workers": 1}})
    run([tmp_path / "in"], tmp_path / "out", config=config, progress=heard, programs=PROGRAMS)
    assert heard.steps == {"hash": 2, "documents": 2}
    (failure,) = heard.failures
    assert failure.startswith("b.txt: 处理 b.txt 的“head”步骤出错：ValueError")


def start_driver(
    tmp_path: Path, out: Path, workers: int, *, start_new_session: bool = False
) -> subprocess.Popen[bytes]:
    """Start a run that can be killed."""
    return subprocess.Popen(
        [sys.executable, str(TOYS / "drive.py"), str(tmp_path / "in"), str(out), str(workers)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=start_new_session,
    )


def wait_for_done(out: Path, drive: subprocess.Popen[bytes]) -> None:
    """Wait until a document is done, while the run goes on."""
    until = time.monotonic() + 20
    while time.monotonic() < until and drive.poll() is None:
        time.sleep(0.05)
        if (out / "run.sqlite").exists():
            try:
                with Records(out) as records:
                    if records.tally().get("done"):
                        return
            except PipelineError:
                continue
    pytest.fail("no document was done in time")


# ---- the real last step, over toy layers

REAL = Programs("run_toys:build")


def files_of(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "tables").glob("*.parquet"))}


@pytest.mark.slow
def test_tables_are_the_same_bytes_whatever_the_way(tmp_path: Path) -> None:
    words = "政策人才企业补助资金平台服务创新产业培养"
    chance = random.Random(1)
    texts = {f"n{i:02}": "".join(chance.choices(words, k=60)) for i in range(20)}
    write(tmp_path, **texts, bad="raise", d="doubt")
    (tmp_path / "in" / "twice.txt").write_bytes((tmp_path / "in" / "n00.txt").read_bytes())
    report = go(tmp_path, programs=REAL)
    assert (counts(report), report.exit_code) == ((23, 20, 2, 1), 3)
    first = files_of(tmp_path / "out")
    out = tmp_path / "out"
    stamps = {
        path: path.stat().st_mtime_ns for path in (*out.glob("tables/*"), out / "knowledge.duckdb", out / "run.json")
    }
    assert not go(tmp_path, programs=REAL, workers=1).written
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    go(tmp_path, programs=REAL, workers=1, fresh=True)
    assert files_of(tmp_path / "out") == first
    manifest = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert manifest["counts"]["documents"] == {"done": 20, "failed": 1, "partial": 2}
    assert manifest["counts"]["rows"]["documents"] == 23
    assert len(manifest["inputs"]) == 23
    with duckdb.connect(str(out / "knowledge.duckdb"), read_only=True) as connection:
        rows = connection.execute("SELECT status, count(*) FROM documents GROUP BY status ORDER BY status").fetchall()
        assert rows == [("done", 20), ("failed", 1), ("partial", 2)]
        assert connection.execute("SELECT count(*) FROM topics").fetchall()[0][0] > 0
    kinds = {path.suffix for path in out.rglob("*") if path.is_file()}
    assert kinds <= {".parquet", ".duckdb", ".json", ".sqlite", ".lock", ".npz", ""}


def test_too_few_documents_for_topics_is_said_once(tmp_path: Path) -> None:
    write(tmp_path, a="一", b="二")
    report = go(tmp_path, programs=REAL)
    assert (report.issues, report.exit_code) == ({"topics.too-few": 1}, 0)
    again = go(tmp_path, programs=REAL)
    assert (again.issues, again.written) == ({"topics.too-few": 1}, False)
    with Records(tmp_path / "out") as records:
        assert [trace.doc_id for trace in records.run_issues()] == [None]
