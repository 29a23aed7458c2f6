"""What every process started by a run has in common: its start, its pipes and its end.

The processes are plain subprocesses, not ``multiprocessing``: a script or notebook that calls ``pipeline.run`` then
needs no ``__main__`` guard, nothing is pickled and the same code serves Linux, macOS and Windows.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

from pipeline.running.codec import Frame, read_frame

# One thread for each process: results then don't depend on the number of cores, and two workers don't fight over them.
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
}
_TAIL = 4000
# A document is some hundred thousand small objects without cycles: looking for cycles as often as usual is a fifth of
# the time the tables take.
_THRESHOLDS = (100_000, 20, 100)
_CODE = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); import pipeline.running.child as c; c.main(sys.argv[2])"
)


@dataclass(slots=True)
class Child:
    """A started process; ``log`` is a nameless file that collects what it writes to standard error."""

    process: subprocess.Popen[bytes]
    log: IO[bytes]

    @property
    def requests(self) -> IO[bytes]:
        """The stream to the process."""
        assert self.process.stdin is not None
        return self.process.stdin

    @property
    def answers(self) -> IO[bytes]:
        """The stream from the process."""
        assert self.process.stdout is not None
        return self.process.stdout

    def last_words(self) -> str:
        """Return the end of what the process wrote to standard error."""
        size = self.log.seek(0, os.SEEK_END)
        self.log.seek(max(0, size - _TAIL))
        return self.log.read().decode("utf-8", errors="replace").strip()

    def end(self, *, kill: bool) -> int:
        """Close the stream to the process, which makes it end, or kill it; return its exit code."""
        if kill:
            self.process.kill()
        with suppress(OSError):  # what was still to be flushed has no reader any more
            self.requests.close()
        return self.process.wait()

    def close(self) -> None:
        """Let go of the files of a process that has ended."""
        self.answers.close()
        self.log.close()


def start(target: str) -> Child:
    """Return a new process that runs ``target`` (``module:function``) with this process's module search path."""
    log = tempfile.TemporaryFile()  # noqa: SIM115  (lives as long as the process)
    process = subprocess.Popen(
        [sys.executable, "-c", _CODE, json.dumps(sys.path), target],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env={**os.environ, **_ENVIRONMENT},
    )
    return Child(process, log)


def main(target: str) -> None:
    """Run ``target(requests, answers)`` over the pipes of this process; the real standard output is kept clean."""
    gc.set_threshold(*_THRESHOLDS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends us
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)  # a library that prints must not write into the frames
    resolve(target)(requests, answers)


def resolve(target: str) -> Callable[..., Any]:
    """Return the function ``module:function`` names."""
    module, _, name = target.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


def listen(requests: IO[bytes], take: Callable[[Frame], None]) -> None:
    """Hand each frame to ``take`` in a thread of its own; when the parent is gone, end this process at once."""

    def run() -> None:
        while (frame := read_frame(requests)) is not None:
            take(frame)
        os._exit(0)

    threading.Thread(target=run, daemon=True).start()
