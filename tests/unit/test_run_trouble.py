"""What the system says when it can't write becomes something a user can act on."""

from __future__ import annotations

import errno
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.errors import PipelineError
from pipeline.running import pool
from pipeline.running.inputs import Fingerprint, InputFile, Listing
from pipeline.running.plan import Plan, Step
from pipeline.running.pool import Pool
from pipeline.running.store import Finished, Store
from pipeline.running.trouble import of_duckdb, told


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "x/a.parquet"), "x/a.parquet: 磁盘已满"),
        (OSError(errno.ENOSPC, "No space left on device"), "out: 磁盘已满"),
        (PermissionError(13, "in use", "a.tmp", None, "knowledge.duckdb"), "knowledge.duckdb: .*正被其他程序打开"),
        (OSError(errno.EIO, "Input/output error", "a"), "a: 读写出错（Input/output error）.*再运行同一命令"),
    ],
)
def test_errors_of_the_system_say_what_to_do(error: OSError, expected: str) -> None:
    with pytest.raises(PipelineError, match=expected), told(Path("out")):
        raise error


def test_mistakes_of_ours_stay_bugs() -> None:
    db = sqlite3.connect(":memory:")
    with pytest.raises(sqlite3.OperationalError, match="no such table"), told(Path("out")):
        db.execute("SELECT * FROM none_such")
    db.close()


def test_duckdb_is_known_by_its_words() -> None:
    full = 'TransactionContext Error: Failed to commit: Could not write file "x": No space left on device'
    assert "磁盘已满" in str(of_duckdb(full, Path("out")))
    assert "正被其他程序打开" in str(of_duckdb('IO Error: Cannot open file "x"', Path("out")))
    assert of_duckdb("Binder Error: no such column", Path("out")) is None


def test_a_store_that_cannot_grow_says_the_disk_is_full_and_stays_whole(tmp_path: Path) -> None:
    plan = Plan((Step("ingest", ("source", "content"), "raw", 1, "", "s"),))
    store = Store(tmp_path)
    store.note_inputs(Listing((InputFile("in/a", "in/a"),), ()))
    store.note_fingerprints([("in/a", Fingerprint(1, 1, "1" * 64))])
    store.settle(plan, 5.0)
    (task,) = store.tasks(plan)
    pages = store.db.execute("PRAGMA page_count").fetchone()[0]
    store.db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(PipelineError, match="磁盘已满"), told(tmp_path):
        store.write(Finished(task, [("ingest", "raw", b"x" * 1_000_000)], [], task.plan_key))
    assert store.count_waiting() == 1
    store.close()


def test_a_worker_whose_words_cannot_be_read_is_ended_and_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = threading.Event()

    def read_frame(stream: Any) -> None:
        broken.set()
        raise ValueError("no frame")

    monkeypatch.setattr(pool, "read_frame", read_frame)
    monkeypatch.setattr(threading, "excepthook", lambda args: None)
    workers = Pool({"stages": "", "config": "{}", "store": ""}, pool.PoolSettings(1, 5.0, 10))
    try:
        assert broken.wait(20)
        with pytest.raises(PipelineError, match="工作进程无法启动"):
            workers.plan()
    finally:
        workers.close()
