"""Programs of others that read what we can't: where they are, and how they're run so that they can do no harm."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# in the order of quality measured on .doc files (docs/decisions/0010)
PROGRAMS = ("soffice", "libreoffice", "antiword", "catdoc")
_LOCATIONS = (
    "/Applications/LibreOffice.app/Contents/MacOS",
    "C:\\Program Files\\LibreOffice\\program",
    "/opt/libreoffice/program",
)
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


def run(command: Sequence[str], folder: Path, seconds: float, output: Path | None = None) -> Done:
    """Run ``command`` in ``folder``, which is all it knows as home; what it prints goes into ``output``.

    It gets no input and little of our environment; when its time is over, it's ended with all it started.
    """
    env = {key: os.environ[key] for key in _KEPT if key in os.environ}
    env |= {"HOME": str(folder), "TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder), "LC_ALL": "C.UTF-8"}
    log = folder / "log"
    with (output or log).open("wb") as out, (folder / "errors").open("wb") as errors:
        process = subprocess.Popen(
            list(command), cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=errors,
            start_new_session=True,
        )  # fmt: skip
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
