"""The run behind the pages: one read-only database for all threads, with people's corrections laid over it.

It is opened again when the run was made anew, and the corrections are laid again when their file has changed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.core import outputs
from pipeline.core.errors import PipelineError
from pipeline.table.overlay import Layer, lay, read_layer
from pipeline.table.query import connect

if TYPE_CHECKING:
    import duckdb

SECONDS = 30.0
_COUNTS, _PICTURES = 200, 8
# connections kept with the corrections laid over them
_IDLE = 4
Stamp = tuple[int, int, int] | None


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


@dataclass(frozen=True, slots=True)
class View:
    """One request's look at the run: a cursor over its tables, and the corrections laid over ``measures`` there."""

    cursor: duckdb.DuckDBPyConnection
    layer: Layer
    stamp: Stamp


class Store:
    """A finished run. Threads each take a cursor of their own; nothing can be written or read beside its tables.

    ``counts`` and ``pictures`` are forgotten when the run is made anew; use ``remember`` for what corrections change.
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
        self.counts, self.pictures = Memory(_COUNTS), Memory(_PICTURES)
        self._stamp = _seen(out / outputs.DATABASE)
        self._connection = self._held.enter_context(connect(out))
        self._layer = Layer()
        self._laid: Stamp = None
        self._idle: list[View] = []
        self._views: dict[int, View] = {}

    @contextmanager
    def cursor(self, seconds: float = SECONDS) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor for one request; what it runs after ``seconds`` is stopped. It sees the corrections applied.

        Raises PipelineError in Chinese when that happens, when memory doesn't suffice, when the run has gone, or as
        ``read_corrections`` does.
        """
        with self._lock:
            view = self._take()
        sound = False
        try:
            with _limited(view.cursor, seconds):
                yield view.cursor
            sound = True
        finally:
            with self._lock:
                self._give_back(view, sound=sound)

    @contextmanager
    def as_run(self, seconds: float = SECONDS) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor as ``cursor`` does that sees the tables as the run made them, rejected records too."""
        with self._lock:
            self._refresh()
            self._busy += 1
            cursor = self._connection.cursor()
        try:
            with _limited(cursor, seconds):
                yield cursor
        finally:
            cursor.close()
            with self._lock:
                self._busy -= 1

    def layer(self, cursor: duckdb.DuckDBPyConnection) -> Layer:
        """Return the corrections laid over a cursor that ``cursor`` gave."""
        return self._views[id(cursor)].layer

    def remember(self, cursor: duckdb.DuckDBPyConnection, key: Hashable, find: Callable[[], Any]) -> Any:
        """Return what ``find`` gives for ``key``, from memory unless corrections were made since."""
        return self.counts.remember((self._views[id(cursor)].stamp, key), find)

    def close(self) -> None:
        """Stop what still runs, and close the database."""
        with self._lock:
            for view in self._views.values():
                view.cursor.interrupt()
            self._forget_idle()
            self._held.close()

    def _take(self) -> View:
        """Return a view for one request, one used before where its corrections are those of now."""
        self._refresh()
        view = self._idle.pop() if self._idle else self._made()
        self._views[id(view.cursor)] = view
        self._busy += 1
        return view

    def _made(self) -> View:
        """Return a new view."""
        cursor = self._connection.cursor()
        lay(cursor, self._layer)
        return View(cursor, self._layer, self._laid)

    def _give_back(self, view: View, *, sound: bool) -> None:
        """Keep a view for the next request unless something went wrong, it is out of date or there are enough."""
        self._busy -= 1
        del self._views[id(view.cursor)]
        if sound and view.layer is self._layer and len(self._idle) < _IDLE:
            self._idle.append(view)
        else:
            view.cursor.close()

    def _refresh(self) -> None:
        """Open a database that was replaced, unless others still read the old one; read corrections that were added."""
        stamp = _seen(self.out / outputs.DATABASE)
        anew = not self._busy and stamp != self._stamp
        if anew:
            self._forget_idle()
            self._held.close()
            self.counts.clear()
            self.pictures.clear()
            self._stamp = stamp
            self._connection = self._held.enter_context(connect(self.out))
        laid = _seen(self.out / outputs.CORRECTIONS)
        if anew or laid != self._laid:
            self._forget_idle()
            with self._connection.cursor() as cursor:
                self._layer = read_layer(cursor, self.out)
            self._laid = laid

    def _forget_idle(self) -> None:
        """Close the views that wait."""
        for view in self._idle:
            view.cursor.close()
        self._idle.clear()


@contextmanager
def _limited(cursor: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Stop what a cursor runs after ``seconds``; raise what went wrong then as PipelineError in Chinese."""
    import duckdb

    timer = threading.Timer(seconds, cursor.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise PipelineError(f"查询超过 {seconds:g} 秒，已停止。请加上条件再试") from error
    except duckdb.OutOfMemoryException as error:
        raise PipelineError("查询用的内存超过限额，已停止。请加上条件再试") from error
    finally:
        timer.cancel()


def _seen(path: Path) -> Stamp:
    """Return what tells one version of a file from another; None when there is none."""
    if not path.is_file():
        return None
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns
