"""What a run tells while it goes and when it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

# The phases in order, with the words a progress display shows.
PHASES = {"list": "清点文件", "hash": "核对内容", "documents": "处理文档", "topics": "主题建模", "tables": "写出表格"}


class Progress(Protocol):
    """Where a run reports how far it is. Called from the thread that runs."""

    def phase(self, name: str, total: int) -> None:
        """A phase (a key of ``PHASES``) begins and has ``total`` steps, 0 when that isn't known."""

    def step(self, count: int = 1) -> None:
        """``count`` more steps of the phase are done."""

    def failed(self, path: str, message: str) -> None:
        """A document failed, for the reason ``message``."""

    def dropped(self, paths: Sequence[str]) -> None:
        """Files of an earlier run that aren't given this time, whose results go."""


class Quiet:
    """A Progress that says nothing."""

    def phase(self, name: str, total: int) -> None:
        """Say nothing."""

    def step(self, count: int = 1) -> None:
        """Say nothing."""

    def failed(self, path: str, message: str) -> None:
        """Say nothing."""

    def dropped(self, paths: Sequence[str]) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """How a run ended. ``computed`` documents were worked on now, ``reused`` ones were as they should be already.

    ``errors_of_run`` counts errors that belong to no file, such as folders that couldn't be listed. ``written`` says
    whether tables were written now. Times are wall seconds by phase; ``stage_seconds`` is the workers' time by stage.
    """

    total: int
    done: int
    partial: int
    failed: int
    computed: int
    reused: int
    errors_of_run: int
    issues: dict[str, int]
    written: bool
    seconds: dict[str, float]
    stage_seconds: dict[str, float]

    @property
    def exit_code(self) -> int:
        """0: all could be read; 3: finished, but some documents failed."""
        return 3 if self.failed or self.errors_of_run else 0
