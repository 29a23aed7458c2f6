"""Sentences of a raw text that contain a word, without the run's layers: only what the tables hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_END = "。！？；!?;"
_BREAK = re.compile(r"\s*[\n\r\v\f\u2028\u2029]\s*")
# so many characters on both sides of a break tell whether it stands in the cleaned text too
_AROUND = 8
_LONGEST = 2_000


@dataclass
class Sentences:
    """One document's text, its headings and pages."""

    connection: duckdb.DuckDBPyConnection
    doc_id: str
    name: str
    raw: str
    clean: str
    _breaks: dict[tuple[int, int], bool] = field(default_factory=dict)

    def containing(self, word: str, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Yield the sentences (start, end) with ``word``, whatever lines it goes over, that lie in ``[low, high)``."""
        letters = [re.escape(char) for char in word if not char.isspace()]
        seen = set()
        for found in re.finditer(r"\s*".join(letters), self.raw[low:high]) if letters else ():
            place = self.around(low + found.start(), low + found.end(), low, high)
            if place not in seen:
                seen.add(place)
                yield place

    def around(self, start: int, end: int, low: int, high: int) -> tuple[int, int]:
        """Return the sentence around a place."""
        while start > max(low, end - _LONGEST) and not self._ends(start - 1):
            start -= 1
        while end < min(high, start + _LONGEST) and not (self.raw[end - 1] in _END or self._ends(end, mark=False)):
            end += 1
        while start < end and self.raw[start].isspace():
            start += 1
        while end > start and self.raw[end - 1].isspace():
            end -= 1
        return start, end

    def _ends(self, at: int, *, mark: bool = True) -> bool:
        """Tell whether a sentence ends with the character at ``at``: a mark, or a break that isn't within a line."""
        char = self.raw[at]
        if char not in "\n\r\v\f\u2028\u2029":
            return mark and char in _END
        start, end = at, at + 1
        while start and self.raw[start - 1].isspace():
            start -= 1
        while end < len(self.raw) and self.raw[end].isspace():
            end += 1
        if (start, end) not in self._breaks:
            # other breaks nearby are judged by themselves: a short line has one on both sides
            before = _BREAK.split(self.raw[max(0, start - _AROUND) : start])[-1]
            after = _BREAK.split(self.raw[end : end + _AROUND])[0]
            self._breaks[start, end] = not any(before + space + after in self.clean for space in ("", " "))
        return self._breaks[start, end]

    def place(self, start: int, end: int) -> tuple[str | None, int | None]:
        """Return the heading a place stands under, and its page when something coded or measured there has one."""
        above = [words for at, words in self._sections.items() if at <= start]
        page = min((page for low, high, page in self._pages if low < end and start < high), default=None)
        return (above[-1] if above else None), page

    @cached_property
    def _sections(self) -> Mapping[int, str]:
        """Where each section begins, with its number and heading."""
        sql = "SELECT start, trim(number || ' ' || heading) FROM sections WHERE doc_id = ? ORDER BY start, rowid"
        return {int(start): str(words) for start, words in self.connection.execute(sql, [self.doc_id]).fetchall()}

    @cached_property
    def _pages(self) -> list[tuple[int, int, int]]:
        """The pages of all places that have one."""
        sql = (
            'SELECT start, "end", page FROM codings WHERE doc_id = $1 AND page IS NOT NULL'
            ' UNION SELECT start, "end", page FROM measures WHERE doc_id = $1 AND page IS NOT NULL ORDER BY ALL'
        )
        found = self.connection.execute(sql, [self.doc_id]).fetchall()
        return [(int(start), int(end), int(page)) for start, end, page in found]
