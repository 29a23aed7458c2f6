"""How far a run is: a bar on a terminal, plain lines otherwise; always to standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pipeline.cli.output import say
from pipeline.cli.text import inert

if TYPE_CHECKING:
    from pipeline.running.report import Progress

_SECONDS = 10.0
# so many files are named
_NAMED = 3


@contextmanager
def progress() -> Iterator[Progress]:
    """Give the Progress that suits standard error."""
    if not sys.stderr.isatty():
        yield Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True)) as bars:
        bar = Bar(bars)
        yield bar
        bar.fill()


class Bar:
    """A bar for each phase, by rich."""

    def __init__(self, bars: Any) -> None:
        """Draw on ``bars``."""
        self._bars = bars
        self._task: Any = None

    def phase(self, name: str, total: int) -> None:
        """Begin a new bar; the old one is full."""
        from pipeline.running.report import PHASES

        self.fill()
        self._task = self._bars.add_task(PHASES.get(name, name), total=total or None)

    def fill(self) -> None:
        """Make the last bar full: steps may be reported in batches."""
        if self._task is not None:
            task = self._bars.tasks[self._task]
            self._bars.update(self._task, total=task.total or 1, completed=task.total or 1)

    def step(self, count: int = 1) -> None:
        """Move the bar on."""
        if self._task is not None:
            self._bars.advance(self._task, count)

    def failed(self, path: str, message: str) -> None:
        """Print a failure above the bar."""
        from rich.text import Text

        self._bars.console.print(Text(inert(f"失败：{path}：{message}")))

    def dropped(self, paths: Sequence[str]) -> None:
        """Print which results go above the bar."""
        from rich.text import Text

        self._bars.console.print(Text(inert(_gone(paths))))


class Lines:
    """A line for each phase, and one every ten seconds in between."""

    def __init__(self) -> None:
        """Begin with no phase."""
        self._name, self._total, self._done, self._said = "", 0, 0, 0.0

    def phase(self, name: str, total: int) -> None:
        """Print the phase's name."""
        from pipeline.running.report import PHASES

        self._name, self._total, self._done, self._said = PHASES.get(name, name), total, 0, time.monotonic()
        say(f"{self._name}……" + (f"共 {total}" if total else ""))

    def step(self, count: int = 1) -> None:
        """Print how far the phase is, not too often."""
        self._done += count
        if time.monotonic() - self._said >= _SECONDS:
            self._said = time.monotonic()
            say(f"{self._name} {self._done}/{self._total or '?'}")

    def failed(self, path: str, message: str) -> None:
        """Print a failure."""
        say(f"失败：{path}：{message}")

    def dropped(self, paths: Sequence[str]) -> None:
        """Print which results go."""
        say(_gone(paths))


def _gone(paths: Sequence[str]) -> str:
    """Return the words for files that aren't given any more."""
    some = "、".join(paths[:_NAMED]) + (" 等" if len(paths) > _NAMED else "")
    return (
        f"上次的 {len(paths)} 个文件这次没有给出，从结果中去掉：{some}。"
        "要保留，请把它们也作为输入（或换一个输出目录）再运行一次"
    )
