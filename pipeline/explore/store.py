"""The run behind the pages: one read-only database for all threads, opened again when the run was made anew."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.core import outputs
from pipeline.core.errors import PipelineError
from pipeline.table.query import connect

if TYPE_CHECKING:
    import duckdb

SECONDS = 30.0
_COUNTS, _PICTURES, _REVIEWS = 200, 8, 2


class Memory:
    """The last results of something slow, by key; safe for threads."""

    def __init__(self, most: int) -> None:
        """Keep at most ``most`` results."""
        self._most, self._lock = most, threading.Lock()
        self._known: OrderedDict[Hashable, Any] = OrderedDict()

    def remember(self, key: Hashable, find: Callable[[], Any]) -> Any:
        """Return what ``find`` gives for ``key``, from memory where it is still there."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        found = find()
        with self._lock:
            self._known[key] = found
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return found

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._known.clear()


class Store:
    """A finished run. Threads each take a cursor of their own; nothing can be written or read beside its tables.

    ``counts``, ``pictures`` and ``reviews`` are forgotten when the run is made anew.
    """

    def __init__(self, out: Path) -> None:
        """Open the run in ``out``. Raises PipelineError when there is none, it isn't finished or can't be opened."""
        if (out / outputs.STORE).is_file() and not (out / outputs.DATABASE).is_file():
            advice = "请再次运行同一条 cewen run 命令，会从停下的地方接着做"
            raise PipelineError(f"{out}: 运行还没有完成，没有 {outputs.DATABASE}。{advice}")
        self.out = out
        self._lock = threading.Lock()
        self._held = ExitStack()
        self._busy = 0
        self.counts, self.pictures, self.reviews = Memory(_COUNTS), Memory(_PICTURES), Memory(_REVIEWS)
        self._stamp = self._seen()
        self._connection = self._held.enter_context(connect(out))

    @contextmanager
    def cursor(self, seconds: float = SECONDS) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor for one request; what it runs after ``seconds`` is stopped.

        Raises PipelineError in Chinese when that happens, when memory doesn't suffice, or when the run has gone.
        """
        import duckdb

        cursor = self._take()
        timer = threading.Timer(seconds, cursor.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield cursor
        except duckdb.InterruptException as error:
            raise PipelineError(f"查询超过 {seconds:g} 秒，已停止。请加上条件再试") from error
        except duckdb.OutOfMemoryException as error:
            raise PipelineError("查询用的内存超过限额，已停止。请加上条件再试") from error
        finally:
            timer.cancel()
            cursor.close()
            with self._lock:
                self._busy -= 1

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._held.close()

    def _take(self) -> duckdb.DuckDBPyConnection:
        """Return a new cursor; a database that was replaced is opened first, unless others still read the old one."""
        with self._lock:
            if not self._busy and self._seen() != self._stamp:
                self._held.close()
                self.counts.clear()
                self.pictures.clear()
                self.reviews.clear()
                self._stamp = self._seen()
                self._connection = self._held.enter_context(connect(self.out))
            self._busy += 1
            return self._connection.cursor()

    def _seen(self) -> tuple[int, int, int] | None:
        """Return what tells one database file from another; None when there is none."""
        path = self.out / outputs.DATABASE
        if not path.is_file():
            return None
        found = path.stat()
        return found.st_ino, found.st_size, found.st_mtime_ns
