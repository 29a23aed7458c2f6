"""How many cores the work on one document may take. Nothing a stage makes depends on it."""

from __future__ import annotations

import os

_sharing = 1


def usable() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def shared_by(processes: int) -> None:
    """Note that so many processes, this one among them, work on a document each."""
    global _sharing
    _sharing = max(1, processes)


def share() -> int:
    """Return how many cores are this process's: all of them, unless it's one of many; at least one."""
    return max(1, usable() // _sharing)
