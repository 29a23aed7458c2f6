"""Which part of a long list a page shows, and the addresses of the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from pipeline.core.errors import PipelineError
from pipeline.explore.shown import address

SIZES = (25, 50, 100, 200)
_SIZE = 50


@dataclass(frozen=True, slots=True)
class Paging:
    """The ``number``-th page (from 1) of ``size`` rows out of ``total``; ``asked`` are the other questions."""

    path: str
    asked: Sequence[tuple[str, str]]
    number: int
    size: int
    total: int

    @property
    def offset(self) -> int:
        """How many rows stand before this page."""
        return (self.number - 1) * self.size

    @property
    def last(self) -> int:
        """The number of the last page, at least 1."""
        return max(-(-self.total // self.size), 1)

    @property
    def shown(self) -> str:
        """Which rows are shown: 「第 51–100 条，共 320 条」."""
        if not self.total:
            return "共 0 条"
        end = min(self.offset + self.size, self.total)
        return (
            f"第 {self.offset + 1:,}–{end:,} 条，共 {self.total:,} 条" if self.offset < end else f"共 {self.total:,} 条"
        )

    def link(self, number: int) -> str:
        """Return the address of a page."""
        return address(self.path, [*self.asked, ("page", number if number > 1 else None)])

    def near(self) -> Iterable[int]:
        """Return the numbers of the pages to link to: the first, those around this one, the last."""
        return sorted({1, self.last, *range(max(self.number - 2, 1), min(self.number + 2, self.last) + 1)})

    def data(self) -> dict[str, Any]:
        """Return what a JSON twin says about its page."""
        return {"total": self.total, "page": self.number, "size": self.size, "pages": self.last}


def size_of(request: Request) -> int:
    """Return how many rows a page has. Raises PipelineError for anything but one of ``SIZES``."""
    given = request.query_params.get("size", str(_SIZE))
    if given not in {str(size) for size in SIZES}:
        raise PipelineError(f"每页条数“{given}”不对，可用的有：{'、'.join(map(str, SIZES))}")
    return int(given)


def number_of(request: Request) -> int:
    """Return the number of the page asked for. Raises PipelineError unless it is a whole number from 1 on."""
    given = request.query_params.get("page", "1")
    if not (given.isascii() and given.isdecimal() and 0 < len(given) < 10 and int(given)):
        raise PipelineError(f"页号“{given}”不对，应是从 1 起的整数")
    return int(given)


def paging(request: Request, total: int) -> Paging:
    """Return the page a request asks for of ``total`` rows; a number beyond the last page shows no rows."""
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "page" and value]
    return Paging(request.scope["path"], asked, number_of(request), size_of(request), total)
