"""One writer at a time, between programs too."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pipeline.core.errors import PipelineError

_SECONDS = 20.0


@contextmanager
def locked(target: Path, *, seconds: float = _SECONDS) -> Iterator[None]:
    """Hold the right to write ``target`` until the end of the block, waiting up to ``seconds`` for others.

    A lock of SQLite's in a hidden file beside ``target``: it works on every system and ends with this process, however
    that ends. Raises PipelineError when others don't let go or the folder can't be written.
    """
    beside = target.with_name(f".{target.name}.lock")
    try:
        with closing(sqlite3.connect(beside, timeout=seconds, isolation_level=None)) as lock:
            lock.execute("BEGIN EXCLUSIVE")
            yield
    except sqlite3.OperationalError as error:
        why = "另一个程序正在写它，请稍后再试" if "locked" in str(error) else f"{error}，请检查目录权限和磁盘空间"
        raise PipelineError(f"{target}: 现在写不了（{why}）") from error
