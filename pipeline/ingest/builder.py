"""Puts a raw text together piece by piece and keeps the place of each block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.errors import UnreadableFile
from pipeline.core.layers import Block, BlockKind, Box, Place


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A printed line with its place, and the break before it."""

    text: str
    page: int
    box: Box
    turn: int = 0
    before: str = "\n"


class TextBuilder:
    """Collects blocks in reading order. ``add`` raises UnreadableFile("ingest.too-long") beyond ``max_chars``."""

    __slots__ = ("_blocks", "_length", "_max_chars", "_name", "_parts")

    def __init__(self, name: str, max_chars: int) -> None:
        """Start with nothing; ``name`` is the file's name for messages."""
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._length = 0
        self._name = name
        self._max_chars = max_chars

    def add(
        self,
        text: str,
        kind: BlockKind,
        *,
        before: str = "\n",
        cell: tuple[int, int, int] | None = None,
        level: int | None = None,
    ) -> None:
        """Append ``text`` as one block, after ``before`` unless it's the first; ``cell``: table, row, column from 0.

        An empty text is kept as an empty block, so that a table's empty cells are known.
        """
        start, end = self._append(text, before)
        table, row, column = cell or (None, None, None)
        self._blocks.append(Block(start, end, kind, table=table, row=row, column=column, level=level))

    def add_line(self, text: str, *, before: str, page: int, box: tuple[float, float, float, float]) -> None:
        """Append one printed line with its ``page`` (from 1) and ``box`` in points."""
        start, end = self._append(text, before)
        self._blocks.append(Block(start, end, "line", page=page, box=box))

    def add_printed(
        self,
        lines: Sequence[PrintedLine],
        kind: BlockKind,
        *,
        before: str,
        page: int,
        box: Box,
        cell: tuple[int, int, int] | None = None,
    ) -> None:
        """Append printed lines as one block with ``page`` and ``box``, and the place of each line.

        Between two lines stands what the second has in ``before``.
        """
        text = "".join((line.before if n else "") + line.text for n, line in enumerate(lines))
        start, end = self._append(text, before)
        places, at = [], start
        for n, line in enumerate(lines):
            at += len(line.before) if n else 0
            places.append(Place(at, at + len(line.text), line.page, line.box, line.turn))
            at += len(line.text)
        plain = kind != "cell" and all(place.turn == 0 for place in places)
        table, row, column = cell or (None, None, None)
        self._blocks.append(
            Block(
                start,
                end,
                kind,
                page=page,
                box=box,
                table=table,
                row=row,
                column=column,
                lines=() if plain else tuple(places),
            )
        )

    def _append(self, text: str, before: str) -> tuple[int, int]:
        """Append and return the span of ``text``."""
        if self._parts:
            self._parts.append(before)
            self._length += len(before)
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        if self._length > self._max_chars:
            raise UnreadableFile("ingest.too-long", name=self._name, count=self._length, limit=self._max_chars)
        return start, self._length

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._parts)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks so far, offsets into ``text``."""
        return tuple(self._blocks)
