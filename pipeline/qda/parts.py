"""Where an item of a file that holds many (a digest, cards) stands in the file's text.

The table ``documents`` gives such an item the whole raw text, its own clean text and how many raw characters are its
own (``n_chars``). Its place is found by the characters it begins and ends with.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.structure.parts import REST

Pieces = tuple[tuple[int, int], ...]
# so many characters of the beginning and of the end are looked for: fewer where a cleaner changed one of them
_HEADS, _TAILS = (40, 20, 10, 6), (12, 6, 3, 2, 1)
_SLACK = 4
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Item:
    """A document of a file: its name, its clean text, how many characters of the raw text are its own."""

    name: str
    clean: str
    n_chars: int


def own_pieces(raw: str, items: Sequence[Item]) -> list[Pieces | None]:
    """Return the own spans of ``raw`` of each of ``items``, in the order of the file; None for one not found.

    The item that is what the others leave has several.
    """
    if all(item.n_chars >= len(raw) for item in items):
        return [((0, len(raw)),)] * len(items)
    squeezed = _Squeezed(raw)
    found: list[Pieces | None] = []
    after = 0
    for item in items:
        span = None if _is_rest(item) else squeezed.find(item, after)
        found.append((span,) if span else None)
        after = span[1] if span else after
    taken = sorted(pieces[0] for pieces in found if pieces)
    for number, item in enumerate(items):
        if _is_rest(item):
            found[number] = tuple(_between(raw, taken)) if all(_known(items, found)) else None
    return found


def _is_rest(item: Item) -> bool:
    """Tell whether an item is what the others leave."""
    return item.name.endswith(f"#{REST}")


def _known(items: Sequence[Item], found: Sequence[Pieces | None]) -> Iterator[bool]:
    """Yield for each item with a place of its own whether it was found."""
    return (pieces is not None for item, pieces in zip(items, found, strict=True) if not _is_rest(item))


def _between(raw: str, taken: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the spans of ``raw`` outside ``taken`` that hold words, without the space around; not bare page numbers."""
    edges = [0, *(edge for span in taken for edge in span), len(raw)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        text = raw[start:end].strip()
        if any(map(str.isalpha, text)):
            first = raw.index(text, start)
            yield first, first + len(text)


class _Squeezed:
    """A text without space and with plain forms of its characters, and where each stands."""

    __slots__ = ("places", "raw", "text")

    def __init__(self, raw: str) -> None:
        """Squeeze ``raw`` once for all of its items."""
        self.raw = raw
        self.places = [at for at, char in enumerate(raw) if not char.isspace()]
        self.text = _squeeze(raw)

    def find(self, item: Item, after: int) -> tuple[int, int] | None:
        """Return the span of ``item``, behind ``after`` if it can be; None when it isn't there.

        Its beginning may stand elsewhere too (in a table of contents), so its end must stand where its length says.
        """
        wanted = _squeeze(item.clean)
        for length in _HEADS:
            for tail in _TAILS:
                places = self._places(wanted[:length])
                places.sort(key=lambda place: (place < after, place))
                for place in places:
                    if span := self._span(place, item, wanted[-tail:]):
                        return span
        return None

    def _places(self, head: str) -> list[int]:
        """Return the places in the raw text where ``head`` stands."""
        found, at = [], self.text.find(head) if head else -1
        while at >= 0:
            found.append(self.places[at])
            at = self.text.find(head, at + 1)
        return found

    def _index(self, place: int) -> int:
        """Return how many characters that aren't space stand before ``place``."""
        return bisect_left(self.places, place)

    def _span(self, start: int, item: Item, tail: str) -> tuple[int, int] | None:
        """Return the span from ``start`` if ``tail`` stands at its end; a few characters may be space around."""
        lead = _SPACE.match(item.clean)
        end = start + item.n_chars - (lead.end() if lead else 0)
        last, slack = self._index(end), min(_SLACK, len(tail))
        at = self.text.rfind(tail, max(self._index(start), last - len(tail) - slack), last + slack)
        return (start, self.places[at + len(tail) - 1] + 1) if at >= 0 else None


@cache
def _form(char: str) -> str:
    """Return the plain form of a character (NFKC) where that is one character."""
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else char


def _squeeze(text: str) -> str:
    """Return ``text`` without space, each character in its plain form."""
    return "".join(_form(char) for char in text if not char.isspace())
