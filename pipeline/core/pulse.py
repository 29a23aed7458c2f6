"""A sign of life from within a stage whose work is long because the document is, such as a scan of 300 pages.

The runner counts a document's time limit from its last sign of life. Nothing a stage makes depends on it.
"""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[], None]] = []


def beat() -> None:
    """Tell whoever waits for this process's document that a page of it is done; nobody need wait."""
    for listener in _listeners:
        listener()


def on_beat(listener: Callable[[], None]) -> None:
    """Let ``listener`` be called at each sign of life, for as long as the process lives."""
    _listeners.append(listener)
