"""Programs of others that read what we can't: where they are, and how they're run so that they can do no harm."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# in the order of quality measured on .doc files (docs/decisions/0010)
PROGRAMS = ("soffice", "libreoffice", "antiword", "catdoc")
_LOCATIONS = (
    "/Applications/LibreOffice.app/Contents/MacOS",
    "C:\\Program Files\\LibreOffice\\program",
    "/opt/libreoffice/program",
)
# Its standard input is a pipe that only we hold: when we're gone, however that came, it closes, and the group of
# processes is ended with all that the program started.
_GUARDED = 'exec 3<&0; { read -r _; kill -KILL 0; } <&3 & exec "$@" </dev/null 3<&-'
_PREFIX, _LEFT_OVER = "cewen-doc-", 86_400.0
_KEPT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "ANTIWORDHOME")


@dataclass(frozen=True, slots=True)
class Done:
    """How a program ended: its exit code, ``None`` when its time was over, and what it said, cut short."""

    code: int | None
    said: str


def programs() -> tuple[tuple[str, str], ...]:
    """Return name and path of the installed programs, the best first."""
    places = os.pathsep.join((os.environ.get("PATH", os.defpath), *_LOCATIONS))
    found: dict[Path, tuple[str, str]] = {}  # soffice and libreoffice are mostly one
    for name in PROGRAMS:
        if path := shutil.which(name, path=places):
            found.setdefault(Path(path).resolve(), (name, path))
    return tuple(found.values())


def fingerprints() -> tuple[str, ...]:
    """Return name, size and time of each installed program: another version may read another text."""
    return tuple(f"{name} {_print(Path(path).resolve())}" for name, path in programs())


def _print(path: Path) -> str:
    """Return size and time of a program; ``soffice`` only starts the program beside it."""
    binary = path.with_name("soffice.bin")
    try:
        found = (binary if path.stem in ("soffice", "libreoffice") and binary.is_file() else path).stat()
    except OSError:
        return "?"
    return f"{found.st_size} {found.st_mtime_ns}"


@contextmanager
def workspace() -> Iterator[Path]:
    """Give a folder for one use of a program, removed behind it."""
    _sweep_once(tempfile.gettempdir())
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@cache
def _sweep_once(folder: str) -> None:
    """Remove what is left over, once in a process."""
    sweep(Path(folder), time.time())


def sweep(folder: Path, now: float) -> None:
    """Remove the folders in ``folder`` that a process left when it was killed, a day ago or longer."""
    with suppress(OSError):
        for left in folder.glob(f"{_PREFIX}*"):
            with suppress(OSError):
                found = left.lstat()
                ours = sys.platform == "win32" or found.st_uid == os.getuid()
                if ours and now - found.st_mtime > _LEFT_OVER and not left.is_symlink():
                    shutil.rmtree(left, ignore_errors=True)


def run(command: Sequence[str], folder: Path, seconds: float, output: Path | None = None) -> Done:
    """Run ``command`` in ``folder``, which is all it knows as home; what it prints goes into ``output``.

    It gets no input and little of our environment; when its time is over, or our process ends, it's ended with all
    it started.
    """
    env = {key: os.environ[key] for key in _KEPT if key in os.environ}
    env |= {"HOME": str(folder), "TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder), "LC_ALL": "C.UTF-8"}
    log = folder / "log"
    with (
        (output or log).open("wb") as out,
        (folder / "errors").open("wb") as errors,
        _guarded(command) as (guarded, given),
    ):
        process = subprocess.Popen(
            guarded, cwd=folder, env=env, stdin=given, stdout=out, stderr=errors, start_new_session=True
        )
        try:
            code: int | None = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            _end(process)
    with (folder / "errors").open("rb") as errors_read:
        lines = errors_read.read(2000).decode("utf-8", "replace").splitlines()
    said = " ".join(" ".join(line.split()) for line in lines if not line.startswith("Warning:"))
    return Done(code, said[:200])


@contextmanager
def _guarded(command: Sequence[str]) -> Iterator[tuple[list[str], int]]:
    """Give the command that ends with our process, and its standard input; on Windows the command itself."""
    if sys.platform == "win32":
        yield list(command), subprocess.DEVNULL
        return
    reading, writing = os.pipe()
    try:
        yield ["/bin/sh", "-c", _GUARDED, "sh", *command], reading
    finally:
        os.close(writing)
        os.close(reading)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program and what it left running."""
    if sys.platform == "win32":
        process.kill()
    else:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return  # all of it has ended already
    process.wait()
