"""One run at a time in an output folder."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from pipeline.core.errors import PipelineError


def hold(out: Path) -> sqlite3.Connection:
    """Make the output folder and return a hold on it, which ends when closed or with this process, however it ends.

    Raises PipelineError when another run holds it or it can't be written. (A lock of SQLite's own: it works on every
    system and needs no file to be cleaned up after a crash.)
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(out / ".run.lock", timeout=0, isolation_level=None)
        with closing(lock.cursor()) as cursor:
            cursor.execute("BEGIN EXCLUSIVE")
    except OSError as error:
        raise PipelineError(f"{out}: 不能写入输出目录（{error.strerror}），请换一个目录") from error
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise PipelineError(f"{out}: 另一个 cewen run 正在使用这个输出目录，请等它结束或换一个目录") from error
        raise PipelineError(f"{out}: 不能写入输出目录（{error}），请换一个目录") from error
    return lock
