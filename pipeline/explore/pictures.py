"""Pictures of the pages of PDFs, drawn from the source files where they are still there and unchanged."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.core.errors import PipelineError
from pipeline.explore.draw import NO_PAGE, OTHER_FILE

PDF = "application/pdf"
_SECONDS = 60
# drawn at the same time at most, so that a browser asking for many pages doesn't take the whole machine
_AT_ONCE = threading.Semaphore(2)


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as a PNG, and what it shows: borders in PDF points of the page as stored, quarter turns to the right."""

    png: bytes
    left: float
    bottom: float
    right: float
    top: float
    turns: int

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as shown, in points."""
        wide, high = self.right - self.left, self.top - self.bottom
        return (high, wide) if self.turns % 2 else (wide, high)

    @property
    def turning(self) -> str:
        """The SVG transformation from the page as stored, its origin at the top left, to the page as shown."""
        wide, high = self.right - self.left, self.top - self.bottom
        return (
            "",
            f"matrix(0 1 -1 0 {high:g} 0)",
            f"matrix(-1 0 0 -1 {wide:g} {high:g})",
            f"matrix(0 -1 1 0 0 {wide:g})",
        )[self.turns % 4]

    def rectangle(self, box: tuple[float, float, float, float]) -> dict[str, float]:
        """Return a box (x0, y0, x1, y1 in PDF points, origin bottom left) as an SVG rectangle's place and size."""
        x0, y0, x1, y1 = box
        found = {"x": x0 - self.left, "y": self.top - y1, "width": x1 - x0, "height": y1 - y0}
        return {name: round(value, 2) for name, value in found.items()}


def picture(document: Mapping[str, Any], page: int) -> Picture:
    """Return the picture of a page (from 1) of a row of ``documents``.

    Raises PipelineError, in Chinese, when the file isn't there, isn't the one that was read, or can't be drawn.
    """
    name, path = document["source_name"], Path(document["source_path"])
    if document["media_type"] != PDF:
        raise PipelineError(f"{name} 不是 PDF，没有版面图")
    if not path.is_file():
        raise PipelineError(f"找不到原文件 {path}，不能显示版面。请在运行 cewen run 时所在的目录启动 cewen explore")
    command = [sys.executable, "-m", "pipeline.explore.draw", str(path), str(page), str(document["source_sha256"])]
    try:
        with _AT_ONCE:
            done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise PipelineError(f"{name} 第 {page} 页画了 {_SECONDS} 秒还没有画完，已停止") from error
    if done.returncode == OTHER_FILE:
        raise PipelineError(f"原文件 {path} 与运行时读到的不同（校验值不符），不能显示版面。请重新运行 cewen run")
    if done.returncode == NO_PAGE:
        raise PipelineError(f"{name} 没有第 {page} 页")
    if done.returncode:
        raise PipelineError(f"{name} 第 {page} 页画不出来，文件可能已损坏")
    line, _, png = done.stdout.partition(b"\n")
    return Picture(png, **json.loads(line))
