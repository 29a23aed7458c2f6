"""Reads the pages of a long PDF in several processes, this one among them. What comes out is the same as from one.

The others are plain subprocesses, as a run's workers are: nobody needs a ``__main__`` guard. They get the file, then
ranges of pages, through a pipe; when this process is gone the pipe ends, and so do they. A range whose process has died
is read here: what kills a process is then met in the same process, and reported in the same way, as without others.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import IO, Any

from pydantic import TypeAdapter

from pipeline.core.errors import UnreadableFile
from pipeline.ingest.pdf_document import OpenedPdf, PageRead, opened

LEAST = 150  # pages from which on it's worth while: docs/decisions/0007-pdf-reader.md
_RANGE = 16  # pages that a process reads at a time
_AHEAD = 4  # ranges for each process that may be read before they're needed: memory stays bounded
_LENGTH = struct.Struct("<Q")
_CODE = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); import pipeline.ingest.pdf_share as share; share.serve()"
)
# a result mustn't depend on the process it's from
_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}


@dataclass(frozen=True, slots=True)
class _Range:
    """The pages of a range up to its end, or up to a page for which the file is refused, by ``code``."""

    reads: tuple[PageRead, ...]
    code: str = ""
    detail: dict[str, Any] | None = None


@cache
def _ranges() -> TypeAdapter[_Range]:
    """Return pydantic's reader and writer of ranges: an answer is data, whatever process it comes from."""
    return TypeAdapter(_Range)


def read_pages(document: OpenedPdf, processes: int) -> Generator[PageRead, None, None]:
    """Yield the pages in order, read by so many processes if they are many. Raises UnreadableFile as ``read`` does.

    Close it, so that the other processes end.
    """
    if processes < 2 or document.count <= LEAST:
        yield from map(document.read, range(document.count))
        return
    team = _Team(document, min(processes, -(-document.count // _RANGE)) - 1)
    try:
        yield from team.pages()
    finally:
        team.end()


class _Team:
    """This process and the others, each with a thread here that asks it for one range after the other."""

    def __init__(self, document: OpenedPdf, others: int) -> None:
        """Start ``others``; those that can't be started are done without."""
        self._document = document
        self._ranges = -(-document.count // _RANGE)
        self._ahead = _AHEAD * (others + 1)
        self._change = threading.Condition()
        self._next = self._needed = 0
        self._lost: list[int] = []
        self._done: dict[int, _Range] = {}
        self._ended = False
        self._others: list[subprocess.Popen[bytes]] = []
        with suppress(OSError):  # no more processes allowed: those there are read all, which only takes longer
            for _ in range(others):
                self._others.append(_start())
        self._threads = [threading.Thread(target=self._lead, args=(other,), daemon=True) for other in self._others]
        for thread in self._threads:
            thread.start()

    def pages(self) -> Iterator[PageRead]:
        """Yield all pages in order; read some while the others read theirs."""
        for number in range(self._ranges):
            found = self._range(number)
            yield from found.reads
            if found.code:
                raise UnreadableFile(found.code, **(found.detail or {}))

    def end(self) -> None:
        """End the other processes at once."""
        with self._change:
            self._ended = True
            self._change.notify_all()
        for other in self._others:
            other.kill()
        for thread in self._threads:
            thread.join()
        for other in self._others:
            for stream in (other.stdin, other.stdout):
                if stream is not None:
                    with suppress(OSError):  # what was still to be flushed has no reader any more
                        stream.close()
            other.wait()

    def _range(self, number: int) -> _Range:
        """Return a range, reading others that nobody has begun until it's there."""
        while True:
            with self._change:
                self._needed = number
                self._change.notify_all()
                own = None
                while number not in self._done and (own := self._take()) is None:
                    self._change.wait()
                if number in self._done:
                    return self._done.pop(number)
            assert own is not None
            found = _read(self._document, own)
            with self._change:
                self._done[own] = found

    def _take(self) -> int | None:
        """Return the next range to read, None when there's none for now."""
        if self._lost:
            return self._lost.pop()
        if self._next >= min(self._ranges, self._needed + self._ahead):
            return None
        self._next += 1
        return self._next - 1

    def _lead(self, other: subprocess.Popen[bytes]) -> None:
        """Give a process the file and ranges until there are no more or it dies; its range is then lost."""
        assert other.stdin is not None and other.stdout is not None
        number: int | None = None
        try:
            _write(other.stdin, json.dumps(self._document.setup).encode())
            _write(other.stdin, self._document.content)
            while (number := self._await()) is not None:
                _write(other.stdin, _LENGTH.pack(number))
                answer = _read_frame(other.stdout)
                if answer is None:
                    return
                found = _ranges().validate_json(answer)
                with self._change:
                    self._done[number], number = found, None
                    self._change.notify_all()
        except (OSError, ValueError):
            return  # the process is gone, or its answer can't be read: the range is read here
        finally:
            with self._change:
                if number is not None:
                    self._lost.append(number)
                self._change.notify_all()

    def _await(self) -> int | None:
        """Return the next range to read once there is one, None when all are begun."""
        with self._change:
            while not self._ended and self._next < self._ranges:
                if not self._lost and (number := self._take()) is not None:
                    return number
                self._change.wait()
        return None


def _read(document: OpenedPdf, number: int) -> _Range:
    """Return the range ``number``."""
    reads: list[PageRead] = []
    for index in range(number * _RANGE, min(document.count, (number + 1) * _RANGE)):
        try:
            reads.append(document.read(index))
        except UnreadableFile as error:
            return _Range(tuple(reads), error.code, dict(error.detail))
    return _Range(tuple(reads))


def _start() -> subprocess.Popen[bytes]:
    """Return a new process that waits for a file."""
    return subprocess.Popen(
        [sys.executable, "-c", _CODE, json.dumps(sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what it dies of is met, and told, by the process that reads its range
        env={**os.environ, **_ENVIRONMENT},
    )


def serve() -> None:
    """Read the file and then the ranges asked for on standard input, answer on standard output; end with the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends us
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not write into the frames
    frames: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, frames), daemon=True).start()
    name, reader, most = json.loads(frames.get())
    with opened(name, frames.get(), reader, most) as document:
        while True:
            (number,) = _LENGTH.unpack(frames.get())
            _write(answers, _ranges().dump_json(_read(document, number), warnings="error"))


def _listen(requests: IO[bytes], frames: queue.SimpleQueue[bytes]) -> None:
    """Pass on what the parent sends; end this process at once when it's gone, whatever it's at."""
    while (frame := _read_frame(requests)) is not None:
        frames.put(frame)
    os._exit(0)


def _write(stream: IO[bytes], data: bytes) -> None:
    """Write one frame. Raises OSError when the other side is gone."""
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def _read_frame(stream: IO[bytes]) -> bytes | None:
    """Return the next frame, None at the end."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    data = stream.read(_LENGTH.unpack(head)[0])
    return data if len(data) == _LENGTH.unpack(head)[0] else None
