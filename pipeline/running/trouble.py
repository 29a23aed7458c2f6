"""What the system's refusals to write mean for the user: a full disk, a file open elsewhere, no permission."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.core.errors import PipelineError

_FULL = "磁盘已满。请清理磁盘（或换一个输出目录），再运行同一命令，已完成的部分会接着用"
_OPEN = "不能写入：文件正被其他程序打开，或没有权限。请关闭打开它的程序、检查权限，再运行同一命令"
_BROKEN = "运行记录已损坏。请加 --fresh 从头运行，或换一个输出目录"
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DUCKDB_FULL = ("No space left", "not enough space")
_DUCKDB_OPEN = ("IO Error", "Could not write", "Could not set lock", "Permission denied", "used by another process")
# SQLite's primary result codes that speak of the machine and not of a mistake in our SQL
_SQLITE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_PERM: _OPEN,
    sqlite3.SQLITE_BUSY: _OPEN,
    sqlite3.SQLITE_LOCKED: _OPEN,
    sqlite3.SQLITE_READONLY: _OPEN,
    sqlite3.SQLITE_CANTOPEN: _OPEN,
    sqlite3.SQLITE_IOERR: "磁盘读写出错。请检查磁盘，再运行同一命令",
    sqlite3.SQLITE_CORRUPT: _BROKEN,
    sqlite3.SQLITE_NOTADB: _BROKEN,
}


@contextmanager
def told(out: Path) -> Iterator[None]:
    """Raise PipelineError in place of what the system says when ``out`` can't be written; bugs of ours stay as is."""
    try:
        yield
    except OSError as error:
        raise PipelineError(_of_system(error, out)) from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code is None or (words := _SQLITE.get(code & 0xFF)) is None:
            raise
        raise PipelineError(f"{out}: {words}（{error}）") from error


def _of_system(error: OSError, out: Path) -> str:
    """Return what an error of the system means."""
    place = error.filename2 or error.filename or out
    if error.errno in _NO_SPACE:
        return f"{place}: {_FULL}"
    if isinstance(error, PermissionError):
        return f"{place}: {_OPEN}"
    return f"{place}: 读写出错（{error.strerror or error}）。请检查磁盘和目录，再运行同一命令"


def of_duckdb(message: str, out: Path) -> PipelineError | None:
    """Return what an error of DuckDB means, None when it isn't the system's.

    Its words are all there is to go by: a full disk may come as an I/O, a transaction or a fatal error.
    """
    if any(words in message for words in _DUCKDB_FULL):
        return PipelineError(f"{out}: {_FULL}")
    if any(words in message for words in _DUCKDB_OPEN):
        return PipelineError(f"{out}: {_OPEN}（{message}）")
    return None
