"""The peers' own environment, .venv-leaderboard, and how their adapters are called."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FOLDER = ROOT / ".venv-leaderboard"
REQUIREMENTS = HERE / "requirements.txt"
_PYTHON = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
_INSTALL_SECONDS = 900


class Unavailable(Exception):
    """A system can't be run; the message says why."""


@dataclass(frozen=True, slots=True)
class System:
    """A system of the leaderboard: its adapter, the package it needs in the peers' environment, and what it offers."""

    name: str
    adapter: str
    package: str | None
    licence: str
    kinds: frozenset[str]
    bounds: bool = True
    records: bool = False


ALL_KINDS = frozenset({"money", "count", "percent", "ratio", "duration", "age", "area", "multiple", "other"})
OURS = System("cewen", "cewen_peer.py", None, "Apache-2.0", ALL_KINDS, records=True)
REGEX = System("nine regexes", "regex_peer.py", None, "–", ALL_KINDS - {"ratio", "other"}, bounds=False)
JIONLP = System("JioNLP", "jionlp_peer.py", "jionlp", "GPL-3.0", frozenset({"money", "duration"}))
RECOGNIZERS = System(
    "ms-Recognizers", "recognizers_peer.py", "ms-recognizers-text-suite", "MIT", ALL_KINDS, bounds=False
)
SYSTEMS = (OURS, REGEX, JIONLP, RECOGNIZERS)


def install(system: System) -> None:
    """Put a system's package, as pinned, into the peers' environment. Raises Unavailable with pip's last word."""
    if system.package is None or is_installed(system):
        return
    if not _PYTHON.exists():
        try:
            venv.create(FOLDER, with_pip=True)
        except (OSError, subprocess.SubprocessError) as error:
            raise Unavailable(f"{FOLDER.name} can't be made: {error}") from error
    command = [str(_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--constraint", str(REQUIREMENTS), system.package]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_INSTALL_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"{system.package} wasn't installed within {_INSTALL_SECONDS} s") from error
    if done.returncode:
        raise Unavailable(f"{system.package} can't be installed: {_last_line(done.stderr)}")


def is_installed(system: System) -> bool:
    """Tell whether a system's package is there, as pinned."""
    if system.package is None:
        return True
    pins = dict(
        line.strip().split("==") for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines() if "==" in line
    )
    if not _PYTHON.exists():
        return False
    command = [str(_PYTHON), "-c", f"from importlib.metadata import version; print(version({system.package!r}))"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() == pins[system.package]


def ask(system: System, question: dict[str, Any], *, timeout: float) -> dict[str, Any]:
    """Return an adapter's answer (see protocol.py).

    Raises Unavailable when it fails, takes over ``timeout`` seconds or answers with something else.
    """
    python = sys.executable if system.package is None else str(_PYTHON)
    paths = os.pathsep.join([str(ROOT), str(HERE)]) if system is OURS else str(HERE)
    try:
        done = subprocess.run(
            [python, str(HERE / system.adapter)],
            input=json.dumps(question),
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=timeout,
            env={**os.environ, "PYTHONPATH": paths, "PYTHONUTF8": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"{system.adapter} took over {timeout:.0f} s") from error
    if done.returncode:
        raise Unavailable(f"{system.adapter} failed: {_last_line(done.stderr)}")
    try:  # what a library prints while it's imported comes before the answer
        answer: dict[str, Any] = json.loads(done.stdout.rstrip("\n").rpartition("\n")[2])
    except json.JSONDecodeError as error:
        raise Unavailable(f"{system.adapter} gave no answer: {_last_line(done.stdout)[:200]}") from error
    return answer


def _last_line(text: str) -> str:
    """Return the last line that says something."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "no message")
